package gatewaytest

import (
	"fmt"
	"strings"

	"manifold/schema"
)

// newEntityQuery returns a query of representations, as the router of a supergraph sends it, and the values of its variables;
// "" if no entity can be named. Now and then a representation is none.
func newEntityQuery(d dice, s *genSchema, model *schema.Gateway) (text string, variables *Object) {
	union := model.Types["_Entity"]
	if union == nil {
		return "", nil
	}
	q := &genQuery{d: d, s: s, values: NewObject(), conds: 2}
	for i := range q.conds {
		q.variables = append(q.variables, fmt.Sprintf("$c%d: Boolean!", i))
		q.values.Set(fmt.Sprintf("c%d", i), d.in(2))
	}
	q.variables = append(q.variables, "$all: [_Any!]!")
	representations := []any{}
	for range d.IntN(7) {
		representations = append(representations, q.representation(pick(d, union.Represented)))
	}
	q.values.Set("all", representations)
	var parts []string
	for _, t := range s.things {
		if model.Schema.Types["_Entity"] != nil && strings.Contains(" "+strings.Join(model.Schema.Types["_Entity"].Types, " ")+" ", " "+t.name+" ") && !d.in(4) {
			parts = append(parts, "... on "+t.name+q.condition()+" "+q.selections(t, 2+d.IntN(2)))
		}
	}
	if len(parts) == 0 || d.in(3) {
		parts = append(parts, "__typename")
	}
	body := "{ __typename @include(if: $c0) @skip(if: $c1) _entities(representations: $all) { " + strings.Join(parts, " ") + " } }"
	var b strings.Builder
	fmt.Fprintf(&b, "query (%s) %s\n", strings.Join(q.variables, ", "), body)
	for _, f := range q.fragments {
		fmt.Fprintf(&b, "fragment %s on %s %s\n", f.name, f.typ.name, f.text)
	}
	return b.String(), q.values
}

// representation names an entity in one way.
func (q *genQuery) representation(way schema.Representation) any {
	if q.d.in(20) {
		return pick(q.d, []any{"text", jsonInt(7), []any{}, NewObject()})
	}
	q.number = 1 + q.d.IntN(6)
	o := NewObject()
	switch q.d.IntN(20) {
	case 0: // none
	case 1:
		o.Set("__typename", pick(q.d, []any{"Query", "Nothing", jsonInt(1), nil}))
	default:
		o.Set("__typename", way.Type.Name)
	}
	for _, in := range way.By.Inputs {
		if q.d.in(20) {
			if q.d.in(2) {
				putAt(o, in.Path, pick(q.d, []any{nil, NewObject(), []any{jsonInt(1)}}))
			}
			continue
		}
		var v any = jsonInt(q.number)
		switch name := in.Path[len(in.Path)-1]; {
		case name == "code":
			v = fmt.Sprintf("c%d", q.number)
		case name == "id" && q.d.in(2):
			v = fmt.Sprint(q.number)
		}
		putAt(o, in.Path, v)
	}
	if q.d.in(4) { // a router sends what it has: other fields count for nothing
		o.Set("more", "m")
	}
	return o
}
