package freshness

import (
	"net/http"
	"reflect"
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

func at(d time.Duration) string { return noon.Add(d).Format(http.TimeFormat) }

func TestOf(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for name, c := range map[string]struct {
		status          int
		personal, keyed bool
		header          []string
		want            Life
	}{
		"3: says nothing":                   {200, false, false, nil, Life{}},
		"3: max-age":                        {200, false, false, []string{"Cache-Control: max-age=60"}, Life{Fresh: 60 * s}},
		"3: public alone is no time":        {200, false, false, []string{"Cache-Control: public"}, Life{}},
		"3: 404":                            {404, false, false, []string{"Cache-Control: max-age=5"}, Life{Fresh: 5 * s}},
		"3: 206":                            {206, false, false, []string{"Cache-Control: max-age=5"}, Life{}},
		"3: 304":                            {304, false, false, []string{"Cache-Control: max-age=5"}, Life{}},
		"3: 500":                            {500, false, false, []string{"Cache-Control: max-age=5"}, Life{}},
		"3: 302":                            {302, false, false, []string{"Cache-Control: max-age=5"}, Life{}},
		"3.5: credentials":                  {200, true, false, []string{"Cache-Control: max-age=60"}, Life{}},
		"3.5: credentials, public":          {200, true, false, []string{"Cache-Control: public, max-age=60"}, Life{Fresh: 60 * s}},
		"3.5: credentials, s-maxage":        {200, true, false, []string{"Cache-Control: s-maxage=60"}, Life{Fresh: 60 * s}},
		"3.5: credentials, must-revalidate": {200, true, false, []string{"Cache-Control: must-revalidate, max-age=60"}, Life{Fresh: 60 * s}},
		"3.5: credentials in the key":       {200, true, true, []string{"Cache-Control: max-age=60"}, Life{Fresh: 60 * s}},
		"4.1: Vary":                         {200, false, false, []string{"Cache-Control: max-age=60", "Vary: Accept-Language"}, Life{Fresh: 60 * s}},
		"4.1: Vary *":                       {200, false, false, []string{"Cache-Control: max-age=60", "Vary: Accept, *"}, Life{}},
		"4.2.1: s-maxage before max-age":    {200, false, false, []string{"Cache-Control: max-age=60, s-maxage=10"}, Life{Fresh: 10 * s}},
		"4.2.1: max-age, of one client":     {200, false, true, []string{"Cache-Control: max-age=60, s-maxage=10"}, Life{Fresh: 60 * s}},
		"4.2.1: max-age before Expires":     {200, false, false, []string{"Cache-Control: max-age=60", "Expires: " + at(time.Hour), "Date: " + at(0)}, Life{Fresh: 60 * s}},
		"4.2.1: twice":                      {200, false, false, []string{"Cache-Control: max-age=60", "Cache-Control: max-age=5"}, Life{Fresh: 5 * s}},
		"4.2.1: no number":                  {200, false, false, []string{"Cache-Control: max-age=soon"}, Life{}},
		"4.2.1: negative":                   {200, false, false, []string{"Cache-Control: max-age=-5"}, Life{}},
		"4.2.1: quoted":                     {200, false, false, []string{`Cache-Control: max-age="60"`}, Life{Fresh: 60 * s}},
		"1.2.2: too large":                  {200, false, false, []string{"Cache-Control: max-age=99999999999999999999"}, Life{Fresh: longest * s}},
		"5.3: Expires":                      {200, false, false, []string{"Expires: " + at(30*s), "Date: " + at(0)}, Life{Fresh: 30 * s}},
		"5.3: Expires 0":                    {200, false, false, []string{"Expires: 0", "Date: " + at(0)}, Life{}},
		"5.3: Expires twice":                {200, false, false, []string{"Expires: " + at(30*s), "Expires: " + at(60*s), "Date: " + at(0)}, Life{}},
		"5.3: Expires without Date":         {200, false, false, []string{"Expires: " + at(30*s)}, Life{}},
		"4.2.3: Age":                        {200, false, false, []string{"Cache-Control: max-age=60", "Age: 20"}, Life{Fresh: 40 * s}},
		"4.2.3: as old as it may be":        {200, false, false, []string{"Cache-Control: max-age=60", "Age: 60"}, Life{}},
		"4.2.3: Date of the past":           {200, false, false, []string{"Cache-Control: max-age=60", "Date: " + at(-15*s)}, Life{Fresh: 45 * s}},
		"4.2.3: Date of the future":         {200, false, false, []string{"Cache-Control: max-age=60", "Date: " + at(time.Hour)}, Life{Fresh: 60 * s}},
		"4.2.3: the larger of both":         {200, false, false, []string{"Cache-Control: max-age=60", "Date: " + at(-15*s), "Age: 50"}, Life{Fresh: 10 * s}},
		"5.2.2.5: no-store":                 {200, false, true, []string{"Cache-Control: no-store, max-age=60"}, Life{}},
		"5.2.2.4: no-cache":                 {200, false, true, []string{"Cache-Control: no-cache, max-age=60"}, Life{}},
		"5.2.2.4: no-cache of a header":     {200, false, true, []string{`Cache-Control: no-cache="Set-Cookie, X", max-age=60`}, Life{}},
		"5.2.2.7: private":                  {200, false, false, []string{"Cache-Control: private, max-age=60"}, Life{}},
		"5.2.2.7: private, of one client":   {200, false, true, []string{"Cache-Control: private, max-age=60"}, Life{Fresh: 60 * s}},
		"5.2.2.7: of a header":              {200, false, false, []string{`Cache-Control: private="X-A", max-age=60`}, Life{}},
		"5.4: Pragma":                       {200, false, false, []string{"Pragma: no-cache", "Expires: " + at(30*s), "Date: " + at(0)}, Life{}},
		"5.4: Pragma beside Cache-Control":  {200, false, false, []string{"Pragma: no-cache", "Cache-Control: max-age=60"}, Life{Fresh: 60 * s}},
		"a cookie":                          {200, false, true, []string{"Cache-Control: public, max-age=60", "Set-Cookie: a=b"}, Life{}},
		"5861: stale":                       {200, false, false, []string{"Cache-Control: max-age=60, stale-while-revalidate=30, stale-if-error=600"}, Life{60 * s, 30 * s, 600 * s}},
		"5861: must-revalidate":             {200, false, false, []string{"Cache-Control: max-age=60, must-revalidate, stale-if-error=600"}, Life{Fresh: 60 * s}},
		"5.2.2.8: proxy-revalidate":         {200, false, false, []string{"Cache-Control: max-age=60, proxy-revalidate, stale-if-error=600"}, Life{Fresh: 60 * s}},
		"5.2.2.10: s-maxage is as strict":   {200, false, false, []string{"Cache-Control: s-maxage=60, stale-if-error=600"}, Life{Fresh: 60 * s}},
		"case and space":                    {200, false, false, []string{"cache-control: Max-Age=60 , x-y=\"a,b\\\"c\", IMMUTABLE,,"}, Life{Fresh: 60 * s}},
		"a quote that does not end":         {200, false, false, []string{`cache-control: x="no-store, max-age=60`}, Life{}},
	} {
		if got := Of(c.status, headers(c.header...), noon, c.personal, c.keyed); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
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

// Whatever stands in the header, nothing panics, and a reply that says no-store is not kept.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"max-age=60", `private="a", no-store`, `x="\`, "=,=,", `max-age="6`, "s-maxage=1,,public"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := Parse([]string{s})
		for _, got := range []time.Duration{d.MaxAge, d.SMaxAge, d.StaleIfError, d.StaleWhileRevalidate} {
			if got < -1 || got > longest*time.Second {
				t.Errorf("%q: %v", s, got)
			}
		}
		if !reflect.DeepEqual(Parse([]string{s, ""}), d) {
			t.Errorf("%q: an empty line changes it", s)
		}
		h := http.Header{"Cache-Control": {s, "no-store"}}
		if l := Of(200, h, noon, false, true); l != (Life{}) {
			t.Errorf("%q, and no-store, is kept: %+v", s, l)
		}
	})
}
