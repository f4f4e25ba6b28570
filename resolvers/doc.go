// Package resolvers decides who serves each field: it compiles an operation into a plan.
//
// The work is done once for each document. Reading order: compile.go (the entry), collect.go (which fields, under which
// conditions), place.go (where one object of the response comes from), provision.go (which fields a reply carries), find.go (where one
// field of it comes from),
// loader.go (connectors in use), feed.go (their keys and waves), layout.go (what is to be located in a reply).
//
// The package never calls an upstream and knows nothing of HTTP. A Compiler is immutable and safe for concurrent use.
package resolvers
