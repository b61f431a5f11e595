#!/usr/bin/env bash
# Runs every fuzz target for a short while: fuzz.sh [INPUTS|TIME], such as 200x or 30s. A number of inputs is what to ask for before
# Go 1.27: with a time the coordinator may fail at its end with "context deadline exceeded", having found nothing (golang/go#75804).
# A package is built once for all its targets, and while it runs the next one is built. What is found lies in testdata/fuzz beside the
# target, as always. Vetting is no part of it: make check has done that.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-200x}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
kept=$(go env GOCACHE)/fuzz/$(go list -m)
export time work kept

# package DIR: all targets of one package, one after the other; what they say is said at the end, together.
package() {
  set -euo pipefail
  local dir=$1 binary=$work/${1//\//-}.test said=$work/${1//\//-}.txt target
  go test -vet=off -c -fuzz . -o "$binary" "./$dir" >"$said" 2>&1 || { cat "$said"; return 1; }
  for target in $(grep -ohE '^func (Fuzz[A-Za-z0-9_]*)' "$dir"/*_test.go | awk '{print $2}' | sort -u); do
    echo "fuzz $dir $target $time" >>"$said"
    (cd "$dir" && "$binary" -test.run '^$' -test.fuzz "^$target\$" -test.fuzztime "$time" -test.parallel 2 -test.timeout 10m -test.fuzzcachedir "$kept/$dir") >"$said.one" 2>&1 || { cat "$said" "$said.one"; return 1; }
    grep -E '^(--- |ok|warning)' "$said.one" >>"$said" || true # nothing else is of interest where nothing was found
  done
  rm -f "$binary"
  cat "$said"
}
export -f package
grep -rlE '^func Fuzz' --include='*_test.go' cmd internal | xargs -n1 dirname | sort -u | xargs -P 2 -I DIR bash -c 'package DIR'
