package freshness_test

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"manifold/internal/freshness"
)

// Whatever Cache-Control says: nothing panics, a policy keeps its promises, nothing that is added to no-store lets a reply be kept, and no
// line that is added makes it live longer. must-understand is the one that may: it says so (RFC 9111, 5.2.2.3).
func FuzzDecide(f *testing.F) {
	for _, s := range []string{
		"max-age=60", `private="a", no-store`, `x="\`, "=,=,", `max-age="6`, "s-maxage=1,,public", "must-understand, no-store, max-age=1",
		"no-cache, stale-if-error=99999999999999999999", "max-age=0, stale-while-revalidate=5", "\xff=\x00", "no-store\t=,", `no-store="`,
	} {
		f.Add(s, "max-age=60, stale-if-error=600", true)
	}
	f.Fuzz(func(t *testing.T, one, other string, isolated bool) {
		request := freshness.Request{Method: "GET", Isolated: isolated}
		decide := func(lines ...string) freshness.Policy {
			return freshness.Decide(request, 200, http.Header{"Cache-Control": lines, "Etag": {`"a"`}}, received())
		}
		a, both := decide(one), decide(one, other)
		for _, p := range []freshness.Policy{a, both} {
			promises(t, &p)
		}
		if !reflect.DeepEqual(both, decide(other, one)) {
			t.Errorf("%q, %q: the order of lines matters", one, other)
		}
		if strings.Contains(strings.ToLower(one+other), "must-understand") {
			return
		}
		if a.Reason == freshness.ByNoStore && both.Store {
			t.Errorf("%q, refused for no-store, is kept with %q", one, other)
		}
		for _, lines := range [][]string{{one, "no-store"}, {"no-store", one}, {"no-store, " + one}, {"no-store," + one, other}} {
			if p := decide(lines...); p.Store {
				t.Errorf("%q is kept", lines)
			}
		}
		if lives(one) && both.Fresh > a.Fresh {
			t.Errorf("%q lives longer with %q: %v, %v", one, other, both.Fresh, a.Fresh)
		}
	})
}

// lives reports whether max-age and s-maxage stand in a line, so that a further one can but shorten it.
func lives(line string) bool {
	d := freshness.Parse([]string{line})
	return d.MaxAge >= 0 && d.SMaxAge >= 0
}

func promises(t *testing.T, p *freshness.Policy) {
	t.Helper()
	reasons := []freshness.Reason{
		freshness.ByMethod, freshness.ByStatus, freshness.ByNoStore, freshness.ByVary, freshness.BySetCookie, freshness.ByPrivate,
		freshness.ByCredentials, freshness.BySilence, freshness.ByAge,
	}
	switch {
	case !p.Store && !slices.Contains(reasons, p.Reason):
		t.Errorf("not kept for %q", p.Reason)
	case !p.Store && !reflect.DeepEqual(*p, freshness.Policy{Reason: p.Reason}):
		t.Errorf("not kept, but %+v", p)
	case p.Store && p.Reason != freshness.Stored:
		t.Errorf("kept, but for %q", p.Reason)
	case min(p.Fresh, p.StaleIfError, p.StaleWhileRevalidate) < 0, max(p.Fresh, p.StaleIfError, p.StaleWhileRevalidate) > saturated:
		t.Errorf("out of bounds: %+v", p)
	case p.Store && p.Fresh+p.StaleIfError+p.StaleWhileRevalidate == 0 && !p.Revalidate:
		t.Errorf("kept for nothing: %+v", p)
	}
}
