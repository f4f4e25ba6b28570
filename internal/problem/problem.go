package problem

import (
	"net/http"
	"strconv"

	"manifold/internal/fault"
	"manifold/internal/rawjson"
)

// MediaType is the media type of a problem.
const MediaType = "application/problem+json"

// Problem is an error of HTTP.
type Problem struct {
	Status   int
	Code     fault.Code
	Detail   string   // for the client: it holds no text, address or stack of an upstream
	Errors   []string // what else is wrong
	Upstream string   // logical name of the upstream that failed, or ""
	Cause    string   // for developers, or ""
}

// Write is Send for a problem without more to say.
func Write(w http.ResponseWriter, status int, code fault.Code, detail string) {
	Send(w, Problem{Status: status, Code: code, Detail: detail})
}

// Send answers a request with a problem. Headers that are set already are sent, but for those that describe the body and the
// caching of another answer.
func Send(w http.ResponseWriter, p Problem) {
	body := p.Append(nil)
	h := w.Header()
	for _, of := range []string{"Content-Encoding", "Etag", "Last-Modified"} {
		h.Del(of)
	}
	h["Content-Type"] = []string{MediaType}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	h["Cache-Control"] = []string{"no-store"}
	h["X-Content-Type-Options"] = []string{"nosniff"}
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // an error means that the client has gone
}

// Append appends a problem as JSON.
func (p *Problem) Append(dst []byte) []byte {
	dst = append(dst, `{"type":"about:blank","title":`...)
	dst = rawjson.Quote(dst, http.StatusText(p.Status))
	dst = append(dst, `,"status":`...)
	dst = strconv.AppendInt(dst, int64(p.Status), 10)
	dst = append(dst, `,"detail":`...)
	dst = rawjson.Quote(dst, p.Detail)
	dst = append(dst, `,"code":`...)
	dst = rawjson.Quote(dst, string(p.Code))
	if p.Upstream != "" {
		dst = append(dst, `,"upstream":`...)
		dst = rawjson.Quote(dst, p.Upstream)
	}
	for i, e := range p.Errors {
		if i == 0 {
			dst = append(dst, `,"errors":[`...)
		} else {
			dst = append(dst, ',')
		}
		dst = rawjson.Quote(dst, e)
	}
	if len(p.Errors) > 0 {
		dst = append(dst, ']')
	}
	if p.Cause != "" {
		dst = append(dst, `,"cause":`...)
		dst = rawjson.Quote(dst, p.Cause)
	}
	return append(dst, '}')
}
