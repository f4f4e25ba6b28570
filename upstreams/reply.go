package upstreams

import (
	"bytes"
	"errors"
	"net/http"
	"strings"

	"manifold/internal/fault"
	"manifold/internal/flight"
	"manifold/internal/transcode"
)

// Reply is the whole answer of an upstream, whatever its status.
//
// A Reply from a Caller belongs to who called. Body and everything cut out of it live until Release; strings live on.
// A Reply written as a literal, as tests do, is not pooled: Release does nothing to it.
//
// Reading a Reply from several goroutines is fine, as long as none of them releases it.
type Reply struct {
	Status      int
	ContentType string // as sent, or ""
	Body        []byte // decompressed; empty if there was none
	Aborted     bool   // the status is 409 because gRPC says ABORTED: to call again may help, unlike with other conflicts

	// Message is set of a reply that is a message of Protocol Buffers: it decodes the Body, whose JSON may be Limit bytes long.
	Message *transcode.Decoder
	Limit   int

	// Fault is what a reply that is no success means, unless the connector says otherwise; nil: what its status says.
	Fault *fault.Error
	// Items are the replies to single keys of a batch that failed while the others did not, by position; nil: none failed. Such a
	// key has null in the Body.
	Items []*Reply

	lines  []byte      // header lines as received, each ended by LF
	header http.Header // instead of lines, if net/http parsed them

	// Stale says that the reply was kept, and is older than it should be.
	Stale bool

	keep   *keeping     // how it may be kept; nil: it may not
	uses   *flight.Uses // several callers have it; nil: one has
	memory *memory      // nil: not pooled
	raw    *block       // holds lines, and Body unless it was compressed
	plain  *block       // holds the decompressed Body
}

// Header returns the values of the named header in the order received, nil if there is none.
// The name is matched without regard to case. The strings are copies.
func (r *Reply) Header(name string) []string {
	if r.header != nil {
		return r.header.Values(name)
	}
	var values []string
	for rest := r.lines; len(rest) > 0; {
		line, tail, _ := bytes.Cut(rest, newline)
		rest = tail
		key, value, ok := bytes.Cut(line, colon)
		if ok && len(key) == len(name) && strings.EqualFold(string(key), name) {
			values = append(values, string(trim(value)))
		}
	}
	return values
}

// NewReply returns a reply that belongs to nobody's pool. The content type is that of the header.
func NewReply(status int, header http.Header, body []byte) *Reply {
	return &Reply{Status: status, ContentType: header.Get("Content-Type"), Body: body, header: header}
}

// JSON returns the body as JSON: a Message in memory of its own, anything else as it is. The error is a fault.
func (r *Reply) JSON() ([]byte, error) {
	if r.Message == nil {
		return r.Body, nil
	}
	text, err := r.Message.Decode(nil, r.Body, r.Limit)
	if err != nil {
		return nil, r.Unreadable(err)
	}
	return text, nil
}

// Unreadable is the fault of a Message that does not decode the Body, but fails with err.
func (r *Reply) Unreadable(err error) *fault.Error {
	f := &fault.Error{Status: r.Status, Cause: err}
	if f.Code, f.Message = badResponse(); errors.Is(err, transcode.ErrTooLong) {
		f.Code, f.Message = largeResponse()
	}
	return f
}

// Headers returns all headers. The strings are copies; the map is read only.
func (r *Reply) Headers() http.Header {
	if r.header != nil {
		return r.header
	}
	all := http.Header{}
	for rest := r.lines; len(rest) > 0; {
		line, tail, _ := bytes.Cut(rest, newline)
		rest = tail
		if key, value, ok := bytes.Cut(line, colon); ok {
			all.Add(string(key), string(trim(value)))
		}
	}
	return all
}

// Release gives the memory of the reply back. Nothing of the reply may be used afterwards, and it must be called at
// most once by each who has it. In race builds the bytes are overwritten, so that a late reader does not go unnoticed.
func (r *Reply) Release() {
	if r.uses != nil && !r.uses.Last() {
		return
	}
	m := r.memory
	if m == nil {
		return
	}
	m.putBlock(r.raw)
	m.putBlock(r.plain)
	*r = Reply{}
	m.putReply(r)
}
