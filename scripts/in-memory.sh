#!/usr/bin/env bash
# in-memory.sh COMMAND...: runs tests whose temporary files lie in memory where there is room, for then none waits for a disk. Nothing is tested less by it: a
# process that is killed loses nothing that it wrote, and what a disk does that is full or fails, tests do to a file system of their own. Where there is room, the heaps
# of tests may grow as that of an office that serves does (app.Roomy): a fifth of what they took of the processor was sweeping. What holds memory to a bound counts what was allocated.
set -euo pipefail

shared=/dev/shm
has_room() {
  [ -d "$shared" ] && [ -w "$shared" ] &&
    [ "$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)" -ge $((8 << 20)) ] && # KiB
    [ "$(df -Pk "$shared" | awk 'NR == 2 {print $4}')" -ge $((4 << 20)) ]
}
if has_room; then
  dir=$(mktemp -d "$shared/nazorat-tests-XXXXXX")
  chmod 1777 "$dir" # PostgreSQL runs as another user, and takes its own folder away
  trap 'rm -rf "$dir"' EXIT
  export GOGC=${GOGC:-400}
  export NAZORAT_TEST_CLUSTER=$dir/cluster # servers of tests begin with a copy (internal/db/dbtest)
  export GOTMPDIR=${GOTMPDIR:-${TMPDIR:-/tmp}} TMPDIR=$dir # what Go links is large, and stays where it was
fi
"$@"
