package upstreams

import (
	"net/http"
	"sync"
)

// network is what is open to the outside. The generations of a gateway share one, as long as their options are equal:
// a host stays open, with its warm connections, while any generation uses it.
type network struct {
	options Options
	memory  *memory
	secure  *http.Transport // all https origins

	mu    sync.Mutex
	hosts map[string]*host // by key of the origin
	users map[string]int   // how many Sets use a host
	sets  int              // how many Sets are open
}

func newNetwork(o Options) *network {
	return &network{
		options: o,
		memory:  new(memory),
		secure:  secureTransport(&o),
		hosts:   make(map[string]*host),
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

// release gives up a host that was acquired. Its connections are closed when nobody has it any more.
func (n *network) release(key string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.users[key]--; n.users[key] == 0 {
		n.hosts[key].close()
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
	}
}
