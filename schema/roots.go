package schema

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// findRoots finds the root types by the schema definition, or by their usual names.
func (l *loader) findRoots(doc *document) {
	l.roots = map[ast.Operation]*typ{}
	misnamed := false // a root type is named, but wrongly
	if len(doc.schemas) > 1 {
		l.problem(at(doc.schemas[1].Position), "schema", "schema is defined twice", "write `extend schema` for the second one")
	}
	for _, list := range [][]*ast.SchemaDefinition{doc.schemas, doc.schemaExts} {
		for _, s := range list {
			for _, op := range s.OperationTypes {
				t := l.types[op.Type]
				switch {
				case l.roots[op.Operation] != nil:
					l.problem(at(op.Position), "schema", "the "+string(op.Operation)+" type is named twice", "keep one of them")
				case t == nil:
					misnamed = true
					l.problem(at(op.Position), "schema", "type "+op.Type+" is not defined", l.didYouMean(op.Type, l.typeNames(nil), ""))
				default:
					l.roots[op.Operation] = t
				}
			}
		}
	}
	if len(doc.schemas) == 0 {
		for op, name := range map[ast.Operation]string{ast.Query: "Query", ast.Mutation: "Mutation", ast.Subscription: "Subscription"} {
			if t := l.types[name]; l.roots[op] == nil && t != nil {
				l.roots[op] = t
			}
		}
	}
	for op, t := range l.roots {
		if t.kind != ast.Object {
			l.problem(t.pos(), t.name, "the "+string(op)+" type must be an object type", "write `type "+t.name+" { ... }`")
			delete(l.roots, op)
			misnamed = true
		}
	}
	if t := l.roots[ast.Mutation]; t != nil && t == l.roots[ast.Query] {
		l.problem(t.pos(), t.name, t.name+" is the query type and the mutation type", "the root types are different types: define one for each")
	}
	if l.roots[ast.Query] == nil && !misnamed {
		l.problem(place{}, "", "there is no Query type", "write `type Query { ... }`: it lists what clients may ask for")
	}
	if t := l.roots[ast.Subscription]; t != nil {
		l.notYet(t.pos(), t.name, "the subscription type", "leave it out until subscriptions are served")
	}
}

// typeNames returns the names of the user's types, and of the built-in scalars, that satisfy want.
func (l *loader) typeNames(want func(ast.DefinitionKind) bool) []string {
	var names []string
	for _, t := range l.order {
		if want == nil || want(t.kind) {
			names = append(names, t.name)
		}
	}
	for name, def := range l.lang.builtin {
		if def.Kind == ast.Scalar && (want == nil || want(ast.Scalar)) {
			names = append(names, name)
		}
	}
	return names
}

// kindOf returns the kind of a type by name, built-in ones included, or "" if there is none.
func (l *loader) kindOf(name string) ast.DefinitionKind {
	if t := l.types[name]; t != nil {
		return t.kind
	}
	if def := l.lang.builtin[name]; def != nil {
		return def.Kind
	}
	return ""
}

func (l *loader) isRoot(t *typ) bool {
	for _, r := range l.roots {
		if r == t {
			return true
		}
	}
	return false
}
