package config

import (
	"encoding/json"
	"net"
	"slices"
	"strings"
	"time"

	"manifold/schema"
)

// Source is the overlay of one @source.
type Source struct {
	HTTP       SourceHTTP    `key:"http" about:"How it is called, of a source that speaks HTTP."`
	GRPC       SourceGRPC    `key:"grpc" about:"How it is called, of a source that speaks gRPC."`
	GraphQL    SourceGraphQL `key:"graphql" about:"How it is called, of a source that speaks GraphQL."`
	Config     Values        `key:"config" example:"{ tenant: acme, page: { size: 50 } }" about:"What mappings and templates of this source read by $config: any YAML that JSON can say."`
	Resilience Resilience    `key:"resilience" about:"How calls of this source are kept from waiting and from piling up: lies over resilience of the schema file, key by key."`

	Instances []Instance `key:"instances" about:"The addresses of the source, if it has several. Calls are spread over them; Host header and certificate stay those of its URL."`
	Discover  Discover   `key:"discover" about:"Where the addresses are found, instead of instances."`
	Auth      SourceAuth `key:"auth" about:"How the gateway makes itself known to the source, beside what it forwards of its clients."`
	Balance   Balance    `key:"balance" about:"Which instance gets a call."`
	Health    Health     `key:"healthCheck" about:"Has instances asked whether they are well. Without it only the calls of clients tell."`

	At schema.Spot // of the name
}

// SourceHTTP overlays `http` of a @source.
type SourceHTTP struct {
	BaseURL Text     `key:"baseURL" example:"http://users.internal/v1" about:"Takes the place of the address in the schema file."`
	Headers []Header `key:"headers" about:"Headers with a constant text, each in place of the source's header of that name."`
}

// SourceGRPC overlays `grpc` of a @source.
type SourceGRPC struct {
	Target   Text     `key:"target" example:"dns:///catalog.internal:9102" about:"Takes the place of the address in the schema file."`
	Metadata []Header `key:"metadata" about:"Metadata with a constant text, each in place of the source's of that name."`
}

// SourceGraphQL overlays `graphql` of a @source.
type SourceGraphQL struct {
	URL     Text     `key:"url" example:"http://reviews.internal/graphql" about:"Takes the place of the address in the schema file."`
	Headers []Header `key:"headers" about:"Headers with a constant text, each in place of the source's header of that name."`
}

// Header is a constant header. Its value is a secret wherever it comes from.
type Header struct {
	Name  string      `key:"name" example:"Authorization" about:"Name of the header." need:"yes"`
	Value Secret      `key:"value" example:"Bearer ${file:/run/secrets/users-token}" about:"Its text. It is never shown." need:"yes"`
	At    schema.Spot // of the rule
}

// Instance is one address of a source.
type Instance struct {
	Address Address     `key:"address" example:"10.0.0.11:8080" about:"Host and port." need:"yes"`
	Weight  int         `key:"weight" default:"1" min:"1" max:"1000" example:"3" about:"How many calls it gets, beside the others."`
	At      schema.Spot // of the item
}

// Discover says where the addresses of a source are found.
type Discover struct {
	DNS   Address     `key:"dns" example:"users.default.svc.cluster.local:8080" about:"A name and a port: all addresses that the name has, as of a headless service of Kubernetes."`
	SRV   string      `key:"srv" example:"_http._tcp.users.example.com" about:"The name of a service record: its targets, ports and weights."`
	Every Duration    `key:"every" default:"5s" min:"1s" max:"1h" example:"10s" about:"Between two questions. If nobody answers, the last addresses stay."`
	At    schema.Spot // of the mapping
}

// Balance says which instance gets a call.
type Balance struct {
	By     Balancing   `key:"by" default:"leastLoaded" example:"roundRobin" about:"leastLoaded picks two by chance and takes the one with fewer calls under way; roundRobin goes on from one to the next; url and header send equal ones to the same instance."`
	Header string      `key:"header" example:"X-Tenant" about:"The header of the call that by: header goes by."`
	At     schema.Spot // of the mapping
}

// Health says how instances are asked whether they are well.
type Health struct {
	Path    string      `key:"path" example:"/healthz" about:"Path that answers 200 to 399 if it is well."`
	GRPC    bool        `key:"grpc" default:"false" example:"true" about:"true asks by grpc.health.v1.Health/Check."`
	Service string      `key:"service" example:"shop.catalog.v1.Catalog" about:"Which service of the gRPC server is asked about; all of it, if none is named."`
	Every   Duration    `key:"every" default:"5s" min:"100ms" max:"10m" example:"2s" about:"Between two checks. Two that fail in a row take an instance out, two that succeed bring it back."`
	Timeout Duration    `key:"timeout" default:"1s" min:"10ms" max:"1m" example:"500ms" about:"Time for one check."`
	At      schema.Spot // of the mapping
}

// call is what is said of one transport.
type call struct {
	transport string
	address   Text
	headers   []Header
}

// calls lists the transports that something is said of.
func (s *Source) calls() []call {
	return slices.DeleteFunc([]call{
		{"http", s.HTTP.BaseURL, s.HTTP.Headers},
		{"grpc", s.GRPC.Target, s.GRPC.Metadata},
		{"graphql", s.GraphQL.URL, s.GraphQL.Headers},
	}, func(c call) bool { return c.address.Value == "" && len(c.headers) == 0 })
}

// Overlays returns what the sources say, as schema reads it.
func (c *Config) Overlays() map[string]schema.Overlay {
	out := make(map[string]schema.Overlay, len(c.Sources))
	for name := range c.Sources {
		s := c.Sources[name]
		o := schema.Overlay{
			At: s.At, HealthAt: s.Health.At, TLSAt: s.Auth.TLS.At, Config: map[string]json.RawMessage(s.Config),
			Resilience: s.Resilience.model(), Instances: s.instances(), Outbound: s.Auth.model(),
		}
		var headers []Header
		for n, c := range s.calls() {
			if n > 0 {
				o.Also = append(o.Also, c.transport)
				continue
			}
			o.Transport, o.BaseURL, o.BaseURLAt, headers = c.transport, c.address.Value, c.address.At, c.headers
		}
		for i := range headers {
			h := &headers[i]
			o.Headers = append(o.Headers, schema.OverlayHeader{Name: h.Name, Value: h.Value.Reveal(), At: h.At})
		}
		out[name] = o
	}
	return out
}

// instances returns where the source is, as schema reads it.
func (s *Source) instances() schema.Instances {
	out := schema.Instances{DNS: string(s.Discover.DNS), SRV: s.Discover.SRV, By: balancings[s.Balance.By], Header: s.Balance.Header}
	if out.DNS != "" || out.SRV != "" {
		out.Every = time.Duration(s.Discover.Every)
	}
	for _, i := range s.Instances {
		out.List = append(out.List, schema.Instance{Address: string(i.Address), Weight: i.Weight})
	}
	if s.Health.Path != "" || s.Health.GRPC {
		out.Health = schema.Health{
			Active: true, Path: s.Health.Path, Service: s.Health.Service,
			Every: time.Duration(s.Health.Every), Timeout: time.Duration(s.Health.Timeout),
		}
	}
	return out
}

// checkSources checks what single values cannot tell.
func (r *reader) checkSources(sources map[string]Source) {
	for name := range sources {
		s := sources[name]
		at := "sources." + name
		if len(s.Instances) > 0 && (s.Discover.DNS != "" || s.Discover.SRV != "") {
			r.problem(s.Discover.At, at+".discover", "the addresses are written down already, in instances", "keep one of the two")
		}
		if s.Discover.DNS != "" && s.Discover.SRV != "" {
			r.problem(s.Discover.At, at+".discover", "dns and srv are two ways to find addresses", "keep one of the two")
		}
		if s.Discover.At.Line > 0 && s.Discover.DNS == "" && s.Discover.SRV == "" {
			r.problem(s.Discover.At, at+".discover", "nothing says where the addresses are found", "write dns: name:port, or srv: _http._tcp.name")
		}
		if (s.Balance.By == ByHeader) != (s.Balance.Header != "") {
			r.problem(s.Balance.At, at+".balance", "by: header and header: NAME go together", "for example { by: header, header: X-Tenant }")
		}
		if s.Balance.At.Line > 0 && len(s.Instances) == 0 && s.Discover.At.Line == 0 {
			r.problem(s.Balance.At, at+".balance", "the source has one address: there is nothing to balance", "write its instances, or discover")
		}
		r.checkResilience(&s.Resilience, at+".resilience")
		r.checkOutbound(&s.Auth, at+".auth")
		sources[name] = s // with what was read for it
		r.checkHealth(&s.Health, at+".healthCheck")
		seen := map[Address]bool{}
		for _, i := range s.Instances {
			host, _, _ := net.SplitHostPort(string(i.Address))
			switch {
			case host == "" && i.Address != "":
				r.problem(i.At, at+".instances", "the address has no host", "for example 10.0.0.11:8080")
			case seen[i.Address]:
				r.problem(i.At, at+".instances", "the address "+string(i.Address)+" is there twice", "give it a weight instead")
			}
			seen[i.Address] = true
		}
	}
}

func (r *reader) checkHealth(h *Health, at string) {
	switch {
	case h.At.Line == 0:
	case (h.Path == "") != h.GRPC:
		r.problem(h.At, at, "instances are asked in one way: path, or grpc: true", "for example { path: /healthz }")
	case h.Path != "" && !strings.HasPrefix(h.Path, "/"):
		r.problem(h.At, at+".path", "a path begins with /", "for example /healthz")
	case h.Service != "" && !h.GRPC:
		r.problem(h.At, at+".service", "service is of checks by gRPC", "write grpc: true")
	}
}
