#!/usr/bin/env bash
# Looks for holes in a demonstration that runs on this machine, with Wapiti: as nobody, and signed in as one of its officers.
# Fails where something of medium or higher severity is found. The reports are left in build/scan. SCAN_SECONDS bounds each of the two; SCAN_PYTHON is a Python of 3.12 or later, where python3 is older.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${SCAN_SECONDS:-900}
here=build/scan
mkdir -p "$here"
rm -f "$here"/*.json "$here"/office.*

if [ ! -x "$here/venv/bin/wapiti" ]; then
  echo "scan: installing wapiti"
  "${SCAN_PYTHON:-python3}" -m venv --clear "$here/venv"
  "$here/venv/bin/pip" install -q "wapiti3>=3.2.3,<4" || { echo "scan: wapiti cannot be had here; not scanned"; exit 0; }
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
[ -n "$url" ] || { echo "scan: the demonstration does not serve" >&2; exit 1; }

officer=$(curl -fsS "$url/sign-in" | grep -oE 'name="officer" value="[^"]*"' | head -n 1 | sed 's/.*value="\(.*\)"/\1/')
session=$(curl -fsS -o /dev/null -D - -H 'Sec-Fetch-Site: same-origin' -d "officer=$officer" "$url/sign-in" | tr -d '\r' | sed -n 's/^Set-Cookie: \(session=[^;]*\).*/\1/p')
form=$(curl -fsS -o /dev/null -D - "$url/sign-in" | tr -d '\r' | sed -n 's/^Set-Cookie: \(form=[^;]*\).*/\1/p')
[ -n "$session" ] && [ -n "$form" ] || { echo "scan: nobody could sign in" >&2; exit 1; }

# The scanner says nothing of where its forms come from, so it has to send the token of each: that of one browser, whose cookie it is given. The language of a page is no page of its own.
for who in nobody officer; do
  cookie=(-H "Cookie: $form")
  [ $who = nobody ] || cookie=(-H "Cookie: $session; $form" -x "$url/sign-in*")
  "$here/venv/bin/wapiti" -u "$url/" --scope domain -x "$url/sign-out" -x "$url/account/sessions/*" -x "$url/log/*" -x "$url/static/*" -r lang "${cookie[@]}" \
    -m "backup,crlf,csrf,exec,file,htaccess,ldap,methods,permanentxss,redirect,shellshock,sql,timesql,upload,xss" \
    --max-scan-time "$seconds" --max-attack-time $((seconds / 8)) --max-links-per-page 60 --max-files-per-dir 40 --max-parameters 12 -d 5 --flush-session --store-session "$here/session" \
    --no-bugreport -v 1 -f json -o "$here/$who.json" >"$here/$who.log" 2>&1 </dev/null || { tail -n 20 "$here/$who.log" >&2; exit 1; }
  [ -s "$here/$who.json" ] || { echo "scan: no report of $who" >&2; exit 1; }
done

"$here/venv/bin/python" - "$here/nobody.json" "$here/officer.json" <<'PY'
import json, sys
levels = {0: "information", 1: "low", 2: "medium", 3: "high", 4: "critical"}
worst = 0
for path in sys.argv[1:]:
    report = json.load(open(path))
    pages = report["infos"].get("crawled_pages_nbr", "?")
    print(f"{path}: {report['infos'].get('version')}, {pages} pages looked at")
    for part in ("vulnerabilities", "anomalies"):
        for category, found in report[part].items():
            for f in found:
                worst = max(worst, f["level"])
                print(f"  {levels.get(f['level'], f['level'])}: {category}: {f['method']} {f['path']} {f.get('parameter') or ''}: {f['info']}")
sys.exit(1 if worst >= 2 else 0)
PY
echo "scan: nothing of medium or higher"
