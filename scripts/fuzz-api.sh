#!/usr/bin/env bash
# Lets a fuzzer of others, Schemathesis, loose on the API of a demonstration that runs on this machine, by its own OpenAPI descriptions: of all routes, and of the
# acts of each law. It asks as an inquirer, a prosecutor and an administrator, in sessions of their own. Fails on an answer of 5xx but 503, on one that the description does
# not have, on what is taken though the description says that it is not, and on what is answered without a session. The reports are left in build/fuzz-api.
# FUZZ_EXAMPLES is how much is tried at each operation, FUZZ_SECONDS bounds each run, FUZZ_SEED repeats one, FUZZ_LAWS names laws, FUZZ_AS roles.
# That what is well-formed is done is not asked of it: most of what a law refuses no schema can say.
set -euo pipefail
cd "$(dirname "$0")/.."
examples=${FUZZ_EXAMPLES:-5}
seconds=${FUZZ_SECONDS:-600}
seed=${FUZZ_SEED:-1}
laws=${FUZZ_LAWS:-uz/criminal uz/appeals uz/supervision uz/service}
here=build/fuzz-api
mkdir -p "$here"
rm -f "$here"/*.log "$here"/office.*

if [ ! -x "$here/venv/bin/schemathesis" ]; then
  echo "fuzz-api: installing schemathesis"
  "${FUZZ_PYTHON:-python3}" -m venv --clear "$here/venv"
  "$here/venv/bin/pip" install -q "schemathesis>=4.32,<5" || { echo "fuzz-api: schemathesis cannot be had here; nothing was tried"; exit 0; }
fi

bin/nazorat demo --cases 60 --seed 1 --addr 127.0.0.1:0 >"$here/office.out" 2>"$here/office.err" &
office=$!
trap 'kill $office 2>/dev/null || true' EXIT
for _ in $(seq 300); do
  url=$(sed -n 's/.*\(http:\/\/127\.0\.0\.1:[0-9]*\).*/\1/p' "$here/office.out" | head -n 1)
  [ -z "$url" ] || break
  kill -0 $office || { cat "$here/office.err" >&2; exit 1; }
  sleep 0.2
done
[ -n "$url" ] || { echo "fuzz-api: the demonstration does not serve" >&2; exit 1; }

# try WHO DOCUMENT: as the first officer of a role.
failed=0
try() {
  local who=$1 document=$2 officer session name
  name=$who-$(basename "$document" .json)
  officer=$(curl -fsS "$url/sign-in" | grep -oE "name=\"officer\" value=\"[^\"]*-$who-1\"" | head -n 1 | sed 's/.*value="\(.*\)"/\1/')
  session=$(curl -fsS -o /dev/null -D - -H 'Sec-Fetch-Site: same-origin' -d "officer=$officer" "$url/sign-in" | tr -d '\r' | sed -n 's/^Set-Cookie: session=\([^;]*\).*/\1/p')
  [ -n "$session" ] || { echo "fuzz-api: no $who could sign in" >&2; exit 1; }
  local ids
  ids=$(curl -fsS -b "session=$session" "$url/api/v1/proceedings" | grep -oE '"id":"[A-Z0-9]{20,}"' | head -n 20 | sed 's/"id"://' | paste -sd, - || true)
  ids=${ids:-'"none"'}
  cat >"$here/schemathesis.toml" <<TOML
[auth.openapi.session]
api_key = "$session"

[dictionaries.proceedings]
values = [$ids]

[dictionaries.versions]
values = [1, 2, 3, 4, 5, 6, 7, 8]

[parameters]
"path.id" = { dictionary = "proceedings", probability = 0.9 }
"body.version" = { dictionary = "versions", probability = 0.9 }
TOML
  local status=0
  # /api/v1/presence would give the session another cookie.
  timeout -s INT -k 30 "$seconds" "$here/venv/bin/schemathesis" --config-file "$here/schemathesis.toml" run "$url$document" -H "Accept-Language: en" --exclude-checks positive_data_acceptance --exclude-path /api/v1/presence \
    --phases examples,coverage,fuzzing -n "$examples" --seed "$seed" --max-failures 40 --suppress-health-check all --no-shrink --request-timeout 20 --generation-database none \
    >"$here/$name.log" 2>&1 </dev/null || status=$?
  echo "fuzz-api: $name: $(grep -E ' generated' "$here/$name.log" | tail -n 1 | sed 's/^ *//' || true)"
  # Whatever was stopped says what it had found until then.
  if [ $status -eq 124 ] && ! grep -qE '^ *❌ |Failures:' "$here/$name.log"; then
    echo "fuzz-api: $name was stopped after $seconds seconds, with nothing found"
  elif [ $status -ne 0 ]; then
    grep -E '^- |^___|❌|^ *st replay' "$here/$name.log" | head -n 60 >&2 || true
    failed=1
  fi
}

for who in ${FUZZ_AS:-inquirer prosecutor administrator}; do
  for document in openapi $laws; do
    case $document in openapi) try "$who" /api/openapi.json ;; *) try "$who" "/api/openapi/$document.json" ;; esac
  done
done

# The office must not have said that anything was its own mistake.
if grep -E 'request failed|panic' "$here/office.err" >&2; then
  failed=1
fi
[ $failed = 0 ] || { echo "fuzz-api: see $here" >&2; exit 1; }
echo "fuzz-api: nothing found"
