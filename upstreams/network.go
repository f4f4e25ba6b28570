package upstreams

import (
	"fmt"
	"net/http"
	"sync"
)

// network is what is open to the outside. The generations of a gateway share one, as long as their options are equal:
// a host stays open, with its warm connections, while any generation uses it.
type network struct {
	options Options
	memory  *memory
	secure  *http.Transport // calls of all https origins
	streams *http.Transport // what is streamed

	mu    sync.Mutex
	hosts map[string]*host // by key of the origin
	grpcs map[string]*GRPC // by key of the target
	users map[string]int   // how many Sets use a host, or a gRPC target
	sets  int              // how many Sets are open
}

func newNetwork(o Options) *network {
	return &network{
		options: o,
		memory:  new(memory),
		secure:  secureTransport(&o),
		streams: streamTransport(&o),
		hosts:   make(map[string]*host),
		grpcs:   make(map[string]*GRPC),
		users:   make(map[string]int),
	}
}

// acquire returns the host of an origin, open until released.
func (n *network) acquire(o *origin) *host {
	n.mu.Lock()
	defer n.mu.Unlock()
	key := o.key()
	h := n.hosts[key]
	if h == nil {
		h = newHost(o.address, &n.options)
		n.hosts[key] = h
	}
	n.users[key]++
	return h
}

// acquireGRPC returns the client of a gRPC target, open until released by the key that is returned.
func (n *network) acquireGRPC(upstream string, t GRPCTarget) (g *GRPC, key string, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	key = fmt.Sprintf("grpc %s %t %s", t.Target, t.TLS, upstream)
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
	defer n.mu.Unlock()
	if n.users[key]--; n.users[key] == 0 {
		if g := n.grpcs[key]; g != nil {
			g.Close()
		} else {
			n.hosts[key].close()
		}
		delete(n.grpcs, key)
		delete(n.hosts, key)
		delete(n.users, key)
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
