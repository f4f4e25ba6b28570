package introspect_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/formatter"

	"manifold/internal/introspect"
)

func read(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func parse(t testing.TB, name string, text []byte) *introspect.Schema {
	t.Helper()
	s, err := introspect.Parse(name, text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// printed is a schema as SDL, all that is known of it.
func printed(s *introspect.Schema) string {
	var b bytes.Buffer
	formatter.NewFormatter(&b).FormatSchema(s.Schema)
	return b.String()
}

// The answer of graphql-js to QueryAll about a schema holds the schema.
func TestIntrospectionSaysWhatTheSDLSays(t *testing.T) {
	t.Parallel()
	want := printed(parse(t, "rich.graphql", read(t, "rich.graphql")))
	got := printed(parse(t, "rich.json", read(t, "rich.json")))
	if got != want {
		t.Errorf("the reply says\n%s\nbut the SDL\n%s", got, want)
	}
	for _, file := range []string{"rich.graphql", "rich.json"} {
		if s := parse(t, file, read(t, file)); s.Description != "What introspection can tell.\nTwo lines." {
			t.Errorf("%s: the schema is described as %q", file, s.Description)
		}
	}
	reply, err := introspect.ParseReply("rich.json", read(t, "rich.json"))
	if err != nil || printed(reply) != want {
		t.Errorf("as a reply it is %v, %v", reply, err)
	}
	for _, part := range []string{"@oneOf", `say \"TEAL\"`, "y:-2.5", "parts: [[[[String!]!]!]!]!", "size: Int = null", "@specifiedBy", "implements Node & Named"} {
		if !strings.Contains(got, part) {
			t.Errorf("it does not say %s:\n%s", part, got)
		}
	}
}

// The same service, asked in the words of 2018, leaves out what that edition did not know, and nothing else.
func TestTheQueryOf2018(t *testing.T) {
	t.Parallel()
	var want []string
	for line := range strings.Lines(printed(parse(t, "rich.graphql", read(t, "rich.graphql")))) {
		switch {
		case strings.Contains(line, "gone: Int"):
			continue
		case strings.Contains(line, "old: Int"):
			line = strings.Replace(line, `old: Int @deprecated(reason: "no more"), `, "", 1)
		}
		want = append(want, strings.NewReplacer(" @oneOf", "", ` @specifiedBy(url: "https://example.com/datetime")`, "").Replace(line))
	}
	got := printed(parse(t, "rich-2018.json", read(t, "rich-2018.json")))
	if w := strings.Join(want, ""); got != w {
		t.Errorf("it says\n%s\nbut should\n%s", got, w)
	}
}

func TestPossibleTypes(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"rich.graphql", "rich.json"} {
		s := parse(t, file, read(t, file))
		for name, want := range map[string]string{"Node": "Named Person Robot", "Any": "Person Robot", "Named": "Person"} {
			var got []string
			for _, d := range s.GetPossibleTypes(s.Types[name]) {
				got = append(got, d.Name)
			}
			slices.Sort(got)
			if strings.Join(got, " ") != want {
				t.Errorf("%s: %s may be %v, want %s", file, name, got, want)
			}
		}
	}
}

// An old service may say what implements an interface at the interface only, and leave lists null that are empty.
func TestPossibleTypesToldByTheInterface(t *testing.T) {
	t.Parallel()
	s := parse(t, "old.json", []byte(`{"__schema":{"queryType":{"name":"Query"},"types":[
		{"kind":"OBJECT","name":"Query","fields":[{"name":"n","args":[],"type":{"kind":"INTERFACE","name":"N"}}],"interfaces":null},
		{"kind":"INTERFACE","name":"N","fields":[{"name":"id","args":null,"type":{"kind":"SCALAR","name":"ID"}}],"possibleTypes":[{"name":"A"}]},
		{"kind":"OBJECT","name":"A","fields":[{"name":"id","args":null,"type":{"kind":"SCALAR","name":"ID"}}],"interfaces":null},
		{"kind":"SCALAR","name":"ID"}]}}`))
	if got := s.GetPossibleTypes(s.Types["N"]); len(got) != 1 || got[0].Name != "A" {
		t.Errorf("N may be %v", got)
	}
}

func TestSubgraphs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		federation bool
		keys       string
		has, not   []string // of the printed schema
	}{
		{
			name: "version 1", federation: true, keys: "map[Product:[upc] User:[id organization { id }]]",
			text: `extend type Query { me: User }
				extend type Product @key(fields: "upc") { upc: String! @external weight: Int @external shipping: Int @requires(fields: "weight") }
				type User @key(fields: "id") @key(fields: "organization { id }") { id: ID! organization: Org @provides(fields: "name") }
				type Org { id: ID! name: String @external }`,
			has: []string{"union _Entity = User | Product", "_entities(representations: [_Any!]!): [_Entity]!", "_service: _Service!", "scalar _Any"},
		},
		{
			name: "version 2", federation: true, keys: "map[Book:[isbn id]]",
			text: `extend schema @link(url: "https://specs.apollo.dev/link/v1.0")
				  @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable", "@tag"])
				type Query { books: [Book!]! @shareable @tag(name: "a") }
				type Book @key(fields: "isbn") @key(fields: "id", resolvable: true) @federation__tag(name: "x") { isbn: ID! id: ID! author: Author }
				type Author @key(fields: "id", resolvable: false) { id: ID! }`,
			has: []string{"union _Entity = Book\n"}, not: []string{"@key", "@tag", "directive"},
		},
		{
			name: "renamed", federation: true, keys: "map[Book:[id] Shop:[no]]",
			text: `schema @link(url: "https://specs.apollo.dev/federation/v2.0", as: "fed", import: [{ name: "@key", as: "@by" }]) { query: Root }
				type Root { books: [Book] } type Book @by(fields: "id") { id: ID! } type Shop @fed__key(fields: "no") { no: Int }`,
			has: []string{"_entities(", "query: Root"},
		},
		{
			name: "printed by the service, with its own declarations", federation: true, keys: "map[A:[id]]",
			text: `directive @key(fields: _FieldSet!) repeatable on OBJECT | INTERFACE
				directive @key(fields: _FieldSet!) on OBJECT
				directive @link(url: String!, import: [link__Import]) repeatable on SCHEMA
				scalar _FieldSet scalar _Any scalar link__Import scalar String
				union _Entity = A type _Service { sdl: String! }
				type A @key(fields: "id") { id: ID! }
				type Query { _entities(representations: [_Any!]!): [_Entity]! _service: _Service! }`,
			has: []string{"type _Service {\n\tsdl: String!\n}"},
		},
		{
			name: "entities alone", federation: true, keys: "map[A:[id]]",
			text: `type A @key(fields: "id") { id: ID! }`, has: []string{"type Query {"},
		},
		{
			name: "without entities", federation: true, keys: "map[]",
			text: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7") type Query { a: Int }`,
			has:  []string{"_service: _Service!"}, not: []string{"_entities", "_Entity"},
		},
		{
			name: "no subgraph at all", keys: "map[]",
			text: `directive @auth on FIELD_DEFINITION
				type Query { a: Int @auth b: Int @tag(name: "x") @unheard(of: [1, { a: 1 }]) }`,
			not: []string{"_service", "_Any", "@auth"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, err := introspect.Parse("sub.graphql", []byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			if s.Federation != test.federation {
				t.Errorf("it is said to be a subgraph: %t", s.Federation)
			}
			if got := fmt.Sprint(s.Keys); got != test.keys {
				t.Errorf("the keys are %s, want %s", got, test.keys)
			}
			text := printed(s)
			for _, part := range test.has {
				if !strings.Contains(text, part) {
					t.Errorf("it lacks %s:\n%s", part, text)
				}
			}
			for _, part := range test.not {
				if strings.Contains(text, part) {
					t.Errorf("it has %s:\n%s", part, text)
				}
			}
		})
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	wrap := func(types string) string {
		return `{"data":{"__schema":{"queryType":{"name":"Query"},"types":[{"kind":"OBJECT","name":"Query","fields":[` + types + `]}]}}}`
	}
	deep := strings.Repeat(`{"kind":"LIST","ofType":`, 40) + `{"kind":"SCALAR","name":"Int"}` + strings.Repeat("}", 40)
	tests := []struct{ name, text, want string }{
		{"empty", "", "s: the text holds no type"},
		{"no SDL", "type Query {\n  a: }", `s:2:6: `},
		{"a type that is not there", "type Query {\n  a: Missing\n}", "s:2:"},
		{"no query type", "type A { a: Int }", "s: the schema has no query type"},
		{"not UTF-8", "type Query { a: Int } # \xff", "s: the schema is not UTF-8"},
		{"no JSON", "{\n  \"data\": x}", "s:2:11: invalid character 'x'"},
		{"JSON cut off", `{"data":{"__schema":`, "s:1:21: the JSON ends too soon"},
		{"JSON and more", `{"data":null} {}`, "s:1:"},
		{"an answer to something else", `{"data":{"a":1}}`, "s: there is no __schema in it"},
		{"refused", `{"errors":[{"message":"introspection\n is off"},{"message":""}],"data":null}`, "s: the service answers: introspection is off\ns: the service answers: an error without a message"},
		{"a number as a name", `{"__schema":{"queryType":{"name":7}}}`, "s:1:"},
		{"an unknown kind", wrap(`{"name":"a","type":{"kind":"SCALAR","name":"Int"}}]},{"kind":"THING","name":"T","fields":[`), `s: T is of an unknown kind, "THING"`},
		{"null for a type", `{"__schema":{"queryType":{"name":"Query"},"types":[null]}}`, "s: the name of type 1 is missing"},
		{"a name that is none", wrap(`{"name":"a b","type":{"kind":"SCALAR","name":"Int"}}`), `s: the name of a field of Query is no name: "a b"`},
		{"no type", wrap(`{"name":"a"}`), "s: the type of Query.a is missing"},
		{"too deep", wrap(`{"name":"a","type":` + deep + `}`), "s: the type of Query.a lies deeper in lists than the answer tells"},
		{"not deep enough", wrap(`{"name":"a","type":{"kind":"LIST"}}`), "s: the type of Query.a lies deeper in lists than the answer tells"},
		{"non-null twice", wrap(`{"name":"a","type":{"kind":"NON_NULL","ofType":{"kind":"NON_NULL","ofType":{"kind":"SCALAR","name":"Int"}}}}`), "s: the type of Query.a is non-null twice"},
		{
			"a default that is none", wrap(`{"name":"a","args":[{"name":"x","type":{"kind":"SCALAR","name":"Int"},"defaultValue":"1 y: Int"}],"type":{"kind":"SCALAR","name":"Int"}}`),
			"s: the default of Query.a(x:) is no value: 1 y: Int",
		},
		{"a field twice, not the same", "type Query {\n  a: Int\n  a: String\n}", "s:3:3: Field Query.a can only be defined once."},
		{"an interface not kept", `type Query implements N { a: Int } interface N { b: Int }`, "s:1:6: For Query to implement N it must have a field called b."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, err := introspect.Parse("s", []byte(test.text))
			problems, ok := errors.AsType[introspect.Problems](err)
			if s != nil || !ok || !strings.HasPrefix(problems.Error(), test.want) {
				t.Errorf("got %v, %v (%T)\nwant %s", s, err, err, test.want)
			}
		})
	}
}

// The public schema of GitHub has one (EnterpriseOwnerInfo.repositoryDeployKeySetting, in 2025).
func TestAFieldSaidTwice(t *testing.T) {
	t.Parallel()
	s := parse(t, "s", []byte("type Query { a(b: Int): [Int!] a(b: Int): [Int!] }"))
	if got := printed(s); strings.Count(got, "a(b: Int)") != 1 {
		t.Errorf("it is\n%s", got)
	}
}

func TestAnswered(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`{"data":{"__schema":{}}}`: true, `{"data":{"__schema":null}}`: false, `{"errors":[]}`: false, `{"data":`: false, `<html>`: false, `[]`: false,
	} {
		if introspect.Answered([]byte(text)) != want {
			t.Errorf("%s: answered is %t", text, !want)
		}
	}
}

func TestQueryKnowsNothingNew(t *testing.T) {
	t.Parallel()
	text := introspect.Query
	for _, part := range []string{"isOneOf", "specifiedByURL", "isRepeatable", "args(includeDeprecated", "directives"} {
		if strings.Contains(text, part) {
			t.Errorf("a service of 2018 does not know %s", part)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"rich.graphql", "rich.json", "rich-2018.json"} {
		f.Add(read(f, name))
	}
	for _, seed := range []string{
		`{"__schema":{"types":[{"kind":"OBJECT","name":"A","interfaces":[{"name":"A"}],"fields":[{"name":"a"}]}]}}`,
		`extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: [{name: "@key", as: "@k"}, "@tag", 1]) type A @k(fields: 3)`,
		`{"__schema":{"queryType":{"name":"I"},"types":[{"kind":"INTERFACE","name":"I","possibleTypes":[{"name":"I"}]}]}}`,
		`union _Entity = _Entity type _Any @key(fields: "x") extend type _Service { a: Int }`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, read := range []func(string, []byte) (*introspect.Schema, error){introspect.Parse, introspect.ParseReply} {
			s, err := read("s", text)
			if (s == nil) == (err == nil) {
				t.Fatalf("got %v and %v", s, err)
			}
			if err == nil && (s.Query == nil || s.Types["String"] == nil) {
				t.Fatal("the schema is not whole")
			}
			if problems, ok := errors.AsType[introspect.Problems](err); err != nil && (!ok || len(problems) == 0) {
				t.Fatalf("the error is a %T: %v", err, err)
			}
		}
	})
}

// BenchmarkParse reads a schema of 1500 types, as large as the largest public ones.
func BenchmarkParse(b *testing.B) {
	var sdl, told strings.Builder
	sdl.WriteString("type Query { a0: T0 }\n")
	told.WriteString(`{"data":{"__schema":{"queryType":{"name":"Query"},"types":[{"kind":"SCALAR","name":"Int"},` +
		`{"kind":"OBJECT","name":"Query","fields":[{"name":"a0","type":{"kind":"OBJECT","name":"T0"}}]}`)
	for i := range 1500 {
		fmt.Fprintf(&sdl, "\"The type\"\ntype T%d {\n", i)
		fmt.Fprintf(&told, `,{"kind":"OBJECT","name":"T%d","description":"The type","fields":[`, i)
		for j := range 20 {
			fmt.Fprintf(&sdl, "\"The field\"\nfield%d(first: Int = 10): [T%d!]!\n", j, (i+j)%1500)
			if j > 0 {
				told.WriteByte(',')
			}
			fmt.Fprintf(&told, `{"name":"field%d","description":"The field","args":[{"name":"first","type":{"kind":"SCALAR","name":"Int"},"defaultValue":"10"}],`+
				`"type":{"kind":"NON_NULL","ofType":{"kind":"LIST","ofType":{"kind":"NON_NULL","ofType":{"kind":"OBJECT","name":"T%d"}}}}}`, j, (i+j)%1500)
		}
		sdl.WriteString("}\n")
		told.WriteString("]}")
	}
	told.WriteString("]}}}")
	for name, text := range map[string]string{"SDL": sdl.String(), "introspection": told.String()} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				parse(b, "big", []byte(text))
			}
		})
	}
}
