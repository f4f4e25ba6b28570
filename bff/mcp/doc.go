// Package mcp serves operations of a client as tools of the Model Context Protocol, by the protocol's own SDK: agents call the
// same operations, with the same identity and limits, as routes do.
package mcp
