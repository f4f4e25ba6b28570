package gatewaytest

import (
	"fmt"
	"slices"
	"strings"

	"manifold/internal/auth"
)

// scopes are what generated guards want and generated people are granted.
func scopes() []string { return []string{"a", "b", "c"} }

// guardSome guards fields, types and extensions of a third of all schemas.
func (s *genSchema) guardSome(d dice) {
	if !d.in(3) {
		return
	}
	types := slices.Concat(s.values, s.things, s.groups, []*genType{s.query, s.holder})
	for _, t := range s.mixed {
		types = append(append(types, t), t.members...)
	}
	for _, v := range s.services {
		types = append(types, v.types...)
	}
	if s.rpc != nil {
		types = append(types, s.rpc.types...)
	}
	if s.change != nil {
		types = append(types, s.change)
	}
	for _, t := range types {
		if t.kind != genUnion && t != s.query && d.in(8) {
			t.guard = newGuard(d)
		}
		for _, f := range t.all() {
			if d.in(8) {
				f.guard = newGuard(d)
			}
		}
	}
}

// newGuard is a guard as it is written.
func newGuard(d dice) string {
	if d.in(2) {
		return " @authenticated"
	}
	var all []string
	for range 1 + d.IntN(2) {
		some := []string{quote(pick(d, scopes()))}
		if d.in(2) {
			some = append(some, quote(pick(d, scopes())))
		}
		all = append(all, "["+strings.Join(some, ", ")+"]")
	}
	return fmt.Sprintf(" @requiresScopes(scopes: [%s])", strings.Join(all, ", "))
}

// newIdentity is somebody, or nobody.
func newIdentity(d dice) *auth.Identity {
	if d.in(4) {
		return nil
	}
	who := &auth.Identity{Method: "test", Claims: []byte(`{}`), Client: []byte(`{}`)}
	for _, s := range scopes() {
		if d.in(2) {
			who.Scopes = append(who.Scopes, s)
		}
	}
	return who
}
