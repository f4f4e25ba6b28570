package upstreams

import (
	"fmt"
	"strings"

	"manifold/internal/breaker"
	"manifold/internal/outbound"
	"manifold/schema"
)

// upstream is what calls one source: the chain of its policies, and what they remember. Generations that declare the source alike
// share it, so that a reload for another reason closes no breaker, refills no budget and forgets no instance (RELIABILITY C6).
type upstream struct {
	source   source
	gauge    Gauge // nil: nobody counts
	caller   Caller
	stream   *stream          // nil: it does not speak HTTP
	breaker  *breaker.Breaker // nil: there is none
	bulkhead *compartment
	budget   *budget // of retries; nil: none are made
	pool     *pool   // nil: there is one address

	tokens   *outbound.TokenSource // of the gateway's own; nil: none
	signer   *outbound.Signer      // says who asks; nil: nothing does
	released []func()
}

// close gives up what the upstream holds.
func (u *upstream) close() {
	for _, f := range u.released {
		f()
	}
}

// fingerprint is equal for sources that are called alike.
func fingerprint(src *schema.Source) string {
	r := src.Resilience
	var b strings.Builder
	fmt.Fprintf(&b, "source %q %q %p %t", src.Name, src.BaseURL, src.Function, src.Writes)
	if src.GRPC != nil {
		fmt.Fprintf(&b, " grpc %q %t", src.GRPC.Target, src.GRPC.TLS)
	}
	if r.Retry != nil {
		fmt.Fprintf(&b, " retry %+v", *r.Retry)
	}
	if r.RateLimit != nil {
		fmt.Fprintf(&b, " limit %+v", *r.RateLimit)
	}
	if t := src.Outbound.Token; t != nil {
		fmt.Fprintf(&b, " token %#v", *t)
	}
	if i := src.Outbound.Identity; i != nil {
		fmt.Fprintf(&b, " identity %#v", *i)
	}
	fmt.Fprintf(&b, " tls %#v", src.Outbound.TLS)
	r.Retry, r.RateLimit = nil, nil
	fmt.Fprintf(&b, " %+v %+v", r, src.Instances)
	return b.String()
}

// open makes an upstream ready to call a source. It connects to nothing.
func (n *network) open(src *schema.Source) (_ *upstream, err error) {
	u := &upstream{source: source{name: src.Name, writes: src.Writes}}
	if n.options.Meter != nil {
		u.gauge = n.options.Meter.Upstream(src.Name)
	}
	defer func() {
		if err != nil {
			u.close()
		}
	}()
	if err := u.credentials(src, &n.options); err != nil {
		return nil, err
	}
	secrets, err := tlsConfig(src.Outbound.TLS, &n.options)
	if err != nil {
		return nil, err
	}
	var leaf Caller
	r := src.Resilience
	switch {
	case src.Function != nil:
		r.Breaker.Off = true // it is in this program: there is nothing to spare
		leaf = NewFunction(src.Function, n.options)
	case src.GRPC != nil:
		u.source.target = src.GRPC.Target
		leaf, err = n.openGRPC(u, src, secrets)
	default:
		leaf, err = n.openHTTP(u, src, secrets)
	}
	if err != nil {
		return nil, err
	}
	u.caller = u.chain(r, &n.options, leaf)
	return u, nil
}
