#!/usr/bin/env bash
# Fetches the playground's assets from the npm registry into this directory. They are committed, so this is only run to
# take a newer version; it needs npm. Nothing is bundled or changed: these are the ready-made browser builds.
#
# graphiql 3 and react 18 are the last that publish a build which runs in a page as it is, without a bundler.
set -euo pipefail
cd "$(dirname "$0")"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --prefix "$work" --no-audit --no-fund --ignore-scripts \
  graphiql@3.9.0 react@18.3.1 react-dom@18.3.1 graphql@16.10.0
modules=$work/node_modules

cp "$modules/react/umd/react.production.min.js" "$modules/react-dom/umd/react-dom.production.min.js" .
# The source maps are not served, so the files should not point to them.
sed '/^\/\/# sourceMappingURL=/d' "$modules/graphiql/graphiql.min.js" >graphiql.min.js
sed 's@/\*# sourceMappingURL=[^*]*\*/@@' "$modules/graphiql/graphiql.min.css" >graphiql.min.css

# The build of graphiql contains its dependencies; each has its licence below.
{
  echo "The files of this directory that end in .min.js and .min.css are built from the packages below,"
  echo "taken from the npm registry. graphiql.min.css holds the fonts Roboto (Apache-2.0) and Fira Code (OFL-1.1)."
  find "$modules" -name package.json -not -path '*/dist/*' -not -path '*/esm/*' | LC_ALL=C sort | while read -r manifest; do
    dir=$(dirname "$manifest")
    name=$(node -p 'const p = require(process.argv[1]); p.name && p.version ? p.name + " " + p.version + " (" + (p.license || "?") + ")" : ""' "$manifest")
    licence=$(find "$dir" -maxdepth 1 -iname 'licen[sc]e*' | LC_ALL=C sort | head -n 1)
    [ -n "$name" ] && [ -n "$licence" ] || continue
    printf '\n---- %s ----\n\n' "$name"
    cat "$licence"
  done
} >LICENSES.txt
ls -l
