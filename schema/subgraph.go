package schema

import (
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// federationVersion is the specification whose directives SubgraphSDL writes.
const federationVersion = "https://specs.apollo.dev/federation/v2.3"

// SubgraphSDL prints the schema that clients see as that of a subgraph of Apollo Federation 2, for the tool that composes a
// supergraph: with the keys of entities, and what is @shareable and tagged. It is what Query._service answers.
//
// What clients do not see is not in it, so that another subgraph cannot require it. A key that no loader of ours reads is
// marked as not resolvable here.
func SubgraphSDL(g *Gateway) string {
	p := &printer{marks: map[string][]mark{}, marked: map[string]bool{}}
	for _, name := range g.order {
		t := g.Types[name]
		if t.Kind != ast.Object || g.isRoot(t) {
			continue
		}
		for _, k := range t.Keys {
			if !t.seen(k.Fields) {
				continue
			}
			arguments := "fields: " + strconv.Quote(fieldSetText(k.Fields))
			if !t.resolves(k) {
				arguments += ", resolvable: false"
			}
			p.marks[name] = append(p.marks[name], mark{"key", "(" + arguments + ")"})
		}
	}
	for coordinate := range g.shareable {
		p.marks[coordinate] = append(p.marks[coordinate], mark{"shareable", ""})
	}
	for coordinate, tags := range g.tags {
		for _, tag := range tags {
			p.marks[coordinate] = append(p.marks[coordinate], mark{"tag", "(name: " + strconv.Quote(tag) + ")"})
		}
	}
	p.all(g)
	link := "extend schema @link(url: " + strconv.Quote(federationVersion)
	if len(p.marked) > 0 {
		names := sortedKeys(p.marked)
		for i, name := range names {
			names[i] = strconv.Quote("@" + name)
		}
		link += ", import: [" + strings.Join(names, ", ") + "]"
	}
	return link + ")\n\n" + p.String()
}

// mark is a directive that is written behind an element.
type mark struct{ directive, arguments string }

// mark writes the directives of the element at a coordinate.
func (p *printer) mark(coordinate string) {
	for _, m := range p.marks[coordinate] {
		p.marked[m.directive] = true
		p.WriteString(" @" + m.directive + m.arguments)
	}
}

// resolves reports whether a loader of t reads a key, or some of it, and can be asked by it.
func (t *Type) resolves(k Key) bool {
	return slices.ContainsFunc(t.Loaders, func(c *Connector) bool {
		return t.nameable(c) && !slices.ContainsFunc(inputNames(c), func(name string) bool { return !slices.Contains(k.Fields, name) })
	})
}

// nameable reports whether another gateway can name what a loader of t loads: all fields that it reads are seen by clients, and
// what they say of them is what the loader needs.
func (t *Type) nameable(c *Connector) bool {
	return len(c.Inputs) > 0 && !slices.ContainsFunc(c.Inputs, func(in Input) bool {
		of := t
		for i, name := range in.Path {
			f := of.field(name)
			if f == nil || f.Type.Elem != nil || f.Connector != nil || (i < len(in.Path)-1 && f.Named.Kind != ast.Object) {
				return true
			}
			of = f.Named
		}
		for name, spelling := range of.Send {
			if name != spelling { // an enum that the service spells otherwise: nothing turns what the router sends into its words
				return true
			}
		}
		return false
	})
}

// seen reports whether clients see all fields of a key.
func (t *Type) seen(fields []string) bool {
	return !slices.ContainsFunc(fields, func(path string) bool {
		of := t
		for name := range strings.SplitSeq(path, ".") {
			f := of.field(name)
			if f == nil {
				return true
			}
			of = f.Named
		}
		return false
	})
}

// field is a field that clients see, or nil.
func (t *Type) field(name string) *Field {
	if f := t.Fields[name]; f != nil && t.Def != nil && !f.Hidden && f.Named.Def != nil {
		return f
	}
	return nil
}

// fieldSetText writes paths as a selection: "sku maker.id maker.no" as "sku maker { id no }".
func fieldSetText(paths []string) string {
	var out []string
	inner := map[string][]string{}
	for _, path := range paths {
		head, rest, nested := strings.Cut(path, ".")
		if !nested {
			out = append(out, head)
			continue
		}
		if inner[head] == nil {
			out = append(out, head)
		}
		inner[head] = append(inner[head], rest)
	}
	for i, name := range out {
		if inner[name] != nil {
			out[i] = name + " { " + fieldSetText(inner[name]) + " }"
		}
	}
	return strings.Join(out, " ")
}
