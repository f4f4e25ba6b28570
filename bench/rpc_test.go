package bench

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	"manifold/aggregation"
	"manifold/internal/plan"
	"manifold/internal/protos"
	"manifold/resolvers"
	"manifold/schema"
	"manifold/upstreams"
)

const catalogProto = `syntax = "proto3";
package shop;
service Catalog { rpc ListProducts(ListProductsRequest) returns (ListProductsResponse); }
enum Category { CATEGORY_UNSPECIFIED = 0; CATEGORY_BOOKS = 1; CATEGORY_GAMES = 2; CATEGORY_GARDEN = 3; }
message ListProductsRequest { int32 page_size = 1; }
message ListProductsResponse { repeated Product products = 1; string next_page_token = 2; }
message Product { string id = 1; string name = 2; Category category = 3; int32 price_cents = 4; int32 weight_grams = 5; bool in_stock = 6; repeated string tags = 7; }
`

const catalogSDL = `
extend schema @source(name: "catalog", grpc: { target: "catalog:9102", proto: "catalog.proto" }, naming: SNAKE_CASE)
enum Category {
  BOOKS @alias(options: ["CATEGORY_BOOKS"])
  GAMES @alias(options: ["CATEGORY_GAMES"])
  GARDEN @alias(options: ["CATEGORY_GARDEN"])
}
type Query { products: [Product!]! @connect(source: "catalog", grpc: { method: "shop.Catalog/ListProducts", request: "page_size: 100" }, selection: "$.products") }
type Product { id: ID! name: String! category: Category priceCents: Int! weightGrams: Int! inStock: Boolean! tags: [String!]! }
`

// products is a reply of 100 products on the wire, about 5 KB.
func products(b *testing.B, md protoreflect.MessageDescriptor) []byte {
	b.Helper()
	text := []byte(`{"products":[`)
	for i := 1; i <= 100; i++ {
		if i > 1 {
			text = append(text, ',')
		}
		text = fmt.Appendf(text, `{"id":"p%d","name":"A product of some words, %d","category":%d,"price_cents":%d,"weight_grams":%d,"in_stock":%t,"tags":["t%d"]}`,
			i, i, 1+i%3, 1000+i*37, 100+i, i%3 > 0, i%10)
	}
	m := dynamicpb.NewMessage(md)
	if err := protojson.Unmarshal(append(text, "]}"...), m); err != nil {
		b.Fatal(err)
	}
	wire, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		b.Fatal(err)
	}
	return wire
}

// onTheWire answers calls by a message from memory.
type onTheWire []byte

func (w onTheWire) Call(_ context.Context, c *upstreams.Call) (*upstreams.Reply, error) {
	return &upstreams.Reply{Status: http.StatusOK, ContentType: "application/json", Body: w, Message: c.RPC.Reply, Limit: 1 << 24}, nil
}

// viaProtojson has protobuf's own dynamic messages make JSON of it.
type viaProtojson struct {
	wire []byte
	md   protoreflect.MessageDescriptor
}

func (v viaProtojson) Call(context.Context, *upstreams.Call) (*upstreams.Reply, error) {
	m := dynamicpb.NewMessage(v.md)
	if err := proto.Unmarshal(v.wire, m); err != nil {
		return nil, err
	}
	text, err := protojson.MarshalOptions{UseProtoNames: true, EmitUnpopulated: true}.Marshal(m)
	return reply(text), err
}

// compileRPC is compile for catalogSDL.
func compileRPC(b *testing.B, query string) *plan.Operation {
	b.Helper()
	g, err := schema.LoadWith([]*ast.Source{{Name: "gateway.graphql", Input: catalogSDL}}, schema.Options{
		Env: os.LookupEnv, Read: func(string) ([]byte, error) { return []byte(catalogProto), nil },
	})
	if err != nil {
		b.Fatal(err)
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		b.Fatal(err)
	}
	if errs := validator.ValidateWithRules(g.Schema, doc, nil); len(errs) > 0 {
		b.Fatal(errs)
	}
	op, err := resolvers.NewCompiler(g).Compile(doc, doc.Operations[0])
	if err != nil {
		b.Fatal(err)
	}
	return op
}

// BenchmarkRPC is a reply of 100 products from the wire to the response: read, located and projected. Beside it stands what it would
// take if protobuf's own dynamic messages made JSON of it first.
func BenchmarkRPC(b *testing.B) {
	set, err := protos.Parse("catalog.proto", func(string) ([]byte, error) { return []byte(catalogProto), nil })
	if err != nil {
		b.Fatal(err)
	}
	md := set.Method("shop.Catalog/ListProducts").Output
	wire := products(b, md)
	for _, q := range []struct{ name, query string }{
		{"3 of 7 fields", `{ products { id name priceCents } }`},
		{"all fields", `{ products { id name category priceCents weightGrams inStock tags } }`},
	} {
		op := compileRPC(b, q.query)
		var first []byte
		for _, way := range []struct {
			name   string
			caller upstreams.Caller
		}{{"ours", onTheWire(wire)}, {"dynamicpb and protojson", viaProtojson{wire, md}}} {
			b.Run(q.name+"/"+way.name, func(b *testing.B) {
				e := aggregation.New(aggregation.Options{Callers: []upstreams.Caller{way.caller}})
				if got := run(b, e, op); first == nil {
					first = got
				} else if !bytes.Equal(got, first) {
					b.Fatalf("the answers differ:\n%s\n%s", got, first)
				}
				b.SetBytes(int64(len(wire)))
				b.ReportAllocs()
				for b.Loop() {
					e.Run(context.Background(), op, aggregation.Input{}).Release()
				}
			})
		}
	}
}
