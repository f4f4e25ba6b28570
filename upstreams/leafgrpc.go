package upstreams

import (
	"context"
	"crypto/tls"
	"strings"

	"manifold/schema"
)

// openGRPC returns what calls a source of gRPC: one client that knows all addresses of its target, or a pool of clients of an address
// each, where addresses are given apart from it.
func (n *network) openGRPC(u *upstream, src *schema.Source, secrets *tls.Config) (Caller, error) {
	target := GRPCTarget{Target: src.GRPC.Target, TLS: src.GRPC.TLS, Config: secrets}
	if _, _, err := grpcAddress(target.Target); err != nil {
		return nil, err
	}
	if !inPool(src) {
		g, key, err := n.acquireGRPC(src.Name, target)
		if err != nil {
			return nil, err
		}
		u.released = append(u.released, func() { n.release(key) })
		return g, nil
	}
	authority := grpcAuthority(target.Target)
	u.openPool(n, n.poolOf(src, target.Target, poolOf{
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
		probe: probeGRPC(src.Instances.Health.Service),
	}))
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
