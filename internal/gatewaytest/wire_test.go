package gatewaytest

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"manifold/aggregation"
	"manifold/internal/plan"
	"manifold/internal/protos"
	"manifold/internal/prototest"
	"manifold/resolvers"
	"manifold/schema"
	"manifold/upstreams"
)

// wired is a gateway over a service whose replies hold everything that a message can hold.
type wired struct {
	model  *schema.Gateway
	method protoreflect.MessageDescriptor
	find   func(name string) protoreflect.MessageDescriptor
}

const wiredRoots = `
type Query {
  whole: Everything @connect(source: "t", grpc: { method: "torture.Torture/Echo" })
  selves: [Everything] @connect(source: "t", grpc: { method: "torture.Torture/Echo" }, selection: "$.selves")
  inner: Scalars @connect(source: "t", grpc: { method: "torture.Torture/Echo" }, selection: "$.self.scalars")
  old: Old @connect(source: "t", grpc: { method: "torture.Torture/Echo" }, selection: "$.old")
  strings: [String] @connect(source: "t", grpc: { method: "torture.Torture/Echo" }, selection: "$.lists.strings")
  number: Int @connect(source: "t", grpc: { method: "torture.Torture/Echo" }, selection: "$.scalars.an_int32")
  map: JSON @connect(source: "t", grpc: { method: "torture.Torture/Echo" }, selection: "$.maps.by_string")
  made: Made @connect(source: "t", grpc: { method: "torture.Torture/Echo" }, selection: "a: scalars.a_string b: lists.scalars.a_bool c: known")
  items: [Made] @connect(source: "t", grpc: { method: "torture.Torture/Echo" }, selection: "$.lists.scalars { a: a_string b: an_int64->jsonStringify c: $ }")
  first: Scalars @connect(source: "t", grpc: { method: "torture.Torture/Echo" }, selection: "$.lists.scalars->first")
}
type Made { a: String b: JSON c: JSON }
scalar JSON
`

// newWired loads a schema with a type for each message of the torture set.
func newWired(t testing.TB) *wired {
	t.Helper()
	read := func(path string) ([]byte, error) {
		return os.ReadFile(filepath.Join("..", "transcode", "testdata", filepath.Base(path)))
	}
	set, err := protos.Parse("torture.proto", read)
	if err != nil {
		t.Fatal(err)
	}
	w := &wired{method: set.Method("torture.Torture/Echo").Output, find: func(name string) protoreflect.MessageDescriptor {
		for _, md := range set.Messages() {
			if string(md.FullName()) == name {
				return md
			}
		}
		panic("no message " + name)
	}}
	var sdl strings.Builder
	sdl.WriteString(`extend schema @source(name: "t", grpc: { target: "t:1", proto: "torture.proto" }, naming: AS_IS)` + wiredRoots)
	done := map[string]bool{}
	wiredType(&sdl, w.method, done)
	w.model, err = schema.LoadWith([]*ast.Source{{Name: "gateway.graphql", Input: sdl.String()}}, schema.Options{Read: read})
	if err != nil {
		t.Fatalf("%v\n%s", err, sdl.String())
	}
	return w
}

func wiredType(b *strings.Builder, md protoreflect.MessageDescriptor, done map[string]bool) {
	if name := string(md.Name()); done[name] {
		return
	}
	done[string(md.Name())] = true
	var inner []protoreflect.MessageDescriptor
	fmt.Fprintf(b, "type %s {\n", md.Name())
	for i := range md.Fields().Len() {
		f := md.Fields().Get(i)
		name := "JSON"
		switch {
		case f.IsMap():
		case f.Message() != nil && f.Message().ParentFile().Package() != "google.protobuf":
			name = string(f.Message().Name())
			inner = append(inner, f.Message())
		case f.Kind() == protoreflect.StringKind:
			name = "String"
		case f.Kind() == protoreflect.BoolKind:
			name = "Boolean"
		case f.Kind() == protoreflect.Int32Kind:
			name = "Int"
		case f.Kind() == protoreflect.Int64Kind:
			name = "ID"
		}
		if f.IsList() {
			name = "[" + name + "]"
		}
		fmt.Fprintf(b, "  %s: %s\n", f.TextName(), name)
	}
	b.WriteString("}\n")
	for _, md := range inner {
		wiredType(b, md, done)
	}
}

// query asks for some fields of a type.
func (w *wired) query(r *rand.Rand, t *schema.Type, depth int) string {
	var parts []string
	for _, f := range t.Order {
		if r.IntN(3) > 0 && (t != w.model.Query || r.IntN(3) > 0) {
			continue
		}
		if f.Named.Kind != ast.Object {
			parts = append(parts, f.Name)
		} else if depth < 5 {
			parts = append(parts, f.Name+" "+w.query(r, f.Named, depth+1))
		}
	}
	if len(parts) == 0 {
		parts = []string{"__typename"}
	}
	return "{ " + strings.Join(parts, " ") + " }"
}

// sent answers every call by one message; as JSON, it is decoded first.
type sent struct {
	wire []byte
	json bool
}

func (s sent) Call(_ context.Context, c *upstreams.Call) (*upstreams.Reply, error) {
	r := &upstreams.Reply{Status: 200, ContentType: "application/json", Body: s.wire, Message: c.RPC.Reply, Limit: 1 << 24}
	if !s.json {
		return r, nil
	}
	text, err := r.JSON()
	if err != nil {
		return nil, err
	}
	return &upstreams.Reply{Status: 200, ContentType: "application/json", Body: text}, nil
}

// compare runs an operation with a message read from the wire, and with its JSON. valid says that there is such JSON.
func (w *wired) compare(t *testing.T, op *plan.Operation, query string, wire []byte) (valid bool) {
	t.Helper()
	var answers [2]string
	for i, s := range []sent{{wire: wire}, {wire: wire, json: true}} {
		e := aggregation.New(aggregation.Options{Callers: []upstreams.Caller{s}})
		result := e.Run(t.Context(), op, aggregation.Input{})
		answers[i] = string(result.Data)
		for _, e := range result.Errors {
			answers[i] += fmt.Sprintf("\n%s %s", e.Path, e.Fault.Code)
			if i == 1 && strings.Contains(e.Fault.Message, "malformed") {
				return false // what no field reads may be malformed on the wire
			}
		}
		result.Release()
	}
	if answers[0] != answers[1] {
		t.Fatalf("%s of %x:\n%s", query, wire, Diff(answers[1], answers[0]))
	}
	return true
}

func (w *wired) compile(t *testing.T, query string) *plan.Operation {
	t.Helper()
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		t.Fatal(err)
	}
	w.bind(doc.Operations[0].SelectionSet, w.model.Query)
	op, err := resolvers.NewCompiler(w.model).Compile(doc, doc.Operations[0])
	if err != nil {
		t.Fatal(err)
	}
	return op
}

// bind does what validation does for the compiler.
func (w *wired) bind(set ast.SelectionSet, t *schema.Type) {
	for _, s := range set {
		f := s.(*ast.Field)
		f.Definition, f.ObjectDefinition = t.Def.Fields.ForName(f.Name), t.Def
		if inner := t.Fields[f.Name]; inner != nil {
			w.bind(f.SelectionSet, inner.Named)
		}
	}
}

// What a message says is the same whether it is located on the wire or in its JSON: messages of every kind, with their fields in
// any order, in parts, and with some that nobody knows.
func TestMessagesAreLocatedAsTheirJSON(t *testing.T) {
	t.Parallel()
	w := newWired(t)
	r := prototest.Random{Rand: rand.New(rand.NewPCG(1, 2)), Find: w.find}
	onWire := 0
	for range 1500 {
		query := w.query(r.Rand, w.model.Query, 0)
		op := w.compile(t, query)
		for _, l := range op.Parts[0].Loaders {
			if l.Reply.Wire != nil {
				onWire++
			}
		}
		wire, err := proto.MarshalOptions{AllowPartial: true}.Marshal(r.Message(w.method, 0))
		if err != nil {
			t.Fatal(err)
		}
		switch r.IntN(8) {
		case 0, 1, 2, 3:
			wire = r.Mixed(wire)
		case 4:
			wire = append(wire, wire...) // a message in two parts, which are merged
		case 5:
			wire = append(wire, bytes.Repeat([]byte{0x42, 0}, r.IntN(4))...) // more of selves, which are empty
		}
		if !w.compare(t, op, query, wire) {
			t.Fatalf("%x is not valid", wire)
		}
	}
	if onWire < 1000 {
		t.Errorf("only %d loaders read from the wire", onWire)
	}
}

func FuzzMessagesAreLocatedAsTheirJSON(f *testing.F) {
	w := newWired(f)
	r := prototest.Random{Rand: rand.New(rand.NewPCG(3, 4)), Find: w.find}
	for n := range 100 {
		wire, err := proto.MarshalOptions{AllowPartial: true}.Marshal(r.Message(w.method, 1))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint64(n), wire)
	}
	f.Fuzz(func(t *testing.T, seed uint64, wire []byte) {
		query := w.query(rand.New(rand.NewPCG(seed, 0)), w.model.Query, 0)
		w.compare(t, w.compile(t, query), query, wire)
	})
}
