package gateway

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"
)

// TestRequestsDoNotMix sends many requests at once. Every answer echoes the variables of its request, which lie in
// pooled memory; every tenth request is refused.
func TestRequestsDoNotMix(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.exec = func(ctx context.Context, x *exchange) graphql.ResponseHandler {
		op := x.operation(graphql.GetOperationContext(ctx).Operation)
		p, err := op.plan(f.compile)
		if err != nil {
			t.Error(err)
		}
		x.finish(fakeAnswer{data: `{"` + p.Name + `":` + string(x.variables) + `}`, released: &f.released})
		return graphql.OneShot(emptyResponse)
	}
	srv := httptest.NewServer(f.serve(Limits{}, false))
	defer srv.Close()
	const workers, rounds = 8, 60
	var wait sync.WaitGroup
	for worker := range workers {
		wait.Go(func() {
			for round := range rounds {
				variables := fmt.Sprintf(`{"n":%d,"pad":%q}`, worker*rounds+round, strings.Repeat("x", round*20))
				query, want := fmt.Sprintf("query Q%d($n: Int) { text(n: $n) }", round%7), ""
				if round%10 == 9 {
					query = "{ nope }"
				} else {
					want = fmt.Sprintf(`{"data":{"Q%d":%s}}`, round%7, variables)
				}
				body := fmt.Sprintf(`{"query":%q,"variables":%s}`, query, variables)
				resp, err := http.Post(srv.URL, "application/json", strings.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				var got bytes.Buffer
				_, _ = got.ReadFrom(resp.Body)
				_ = resp.Body.Close()
				if want != "" && got.String() != want || want == "" && resp.StatusCode != 422 {
					t.Errorf("%s: %s", variables, got.String())
				}
			}
		})
	}
	wait.Wait()
	if served := int32(workers * rounds * 9 / 10); f.ran.Load() != served || f.released.Load() != served {
		t.Errorf("%d ran, %d released, want %d", f.ran.Load(), f.released.Load(), served)
	}
	if n := f.compiled.Load(); n != 7 {
		t.Errorf("%d plans compiled, want 7", n)
	}
}
