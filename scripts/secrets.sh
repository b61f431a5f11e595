#!/usr/bin/env bash
# Looks for secrets in the tree and in its history, with gitleaks. First it plants one beside the tree and must find
# it: a search that finds nothing may be one that looks at nothing. With --planted it stops there.
# Where the tool cannot be had, this says so and passes; with --planted it ends with status 3.
set -euo pipefail
cd "$(dirname "$0")/.."

leaks() { go tool -modfile=tools/secrets.mod gitleaks "$@"; }
if ! leaks version >/dev/null 2>&1; then
  echo "secrets: gitleaks cannot be had here; not checked"
  [ "${1:-}" != --planted ] || exit 3
  exit 0
fi

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
# Put together here, so that none of it lies in the tree.
printf 'token = "gh%s_%s"\n' p "$(head -c 27 /dev/urandom | base64 | tr -d '/+=\n' | cut -c1-36 | sed -e ':a' -e 's/^.\{0,35\}$/&x/;ta')" >"$dir/planted.txt"
printf -- '-----BEGIN %s KEY-----\n%s\n-----END %s KEY-----\n' PRIVATE "$(head -c 480 /dev/urandom | base64)" PRIVATE >"$dir/planted.pem"
found=0
leaks dir "$dir" --no-banner --log-level error --redact --config .gitleaks.toml --report-format json --report-path "$dir/found.json" || found=$?
if [ "$found" != 1 ] || ! grep -q planted.txt "$dir/found.json" || ! grep -q planted.pem "$dir/found.json"; then
  echo "secrets: what was planted was not found (status $found)" >&2
  exit 1
fi
[ "${1:-}" != --planted ] || exit 0

leaks git . --log-opts=HEAD --no-banner --redact --verbose --config .gitleaks.toml
leaks dir . --no-banner --redact --verbose --config .gitleaks.toml
