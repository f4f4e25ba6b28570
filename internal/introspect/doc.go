// Package introspect reads what a GraphQL service says of its schema: the SDL that its authors wrote, that of a subgraph of
// Apollo Federation included, or its reply to an introspection query.
//
// It asks nobody: the text of the question is [Query], and whoever sends it hands the reply to [ParseReply]. What it returns
// belongs to the caller, and no function here keeps anything.
package introspect
