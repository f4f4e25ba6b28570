package gatewaytest

import (
	"fmt"
	"slices"
	"strings"
)

// This file makes GraphQL services: one that is asked by the fields of its Query, and a subgraph of a federation. Both serve blocks
// of entities that the REST services have, and types of their own that refer back to them.

// genBlock is an extension of a type that a GraphQL service or a Go function serves.
type genBlock struct {
	connect string // as it is written
	fields  []*genField
}

// genService is a GraphQL service.
type genService struct {
	name  string
	sdl   strings.Builder // of its schema
	data  *Object
	types []*genType // its own, as the gateway has them
	enum  *genType   // its own
}

// sent is how the service spells a value of its enum.
func (v *genService) sent(value string) string {
	if other := v.enum.aliases(value); len(other) > 0 {
		return strings.Trim(other[0], `"`)
	}
	return value
}

// makeServices adds GraphQL services to a third of all schemas.
func (s *genSchema) makeServices() {
	if !s.d.in(3) {
		return
	}
	if s.d.in(3) {
		s.subgraph()
	}
	v := s.service("gq")
	query, roots := NewObject(), &strings.Builder{}
	for range 1 + s.d.IntN(3) {
		s.served(v, s.query, roots, query)
	}
	for i, t := range s.joinable() {
		if i == 0 || s.d.in(2) {
			s.asked(v, t, roots, query)
		}
	}
	fmt.Fprintf(&v.sdl, "type Query {\n%s}\n", roots)
	v.data.Set("Query", query)
	if s.change != nil {
		changes, done := &strings.Builder{}, NewObject()
		s.served(v, s.change, changes, done)
		fmt.Fprintf(&v.sdl, "type Mutation {\n%s}\n", changes)
		v.data.Set("Mutation", done)
	}
}

// joinable are the entities that other sources join by an id, and no planner has a choice of loaders for.
func (s *genSchema) joinable() (out []*genType) {
	for _, t := range s.things {
		if slices.Equal(t.keys, []string{"id"}) && t.second == nil && t.more == nil {
			out = append(out, t)
		}
	}
	return out
}

// service makes a service with types of its own: objects, each of which holds later ones only, and a union of them.
func (s *genSchema) service(name string) *genService {
	v := &genService{name: name, data: NewObject()}
	s.services = append(s.services, v)
	v.sdl.WriteString("scalar JSON\n")
	prefix := strings.ToUpper(name)
	a, b, other := prefix+"E_A", prefix+"E_B", "OTHER_B"
	v.enum = &genType{name: prefix + "E", kind: genEnum, values: []string{a, b}, spellings: []string{a, b, other}}
	fmt.Fprintf(&v.sdl, "enum %s { %s %s }\n", v.enum.name, a, other)
	for i := range 1 + s.d.IntN(2) {
		v.types = append([]*genType{s.servedObject(v, fmt.Sprintf("%s%d", prefix, i))}, v.types...)
	}
	if s.d.in(2) {
		u := &genType{name: prefix + "U", kind: genUnion, disc: byItself, members: slices.Clone(v.types)}
		v.types = append(v.types, u)
		var names []string
		for _, m := range u.members {
			names = append(names, m.name)
		}
		fmt.Fprintf(&v.sdl, "union %s = %s\n", u.name, strings.Join(names, " | "))
	}
	return v
}

// servedObject makes an object type of a service, with three objects of it.
func (s *genSchema) servedObject(v *genService, name string) *genType {
	t := &genType{name: name, kind: genObject}
	samples := []*Object{NewObject(), NewObject(), NewObject()}
	var sdl strings.Builder
	for range 1 + s.d.IntN(4) {
		f := s.servedField(v, &sdl, samples)
		t.fields = append(t.fields, f)
	}
	fmt.Fprintf(&v.sdl, "type %s {\n%s}\n", name, sdl.String())
	list := []any{}
	for _, o := range samples {
		o.Set("__typename", name)
		list = append(list, o)
	}
	v.data.Set(name, list)
	return t
}

// servedField makes a field, writes it into the service's schema, and gives each of the objects there a value for it.
func (s *genSchema) servedField(v *genService, sdl *strings.Builder, samples []*Object) *genField {
	f := &genField{name: s.fieldName(), role: inReply}
	own := f.name
	switch joinable := s.joinable(); {
	case len(joinable) > 0 && s.d.in(5):
		f.typ, f.role, f.by = pick(s.d, joinable), refBuilt, []string{"id"}
		f.keyAt = [][]string{{"ref_" + f.name}}
		f.text, own = f.typ.name, "ref_"+f.name
		fmt.Fprintf(sdl, "  %s: ID\n", own)
		for _, o := range samples {
			o.Set(own, s.servedLeaf(func() any { return fmt.Sprint(1 + s.d.IntN(7)) }))
		}
		return f
	case len(v.types) > 0 && s.d.in(3):
		f.typ = pick(s.d, v.types)
	case s.d.in(5):
		f.typ = v.enum
	default:
		f.typ = &genType{name: pick(s.d, scalars())}
	}
	if s.d.in(3) {
		own = "own_" + f.name
		f.path = []string{own}
	}
	f.text, f.lists = s.wrapped(f.typ.name, 2)
	args := s.servedArguments(v, f)
	fmt.Fprintf(sdl, "  %s%s: %s\n", own, args, strings.ReplaceAll(f.text, "!", ""))
	for _, o := range samples {
		o.Set(own, s.servedValue(v, f))
	}
	return f
}

// servedArguments gives a field arguments now and then, and returns them as the service has them.
func (s *genSchema) servedArguments(v *genService, f *genField) string {
	if !s.d.in(4) {
		return ""
	}
	f.args = []genArg{{name: "first", typ: "Int"}}
	if s.d.in(2) {
		f.args[0].def = s.literal(f.args[0])
	}
	if s.d.in(2) {
		f.args = append(f.args, genArg{name: "kind", typ: v.enum.name, enum: v.enum})
	}
	var out []string
	for _, a := range f.args {
		text := a.name + ": " + a.typ
		if s.d.in(3) {
			text += " = " + v.sent(s.literal(a))
		}
		out = append(out, text)
	}
	return "(" + strings.Join(out, ", ") + ")"
}

// servedValue is what a field has in one object, by its arguments if it has some.
func (s *genSchema) servedValue(v *genService, f *genField) any {
	one := func() any { return s.servedList(v, f.typ, f.lists) }
	if len(f.args) == 0 {
		return one()
	}
	cases := []any{}
	for n := range s.d.IntN(5) {
		given := NewObject()
		given.Set("first", jsonInt(n))
		if len(f.args) > 1 && s.d.in(2) {
			given.Set("kind", v.sent(pick(s.d, v.enum.values)))
		}
		cases = append(cases, []any{given, one()})
	}
	out := NewObject()
	out.Set("$args", append(cases, []any{NewObject(), one()}))
	return out
}

func (s *genSchema) servedList(v *genService, t *genType, lists int) any {
	if lists == 0 {
		return s.servedLeaf(func() any { return s.servedOne(v, t) })
	}
	return s.servedLeaf(func() any {
		list := []any{}
		for range s.d.IntN(4) {
			list = append(list, s.servedList(v, t, lists-1))
		}
		return list
	})
}

// servedLeaf is a value, none, or an error.
func (s *genSchema) servedLeaf(value func() any) any {
	switch {
	case s.d.in(12):
		return nil
	case s.d.in(14):
		return s.servedError()
	}
	return value()
}

func (s *genSchema) servedError() any {
	e := NewObject()
	e.Set("$error", "broken")
	if code := pick(s.d, []string{"", "", "FORBIDDEN", "UNAUTHENTICATED", "NOT_FOUND", "BAD_USER_INPUT", "TOO_MANY_REQUESTS", "ODD"}); code != "" {
		extensions := NewObject()
		extensions.Set("code", code)
		e.Set("extensions", extensions)
	}
	return e
}

func (s *genSchema) servedOne(v *genService, t *genType) any {
	switch {
	case t.kind == genEnum:
		return v.sent(pick(s.d, t.values))
	case t.kind == genUnion:
		return s.servedOne(v, pick(s.d, t.members))
	case t.composite():
		all, _ := v.data.Get(t.name).([]any)
		return pick(s.d, all)
	}
	return scalarValue(s.d, t.name)
}

// served adds a root field of the service, and one of the gateway that asks for it.
func (s *genSchema) served(v *genService, at *genType, sdl *strings.Builder, data *Object) {
	f := s.servedField(v, sdl, []*Object{data})
	own := data.Names[len(data.Names)-1]
	connect := fmt.Sprintf("@connect(source: %q, graphql: { field: %q", v.name, own)
	if len(f.args) > 0 {
		var args []string
		for _, a := range f.args {
			args = append(args, a.name+": $args."+a.name)
		}
		connect += fmt.Sprintf(", args: %q", strings.Join(args, " "))
	}
	connect += " }"
	if f.role == refBuilt {
		connect += fmt.Sprintf(", selection: %q", "id: $")
	}
	f.role, f.path, f.conn = connected, nil, &genConn{id: -1, written: connect + ")"}
	at.fields = append(at.fields, f)
}

// asked adds a block of an entity that root fields of the service serve, and sometimes a field that one of them serves alone.
func (s *genSchema) asked(v *genService, t *genType, roots *strings.Builder, query *Object) {
	s.servedEntity(v, t, "")
	all := NewObject()
	all.Set("$each", t.name)
	all.Set("by", "id")
	all.Set("of", "ids")
	one := NewObject()
	one.Set("$one", t.name)
	one.Set("by", "id")
	one.Set("of", "id")
	query.Set("one"+t.name, one)
	query.Set("many"+t.name, all)
	fmt.Fprintf(roots, "  one%s(id: ID!): %s\n  many%s(ids: [ID!]!): [%s]\n", t.name, t.name, t.name, t.name)
	block := t.also[len(t.also)-1]
	switch s.d.IntN(3) {
	case 0:
		block.connect = fmt.Sprintf(`@connect(source: %q, graphql: { field: "one%s", args: "id: $this.id" })`, v.name, t.name)
	case 1:
		block.connect = s.askedMany(v, t, "match: POSITION")
	default:
		if s.d.in(2) {
			all.Set("drop", true)
		}
		if s.d.in(2) {
			all.Set("reverse", true)
		}
		block.connect = s.askedMany(v, t, "")
	}
	if t.loader != nil && !t.loader.keyArgs && s.d.in(2) { // else its other fields would be read of what the service gives
		f := &genField{name: "pick" + t.name, typ: t, text: t.name, role: connected, args: []genArg{{name: "id", typ: "ID!", key: true}}}
		f.conn = &genConn{id: -1, written: fmt.Sprintf(`@connect(source: %q, graphql: { field: "one%s", args: "id: $args.id" })`, v.name, t.name)}
		s.query.fields = append(s.query.fields, f)
	}
}

func (s *genSchema) askedMany(v *genService, t *genType, batch string) string {
	if s.d.in(3) {
		batch = strings.TrimPrefix(batch+fmt.Sprintf(", maxSize: %d", 1+s.d.IntN(3)), ", ")
	}
	if s.d.in(5) {
		batch = strings.TrimPrefix(batch+", missing: ERROR", ", ")
	}
	if batch != "" {
		batch = ", batch: { " + batch + " }"
	}
	return fmt.Sprintf(`@connect(source: %q, graphql: { field: "many%s", args: "ids: $batch.id" }%s)`, v.name, t.name, batch)
}

// subgraph makes a service of a federation, which is asked for entities by representations.
func (s *genSchema) subgraph() {
	joinable := s.joinable()
	if len(joinable) == 0 {
		return
	}
	v := s.service("fd")
	for i, t := range joinable {
		if i == 0 || s.d.in(2) {
			s.servedEntity(v, t, ` @key(fields: "id")`)
			t.also[len(t.also)-1].connect = `@connect(source: "fd", graphql: { field: "_entities" })`
		}
	}
	query, roots := NewObject(), &strings.Builder{}
	s.served(v, s.query, roots, query)
	head := "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.3\", import: [\"@key\"])\n"
	sdl := head + v.sdl.String() + "type Query {\n" + roots.String() + "}\n"
	v.sdl.Reset()
	v.sdl.WriteString(sdl)
	v.data.Set("Query", query)
}

// servedEntity adds a block of fields to an entity, which the service has for most of its keys.
func (s *genSchema) servedEntity(v *genService, t *genType, key string) {
	var known []*Object
	list := []any{}
	for n := 1; n <= 6; n++ {
		o := NewObject()
		o.Set("__typename", t.name)
		o.Set("id", fmt.Sprint(n))
		known = append(known, o)
		if !s.d.in(6) {
			list = append(list, o)
		}
	}
	block, sdl := &genBlock{}, &strings.Builder{}
	for range 1 + s.d.IntN(3) {
		block.fields = append(block.fields, s.servedField(v, sdl, known))
	}
	fmt.Fprintf(&v.sdl, "type %s%s {\n  id: ID!\n%s}\n", t.name, key, sdl)
	v.data.Set(t.name, list)
	t.also = append(t.also, block)
}

// read is the schema of a service as a file.
func (s *genSchema) read(path string) ([]byte, error) {
	for _, v := range s.services {
		if strings.HasSuffix(path, v.name+".graphqls") {
			return []byte(v.sdl.String()), nil
		}
	}
	if s.rpc != nil && path == "rp.proto" {
		return []byte(s.rpc.text()), nil
	}
	return nil, fmt.Errorf("there is no %s", path)
}
