package gateway

import (
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
)

// secretText is what services say; no client may see it.
const secretText = "dial tcp 10.0.0.7:5432"

// faultRow is one bad answer.
type faultRow struct {
	name   string
	want   string // the code of the error, "null" without one, or the text of an answer that is good
	says   string // its message, if it is not the usual one
	counts string // the outcome of the call, if it is not that of the code
	answer http.HandlerFunc
	waits  bool // the call's time passes
	down   bool // nobody listens

	// Instead of answer: what stands on a connection. It says when it was called, and that has to be so many times.
	speaks func(c net.Conn, called func())
	calls  int32
}

func faultRows(t *testing.T) []faultRow {
	t.Helper()
	rows := []faultRow{
		{name: "as it should be", want: "text Atlas", answer: raw("0", "", framed("Atlas"))},
		{name: "an empty message", want: "text ", answer: raw("0", "", frame(0, 0, nil))},
		{name: "unknown fields", want: "text Atlas", answer: raw("0", "", frame(0, -1, append(note("Atlas"), "\x98\x06\x01\xa2\x06\x02hi"...)))},
		{name: "a message in several pieces", want: "text Atlas", answer: raw("0", "", framed("Atlas")[:3], framed("Atlas")[3:9], framed("Atlas")[9:])},
		{name: "as large as may be", want: "text " + strings.Repeat("x", faultLargest-4), answer: raw("0", "", framed(strings.Repeat("x", faultLargest-4)))},

		{name: "a truncated message", want: "UPSTREAM_BAD_RESPONSE", answer: raw("0", "", frame(0, 100, make([]byte, 40)))},
		{name: "half a frame's head", want: "UPSTREAM_BAD_RESPONSE", answer: raw("0", "", []byte{0, 0, 0})},
		{name: "a frame that promises all", want: "UPSTREAM_RESPONSE_TOO_LARGE", answer: raw("0", "", frame(0, 1<<32-1, nil))},
		{name: "too large a message", want: "UPSTREAM_RESPONSE_TOO_LARGE", answer: raw("0", "", framed(strings.Repeat("x", faultLargest-3)))},
		{name: "two messages", want: "UPSTREAM_BAD_RESPONSE", answer: raw("0", "", framed("Atlas"), framed("Atlas"))},
		{name: "no message", want: "UPSTREAM_BAD_RESPONSE", answer: raw("0", "", nil)},
		{name: "no message, and trailers only", want: "UPSTREAM_BAD_RESPONSE", answer: trailersOnly("0")},
		{name: "a status by trailers only", want: "UPSTREAM_UNAVAILABLE", answer: trailersOnly("14")},
		{name: "a status without text", want: "UPSTREAM_ERROR", answer: raw("13", "", nil)},
		{name: "a message, then a status", want: "UPSTREAM_ERROR", answer: raw("13", "", framed("Atlas"))},
		{name: "no trailers", want: "UPSTREAM_BAD_RESPONSE", answer: raw("", "", framed("Atlas"))},
		{name: "a status that is no number", want: "UPSTREAM_BAD_RESPONSE", answer: raw("x", "", framed("Atlas"))},
		{name: "a status that gRPC does not know", want: "UPSTREAM_ERROR", answer: raw("77", "", nil)},

		{name: "a field cut short", want: "UPSTREAM_BAD_RESPONSE", counts: "ok", answer: raw("0", "", frame(0, -1, []byte("\x0a\x7fAtlas")))},
		{name: "no UTF-8", want: "UPSTREAM_BAD_RESPONSE", counts: "ok", answer: raw("0", "", framed("\xff\xfe"))},
		{name: "a number for a text", want: "UPSTREAM_BAD_RESPONSE", counts: "ok", answer: raw("0", "", frame(0, -1, []byte("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")))},
		{name: "a group that never ends", want: "UPSTREAM_BAD_RESPONSE", counts: "ok", answer: raw("0", "", frame(0, -1, []byte("\x13\x0a\x01x")))},
		{name: "JSON", want: "UPSTREAM_BAD_RESPONSE", counts: "ok", answer: raw("0", "", frame(0, -1, []byte(`{"text":"Atlas"}`)))},

		{name: "compressed, it says not how", want: "UPSTREAM_BAD_RESPONSE", answer: raw("0", "", frame(1, -1, note("Atlas")))},
		{name: "compressed by something unknown", want: "UPSTREAM_BAD_RESPONSE", answer: raw("0", "snappy", frame(1, -1, note("Atlas")))},
		{name: "a frame of an unknown kind", want: "UPSTREAM_BAD_RESPONSE", answer: raw("0", "", frame(7, -1, note("Atlas")))},
		{name: "not compressed after all", want: "text Atlas", answer: raw("0", "snappy", framed("Atlas"))},

		{name: "a page", want: "UPSTREAM_BAD_RESPONSE", answer: page(200)},
		{name: "a redirect", want: "UPSTREAM_BAD_RESPONSE", answer: page(302)},
		{name: "400 of a proxy", want: "UPSTREAM_BAD_RESPONSE", answer: page(400)},
		{name: "401 of a proxy", want: "UNAUTHENTICATED", answer: page(401)},
		{name: "403 of a proxy", want: "FORBIDDEN", answer: page(403)},
		{name: "404 of a proxy", want: "UPSTREAM_BAD_RESPONSE", answer: page(404)},
		{name: "429 of a proxy", want: "UPSTREAM_UNAVAILABLE", answer: page(429)}, // as gRPC's own table of HTTP statuses has it
		{name: "500 of a proxy", want: "UPSTREAM_BAD_RESPONSE", answer: page(500)},
		{name: "502 of a proxy", want: "UPSTREAM_UNAVAILABLE", answer: page(502)},
		{name: "503 of a proxy", want: "UPSTREAM_UNAVAILABLE", answer: page(503)},
		{name: "504 of a proxy", want: "UPSTREAM_UNAVAILABLE", answer: page(504)},
		{name: "a head beyond the limit", want: "UPSTREAM_RESPONSE_TOO_LARGE", answer: func(w http.ResponseWriter, r *http.Request) {
			for range 700 { // of 100 bytes
				w.Header().Add("X", strings.Repeat("x", 67))
			}
			raw("0", "", framed("Atlas"))(w, r)
		}},
		// The library ends the connection then, and the other calls on it: none can be told to be the culprit.
		{name: "a header beyond the limit", want: "UPSTREAM_UNAVAILABLE", answer: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X", strings.Repeat("x", 70<<10))
			raw("0", "", framed("Atlas"))(w, r)
		}},

		{name: "hung up before the answer", want: "UPSTREAM_BAD_RESPONSE", answer: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		{name: "the stream reset within the message", want: "UPSTREAM_BAD_RESPONSE", answer: func(w http.ResponseWriter, _ *http.Request) {
			half(w)
			panic(http.ErrAbortHandler)
		}},
		{name: "the connection reset before the answer", want: "UPSTREAM_UNAVAILABLE", answer: func(_ http.ResponseWriter, r *http.Request) { reset(r) }},
		{name: "the connection reset within the message", want: "UPSTREAM_UNAVAILABLE", answer: func(w http.ResponseWriter, r *http.Request) {
			half(w)
			reset(r)
		}},
		{name: "nobody there", want: "UPSTREAM_UNAVAILABLE", down: true},
		{name: "HTTP/1.1", want: "UPSTREAM_UNAVAILABLE", speaks: func(c net.Conn, _ func()) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 22\r\n\r\n"+secretText)
		}},
		{name: "hung up at once", want: "UPSTREAM_UNAVAILABLE", speaks: func(c net.Conn, _ func()) { c.Close() }},
		{name: "silence after connecting", want: "UPSTREAM_TIMEOUT", waits: true, speaks: func(c net.Conn, _ func()) { io.Copy(io.Discard, c) }},
		{name: "no answer in time", want: "UPSTREAM_TIMEOUT", waits: true, answer: slow(t, false)},
		{name: "half an answer in time", want: "UPSTREAM_TIMEOUT", waits: true, answer: slow(t, true)},
	}
	for name, row := range frameRows() {
		row.name = "frames: " + name
		rows = append(rows, row)
	}
	for text, row := range map[string]faultRow{
		// What servers themselves say.
		"grpc: received message larger than max (7 vs. 4)":       {want: "BAD_USER_INPUT", says: "The request is too large for the upstream.", counts: "invalid"},
		"gRPC message exceeds maximum size 4: 7":                 {want: "BAD_USER_INPUT", says: "The request is too large for the upstream.", counts: "invalid"},
		"grpc: received message larger than max (5000 vs. 4000)": {want: "UPSTREAM_RATE_LIMITED"}, // of a call of the service's own
	} {
		row.name, row.answer = text, answers(t, status.Error(codes.ResourceExhausted, text))
		rows = append(rows, row)
	}
	rows = append(rows, faultRow{
		name: "it cannot read the request", want: "UPSTREAM_ERROR",
		answer: answers(t, status.Error(codes.Internal, "grpc: error unmarshalling request: proto: cannot parse invalid wire-format data")),
	})
	for code, want := range map[codes.Code]string{
		codes.Canceled: "UPSTREAM_UNAVAILABLE", codes.Unknown: "UPSTREAM_ERROR", codes.InvalidArgument: "BAD_USER_INPUT",
		codes.DeadlineExceeded: "UPSTREAM_TIMEOUT", codes.NotFound: "null", codes.AlreadyExists: "BAD_USER_INPUT",
		codes.PermissionDenied: "FORBIDDEN", codes.ResourceExhausted: "UPSTREAM_RATE_LIMITED", codes.FailedPrecondition: "BAD_USER_INPUT",
		codes.Aborted: "UPSTREAM_ERROR", codes.OutOfRange: "BAD_USER_INPUT", codes.Unimplemented: "UPSTREAM_ERROR", codes.Internal: "UPSTREAM_ERROR",
		codes.Unavailable: "UPSTREAM_UNAVAILABLE", codes.DataLoss: "UPSTREAM_ERROR", codes.Unauthenticated: "UNAUTHENTICATED",
	} {
		row := faultRow{name: "status " + code.String(), want: want, answer: answers(t, status.Error(code, secretText))}
		if code == codes.Aborted { // 409
			row.counts = "4xx"
		}
		rows = append(rows, row)
	}
	return rows
}

// answers answers every call with an error, as a real server does.
func answers(t *testing.T, err error) http.HandlerFunc {
	t.Helper()
	peer := newProtoPeer(t, "testdata", "notes.proto")
	peer.fails.Store(&err)
	return peer.server.ServeHTTP
}

// note is a message on the wire.
func note(text string) []byte {
	return protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), text)
}

// framed is a note in its frame.
func framed(text string) []byte { return frame(0, -1, note(text)) }

// frame is a message with the five bytes before it; a length of -1 is the right one.
func frame(compressed byte, length int64, b []byte) []byte {
	if length < 0 {
		length = int64(len(b))
	}
	return append(binary.BigEndian.AppendUint32([]byte{compressed}, uint32(length)), b...)
}

// raw answers with pieces of a body, then a status; "" is none.
func raw(status, encoding string, pieces ...[]byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/grpc")
		if encoding != "" {
			w.Header().Set("Grpc-Encoding", encoding)
		}
		w.WriteHeader(200)
		for _, piece := range pieces {
			w.Write(piece)
			w.(http.Flusher).Flush()
		}
		if status != "" {
			w.Header().Set(http.TrailerPrefix+"Grpc-Status", status)
		}
	}
}

// trailersOnly answers with one block of headers, which has the status.
func trailersOnly(status string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/grpc")
		w.Header().Set("Grpc-Status", status)
		w.Header().Set("Grpc-Message", secretText)
	}
}

// page answers as no gRPC server does.
func page(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
		io.WriteString(w, "<html>"+secretText)
	}
}

// half sends the first half of a message.
func half(w http.ResponseWriter) {
	raw("", "", framed("Atlas")[:7])(w, nil)
}

// reset ends the connection the hard way.
func reset(r *http.Request) {
	c := r.Context().Value(connKey{}).(*net.TCPConn)
	c.SetLinger(0)
	c.Close()
}

// slow waits until the caller gives up, whose deadline has to be in the header.
func slow(t *testing.T, sends bool) http.HandlerFunc {
	t.Helper()
	return func(w http.ResponseWriter, r *http.Request) {
		text := r.Header.Get("Grpc-Timeout")
		units := map[byte]time.Duration{'n': time.Nanosecond, 'u': time.Microsecond, 'm': time.Millisecond, 'S': time.Second}
		n, err := strconv.Atoi(text[:max(0, len(text)-1)])
		if err != nil || n <= 0 || time.Duration(n)*units[text[len(text)-1]] > faultTimeout {
			t.Errorf("grpc-timeout is %q: %v", text, err)
		}
		if sends {
			half(w)
		}
		<-r.Context().Done()
	}
}
