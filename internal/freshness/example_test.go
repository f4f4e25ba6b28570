package freshness_test

import (
	"fmt"
	"net/http"
	"time"

	"manifold/internal/freshness"
)

func ExampleDecide() {
	received := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	reply := http.Header{
		"Cache-Control": {"max-age=60, stale-if-error=600"},
		"Age":           {"20"},
		"Vary":          {"Accept-Language"},
	}
	p := freshness.Decide(freshness.Request{Method: "GET"}, 200, reply, received)
	fmt.Println(p.Store, p.Fresh, p.StaleIfError, p.Vary)

	// The same reply to a request with Authorization: others must not get it.
	p = freshness.Decide(freshness.Request{Method: "GET", Personal: true}, 200, reply, received)
	fmt.Println(p.Store, p.Reason)

	// Unless the cache keeps it for this user alone.
	p = freshness.Decide(freshness.Request{Method: "GET", Personal: true, Isolated: true}, 200, reply, received)
	fmt.Println(p.Store, p.Fresh, p.Private)
	// Output:
	// true 40s 10m0s [accept-language]
	// false credentials
	// true 40s true
}

func ExampleUpdate() {
	stored := http.Header{"Etag": {`"v1"`}, "Cache-Control": {"max-age=60"}, "Age": {"59"}, "Content-Type": {"application/json"}}
	fmt.Println(freshness.Revalidation(stored))

	updated, ok := freshness.Update(stored, http.Header{"Etag": {`"v1"`}, "Cache-Control": {"max-age=30"}})
	fmt.Println(ok, updated)

	_, ok = freshness.Update(stored, http.Header{"Etag": {`"v2"`}})
	fmt.Println(ok)
	// Output:
	// map[If-None-Match:["v1"]]
	// true map[Cache-Control:[max-age=30] Content-Type:[application/json] Etag:["v1"]]
	// false
}
