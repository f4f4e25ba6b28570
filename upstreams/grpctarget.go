package upstreams

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/resolver/manual"
)

// grpcAddress returns what a target is to the gRPC library, and the options it needs. The library itself does not know lists
// of addresses.
func grpcAddress(target string) ([]grpc.DialOption, string, error) {
	scheme, list, ok := strings.Cut(target, ":")
	if target == "" {
		return nil, "", errors.New("the target is empty")
	}
	if !ok || scheme != "ipv4" && scheme != "ipv6" {
		return nil, target, nil
	}
	var state resolver.State
	for address := range strings.SplitSeq(list, ",") {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, "", err
		}
		if net.ParseIP(host) == nil {
			return nil, "", fmt.Errorf("%q is no address of %s", host, scheme)
		}
		state.Endpoints = append(state.Endpoints, resolver.Endpoint{Addresses: []resolver.Address{{Addr: address}}})
	}
	fixed := manual.NewBuilderWithScheme(scheme)
	fixed.InitialState(state)
	return []grpc.DialOption{grpc.WithResolvers(fixed)}, scheme + ":///" + list, nil
}

// grpcMetadata turns headers into metadata. Headers of one connection, and those by which gRPC frames its messages, are
// dropped, as they are over HTTP.
func grpcMetadata(headers []Header) (metadata.MD, error) {
	if len(headers) == 0 {
		return nil, nil
	}
	if err := checkCall(&Call{Method: "POST", Headers: headers}); err != nil {
		return nil, err
	}
	md := make(metadata.MD, len(headers))
	for _, h := range headers {
		name := strings.ToLower(h.Name)
		switch {
		case strings.HasPrefix(name, "grpc-"), strings.HasSuffix(name, "-bin"):
			return nil, fmt.Errorf("metadata %s is reserved", name)
		case role(name) == roleSent || role(name) == roleAccept:
			if !isPrintable(h.Value) {
				return nil, fmt.Errorf("metadata %s holds more than printable ASCII", name)
			}
			md[name] = append(md[name], h.Value)
		}
	}
	return md, nil
}

// isPrintable reports whether v is printable ASCII, which is all that metadata may be.
func isPrintable(v string) bool {
	for i := range len(v) {
		if v[i] < ' ' || v[i] > '~' {
			return false
		}
	}
	return true
}
