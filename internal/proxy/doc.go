// Package proxy hands requests on to services as they are, beside the graph: what @proxy declares.
//
// A request keeps its method, its body, what is left of its path, its query, and its headers but for those that are not its
// client's to set (headers.go). A reply comes back as it is, but for addresses that lead to the service itself (location.go).
// Both are streamed. Nothing is retried, kept or decoded here; connections, and how long they are waited for, are those of
// package upstreams.
//
// Everything here is built once for a generation and may be used by any number of requests at once; what belongs to one request
// is in an exchange.
package proxy
