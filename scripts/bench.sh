#!/usr/bin/env bash
# Measures what the budgets ask for and writes docs/benchmarks.md. Takes about half an hour and 20 GB under TMPDIR, which are given back.
# With NAZORAT_BENCH_DIR the large databases are looked for there, built where they are missing, and kept.
# For a quick trial: BENCH_ROUNDS=1 NAZORAT_BENCH_CASES=20000 NAZORAT_BENCH_DEADLINES=200000 scripts/bench.sh /tmp/benchmarks.md
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-docs/benchmarks.md}
rounds=${BENCH_ROUNDS:-5}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export NAZORAT_BENCH_DIR=${NAZORAT_BENCH_DIR:-$dir/room} TMPDIR=$dir
mkdir -p "$NAZORAT_BENCH_DIR"

load() { cut -d' ' -f1 /proc/loadavg; }
run() { # PACKAGE PATTERN BENCHTIME [CORES]
  echo "bench: $1 $2" >&2
  go test "./internal/$1" -run '^$' -bench "$2" -benchtime "$3" -count "$rounds" -timeout 2h ${4:+-cpu $4} | tee -a "$dir/printed" | grep -E '^(Benchmark|---|FAIL|panic)|_test.go:' >&2
}

before=$(load)
start=$SECONDS
run procedure '^(BenchmarkDecideRoadFines|BenchmarkApplyCriminal)$' 1s 1
run script '^Benchmark' 0.3s 1
run eventlog '^BenchmarkRoadFines$' 1x
run bench '^BenchmarkObserve$' 1x
run bench '^BenchmarkJournal$' 1s
run bench '^BenchmarkDurable$' 20000x
run bench '^BenchmarkStart$' 1x
run bench '^BenchmarkPage$' 300x
run bench '^BenchmarkPageOverdue$' 20x
run bench '^BenchmarkFellDue$' 300x

machine=$(cat <<TEXT
- Measured on $(date -u +%Y-%m-%d), in $(((SECONDS - start) / 60)) minutes, at $(git rev-parse --short HEAD).
- Machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(awk '/^MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo) of memory, Linux $(uname -r), $(go env GOVERSION).
- Load of the machine before: $before, after: $(load), of $(nproc) cores. What others did on it meanwhile is in the figures.
TEXT
)
go run ./internal/bench -machine "$machine" -out "$out" < "$dir/printed"
echo "bench: wrote $out" >&2
