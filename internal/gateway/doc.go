// Package gateway builds a generation from the text of gateway.graphql, serves it over HTTP, and swaps it for the next.
//
// A request to /graphql goes through, in this order:
//
//	server.go      timeouts of the connection; routes
//	post.go get.go the transport: headers, body, envelope       -> an exchange in the context
//	admission.go   gqlgen's hook: APQ, cache, scan, parse, precheck, validate -> the exchange's document
//	               gqlgen's executor: picks the operation, calls Exec
//	exec.go        plan, variables, engine                      -> the exchange's answer or errors
//	endpoint.go    writes the response in one piece, releases the answer
//
// What a client may ask for is bounded by Limits before any upstream is called, and every refusal has a code of package
// fault and a status of status.go. A refused request never carries data; an operation that ran is always a 200.
//
// The exchange and the bytes in it belong to one request and are pooled. Documents and their plans are shared by all
// requests of a generation and are not written once they are kept.
package gateway
