// Package gofunc describes Go functions that serve fields of a gateway, and calls them with JSON. Package fn is how users
// register them; package schema compares the descriptions with the types of a gateway.graphql when it is loaded; package
// upstreams calls.
//
// Types are looked at once, when a function is registered: what a request needs is a tree of decoders by then. Nothing here
// knows GraphQL, HTTP or plans.
package gofunc
