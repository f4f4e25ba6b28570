//go:build unix

package upstreams_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/dynamicpb"

	"manifold/internal/protos"
	"manifold/internal/transcode"
	"manifold/upstreams"
)

const benchProto = `syntax = "proto3";
package shop;
service Catalog { rpc BatchGetProducts(Request) returns (Response); }
enum Category { CATEGORY_UNSPECIFIED = 0; CATEGORY_BOOKS = 1; CATEGORY_GAMES = 2; CATEGORY_GARDEN = 3; }
message Request { repeated string ids = 1; }
message Response { repeated Product products = 1; }
message Product { string id = 1; string name = 2; Category category = 3; int64 price_cents = 4; int32 weight_grams = 5; bool in_stock = 6; }
`

func benchMethod() *protos.Method {
	s, err := protos.Parse("shop.proto", func(string) ([]byte, error) { return []byte(benchProto), nil })
	if err != nil {
		panic(err)
	}
	return s.Method("shop.Catalog/BatchGetProducts")
}

// products is a reply of 100 products on the wire: 4.5 KB.
func products() []byte {
	text := []byte(`{"products":[`)
	for i := range 100 {
		text = fmt.Appendf(text, `{"id":"p%d","name":"A product of some words, %d","category":%d,"price_cents":%d,"weight_grams":%d,"in_stock":true},`, i, i, i%4, 1000+i*37, i)
	}
	text = append(text[:len(text)-1], "]}"...)
	wire, err := transcode.NewEncoder(benchMethod().Output, nil).Encode(nil, text)
	if err != nil {
		panic(err)
	}
	return wire
}

// serveBenchGRPC serves products on a free port until its standard input ends.
func serveBenchGRPC() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(l.Addr())
	reply := products()
	p := newGRPCServer(func(context.Context, string, []byte) ([]byte, error) { return reply, nil })
	go p.server.Serve(l)
	io.Copy(io.Discard, os.Stdin)
}

// BenchmarkGRPC compares ways to get 100 products over loopback as JSON. The figure to look at is cpu-ns/op.
func BenchmarkGRPC(b *testing.B) {
	address := upstream(b, "grpc")
	m := benchMethod()
	b.Run("ours", func(b *testing.B) {
		g := openGRPC(b, address, upstreams.Options{})
		call := &upstreams.Call{RPC: transcode.NewMethod(m.Path(), m.Input, m.Output, nil), Body: []byte(`{"ids":["p1","p2","p3"]}`)}
		var text []byte
		measure(b, func() error {
			r, err := g.Call(b.Context(), call)
			if err != nil {
				return err
			}
			if text, err = r.Message.Decode(text[:0], r.Body, r.Limit); err != nil || len(text) < 8000 {
				return errShort
			}
			r.Release()
			return nil
		})
	})
	b.Run("dynamicpb and protojson", func(b *testing.B) {
		conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close()
		measure(b, func() error {
			in, out := dynamicpb.NewMessage(m.Input), dynamicpb.NewMessage(m.Output)
			if err := protojson.Unmarshal([]byte(`{"ids":["p1","p2","p3"]}`), in); err != nil {
				return err
			}
			if err := conn.Invoke(b.Context(), m.Path(), in, out); err != nil {
				return err
			}
			text, err := protojson.Marshal(out)
			if len(text) < 8000 {
				return errShort
			}
			return err
		})
	})
}
