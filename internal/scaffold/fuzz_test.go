package scaffold_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/gatewaytest"
	"manifold/internal/scaffold"
	"manifold/schema"
	"manifold/upstreams"
)

// FuzzMake: whatever the replies are, the file that is made of them loads without a problem, and a query of all its fields
// is answered without an error. A part of the replies that a type cannot hold has to become JSON, not a wrong type.
func FuzzMake(f *testing.F) {
	f.Add(`[{"id":1,"a_b":[1,2.5,null],"c":{"d":true}},{"id":2}]`, `{"id":1,"a_b":[],"more":{"x":"y"}}`)
	f.Add(`{"data":{"items":[{"thingId":"x"}],"total":1}}`, `{"thing":{"thingId":"x","things":[{"id":null}]}}`)
	f.Add(`[]`, `{}`)
	f.Add(`[null,{"id":9007199254740993,"ID":1,"1":{"2":[[{}]]}}]`, `null`)
	f.Add(`{"a":{"__typename":"A","b":"é","B":"\u0000"}}`, `[[{"x":1}],[{"x":"y"}]]`)
	f.Fuzz(func(t *testing.T, list, item string) {
		sources := []scaffold.Source{{Name: "api", BaseURL: "http://api.test"}}
		samples := []scaffold.Sample{{Path: "/things", File: "list", Reply: []byte(list)}, {Path: "/things/1", File: "item", Reply: []byte(item)}}
		text, _, err := scaffold.Make(sources, samples)
		if err != nil {
			if _, known := errors.AsType[*scaffold.Error](err); !known {
				t.Fatalf("the error is of another kind: %v", err)
			}
			return
		}
		answer := func(_ context.Context, _ *schema.Source, c *upstreams.Call) (*upstreams.Reply, error) {
			body := item
			if strings.HasSuffix(string(c.URL), "/things") {
				body = list
			}
			return &upstreams.Reply{Status: 200, ContentType: "application/json", Body: []byte(body)}, nil
		}
		g, err := gatewaytest.Open([]*ast.Source{{Name: "gateway.graphql", Input: text}}, nil, answer)
		if err != nil {
			t.Fatalf("it does not load:\n%v\n%s", err, text)
		}
		things := g.Model.Query.Fields["things"]
		if things == nil || len(things.Args) > 0 {
			return
		}
		p, errs := g.Prepare("{ things"+fields(things.Named, 8)+" }", "")
		if len(errs) > 0 {
			t.Fatalf("%v\n%s", errs, text)
		}
		result, errs := g.Run(t.Context(), p, nil, nil)
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		defer result.Release()
		// An item route that answers another object than the one asked for is a fault of the sample.
		if len(result.Errors) > 0 && g.Model.Types["Thing"] != nil && g.Model.Types["Thing"].Loader() == nil {
			t.Errorf("%v\n%s\n%s", result.Errors[0], result.Data, text)
		}
	})
}

// fields is a selection of all fields of t that need no argument.
func fields(t *schema.Type, depth int) string {
	if len(t.Order) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(" { __typename")
	for _, f := range t.Order {
		if len(f.Named.Order) == 0 || depth > 0 {
			b.WriteString(" " + f.Name + fields(f.Named, depth-1))
		}
	}
	return b.String() + " }"
}
