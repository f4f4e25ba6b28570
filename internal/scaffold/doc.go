// Package scaffold writes a first gateway.graphql from the address of a service and a few of its replies.
//
// It reads text and writes text: no network, no files. What it writes loads without a problem and answers its samples; it
// is meant to be read, changed and owned by the person who asked for it, so it guesses only what the samples show: types of
// values, what may be null, lists and objects, how the service spells names, which property wraps the answer, how one
// object is loaded by key, and which values are keys of other objects.
//
// Make is the only entrance; its parts are, in order: route.go (what a path asks for), value.go and shape.go (what the
// replies hold), names.go and naming.go (what things are called), resources.go (which types there are and how each is
// loaded) and write.go (the text).
package scaffold
