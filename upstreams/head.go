package upstreams

import (
	"bytes"
	"strings"
)

var (
	newline = []byte("\n")
	colon   = []byte(":")
	comma   = []byte(",")
)

// coding is how a body is compressed.
type coding uint8

const (
	codingNone coding = iota
	codingGzip
	codingOther
)

// head is what the head of an answer says about the answer itself (RFC 9112).
type head struct {
	status  int
	length  int // of the body; -1 if not stated
	chunked bool
	keep    bool // the connection may be used again
	close   bool // it may not, whatever else is said
	coding  coding
	lines   int // where the header lines begin, after the status line

	contentType []byte // points into the parsed bytes
}

// headEnd returns the end of the head that starts b: the place after its first empty line, or -1 if that has not come
// yet. from is where to look on; next is where to do so when more bytes have come.
func headEnd(b []byte, from int) (end, next int) {
	for {
		i := bytes.IndexByte(b[from:], '\n')
		if i < 0 {
			return -1, from
		}
		after := b[from+i+1:]
		switch {
		case len(after) == 0, len(after) == 1 && after[0] == '\r':
			return -1, from + i
		case after[0] == '\n':
			return from + i + 2, 0
		case after[0] == '\r' && after[1] == '\n':
			return from + i + 3, 0
		}
		from += i + 1
	}
}

// parseHead reads a head that headEnd has found. b is changed where a header goes over several lines: they are joined
// by spaces (RFC 9112, 5.2). Line breaks may be LF alone (RFC 9112, 2.2).
func parseHead(b []byte) (head, error) {
	h := head{length: -1}
	line, rest, _ := bytes.Cut(b, newline)
	minor, err := h.parseStatus(chomp(line))
	if err != nil {
		return h, err
	}
	h.keep = minor == '1'
	h.lines = len(line) + 1
	for rest = unfold(rest); ; {
		line, rest, _ = bytes.Cut(rest, newline)
		line = chomp(line)
		if len(line) == 0 {
			break
		}
		if err := h.parseLine(line); err != nil {
			return h, err
		}
	}
	if h.chunked {
		if minor == '0' {
			return h, malformed("Transfer-Encoding in an HTTP/1.0 answer")
		}
		if h.length >= 0 { // RFC 9112, 6.3: the length is void, and the connection suspect
			h.length, h.close = -1, true
		}
	}
	h.keep = h.keep && !h.close
	return h, nil
}

// parseStatus reads a status line: HTTP/1.1 200 OK. It returns the minor version.
func (h *head) parseStatus(line []byte) (minor byte, err error) {
	const form = "HTTP/1.x nnn"
	if len(line) < len(form) || string(line[:7]) != "HTTP/1." || line[8] != ' ' || (len(line) > len(form) && line[len(form)] != ' ') {
		return 0, malformed("not an HTTP/1 status line")
	}
	for _, d := range line[9:12] {
		if d < '0' || d > '9' {
			return 0, malformed("status is not a number")
		}
		h.status = h.status*10 + int(d-'0')
	}
	if h.status < 100 {
		return 0, malformed("status below 100")
	}
	minor = line[7]
	if minor != '0' && minor != '1' {
		return 0, malformed("unknown HTTP version")
	}
	return minor, nil
}

// unfold joins header lines that go on in the next line.
func unfold(b []byte) []byte {
	for i := bytes.IndexByte(b, '\n'); i >= 0 && i+1 < len(b); {
		if next := b[i+1]; next == ' ' || next == '\t' {
			b[i] = ' '
			if i > 0 && b[i-1] == '\r' {
				b[i-1] = ' '
			}
		}
		n := bytes.IndexByte(b[i+1:], '\n')
		if n < 0 {
			break
		}
		i += 1 + n
	}
	return b
}

// parseLine checks a header line, and notes it if it is about the message.
func (h *head) parseLine(line []byte) error {
	i := bytes.IndexByte(line, ':')
	if i <= 0 {
		return malformed("header line without a name")
	}
	name := line[:i]
	for _, b := range name {
		if !tokenByte(b) {
			return malformed("header name is not a token")
		}
	}
	if bytes.IndexByte(line, '\r') >= 0 || bytes.IndexByte(line, 0) >= 0 {
		return malformed("control character in a header")
	}
	switch len(name) {
	case len("Connection"):
		if is(name, "connection") {
			h.parseConnection(line[i+1:])
		}
	case len("Content-Type"):
		if is(name, "content-type") && h.contentType == nil {
			h.contentType = trim(line[i+1:])
		}
	case len("Content-Length"):
		if is(name, "content-length") {
			return h.parseLength(line[i+1:])
		}
	case len("Content-Encoding"):
		if is(name, "content-encoding") {
			h.parseCoding(trim(line[i+1:]))
		}
	case len("Transfer-Encoding"):
		if is(name, "transfer-encoding") {
			if h.chunked || !is(trim(line[i+1:]), "chunked") {
				return malformed("Transfer-Encoding other than chunked")
			}
			h.chunked = true
		}
	}
	return nil
}

func (h *head) parseConnection(value []byte) {
	for len(value) > 0 {
		var option []byte
		option, value, _ = bytes.Cut(value, comma)
		switch option = trim(option); {
		case is(option, "close"):
			h.close = true
		case is(option, "keep-alive"):
			h.keep = true
		}
	}
}

// parseLength reads Content-Length. Repeated equal values are one (RFC 9112, 6.3).
func (h *head) parseLength(value []byte) error {
	for more := true; more; {
		var v []byte
		v, value, more = bytes.Cut(value, comma)
		v = trim(v)
		if len(v) == 0 || len(v) > 18 {
			return malformed("Content-Length is not a number")
		}
		n := 0
		for _, d := range v {
			if d < '0' || d > '9' {
				return malformed("Content-Length is not a number")
			}
			n = n*10 + int(d-'0')
		}
		if h.length >= 0 && h.length != n {
			return malformed("two different values of Content-Length")
		}
		h.length = n
	}
	return nil
}

func (h *head) parseCoding(value []byte) {
	switch {
	case len(value) == 0 || is(value, "identity"):
	case h.coding == codingNone && (is(value, "gzip") || is(value, "x-gzip")):
		h.coding = codingGzip
	default:
		h.coding = codingOther
	}
}

// is compares without regard to case.
func is(b []byte, text string) bool {
	return len(b) == len(text) && strings.EqualFold(string(b), text)
}

// chomp cuts the CR off a line that was cut at its LF.
func chomp(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		return line[:n-1]
	}
	return line
}

// trim cuts blanks and line ends off both ends.
func trim(b []byte) []byte {
	for len(b) > 0 && blank(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && blank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

func blank(b byte) bool { return b == ' ' || b == '\t' || b == '\r' }
