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
