package freshness_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"manifold/internal/freshness"
)

const second = time.Second

// saturated is what numbers of seconds that are too large count as.
const saturated = (1<<31 - 1) * second

func received() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

// when is a time from the moment of receipt, as a header has it.
func when(d time.Duration) string { return received().Add(d).Format(http.TimeFormat) }

// head reads "Name: value" parts between bars. In values, {90s} is the time 90 seconds after receipt.
func head(text string) http.Header {
	h := http.Header{}
	for line := range strings.SplitSeq(text, " | ") {
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			continue
		}
		if in, found := strings.CutPrefix(value, "{"); found {
			d, err := time.ParseDuration(strings.TrimSuffix(in, "}"))
			if err != nil {
				panic(err) // a row is wrong
			}
			value = when(d)
		}
		h.Add(name, value)
	}
	return h
}

// decision is a row: a reply to GET of status 200 in a shared scope, but for what it says.
type decision struct {
	name    string
	request freshness.Request
	status  int
	header  string
	want    freshness.Policy
}

func (c *decision) check(t *testing.T) {
	t.Helper()
	if c.request.Method == "" {
		c.request.Method = http.MethodGet
	}
	if c.status == 0 {
		c.status = http.StatusOK
	}
	h := head(c.header)
	before := h.Clone()
	if got := freshness.Decide(c.request, c.status, h, received()); !reflect.DeepEqual(got, c.want) {
		t.Errorf("%s:\n got %+v\nwant %+v", c.name, got, c.want)
	}
	if !reflect.DeepEqual(h, before) {
		t.Errorf("%s: the header was changed", c.name)
	}
}

func fresh(d time.Duration) freshness.Policy { return freshness.Policy{Store: true, Fresh: d} }

func private(d time.Duration) freshness.Policy {
	return freshness.Policy{Store: true, Fresh: d, Private: true}
}

func asked(d time.Duration) freshness.Policy {
	return freshness.Policy{Store: true, Fresh: d, Revalidate: true}
}

func stale(d, revalidate, ifError time.Duration) freshness.Policy {
	return freshness.Policy{Store: true, Fresh: d, StaleWhileRevalidate: revalidate, StaleIfError: ifError}
}

func no(why freshness.Reason) freshness.Policy { return freshness.Policy{Reason: why} }

// Which replies may be kept (RFC 9111, 3), and whose.
func TestDecideStore(t *testing.T) {
	t.Parallel()
	own := freshness.Request{Isolated: true}
	personal := freshness.Request{Personal: true}
	both := freshness.Request{Personal: true, Isolated: true}
	for _, c := range []decision{
		{name: "3: max-age", header: "Cache-Control: max-age=60", want: fresh(60 * second)},
		{name: "3: HEAD", request: freshness.Request{Method: "HEAD"}, header: "Cache-Control: max-age=60", want: fresh(60 * second)},
		{name: "3: POST", request: freshness.Request{Method: "POST"}, header: "Cache-Control: max-age=60", want: no(freshness.ByMethod)},
		{name: "3: PUT", request: freshness.Request{Method: "PUT"}, header: "Cache-Control: public, max-age=60", want: no(freshness.ByMethod)},
		{name: "3: methods have case", request: freshness.Request{Method: "get"}, header: "Cache-Control: max-age=60", want: no(freshness.ByMethod)},
		{name: "3: 203", status: 203, header: "Cache-Control: max-age=60", want: fresh(60 * second)},
		{name: "3: 204", status: 204, header: "Cache-Control: max-age=60", want: fresh(60 * second)},
		{name: "3: 300", status: 300, header: "Cache-Control: max-age=60", want: fresh(60 * second)},
		{name: "3: 301", status: 301, header: "Cache-Control: max-age=60", want: fresh(60 * second)},
		{name: "3: 308", status: 308, header: "Cache-Control: max-age=60", want: fresh(60 * second)},
		{name: "3: 404", status: 404, header: "Cache-Control: max-age=60", want: fresh(60 * second)},
		{name: "3: 405", status: 405, header: "Cache-Control: max-age=60", want: fresh(60 * second)},
		{name: "3: 410", status: 410, header: "Cache-Control: max-age=60", want: fresh(60 * second)},
		{name: "3: 414", status: 414, header: "Cache-Control: max-age=60", want: fresh(60 * second)},
		{name: "3: 501", status: 501, header: "Cache-Control: max-age=60", want: fresh(60 * second)},
		{name: "3: 100 is not final", status: 100, header: "Cache-Control: max-age=60", want: no(freshness.ByStatus)},
		{name: "3: 201", status: 201, header: "Cache-Control: max-age=60", want: no(freshness.ByStatus)},
		{name: "3.3: 206", status: 206, header: "Cache-Control: max-age=60", want: no(freshness.ByStatus)},
		{name: "3: 302", status: 302, header: "Cache-Control: max-age=60", want: no(freshness.ByStatus)},
		{name: "4.3.4: 304", status: 304, header: "Cache-Control: max-age=60", want: no(freshness.ByStatus)},
		{name: "3: 401", status: 401, header: "Cache-Control: max-age=60", want: no(freshness.ByStatus)},
		{name: "3: 429", status: 429, header: "Cache-Control: max-age=60", want: no(freshness.ByStatus)},
		{name: "3: 500", status: 500, header: "Cache-Control: public, max-age=60", want: no(freshness.ByStatus)},
		{name: "3: 503", status: 503, header: "Cache-Control: max-age=60", want: no(freshness.ByStatus)},
		{name: "3: says nothing", header: "", want: no(freshness.BySilence)},
		{name: "3: public is no time", header: "Cache-Control: public", want: no(freshness.BySilence)},
		{name: "3: 404 says nothing", status: 404, header: "Date: {0s}", want: no(freshness.BySilence)},
		{name: "3.5: credentials", request: personal, header: "Cache-Control: max-age=60", want: no(freshness.ByCredentials)},
		{name: "3.5: and Expires", request: personal, header: "Date: {0s} | Expires: {60s}", want: no(freshness.ByCredentials)},
		{name: "3.5: and public", request: personal, header: "Cache-Control: public, max-age=60", want: fresh(60 * second)},
		{name: "3.5: and s-maxage", request: personal, header: "Cache-Control: s-maxage=60", want: fresh(60 * second)},
		{name: "3.5: and must-revalidate", request: personal, header: "Cache-Control: must-revalidate, max-age=60", want: fresh(60 * second)},
		{name: "3.5: proxy-revalidate allows nothing", request: personal, header: "Cache-Control: proxy-revalidate, max-age=60", want: no(freshness.ByCredentials)},
		{name: "3.5: and a scope of their own", request: both, header: "Cache-Control: max-age=60", want: private(60 * second)},
		{name: "3.5: a scope of their own, and public", request: both, header: "Cache-Control: public, max-age=60", want: fresh(60 * second)},
		{name: "5.2.1.5: request says no-store", request: freshness.Request{NoStore: true}, header: "Cache-Control: max-age=60", want: no(freshness.ByNoStore)},
		{name: "5.2.1.5: in a scope of its own", request: freshness.Request{NoStore: true, Isolated: true}, header: "Cache-Control: max-age=60", want: no(freshness.ByNoStore)},
		{name: "5.2.2.3: must-understand", header: "Cache-Control: must-understand, max-age=60", want: fresh(60 * second)},
		{name: "5.2.2.3: must-understand before no-store", header: "Cache-Control: no-store, must-understand, max-age=60", want: fresh(60 * second)},
		{name: "5.2.2.3: on another line", header: "Cache-Control: no-store | Cache-Control: Must-Understand, max-age=60", want: fresh(60 * second)},
		{name: "5.2.2.3: not understood", status: 206, header: "Cache-Control: must-understand, no-store, max-age=60", want: no(freshness.ByStatus)},
		{name: "5.2.2.3: in quotes it is none", header: `Cache-Control: no-store, x="must-understand", max-age=60`, want: no(freshness.ByNoStore)},
		{name: "5.2.2.3: request's no-store stands", request: freshness.Request{NoStore: true}, header: "Cache-Control: must-understand, max-age=60", want: no(freshness.ByNoStore)},
		{name: "5.2.2.5: no-store", header: "Cache-Control: no-store, max-age=60", want: no(freshness.ByNoStore)},
		{name: "5.2.2.5: in a scope of its own", request: own, header: "Cache-Control: no-store, max-age=60", want: no(freshness.ByNoStore)},
		{name: "5.2.2.5: on the second line", header: "Cache-Control: public, max-age=60 | Cache-Control: no-store", want: no(freshness.ByNoStore)},
		{name: "5.2.2.5: with a value", header: "Cache-Control: no-store=x, max-age=60", want: no(freshness.ByNoStore)},
		{name: "5.2.2.5: in quotes it is none", header: `Cache-Control: x="a, no-store", max-age=60`, want: fresh(60 * second)},
		{name: "5.2.2.7: private", header: "Cache-Control: private, max-age=60", want: no(freshness.ByPrivate)},
		{name: "5.2.2.7: and public", header: "Cache-Control: public, private, max-age=60", want: no(freshness.ByPrivate)},
		{name: "5.2.2.7: in a scope of its own", request: own, header: "Cache-Control: private, max-age=60", want: private(60 * second)},
		{name: "5.2.2.7: of a header", header: `Cache-Control: private="X-A", max-age=60`, want: no(freshness.ByPrivate)},
		{name: "7.3: Set-Cookie", header: "Cache-Control: max-age=60 | Set-Cookie: a=b", want: no(freshness.BySetCookie)},
		{name: "7.3: and public, s-maxage", header: "Cache-Control: public, s-maxage=60 | Set-Cookie: a=b", want: no(freshness.BySetCookie)},
		{name: "7.3: in a scope of its own", request: own, header: "Cache-Control: max-age=60 | Set-Cookie: a=b", want: private(60 * second)},
	} {
		c.check(t)
	}
}

// Which requests a kept reply fits (RFC 9111, 4.1).
func TestDecideVary(t *testing.T) {
	t.Parallel()
	vary := func(names ...string) freshness.Policy {
		return freshness.Policy{Store: true, Fresh: 60 * second, Vary: names}
	}
	for _, c := range []decision{
		{name: "4.1: one", header: "Cache-Control: max-age=60 | Vary: Accept-Language", want: vary("accept-language")},
		{name: "4.1: sorted, each once", header: "Cache-Control: max-age=60 | Vary: b, A,B | Vary: a", want: vary("a", "b")},
		{name: "4.1: empty", header: "Cache-Control: max-age=60 | Vary: , ,", want: fresh(60 * second)},
		{name: "4.1: all", header: "Cache-Control: max-age=60 | Vary: *", want: no(freshness.ByVary)},
		{name: "4.1: all, among others", header: "Cache-Control: max-age=60 | Vary: Accept | Vary: Cookie, *", want: no(freshness.ByVary)},
		{name: "4.1: all, in a scope of its own", request: freshness.Request{Isolated: true}, header: "Cache-Control: max-age=60 | Vary: *", want: no(freshness.ByVary)},
	} {
		c.check(t)
	}
}

// How long replies are fresh (RFC 9111, 4.2), and how old they are when they come.
func TestDecideFresh(t *testing.T) {
	t.Parallel()
	own := freshness.Request{Isolated: true}
	for _, c := range []decision{
		{name: "4.2.1: s-maxage before max-age", header: "Cache-Control: max-age=60, s-maxage=10", want: fresh(10 * second)},
		{name: "4.2.1: s-maxage before Expires", header: "Cache-Control: s-maxage=10 | Date: {0s} | Expires: {60s}", want: fresh(10 * second)},
		{name: "4.2.1: max-age before Expires", header: "Cache-Control: max-age=60 | Date: {0s} | Expires: {1h}", want: fresh(60 * second)},
		{name: "4.2.1: max-age of 0 before Expires", header: "Cache-Control: max-age=0 | Date: {0s} | Expires: {1h}", want: no(freshness.ByAge)},
		{name: "4.2.1: twice, the smaller", header: "Cache-Control: max-age=60, max-age=5", want: fresh(5 * second)},
		{name: "4.2.1: twice, the smaller, in two lines", header: "Cache-Control: max-age=5 | Cache-Control: max-age=60", want: fresh(5 * second)},
		{name: "4.2.1: s-maxage twice", header: "Cache-Control: s-maxage=60, s-maxage=5", want: fresh(5 * second)},
		{name: "4.2.1: no number", header: "Cache-Control: max-age=soon", want: no(freshness.ByAge)},
		{name: "4.2.1: no value", header: "Cache-Control: max-age", want: no(freshness.ByAge)},
		{name: "4.2.1: negative", header: "Cache-Control: max-age=-5", want: no(freshness.ByAge)},
		{name: "4.2.1: a part of a number", header: "Cache-Control: max-age=1.5", want: no(freshness.ByAge)},
		{name: "4.2.1: one is no number", header: "Cache-Control: max-age=60, max-age=x", want: no(freshness.ByAge)},
		{name: "1.2.2: too large", header: "Cache-Control: max-age=99999999999999999999", want: fresh(saturated)},
		{name: "1.2.2: 2^31", header: "Cache-Control: max-age=2147483648", want: fresh(saturated)},
		{name: "5.2: quoted", header: `Cache-Control: max-age="60"`, want: fresh(60 * second)},
		{name: "5.2: case, space and empty parts", header: `Cache-Control: ,, MAX-AGE=60 ,X="a,b\"c",IMMUTABLE,`, want: fresh(60 * second)},
		{name: "5.2.3: unknown", header: "Cache-Control: max-age=60, community=UCI", want: fresh(60 * second)},
		{name: "4.2.2: no heuristics", header: "Date: {0s} | Last-Modified: {-1000h}", want: no(freshness.BySilence)},
		{name: "5.3: Expires", header: "Date: {0s} | Expires: {30s}", want: fresh(30 * second)},
		{name: "5.3: Expires 0", header: "Date: {0s} | Expires: 0", want: no(freshness.ByAge)},
		{name: "5.3: Expires -1", header: "Expires: -1", want: no(freshness.ByAge)},
		{name: "5.3: Expires is Date", header: "Date: {0s} | Expires: {0s}", want: no(freshness.ByAge)},
		{name: "5.3: Expires twice", header: "Date: {0s} | Expires: {30s} | Expires: {60s}", want: no(freshness.ByAge)},
		{name: "5.3: Expires of the past", header: "Date: {0s} | Expires: {-1h}", want: no(freshness.ByAge)},
		{name: "5.3: Expires in RFC 850", header: "Date: {0s} | Expires: Monday, 01-Jun-26 12:00:30 GMT", want: fresh(30 * second)},
		{name: "5.3: Expires in asctime", header: "Date: {0s} | Expires: Mon Jun  1 12:00:30 2026", want: fresh(30 * second)},
		{name: "5.3: Expires in 200 years", header: "Date: {0s} | Expires: Wed, 01 Jan 2226 00:00:00 GMT", want: fresh(saturated)},
		{name: "5.3: Expires in 8000 years", header: "Date: {0s} | Expires: Fri, 31 Dec 9999 23:59:59 GMT", want: fresh(saturated)},
		{name: "9110 6.6.1: no Date", header: "Expires: {30s}", want: fresh(30 * second)},
		{name: "9110 6.6.1: a Date that is none", header: "Date: yesterday | Expires: {30s}", want: fresh(30 * second)},
		{name: "4.2.3: Age", header: "Cache-Control: max-age=60 | Age: 20", want: fresh(40 * second)},
		{name: "4.2.3: Age is the lifetime", header: "Cache-Control: max-age=60 | Age: 60", want: no(freshness.ByAge)},
		{name: "4.2.3: Age is larger", header: "Cache-Control: max-age=60 | Age: 61", want: no(freshness.ByAge)},
		{name: "4.2.3: Age is larger, with a tag", header: `Cache-Control: max-age=60 | Age: 61 | ETag: "a"`, want: asked(0)},
		{name: "4.2.3: Age against Expires", header: "Date: {0s} | Expires: {60s} | Age: 20", want: fresh(40 * second)},
		{name: "4.2.3: Age overflows", header: "Cache-Control: max-age=60 | Age: 99999999999999999999", want: no(freshness.ByAge)},
		{name: "4.2.3: both overflow", header: "Cache-Control: max-age=99999999999999999999 | Age: 99999999999999999999", want: no(freshness.ByAge)},
		{name: "5.1: Age is no number", header: "Cache-Control: max-age=60 | Age: old", want: fresh(60 * second)},
		{name: "5.1: Age is negative", header: "Cache-Control: max-age=60 | Age: -10", want: fresh(60 * second)},
		{name: "5.1: of two Ages the first", header: "Cache-Control: max-age=60 | Age: 20 | Age: 50", want: fresh(40 * second)},
		{name: "5.1: of a list the first", header: "Cache-Control: max-age=60 | Age: 20, 50", want: fresh(40 * second)},
		{name: "4.2.3: skew, Date of the past", header: "Cache-Control: max-age=60 | Date: {-15s}", want: fresh(45 * second)},
		{name: "4.2.3: skew, Date long past", header: "Cache-Control: max-age=60 | Date: {-1h}", want: no(freshness.ByAge)},
		{name: "4.2.3: skew, Date of 1970", header: "Cache-Control: max-age=60 | Date: Thu, 01 Jan 1970 00:00:00 GMT", want: no(freshness.ByAge)},
		{name: "4.2.3: skew, Date of the future", header: "Cache-Control: max-age=60 | Date: {1h}", want: fresh(60 * second)},
		{name: "4.2.3: skew, Date of the future, and Age", header: "Cache-Control: max-age=60 | Date: {1h} | Age: 20", want: fresh(40 * second)},
		{name: "4.2.3: skew, their clock is ahead, Expires is by it", header: "Date: {1h} | Expires: {1h30s}", want: fresh(30 * second)},
		{name: "4.2.3: skew, their clock is behind", header: "Date: {-10s} | Expires: {20s}", want: fresh(20 * second)},
		{name: "4.2.3: skew, theirs is behind by more than it lives", header: "Date: {-1h} | Expires: {-59m}", want: no(freshness.ByAge)},
		{name: "4.2.3: Age more than Date says", header: "Cache-Control: max-age=60 | Date: {-15s} | Age: 50", want: fresh(10 * second)},
		{name: "4.2.3: Date says more than Age", header: "Cache-Control: max-age=60 | Date: {-50s} | Age: 15", want: fresh(10 * second)},
		{name: "5.2.2.10: a scope of its own has max-age", request: own, header: "Cache-Control: max-age=60, s-maxage=10", want: private(60 * second)},
		{name: "5.2.2.10: and the shorter max-age", request: own, header: "Cache-Control: max-age=10, s-maxage=60", want: fresh(10 * second)},
		{name: "5.2.2.10: and Expires", request: own, header: "Cache-Control: s-maxage=10 | Date: {0s} | Expires: {60s}", want: private(60 * second)},
		{name: "5.2.2.10: and s-maxage at last", request: own, header: "Cache-Control: s-maxage=10", want: fresh(10 * second)},
		{name: "5.2.2.10: a scope of its own may, others may not", request: own, header: "Cache-Control: max-age=60, s-maxage=0", want: private(60 * second)},
	} {
		c.check(t)
	}
}

// How replies are used that are not fresh (RFC 9111, 4.2.4 and 4.3; RFC 5861).
func TestDecideStale(t *testing.T) {
	t.Parallel()
	own := freshness.Request{Isolated: true}
	for _, c := range []decision{
		{name: "4.3.1: a tag", header: `Cache-Control: max-age=60 | ETag: "a"`, want: asked(60 * second)},
		{name: "4.3.1: a date", header: "Cache-Control: max-age=60 | Last-Modified: {-1h}", want: asked(60 * second)},
		{name: "4.3.1: max-age=0 and a tag", header: `Cache-Control: max-age=0 | ETag: W/"a"`, want: asked(0)},
		{name: "4.3.1: a tag that is none", header: "Cache-Control: max-age=60 | ETag: a", want: fresh(60 * second)},
		{name: "4.3.1: a tag and no time", header: `ETag: "a"`, want: no(freshness.BySilence)},
		{name: "9110 13.2.1: 404 has no conditions", status: 404, header: `Cache-Control: max-age=60 | ETag: "a"`, want: fresh(60 * second)},
		{name: "9110 13.2.1: 404 that is stale", status: 404, header: `Cache-Control: max-age=0 | ETag: "a"`, want: no(freshness.ByAge)},
		{name: "5.2.2.4: no-cache", header: "Cache-Control: no-cache, max-age=60", want: no(freshness.ByAge)},
		{name: "5.2.2.4: and a tag", header: `Cache-Control: no-cache, max-age=60 | ETag: "a"`, want: asked(0)},
		{name: "5.2.2.4: and a tag, without a time", header: `Cache-Control: no-cache | ETag: "a"`, want: asked(0)},
		{name: "5.2.2.4: of a header", header: `Cache-Control: no-cache="X-A, X-B", max-age=60 | ETag: "a"`, want: asked(0)},
		{name: "5.2.2.4: is never used stale", header: `Cache-Control: no-cache, max-age=60, stale-if-error=600 | ETag: "a"`, want: asked(0)},
		{name: "5.4: Pragma", header: "Pragma: no-cache | Date: {0s} | Expires: {60s}", want: no(freshness.ByAge)},
		{name: "5.4: Pragma and a tag", header: `Pragma: No-Cache | Date: {0s} | Expires: {60s} | ETag: "a"`, want: asked(0)},
		{name: "5.4: Pragma beside Cache-Control", header: "Pragma: no-cache | Cache-Control: max-age=60", want: fresh(60 * second)},
		{name: "5861 3, 4: both", header: "Cache-Control: max-age=60, stale-while-revalidate=30, stale-if-error=600", want: stale(60*second, 30*second, 600*second)},
		{name: "5861 3: twice, the smaller", header: "Cache-Control: max-age=60, stale-while-revalidate=30, stale-while-revalidate=3", want: stale(60*second, 3*second, 0)},
		{name: "5861 3: no number", header: "Cache-Control: max-age=60, stale-while-revalidate=x, stale-if-error=-1", want: fresh(60 * second)},
		{name: "5861 3: alone is no time", header: "Cache-Control: stale-while-revalidate=30", want: no(freshness.BySilence)},
		{name: "5861 3: never fresh", header: "Cache-Control: max-age=0, stale-while-revalidate=30", want: stale(0, 30*second, 0)},
		{name: "5861 3: stale when it comes", header: "Cache-Control: max-age=60, stale-while-revalidate=30, stale-if-error=600 | Age: 70", want: stale(0, 20*second, 590*second)},
		{name: "5861 4: too stale for one of them", header: "Cache-Control: max-age=60, stale-while-revalidate=30, stale-if-error=600 | Age: 100", want: stale(0, 0, 560*second)},
		{name: "5861 4: too stale", header: "Cache-Control: max-age=60, stale-if-error=600 | Age: 660", want: no(freshness.ByAge)},
		{name: "5861 4: overflows", header: "Cache-Control: max-age=60, stale-if-error=99999999999999999999", want: stale(60*second, 0, saturated)},
		{name: "5861 4: of a 404", status: 404, header: "Cache-Control: max-age=60, stale-if-error=600", want: stale(60*second, 0, 600*second)},
		{name: "5.2.2.2: must-revalidate", header: "Cache-Control: max-age=60, must-revalidate, stale-while-revalidate=30, stale-if-error=600", want: fresh(60 * second)},
		{name: "5.2.2.8: proxy-revalidate", header: "Cache-Control: max-age=60, proxy-revalidate, stale-while-revalidate=30, stale-if-error=600", want: fresh(60 * second)},
		{name: "5.2.2.8: in a scope of its own", request: own, header: "Cache-Control: max-age=60, proxy-revalidate, stale-if-error=600", want: fresh(60 * second)},
		{name: "5.2.2.10: s-maxage", header: "Cache-Control: s-maxage=60, stale-while-revalidate=30, stale-if-error=600", want: fresh(60 * second)},
		{name: "5.2.2.10: in a scope of its own", request: own, header: "Cache-Control: max-age=60, s-maxage=60, stale-if-error=600", want: fresh(60 * second)},
	} {
		c.check(t)
	}
}

// A reply that comes in the middle of a second is not a second older than it is: Date has no parts of seconds.
func TestDecidePartsOfSeconds(t *testing.T) {
	t.Parallel()
	h := head("Cache-Control: max-age=1 | Date: {0s}")
	p := freshness.Decide(freshness.Request{Method: "GET"}, 200, h, received().Add(999*time.Millisecond))
	if !p.Store || p.Fresh != second {
		t.Errorf("%+v", p)
	}
}
