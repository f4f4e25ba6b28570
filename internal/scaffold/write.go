package scaffold

import (
	"fmt"
	"slices"
	"strings"
)

// write returns the text of the file.
func (m *maker) write() string {
	query := &objectType{name: "Query", names: &nameSet{}}
	for _, res := range m.resources {
		if res.loader != nil {
			name := query.names.take(camel(res.name)) + "(" + res.keyField() + ": ID!)"
			query.fields = append(query.fields, &outField{name: name, typ: res.name + " @lookup"})
		}
	}
	for _, r := range m.routes {
		res := m.resourceOf(r)
		if res != nil && res.loader != nil && (r == res.loader || r.item() || r.batch() != nil) {
			continue // it is the loader, or what the loader does too
		}
		if parent := m.parent(r); parent != nil {
			parent.out.fields = append(parent.out.fields, m.subField(r, parent))
			continue
		}
		query.fields = append(query.fields, m.rootField(r, query))
	}

	var b strings.Builder
	b.WriteString("# A first draft, made from sample replies. It is yours now: rename, remove, add.\n")
	b.WriteString("# `manifold check` checks it, `manifold serve --dev` serves it with a playground.\n")
	b.WriteString("extend schema\n")
	for _, s := range m.sources {
		naming := ""
		if s.naming != "" {
			naming = ", naming: " + string(s.naming)
		}
		fmt.Fprintf(&b, "  @source(name: %s%s, http: { baseURL: %s })\n", jsonText(s.Name), naming, jsonText(s.BaseURL))
	}
	b.WriteString("\n")
	m.writeType(&b, query, "")
	for _, res := range m.resources {
		m.writeType(&b, res.out, m.loaderText(res))
	}
	if m.usesJSON {
		b.WriteString("\n\"Any JSON. Write a type in its place when you know more than the samples show.\"\nscalar JSON\n")
	}
	return b.String()
}

func (m *maker) writeType(b *strings.Builder, t *objectType, loader string) {
	if t.name != "Query" {
		b.WriteString("\n")
	}
	fmt.Fprintf(b, "type %s%s {\n", t.name, loader)
	for _, f := range t.fields {
		b.WriteString("  " + f.name + ": " + f.typ)
		if f.from != "" {
			b.WriteString(" @from(path: " + jsonText(f.from) + ")")
		}
		if f.note != "" {
			b.WriteString(" # " + f.note)
		}
		b.WriteString("\n")
		if f.connect != "" {
			b.WriteString("    " + f.connect + "\n")
		}
	}
	b.WriteString("}\n")
	for _, inner := range t.after {
		m.writeType(b, inner, "")
	}
}

// loaderText is @key and @connect of a resource that can be loaded.
func (m *maker) loaderText(res *resource) string {
	if res.loader == nil {
		return ""
	}
	r, field := res.loader, res.keyField()
	value, more := "{$this."+field+"}", "errors: { nullOn: [404] }"
	if p := r.batch(); p != nil {
		value, more = "{$batch."+field+"->joinNotNull(',')}", ""
		if len(p.values) > 1 {
			value = "{$batch." + field + "}"
		}
		if res.byMap {
			more = "batch: { match: MAP }"
		}
	}
	address := r.address(func(segment) string { return value }, func(param) string { return value })
	return fmt.Sprintf(" @key(fields: %s)\n  %s", jsonText(field), m.connect(r, address, more, "  "))
}

// connect is the directive that makes a route's call: one line, or several if that were too long.
func (m *maker) connect(r *route, address, more, indent string) string {
	parts := []string{"source: " + jsonText(r.source.Name), "http: { GET: " + jsonText(address) + " }"}
	if s := m.selection(r); s != "" {
		parts = append(parts, "selection: "+jsonText(s))
	}
	if more != "" {
		parts = append(parts, more)
	}
	line := "@connect(" + strings.Join(parts, ", ") + ")"
	if len(line) <= 100 {
		return line
	}
	return "@connect(\n" + indent + "  " + strings.Join(parts, "\n"+indent+"  ") + "\n" + indent + ")"
}

// address is the URL template of a route.
func (r *route) address(segmentValue func(segment) string, paramValue func(param) string) string {
	var b strings.Builder
	for _, s := range r.segments {
		b.WriteString("/")
		if s.param != "" {
			b.WriteString(segmentValue(s))
			continue
		}
		b.WriteString(literal(s.text))
	}
	if len(r.segments) == 0 {
		b.WriteString("/")
	}
	for i, p := range r.query {
		b.WriteString([]string{"?", "&"}[min(i, 1)] + literal(p.name) + "=" + paramValue(p))
	}
	return b.String()
}

// literal is text of a URL as it stands in a template.
func literal(text string) string {
	return strings.NewReplacer("{", `{$("{")}`, "}", `{$("}")}`).Replace(text)
}

// rootField is the field of Query for a route.
func (m *maker) rootField(r *route, query *objectType) *outField {
	noun := r.noun()
	if noun == "" {
		noun = r.source.Name
	}
	name := camel(noun)
	if r.item() {
		name = camel(singular(noun))
	}
	if n := len(r.segments); name == "" || (query.names.taken[name] && n > 1) {
		name = camel(r.pattern())
	}
	if name == "" {
		name = "root"
	}
	f := &outField{typ: m.routeType(r, query)}
	args := &nameSet{}
	var declared []string
	address := r.address(func(s segment) string {
		arg := args.take(s.param)
		declared = append(declared, arg+": ID!")
		return "{$args." + arg + "}"
	}, func(p param) string {
		arg := args.take(camel(p.name))
		declared = append(declared, arg+": "+argType(p))
		return "{$args." + arg + "}"
	})
	f.name = query.names.take(name)
	if len(declared) > 0 {
		f.name += "(" + strings.Join(declared, ", ") + ")"
	}
	f.connect = m.connect(r, address, "", "    ")
	return f
}

// subField is the field of a parent's type for a path like /users/1/orders.
func (m *maker) subField(r *route, parent *resource) *outField {
	n := slices.IndexFunc(r.segments, func(s segment) bool { return s.param != "" })
	var rest []string
	for _, s := range r.segments[n+1:] {
		rest = append(rest, s.text)
	}
	name := camel(strings.Join(rest, "_"))
	if name == "" {
		name = "more"
	}
	address := r.address(func(segment) string { return "{$this." + parent.keyField() + "}" }, nil)
	return &outField{name: parent.out.names.take(name), typ: m.routeType(r, parent.out), connect: m.connect(r, address, "", "    ")}
}

// routeType is the type of what a route gives. It may be null: a call can fail.
func (m *maker) routeType(r *route, t *objectType) string {
	res := m.resourceOf(r)
	if res == nil || r.byMap() {
		around := &objectType{name: t.name, source: r.source, names: &nameSet{}}
		typ, _ := m.typeOf(r.shape, around, r.noun(), &outField{})
		t.after = append(t.after, around.after...)
		return typ
	}
	if r.shape.kinds&isList == 0 {
		return res.name
	}
	if r.shape.item.nulls > 0 {
		return "[" + res.name + "]"
	}
	return "[" + res.name + "!]"
}

// argType is the type of the argument for a parameter of the query. What pages a list keeps the sample's value as default.
func argType(p param) string {
	typ := "String"
	v, err := decode([]byte(p.values[0]))
	switch {
	case idLike(p.name):
		return "ID!"
	case len(p.values) > 1:
		return "[String!]"
	case err != nil:
	case v.kind == isInt && len(v.text) < 10:
		typ = "Int"
	case v.kind == isInt || v.kind == isFloat:
		typ = "Float"
	case v.kind == isBool:
		typ = "Boolean"
	default:
	}
	paging := []string{"limit", "offset", "page", "size", "first", "last", "count", "take", "skip", "sort", "order"}
	w := words(p.name)
	if p.values[0] == "" || !slices.ContainsFunc(w, func(s string) bool { return slices.Contains(paging, s) }) {
		return typ
	}
	if typ == "String" {
		return typ + " = " + jsonText(p.values[0])
	}
	return typ + " = " + p.values[0]
}
