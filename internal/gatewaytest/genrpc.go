package gatewaytest

import (
	"encoding/json"
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"

	"manifold/schema"
	"manifold/upstreams"
)

// This file makes a gRPC service: messages of every kind of field, root fields, and blocks of entities that other services have.

// genRPC is a gRPC service.
type genRPC struct {
	methods strings.Builder // of the service
	proto   strings.Builder // messages
	enum    *genType
	types   []*genType // its own messages, as the gateway has them; each refers to later ones only
	samples map[string][]*Object
	answers map[string]func(request *Object) (*Object, codes.Code)
}

// protoLeaf is a kind of field of a message, and a type of the gateway that reads it.
type protoLeaf struct {
	proto, graphql string
	values         []any
}

func protoLeaves() []protoLeaf {
	texts := []any{"", "plain", "quote \" slash \\", "é 😀 \u2028"}
	numbers := []any{json.Number("0"), json.Number("7"), json.Number("-3"), json.Number("2147483647")}
	return []protoLeaf{
		{"string", "String", texts},
		{"string", "ID", texts},
		{"int32", "Int", numbers},
		{"sint32", "Int", numbers},
		{"int64", "String", []any{"0", "9007199254740993", "-9223372036854775808"}},
		{"uint32", "Float", numbers[:2]},
		{"double", "Float", []any{json.Number("0"), json.Number("1.5"), json.Number("-2e-3")}},
		{"bool", "Boolean", []any{true, false}},
		{"bytes", "String", []any{"", "AAEC", "/+8="}},
		{"RPE", "RPE", []any{"RPE_UNSPECIFIED", "RPE_A", "RPE_B", json.Number("9")}}, // 9 is known to nobody
	}
}

// makeRPC adds a gRPC service to a third of all schemas.
func (s *genSchema) makeRPC() {
	if !s.d.in(3) {
		return
	}
	v := &genRPC{samples: map[string][]*Object{}, answers: map[string]func(*Object) (*Object, codes.Code){}}
	s.rpc = v
	v.enum = &genType{name: "RPE", kind: genEnum, values: []string{"UNSPECIFIED", "A", "B"}, spellings: []string{"UNSPECIFIED", "A", "B"}}
	for i := range 1 + s.d.IntN(2) {
		v.types = append([]*genType{s.message(v, fmt.Sprintf("RP%d", i))}, v.types...)
	}
	for range 1 + s.d.IntN(2) {
		s.called(v)
	}
	for i, t := range s.joinable() {
		if i == 0 || s.d.in(2) {
			s.asMessages(v, t)
		}
	}
}

// message makes a type of the service's own, with three objects of it.
func (s *genSchema) message(v *genRPC, name string) *genType {
	t := &genType{name: name, kind: genObject}
	samples := []*Object{NewObject(), NewObject(), NewObject()}
	t.fields = s.messageFields(v, name, 1, samples)
	v.samples[name] = samples
	return t
}

// messageFields makes fields from a number on, writes the message, and gives the objects values.
func (s *genSchema) messageFields(v *genRPC, name string, number int, samples []*Object) (fields []*genField) {
	fmt.Fprintf(&v.proto, "message %s {\n", name)
	if number > 1 {
		v.proto.WriteString("  string id = 1;\n")
	}
	for range 1 + s.d.IntN(4) {
		fields = append(fields, s.messageField(v, number, samples))
		number++
	}
	v.proto.WriteString("}\n")
	return fields
}

func (s *genSchema) messageField(v *genRPC, number int, samples []*Object) *genField {
	f := &genField{name: s.fieldName(), role: inReply}
	own := f.name
	if joinable := s.joinable(); len(joinable) > 0 && s.d.in(6) {
		f.typ, f.role, f.by, own = pick(s.d, joinable), refBuilt, []string{"id"}, "ref_"+f.name
		f.keyAt, f.text = [][]string{{own}}, f.typ.name
		fmt.Fprintf(&v.proto, "  optional string %s = %d;\n", own, number)
		s.give(samples, own, func() any { return fmt.Sprint(1 + s.d.IntN(7)) })
		return f
	}
	var value func() any
	var proto string
	if len(v.types) > 0 && s.d.in(3) {
		f.typ = pick(s.d, v.types)
		proto = f.typ.name
		value = func() any { return pick(s.d, v.samples[f.typ.name]) }
	} else {
		leaf := pick(s.d, protoLeaves())
		proto, f.typ = leaf.proto, &genType{name: leaf.graphql}
		if leaf.graphql == v.enum.name {
			f.typ = v.enum
		}
		value = func() any { return pick(s.d, leaf.values) }
	}
	if s.d.in(3) {
		own = "own_" + f.name
		f.path = []string{own}
	}
	f.text = f.typ.name
	switch s.d.IntN(4) {
	case 0:
		proto = "repeated " + proto
		f.text, f.lists = pick(s.d, []string{"[" + f.text + "]", "[" + f.text + "!]!"}), 1
		one := value
		value = func() any {
			list := []any{}
			for range s.d.IntN(4) {
				list = append(list, one())
			}
			return list
		}
	case 1:
		if !f.typ.composite() { // messages have presence as they are
			proto = "optional " + proto
		}
	}
	if f.lists == 0 && s.d.in(6) {
		f.text += "!"
	}
	fmt.Fprintf(&v.proto, "  %s %s = %d;\n", proto, own, number)
	s.give(samples, own, value)
	return f
}

// give sets a member of most objects: a message that lacks a field has its default, or nothing if it has presence.
func (s *genSchema) give(samples []*Object, name string, value func() any) {
	for _, o := range samples {
		if !s.d.in(4) {
			o.Set(name, value())
		}
	}
}

// failing is how a call ends that does not end well; codes.OK for most.
func (s *genSchema) failing() codes.Code {
	return pick(s.d, []codes.Code{
		codes.OK, codes.OK, codes.OK, codes.OK, codes.OK, codes.OK,
		codes.NotFound, codes.Unavailable, codes.PermissionDenied, codes.ResourceExhausted, codes.Internal,
	})
}

// called adds a root field that a method of the service serves.
func (s *genSchema) called(v *genRPC) {
	t := pick(s.d, v.types)
	f := &genField{name: s.fieldName(), typ: t, text: t.name, role: connected, args: []genArg{{name: "first", typ: "Int"}}}
	if s.d.in(2) {
		f.args = append(f.args, genArg{name: "kind", typ: "RPE", enum: v.enum})
	}
	method := "Get" + f.name
	fmt.Fprintf(&v.methods, "  rpc %s(%sRequest) returns (%sReply);\n", method, method, method)
	fmt.Fprintf(&v.proto, "message %sRequest { optional int32 first = 1; RPE kind = 2; }\nmessage %sReply { repeated %s items = 1; %s one = 2; }\n", method, method, t.name, t.name)
	request := "first: $args.first"
	if len(f.args) > 1 {
		request += " kind: $args.kind"
	}
	at := "$.one"
	if s.d.in(2) {
		at, f.text, f.lists = "$.items", "["+t.name+"]", 1
	}
	f.conn = &genConn{id: -1, written: fmt.Sprintf(`@connect(source: "rp", grpc: { method: "gen.Rp/%s", request: %q }, selection: %q)`, method, request, at)}
	type outcome struct {
		reply *Object
		code  codes.Code
	}
	outcomes := make([]outcome, 4)
	for i := range outcomes {
		reply, items := NewObject(), []any{}
		for range s.d.IntN(4) {
			items = append(items, pick(s.d, v.samples[t.name]))
		}
		reply.Set("items", items)
		if !s.d.in(4) {
			reply.Set("one", pick(s.d, v.samples[t.name]))
		}
		outcomes[i] = outcome{reply, s.failing()}
	}
	v.answers[method] = func(request *Object) (*Object, codes.Code) {
		o := outcomes[len(Encode(request))%len(outcomes)]
		return o.reply, o.code
	}
	s.query.fields = append(s.query.fields, f)
}

// asMessages adds a block of an entity that the service has for most of its keys.
func (s *genSchema) asMessages(v *genRPC, t *genType) {
	var all []*Object
	known, codeOf := map[string]*Object{}, map[string]codes.Code{}
	for n := 1; n <= 6; n++ {
		o := NewObject()
		o.Set("id", fmt.Sprint(n))
		all = append(all, o)
		codeOf[fmt.Sprint(n)] = codes.NotFound
		if !s.d.in(6) {
			known[fmt.Sprint(n)], codeOf[fmt.Sprint(n)] = o, s.failing()
		}
	}
	block := &genBlock{fields: s.messageFields(v, "Of"+t.name, 2, all)}
	t.also = append(t.also, block)
	if s.d.in(2) {
		method := "One" + t.name
		fmt.Fprintf(&v.methods, "  rpc %s(%sRequest) returns (Of%s);\n", method, method, t.name)
		fmt.Fprintf(&v.proto, "message %sRequest { string id = 1; }\n", method)
		block.connect = fmt.Sprintf(`@connect(source: "rp", grpc: { method: "gen.Rp/%s", request: "id: $this.id" }%s)`, method, pick(s.d, []string{"", ", errors: { nullOn: [404] }"}))
		v.answers[method] = func(request *Object) (*Object, codes.Code) {
			id, _ := scalarText(request.Get("id"))
			if o := known[id]; o != nil {
				return o, codeOf[id]
			}
			return nil, codes.NotFound
		}
		return
	}
	method := "Many" + t.name
	fmt.Fprintf(&v.methods, "  rpc %s(%sRequest) returns (%sReply);\n", method, method, method)
	fmt.Fprintf(&v.proto, "message %sRequest { repeated string ids = 1; }\nmessage %sReply { repeated Of%s items = 1; }\n", method, method, t.name)
	block.connect = fmt.Sprintf(`@connect(source: "rp", grpc: { method: "gen.Rp/%s", request: "ids: $batch.id" }, selection: "$.items"%s)`, method,
		pick(s.d, []string{"", ", batch: { maxSize: 2 }", ", batch: { missing: ERROR }"}))
	v.answers[method] = func(request *Object) (*Object, codes.Code) {
		reply, items := NewObject(), []any{}
		ids, _ := request.Get("ids").([]any)
		for _, id := range ids {
			text, _ := scalarText(id)
			if o := known[text]; o != nil {
				items = append(items, o)
			}
		}
		reply.Set("items", items)
		return reply, codes.OK
	}
}

// text is the service's file.
func (v *genRPC) text() string {
	return "syntax = \"proto3\";\npackage gen;\nenum RPE { RPE_UNSPECIFIED = 0; RPE_A = 1; RPE_B = 2; }\n" + v.proto.String() + "service Rp {\n" + v.methods.String() + "}\n"
}

// answer is the service's answer to a call.
func (v *genRPC) answer(source *schema.Source, call *upstreams.Call) (*upstreams.Reply, error) {
	if err := encodes(source, call); err != nil {
		return nil, err
	}
	text := call.Body
	if text == nil {
		text = []byte("{}")
	}
	decoded, err := Decode(text)
	if err != nil {
		return nil, err
	}
	request, ok := decoded.(*Object)
	if !ok {
		return nil, fmt.Errorf("a request that is no message: %s", text)
	}
	url := string(call.URL)
	method := v.answers[url[strings.LastIndexByte(url, '/')+1:]]
	if method == nil {
		return nil, fmt.Errorf("there is no method for %s", url)
	}
	reply, code := method(request)
	if code != codes.OK {
		return upstreams.GRPCStatus("rp", code, "failed")
	}
	return messageOf(source, call, &upstreams.Reply{Status: 200, ContentType: "application/json", Body: []byte(Encode(reply))})
}
