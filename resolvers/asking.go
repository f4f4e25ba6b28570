package resolvers

import (
	"fmt"
	"slices"
	"strconv"

	"manifold/internal/introspect"
	"manifold/internal/plan"
	"manifold/schema"
)

// asking is what one loader asks a GraphQL service for, beyond what the shape of its reply says.
type asking struct {
	ask     *schema.Ask
	taken   map[string]bool // names of the service's fields that aliases must not have
	keys    map[string]string
	aliases map[string]aliased
}

// aliased is the field behind a response key: each set of arguments has a key of its own.
type aliased struct {
	field string
	args  []plan.Arg // under the service's names
}

// asks returns what is noted of a connector that asks a GraphQL service, nil for another one.
func (c *compilation) asks(conn *schema.Connector) *asking {
	if conn.Ask == nil {
		return nil
	}
	return &asking{ask: conn.Ask, taken: c.numbered[conn.Ask.Schema], keys: map[string]string{}, aliases: map[string]aliased{}}
}

// key returns the response key of a field with some arguments: its name if there are none.
func (a *asking) key(field string, args []plan.Arg) string {
	if len(args) == 0 {
		return field
	}
	id := fmt.Sprintf("%s %+v", field, args)
	key, ok := a.keys[id]
	if !ok {
		key = a.alias(field)
		a.keys[id] = key
		a.aliases[key] = aliased{field, args}
	}
	return key
}

// alias returns a response key that nothing else has.
func (a *asking) alias(field string) string {
	for n := 1; ; n++ {
		key := field + "_" + strconv.Itoa(n)
		if _, used := a.aliases[key]; !used && !a.taken[key] {
			return key
		}
	}
}

// of returns the field behind a response key.
func (a *asking) of(key string) aliased {
	if f, ok := a.aliases[key]; ok {
		return f
	}
	return aliased{field: key}
}

// numbered returns, for the schema of each GraphQL service, the names of fields that end like our aliases do.
func numbered(g *schema.Gateway) map[*introspect.Schema]map[string]bool {
	out := map[*introspect.Schema]map[string]bool{}
	for _, src := range g.Sources {
		if src.GraphQL == nil || src.GraphQL.Schema == nil {
			continue
		}
		names := map[string]bool{}
		for _, t := range src.GraphQL.Schema.Types {
			for _, f := range t.Fields {
				if last := f.Name[len(f.Name)-1]; '0' <= last && last <= '9' {
					names[f.Name] = true
				}
			}
		}
		out[src.GraphQL.Schema] = names
	}
	return out
}

// want is why a property of a reply is read. The zero want is that of the gateway itself: whatever the object is, and always.
type want struct {
	of   string    // type of the object, as our schema calls it; "": any
	when plan.Cond // nothing: always
	args []plan.Arg
}

// onTheWay is the reason to read an object around the value that is wanted.
func (w want) onTheWay() want { return want{of: w.of, when: w.when} }

// want returns why the value of a selected field is read from the object of n, which is of type t and comes from src.
func (c *compilation) want(t *schema.Type, f *collected, n *node, src *schema.Source) want {
	if n.asks == nil {
		return want{}
	}
	w := want{of: t.Name, when: f.when}
	if f.hidden {
		w = want{}
	}
	for _, a := range f.def.Args {
		if v := c.argument(a, f.node); v.Kind != plan.Absent {
			w.args = append(w.args, plan.Arg{Name: src.Spell(a.Name), Value: v})
		}
	}
	return w
}

// reasons are all wants of one property.
type reasons struct {
	any  bool     // whatever the object is
	of   []string // else the types
	when plan.Cond
}

func (r *reasons) add(w want) {
	r.when = orAll(r.when, w.when)
	if w.of == "" {
		r.any = true
	} else if !slices.Contains(r.of, w.of) {
		r.of = append(r.of, w.of)
	}
}

func (r *reasons) addAll(o *reasons) {
	r.when = orAll(r.when, simple(o.when))
	r.any = r.any || o.any
	for _, name := range o.of {
		if !slices.Contains(r.of, name) {
			r.of = append(r.of, name)
		}
	}
}
