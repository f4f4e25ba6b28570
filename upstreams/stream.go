package upstreams

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"time"

	"manifold/internal/fault"
)

// stream hands requests of clients on to one upstream, through net/http.
type stream struct {
	upstream  string
	origin    *origin
	transport http.RoundTripper
	options   *Options
}

// streamTransport returns the transport of everything that is streamed. It differs from that of calls in what it waits for.
func streamTransport(o *Options) *http.Transport {
	t := secureTransport(o)
	t.ResponseHeaderTimeout = o.Timeout // counts from the end of the request
	t.ExpectContinueTimeout = time.Second
	return t
}

// Stream returns what hands requests on to the source with index i, which has to be one of HTTP. Both bodies are streamed as
// they are: nothing is read ahead, decompressed or bounded, and a redirect is a reply like any other. The URL of every request
// must be one of the source's origin. Errors are always *fault.Error; so are those of reading the body of a reply.
//
// Timeout bounds the wait for a connection, and again the time from the end of the request to the head of the reply. While one
// of the bodies is under way, it may pause for Silence. A connection whose protocol was switched is bounded by nothing.
//
// At most MaxConns connections to one host and port are open for streams; they do not count among those for calls.
func (s *Set) Stream(i int) http.RoundTripper { return s.sources[i].stream }

// RoundTrip implements http.RoundTripper.
func (s *stream) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != s.origin.authority || (r.URL.Scheme == "https") != s.origin.secure {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, badCall(s.upstream, "The request's URL is not one of the upstream.", errors.New(r.URL.Redacted()))
	}
	ctx, cancel := context.WithCancelCause(r.Context())
	x := &streamed{stream: s, client: r.Context(), ctx: ctx, cancel: cancel}
	x.timer = time.AfterFunc(s.options.Timeout, func() { cancel(context.DeadlineExceeded) })
	out := r.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { x.timer.Reset(s.options.Timeout) }, // once more where a kept connection was closed
		GotConn: func(httptrace.GotConnInfo) { x.sent() },
	}))
	if r.Body != nil && r.Body != http.NoBody {
		out.Body = &sending{r.Body, x}
	}
	res, err := s.transport.RoundTrip(out)
	if err != nil {
		err = x.fault(0, err)
		x.end()
		return nil, err
	}
	if res.StatusCode == http.StatusSwitchingProtocols {
		x.timer.Stop()
		return res, nil // the context ends with the client's request
	}
	x.received()
	res.Body = &receiving{res.Body, x, res.StatusCode}
	return res, nil
}

// streamed is one request under way, and the clock that is wound up by whatever moves.
type streamed struct {
	*stream
	client context.Context // of the client's request
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
}

// sent notes that the request moves. The wait for the head of the reply follows, which has its own time.
func (x *streamed) sent() { x.timer.Reset(max(x.options.Silence, x.options.Timeout)) }

// received notes that the reply moves.
func (x *streamed) received() { x.timer.Reset(x.options.Silence) }

// end gives up what is still under way. The clock may be wound up once more by a request body that is still being read: it then
// ends what has ended.
func (x *streamed) end() {
	x.timer.Stop()
	x.cancel(nil)
}

// errUnsent is a body of a client that did not come to its end.
var errUnsent = errors.New("the request's body did not arrive whole")

// fault is callFault for streams. status is that of the reply, or 0.
//
//   - The client has gone, or its body did not arrive whole: INTERNAL wrapping context.Canceled, or BAD_REQUEST. Neither counts
//     against the upstream.
//   - A time was up: UPSTREAM_TIMEOUT, wrapping context.DeadlineExceeded. Not that of dialling: the upstream is not there then.
func (x *streamed) fault(status int, err error) *fault.Error {
	f := &fault.Error{Upstream: x.upstream, Status: status, Cause: err}
	dial, _ := errors.AsType[*net.OpError](err)
	err = protocolError(err)
	_, bad := errors.AsType[malformed](err)
	switch {
	case errors.Is(context.Cause(x.ctx), errUnsent):
		f.Code, f.Message = fault.BadRequest, "The request's body did not arrive whole."
		f.Cause = wrap(errUnsent, err)
	case errors.Is(x.client.Err(), context.Canceled):
		f.Code, f.Message = fault.Internal, "The request was cancelled."
		f.Cause = wrap(context.Canceled, err)
	case dial != nil && dial.Op == "dial":
		f.Code, f.Message = fault.UpstreamUnavailable, "The upstream is not available."
	case errors.Is(context.Cause(x.ctx), context.DeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		f.Code, f.Message = fault.UpstreamTimeout, "The upstream did not answer in time."
		f.Cause = wrap(context.DeadlineExceeded, err)
	case bad, errors.Is(err, io.ErrUnexpectedEOF):
		f.Code, f.Message = badResponse()
	default:
		f.Code, f.Message = fault.UpstreamUnavailable, "The upstream is not available."
	}
	return f
}

// sending is the body of a request on its way to the upstream.
type sending struct {
	io.ReadCloser
	x *streamed
}

func (s *sending) Read(b []byte) (int, error) {
	n, err := s.ReadCloser.Read(b)
	if err != nil && err != io.EOF {
		s.x.cancel(wrap(errUnsent, err))
	} else {
		s.x.sent()
	}
	return n, err
}

// receiving is the body of a reply.
type receiving struct {
	io.ReadCloser
	x      *streamed
	status int
}

func (r *receiving) Read(b []byte) (int, error) {
	n, err := r.ReadCloser.Read(b)
	if err == nil || err == io.EOF {
		r.x.received()
		return n, err
	}
	return n, r.x.fault(r.status, err)
}

func (r *receiving) Close() error {
	err := r.ReadCloser.Close()
	r.x.end()
	return err
}
