package problem_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"manifold/internal/fault"
	"manifold/internal/problem"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	rec := httptest.NewRecorder()
	rec.Header().Set("ETag", `"of another answer"`)
	rec.Header().Set("Content-Encoding", "gzip")
	rec.Header().Set("Allow", "GET")
	problem.Write(rec, http.StatusBadGateway, fault.UpstreamUnavailable, "The upstream \"users\" is\nnot there: \xff")

	const want = `{"type":"about:blank","title":"Bad Gateway","status":502,"detail":"The upstream \"users\" is\nnot there: ` + "\ufffd" +
		`","code":"UPSTREAM_UNAVAILABLE"}`
	if got := rec.Body.String(); got != want || !json.Valid(rec.Body.Bytes()) {
		t.Errorf("body is\n%s\nwant\n%s", got, want)
	}
	h := rec.Header()
	if rec.Code != 502 || h.Get("Content-Type") != "application/problem+json" || h.Get("Cache-Control") != "no-store" || h.Get("Allow") != "GET" {
		t.Errorf("status %d, headers %v", rec.Code, h)
	}
	if h.Get("ETag") != "" || h.Get("Content-Encoding") != "" {
		t.Errorf("headers of another body are sent: %v", h)
	}
}
