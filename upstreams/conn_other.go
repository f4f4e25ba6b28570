//go:build !unix

package upstreams

// nothingToRead cannot look here. A connection closed by the upstream is then noticed by the call that uses it, which
// is repeated if its method allows.
func nothingToRead(uintptr) bool { return true }
