package freshness_test

import (
	"net/http"
	"reflect"
	"testing"

	"manifold/internal/freshness"
)

func TestRevalidation(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ stored, want string }{
		"nothing":                            {"Cache-Control: max-age=60", ""},
		"4.3.1: a tag":                       {`ETag: "a"`, `If-None-Match: "a"`},
		"4.3.1: a weak tag":                  {`ETag: W/"a"`, `If-None-Match: W/"a"`},
		"4.3.1: a date":                      {"Last-Modified: {-1h}", "If-Modified-Since: {-1h}"},
		"4.3.1: both":                        {`ETag: "a" | Last-Modified: {-1h}`, `If-None-Match: "a" | If-Modified-Since: {-1h}`},
		"9110 13.1.3: a date as it came":     {"Last-Modified: Mon Jun  1 11:00:00 2026", "If-Modified-Since: Mon Jun  1 11:00:00 2026"},
		"9110 13.1.3: no date":               {"Last-Modified: long ago", ""},
		"9110 8.8.3: empty":                  {`ETag: ""`, `If-None-Match: ""`},
		"9110 8.8.3: odd characters":         {`ETag: "a,\b*` + "\xff" + `"`, `If-None-Match: "a,\b*` + "\xff" + `"`},
		"9110 8.8.3: no quotes":              {"ETag: a", ""},
		"9110 8.8.3: one quote":              {`ETag: "`, ""},
		"9110 8.8.3: any":                    {"ETag: *", ""},
		"9110 8.8.3: a list":                 {`ETag: "a", "b"`, ""},
		"9110 8.8.3: two":                    {`ETag: "a" | ETag: "b"`, ""},
		"9110 8.8.3: a space":                {`ETag: "a b"`, ""},
		"9110 8.8.3: W has case":             {`ETag: w/"a"`, ""},
		"9110 8.8.3: none, but there's date": {`ETag: a | Last-Modified: {-1h}`, "If-Modified-Since: {-1h}"},
	} {
		if got, want := freshness.Revalidation(head(c.stored)), head(c.want); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ stored, notModified, want string }{
		"3.2: added and replaced": {
			`ETag: "a" | X: 1 | X: 2 | Y: 1`, `ETag: "a" | X: 3 | Z: 1`, `ETag: "a" | X: 3 | Y: 1 | Z: 1`,
		},
		"3.2: a new life": {
			"Cache-Control: max-age=60 | Expires: {1s}", "Cache-Control: max-age=5", "Cache-Control: max-age=5 | Expires: {1s}",
		},
		"3.2: what is of the body stays": {
			"Content-Length: 7 | Content-Type: a/b", "Content-Length: 0 | Content-Encoding: gzip | Content-Range: bytes 0-1/7 | Content-Type: c/d",
			"Content-Length: 7 | Content-Type: c/d",
		},
		"3.1: what is of the connection stays out": {
			"X: 1",
			"Connection: close, x-hop | X-Hop: 1 | Keep-Alive: 5 | TE: a | Transfer-Encoding: chunked | Upgrade: h2c | Proxy-Connection: a | " +
				"Proxy-Authenticate: a | Proxy-Authorization: a | Proxy-Authentication-Info: a | X: 2",
			"X: 2",
		},
		"3.1: a header that the connection names is not replaced": {"X: 1", "Connection: X | X: 2", "X: 1"},
		"4.2.3: Age and Date start anew":                          {"Age: 50 | Date: {-1h}", "Date: {0s}", "Date: {0s}"},
		"4.2.3: even if the 304 has none":                         {"Age: 50 | Date: {-1h} | X: 1", "", "X: 1"},
		"4.2.3: of another cache":                                 {"Age: 50", "Age: 3", "Age: 3"},
		"7.3: a cookie is for Decide to see":                      {"X: 1", "Set-Cookie: a=b", "X: 1 | Set-Cookie: a=b"},
		"4.3.4: no validator":                                     {`ETag: "a"`, "", `ETag: "a"`},
		"4.3.4: none at all":                                      {"X: 1", "X: 2", "X: 2"},
		"4.3.4: weak where it was strong":                         {`ETag: "a"`, `ETag: W/"a"`, `ETag: W/"a"`},
		"4.3.4: weak twice":                                       {`ETag: W/"a"`, `ETag: W/"a"`, `ETag: W/"a"`},
		"4.3.4: the same tag, another date":                       {`ETag: "a" | Last-Modified: {-2h}`, `ETag: "a" | Last-Modified: {-1h}`, `ETag: "a" | Last-Modified: {-1h}`},
		"4.3.4: the same date":                                    {"Last-Modified: {-1h}", "Last-Modified: Mon Jun  1 11:00:00 2026", "Last-Modified: Mon Jun  1 11:00:00 2026"},
		"4.3.4: a date where there was none":                      {`ETag: "a"`, "Last-Modified: {-1h}", `ETag: "a" | Last-Modified: {-1h}`},
	} {
		stored, notModified := head(c.stored), head(c.notModified)
		got, ok := freshness.Update(stored, notModified)
		if want := head(c.want); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v %v, want %v", name, got, ok, want)
		}
		for _, values := range got {
			values[0] = "overwritten"
		}
		if !reflect.DeepEqual(stored, head(c.stored)) || !reflect.DeepEqual(notModified, head(c.notModified)) {
			t.Errorf("%s: an argument was changed, or is shared", name)
		}
	}
}

func TestUpdateOfAnotherVersion(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ stored, notModified string }{
		"4.3.4: another tag":            {`ETag: "a"`, `ETag: "b"`},
		"4.3.4: another weak tag":       {`ETag: W/"a"`, `ETag: W/"b"`},
		"4.3.4: strong where it wasn't": {`ETag: W/"a"`, `ETag: "a"`},
		"4.3.4: a tag, there was none":  {"Last-Modified: {-1h}", `ETag: "a" | Last-Modified: {-1h}`},
		"4.3.4: an empty weak tag":      {"X: 1", `ETag: W/""`},
		"4.3.4: another date":           {"Last-Modified: {-2h}", "Last-Modified: {-1h}"},
	} {
		if got, ok := freshness.Update(head(c.stored), head(c.notModified)); ok || got != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestUpdateOfNothing(t *testing.T) {
	t.Parallel()
	got, ok := freshness.Update(nil, http.Header{"X": {"1"}})
	if !ok || !reflect.DeepEqual(got, http.Header{"X": {"1"}}) {
		t.Errorf("%v %v", got, ok)
	}
}
