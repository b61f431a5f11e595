#!/usr/bin/env bash
# Installs what the tests need beside Go, Node and make, where it may; else says what is missing.
set -euo pipefail

for tool in go node npm make git; do
  command -v "$tool" >/dev/null || { echo "setup: $tool is missing; install it first" >&2; exit 1; }
done

browser=""
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null; then browser=$(command -v "$name"); break; fi
done
if [ -z "$browser" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "setup: installing chromium"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
  else
    echo "setup: no chromium: the browser tests cannot run. Install it, such as: sudo apt-get install chromium" >&2
    [ -z "${CI:-}" ] || exit 1
  fi
fi

# The tests start servers of their own; the one that the package would set up and start is not needed.
server=""
for at in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin "$(dirname "$(command -v initdb || echo /nowhere/initdb)")"; do
  if [ -x "$at/initdb" ] && [ "$("$at/postgres" --version | grep -oE '[0-9]+' | head -n 1)" -ge 15 ]; then server=$at; fi
done
if [ -z "$server" ] && [ -z "${NAZORAT_TEST_POSTGRES:-}" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "setup: installing postgresql"
    mkdir -p /etc/postgresql-common/createcluster.d
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/nazorat.conf
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null
  else
    echo "setup: no PostgreSQL 15 or later: the tests run on SQLite alone. Install it, such as: sudo apt-get install postgresql; or set NAZORAT_TEST_POSTGRES to a server's database" >&2
    [ -z "${CI:-}" ] || exit 1
  fi
fi

# What another project reads in the codes of receipts; without them that is not tried.
if ! command -v zbarimg >/dev/null || ! command -v pdftoppm >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "setup: installing zbar-tools and poppler-utils"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends zbar-tools poppler-utils >/dev/null
  else
    echo "setup: no zbarimg or no pdftoppm: the codes of receipts are not read. Install them, such as: sudo apt-get install zbar-tools poppler-utils" >&2
    [ -z "${CI:-}" ] || exit 1
  fi
fi
