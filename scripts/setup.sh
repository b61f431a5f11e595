#!/usr/bin/env bash
# Installs what the tests need beside Go, Node and make, where it may; else says what is missing.
set -euo pipefail

for tool in go node npm make git; do
  command -v "$tool" >/dev/null || { echo "setup: $tool is missing; install it first" >&2; exit 1; }
done

# Chromium without its own windows asks a third less of the machine than with them. Where there is none, the whole one does.
install_browser() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  echo "setup: installing $1"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" fonts-dejavu-core >/dev/null
}
found_browser() {
  local name
  for name in chromium-headless-shell chrome-headless-shell chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then return 0; fi
  done
  return 1
}
if ! command -v chromium-headless-shell >/dev/null && ! install_browser chromium-headless-shell && ! found_browser && ! install_browser chromium; then
  echo "setup: no Chromium: the browser tests cannot run. Install it, such as: sudo apt-get install chromium-headless-shell" >&2
  [ -z "${CI:-}" ] || exit 1
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
