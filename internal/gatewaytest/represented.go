package gatewaytest

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/fault"
	"manifold/schema"
)

// represented completes one representation of an entity (Apollo Federation): an object that a client sent, with the name of a
// type and a key of it. The loader that reads the key is asked, whatever is selected; without an answer the item is null.
func (x *execution) represented(f *schema.Field, v located, fields []*ast.Field, at path) (string, outcome) {
	if o, ok := v.v.(*Object); ok {
		name, _ := o.Get("__typename").(string)
		for _, way := range f.Named.Represented {
			if way.Type.Name == name && hasKey(o, way.By) {
				if code, no := x.denied(way.Type.Guards); no {
					x.blame(at, code)
					return "null", blamed
				}
				held := located{v: o, ours: true}
				return x.object(&thing{typ: way.Type, held: held, reference: true, by: way.By, represented: true}, fields, at)
			}
		}
	}
	x.blame(at, fault.BadUserInput)
	return "null", blamed
}

// hasKey reports whether an object has the key that a loader reads.
func hasKey(o *Object, c *schema.Connector) bool {
	return !slices.ContainsFunc(c.Inputs, func(in schema.Input) bool {
		_, scalar := scalarText(valueAt(o, in.Path))
		return !scalar
	})
}

// carries reports whether a representation has f: it is of the key that it was made for.
func (o *thing) carries(f *schema.Field) bool {
	return slices.ContainsFunc(o.by.Inputs, func(in schema.Input) bool { return in.Path[0] == f.Name })
}
