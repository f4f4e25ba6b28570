package protos_test

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"

	"manifold/internal/protos"
)

// texts is a Reader of a map.
func texts(files map[string]string) protos.Reader {
	return func(name string) ([]byte, error) {
		if text, ok := files[path.Clean(name)]; ok {
			return []byte(text), nil
		}
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
}

const catalog = `syntax = "proto3";
package shop.catalog.v1;
import "google/protobuf/timestamp.proto";
import "money.proto";
import "shop/common/page.proto";
service Catalog {
  rpc GetProduct(GetRequest) returns (Product);
  rpc ListProducts(shop.common.Page) returns (Products);
  rpc Watch(GetRequest) returns (stream Product);
}
message GetRequest { string id = 1; }
message Products { repeated Product products = 1; }
message Product { string id = 1; Money price = 2; google.protobuf.Timestamp at = 3; message Part { string name = 1; } map<string, Part> parts = 4; }
`

func shop() map[string]string {
	return map[string]string{
		"protos/shop/catalog/catalog.proto": catalog,
		"protos/shop/catalog/money.proto":   `syntax = "proto3"; package shop.catalog.v1; message Money { int64 cents = 1; }`,
		"protos/shop/common/page.proto":     `syntax = "proto3"; package shop.common; message Page { int32 size = 1; }`,
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	s, err := protos.Parse("protos/shop/catalog/catalog.proto", texts(shop()))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"shop.catalog.v1.Catalog/GetProduct", "shop.catalog.v1.Catalog/ListProducts", "shop.catalog.v1.Catalog/Watch"}
	if got := s.Methods(); !slices.Equal(got, want) {
		t.Errorf("methods %q", got)
	}
	m := s.Method("shop.catalog.v1.Catalog/GetProduct")
	if m.Streaming || m.Path() != "/shop.catalog.v1.Catalog/GetProduct" || m.Input.FullName() != "shop.catalog.v1.GetRequest" || m.Output.FullName() != "shop.catalog.v1.Product" {
		t.Errorf("got %+v", m)
	}
	if !s.Method("shop.catalog.v1.Catalog/Watch").Streaming {
		t.Error("Watch does stream")
	}
	var names []string
	for _, md := range s.Messages() {
		names = append(names, string(md.FullName()))
	}
	for _, name := range []string{"shop.catalog.v1.Product.Part", "shop.common.Page", "google.protobuf.Timestamp"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is not among %q", name, names)
		}
	}
}

func TestParseLooksInRootsToo(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"a/svc.proto":           `syntax = "proto3"; import "x/y.proto"; service S { rpc M(Y) returns (Y); }`,
		"third/party/x/y.proto": `syntax = "proto3"; message Y {}`,
	}
	if _, err := protos.Parse("a/svc.proto", texts(files)); err == nil {
		t.Error("there is no such file")
	}
	s, err := protos.Parse("a/svc.proto", texts(files), "third/party")
	if err != nil || s.Method("S/M") == nil {
		t.Errorf("got %v", err)
	}
}

func TestNear(t *testing.T) {
	t.Parallel()
	s, err := protos.Parse("protos/shop/catalog/catalog.proto", texts(shop()))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"/shop.catalog.v1.Catalog/GetProduct": "shop.catalog.v1.Catalog/GetProduct",
		"shop.catalog.v1.Catalog.GetProduct":  "shop.catalog.v1.Catalog/GetProduct",
		"Catalog/ListProducts":                "shop.catalog.v1.Catalog/ListProducts",
		"ListProducts":                        "shop.catalog.v1.Catalog/ListProducts",
		"shop.catalog.v1.Catalog/getproducts": "shop.catalog.v1.Catalog/GetProduct",
		"other.Service/Thing":                 "",
		strings.Repeat("x", 3000):             "",
	} {
		if got := s.Near(name); got != want {
			t.Errorf("Near(%.40s) = %q, want %q", name, got, want)
		}
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"no such file", nil, []string{"a/a.proto: the file is not there"}},
		{"syntax", map[string]string{"a/a.proto": "syntax = \"proto3\";\nmessage A { string = 1; }"}, []string{"a/a.proto:2:20: syntax error"}},
		{"all at once", map[string]string{"a/a.proto": "syntax = \"proto3\";\nmessage A {\n  B b = 1;\n  C c = 2;\n}"}, []string{
			"a/a.proto:3:3: field A.b: unknown type B\n", "a/a.proto:4:3: field A.c: unknown type C",
		}},
		{"in an import", map[string]string{
			"a/a.proto": "syntax = \"proto3\";\nimport \"b/b.proto\";", "a/b/b.proto": "syntax = \"proto3\";\n\n message 7 {}",
		}, []string{"a/b/b.proto:3:10: syntax error"}},
		{"import is missing", map[string]string{"a/a.proto": "syntax = \"proto3\";\nimport \"b.proto\";"}, []string{
			"a/a.proto:2:8: the file is not there; looked in a, .",
		}},
		{"import goes up", map[string]string{"a/a.proto": "syntax = \"proto3\";\nimport \"../b.proto\";", "b.proto": `syntax = "proto3";`}, []string{
			"a/a.proto:2:8: ", "an import is a path below a folder",
		}},
		{"imports itself", map[string]string{"a/a.proto": "syntax = \"proto3\";\nimport \"a.proto\";"}, []string{"a/a.proto:2:8: cycle"}},
		{"not text", map[string]string{"a/a.proto": "\x00\xff\xfe"}, []string{"a/a.proto:1:1: "}},
	} {
		_, err := protos.Parse("a/a.proto", texts(c.files))
		problems, ok := errors.AsType[protos.Problems](err)
		if !ok || len(problems) == 0 {
			t.Errorf("%s: got %v", c.name, err)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q is not in\n%v", c.name, want, err)
			}
		}
	}
}

// set returns the shop as a descriptor set, without the files named so.
func set(t *testing.T, without ...string) []byte {
	t.Helper()
	s, err := protos.Parse("protos/shop/catalog/catalog.proto", texts(shop()))
	if err != nil {
		t.Fatal(err)
	}
	files := new(descriptorpb.FileDescriptorSet)
	seen := make(map[string]bool)
	for _, md := range s.Messages() {
		f := protodesc.ToFileDescriptorProto(md.ParentFile())
		if !seen[f.GetName()] && !slices.Contains(without, f.GetName()) {
			files.File = append(files.File, f)
		}
		seen[f.GetName()] = true
	}
	b, err := proto.Marshal(files)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestParseSet(t *testing.T) {
	t.Parallel()
	for _, without := range []string{"", "google/protobuf/timestamp.proto"} {
		s, err := protos.ParseSet("shop.protoset", set(t, without))
		if err != nil {
			t.Fatal(err)
		}
		if m := s.Method("shop.catalog.v1.Catalog/GetProduct"); m == nil || m.Output.FullName() != "shop.catalog.v1.Product" {
			t.Errorf("got %+v", m)
		}
	}
	for _, c := range []struct{ set, want string }{
		{"", "is empty"},
		{"{}", "no descriptor set"},
		{string(set(t)[:100]), "no descriptor set"},
		{string(set(t, "money.proto")), "the file money.proto is not in it, which catalog.proto imports"},
	} {
		_, err := protos.ParseSet("shop.protoset", []byte(c.set))
		if err == nil || !strings.HasPrefix(err.Error(), "shop.protoset: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want %q, got %v", c.want, err)
		}
	}
}

// Whatever is wrong with a definition is a problem, never a panic, and what is read can be asked for its methods.
func TestSpoiltDefinitions(t *testing.T) {
	t.Parallel()
	whole := set(t)
	for i := 0; i < len(whole); i += 3 {
		for _, c := range []byte{0, 1, 0x7f, 0xff, whole[i] + 1} {
			spoilt := bytes.Clone(whole)
			spoilt[i] = c
			checkSpoilt(t, func() (*protos.Services, error) { return protos.ParseSet("shop.protoset", spoilt) })
		}
	}
	for i := range catalog {
		for _, c := range []string{"", "{", "\"", "7", "\x00"} {
			files := shop()
			files["protos/shop/catalog/catalog.proto"] = catalog[:i] + c + catalog[i+1:]
			checkSpoilt(t, func() (*protos.Services, error) {
				return protos.Parse("protos/shop/catalog/catalog.proto", texts(files))
			})
		}
	}
}

func checkSpoilt(t *testing.T, parse func() (*protos.Services, error)) {
	t.Helper()
	s, err := parse()
	if err != nil {
		if problems, ok := errors.AsType[protos.Problems](err); !ok || len(problems) == 0 || problems[0].File == "" {
			t.Errorf("got %v", err)
		}
		return
	}
	for _, name := range s.Methods() {
		if m := s.Method(name); m.Input == nil || m.Output == nil {
			t.Errorf("%s has no messages", name)
		}
	}
}
