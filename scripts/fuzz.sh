#!/usr/bin/env bash
# Runs every fuzz target for a short while: fuzz.sh [INPUTS|TIME], such as 200x or 30s. A number of inputs is what to ask for before
# Go 1.27: with a time the coordinator may fail at its end with "context deadline exceeded", having found nothing (golang/go#75804).
set -euo pipefail
time=${1:-200x}
grep -rlE '^func Fuzz' --include='*_test.go' cmd internal | xargs -n1 dirname | sort -u | while read -r dir; do
  grep -ohE '^func (Fuzz[A-Za-z0-9_]*)' "$dir"/*_test.go | awk '{print $2}' | sort -u | while read -r target; do
    echo "fuzz $dir $target $time"
    go test "./$dir" -run '^$' -fuzz "^$target\$" -fuzztime "$time" -parallel 2 | grep -vE '^(fuzz: elapsed|PASS)' || exit 1
  done
done
