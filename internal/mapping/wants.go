package mapping

import (
	"maps"
	"slices"

	"manifold/internal/rawjson"
)

// Want is what a mapping reads of an object: which of its properties, and what of these. Lists make no difference: what is
// wanted of a list is wanted of each of its items.
type Want struct {
	Names []string // of Props, in the order of first use
	Props map[string]*Want
	Whole bool // the value is used as it is: all that is in it is wanted
}

// Prop returns what is wanted of a property, which is noted as wanted.
func (w *Want) Prop(name string) *Want {
	if inner := w.Props[name]; inner != nil {
		return inner
	}
	if w.Props == nil {
		w.Props = map[string]*Want{}
	}
	inner := &Want{}
	w.Names = append(w.Names, name)
	w.Props[name] = inner
	return inner
}

// Wants adds to w what a mapping reads of the value it is applied to. Only what it reads is a value of the result whole: of
// `items->size` the properties of the items are not wanted.
func Wants(n Node, w *Want) {
	r := wantReader{here: []*Want{w}, at: []*Want{w}}
	wholly(r.read(n))
}

// wantReader reads one expression. Each of its values may be one of several places, as that of a match.
type wantReader struct {
	here, at []*Want
	vars     map[string][]*Want
}

// read returns the places that the value of n is found at; nothing for a value that is made.
func (r wantReader) read(n Node) []*Want {
	switch n := n.(type) {
	case *Array:
		for _, item := range n.Items {
			wholly(r.read(item))
		}
	case *Object:
		r.object(n)
	case *Choice:
		return slices.Concat(r.read(n.Left), r.read(n.Right))
	case *Path:
		return r.path(n)
	}
	return nil
}

func (r wantReader) object(o *Object) {
	for i := range o.Members {
		wholly(r.read(o.Members[i].Value))
	}
}

func (r wantReader) path(p *Path) []*Want {
	var now []*Want
	switch p.Root {
	case RootHere:
		now = r.here
	case RootAt:
		now = r.at
	case RootVar:
		now = r.vars[p.Name]
	case RootValue:
		now = r.read(p.Value)
	}
	for i := range p.Steps {
		s := &p.Steps[i]
		switch s.Kind {
		case StepKey:
			now = props(now, s.Name)
		case StepSelect:
			wantReader{here: now, at: now, vars: r.vars}.object(s.Select)
			return nil
		case StepMethod:
			if v := bound(s); v != nil {
				r = r.bind(v.Name, now, s.Args[1:])
				continue
			}
			now = r.method(s, now)
		}
	}
	return now
}

func props(of []*Want, name string) []*Want {
	out := make([]*Want, len(of))
	for i, w := range of {
		out[i] = w.Prop(name)
	}
	return out
}

// bind gives a name to a value: `->as($x)`, or to what an expression makes of it.
func (r wantReader) bind(name string, now []*Want, args []Node) wantReader {
	vars := maps.Clone(r.vars)
	if vars == nil {
		vars = map[string][]*Want{}
	}
	if len(args) > 0 {
		now = wantReader{here: r.here, at: now, vars: r.vars}.read(args[0])
	}
	vars[name] = now
	r.vars = vars
	return r
}

// method returns where the result of a method is found. What it reads by its arguments is noted.
func (r wantReader) method(s *Step, now []*Want) []*Want {
	inner := wantReader{here: r.here, at: now, vars: r.vars}
	switch s.Name {
	case "first", "last", "slice", "filter", "find":
		inner.args(s)
		return now
	case "get", "has":
		if name, ok := named(s); ok {
			return props(now, name)
		}
		inner.args(s)
		return now
	case "map", "echo":
		if len(s.Args) == 1 {
			return inner.read(s.Args[0])
		}
	case "match", "matchIf":
		return inner.results(s)
	case "size", "typeof":
		inner.args(s)
		return nil
	}
	inner.args(s)
	wholly(now)
	return nil
}

// named returns the name of the property that a method takes, if it takes one and it is constant.
func named(s *Step) (string, bool) {
	if len(s.Args) != 1 {
		return "", false
	}
	l, ok := s.Args[0].(*Literal)
	if !ok || len(l.JSON) == 0 || l.JSON[0] != '"' {
		return "", false
	}
	return string(rawjson.Unquote(nil, l.JSON)), true
}

func (r wantReader) args(s *Step) {
	for _, a := range s.Args {
		wholly(r.read(a))
	}
}

// results reads the pairs of a match: [what it is compared with, the result].
func (r wantReader) results(s *Step) (out []*Want) {
	for _, arg := range s.Args {
		pair, ok := arg.(*Array)
		if !ok || len(pair.Items) != 2 {
			wholly(r.read(arg))
			continue
		}
		wholly(r.read(pair.Items[0]))
		out = append(out, r.read(pair.Items[1])...)
	}
	return out
}

func wholly(ws []*Want) {
	for _, w := range ws {
		w.Whole = true
	}
}
