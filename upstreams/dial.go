package upstreams

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"
)

// newDialer returns what opens all connections to upstreams. Whatever a name resolves to is looked at once more before it is connected
// to, since a name server may say one thing now and another in a moment (RELIABILITY S2).
func newDialer(timeout time.Duration) *net.Dialer {
	return &net.Dialer{Timeout: timeout, ControlContext: checkAddress}
}

// checkAddress refuses addresses that no service has, but that lead out of the sandbox: link-local ones, where clouds keep the
// credentials of machines, multicast, and the unspecified one. Loopback and private addresses are where services live.
func checkAddress(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, _ := netip.ParseAddrPort(address) // that of a socket file is no address at all, and passes
	a := at.Addr().Unmap()
	if a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return fmt.Errorf("%s is not an address of a service", a)
	}
	return nil
}

// dialAt connects to one address, whatever is asked for.
func dialAt(d *net.Dialer, address string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return d.DialContext(ctx, network, address)
	}
}

// dialGRPC connects as the gRPC library does, but through d.
func dialGRPC(d *net.Dialer) func(context.Context, string) (net.Conn, error) {
	return func(ctx context.Context, address string) (net.Conn, error) {
		if path, ok := strings.CutPrefix(address, "unix:///"); ok {
			return d.DialContext(ctx, "unix", path)
		}
		if name, ok := strings.CutPrefix(address, "\x00"); ok { // an abstract one
			return d.DialContext(ctx, "unix", "@"+name)
		}
		return d.DialContext(ctx, "tcp", address)
	}
}
