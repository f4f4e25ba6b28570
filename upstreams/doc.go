// Package upstreams makes one call to one service and brings the whole answer back as bytes.
//
// A [Set] holds what is open to the sources of one gateway.graphql. It hands out one [Caller] for each source; every
// policy around a call is a [Policy], and all of them are hung together in one place: [chain].
//
// A [GRPC] calls the methods of a gRPC service, over the connections of grpc-go; requests and replies are JSON on our side.
//
// [Set.Stream] is for what is not a call: requests of clients that are handed on as they are.
//
// Plain http:// goes over connections of our own, read straight into pooled memory; https:// goes over net/http, which
// speaks HTTP/2 where the upstream does. Both follow the same rules: the answer is read to its end or the call fails,
// its size is bounded after decompression, redirects are replies like any other, there are no cookies, and the proxy
// variables of the environment are ignored.
//
// The package never looks at what a body says, but to turn messages into JSON, never decides what a status means, and never sends a non-idempotent
// request twice. It starts no goroutine for a call, and leaves none behind. Bytes belong to the [Reply] until it is
// released.
package upstreams
