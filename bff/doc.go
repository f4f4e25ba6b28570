// Package bff serves named operations as plain HTTP routes: a backend for each kind of frontend.
//
// A client (schema.Client, declared by @bff) has a folder of files, each with one operation. Load reads and compiles all of
// them once, with the gateway: an API is what clients can call. A Server answers their requests: it finds the route, makes
// the operation's variables of the request (bind.go, coerce.go), runs the plan, and writes the answer as it comes out of the
// engine, where it has been reshaped already. It never decodes an answer.
//
// What goes wrong is told as application/problem+json, with the codes of GraphQL's errors (docs/errors.md).
package bff
