package cli

import (
	"context"
	"fmt"
	"net"
)

// listen opens addr. A failure says what to do about it.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	return listenAs(ctx, "--listen", addr)
}

// listenAs is listen for an address that is given by another flag.
func listenAs(ctx context.Context, flag, addr string) (net.Listener, error) {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return nil, &usageError{
			fmt.Sprintf("%s %s is not an address", flag, addr),
			"write host:port, as 127.0.0.1:8080, or :8080 for all addresses of this machine",
		}
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, &hinted{
			fmt.Errorf("cannot listen on %s: %w", addr, err),
			"is something else running there? " + flag + " 127.0.0.1:0 takes a free port",
		}
	}
	return ln, nil
}

// visit returns the URL at which a person on this machine reaches ln.
func visit(ln net.Listener) string {
	host, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		return "http://" + ln.Addr().String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}
