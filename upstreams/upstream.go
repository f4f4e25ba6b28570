package upstreams

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"manifold/internal/breaker"
	"manifold/internal/outbound"
	"manifold/schema"
)

// upstream is what calls one source: the chain of its policies, and what they remember. Generations that declare the source alike
// share it, so that a reload for another reason closes no breaker, refills no budget and forgets no instance (RELIABILITY C6).
type upstream struct {
	name     string
	caller   Caller
	stream   *stream          // nil: it does not speak HTTP
	breaker  *breaker.Breaker // nil: there is none
	bulkhead *compartment
	budget   *budget // of retries; nil: none are made
	pool     *pool   // nil: there is one address

	tokens         *outbound.TokenSource // of the gateway's own; nil: none
	signer         *outbound.Signer      // says who asks; nil: nothing does
	identityHeader string
	released       []func()
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
	fmt.Fprintf(&b, "source %q %q %p", src.Name, src.BaseURL, src.Function)
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
func (n *network) open(src *schema.Source) (*upstream, error) {
	u := &upstream{name: src.Name}
	r := src.Resilience
	if err := u.credentials(src, &n.options); err != nil {
		u.close()
		return nil, err
	}
	secrets, err := tlsConfig(src.Outbound.TLS, &n.options)
	if err != nil {
		u.close()
		return nil, err
	}
	switch {
	case src.Function != nil:
		r.Breaker.Off = true // it is in this program: there is nothing to spare
		u.caller = u.chain(r, &n.options, NewFunction(src.Function, n.options))
		return u, nil
	case src.GRPC != nil:
		leaf, err := n.grpcLeaf(u, src, secrets)
		if err != nil {
			u.close()
			return nil, err
		}
		u.caller = u.chain(r, &n.options, leaf)
		return u, nil
	}
	o, err := parseOrigin(src.BaseURL)
	if err != nil {
		return nil, err
	}
	streams := n.streams
	if secrets != nil {
		streams = streamTransport(&n.options)
		streams.TLSClientConfig = secrets
		u.released = append(u.released, streams.CloseIdleConnections)
	}
	u.stream = &stream{upstream: src.Name, origin: o, transport: streams, options: &n.options}
	if !src.Instances.Several() && !src.Instances.Health.Active {
		u.caller = u.chain(r, &n.options, n.leaf(u, o, o.address, r.MaxConcurrent, secrets))
		return u, nil
	}
	u.pool = newPool(n.poolOf(src, o.address, poolOf{
		open: func(address string) Caller {
			if o.secure {
				return n.secureAt(u.name, o, address, secrets)
			}
			return n.leaf(u, o, address, r.MaxConcurrent, secrets)
		},
		closed: n.closeLeaf,
		probe:  probeHTTP(o.text + src.Instances.Health.Path),
	}))
	streams = streamTransport(&n.options)
	if secrets != nil {
		streams.TLSClientConfig = secrets
	}
	streams.DialContext = u.pool.dial(newDialer(n.options.DialTimeout))
	u.stream.transport = streams
	u.released = append(u.released, u.pool.close, streams.CloseIdleConnections)
	u.caller = u.chain(r, &n.options, u.pool)
	return u, nil
}

// poolOf completes what a pool of a source needs; alone is its address, if it has no other.
func (n *network) poolOf(src *schema.Source, alone string, p poolOf) poolOf {
	timeout := src.Resilience.Timeout
	if timeout == 0 {
		timeout = n.options.Timeout
	}
	p.upstream, p.instances, p.resolver, p.timeout = src.Name, src.Instances, n.options.Resolver, timeout
	p.judge = newJudge(src.Resilience.Breaker.On, timeout)
	if p.resolver == nil {
		p.resolver = net.DefaultResolver
	}
	if !p.instances.Several() {
		p.instances.List = []schema.Instance{{Address: alone}}
	}
	return p
}

// leaf returns what sends calls to an address of an origin, so many of them at once at least.
func (n *network) leaf(u *upstream, o *origin, address string, atOnce int, secrets *tls.Config) Caller {
	switch {
	case o.secure && secrets != nil:
		return n.secureAt(u.name, o, "", secrets)
	case o.secure:
		return &secure{upstream: u.name, origin: o, transport: n.secure, memory: n.memory, options: &n.options}
	}
	h := n.acquire(address)
	h.allow(atOnce)
	u.released = append(u.released, func() { n.release(address) })
	return &plain{
		upstream: u.name, origin: o, common: commonHead(o),
		host: h, memory: n.memory, options: &n.options,
	}
}

// secureAt returns what sends calls to one address of an https origin. The name of the origin is what the certificate has to be for.
func (n *network) secureAt(upstream string, o *origin, address string, secrets *tls.Config) Caller {
	t := secureTransport(&n.options)
	d := newDialer(n.options.DialTimeout)
	if address != "" {
		t.DialContext = dialAt(d, address)
	}
	if secrets != nil {
		t.TLSClientConfig = secrets
	}
	return &secure{upstream: upstream, origin: o, transport: t, memory: n.memory, options: &n.options}
}

// closeLeaf gives up the connections to an instance that is gone. Those of a plain host stay until the upstream is closed, since a
// name server may bring the address back, and the ones that are idle are swept.
func (n *network) closeLeaf(c Caller) {
	switch leaf := c.(type) {
	case *secure:
		if t, ok := leaf.transport.(*http.Transport); ok {
			t.CloseIdleConnections()
		}
	case *GRPC:
		leaf.Close()
	}
}

// grpcLeaf returns what calls a source of gRPC: one client that knows all addresses of its target, or a pool of clients of an address
// each, where addresses are given apart from it.
func (n *network) grpcLeaf(u *upstream, src *schema.Source, secrets *tls.Config) (Caller, error) {
	target := GRPCTarget{Target: src.GRPC.Target, TLS: src.GRPC.TLS, Config: secrets}
	if _, _, err := grpcAddress(target.Target); err != nil {
		return nil, err
	}
	if !src.Instances.Several() && !src.Instances.Health.Active {
		g, key, err := n.acquireGRPC(src.Name, target)
		if err != nil {
			return nil, err
		}
		u.released = append(u.released, func() { n.release(key) })
		return g, nil
	}
	authority := grpcAuthority(target.Target)
	service := src.Instances.Health.Service
	u.pool = newPool(n.poolOf(src, target.Target, poolOf{
		open: func(address string) Caller {
			at := GRPCTarget{Target: "passthrough:///" + address, TLS: target.TLS, Config: secrets, Authority: authority}
			if address == target.Target {
				at = target
			}
			g, err := OpenGRPC(src.Name, at, n.options)
			if err != nil {
				return unusable{err}
			}
			return g
		},
		closed: n.closeLeaf,
		probe: func(ctx context.Context, c Caller) error {
			g, ok := c.(*GRPC)
			if !ok {
				return errNoInstance
			}
			r, err := healthpb.NewHealthClient(g.conn).Check(ctx, &healthpb.HealthCheckRequest{Service: service})
			if err == nil && r.GetStatus() != healthpb.HealthCheckResponse_SERVING {
				err = errors.New(r.GetStatus().String())
			}
			return err
		},
	}))
	u.released = append(u.released, u.pool.close, func() {
		for _, m := range u.pool.group.Members() {
			n.closeLeaf(m.Value)
		}
	})
	return u.pool, nil
}

// unusable is an instance whose address the library does not take.
type unusable struct{ err error }

func (u unusable) Call(ctx context.Context, _ *Call) (*Reply, error) {
	return nil, callFault(ctx, "", 0, u.err)
}

// grpcAuthority is the name of a target without its scheme.
func grpcAuthority(target string) string {
	if _, rest, ok := strings.Cut(target, ":///"); ok {
		return rest
	}
	if _, rest, ok := strings.Cut(target, "://"); ok {
		_, rest, _ = strings.Cut(rest, "/")
		return rest
	}
	return target
}
