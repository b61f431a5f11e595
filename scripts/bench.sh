#!/usr/bin/env bash
# Measures what the budgets ask for and writes docs/benchmarks.md. Takes about half an hour and 20 GB under TMPDIR, which are given back.
# With NAZORAT_BENCH_DIR the large databases are looked for there, built where they are missing, and kept.
# For a quick trial: BENCH_ROUNDS=1 NAZORAT_BENCH_CASES=20000 NAZORAT_BENCH_DEADLINES=200000 scripts/bench.sh /tmp/benchmarks.md
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-docs/benchmarks.md}
rounds=${BENCH_ROUNDS:-5}

dir=$(mktemp -d)
chmod 711 "$dir" # PostgreSQL does not run as root, and lies in it
trap 'rm -rf "$dir"' EXIT
export NAZORAT_BENCH_DIR=${NAZORAT_BENCH_DIR:-$dir/room} TMPDIR=$dir
mkdir -p "$NAZORAT_BENCH_DIR"

load() { cut -d' ' -f1 /proc/loadavg; }
for package in access procedure script eventlog bench; do # all of it as it is now, whatever is edited meanwhile
  go test -c -o "$dir/$package.test" "./internal/$package"
done
run() { # PACKAGE PATTERN BENCHTIME [CORES]
  echo "bench: $1 $2" >&2
  loads="$loads$(load) before ${2//[\^\$()]/}; "
  (cd "internal/$1" && "$dir/$1.test" -test.run '^$' -test.bench "$2" -test.benchtime "$3" -test.count "$rounds" -test.timeout 2h ${4:+-test.cpu $4}) |
    tee -a "$dir/printed" | grep -E '^(Benchmark|---|FAIL|panic)|_test.go:' >&2
}

loads=""
databases="built for this run"
[ ! -e "$NAZORAT_BENCH_DIR/filled.db" ] || databases="found from an earlier run"
changed=""
[ -z "$(git status --porcelain --untracked-files=no)" ] || changed=", with changes that are not committed"
revision=$(git rev-parse --short HEAD)
start=$SECONDS
run procedure '^(BenchmarkDecideRoadFines|BenchmarkApplyCriminal|BenchmarkApplyLargeCase)$' 1s 1
run access '^BenchmarkDecide$' 1s 1
run script '^Benchmark' 0.3s 1
run eventlog '^BenchmarkRoadFines$' 1x
run bench '^BenchmarkObserve$' 1x
run bench '^BenchmarkJournal$' 1s
run bench '^BenchmarkVerify$' 1s
run bench '^BenchmarkWhatIf$' 1x
run bench '^BenchmarkDurable$' 4096x
run bench '^BenchmarkStart$' 1x
run bench '^BenchmarkPage$' 300x
run bench '^BenchmarkPageOverdue$' 30x
run bench '^BenchmarkFellDue$' 300x
run bench '^BenchmarkAtWork$' 6000x

machine=$(cat <<TEXT
- Measured on $(date -u +%Y-%m-%d), in one run of $(((SECONDS - start) / 60)) minutes, at $revision$changed. The large databases were $databases.
- Machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(awk '/^MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo) of memory, Linux $(uname -r | cut -d- -f1), $(go env GOVERSION).
- Load of the machine, of $(nproc) cores: ${loads}$(load) at the end. Where it is high before a benchmark, others worked on the same cores, and its figures are by the clock, not by the processor's time.
TEXT
)
go run ./internal/bench -machine "$machine" -out "$out" < "$dir/printed"
echo "bench: wrote $out" >&2
