package gateway

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"manifold/internal/fault"
)

// TestStatus sends one request of each kind there is and checks status, code and that refused requests carry no data
// and run nothing.
func TestStatus(t *testing.T) {
	t.Parallel()
	const ok = `{"query":"{ user { id } }"}`
	header := func(r *http.Request, kv ...string) *http.Request {
		for i := 0; i < len(kv); i += 2 {
			r.Header.Set(kv[i], kv[i+1])
		}
		return r
	}
	post := func(body string, kv ...string) *http.Request { return header(postRequest(body), kv...) }
	other := func(method, target string, kv ...string) *http.Request {
		return header(httptest.NewRequest(method, target, nil), kv...)
	}
	get := func(params string, kv ...string) *http.Request {
		return other(http.MethodGet, "/graphql?"+params, kv...)
	}
	q := url.QueryEscape
	tests := map[string]struct {
		request *http.Request
		status  int
		code    fault.Code // "" for a success
		says    string     // part of the message
		allow   string
	}{
		"post":                                 {request: post(ok), status: 200},
		"post with charset":                    {request: post(ok, "Content-Type", `application/json; charset="UTF-8"`), status: 200},
		"get":                                  {request: get("query=" + q("{ user { id } }")), status: 200},
		"get with all parameters":              {request: get("query=" + q("query A { user { id } }") + "&operationName=A&variables={}&extensions={}"), status: 200},
		"null members":                         {request: post(`{"query":"{user{id}}","operationName":null,"variables":null,"extensions":null}`), status: 200},
		"unknown members":                      {request: post(`{"query":"{user{id}}","id":[1,{"a":2}]}`), status: 200},
		"escaped member name":                  {request: post(`{"\u0071uery":"{user{id}}"}`), status: 200},
		"space around":                         {request: post(" \n{ \"query\" : \"{user{id}}\" , \"variables\" : { } } \n"), status: 200},
		"gzip":                                 {request: post(pack(ok), "Content-Encoding", "gzip"), status: 200},
		"identity":                             {request: post(ok, "Content-Encoding", "identity"), status: 200},
		"mutation by post":                     {request: post(`{"query":"mutation { rename(name: \"a\") { id } }"}`), status: 200},
		"accepts neither":                      {request: post(ok, "Accept", "text/html"), status: 406, code: fault.NotAcceptable},
		"accepts json with q=0":                {request: post(ok, "Accept", "application/json;q=0"), status: 406, code: fault.NotAcceptable},
		"no content type":                      {request: post(ok, "Content-Type", ""), status: 400, code: fault.CSRFPrevented},
		"text/plain":                           {request: post(ok, "Content-Type", "text/plain"), status: 400, code: fault.CSRFPrevented},
		"text/plain with parameters":           {request: post(ok, "Content-Type", "Text/Plain; charset=utf-8"), status: 400, code: fault.CSRFPrevented},
		"form":                                 {request: post("query=%7Ba%7D", "Content-Type", "application/x-www-form-urlencoded"), status: 400, code: fault.CSRFPrevented},
		"text/plain with preflight":            {request: post(ok, "Content-Type", "text/plain", "GraphQL-Preflight", "1"), status: 415, code: fault.UnsupportedMediaType},
		"multipart":                            {request: post(ok, "Content-Type", "multipart/form-data; boundary=x"), status: 415, code: fault.UnsupportedMediaType, says: "upload"},
		"xml":                                  {request: post(ok, "Content-Type", "application/xml"), status: 415, code: fault.UnsupportedMediaType},
		"utf-16":                               {request: post(ok, "Content-Type", "application/json; charset=utf-16"), status: 415, code: fault.UnsupportedMediaType, says: "UTF-8"},
		"deflate":                              {request: post(ok, "Content-Encoding", "deflate"), status: 415, code: fault.UnsupportedMediaType},
		"gzip twice":                           {request: post(pack(pack(ok)), "Content-Encoding", "gzip, gzip"), status: 415, code: fault.UnsupportedMediaType},
		"not gzip":                             {request: post(ok, "Content-Encoding", "gzip"), status: 400, code: fault.BadRequest, says: "gzip"},
		"gzip cut short":                       {request: post(pack(ok)[:20], "Content-Encoding", "gzip"), status: 400, code: fault.BadRequest, says: "gzip"},
		"gzip bomb":                            {request: post(pack(strings.Repeat(" ", 3<<20)), "Content-Encoding", "gzip"), status: 413, code: fault.RequestTooLarge},
		"body too large, announced":            {request: post(strings.Repeat(" ", 1<<20+1)), status: 413, code: fault.RequestTooLarge},
		"body too large, not announced":        {request: chunked(post(strings.Repeat(" ", 1<<20+1))), status: 413, code: fault.RequestTooLarge},
		"body broken off":                      {request: broken(post(ok)), status: 400, code: fault.BadRequest, says: "incomplete"},
		"empty body":                           {request: post(""), status: 400, code: fault.BadRequest, says: "empty"},
		"BOM":                                  {request: post("\xef\xbb\xbf" + ok), status: 400, code: fault.BadRequest, says: "byte order mark"},
		"batch":                                {request: post("[" + ok + "]"), status: 400, code: fault.BatchLimit, says: "batching is off"},
		"string":                               {request: post(`"{user}"`), status: 400, code: fault.BadRequest, says: "not a JSON object"},
		"trailing data":                        {request: post(ok + ok), status: 400, code: fault.BadRequest, says: "more after"},
		"not closed":                           {request: post(ok[:len(ok)-1]), status: 400, code: fault.BadRequest, says: "not closed"},
		"trailing comma":                       {request: post(`{"query":"{user{id}}",}`), status: 400, code: fault.BadRequest, says: "not JSON"},
		"NaN":                                  {request: post(`{"query":"{user{id}}","variables":{"a":NaN}}`), status: 400, code: fault.BadRequest, says: "byte 39"},
		"invalid UTF-8":                        {request: post("{\"query\":\"{user{id}} #\xff\"}"), status: 400, code: fault.BadRequest, says: "UTF-8"},
		"lone surrogate":                       {request: post(`{"query":"{user{id}} #\ud800"}`), status: 400, code: fault.BadRequest, says: "surrogate"},
		"deep variables":                       {request: post(`{"query":"{user{id}}","variables":{"a":` + strings.Repeat("[", 300) + strings.Repeat("]", 300) + `}}`), status: 400, code: fault.BadRequest, says: "nested"},
		"query twice":                          {request: post(`{"query":"{user{id}}","query":"{users{id}}"}`), status: 400, code: fault.BadRequest, says: "twice"},
		"query twice, escaped":                 {request: post(`{"query":"{user{id}}","qu\u0065ry":"{users{id}}"}`), status: 400, code: fault.BadRequest, says: "twice"},
		"query in capitals":                    {request: post(`{"QUERY":"{users{id}}","query":"{user{id}}"}`), status: 400, code: fault.BadRequest, says: "case"},
		"query is a list":                      {request: post(`{"query":["{user{id}}"]}`), status: 400, code: fault.BadRequest, says: "a string"},
		"operation name is a number":           {request: post(`{"query":"{user{id}}","operationName":1}`), status: 400, code: fault.BadRequest, says: "a string"},
		"variables are a list":                 {request: post(`{"query":"{user{id}}","variables":[1]}`), status: 400, code: fault.BadRequest, says: "an object"},
		"extensions are a string":              {request: post(`{"query":"{user{id}}","extensions":"x"}`), status: 400, code: fault.BadRequest, says: "an object"},
		"no query":                             {request: post(`{"variables":{}}`), status: 400, code: fault.BadRequest, says: "no query"},
		"empty query":                          {request: post(`{"query":""}`), status: 400, code: fault.BadRequest, says: "no query"},
		"does not parse":                       {request: post(`{"query":"{ user { "}`), status: 400, code: fault.ParseFailed},
		"comment only":                         {request: post(`{"query":"# nothing"}`), status: 422, code: fault.ValidationFailed, says: "no operation"},
		"fragment only":                        {request: post(`{"query":"fragment F on User { id }"}`), status: 422, code: fault.ValidationFailed, says: "no operation"},
		"fragment with variables":              {request: post(`{"query":"{user{...F}} fragment F($a: Int) on User { id }"}`), status: 400, code: fault.ParseFailed},
		"does not validate":                    {request: post(`{"query":"{ nope }"}`), status: 422, code: fault.ValidationFailed, says: "nope"},
		"conflict":                             {request: post(`{"query":"{ user { a: id a: name } }"}`), status: 422, code: fault.ValidationFailed, says: "user.a"},
		"unknown operation":                    {request: post(`{"query":"query A { user { id } }","operationName":"B"}`), status: 422, code: fault.OperationUnknown, says: `"B"`},
		"several operations":                   {request: post(`{"query":"query A { user { id } } query B { user { id } }"}`), status: 422, code: fault.OperationUnknown, says: "2 operations"},
		"subscription":                         {request: post(`{"query":"subscription { ticks }"}`), status: 406, code: fault.NotSupported, says: "subscriptions"},
		"subscription by get":                  {request: get("query=" + q("subscription { ticks }")), status: 406, code: fault.NotSupported, says: "subscriptions"},
		"mutation by get":                      {request: get("query=" + q("mutation { rename(name: 1) { id } }")), status: 422, code: fault.ValidationFailed},
		"valid mutation by get":                {request: get("query=" + q(`mutation { rename(name: "x") { id } }`)), status: 405, code: fault.MethodNotAllowed, allow: "POST"},
		"get without query":                    {request: get(""), status: 400, code: fault.BadRequest, says: "no query"},
		"get with two queries":                 {request: get("query=a&query=b"), status: 400, code: fault.BadRequest, says: "twice"},
		"get with bad escapes":                 {request: get("query=%zz"), status: 400, code: fault.BadRequest, says: "malformed"},
		"get with bad variables":               {request: get("query=a&variables={"), status: 400, code: fault.BadRequest, says: "not JSON"},
		"get with more after the variables":    {request: get("query=a&variables=" + q("{} 1")), status: 400, code: fault.BadRequest, says: "after"},
		"get with a list of variables":         {request: get("query=a&variables=[]"), status: 400, code: fault.BadRequest, says: "an object"},
		"get with a content type":              {request: get("query="+q("{user{id}}"), "Content-Type", "message/x"), status: 415, code: fault.UnsupportedMediaType},
		"websocket":                            {request: get("", "Upgrade", "websocket", "Connection", "Upgrade"), status: 400, code: fault.NotSupported, says: "WebSocket"},
		"put":                                  {request: other("PUT", "/graphql"), status: 405, code: fault.MethodNotAllowed, allow: "GET, POST"},
		"head":                                 {request: other("HEAD", "/graphql"), status: 405, code: fault.MethodNotAllowed, allow: "GET, POST"},
		"options":                              {request: other("OPTIONS", "/graphql"), status: 405, code: fault.MethodNotAllowed, allow: "GET, POST"},
		"delete":                               {request: other("DELETE", "/graphql"), status: 405, code: fault.MethodNotAllowed, allow: "GET, POST"},
		"introspection in production":          {request: post(`{"query":"{ __schema { types { name } } }"}`), status: 400, code: fault.IntrospectionDisabled, says: "__schema"},
		"introspection in a fragment":          {request: post(`{"query":"{ ...F } fragment F on Query { a: __type(name: \"User\") { name } }"}`), status: 400, code: fault.IntrospectionDisabled},
		"typename stays":                       {request: post(`{"query":"{ __typename user { __typename } }"}`), status: 200},
		"declared variables are not gqlgen's":  {request: post(`{"query":"query($n: Int!) { text(n: $n) }","variables":{"n":"no int"}}`), status: 200},
		"absent variables are not gqlgen's":    {request: post(`{"query":"query($n: Int!) { text(n: $n) }"}`), status: 200},
		"variable of a type that is no input":  {request: post(`{"query":"query($n: User) { text(n: $n) }"}`), status: 422, code: fault.ValidationFailed},
		"variable of an unknown type":          {request: post(`{"query":"query($n: Nope) { text(n: $n) }"}`), status: 422, code: fault.ValidationFailed},
		"fragment cycle":                       {request: post(`{"query":"{user{...A}} fragment A on User { friend { ...B } } fragment B on User { ...A }"}`), status: 422, code: fault.ValidationFailed, says: "A -> B -> A"},
		"unknown fragment":                     {request: post(`{"query":"{user{...A}}"}`), status: 422, code: fault.ValidationFailed},
		"introspection, escapes in the query":  {request: post(`{"query":"{\n\u005f_schema{types{name}}}"}`), status: 400, code: fault.IntrospectionDisabled},
		"introspection by get":                 {request: get("query=" + q("{__schema{types{name}}}")), status: 400, code: fault.IntrospectionDisabled},
		"deep query":                           {request: post(`{"query":"` + strings.Repeat("{a", 70) + `"}`), status: 400, code: fault.NestingLimit},
		"operation name of a GET is not known": {request: get("query=" + q("query A{user{id}}") + "&operationName=B"), status: 422, code: fault.OperationUnknown},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, accept := range []string{"", "application/graphql-response+json"} {
				if test.request.Header.Get("Accept") != "" && accept != "" {
					continue
				}
				f := newFake(t)
				r := test.request.Clone(context.Background())
				if test.request.Body != nil {
					b, err := io.ReadAll(test.request.Body)
					test.request.Body = io.NopCloser(io.MultiReader(bytes.NewReader(b), failing{err}))
					r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(b), failing{err}))
				}
				if accept != "" {
					r.Header.Set("Accept", accept)
				}
				resp := ask(f.serve(Limits{}, false), r)
				body := bodyOf(t, resp)
				if resp.StatusCode != test.status {
					t.Fatalf("status %d, want %d: %s", resp.StatusCode, test.status, body)
				}
				if got := resp.Header.Get("Content-Length"); got != strconv.Itoa(len(body)) && r.Method != "HEAD" {
					t.Errorf("Content-Length %s of %d bytes", got, len(body))
				}
				want := "application/json; charset=utf-8"
				if accept != "" && resp.Header.Get("Allow") != "GET, POST" {
					want = "application/graphql-response+json; charset=utf-8"
				}
				if got := resp.Header.Get("Content-Type"); got != want {
					t.Errorf("Content-Type %q, want %q", got, want)
				}
				if got := resp.Header.Get("Allow"); got != test.allow {
					t.Errorf("Allow %q, want %q", got, test.allow)
				}
				checkBody(t, body, test.code, test.says)
				if ran := f.ran.Load() > 0; ran != (test.code == "") {
					t.Errorf("ran: %v", ran)
				}
			}
		})
	}
}

func checkBody(t *testing.T, body string, code fault.Code, says string) {
	t.Helper()
	if code == "" {
		if body != `{"data":{"ok":true}}` {
			t.Errorf("body %s", body)
		}
		return
	}
	var got struct {
		Data   *json.RawMessage
		Errors []struct {
			Message    string
			Extensions struct{ Code fault.Code }
		}
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	if strings.Contains(body, `"data"`) {
		t.Errorf("a refused request has data: %s", body)
	}
	if len(got.Errors) == 0 || got.Errors[0].Extensions.Code != code || got.Errors[0].Message == "" {
		t.Fatalf("want code %s: %s", code, body)
	}
	if !strings.Contains(got.Errors[0].Message, says) {
		t.Errorf("message %q does not say %q", got.Errors[0].Message, says)
	}
	if len(body) > 16<<10 {
		t.Errorf("%d bytes of errors", len(body))
	}
}

func pack(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.String()
}

func chunked(r *http.Request) *http.Request {
	r.ContentLength = -1
	return r
}

// failing is a reader that fails with err, or ends if there is none.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}
	return 0, f.err
}

var errBroken = errors.New("connection reset")

func broken(r *http.Request) *http.Request {
	r.Body = io.NopCloser(io.MultiReader(r.Body, failing{errBroken}))
	return r
}

func TestConnectionIsClosedWhenABodyIsLeftUnread(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	resp := ask(f.serve(Limits{Body: 100}, false), postRequest(strings.Repeat(" ", 101)))
	if resp.StatusCode != 413 || resp.Header.Get("Connection") != "close" {
		t.Errorf("%d, Connection: %q", resp.StatusCode, resp.Header.Get("Connection"))
	}
}

func TestAnswerIsWrittenAsItIs(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.exec = func(_ context.Context, x *exchange) graphql.ResponseHandler {
		x.finish(fakeAnswer{data: "{\"a\": <\u2028>}", errors: `[{"message":"x"}]`, released: &f.released})
		return graphql.OneShot(emptyResponse)
	}
	resp := ask(f.serve(Limits{}, false), postRequest(`{"query":"{user{id}}"}`))
	const want = "{\"errors\":[{\"message\":\"x\"}],\"data\":{\"a\": <\u2028>}}"
	if got := bodyOf(t, resp); got != want || resp.StatusCode != 200 {
		t.Errorf("%d %q", resp.StatusCode, got)
	}
	if n := f.released.Load(); n != 1 {
		t.Errorf("released %d times", n)
	}
}

func TestExecSeesTheRawRequest(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	var variables, header string
	var declared int
	f.exec = func(ctx context.Context, x *exchange) graphql.ResponseHandler {
		variables, header = string(x.variables), x.header.Get("X-Test")
		op := x.operation(graphql.GetOperationContext(ctx).Operation)
		declared = len(op.definition.VariableDefinitions)
		x.finish(fakeAnswer{data: "null", released: &f.released})
		return graphql.OneShot(emptyResponse)
	}
	r := postRequest(`{"variables": {"n": 1.0e2},"query":"query A($n: Int) { text(n: $n) } query B { text }","operationName":"A"}`)
	r.Header.Set("X-Test", "yes")
	if resp := ask(f.serve(Limits{}, false), r); resp.StatusCode != 200 {
		t.Fatal(bodyOf(t, resp))
	}
	if variables != `{"n": 1.0e2}` || header != "yes" || declared != 1 {
		t.Errorf("variables %q, header %q, %d declared", variables, header, declared)
	}
}

func TestExecMayRefuse(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.exec = func(_ context.Context, x *exchange) graphql.ResponseHandler {
		x.refuse(append(x.errors, requestError(fault.BadUserInput, "variable \"$n\": no")))
		return graphql.OneShot(emptyResponse)
	}
	resp := ask(f.serve(Limits{}, false), postRequest(`{"query":"{user{id}}"}`))
	if resp.StatusCode != 422 {
		t.Errorf("status %d", resp.StatusCode)
	}
	checkBody(t, bodyOf(t, resp), fault.BadUserInput, "$n")
}

func TestPanicIsInternalAndShowsNothing(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.exec = func(context.Context, *exchange) graphql.ResponseHandler { panic("secret address") }
	h := f.serve(Limits{}, false)
	for range 2 {
		resp := ask(h, postRequest(`{"query":"{user{id}}"}`))
		body := bodyOf(t, resp)
		if resp.StatusCode != 500 || strings.Contains(body, "secret") {
			t.Errorf("%d %s", resp.StatusCode, body)
		}
		checkBody(t, body, fault.Internal, "")
	}
}

func TestExecWithoutAnswer(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		response *graphql.Response
		status   int
		code     fault.Code
	}{
		"data":    {response: &graphql.Response{Data: []byte(`{"ok":true}`)}, status: 200},
		"errors":  {response: graphql.ErrorResponse(t.Context(), "nothing"), status: 500, code: fault.Internal},
		"nothing": {status: 500, code: fault.Internal},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.exec = func(context.Context, *exchange) graphql.ResponseHandler { return graphql.OneShot(test.response) }
			resp := ask(f.serve(Limits{}, false), postRequest(`{"query":"{user{id}}"}`))
			if resp.StatusCode != test.status {
				t.Errorf("status %d", resp.StatusCode)
			}
			checkBody(t, bodyOf(t, resp), test.code, "")
		})
	}
}

func TestDevelopmentShowsMore(t *testing.T) {
	t.Parallel()
	tests := []struct{ query, production, development string }{
		{`{ user { nam } }`, `Cannot query field`, `Did you mean`},
		{`{ color(c: REDD) }`, `does not exist`, `Did you mean`},
		{`{ text(m: 1) }`, `Unknown argument`, `Did you mean`},
		{`query A { user { id } } query B { user { id } }`, `2 operations`, `A, B`},
	}
	for _, test := range tests {
		body, _ := json.Marshal(map[string]string{"query": test.query})
		f := newFake(t)
		prod := bodyOf(t, ask(f.serve(Limits{}, false), postRequest(string(body))))
		dev := bodyOf(t, ask(f.serve(Limits{}, true), postRequest(string(body))))
		if !strings.Contains(prod, test.production) || strings.Contains(prod, test.development) {
			t.Errorf("production: %s", prod)
		}
		if !strings.Contains(dev, test.development) {
			t.Errorf("development: %s", dev)
		}
	}
}
