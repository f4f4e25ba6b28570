package bff

import (
	"net/http"
	"slices"
	"strings"
)

// register adds the routes of all clients to the server's table. Clients may share a prefix: then one path may lead to an
// operation of each of them, and who asks decides (choose.go).
func (s *Server) register() {
	byPattern := map[string][]*Operation{}
	var order []string
	for _, c := range s.api.Clients {
		for _, o := range c.Operations {
			if o.Route == nil {
				continue
			}
			o.prepare()
			if s.o.Observe != nil {
				o.observe = s.o.Observe(c.Name, o.Name)
			}
			pattern := o.Route.muxPattern()
			if byPattern[pattern] == nil {
				order = append(order, pattern)
			}
			byPattern[pattern] = append(byPattern[pattern], o)
		}
	}
	s.mux.HandleFunc(anyPath, s.nothing)
	for _, pattern := range order {
		ops := byPattern[pattern]
		clients := s.api.Sharing(ops[0].Client.Prefix)
		if len(clients) == 1 {
			s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, ops[0]) })
			continue
		}
		s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Vary"] = varyByDevice
			s.serve(w, r, choose(clients, ops, r.Header))
		})
	}
}

// prepare makes what every response of an operation needs.
func (o *Operation) prepare() {
	r := o.Route
	switch {
	case r.Cache != nil:
		r.cacheControl = []string{r.Cache.header()}
	case r.Method == http.MethodGet:
		r.cacheControl = []string{"private, no-cache"}
	default:
		r.cacheControl = noStore
	}
	for i := range o.Variables {
		if o.Variables[i].In == InHeader {
			o.varies(o.Variables[i].Key)
		}
	}
	for _, name := range o.Plan.Varies {
		o.varies(name)
	}
	o.varyLines = []string{strings.Join(append([]string{"Accept-Encoding"}, o.vary...), ", ")} // whoever adds a line makes a copy
}

// varies notes a header of the request that answers depend on.
func (o *Operation) varies(name string) {
	if name = http.CanonicalHeaderKey(name); !slices.Contains(o.vary, name) {
		o.vary = append(o.vary, name)
		slices.SortFunc(o.vary, strings.Compare)
	}
}
