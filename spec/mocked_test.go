package spec

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold"
	"manifold/internal/auth"
	"manifold/internal/gatewaytest"
	"manifold/schema"
	"manifold/upstreams"
)

// With all sources mocked, every gateway of the specs, of the demo and of the documents answers every query without an error
// and without a call.
func TestMockedGatewaysAnswerEverything(t *testing.T) {
	t.Parallel()
	type gateway struct {
		name    string
		sources []*ast.Source
		env     map[string]string
		options schema.Options
	}
	all := []gateway{{"demo", []*ast.Source{{Name: "gateway.graphql", Input: manifold.DemoGateway}}, nil, schema.Options{Read: manifold.ReadDemo}}}
	add := func(name string, archive []byte) {
		s, err := gatewaytest.ParseSpec(archive)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, gateway{name, s.Sources, s.Env, s.Options()})
	}
	files, err := filepath.Glob("*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasPrefix(file, "bad-") {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		add(file, data)
	}
	text, err := os.ReadFile("../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range regexp.MustCompile("(?ms)^```txtar\n(.*?)^```").FindAllSubmatch(text, -1) {
		add("docs", append([]byte("An example.\n"), block[1]...))
	}
	asked := 0
	for _, of := range all {
		of.options.Mock = schema.Mock{All: true}
		g, err := gatewaytest.OpenWith(of.sources, of.env, of.options,
			func(_ context.Context, source *schema.Source, call *upstreams.Call) (*upstreams.Reply, error) {
				t.Errorf("%s: %s was called", of.name, call.URL)
				return nil, context.Canceled
			})
		if err != nil {
			t.Errorf("%s: %v", of.name, err)
			continue
		}
		if len(g.Model.Sources) > 0 {
			t.Errorf("%s: %d sources are left", of.name, len(g.Model.Sources))
		}
		for _, query := range gatewaytest.Everything(g.Model.Schema, 4) {
			asked += answers(t, of.name, g, query)
		}
	}
	if asked < 200 {
		t.Errorf("only %d queries were asked", asked)
	}
}

// beyondMocks are the specs whose errors no made-up value can help: what their authors compute of a value fits not every
// value, or the query itself is wrong.
func beyondMocks() map[string]string {
	return map[string]string{
		"a-computed-block-fails-field-by-field.txtar":            "cannot be computed",     // a product of JSON
		"a-template-may-read-a-list-of-its-parent.txtar":         "is not of type [Int]",   // a list of IDs for one of Ints
		"a-null-key-of-an-entity-field-is-bad-input.txtar":       "says what to fetch: id", // without the key
		"a-null-key-in-the-path-of-an-entity-is-bad-input.txtar": "says what to fetch: id", // without the key
		"errors-do-not-quote-what-is-hidden.txtar":               "cannot be computed",     // a quotient of JSON
		"early-keys-obey-the-conditions-of-their-field.txtar":    "says what to fetch: id", // without the key
	}
}

// answers runs a query that must be answered without an error, and returns 1.
func answers(t *testing.T, name string, g *gatewaytest.Gateway, query string) int {
	t.Helper()
	p, errs := g.Prepare(query, "")
	if len(errs) > 0 {
		t.Errorf("%s: %v\n%s", name, errs, query)
		return 0
	}
	result, errs := g.Run(auth.NewContext(context.Background(), gatewaytest.Granted(g.Model)), p, nil, nil)
	if len(errs) > 0 {
		t.Errorf("%s: %v\n%s", name, errs, query)
		return 0
	}
	defer result.Release()
	for i := range result.Errors {
		e := &result.Errors[i]
		if want := beyondMocks()[name]; want != "" && strings.Contains(e.Fault.Error(), want) {
			continue
		}
		t.Errorf("%s: %s: %s (%v)\n%s", name, e.Path, e.Fault.Message, e.Fault.Cause, query)
	}
	if _, err := gatewaytest.Decode(result.Data); err != nil || len(result.Data) < 3 {
		t.Errorf("%s: %s: %v", name, result.Data, err)
	}
	return 1
}
