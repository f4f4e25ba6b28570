package gateway

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/dynamicpb"
)

const protoFolder = "../transcode/testdata"

// TestGRPCTorture sends values of every kind that Protocol Buffers knows through the whole gateway to a real gRPC server, which
// sends back what it got. What it got has to be what protobuf's own JSON reader makes of the expected message; what the client
// gets has to be, byte for byte, the form that docs/language.md and package transcode write down.
func TestGRPCTorture(t *testing.T) {
	t.Parallel()
	peer := newProtoPeer(t, protoFolder, "torture.proto")
	address := peer.serve(t)
	text, err := os.ReadFile("testdata/torture.graphql")
	if err != nil {
		t.Fatal(err)
	}
	gen, err := Build([]*ast.Source{{Name: "gateway.graphql", Input: string(text)}}, Options{
		Env:    func(string) (string, bool) { return address, true },
		Read:   func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(protoFolder, name)) },
		Logger: slog.New(slog.DiscardHandler),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	gw := New(gen)
	t.Cleanup(gw.Close)
	for _, row := range tortureRows() {
		t.Run(row.name, func(t *testing.T) {
			field, input := "echo", "EverythingIn!"
			if row.old {
				field, input = "old", "OldIn!"
			}
			peer.got.Store(nil)
			peer.more.Store(&row.more)
			request := fmt.Sprintf(`{"query":%q,"variables":{"in":%s}}`, fmt.Sprintf("query ($in: %s) { %s(in: $in) { %s } }", input, field, row.ask), row.in)
			answer := bodyOf(t, ask(gw, postRequest(request)))
			got := peer.got.Load()
			if row.refused {
				if got != nil || codesOf(t, answer) != "BAD_USER_INPUT" || !strings.HasSuffix(answer, `"data":{"`+field+`":null}}`) {
					t.Errorf("the server got %v, the client %s", got, answer)
				}
				return
			}
			if got == nil {
				t.Fatalf("the server was not called: %s", answer)
			}
			wire := row.wire
			if wire == "" {
				wire = row.in
			}
			want := dynamicpb.NewMessage((*got).Descriptor())
			if err := (protojson.UnmarshalOptions{Resolver: peer.types}).Unmarshal([]byte(wire), want); err != nil {
				t.Fatal(err)
			}
			if !proto.Equal(*got, want) {
				t.Errorf("the server got\n%v\nwant\n%v", *got, want)
			}
			data := row.want
			if data == "" {
				data = row.in
			}
			if !strings.HasSuffix(answer, `"data":{"`+field+`":`+data+`}}`) || codesOf(t, answer) != row.codes {
				t.Errorf("got  %.2000s\nwant %.2000s with %q", answer, data, row.codes)
			}
		})
	}
}

// codesOf returns the codes of a response's errors, with the last word of their paths: "UPSTREAM_BAD_RESPONSE at as_int".
func codesOf(t *testing.T, answer string) string {
	t.Helper()
	var response struct {
		Errors []struct {
			Path       []any
			Extensions struct{ Code string }
		}
	}
	if err := json.Unmarshal([]byte(answer), &response); err != nil {
		t.Fatalf("%v in %s", err, answer)
	}
	var codes []string
	for _, e := range response.Errors {
		code := e.Extensions.Code
		if len(e.Path) > 1 {
			code += fmt.Sprint(" at ", e.Path[len(e.Path)-1])
		}
		codes = append(codes, code)
	}
	return strings.Join(codes, ", ")
}
