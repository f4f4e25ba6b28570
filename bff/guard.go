package bff

import (
	"github.com/vektah/gqlparser/v2/ast"

	"manifold/schema"
)

// Guard says who may call an operation: @authenticated and @requiresScopes on it.
type Guard struct {
	Authenticated bool
	Scopes        [][]string // one of these has to be granted whole; nil: none is needed
}

func (g *Guard) needed() bool { return g.Authenticated || len(g.Scopes) > 0 }

func (l *loading) readGuard(o *Operation) {
	o.Guard.Authenticated = o.Definition.Directives.ForName("authenticated") != nil
	d := o.Definition.Directives.ForName("requiresScopes")
	if d == nil {
		return
	}
	v := schema.Given(d, "scopes")
	for _, all := range values(v) {
		var scopes []string
		for _, scope := range values(all) {
			scopes = append(scopes, scope.Raw)
		}
		o.Guard.Scopes = append(o.Guard.Scopes, scopes)
		if len(scopes) == 0 {
			l.problem(schema.ProblemAt(all.Position, o.Name, "an empty list of scopes lets everybody in", "write @authenticated, or the scopes that are needed"))
		}
	}
	if len(o.Guard.Scopes) == 0 {
		l.problem(schema.ProblemOf(d, o.Name, "no scopes are listed, so nobody could call this", "write the scopes that are needed"))
	}
}

// values are the items of a list; what is no list is a list of one (GraphQL 3.11).
func values(v *ast.Value) []*ast.Value {
	if v == nil {
		return nil
	}
	if v.Kind != ast.ListValue {
		return []*ast.Value{v}
	}
	out := make([]*ast.Value, 0, len(v.Children))
	for _, c := range v.Children {
		out = append(out, c.Value)
	}
	return out
}

// Guarded reports whether nobody gets an answer who is not known.
func (o *Operation) Guarded() bool {
	if o.Guard.needed() {
		return true
	}
	for i := range o.Variables {
		if v := &o.Variables[i]; v.In == InClaim && v.Required() {
			return true
		}
	}
	return false
}
