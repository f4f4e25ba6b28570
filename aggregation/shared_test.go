package aggregation_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"manifold/aggregation"
	"manifold/upstreams"
)

// TestRequestsAtOnceShareNothing runs one plan many times at once: 300 objects, each with two references to the same loader
// and a call of its own. Every request must see only its own frame.
func TestRequestsAtOnceShareNothing(t *testing.T) {
	t.Parallel()
	op := compile(t, `type Query { l: [P] @connect(source: "api", http: { GET: "/l" }) }
type P {
  uid: ID
  u: User @from(path: "{ id: uid }")
  v: User @from(path: "{ id: vid }")
  n: Int @connect(source: "api", http: { GET: "/n/{$this.uid}" })
}
type User @key(fields: "id")
  @connect(source: "api", http: { GET: "/users?ids={$batch.id->joinNotNull(',')}" }) { id: ID! name: String }`,
		"{ l { u { name } v { name } n } }")
	const objects, users, each = 300, 8, 5
	var list, want strings.Builder
	for i := range objects {
		fmt.Fprintf(&list, `,{"uid":%d,"vid":%d}`, i, i+7)
		fmt.Fprintf(&want, `,{"u":{"name":"n%d"},"v":{"name":"n%d"},"n":%d}`, i, i+7, i)
	}
	e := engine(func(_ context.Context, url string) (*upstreams.Reply, error) {
		switch {
		case strings.HasSuffix(url, "/l"):
			return ok("[" + list.String()[1:] + "]")
		case strings.Contains(url, "/n/"):
			return ok(url[strings.LastIndexByte(url, '/')+1:])
		}
		var b strings.Builder
		for id := range strings.SplitSeq(url[strings.IndexByte(url, '=')+1:], ",") {
			fmt.Fprintf(&b, `,{"id":%s,"name":"n%s"}`, id, id)
		}
		return ok("[" + b.String()[1:] + "]")
	}, aggregation.Limits{})
	answers := make(chan string, users*each)
	for range users {
		go func() {
			for range each {
				data, codes := run(context.Background(), e, op)
				if len(codes) > 0 {
					data = strings.Join(codes, "\n")
				}
				answers <- data
			}
		}()
	}
	for range users * each {
		if got := <-answers; got != `{"l":[`+want.String()[1:]+`]}` {
			t.Fatalf("another answer:\n%.400s", got)
		}
	}
}
