package gateway

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/auth"
	"manifold/internal/fault"
	"manifold/schema"
	"manifold/upstreams"
)

// front is a gateway on loopback before one service.
type front struct {
	*Gateway
	url    string // of the gateway
	behind string // of the service, with its base path
}

// proxyText is a gateway.graphql with these proxies of the source `old`, whose http is given.
func proxyText(http, proxies string) string {
	return "extend schema @source(name: \"old\", http: " + http + ")\n" + proxies + "\ntype Query { a: Int @connect(source: \"old\", http: { GET: \"/a\" }) }\n"
}

// serveProxies serves h as the service, and a gateway before it. `%s` in the text is the service's address.
func serveProxies(t testing.TB, h http.Handler, text string, o Options) *front {
	t.Helper()
	behind := httptest.NewServer(h)
	t.Cleanup(behind.Close)
	return frontOf(t, behind.URL, strings.ReplaceAll(text, "%s", behind.URL), o)
}

func frontOf(t testing.TB, behind, text string, o Options) *front {
	t.Helper()
	gw := New(buildProxies(t, text, o, nil))
	srv := httptest.NewUnstartedServer(gw)
	srv.Config = NewServer(gw)
	srv.Config.WriteTimeout, srv.Config.ReadTimeout = 200*time.Millisecond, 200*time.Millisecond // a stream has others
	srv.Start()
	t.Cleanup(func() {
		srv.Close()
		gw.Close()
	})
	return &front{gw, srv.URL, behind}
}

func buildProxies(t testing.TB, text string, o Options, prev *Generation) *Generation {
	t.Helper()
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	gen, err := Build([]*ast.Source{{Name: "gateway.graphql", Input: text}}, o, prev)
	if err != nil {
		t.Fatal(err)
	}
	return gen
}

// send writes a request byte for byte and reads the response.
func (f *front) send(t *testing.T, head string) (*http.Response, string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(f.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	io.WriteString(conn, strings.ReplaceAll(head, "\n", "\r\n"))
	method, _, _ := strings.Cut(head, " ")
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

// get sends a request without a body.
func (f *front) get(t *testing.T, method, target string, headers ...string) (*http.Response, string) {
	t.Helper()
	return f.send(t, method+" "+target+" HTTP/1.1\nHost: shop.example\nConnection: close\n"+strings.Join(append(headers, ""), "\n")+"\n")
}

// mirror answers with what it was asked: the request line, and the headers by name.
func mirror() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s\n", r.Method, r.RequestURI)
		for _, name := range slices.Sorted(maps.Keys(r.Header)) {
			fmt.Fprintf(w, "%s: %s\n", name, strings.Join(r.Header[name], " | "))
		}
	})
}

// problemOf reads a problem of a response and compares its status and code.
func problemOf(t *testing.T, res *http.Response, body string, status int, code fault.Code) {
	t.Helper()
	var p struct {
		Type, Title, Detail, Code string
		Status                    int
	}
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		t.Fatalf("%d %q: %v", res.StatusCode, body, err)
	}
	if res.StatusCode != status || p.Status != status || p.Code != string(code) || p.Title != http.StatusText(status) ||
		p.Type != "about:blank" || p.Detail == "" || res.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%d %v %s, want %d %s", res.StatusCode, res.Header["Content-Type"], body, status, code)
	}
}

func TestProxiedPaths(t *testing.T) {
	t.Parallel()
	f := serveProxies(t, mirror(), proxyText(`{ baseURL: "%s/v2/eu" }`, `extend schema
  @proxy(path: "/legacy/*", source: "old", strip: "/legacy")
  @proxy(path: "/legacy/plain/*", source: "old")
  @proxy(path: "/t/{tenant}/files/{name}", source: "old", strip: "/t/{tenant}")
  @proxy(path: "/status", source: "old", strip: "/status")
  @proxy(path: "/{any}", source: "old")`), Options{})
	for target, want := range map[string]string{
		"/legacy/":                        "/v2/eu/",
		"/legacy/a":                       "/v2/eu/a",
		"/legacy/a/b/?c=1&d=%20x&d":       "/v2/eu/a/b/?c=1&d=%20x&d",
		"/legacy/a?":                      "/v2/eu/a?",
		"/legacy/plain/x":                 "/v2/eu/legacy/plain/x",
		"/%6Cegacy/%61":                   "/v2/eu/%61",
		"/legacy/a%2Fb":                   "/v2/eu/a%2Fb",
		"/legacy/a%2fb|c":                 "/v2/eu/a%2fb%7Cc",
		"/legacy/caf\xc3\xa9":             "/v2/eu/caf%C3%A9",
		"/legacy//a///b":                  "/v2/eu//a///b",
		"/legacy//evil.example/x":         "/v2/eu//evil.example/x",
		"/legacy/a;v=1/b":                 "/v2/eu/a;v=1/b",
		"/legacy/a?b=1;c=2&d=3":           "/v2/eu/a?d=3", // as net/http does: services differ in what `;` means
		"/legacy/...":                     "/v2/eu/...",
		"/legacy/.hidden/a..b":            "/v2/eu/.hidden/a..b",
		"/legacy/%252e%252e/x":            "/v2/eu/%252e%252e/x",
		"/legacy/a%20b%3Fc%23d%25":        "/v2/eu/a%20b%3Fc%23d%25",
		"/t/acme/files/x.txt":             "/v2/eu/files/x.txt",
		"/t/a%2Fcme/files/x":              "/v2/eu/files/x",
		"/status":                         "/v2/eu",
		"/other":                          "/v2/eu/other",
		"http://elsewhere.example/other?": "/v2/eu/other?",

		// leaving the path, in whatever spelling
		"/legacy/../admin":          "refused",
		"/legacy/a/../../../admin":  "refused",
		"/legacy/%2e%2e/admin":      "refused",
		"/legacy/%2E./admin":        "refused",
		"/legacy/..%2fadmin":        "refused",
		"/legacy/..%5cadmin":        "refused",
		"/legacy/a%5c..%5c..":       "refused",
		`/legacy/..\admin`:          "refused",
		"/legacy/..;/admin":         "refused",
		"/legacy/..;a=b/admin":      "refused",
		"/legacy/..%3b/admin":       "refused",
		"/legacy/..%00/admin":       "refused",
		"/legacy/%2e%2e%20/admin":   "refused",
		"/legacy/./a":               "refused",
		"/legacy/..":                "refused",
		"/legacy/.":                 "refused",
		"/t/../files/x":             "refused",
		"/t/%2e%2e/files/x":         "refused",
		"/t/..%2f..%2fetc/files/pw": "refused",
	} {
		res, body := f.get(t, "GET", target)
		if want == "refused" {
			problemOf(t, res, body, 400, fault.BadRequest)
			continue
		}
		if line, _, _ := strings.Cut(body, "\n"); res.StatusCode != 200 || line != "GET "+want {
			t.Errorf("%s: %d %s, want GET %s", target, res.StatusCode, line, want)
		}
	}
	for target, status := range map[string]int{"/graphql": 400, "/livez": 200, "/legacy": 200, "/a/b": 404, "/graphql/": 404} {
		if res, body := f.get(t, "GET", target); res.StatusCode != status || strings.HasPrefix(body, "GET /v2/eu/livez") {
			t.Errorf("%s: %d %s, want %d", target, res.StatusCode, body, status)
		}
	}
}

// A path that lacks only its slash is redirected, as by net/http; one proxy may have all that nobody else has.
func TestProxyOfEverything(t *testing.T) {
	t.Parallel()
	f := serveProxies(t, mirror(), proxyText(`{ baseURL: "%s/v2/" }`, `extend schema
  @bff(name: "mobile", prefix: "/m/v1")
  @proxy(path: "/*", source: "old") @proxy(path: "/files/{path...}", source: "old", strip: "/files") @proxy(path: "/exact", source: "old", strip: "/exact")`), Options{Dev: true})
	for target, want := range map[string]string{
		"/": "/v2/", "/a/b": "/v2/a/b", "//graphql": "/v2//graphql", "/graphql/": "/v2/graphql/", "/m": "/v2/m", "/files/": "/v2/",
		"/exact": "/v2/", "/livez/": "/v2/livez/", "/GraphQL": "/v2/GraphQL",
	} {
		if _, body := f.get(t, "GET", target); !strings.HasPrefix(body, "GET "+want+"\n") {
			t.Errorf("%s: %s, want %s", target, body, want)
		}
	}
	for _, own := range append(schema.OwnPaths(), "/m/v1", "/m/v1/", "/m/v1/nope", "/graph%71l", "/playground/nope.css") {
		res, body := f.get(t, "GET", own)
		if strings.HasPrefix(body, "GET /v2") {
			t.Errorf("%s was handed on: %d", own, res.StatusCode)
		}
	}
	if res, body := f.get(t, "GET", "/playground"); res.StatusCode != 200 || !strings.Contains(body, "graphiql") {
		t.Errorf("the playground: %d %.80s", res.StatusCode, body)
	}
	crossing := serveProxies(t, mirror(), proxyText(`{ baseURL: "%s" }`, `extend schema @proxy(path: "/{area}/page.css", source: "old")`), Options{Dev: true})
	if _, body := crossing.get(t, "GET", "/a/page.css"); !strings.HasPrefix(body, "GET /a/page.css\n") {
		t.Errorf("of a path that crosses ours: %s", body)
	}
	if res, body := crossing.get(t, "GET", "/playground/page.css"); !strings.Contains(body, "#graphiql") {
		t.Errorf("of a path that is ours: %d %.80s", res.StatusCode, body)
	}
	only := serveProxies(t, mirror(), proxyText(`{ baseURL: "%s" }`, `extend schema @proxy(path: "/fi%20les/{path...}", source: "old")`), Options{})
	for target, want := range map[string]string{"/fi%20les": "/fi%20les/", "/fi%20les?a=%20b": "/fi%20les/?a=%20b"} {
		if res, _ := only.get(t, "GET", target); res.StatusCode != 307 || res.Header.Get("Location") != want {
			t.Errorf("%s: %d to %s, want %s", target, res.StatusCode, res.Header.Get("Location"), want)
		}
	}
}

func TestProxiedHeaders(t *testing.T) {
	t.Parallel()
	f := serveProxies(t, mirror(), proxyText(`{ baseURL: "%s", headers: [
  { name: "X-User-Id", value: "{$request.headers.authorization->first}" }, { name: "X-Host", from: "Host" }, { name: "X-Key", value: "k7" }
  { name: "X-Trace", from: "X-Request-Id" }, { name: "X-App", value: "app {$request.headers.'x-a'->first}" }, { name: "Cookie", value: "{$(null)}" }] }`,
		`extend schema @proxy(path: "/legacy/*", source: "old", strip: "/legacy") @proxy(path: "/some/*", source: "old", methods: [GET])`),
		Options{})
	const forwarded = "Forwarded: for=127.0.0.1;host=\"shop.example\";proto=http\n"
	const told = "X-Forwarded-For: 127.0.0.1\nX-Forwarded-Host: shop.example\nX-Forwarded-Prefix: /legacy\nX-Forwarded-Proto: http\n"
	for name, test := range map[string]struct{ headers, want string }{
		"ordinary headers pass": {
			"Authorization: Bearer ann\nAccept: text/html\nX-A: 1\nX-A: 2\nIf-None-Match: \"e\"\nRange: bytes=0-1\nAccept-Encoding: br",
			"Accept: text/html\nAccept-Encoding: br\nAuthorization: Bearer ann\n" + forwarded + "If-None-Match: \"e\"\nRange: bytes=0-1\nX-A: 1 | 2\nX-App: app 1\n" +
				told + "X-Host: shop.example\nX-Key: k7\nX-User-Id: Bearer ann\n",
		},
		"nobody": {"", forwarded + "X-App: app\n" + told + "X-Host: shop.example\nX-Key: k7\n"},
		"identity is not the client's to say": {
			"X-User-Id: eve\nX_User_Id: eve\nx-user_id: eve\nX.User.Id: eve\nX_Host: evil\nX-Host: evil\nX_KEY: eve\nX-Trace: eve\nX_Trace: eve\nCookie: a=b",
			forwarded + "X-App: app\n" + told + "X-Host: shop.example\nX-Key: k7\n",
		},
		"a header is forwarded by another name": {
			"X-Request-Id: r1\nX-Request-Id: r2",
			forwarded + "X-App: app\n" + told + "X-Host: shop.example\nX-Key: k7\nX-Request-Id: r1 | r2\nX-Trace: r1 | r2\n",
		},
		"what Connection lists is dropped, and rules are not": {
			"Connection: close, X-Secret, X-Key, X-Forwarded-For\nX-Secret: s\nKeep-Alive: 5\nProxy-Authorization: p\nProxy-Connection: keep-alive\nTE: gzip",
			forwarded + "X-App: app\n" + told + "X-Host: shop.example\nX-Key: k7\n",
		},
		"where it comes from is not the client's to say": {
			"X-Forwarded-For: 10.0.0.1\nX_Forwarded_For: 10.0.0.1\nX-Forwarded-Host: evil\nX-Forwarded-Proto: https\nX-Forwarded-Port: 1\nX-Forwarded-User: root\n" +
				"X-Forwarded-Prefix: /evil\nForwarded: for=10.0.0.1\nX-Real-IP: 10.0.0.1\nTrue-Client-IP: 10.0.0.1\nX-Original-URL: /admin\nX-Rewrite-URL: /admin\nProxy: evil",
			forwarded + "X-App: app\n" + told + "X-Host: shop.example\nX-Key: k7\n",
		},
		"no other protocol": {
			"Connection: Upgrade, HTTP2-Settings\nUpgrade: h2c\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
			forwarded + "X-App: app\n" + told + "X-Host: shop.example\nX-Key: k7\n",
		},
		"the method may be overridden where every method passes": {
			"X-HTTP-Method-Override: DELETE",
			forwarded + "X-App: app\n" + told + "X-Host: shop.example\nX-Http-Method-Override: DELETE\nX-Key: k7\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res, body := f.send(t, "GET /legacy/x HTTP/1.1\nHost: shop.example\n"+strings.TrimSuffix(test.headers+"\n", "\n\n")+"\n\n")
			if test.headers == "" {
				res, body = f.send(t, "GET /legacy/x HTTP/1.1\nHost: shop.example\n\n")
			}
			if want := "GET /x\n" + test.want; res.StatusCode != 200 || body != want {
				t.Errorf("%d\n%s\nwant\n%s", res.StatusCode, body, want)
			}
		})
	}
	t.Run("a tab may stand in a value", func(t *testing.T) {
		t.Parallel()
		res, body := f.get(t, "GET", "/legacy/x", "Authorization: Bearer ann", "X-A: \ttab\tinside")
		if res.StatusCode != 200 || !strings.Contains(body, "X-App: app tab\tinside\n") {
			t.Errorf("%d %s", res.StatusCode, body)
		}
	})
	t.Run("the method is the one that was let through", func(t *testing.T) {
		t.Parallel()
		if _, body := f.get(t, "GET", "/some/x", "X-HTTP-Method-Override: DELETE", "X_Http_Method: PUT"); strings.Contains(strings.ToLower(body), "method") {
			t.Error(body)
		}
	})
}

// Behind a load balancer that is trusted, its word on where requests come from is forwarded by rules.
func TestProxyMayTrustWhoStandsBefore(t *testing.T) {
	t.Parallel()
	f := serveProxies(t, mirror(), proxyText(`{ baseURL: "%s", headers: [{ name: "X-Forwarded-For", from: "X-Forwarded-For" }, { name: "Forwarded", value: "{$(null)}" }] }`,
		`extend schema @proxy(path: "/legacy/*", source: "old")`), Options{})
	_, body := f.get(t, "GET", "/legacy/x", "X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: 192.0.2.2", "X_Forwarded_For: 192.0.2.3")
	if !strings.Contains(body, "X-Forwarded-For: 192.0.2.1 | 192.0.2.2\n") || strings.Contains(body, "\nForwarded:") || strings.Contains(body, "192.0.2.3") {
		t.Error(body)
	}
}

// What the source's path and queryParams say is said of requests that are handed on, too.
func TestProxiedExtras(t *testing.T) {
	t.Parallel()
	f := serveProxies(t, mirror(), proxyText(`{ baseURL: "%s/v1", path: "$([$config.region])", queryParams: "key: $env.KEY page: $config.page->first" }`,
		`extend schema @proxy(path: "/legacy/*", source: "old", strip: "/legacy")`), Options{
		Env: func(name string) (string, bool) { return "k 7", name == "KEY" },
		Overlays: map[string]schema.Overlay{"old": {Config: map[string]json.RawMessage{
			"region": json.RawMessage(`"eu/1"`), "page": json.RawMessage(`[3]`),
		}}},
	})
	for target, want := range map[string]string{
		"/legacy/a":                           "/v1/eu%2F1/a?key=k%207&page=3",
		"/legacy/?b=1&c":                      "/v1/eu%2F1/?key=k%207&page=3&b=1&c",
		"/legacy/?k%65y=mine&b=1&key&page=99": "/v1/eu%2F1/?key=k%207&page=3&b=1",
	} {
		if _, body := f.get(t, "GET", target); !strings.HasPrefix(body, "GET "+want+"\n") {
			t.Errorf("%s: %s, want %s", target, body, want)
		}
	}
}

func TestProxiedMethods(t *testing.T) {
	t.Parallel()
	f := serveProxies(t, mirror(), proxyText(`{ baseURL: "%s" }`, `extend schema
  @proxy(path: "/all/*", source: "old") @proxy(path: "/some/*", source: "old", methods: [POST, GET])`), Options{})
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"} {
		res, body := f.get(t, method, "/all/x")
		if res.StatusCode != 200 || (method != "HEAD" && !strings.HasPrefix(body, method+" /all/x\n")) {
			t.Errorf("%s: %d %s", method, res.StatusCode, body)
		}
	}
	for method, status := range map[string]int{"GET": 200, "HEAD": 200, "POST": 200, "OPTIONS": 200, "PUT": 405, "PATCH": 405, "DELETE": 405, "PROPFIND": 405, "get": 405} {
		res, body := f.get(t, method, "/some/x")
		if res.StatusCode != status {
			t.Errorf("%s: %d %s, want %d", method, res.StatusCode, body, status)
		}
		if status == 405 {
			problemOf(t, res, body, 405, fault.MethodNotAllowed)
			if allow := res.Header.Get("Allow"); allow != "GET, HEAD, POST, OPTIONS" {
				t.Errorf("Allow: %s", allow)
			}
		}
	}
	res, body := f.get(t, "TRACE", "/all/x")
	problemOf(t, res, body, 405, fault.MethodNotAllowed)
	if allow := res.Header.Get("Allow"); allow != "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" {
		t.Errorf("Allow: %s", allow)
	}
}

func TestProxiedAuth(t *testing.T) {
	t.Parallel()
	text := proxyText(`{ baseURL: "%s" }`, `extend schema @proxy(path: "/in/*", source: "old", auth: ["jwt", "apiKey"]) @proxy(path: "/out/*", source: "old")`)
	f := serveProxies(t, mirror(), text, Options{
		Identify: func(r *http.Request, methods []string) (*auth.Identity, error) {
			if !slices.Equal(methods, []string{"jwt", "apiKey"}) {
				return nil, fmt.Errorf("asked for %q", methods)
			}
			switch r.Header.Get("Authorization") {
			case "":
				return nil, nil
			case "good":
				return &auth.Identity{}, nil
			case "cookie":
				return nil, fault.New(fault.CSRFPrevented, "The request may be forged.")
			case "broken":
				return nil, io.ErrUnexpectedEOF
			default:
				return nil, fault.New(fault.Unauthenticated, "The token is not valid.")
			}
		},
		Challenge: func(methods []string, bad bool) string {
			return fmt.Sprintf("Bearer error=%t methods=%d", bad, len(methods))
		},
	})
	for credential, want := range map[string]struct {
		status    int
		code      fault.Code
		challenge string
	}{
		"":       {401, fault.Unauthenticated, "Bearer error=false methods=2"},
		"wrong":  {401, fault.Unauthenticated, "Bearer error=true methods=2"},
		"cookie": {403, fault.CSRFPrevented, ""},
		"broken": {500, fault.Internal, ""},
		"good":   {200, "", ""},
	} {
		var headers []string
		if credential != "" {
			headers = []string{"Authorization: " + credential}
		}
		res, body := f.get(t, "OPTIONS", "/in/x", headers...)
		if want.status != 200 {
			problemOf(t, res, body, want.status, want.code)
		}
		if res.StatusCode != want.status || res.Header.Get("WWW-Authenticate") != want.challenge {
			t.Errorf("%q: %d %v %s", credential, res.StatusCode, res.Header["Www-Authenticate"], body)
		}
	}
	if res, body := f.get(t, "GET", "/out/x"); res.StatusCode != 200 {
		t.Errorf("without auth: %d %s", res.StatusCode, body)
	}

	_, err := Build([]*ast.Source{{Name: "gateway.graphql", Input: strings.ReplaceAll(text, "%s", "http://old")}}, Options{Logger: slog.New(slog.DiscardHandler)}, nil)
	want := `gateway.graphql:2:15: @proxy(path: "/in/*"): auth names the method jwt, which gateway.yaml does not have` +
		"\n  hint: gateway.yaml has none: write it under auth"
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("without methods:\n%v\nwant\n%s", err, want)
	}
}

func TestProxiedRedirects(t *testing.T) {
	t.Parallel()
	var to string
	f := serveProxies(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Location"] = []string{to}
		w.Header()["Content-Location"] = []string{to}
		w.Header()["Alt-Svc"] = []string{`h3=":443"`}
		w.WriteHeader(302)
	}), proxyText(`{ baseURL: "%s/v2" }`, `extend schema @proxy(path: "/t/{tenant}/*", source: "old", strip: "/t/{tenant}") @proxy(path: "/*", source: "old")`), Options{})
	host := strings.TrimPrefix(f.behind, "http://")
	for address, want := range map[string]string{
		f.behind + "/v2/login?next=%2Fa#top": "/t/a%20b/login?next=%2Fa#top",
		f.behind + "/v2":                     "/t/a%20b",
		f.behind + "/v2/":                    "/t/a%20b/",
		"//" + host + "/v2/a%2Fb":            "/t/a%20b/a%2Fb",
		"/v2/login?":                         "/t/a%20b/login?",
		"/v2x/login":                         "/v2x/login",
		"/login":                             "/login",
		"login":                              "login",
		"../login":                           "../login",
		"?page=2":                            "?page=2",
		f.behind + "/login":                  f.behind + "/login",
		"https://" + host + "/v2/login":      "https://" + host + "/v2/login",
		"https://pay.example/v2/":            "https://pay.example/v2/",
		"mailto:a@b.example":                 "mailto:a@b.example",
		"http://[broken/v2/":                 "http://[broken/v2/",
	} {
		to = address
		res, body := f.get(t, "GET", "/t/a%20b/x")
		if res.StatusCode != 302 || res.Header.Get("Location") != want || res.Header.Get("Content-Location") != want || res.Header.Get("Alt-Svc") != "" {
			t.Errorf("%s: %d %v, want %s\n%s", address, res.StatusCode, res.Header, want, body)
		}
	}
	to = "/v2//evil.example/x" // without its base this would name a host
	if res, _ := f.get(t, "GET", "/x"); res.Header.Get("Location") != to {
		t.Errorf("%s became %s", to, res.Header.Get("Location"))
	}
}

func TestProxiedFailures(t *testing.T) {
	t.Parallel()
	const proxies = `extend schema @proxy(path: "/legacy/*", source: "old")`
	t.Run("down", func(t *testing.T) {
		t.Parallel()
		srv := httptest.NewServer(mirror())
		srv.Close()
		f := frontOf(t, srv.URL, proxyText(fmt.Sprintf("{ baseURL: %q }", srv.URL), proxies), Options{})
		res, body := f.get(t, "POST", "/legacy/x", "Content-Length: 0")
		problemOf(t, res, body, 502, fault.UpstreamUnavailable)
		if strings.Contains(body, "127.0.0.1") || strings.Contains(body, "refused") {
			t.Errorf("the body tells too much: %s", body)
		}
		dev := frontOf(t, srv.URL, proxyText(fmt.Sprintf("{ baseURL: %q }", srv.URL), proxies), Options{Dev: true})
		if _, body := dev.get(t, "GET", "/legacy/x"); !strings.Contains(body, "refused") {
			t.Errorf("in development the cause is shown: %s", body)
		}
	})
	t.Run("late", func(t *testing.T) {
		t.Parallel()
		gone := make(chan bool)
		f := serveProxies(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done(); close(gone) }),
			proxyText(`{ baseURL: "%s" }`, proxies), Options{Upstreams: upstreams.Options{Timeout: 50 * time.Millisecond}})
		res, body := f.get(t, "GET", "/legacy/x")
		problemOf(t, res, body, 504, fault.UpstreamTimeout)
		<-gone
	})
	t.Run("mocked", func(t *testing.T) {
		t.Parallel()
		f := frontOf(t, "", proxyText(`{ baseURL: "http://old.example" }`, proxies), Options{Mock: schema.Mock{All: true}})
		res, body := f.get(t, "GET", "/legacy/x")
		problemOf(t, res, body, 502, fault.UpstreamUnavailable)
	})
	t.Run("cut off", func(t *testing.T) {
		t.Parallel()
		f := serveProxies(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10")
			io.WriteString(w, "abc")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}), proxyText(`{ baseURL: "%s" }`, proxies), Options{})
		res, err := http.Get(f.url + "/legacy/x")
		if err != nil { // what had come was not sent on yet
			return
		}
		defer res.Body.Close()
		if got, err := io.ReadAll(res.Body); err == nil || string(got) != "abc" {
			t.Errorf("read %q, %v: a reply that was cut off must not look whole", got, err)
		}
	})
	t.Run("a protocol that was not asked for", func(t *testing.T) {
		t.Parallel()
		f := serveProxies(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tunnel\r\n\r\n")
		}), proxyText(`{ baseURL: "%s" }`, proxies), Options{})
		res, body := f.get(t, "GET", "/legacy/x")
		problemOf(t, res, body, 502, fault.UpstreamBadResponse)
	})
}

// A client that has gone takes its request with it.
func TestProxyEndsWithItsClient(t *testing.T) {
	t.Parallel()
	arrived, gone := make(chan bool), make(chan bool)
	f := serveProxies(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
		close(gone)
	}), proxyText(`{ baseURL: "%s" }`, `extend schema @proxy(path: "/legacy/*", source: "old")`), Options{Upstreams: upstreams.Options{Timeout: time.Minute}})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	go func() { <-arrived; cancel() }()
	r, err := http.NewRequestWithContext(ctx, "GET", f.url+"/legacy/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	if res, err := http.DefaultClient.Do(r); err == nil {
		res.Body.Close()
		t.Fatalf("got %d", res.StatusCode)
	}
	select {
	case <-gone:
	case <-time.After(10 * time.Second):
		t.Fatal("the service was not told")
	}
}
