package gatewaytest

import (
	"slices"

	"manifold/internal/auth"
	"manifold/internal/fault"
	"manifold/schema"
)

// denied says why a request may not see something; ok is false if it may.
func (x *execution) denied(guards []schema.Guard) (code fault.Code, ok bool) {
	who := x.request.Identity
	for _, g := range guards {
		switch {
		case who == nil:
			return fault.Unauthenticated, true
		case len(g.Scopes) > 0 && !grantedOne(g.Scopes, who.Scopes):
			return fault.Forbidden, true
		}
	}
	return "", false
}

// grantedOne reports whether all scopes of one alternative are among those that somebody has.
func grantedOne(alternatives [][]string, has []string) bool {
	for _, all := range alternatives {
		granted := true
		for _, scope := range all {
			granted = granted && slices.Contains(has, scope)
		}
		if granted {
			return true
		}
	}
	return false
}

// seen returns the groups of fields that a request may see.
func (x *execution) seen(o *thing, groups []*group) []*group {
	var out []*group
	for _, g := range groups {
		if f := o.typ.Fields[g.fields[0].Name]; f != nil {
			if _, no := x.denied(f.Guards); no {
				continue
			}
		}
		out = append(out, g)
	}
	return out
}

// refuses reports whether a mutation may not run at all: one of its root fields may not be called.
func (x *execution) refuses(root *schema.Type) bool {
	fields := x.collect(root, x.roots())
	return len(x.seen(&thing{typ: root}, fields)) < len(fields)
}

// sender is $claims and $client.
func (x *execution) sender(text func(*auth.Identity) []byte) any {
	if x.request.Identity == nil {
		return absent{}
	}
	v, err := Decode(text(x.request.Identity))
	if err != nil {
		return absent{}
	}
	return v
}

// Granted is somebody who may see everything in a gateway.
func Granted(g *schema.Gateway) *auth.Identity {
	who := &auth.Identity{Method: "test", Subject: "1", Claims: []byte(`{"sub":"1"}`), Client: []byte(`{"id":"test","plan":null}`)}
	add := func(guards []schema.Guard) {
		for _, guard := range guards {
			who.Scopes = append(who.Scopes, slices.Concat(guard.Scopes...)...)
		}
	}
	for _, t := range g.Types {
		add(t.Guards)
		for _, f := range t.Fields {
			add(f.Guards)
		}
	}
	slices.Sort(who.Scopes)
	who.Scopes = slices.Compact(who.Scopes)
	return who
}
