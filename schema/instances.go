package schema

import (
	"fmt"
	"strings"
	"time"
)

// Instances are the addresses of a source. The zero value is the one address that its URL names. It is what an environment says:
// the schema file has no word for it.
type Instances struct {
	List   []Instance // written down
	DNS    string     // host:port: all addresses that the name has
	SRV    string     // name of a service record (RFC 2782): its targets, ports and weights
	Every  time.Duration
	By     Balance
	Header string // of a call, for ByHeader
	Health Health
}

// Instance is one address.
type Instance struct {
	Address string // host:port
	Weight  int    // 0 is 1
}

// Balance says which instance gets a call.
type Balance uint8

// Ways to balance.
const (
	ByLoad   Balance = iota // of two that chance picks, the one with fewer calls under way
	ByTurn                  // one after the other
	ByURL                   // equal URLs go to the same instance
	ByHeader                // calls with an equal header go to the same instance
)

// Health says how instances are asked whether they are well.
type Health struct {
	Path    string // of HTTP; gRPC has a method of its own
	Service string // of gRPC; "" is the whole server
	Active  bool   // they are asked; else only by the calls of clients
	Every   time.Duration
	Timeout time.Duration
}

// Several reports whether there is more than what the URL names.
func (i *Instances) Several() bool { return len(i.List) > 0 || i.DNS != "" || i.SRV != "" }

// fitEnvironment checks that what an environment says of a source can have an effect on it.
func (l *loader) fitEnvironment(s *Source, o Overlay) {
	at := "sources." + s.Name
	secure := s.GRPC != nil && s.GRPC.TLS || strings.HasPrefix(s.BaseURL, "https://")
	if known := s.GRPC != nil || s.BaseURL != ""; known && !secure && s.Outbound.TLS != (ClientTLS{}) {
		hint := "write https:// into its URL"
		if s.GRPC != nil {
			hint = "write grpc: { tls: true } into the schema file"
		}
		l.spotProblem(o.TLSAt, at+".auth.tls", fmt.Sprintf("the source %s is not called over TLS: certificates have no effect", s.Name), hint)
	}
	switch h := s.Instances.Health; {
	case !h.Active:
	case s.GRPC != nil && h.Path != "":
		l.spotProblem(o.HealthAt, at+".healthCheck.path", fmt.Sprintf("the source %s is called by gRPC, and has no paths", s.Name), "write healthCheck: { grpc: true }")
	case s.GRPC == nil && h.Path == "":
		l.spotProblem(o.HealthAt, at+".healthCheck.grpc", fmt.Sprintf("the source %s is called by HTTP, and answers no checks by gRPC", s.Name), "write healthCheck: { path: /healthz }")
	}
}
