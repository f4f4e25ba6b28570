package upstreams

import (
	"crypto/tls"

	"manifold/schema"
)

// openHTTP returns what sends calls to a source of HTTP, and makes ready what streams to it.
func (n *network) openHTTP(u *upstream, src *schema.Source, secrets *tls.Config) (Caller, error) {
	o, err := parseOrigin(src.BaseURL)
	if err != nil {
		return nil, err
	}
	at := &httpLeaves{network: n, upstream: src.Name, origin: o, atOnce: src.Resilience.MaxConcurrent, secrets: secrets}
	u.stream = &stream{upstream: src.Name, origin: o, transport: n.streams, options: &n.options}
	if !inPool(src) {
		leaf := at.alone()
		u.released = append(u.released, func() { n.closeLeaf(leaf) })
		if secrets != nil {
			u.streamBy(n, secrets)
		}
		return leaf, nil
	}
	u.openPool(n, n.poolOf(src, o.address, poolOf{open: at.instance, probe: probeHTTP(o.text + src.Instances.Health.Path)}))
	u.streamBy(n, secrets)
	return u.pool, nil
}

// streamBy gives the upstream a transport of its own for what is streamed.
func (u *upstream) streamBy(n *network, secrets *tls.Config) {
	t := streamTransport(&n.options)
	if secrets != nil {
		t.TLSClientConfig = secrets
	}
	if u.pool != nil {
		t.DialContext = u.pool.dial(newDialer(n.options.DialTimeout))
	}
	u.stream.transport = t
	u.released = append(u.released, t.CloseIdleConnections)
}

// httpLeaves makes what sends calls to the addresses of one origin. Each one has to be closed by closeLeaf.
type httpLeaves struct {
	network  *network
	upstream string
	origin   *origin
	atOnce   int // calls that may run; 0: as many as connections
	secrets  *tls.Config
}

// alone sends calls to where the origin says.
func (l *httpLeaves) alone() Caller {
	n := l.network
	switch {
	case l.origin.secure && l.secrets != nil:
		return l.secure("")
	case l.origin.secure:
		return &secure{upstream: l.upstream, origin: l.origin, transport: n.secure, memory: n.memory, options: &n.options}
	default:
		return l.instance(l.origin.address)
	}
}

// instance sends calls to an address.
func (l *httpLeaves) instance(address string) Caller {
	if l.origin.secure {
		return l.secure(address)
	}
	n := l.network
	h := n.acquire(address)
	h.allow(l.atOnce)
	return &plain{
		upstream: l.upstream, origin: l.origin, common: commonHead(l.origin),
		host: h, memory: n.memory, options: &n.options,
	}
}

// secure sends calls to an address over TLS, "": to where the origin says. The name of the origin is what the certificate has to be for.
func (l *httpLeaves) secure(address string) Caller {
	n := l.network
	t := secureTransport(&n.options)
	if address != "" {
		t.DialContext = dialAt(newDialer(n.options.DialTimeout), address)
	}
	if l.secrets != nil {
		t.TLSClientConfig = l.secrets
	}
	return &secure{upstream: l.upstream, origin: l.origin, transport: t, memory: n.memory, options: &n.options}
}

// closeLeaf gives up the connections of what sends calls to one address.
func (n *network) closeLeaf(c Caller) {
	switch leaf := c.(type) {
	case *plain:
		n.release(leaf.host.address)
	case *secure:
		if leaf.transport != n.secure {
			leaf.transport.CloseIdleConnections()
		}
	case *GRPC:
		leaf.Close()
	}
}
