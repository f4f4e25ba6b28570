package upstreams

import (
	"fmt"
	"net/http"
	"sync"

	"manifold/schema"
)

// network is what is open to the outside. The generations of a gateway share one, as long as their options are equal:
// an upstream stays, with its warm connections and all that its policies remember, while any generation uses it.
type network struct {
	options Options
	memory  *memory
	secure  *http.Transport // calls of all https origins
	streams *http.Transport // what is streamed

	mu        sync.Mutex
	upstreams map[string]*upstream // by fingerprint of the source
	hosts     map[string]*host     // by address
	grpcs     map[string]*GRPC     // by key of the target
	users     map[string]int       // how many use an upstream, a host, or a gRPC target
	sets      int                  // how many Sets are open
}

func newNetwork(o Options) *network {
	return &network{
		options:   o,
		memory:    new(memory),
		secure:    secureTransport(&o),
		streams:   streamTransport(&o),
		upstreams: make(map[string]*upstream),
		hosts:     make(map[string]*host),
		grpcs:     make(map[string]*GRPC),
		users:     make(map[string]int),
	}
}

// acquireUpstream returns the upstream of a source, open until released by the key that is returned.
func (n *network) acquireUpstream(src *schema.Source) (u *upstream, key string, err error) {
	key = fingerprint(src)
	n.mu.Lock()
	u = n.upstreams[key]
	if u != nil {
		n.users[key]++
	}
	n.mu.Unlock()
	if u != nil {
		return u, key, nil
	}
	if u, err = n.open(src); err != nil {
		return nil, "", err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.upstreams[key] = u
	n.users[key]++
	return u, key, nil
}

// acquire returns the host of an address, open until released.
func (n *network) acquire(address string) *host {
	n.mu.Lock()
	defer n.mu.Unlock()
	h := n.hosts[address]
	if h == nil {
		h = newHost(address, &n.options)
		n.hosts[address] = h
	}
	n.users[address]++
	return h
}

// acquireGRPC returns the client of a gRPC target, open until released by the key that is returned.
func (n *network) acquireGRPC(upstream string, t GRPCTarget) (g *GRPC, key string, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	key = fmt.Sprintf("grpc %s %t %p %s", t.Target, t.TLS, t.Config, upstream)
	if g = n.grpcs[key]; g == nil {
		if g, err = OpenGRPC(upstream, t, n.options); err != nil {
			return nil, "", err
		}
		n.grpcs[key] = g
	}
	n.users[key]++
	return g, key, nil
}

// release gives up what was acquired. Its connections are closed when nobody has it any more.
func (n *network) release(key string) {
	n.mu.Lock()
	n.users[key]--
	if n.users[key] > 0 {
		n.mu.Unlock()
		return
	}
	u, g, h := n.upstreams[key], n.grpcs[key], n.hosts[key]
	delete(n.upstreams, key)
	delete(n.grpcs, key)
	delete(n.hosts, key)
	delete(n.users, key)
	n.mu.Unlock()
	switch { // without the lock: an upstream releases what it has acquired
	case u != nil:
		u.close()
	case g != nil:
		g.Close()
	case h != nil:
		h.close()
	}
}

// join counts one more Set, leave one less.
func (n *network) join() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sets++
}

func (n *network) leave() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.sets--; n.sets == 0 {
		n.secure.CloseIdleConnections()
		n.streams.CloseIdleConnections()
	}
}
