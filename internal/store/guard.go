package store

import (
	"errors"
	"net"
	"sync/atomic"
)

// guard is a connection to Redis that hands on only what is well-formed, of a sane size, and was asked for.
//
// The client takes its peer at its word: it makes as much room as a length says before the bytes are there, and panics, in a
// goroutine of its own where nobody can recover, when a reply comes that it did not ask for. A service that is not Redis, or bytes
// that were garbled on the way, must not end the gateway; so they end the connection.
type guard struct {
	net.Conn

	stop  func() bool // that the connection is closed with the store
	out   respScanner // commands; of the goroutine that writes
	in    respScanner // replies; of the goroutine that reads
	asked atomic.Int64
}

var (
	errUnasked   = errors.New("a reply of Redis came that nobody asked for")
	errMalformed = errors.New("what Redis sent is not RESP2, or too large")
)

func (g *guard) Write(p []byte) (int, error) {
	done := g.out.done
	if !g.out.scan(p, nil) {
		return 0, errMalformed
	}
	g.asked.Add(g.out.done - done) // before the bytes leave: the reply may be read before Write returns
	return g.Conn.Write(p)
}

func (g *guard) Read(p []byte) (int, error) {
	n, err := g.Conn.Read(p)
	if n == 0 || g.in.scan(p[:n], &g.asked) {
		return n, err
	}
	g.Conn.Close()
	if g.in.unasked {
		return 0, errUnasked
	}
	return 0, errMalformed
}

func (g *guard) Close() error {
	g.stop()
	return g.Conn.Close()
}

// Bounds of what is sent either way.
const (
	maxBulk   = maxFrame + 1<<20 // bytes of a string
	maxLine   = 64 << 10         // bytes of an error or a status
	maxArray  = 4096             // members of an array
	maxNested = 8                // arrays within arrays
)

// respScanner finds where values of RESP2 begin and end, without keeping them
// (https://redis.io/docs/latest/develop/reference/protocol-spec/).
type respScanner struct {
	done    int64 // whole values so far
	unasked bool  // why scan failed

	kind     byte // of the value whose line is being read; 0: one begins; 'b': the bytes of a string
	length   int  // of the line, without its kind
	number   int64
	minus    bool
	returned bool           // the last byte was \r
	left     int            // bytes of a string, with \r\n
	open     [maxNested]int // members that are missing in arrays, from the outermost
	depth    int
}

// scan reads more bytes. It returns false for good when they are not RESP2, too large, or when a value begins although only so
// many as asked were to come; asked nil: there is no limit.
func (s *respScanner) scan(p []byte, asked *atomic.Int64) bool {
	for i := 0; i < len(p); {
		switch s.kind {
		case 0:
			if s.depth == 0 && asked != nil && s.done >= asked.Load() {
				s.unasked = true
				return false
			}
			if s.kind = p[i]; !s.begin() {
				return false
			}
			i++
		case 'b':
			n := min(len(p)-i, s.left)
			if !s.skip(p[i : i+n]) {
				return false
			}
			i += n
		default:
			if !s.line(p[i]) {
				return false
			}
			i++
		}
	}
	return true
}

// begin takes the first byte of a value.
func (s *respScanner) begin() bool {
	s.length, s.number, s.minus, s.returned = 0, 0, false, false
	switch s.kind {
	case '+', '-', ':', '$', '*':
		return true
	default:
		return false
	}
}

// skip takes bytes of a string, the last two of which are \r\n.
func (s *respScanner) skip(p []byte) bool {
	for i := max(0, s.left-2); i < len(p); i++ {
		if p[i] != "\r\n"[2-(s.left-i)] {
			return false
		}
	}
	if s.left -= len(p); s.left == 0 {
		return s.end()
	}
	return true
}

// line takes a byte of the first line of a value.
func (s *respScanner) line(c byte) bool {
	switch {
	case c == '\n':
		return s.returned && s.lineEnds()
	case s.length >= maxLine:
		return false
	}
	numeric := s.kind == '$' || s.kind == '*' || s.kind == ':'
	switch {
	case !numeric:
	case s.returned: // there is nothing between \r and \n
		return false
	case c == '\r':
	case c == '-' && s.length == 0:
		s.minus = true
	case c >= '0' && c <= '9' && s.length < 20:
		s.number = s.number*10 + int64(c-'0')
	default:
		return false
	}
	s.returned = c == '\r'
	s.length++
	return true
}

// lineEnds says what follows a line.
func (s *respScanner) lineEnds() bool {
	digits := s.length - 1 // without \r
	if s.minus {
		digits--
	}
	switch s.kind {
	case '+', '-':
		return s.end()
	case ':':
		return digits > 0 && s.end()
	}
	if s.minus { // null
		return digits == 1 && s.number == 1 && s.end()
	}
	switch {
	case digits == 0 || digits > 10:
		return false
	case s.kind == '$':
		s.kind, s.left = 'b', int(s.number)+2
		return s.number <= maxBulk
	case s.number == 0:
		return s.end()
	case s.number > maxArray || s.depth == maxNested:
		return false
	}
	s.open[s.depth] = int(s.number)
	s.depth++
	s.kind = 0
	return true
}

// end ends a value, and the arrays that it is the last member of.
func (s *respScanner) end() bool {
	s.kind = 0
	for s.depth > 0 {
		if s.open[s.depth-1]--; s.open[s.depth-1] > 0 {
			return true
		}
		s.depth--
	}
	s.done++
	return true
}
