// Package aggregation runs a plan: it gathers keys, calls upstreams, locates values in their replies, joins records by key
// and projects the response. It reads replies as bytes and writes bytes; between the two there is one flat slice of slots.
//
// Reading order: engine.go (a request), frame.go (its memory), schedule.go (which fetch may start), gather.go (keys),
// request.go and reply.go (calls and answers), locate.go, join.go, project.go.
//
// # Memory
//
// I/O fans out, memory has one owner: only the goroutine that runs the request touches its frame; goroutines that make calls
// touch their own call only. Frames are pooled. Reply bytes are kept until the projection is done, because slots point into
// them.
package aggregation
