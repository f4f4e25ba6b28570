package protos_test

import (
	"errors"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"

	"manifold/internal/protos"
)

const library = `syntax = "proto3";
package library.v1;
import "google/api/annotations.proto";
import "google/api/client.proto";
import "google/api/field_behavior.proto";
import "google/api/resource.proto";
import "google/api/httpbody.proto";
import "google/rpc/status.proto";
import "google/rpc/error_details.proto";
import "google/type/date.proto";
import "google/type/money.proto";
import "google/type/latlng.proto";
service Library {
  option (google.api.default_host) = "library.test";
  rpc Get(GetRequest) returns (Book) {
    option (google.api.http) = { get: "/v1/{name=shelves/*/books/*}" additional_bindings { post: "/v1/book" body: "*" } };
    option (google.api.method_signature) = "name";
  }
  rpc Page(GetRequest) returns (google.api.HttpBody);
}
message GetRequest { string name = 1 [(google.api.field_behavior) = REQUIRED]; }
message Book {
  option (google.api.resource) = { type: "library.test/Book" pattern: "shelves/{shelf}/books/{book}" };
  google.type.Money price = 1;
  google.type.Date printed = 2;
  google.rpc.Status state = 3;
  google.type.LatLng at = 4;
}
`

// What nearly every public definition imports need not lie beside the file; if it does, that is read.
func TestCommonImports(t *testing.T) {
	t.Parallel()
	s, err := protos.Parse("a/library.proto", texts(map[string]string{"a/library.proto": library}))
	if err != nil {
		t.Fatal(err)
	}
	book := s.Method("library.v1.Library/Get").Output
	if m := book.Fields().ByName("price").Message(); m.FullName() != "google.type.Money" || m.Fields().ByName("currency_code") == nil {
		t.Errorf("price is %v", m.FullName())
	}
	own := map[string]string{
		"a/library.proto":           `syntax = "proto3"; package l; import "google/type/money.proto"; service S { rpc M(google.type.Money) returns (google.type.Money); }`,
		"a/google/type/money.proto": `syntax = "proto3"; package google.type; message Money { int64 mine = 1; }`,
	}
	if s, err = protos.Parse("a/library.proto", texts(own)); err != nil {
		t.Fatal(err)
	}
	if s.Method("l.S/M").Input.Fields().ByName("mine") == nil {
		t.Error("the file beside is not read")
	}
}

func TestCommonFilesMayBeMissingInASet(t *testing.T) {
	t.Parallel()
	s, err := protos.Parse("a/library.proto", texts(map[string]string{"a/library.proto": library}))
	if err != nil {
		t.Fatal(err)
	}
	only := &descriptorpb.FileDescriptorSet{File: []*descriptorpb.FileDescriptorProto{
		protodesc.ToFileDescriptorProto(s.Method("library.v1.Library/Get").Output.ParentFile()),
	}}
	b, err := proto.Marshal(only)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = protos.ParseSet("library.protoset", b); err != nil {
		t.Fatal(err)
	}
	if m := s.Method("library.v1.Library/Page"); m == nil || m.Output.FullName() != "google.api.HttpBody" {
		t.Errorf("got %+v", m)
	}
}

// A missing import says where it would be found.
func TestMissingImportsSayWhereTheyBelong(t *testing.T) {
	t.Parallel()
	_, err := protos.Parse("a/b/c.proto", texts(map[string]string{"a/b/c.proto": "syntax = \"proto3\";\nimport \"validate/validate.proto\";"}))
	problems, ok := errors.AsType[protos.Problems](err)
	if !ok || len(problems) != 1 || problems[0].Line != 2 || !strings.HasPrefix(problems[0].Hint, "put it at a/b/validate/validate.proto, or name a descriptor set") {
		t.Errorf("got %+v", problems)
	}
}
