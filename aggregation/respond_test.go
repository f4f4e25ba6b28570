package aggregation_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"manifold/aggregation"
	"manifold/upstreams"
)

// TestBatchIsSplitByURL sends keys whose URL would be longer than many servers take, in the template and by queryParams.
func TestBatchIsSplitByURL(t *testing.T) {
	t.Parallel()
	for _, request := range []string{`GET: "/users?id={$batch.id}"`, `GET: "/users", queryParams: "id: $batch.id"`, `GET: "/", path: "$(['users'])", queryParams: "id: $batch.id"`} {
		op := compile(t, `
type Query { posts: [Post] @connect(source: "api", http: { GET: "/posts" }) }
type Post { author: User @from(path: "{ id: authorId }") }
type User @key(fields: "id") @connect(source: "api", http: { `+request+` }) { id: ID! name: String }`, "{ posts { author { name } } }")
		const keys, length = 90, 1000
		var mu sync.Mutex
		longest, calls, asked := 0, 0, 0
		e := aggregation.New(aggregation.Options{Callers: []upstreams.Caller{answers(func(_ context.Context, u string) (*upstreams.Reply, error) {
			var items []string
			if strings.HasSuffix(u, "/posts") {
				for i := range keys {
					items = append(items, fmt.Sprintf(`{"authorId":"%d%s"}`, i, strings.Repeat("x", length)))
				}
				return ok("[" + strings.Join(items, ",") + "]")
			}
			parsed, err := url.Parse(u)
			if err != nil || parsed.Path != "/users" {
				t.Errorf("%.80s: %v", u, err)
			}
			ids := parsed.Query()["id"]
			for _, id := range ids {
				items = append(items, fmt.Sprintf(`{"id":%q,"name":"n"}`, id))
			}
			mu.Lock()
			longest, calls, asked = max(longest, len(u)), calls+1, asked+len(ids)
			mu.Unlock()
			return ok("[" + strings.Join(items, ",") + "]")
		})}})
		data, codes := run(t.Context(), e, op)
		if len(codes) > 0 || strings.Count(data, `"name":"n"`) != keys || asked != keys || longest > 8<<10 || calls < keys*length/(8<<10) || calls > 20 {
			t.Errorf("%s: %d calls for %d keys, the longest URL has %d bytes, %v, %.200s", request, calls, asked, longest, codes, data)
		}
	}
}

// TestRespondIsInOrderOfThePlan lets the first call of a plan be the last that is answered.
func TestRespondIsInOrderOfThePlan(t *testing.T) {
	t.Parallel()
	const rule = `respond: [{ name: "Set-Cookie", from: "Set-Cookie" }]`
	op := compile(t, `
type Query {
  a: Int @connect(source: "api", http: { GET: "/a", `+rule+` })
  b: Int @connect(source: "api", http: { GET: "/b", `+rule+` })
  c: Int @connect(source: "api", http: { GET: "/c", `+rule+` })
}`, "{ a b c }")
	waits := map[string]chan struct{}{"/a": make(chan struct{}), "/b": make(chan struct{}), "/c": nil}
	done := map[string]chan struct{}{"/b": waits["/a"], "/c": waits["/b"]}
	e := aggregation.New(aggregation.Options{Callers: []upstreams.Caller{answers(func(_ context.Context, u string) (*upstreams.Reply, error) {
		path := strings.TrimPrefix(u, "http://api")
		if wait := waits[path]; wait != nil {
			<-wait
		}
		if next := done[path]; next != nil {
			defer close(next)
		}
		header := http.Header{"Content-Type": {"application/json"}, "Set-Cookie": {"at=" + path, "same=1"}}
		return upstreams.NewReply(200, header, []byte("1")), nil
	})}})
	r := e.Run(t.Context(), op, aggregation.Input{Header: http.Header{}})
	defer r.Release()
	const want = "[{Set-Cookie at=/a} {Set-Cookie same=1} {Set-Cookie at=/b} {Set-Cookie at=/c}]"
	if got := fmt.Sprint(r.Respond); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// TestNoHeaderBreaksOut gives a reply whose header holds what no header may. Package upstreams refuses such replies; were it
// not to, nothing of them would reach the client.
func TestNoHeaderBreaksOut(t *testing.T) {
	t.Parallel()
	op := compile(t, `
type Query { a: Int @connect(source: "api", http: { GET: "/a", respond: [{ name: "X-A", from: "A" }, { name: "X-B", value: "{$response.headers.b->first}" }] }) }`, "{ a }")
	for name, header := range map[string]http.Header{
		"from":  {"A": {"fine", "x\r\nSet-Cookie: evil=1"}},
		"value": {"A": {"fine"}, "B": {"x\r\nSet-Cookie: evil=1"}},
	} {
		e := aggregation.New(aggregation.Options{Callers: []upstreams.Caller{answers(func(context.Context, string) (*upstreams.Reply, error) {
			header.Set("Content-Type", "application/json")
			return upstreams.NewReply(200, header, []byte("1")), nil
		})}})
		r := e.Run(t.Context(), op, aggregation.Input{Header: http.Header{}})
		if len(r.Respond) > 0 || len(r.Errors) != 1 || r.Errors[0].Fault.Code != "UPSTREAM_BAD_RESPONSE" || string(r.Data) != `{"a":null}` {
			t.Errorf("%s: %v, %v, %s", name, r.Respond, r.Errors, r.Data)
		}
		r.Release()
	}
}
