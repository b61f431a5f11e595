#!/usr/bin/env bash
# Measures what the budgets ask for and writes docs/benchmarks.md. Takes about an hour and 20 GB under TMPDIR, which are given back.
# With NAZORAT_BENCH_DIR the large databases are looked for there, built where they are missing, and kept, and with them what each
# benchmark has printed: BENCH_ONLY, a pattern, then measures those alone; what was not measured anew stays as the page has it, and the page says of each when and at which commit it was measured.
# For a quick trial: BENCH_ROUNDS=1 NAZORAT_BENCH_CASES=20000 NAZORAT_BENCH_DEADLINES=200000 scripts/bench.sh /tmp/benchmarks.md
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-docs/benchmarks.md}
rounds=${BENCH_ROUNDS:-5}

dir=$(mktemp -d)
chmod 711 "$dir" # PostgreSQL does not run as root, and lies in it
trap 'rm -rf "$dir"' EXIT
export NAZORAT_BENCH_DIR=${NAZORAT_BENCH_DIR:-$dir/room} TMPDIR=$dir
kept=$NAZORAT_BENCH_DIR/printed
mkdir -p "$kept"

load() { cut -d' ' -f1 /proc/loadavg; }
model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1) # the page keeps what other machines measured
for package in access procedure script eventlog bench; do # all of it as it is now, whatever is edited meanwhile
  go test -c -o "$dir/$package.test" "./internal/$package"
done
databases="built for this run"
[ ! -e "$NAZORAT_BENCH_DIR/filled.db" ] || databases="found from an earlier run"
changed=""
[ -z "$(git status --porcelain --untracked-files=no)" ] || changed=", with changes that are not committed"
revision=$(git rev-parse --short HEAD)$changed

stamps=""
run() { # NAME PACKAGE PATTERN BENCHTIME [CORES]
  if [[ $1 =~ ${BENCH_ONLY:-.} ]]; then
    echo "bench: $1" >&2
    local loaded
    loaded=$(load)
    (cd "internal/$2" && "$dir/$2.test" -test.run '^$' -test.bench "$3" -test.benchtime "$4" -test.count "$rounds" -test.timeout 2h ${5:+-test.cpu $5}) |
      tee "$kept/$1.half" | grep --line-buffered -E '^(Benchmark|---|FAIL|panic)|_test.go:' >&2
    echo "$1: $(date -u +'%Y-%m-%d %H:%M') UTC at $revision, load $loaded before and $(load) after, on $model" > "$kept/$1.stamp"
    mv "$kept/$1.half" "$kept/$1.txt"
  fi
  if [ -e "$kept/$1.txt" ]; then
    cat "$kept/$1.txt" >> "$dir/printed"
    stamps="$stamps"$'\n'"  - $(cat "$kept/$1.stamp")"
  fi
}

run pace bench '^BenchmarkPace$' 1s
run engine procedure '^(BenchmarkDecideRoadFines|BenchmarkApplyCriminal|BenchmarkApplyLargeCase)$' 1s 1
run decisions access '^BenchmarkDecide$' 1s 1
run scripts script '^Benchmark' 0.3s 1
run logs eventlog '^BenchmarkRoadFines$' 1x
run observe bench '^BenchmarkObserve$' 1x
run journal bench '^BenchmarkJournal$' 1s
run verify bench '^BenchmarkVerify$' 1s
run what-if bench '^BenchmarkWhatIf$' 1x
run durable bench '^BenchmarkDurable$' 16384x
run start bench '^BenchmarkStart$' 1x
run large bench '^Benchmark(Page|Find|Figures|AtWork)$' 1x # of one database, which is moved to PostgreSQL once
run pages-overdue bench '^BenchmarkPageOverdue$' 1x
run fell-due bench '^BenchmarkFellDue$' 300x
run looks bench '^BenchmarkLook$' 1s

[ -e "$NAZORAT_BENCH_DIR/filled.db" ] || databases="there when they were measured: none was asked for this time"
machine=$(cat <<TEXT
- Machine: $(nproc) cores, $model, $(awk '/^MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo) of memory, Linux $(uname -r | cut -d- -f1), $(go env GOVERSION). The large databases were $databases.
- What was measured when, and how loaded the machine's $(nproc) cores were. Where the load is high before a benchmark, others worked on the same cores, and its figures are by the clock, not by the processor's time:$stamps
TEXT
)
go run ./internal/bench -machine "$machine" -before docs/benchmarks.md -out "$out" < "$dir/printed"
echo "bench: wrote $out" >&2
