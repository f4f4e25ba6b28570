// Package config reads gateway.yaml, which says how a gateway runs: addresses, limits, and what differs from one
// environment to the next. What the gateway means stands in gateway.graphql and cannot be changed here.
//
// The file is read into one typed struct, Config, whose tags are the only list of keys: the reader, the defaults, the JSON
// Schema and the tables of docs/config.md all follow it. Reading finds every fault at once, each with its place.
//
// `${NAME}`, `${NAME:-default}` and `${file:path}` are expanded once, in values only, after the YAML is parsed: what they
// bring in is never read as YAML and never expanded again. Aliases, anchors, tags and merge keys are refused.
//
// The package opens the files that `${file:...}` names, through the function it is given, and nothing else. It knows no
// network and keeps no state.
package config
