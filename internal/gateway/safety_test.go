package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/upstreams"
)

// hostileValues are texts that have broken other gateways: they lead out of paths, end headers and bodies, name other hosts,
// look like templates, or are merely long.
var hostileValues = []string{
	"tame", "..", ".", "", "%2e%2e", "%2E", "..%2f..", "a/b", "/", "//evil.test", "../../admin", "..;/admin", ".\t", "..\\..\\x",
	"?x", "?admin=true", "#", "#x", "@evil", "@evil.test:80/", "evil.test", "http://evil.test/", "https:evil.test", ":80", "[::1]", `\`, `\\evil.test\x`,
	"\x00", "a\x00b", "\r\n", "x\r\nX-Evil: 1", "x\r\n\r\nGET /evil HTTP/1.1\r\nHost: evil\r\n\r\n", "\n", "\r", "\t", "\x7f", "%0d%0aX-Evil: 1", "%00", "\u0085", "\u2028", "\ufeff",
	strings.Repeat("x", 64<<10), strings.Repeat("../", 1000), "😀", "é", "．．", "a b", " ", " lead", "trail ", "+", "%", "%zz", "a&b=c", "a;b=c", "a=b", "&", "=",
	"{{env.SECRET}}", "${file:/etc/passwd}", "{{.args.x}}", "{$args.v}", "{$env.SECRET}", "$args.v", "${SECRET}", "{", "}", "}{", "{$(\"{\")}",
	`"`, `\"`, `","admin":true,"x":"`, `"}`, `\u0000`, `\u0022`, "') { id } }", "} query { secret }", "[0]", "a]b[c", "v[0]", "__proto__",
}

// position is one place of a call that a client's value can get to.
type position struct {
	field   string // of Query: takes v
	path    bool   // the value is a whole segment, which may not be empty or lead out
	header  bool   // the value is in a header, which holds no control characters
	pairs   int    // pairs of the query
	arrived func(t *testing.T, r *seen) string
}

// seen is a request as an upstream got it.
type seen struct {
	method, uri, host, body string
	header                  http.Header
}

const safetySDL = `
extend schema
  @source(name: "api", http: { baseURL: "%[1]s/base" })
  @source(name: "asked", graphql: { url: "%[1]s/base/one/two/z", schema: "asked.graphqls" })
type Query {
  segment(v: String!): Int @connect(source: "api", http: { GET: "/one/{$args.v}/z" })
  part(v: String!): Int @connect(source: "api", http: { GET: "/one/a{$args.v}b/z" })
  query(v: String!): Int @connect(source: "api", http: { GET: "/one/two/z?v={$args.v}" })
  name(v: String!): Int @connect(source: "api", http: { GET: "/one/two/z?{$args.v}=1" })
  header(v: String!): Int @connect(source: "api", http: { GET: "/one/two/z", headers: [{ name: "X-V", value: "{$args.v}" }] })
  json(v: String!): Int @connect(source: "api", http: { POST: "/one/two/z", body: "v: $args.v" })
  form(v: String!): Int
    @connect(source: "api", http: { POST: "/one/two/z", body: "v: [$args.v]", headers: [{ name: "Content-Type", value: "application/x-www-form-urlencoded" }] })
  formName(v: JSON!): Int
    @connect(source: "api", http: { POST: "/one/two/z", body: "$args.v", headers: [{ name: "Content-Type", value: "application/x-www-form-urlencoded" }] })
  text(v: String!): Int @connect(source: "api", http: { POST: "/one/two/z", body: "$args.v", headers: [{ name: "Content-Type", value: "text/plain" }] })
  path(v: String!): Int @connect(source: "api", http: { GET: "/one", path: "$([$args.v, 'z'])" })
  list(v: [String!]!): Int @connect(source: "api", http: { GET: "/one", path: "$args.v" })
  params(v: String!): Int @connect(source: "api", http: { GET: "/one/two/z", queryParams: "v: $args.v" })
  object(v: JSON!): Int @connect(source: "api", http: { GET: "/one/two/z", queryParams: "$args.v" })
  ask(v: String!): Int @connect(source: "asked", graphql: { field: "ask", args: "v: $args.v" })
  askInside(v: String!): Int @connect(source: "asked", graphql: { field: "ask", args: "v: $('') in: { v: $args.v }" })
  respond(v: String!): Int @connect(source: "api", http: { GET: "/one/two/z", respond: [{ name: "X-Back", value: "{$args.v}" }] })
}
scalar JSON
`

// safeValues puts hostile values into every place that a template can put them, through the whole gateway and to a real server on loopback
// (rows of RELIABILITY S):
//
//	S1  the call goes to the configured host, with as many segments and pairs as the template has; the value arrives as it
//	    was sent, or the request is refused as BAD_USER_INPUT before anything is sent
//	S5  what looks like a template in a value is text
//	S6  a value in a body is a value; in a question to a GraphQL service it is a variable, and the document is the same always
//	S8  a message holds nothing of the value that was refused
func safeValues(t *testing.T) {
	one := func(text string) string { return text }
	places := []position{
		{field: "segment", path: true, arrived: segmentOf(2, one)},
		{field: "part", arrived: segmentOf(2, func(s string) string { return strings.TrimSuffix(strings.TrimPrefix(s, "a"), "b") })},
		{field: "query", pairs: 1, arrived: valueOf("v")},
		{field: "name", pairs: 1, arrived: onlyName},
		{field: "header", header: true, arrived: func(_ *testing.T, r *seen) string { return r.header.Get("X-V") }},
		{field: "json", arrived: jsonMember},
		{field: "form", arrived: formValue},
		{field: "formName", arrived: formName},
		{field: "text", arrived: func(_ *testing.T, r *seen) string { return r.body }},
		{field: "path", path: true, arrived: segmentOf(2, one)},
		{field: "list", path: true, arrived: segmentOf(2, one)},
		{field: "params", pairs: 1, arrived: valueOf("v")},
		{field: "object", pairs: 1, arrived: onlyName},
		{field: "ask", arrived: variable(`{"query":"query($v: String!) { ask(v: $v) }","variables":{"v":`, `}}`)},
		{field: "askInside", arrived: variable(`{"query":"query($v: String!, $in: In) { ask(v: $v, in: $in) }","variables":{"v":"","in":{"v":`, `}}}`)},
		{field: "respond", header: true},
	}
	var mu sync.Mutex
	var got []*seen
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		got = append(got, &seen{r.Method, r.RequestURI, r.Host, string(body), r.Header})
		mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		if strings.HasPrefix(string(body), `{"query":`) {
			_, _ = io.WriteString(w, `{"data":{"ask":1}}`)
			return
		}
		_, _ = io.WriteString(w, "1")
	}))
	defer upstream.Close()
	w := &faultWorld{metrics: NewMetrics()}
	w.gw = production(t, fmt.Sprintf(safetySDL, upstream.URL), map[string]string{"SECRET": "s3cret"}, w.metrics)
	gw := w.gw
	names := map[string]bool{}
	for _, p := range places {
		before, sent := w.counted(t), 0
		for _, v := range hostileValues {
			got = got[:0]
			resp := ask(gw, postRequest(safeRequest(t, p.field, v)))
			answer := bodyOf(t, resp)
			what := fmt.Sprintf("%s with %.40q", p.field, v)
			refused := p.path && (v == "" || v == "." || v == "..") ||
				p.header && strings.ContainsFunc(v, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
			if refused {
				sent += len(got)
				if strings.Count(answer, fmt.Sprintf(`"path":[%q],"extensions":{"code":"BAD_USER_INPUT"`, p.field)) != 1 || len(got) > 0 != (p.field == "respond") {
					t.Errorf("%s: %d calls, %.200s", what, len(got), answer)
				}
				if len(v) > 2 && strings.Contains(answer, strings.Trim(string(quoteJSON(t, v)), `"`)) {
					t.Errorf("%s: the message holds the value: %.200s", what, answer)
				}
				if resp.Header["X-Back"] != nil || resp.Header["X-Evil"] != nil {
					t.Errorf("%s: headers %q", what, resp.Header)
				}
				continue
			}
			if !strings.HasSuffix(answer, `:1}}`) || len(got) != 1 {
				t.Errorf("%s: %d calls, %.200s", what, len(got), answer)
				continue
			}
			sent++
			r := got[0]
			if r.host != strings.TrimPrefix(upstream.URL, "http://") {
				t.Errorf("%s went to %s", what, r.host)
			}
			checkURI(t, what, r.uri, p.pairs)
			for name := range r.header {
				names[name] = true
			}
			want := v
			if p.header {
				want = strings.Trim(v, " \t") // RFC 9110, 5.5: they are no part of the value
			}
			have := strings.Trim(resp.Header.Get("X-Back"), " \t")
			if p.arrived != nil {
				have = p.arrived(t, r)
			}
			if have != want {
				t.Errorf("%s arrived as %.80q", what, have)
			}
		}
		source := "api"
		if strings.HasPrefix(p.field, "ask") {
			source = "asked"
		}
		name := fmt.Sprintf(`manifold_upstream_calls_total{outcome="ok",upstream=%q}`, source)
		if n := w.counted(t)[name] - before[name]; n != float64(sent) {
			t.Errorf("%s: %v calls are counted of %d", p.field, n, sent)
		}
	}
	for name := range names {
		if !slices.Contains([]string{"X-V", "Accept", "Accept-Encoding", "User-Agent", "Content-Type", "Content-Length", "X-Envoy-Expected-Rq-Timeout-Ms"}, name) {
			t.Errorf("a header %s was sent", name)
		}
	}
}

// checkURI checks that a request line is what the template says but for the value in it.
func checkURI(t *testing.T, what, uri string, pairs int) {
	t.Helper()
	path, query, has := strings.Cut(uri, "?")
	segments := strings.Split(path, "/")
	if len(segments) != 5 || segments[1] != "base" || segments[2] != "one" || segments[4] != "z" {
		t.Errorf("%s has the path %.200s", what, path)
	}
	for _, s := range segments {
		if plain, err := url.PathUnescape(s); err != nil || plain == "." || plain == ".." {
			t.Errorf("%s has the segment %q: %v", what, s, err)
		}
	}
	if n := strings.Count(query, "&") + 1; has != (pairs > 0) || has && n != pairs {
		t.Errorf("%s has the query %.200s", what, query)
	}
	if strings.ContainsAny(uri, "#\\ \"<>{}\r\n\t") {
		t.Errorf("%s has the request line %.200q", what, uri)
	}
}

func segmentOf(n int, inner func(string) string) func(*testing.T, *seen) string {
	return func(t *testing.T, r *seen) string {
		t.Helper()
		path, _, _ := strings.Cut(r.uri, "?")
		plain, err := url.PathUnescape(strings.Split(path, "/")[n+1])
		if err != nil {
			t.Error(err)
		}
		return inner(plain)
	}
}

func queryOf(t *testing.T, r *seen) url.Values {
	t.Helper()
	_, query, _ := strings.Cut(r.uri, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Error(err)
	}
	return values
}

func valueOf(name string) func(*testing.T, *seen) string {
	return func(t *testing.T, r *seen) string {
		t.Helper()
		return queryOf(t, r).Get(name)
	}
}

func onlyName(t *testing.T, r *seen) string {
	t.Helper()
	for name := range queryOf(t, r) {
		return name
	}
	return "(no pair)"
}

// jsonMember reads the body twice: into a struct of one member, where more is an error, and as it is.
func jsonMember(t *testing.T, r *seen) string {
	t.Helper()
	var body struct {
		V *string `json:"v"`
	}
	dec := json.NewDecoder(strings.NewReader(r.body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&body); err != nil || body.V == nil || dec.More() {
		t.Errorf("the body is %.200s: %v", r.body, err)
		return ""
	}
	return *body.V
}

// variable reads a value that stands between two texts of a body.
func variable(before, after string) func(*testing.T, *seen) string {
	return func(t *testing.T, r *seen) (v string) {
		t.Helper()
		rest, begins := strings.CutPrefix(r.body, before)
		rest, ends := strings.CutSuffix(rest, after)
		if err := json.Unmarshal([]byte(rest), &v); err != nil || !begins || !ends {
			t.Errorf("the body is %.300s: %v", r.body, err)
		}
		return v
	}
}

func formOf(t *testing.T, r *seen) url.Values {
	t.Helper()
	values, err := url.ParseQuery(r.body)
	if err != nil || len(values) != 1 {
		t.Errorf("the form is %.200s: %v", r.body, err)
	}
	return values
}

func formValue(t *testing.T, r *seen) string {
	t.Helper()
	return formOf(t, r).Get("v[0]")
}

func formName(t *testing.T, r *seen) string {
	t.Helper()
	for name := range formOf(t, r) {
		return name
	}
	return "(no pair)"
}

// safeRequest is the request of a field with a value.
func safeRequest(t *testing.T, field, v string) string {
	t.Helper()
	value, kind := string(quoteJSON(t, v)), "String!"
	switch field {
	case "list":
		value, kind = "["+value+`,"z"]`, "[String!]!"
	case "object", "formName":
		value, kind = "{"+value+`:"1"}`, "JSON!"
	}
	return fmt.Sprintf(`{"query":"query ($v: %s) { %s(v: $v) }","variables":{"v":%s}}`, kind, field, value)
}

func quoteJSON(t *testing.T, v string) []byte {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSpace(b.Bytes())
}

// production serves a text in production mode.
func production(t *testing.T, text string, env map[string]string, m *Metrics) *Gateway {
	t.Helper()
	gen, err := Build([]*ast.Source{{Name: "gateway.graphql", Input: text}}, Options{
		Upstreams: upstreams.Options{Meter: m.Upstreams()},
		Env:       func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		Logger:    slog.New(slog.DiscardHandler),
		Read: func(string) ([]byte, error) {
			return []byte("type Query { ask(v: String!, in: In): Int }\ninput In { v: String! }"), nil
		},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	gw := New(gen)
	t.Cleanup(gw.Close)
	return gw
}

// safeProxies runs in a process of its own, because net/http reads the environment of proxies once.
func safeProxies(t *testing.T) {
	if os.Getenv("MANIFOLD_SAFE_PROXIES") == "" {
		proxied := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			t.Errorf("the proxy was asked: %s %s", r.Method, r.RequestURI)
		}))
		defer proxied.Close()
		again := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run=^TestFaultTable$/^S4$")
		again.Env = append(os.Environ(), "MANIFOLD_SAFE_PROXIES=1", "NO_PROXY=", "no_proxy=")
		for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"} {
			again.Env = append(again.Env, name+"="+proxied.URL, strings.ToLower(name)+"="+proxied.URL)
		}
		if out, err := again.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("--- PASS: TestFaultTable/S4")) {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	for _, scheme := range []string{"http", "https"} { // the name cannot be resolved (RFC 6761): only a proxy could take the call
		r, err := http.NewRequestWithContext(t.Context(), "GET", scheme+"://upstream.invalid/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if proxy, err := http.ProxyFromEnvironment(r); err != nil || proxy == nil {
			t.Fatalf("the environment names no proxy: %v", err)
		}
		gw := production(t, fmt.Sprintf(`
extend schema @source(name: "api", http: { baseURL: "%s://upstream.invalid" })
type Query { a: Int @connect(source: "api", http: { GET: "/a" }) }`, scheme), nil, NewMetrics())
		answer := bodyOf(t, ask(gw, postRequest(`{"query":"{ a }"}`)))
		if !strings.Contains(answer, `"UPSTREAM_UNAVAILABLE"`) && !strings.Contains(answer, `"UPSTREAM_TIMEOUT"`) {
			t.Errorf("%s: %s", scheme, answer)
		}
	}
}
