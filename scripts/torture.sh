#!/usr/bin/env bash
# Kills the processes of an office KILLS times on each database, while 64 callers act, and looks afterwards for what they were
# told. Writes what it found into docs/reliability.md, or the page given. Fails where anything was lost, doubled or cannot be verified.
# SEED repeats a run's chance, though not its moments.
# Some 40 minutes for 1,000 kills on two cores of their own; it is nice to others.
set -euo pipefail
cd "$(dirname "$0")/.."
page=$(realpath "${1:-docs/reliability.md}")

dir=$(mktemp -d)
chmod 711 "$dir" # PostgreSQL does not run as root, and lies in it
trap 'rm -rf "$dir"' EXIT
go test -c -o "$dir/torture.test" ./internal/torture # all of it as it is now, whatever is edited meanwhile
changed=""
[ -z "$(git status --porcelain --untracked-files=no)" ] || changed=", with changes that are not committed"
machine=$(cat <<TEXT
- Run on $(date -u +%Y-%m-%d), at $(git rev-parse --short HEAD)$changed. Load of the machine at the beginning: $(cut -d' ' -f1 /proc/loadavg).
- Machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(awk '/^MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo) of memory, Linux $(uname -r | cut -d- -f1), $(go env GOVERSION).
TEXT
)
mkdir -m 711 "$dir/tmp"
cd internal/torture
NAZORAT_REQUIRE_POSTGRES=1 TMPDIR="$dir/tmp" nice -n "${NICE:-10}" "$dir/torture.test" -test.run '^TestNothingAcknowledgedIsLostHoweverOftenItIsKilled$' \
  -test.timeout 12h -kills "${KILLS:-1000}" -seed "${SEED:-0}" -page "$page" -machine "$machine"
