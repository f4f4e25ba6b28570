package faulty

import (
	"fmt"
	"strings"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// Network is a way to a service on which bytes are late, cut into pieces, or lost: a toxiproxy in this process.
type Network struct {
	t     testing.TB
	proxy *toxiproxy.Proxy
	made  int
}

// Through returns a way to an address, good until a toxic is added. It is closed with its test.
func Through(t testing.TB, address string) *Network {
	t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	n := &Network{t: t, proxy: toxiproxy.NewProxy(server, "way", "127.0.0.1:0", address)}
	if err := n.proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.proxy.Stop)
	return n
}

// Address is where the way begins, host:port.
func (n *Network) Address() string { return n.proxy.Listen }

// Toxic adds a fault to what the service sends: a type of toxiproxy (latency, bandwidth, slicer, limit_data, reset_peer, slow_close)
// with its attributes as JSON, to so many of the connections (1 is all).
func (n *Network) Toxic(kind, attributes string, toxicity float64) {
	n.t.Helper()
	n.made++
	text := fmt.Sprintf(`{"name":"%s-%d","type":%q,"stream":"downstream","toxicity":%g,"attributes":%s}`, kind, n.made, kind, toxicity, attributes)
	if _, err := n.proxy.Toxics.AddToxicJson(strings.NewReader(text)); err != nil {
		n.t.Fatalf("%s: %v", text, err)
	}
}

// Heal takes all faults away.
func (n *Network) Heal() { n.proxy.Toxics.ResetToxics(n.t.Context()) }
