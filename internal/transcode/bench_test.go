package transcode_test

import (
	"fmt"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/dynamicpb"

	"manifold/internal/protos"
	"manifold/internal/transcode"
)

const shopProto = `syntax = "proto3";
package shop;
service Catalog { rpc BatchGetProducts(BatchGetProductsRequest) returns (BatchGetProductsResponse); }
enum Category { CATEGORY_UNSPECIFIED = 0; CATEGORY_BOOKS = 1; CATEGORY_GAMES = 2; CATEGORY_GARDEN = 3; }
message BatchGetProductsRequest { repeated string ids = 1; Category category = 2; int32 page_size = 3; }
message BatchGetProductsResponse { repeated Product products = 1; string next_page_token = 2; }
message Product { string id = 1; string name = 2; Category category = 3; int64 price_cents = 4; int32 weight_grams = 5; bool in_stock = 6; repeated string tags = 7; }
`

// catalog returns the method of the load lab's catalog and a reply of 100 products, about 5 KB.
func catalog(t testing.TB) (*protos.Method, []byte) {
	t.Helper()
	s, err := protos.Parse("shop.proto", func(string) ([]byte, error) { return []byte(shopProto), nil })
	if err != nil {
		t.Fatal(err)
	}
	m := s.Method("shop.Catalog/BatchGetProducts")
	text := []byte(`{"products":[`)
	for i := 1; i <= 100; i++ {
		if i > 1 {
			text = append(text, ',')
		}
		text = fmt.Appendf(text, `{"id":"p%d","name":"A product of some words, %d","category":%d,"price_cents":%d,"weight_grams":%d,"in_stock":%t,"tags":["t%d"]}`,
			i, i, i%4, 1000+i*37, 100+i, i%3 > 0, i%10)
	}
	wire, err := transcode.NewEncoder(m.Output, nil).Encode(nil, append(text, "]}"...))
	if err != nil {
		t.Fatal(err)
	}
	return m, wire
}

func BenchmarkDecode100Products(b *testing.B) {
	m, wire := catalog(b)
	d := transcode.NewDecoder(m.Output, nil)
	text, err := d.Decode(nil, wire, 1<<24)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(wire)))
		b.ReportAllocs()
		b.ReportMetric(float64(len(text)), "JSON-bytes")
		for b.Loop() {
			text, _ = d.Decode(text[:0], wire, 1<<24)
		}
	})
	b.Run("dynamicpb and protojson", func(b *testing.B) {
		b.SetBytes(int64(len(wire)))
		b.ReportAllocs()
		for b.Loop() {
			m := dynamicpb.NewMessage(m.Output)
			if err := proto.Unmarshal(wire, m); err != nil {
				b.Fatal(err)
			}
			text, err = protojson.MarshalOptions{UseProtoNames: true, EmitUnpopulated: true}.MarshalAppend(text[:0], m)
		}
	})
	b.Run("dynamicpb alone", func(b *testing.B) {
		b.SetBytes(int64(len(wire)))
		b.ReportAllocs()
		for b.Loop() {
			m := dynamicpb.NewMessage(m.Output)
			if err := proto.Unmarshal(wire, m); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkEncode100IDs(b *testing.B) {
	m, _ := catalog(b)
	e := transcode.NewEncoder(m.Input, nil)
	text := []byte(`{"ids":[`)
	for i := range 100 {
		text = fmt.Appendf(text, `"p%d",`, i)
	}
	text = append(text[:len(text)-1], `],"category":"BOOKS","page_size":20}`...)
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		var wire []byte
		for b.Loop() {
			wire, _ = e.Encode(wire[:0], text)
		}
		if len(wire) == 0 {
			b.Fatal("nothing was encoded")
		}
	})
	b.Run("protojson and dynamicpb", func(b *testing.B) {
		b.ReportAllocs()
		full := append(append([]byte{}, text[:len(text)-len(`"BOOKS","page_size":20}`)]...), `"CATEGORY_BOOKS","page_size":20}`...)
		for b.Loop() {
			m := dynamicpb.NewMessage(m.Input)
			if err := protojson.Unmarshal(full, m); err != nil {
				b.Fatal(err)
			}
			if _, err := proto.Marshal(m); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkCompile(b *testing.B) {
	m, _ := catalog(b)
	b.ReportAllocs()
	for b.Loop() {
		transcode.NewDecoder(m.Output, nil)
	}
}
