package problem

import (
	"net/http"
	"strconv"

	"manifold/internal/fault"
	"manifold/internal/rawjson"
)

// MediaType is the media type of a problem.
const MediaType = "application/problem+json"

// Write answers a request with a problem. detail is for the client: it holds no text, address or stack of an upstream. Headers
// that are set already are sent, but for those that describe the body and the caching of another answer.
func Write(w http.ResponseWriter, status int, code fault.Code, detail string) {
	body := Append(nil, status, code, detail)
	h := w.Header()
	for _, of := range []string{"Content-Encoding", "Etag", "Last-Modified"} {
		h.Del(of)
	}
	h["Content-Type"] = []string{MediaType}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	h["Cache-Control"] = []string{"no-store"}
	h["X-Content-Type-Options"] = []string{"nosniff"}
	w.WriteHeader(status)
	_, _ = w.Write(body) // an error means that the client has gone
}

// Append appends a problem as JSON.
func Append(dst []byte, status int, code fault.Code, detail string) []byte {
	dst = append(dst, `{"type":"about:blank","title":`...)
	dst = rawjson.Quote(dst, http.StatusText(status))
	dst = append(dst, `,"status":`...)
	dst = strconv.AppendInt(dst, int64(status), 10)
	dst = append(dst, `,"detail":`...)
	dst = rawjson.Quote(dst, detail)
	dst = append(dst, `,"code":`...)
	dst = rawjson.Quote(dst, string(code))
	return append(dst, '}')
}
