#!/usr/bin/env bash
# Known vulnerabilities of the dependencies. Where the database cannot be reached this says so and passes.
set -uo pipefail
out=$(timeout 120 go tool -modfile=tools/go.mod govulncheck ./... 2>&1)
status=$?
if [ $status -ne 0 ] && grep -qiE 'fetching vulnerabilities|dial tcp|no such host|forbidden|timeout|proxyconnect|HTTP GET' <<<"$out"; then
  echo "vuln: the vulnerability database cannot be reached from here; not checked"
  exit 0
fi
printf '%s\n' "$out"
exit $status
