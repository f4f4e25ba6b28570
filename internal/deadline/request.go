package deadline

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// Headers by which a client says how long it will wait: ours, and those of proxies and gateways in front (the second is what this
// gateway tells its own upstreams; RELIABILITY C.3).
const (
	headerMillis = "X-Request-Timeout-Ms"
	headerEnvoy  = "X-Envoy-Expected-Rq-Timeout-Ms"
	headerGRPC   = "Grpc-Timeout"
)

// Header is how upstreams of HTTP are told how many milliseconds a call has left.
const Header = headerEnvoy

// OfRequest returns the context of a request that may take at most limit, and no longer than its header says: a client may shorten its
// time, never stretch it. What cannot be read in a header does not count. Stop has to be called.
func OfRequest(ctx context.Context, h http.Header, limit time.Duration) *Context {
	for _, name := range [...]string{headerMillis, headerEnvoy} {
		if v := h[name]; len(v) > 0 {
			if n, err := strconv.ParseUint(v[0], 10, 31); err == nil {
				limit = min(limit, time.Duration(n)*time.Millisecond)
			}
		}
	}
	if v := h[headerGRPC]; len(v) > 0 {
		if d, ok := grpcTimeout(v[0]); ok {
			limit = min(limit, d)
		}
	}
	return With(ctx, time.Now().Add(limit))
}

// grpcTimeout reads a TimeoutValue and its TimeoutUnit (gRPC over HTTP/2): at most eight digits, and a letter.
func grpcTimeout(s string) (time.Duration, bool) {
	if len(s) < 2 || len(s) > 9 {
		return 0, false
	}
	unit, known := map[byte]time.Duration{
		'H': time.Hour, 'M': time.Minute, 'S': time.Second, 'm': time.Millisecond, 'u': time.Microsecond, 'n': time.Nanosecond,
	}[s[len(s)-1]]
	n, err := strconv.ParseUint(s[:len(s)-1], 10, 27)
	if !known || err != nil {
		return 0, false
	}
	if d := time.Duration(n) * unit; d/unit == time.Duration(n) {
		return d, true
	}
	return 0, false
}
