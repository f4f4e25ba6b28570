package freshness

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// headers reads "Name: value" lines.
func headers(lines ...string) http.Header {
	h := http.Header{}
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ": ")
		h.Add(name, value)
	}
	return h
}

func TestAllows(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for name, c := range map[string]struct {
		status int
		keyed  bool
		header []string
		want   time.Duration
	}{
		"says nothing":           {200, false, nil, 100 * s},
		"says less":              {200, false, []string{"Cache-Control: max-age=10"}, 10 * s},
		"says more":              {200, false, []string{"Cache-Control: max-age=1000"}, 100 * s},
		"says no time":           {200, false, []string{"Cache-Control: max-age=0"}, 0},
		"is old":                 {200, false, []string{"Cache-Control: max-age=50", "Age: 20"}, 30 * s},
		"forbids it":             {200, true, []string{"Cache-Control: no-store"}, 0},
		"has to be asked":        {200, true, []string{"Cache-Control: no-cache"}, 0},
		"is for one":             {200, false, []string{"Cache-Control: private"}, 0},
		"is for one, who has it": {200, true, []string{"Cache-Control: private"}, 100 * s},
		"sets a cookie":          {200, true, []string{"Set-Cookie: a=b"}, 0},
		"varies by all":          {200, true, []string{"Vary: *"}, 0},
		"a quote does not end":   {200, true, []string{`Cache-Control: max-age=60, x="a, no-store`}, 0},
		"of two ages":            {200, true, []string{"Cache-Control: max-age=60", "Age: 50, 1"}, 10 * s},
		"is not there":           {404, true, nil, 0},
		"is an error":            {503, true, nil, 0},
		"is empty":               {204, true, nil, 100 * s},
	} {
		if got := Allows(c.status, headers(c.header...), noon, 100*s, c.keyed); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestVaries(t *testing.T) {
	t.Parallel()
	h := headers("Vary: Accept-Language, authorization", "Vary: X-A")
	if !Varies(h, "Authorization") || !Varies(h, "x-a") || Varies(h, "Accept") {
		t.Error("names of Vary are not found")
	}
}
