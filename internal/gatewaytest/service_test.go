package gatewaytest

import (
	"strings"
	"testing"

	"manifold/internal/introspect"
)

const serviceSDL = `
type Query { one(id: ID!): Thing many(ids: [ID!]!): [Thing]! any: Any sure: Int! plain(n: Int = 3, s: Shape): Int }
type Mutation { make(in: Shape!): Thing }
input Shape { side: Int! }
interface Named { name: String }
type Thing implements Named { id: ID! name: String size(unit: Unit = CM): Float inner: Thing must: String! }
type Other implements Named { name: String }
union Any = Thing | Other
enum Unit { CM MM }`

const serviceData = `{
  "Query": { "one": { "$one": "Thing", "by": "id", "of": "id" }, "many": { "$each": "Thing", "by": "id", "of": "ids" }, "any": { "__typename": "Other", "name": "o" },
    "sure": { "$error": "lost" }, "plain": { "$args": [[{ "n": 3, "s": { "side": 2 } }, 32], [{ "n": 3 }, 3], [{}, 0]] } },
  "Mutation": { "make": { "$ref": "Thing/1" } },
  "Thing": [{ "id": "1", "name": "a", "must": "m", "size": { "$args": [[{ "unit": "MM" }, 10.0], [{}, 1.0]] }, "inner": { "$ref": "Thing/2" } },
    { "id": "2", "name": { "$error": "hidden", "extensions": { "code": "X" } }, "must": null }]
}`

func TestService(t *testing.T) {
	t.Parallel()
	s, err := introspect.Parse("s.graphqls", []byte(serviceSDL))
	if err != nil {
		t.Fatal(err)
	}
	service, err := NewService(s, []byte(serviceData))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ query, variables, want string }{
		{`{ one(id: 1) { id a: size b: size(unit: MM) } }`, `{}`, `{"data":{"one":{"id":"1","a":1.0,"b":10.0}}}`},
		{`query($i: [ID!]!) { many(ids: $i) { id } }`, `{"i":["2","9","1"]}`, `{"data":{"many":[{"id":"2"},null,{"id":"1"}]}}`},
		{`{ one(id: "1") { inner { name } } }`, `{}`, `{"data":{"one":{"inner":{"name":null}}},"errors":[{"message":"hidden","path":["one","inner","name"],"extensions":{"code":"X"}}]}`},
		{`{ one(id: "1") { inner { must } name } }`, `{}`, `{"data":{"one":{"inner":null,"name":"a"}},"errors":[{"message":"null where it may not be","path":["one","inner","must"]}]}`},
		{`{ any { __typename ... on Named { name } ... on Thing { id } } }`, `{}`, `{"data":{"any":{"__typename":"Other","name":"o"}}}`},
		{`{ sure any { __typename } }`, `{}`, `{"data":null,"errors":[{"message":"lost","path":["sure"]}]}`},
		{`query($s: Shape, $if: Boolean!) { plain(s: $s) none: plain(n: 9) off: plain @include(if: $if) on: plain @skip(if: $if) }`, `{"s":{"side":2},"if":false}`, `{"data":{"plain":32,"none":0,"on":3}}`},
		{`mutation { make(in: { side: 1 }) { id } }`, `{}`, `{"data":{"make":{"id":"1"}}}`},
	} {
		body := `{"query":` + Encode(test.query) + `,"variables":` + test.variables + `}`
		if have := string(service.Serve([]byte(body))); have != test.want {
			t.Errorf("%s\nhave %s\nwant %s", test.query, have, test.want)
		}
	}
	if wrong := service.Wrong(); len(wrong) > 0 {
		t.Errorf("valid documents are faults: %v", wrong)
	}
	for _, body := range []string{
		`{"query":"{ nothing }","variables":{}}`,
		`{"query":"query($i: ID!) { one(id: $i) { id } }","variables":{}}`,
		`{"query":"{ any { __typename } }","variables":{"x":1}}`,
		`{"query":"{ one(id: 1) }","variables":{}}`,
		`{"query":"{ any { __typename } }"}`,
	} {
		if have := string(service.Serve([]byte(body))); !strings.HasPrefix(have, `{"errors":[`) {
			t.Errorf("%s is answered by %s", body, have)
		}
	}
	if n := len(service.Wrong()); n != 5 {
		t.Errorf("%d of 5 faults were noted", n)
	}
}
