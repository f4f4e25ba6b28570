#!/usr/bin/env bash
# Gets ready what the tests need besides Go, and prints where it is: the folder of the npm packages on the first
# line, the browser on the second. Installs what is missing: node, npm, chromium and redis-server as packages of Debian or Ubuntu, the npm
# packages of package-lock.json into ../.tools. Takes no time when all is there. What it does is told on standard error.
set -euo pipefail
cd "$(dirname "$0")"

browser() { command -v chromium || command -v chromium-browser || command -v google-chrome || true; }

missing=()
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
[[ -n $(browser) ]] || missing+=(chromium)
command -v redis-server >/dev/null || missing+=(redis-server) # of the shared cache
if ((${#missing[@]})); then
  if ! command -v apt-get >/dev/null; then
    echo "the end-to-end tests need ${missing[*]}; install them, there is no apt-get here to do it" >&2
    exit 1
  fi
  root=()
  [[ $EUID -eq 0 ]] || root=(sudo -n)
  echo "installing ${missing[*]} by apt-get (once)" >&2
  {
    "${root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "${missing[@]}"
  } >&2 || {
    echo "apt-get could not install ${missing[*]}: the end-to-end tests cannot run without them" >&2
    exit 1
  }
fi

# One folder for each version of the lock file. It gets its name when it is whole, so half an installation is never used.
folder=$(cd .. && pwd)/.tools/e2e-$(sha256sum package-lock.json | cut -c1-12)
if [[ ! -d $folder ]]; then
  echo "installing the npm packages of e2e/package.json into ${folder#"$(cd .. && pwd)/"} (once)" >&2
  work=$folder.$$
  mkdir -p "$work"
  trap 'rm -rf "$work"' EXIT
  cp package.json package-lock.json "$work"
  npm ci --prefix "$work" --no-audit --no-fund --ignore-scripts --loglevel=error >&2 || {
    echo "npm could not install the packages of e2e/package.json: the end-to-end tests cannot run without them" >&2
    exit 1
  }
  [[ -d $folder ]] || mv "$work" "$folder"
fi

echo "$folder/node_modules"
browser
