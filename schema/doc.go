// Package schema reads gateway.graphql into a checked model.
//
// Load parses the files, decodes and removes the directives of our language, checks everything that can be known before
// a request comes, and returns a Gateway, or all Problems at once. It never opens a connection and never reads a file:
// texts and environment are given to it. A Gateway is immutable and may be read by many goroutines.
//
// The way of a text, each step in a file of its own:
//
//	parse.go       text -> syntax trees, one block for each `type` and `extend type`
//	language.go    the directives we know, and which parts of them are effective
//	decode.go      every directive is checked against its definition; ours are taken out of the tree
//	sdl.go         the rules of GraphQL itself
//	describe.go    blocks -> model: sources, enums, fields, connectors, keys, lookups
//	shapes.go      every field must have a place where it is found
//	public.go      what clients see
//
// A step reports its problems and goes on with what it could read, so that one run shows them all.
package schema
