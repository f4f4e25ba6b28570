package upstreams_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"manifold/fn"
	"manifold/internal/fault"
	"manifold/upstreams"
)

// TestFunction: what becomes of a function that does not end, that panics, that says too much, and that is given odd input.
func TestFunction(t *testing.T) {
	t.Parallel()
	var set fn.Set
	released := make(chan struct{})
	fn.RegisterRoot(&set, "stuck", func(context.Context, fn.None) (int, error) { <-released; return 1, nil })
	fn.RegisterRoot(&set, "polite", func(ctx context.Context, _ fn.None) (int, error) { <-ctx.Done(); return 0, ctx.Err() })
	fn.RegisterRoot(&set, "panics", func(context.Context, fn.None) (int, error) { panic("secret") })
	fn.RegisterRoot(&set, "long", func(context.Context, fn.None) (string, error) { return strings.Repeat("x", 2000), nil })
	fn.RegisterRoot(&set, "late", func(context.Context, fn.None) (int, error) { return 0, context.DeadlineExceeded })
	fn.RegisterRoot(&set, "fine", func(_ context.Context, a struct {
		N int `json:"n"`
	},
	) (int, error) {
		return a.N + 1, nil
	})
	defer close(released)
	call := func(ctx context.Context, name, body string) (*upstreams.Reply, error) {
		return upstreams.NewFunction(set.Functions().Find(name), upstreams.Options{MaxResponse: 1000}).Call(ctx, &upstreams.Call{Method: "FN", Body: []byte(body)})
	}
	for _, test := range []struct {
		name, body string
		want       fault.Code
	}{
		{"stuck", "{}", fault.UpstreamTimeout},
		{"polite", "{}", fault.UpstreamTimeout},
		{"panics", "{}", fault.Internal},
		{"long", "{}", fault.UpstreamTooLarge},
		{"fine", `{"args":{"n":"x"}}`, fault.BadUserInput},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		_, err := call(ctx, test.name, test.body)
		cancel()
		if e, ok := errors.AsType[*fault.Error](err); !ok || e.Code != test.want || e.Upstream != test.name || strings.Contains(e.Message, "secret") {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
	if reply, err := call(t.Context(), "fine", `{"args":{"n":41}}`); err != nil || string(reply.Body) != "42" {
		t.Errorf("%v, %v", reply, err)
	}
	if reply, err := call(t.Context(), "late", "{}"); err != nil || reply.Status != 504 || reply.Fault.Code != fault.UpstreamTimeout {
		t.Errorf("%v, %v", reply, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := call(ctx, "fine", `{"args":{"n":1}}`); err == nil {
		t.Error("a call of an ended request was made")
	}
}
