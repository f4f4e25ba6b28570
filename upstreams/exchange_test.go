package upstreams

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// tape is a connection that plays an answer, in pieces of at most piece bytes, and then ends.
type tape struct {
	net.Conn
	left  string
	piece int
	deaf  bool // writing fails half way
}

func (t *tape) Read(b []byte) (int, error) {
	if t.left == "" {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), t.piece)], t.left)
	t.left = t.left[n:]
	return n, nil
}

func (t *tape) Write(b []byte) (int, error) {
	if t.deaf {
		return len(b) / 2, syscall.EPIPE
	}
	return len(b), nil
}

func (*tape) SetDeadline(time.Time) error { return nil }
func (*tape) Close() error                { return nil }

// played is what an exchange makes of an answer.
type played struct {
	status int
	typ    string
	body   string
	keep   bool
	err    error
}

func play(method, answer string, piece int, o Options) played {
	o = o.withDefaults()
	m := new(memory)
	x := m.exchange()
	defer m.putExchange(x)
	x.ctx, x.memory, x.options = context.Background(), m, &o
	if err := x.run(newConn(&tape{left: answer, piece: piece}), method); err != nil {
		return played{err: err}
	}
	return played{x.head.status, x.contentType, string(x.in.b[x.body:x.end]), x.reusable(), nil}
}

func TestExchangeReads(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("0123456789abcdef", 8<<10) // 128 KiB
	for name, c := range map[string]struct {
		method, answer string
		status         int
		body           string
		keep           bool
	}{
		"length":                {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc", true},
		"length zero":           {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, "", true},
		"length repeated":       {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\nContent-Length: 3\r\n\r\nabc", 200, "abc", true},
		"long":                  {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 131072\r\n\r\n" + big, 200, big, true},
		"no reason":             {"GET", "HTTP/1.1 404\r\nContent-Length: 1\r\n\r\nx", 404, "x", true},
		"error with body":       {"GET", "HTTP/1.1 500 Oh no\r\nContent-Length: 1\r\n\r\nx", 500, "x", true},
		"to the end":            {"GET", "HTTP/1.1 200 OK\r\n\r\nabc", 200, "abc", false},
		"long to the end":       {"GET", "HTTP/1.1 200 OK\r\n\r\n" + big, 200, big, false},
		"HTTP/1.0":              {"GET", "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc", false},
		"HTTP/1.0 kept":         {"GET", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nabc", 200, "abc", true},
		"closing":               {"GET", "HTTP/1.1 200 OK\r\nConnection: foo , Close\r\nContent-Length: 3\r\n\r\nabc", 200, "abc", false},
		"closing and kept":      {"GET", "HTTP/1.1 200 OK\r\nConnection: close\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nabc", 200, "abc", false},
		"no content":            {"GET", "HTTP/1.1 204 No Content\r\n\r\n", 204, "", true},
		"not modified":          {"GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n", 304, "", true},
		"head":                  {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", 200, "", true},
		"redirect":              {"GET", "HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n", 302, "", true},
		"garbage behind":        {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\n", 200, "abc", false},
		"interim":               {"GET", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc", true},
		"line feeds alone":      {"GET", "HTTP/1.1 200 OK\nContent-Length: 3\n\nabc", 200, "abc", true},
		"folded header":         {"GET", "HTTP/1.1 200 OK\r\nX-A: one\r\n two\r\nContent-Length:\r\n\t3\r\n\r\nabc", 200, "abc", true},
		"one chunk":             {"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 200, "abc", true},
		"chunks":                {"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n1;a=b\r\nd\r\n0A \r\n0123456789\r\n000\r\n\r\n", 200, "abcd0123456789", true},
		"long chunks":           {"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20000\r\n" + big + "\r\n1\r\nx\r\n20000\r\n" + big + "\r\n0\r\n\r\n", 200, big + "x" + big, true},
		"no chunks":             {"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, "", true},
		"trailers":              {"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-A: b\r\nX-B: c\r\n\r\n", 200, "abc", true},
		"chunks and length":     {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 200, "abc", false},
		"garbage behind chunks": {"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nx", 200, "abc", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, piece := range []int{1, 7, 1000, 1 << 20} {
				got := play(c.method, c.answer, piece, Options{})
				if got.err != nil {
					t.Fatalf("in pieces of %d: %v", piece, got.err)
				}
				if got.status != c.status || got.body != c.body {
					t.Errorf("in pieces of %d: got %d, %d bytes of body; want %d, %d bytes", piece, got.status, len(got.body), c.status, len(c.body))
				}
				// Garbage that has not arrived yet is found by the look at the connection before its next use.
				if got.keep != c.keep && (piece > len(c.answer) || !strings.HasPrefix(name, "garbage")) {
					t.Errorf("in pieces of %d: kept %v, want %v", piece, got.keep, c.keep)
				}
			}
		})
	}
}

func TestExchangeRefuses(t *testing.T) {
	t.Parallel()
	const headOK = "HTTP/1.1 200 OK\r\n"
	for name, c := range map[string]struct {
		answer string
		want   error // malformed, tooLarge or io.EOF
	}{
		"nothing":                {"", io.EOF},
		"not HTTP":               {"SSH-2.0-OpenSSH\r\n\r\n", malformed("")},
		"HTTP/2":                 {"HTTP/2 200 OK\r\n\r\n", malformed("")},
		"HTTP/1.2":               {"HTTP/1.2 200 OK\r\n\r\n", malformed("")},
		"short status":           {"HTTP/1.1 20\r\n\r\n", malformed("")},
		"long status":            {"HTTP/1.1 2000\r\n\r\n", malformed("")},
		"signed status":          {"HTTP/1.1 +20 OK\r\n\r\n", malformed("")},
		"status below 100":       {"HTTP/1.1 099 OK\r\n\r\n", malformed("")},
		"switching protocols":    {"HTTP/1.1 101 Switching Protocols\r\n\r\n", malformed("")},
		"interim without end":    {strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 20), malformed("")},
		"cut in the head":        {headOK + "Content-Le", malformed("")},
		"cut after interim":      {"HTTP/1.1 100 Continue\r\n\r\n", malformed("")},
		"cut in the body":        {headOK + "Content-Length: 100\r\n\r\nabc", malformed("")},
		"cut before the body":    {headOK + "Content-Length: 100\r\n\r\n", malformed("")},
		"cut in a chunk":         {headOK + "Transfer-Encoding: chunked\r\n\r\n5\r\nabc", malformed("")},
		"cut between chunks":     {headOK + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", malformed("")},
		"cut before the end":     {headOK + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", malformed("")},
		"no colon":               {headOK + "Content-Length\r\n\r\n", malformed("")},
		"no name":                {headOK + ": a\r\n\r\n", malformed("")},
		"blank before colon":     {headOK + "Content-Length : 3\r\n\r\nabc", malformed("")},
		"CR in a value":          {headOK + "X: a\rb\r\nContent-Length: 0\r\n\r\n", malformed("")},
		"NUL in a value":         {headOK + "X: a\x00b\r\nContent-Length: 0\r\n\r\n", malformed("")},
		"length with a sign":     {headOK + "Content-Length: +3\r\n\r\nabc", malformed("")},
		"length in hex":          {headOK + "Content-Length: 0x3\r\n\r\nabc", malformed("")},
		"length empty":           {headOK + "Content-Length:\r\n\r\nabc", malformed("")},
		"lengths differ":         {headOK + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", malformed("")},
		"length overflows":       {headOK + "Content-Length: 99999999999999999999\r\n\r\n", malformed("")},
		"length too large":       {headOK + "Content-Length: 100001\r\n\r\n", tooLarge("")},
		"body too large":         {headOK + "\r\n" + strings.Repeat("x", 100_001), tooLarge("")},
		"chunk too large":        {headOK + "Transfer-Encoding: chunked\r\n\r\n186A1\r\n", tooLarge("")},
		"chunks too large":       {headOK + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("3E8\r\n"+strings.Repeat("x", 1000)+"\r\n", 101), tooLarge("")},
		"chunk size signed":      {headOK + "Transfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n", malformed("")},
		"chunk size 0x":          {headOK + "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n", malformed("")},
		"chunk size empty":       {headOK + "Transfer-Encoding: chunked\r\n\r\n\r\nabc\r\n0\r\n\r\n", malformed("")},
		"chunk size overflows":   {headOK + "Transfer-Encoding: chunked\r\n\r\n10000000000000003\r\nabc\r\n0\r\n\r\n", malformed("")},
		"chunk line feed alone":  {headOK + "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n", malformed("")},
		"chunk longer than said": {headOK + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", malformed("")},
		"chunk extension":        {headOK + "Transfer-Encoding: chunked\r\n\r\n3;" + strings.Repeat("x", 5000) + "\r\nabc\r\n0\r\n\r\n", malformed("")},
		"chunked twice":          {headOK + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", malformed("")},
		"other coding":           {headOK + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", malformed("")},
		"chunked in HTTP/1.0":    {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", malformed("")},
		"head too large":         {headOK + strings.Repeat("X-A: "+strings.Repeat("a", 1000)+"\r\n", 70) + "\r\n", tooLarge("")},
		"head without end":       {headOK + "X-A: " + strings.Repeat("a", 100_000), tooLarge("")},
		"trailers without end":   {headOK + "Transfer-Encoding: chunked\r\n\r\n0\r\n" + strings.Repeat("X-A: "+strings.Repeat("a", 1000)+"\r\n", 70) + "\r\n", tooLarge("")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, piece := range []int{1, 7, 1 << 20} {
				got := play("GET", c.answer, piece, Options{MaxResponse: 100_000})
				// The kind of error decides the code; the text may say more than the empty one here.
				if got, want := fmt.Sprintf("%T", got.err), fmt.Sprintf("%T", c.want); got != want {
					t.Errorf("in pieces of %d: got %s, want %s", piece, got, want)
				}
			}
		})
	}
}

// An upstream that closes before it has read the whole request: what it has answered counts.
func TestExchangeReadsAnEarlyAnswer(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]int{
		"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno": 413,
		"HTTP/1.1 413 Too": 0,
		"":                 0,
	} {
		m, o := new(memory), Options{}.withDefaults()
		x := m.exchange()
		x.ctx, x.memory, x.options, x.request = t.Context(), m, &o, []byte("POST / HTTP/1.1")
		err := x.run(newConn(&tape{left: answer, piece: 10, deaf: true}), "POST")
		if want == 0 {
			if !errors.Is(err, syscall.EPIPE) {
				t.Errorf("%q: got error %v", answer, err)
			}
			continue
		}
		if err != nil || x.head.status != want || string(x.in.b[x.body:x.end]) != "no" {
			t.Errorf("%q: got %d, error %v", answer, x.head.status, err)
		}
		if x.reusable() {
			t.Error("the connection is kept")
		}
	}
}

// FuzzExchange checks that it makes no difference in which pieces an answer arrives, and that whatever is accepted is
// read the same by net/http.
func FuzzExchange(f *testing.F) {
	f.Add("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Type: text/html\r\n\r\nabc", 2)
	f.Add("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nA: b\r\n\r\n", 3)
	f.Add("HTTP/1.0 200 OK\nConnection: keep-alive\n\nabc", 1)
	f.Add("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\nA:\r\n b\r\n\r\nabc", 5)
	f.Add("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\nConnection: a, close\r\n\r\nab", 5)
	f.Fuzz(func(t *testing.T, answer string, piece int) {
		whole := play("GET", answer, 1<<20, Options{MaxResponse: 1 << 16})
		parts := play("GET", answer, max(1, piece%64), Options{MaxResponse: 1 << 16})
		if (whole.err == nil) != (parts.err == nil) || whole.status != parts.status || whole.body != parts.body || whole.typ != parts.typ {
			t.Fatalf("whole: %+v\nin pieces: %+v", whole, parts)
		}
		if whole.err != nil {
			return
		}
		r := bufio.NewReader(bytes.NewReader([]byte(answer)))
		for {
			res, err := http.ReadResponse(r, nil)
			if err != nil {
				t.Skip("net/http refuses what we read") // it checks what is of no concern to us, as protocol names
			}
			body, err := io.ReadAll(res.Body)
			res.Body.Close()
			if 100 <= res.StatusCode && res.StatusCode < 200 {
				continue
			}
			if err != nil {
				t.Fatalf("net/http: %v; we: %+v", err, whole)
			}
			if res.StatusCode != whole.status || string(body) != whole.body {
				t.Fatalf("net/http: %d %q\nwe: %+v", res.StatusCode, body, whole)
			}
			return
		}
	})
}
