package mapping

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"manifold/internal/rawjson"
)

// SyntaxError is a fault in the text of a mapping. At is its place in bytes from the start of the text.
type SyntaxError struct {
	At      int
	Message string
	Hint    string // what to write instead, or ""
}

func (e *SyntaxError) Error() string {
	text := e.Message + " (at byte " + strconv.Itoa(e.At) + ")"
	if e.Hint != "" {
		text += "; " + e.Hint
	}
	return text
}

// skip moves over spaces and comments.
func (p *parser) skip() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		case '#':
			end := strings.IndexByte(p.text[p.at:], '\n')
			if end < 0 {
				p.at = len(p.text)
				return
			}
			p.at += end + 1
		default:
			return
		}
	}
}

// peek returns the byte at the cursor, 0 at the end of the text.
func (p *parser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

// sees reports whether the text goes on with s.
func (p *parser) sees(s string) bool { return strings.HasPrefix(p.text[p.at:], s) }

// take consumes c after spaces, if it is there.
func (p *parser) take(c byte) bool {
	p.skip()
	if p.peek() != c {
		return false
	}
	p.at++
	return true
}

func nameStart(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// word reads an identifier; the cursor is at its first letter.
func (p *parser) word() string {
	start := p.at
	for p.at < len(p.text) && (nameStart(p.text[p.at]) || digit(p.text[p.at])) {
		p.at++
	}
	return p.text[start:p.at]
}

// quoted reads a text in single or double quotes; the cursor is at the opening quote. Line breaks may stand in it. The
// escapes are those of JSON, and \'.
func (p *parser) quoted() (string, *SyntaxError) {
	start := p.at
	quote := p.text[start]
	p.at++
	var b strings.Builder
	for p.at < len(p.text) {
		c := p.text[p.at]
		switch c {
		case quote:
			p.at++
			return b.String(), nil
		case '\\':
			r, err := p.escape()
			if err != nil {
				return "", err
			}
			b.WriteRune(r)
		default:
			b.WriteByte(c)
			p.at++
		}
	}
	return "", &SyntaxError{At: start, Message: "the quoted text does not end", Hint: "close it with " + string(quote)}
}

// escape reads one escape; the cursor is at the backslash.
func (p *parser) escape() (rune, *SyntaxError) {
	at := p.at
	p.at++
	c := p.peek()
	p.at++
	switch c {
	case '"', '\'', '\\', '/':
		return rune(c), nil
	case 'n':
		return '\n', nil
	case 't':
		return '\t', nil
	case 'r':
		return '\r', nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'u':
		if r, ok := p.hex4(); ok {
			if !utf16.IsSurrogate(r) {
				return r, nil
			}
			if p.sees(`\u`) {
				p.at += 2
				if low, ok := p.hex4(); ok {
					if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
						return r, nil
					}
				}
			}
		}
	}
	return 0, &SyntaxError{At: at, Message: "unknown escape in a quoted text", Hint: `a backslash itself is written \\`}
}

func (p *parser) hex4() (rune, bool) {
	if len(p.text)-p.at < 4 {
		return 0, false
	}
	v, err := strconv.ParseUint(p.text[p.at:p.at+4], 16, 32)
	if err != nil {
		return 0, false
	}
	p.at += 4
	return rune(v), true
}

// startsNumber reports whether a number begins at the cursor.
func (p *parser) startsNumber() bool {
	rest := strings.TrimPrefix(p.text[p.at:], "-")
	if rest != "" && digit(rest[0]) {
		return true
	}
	return len(rest) > 1 && rest[0] == '.' && digit(rest[1])
}

// number reads a number and returns it in JSON's spelling: `.5` is 0.5, `7.` is 7, `007` is 7. An exponent is allowed.
func (p *parser) number() []byte {
	var out []byte
	if p.peek() == '-' {
		out = append(out, '-')
		p.at++
	}
	whole := strings.TrimLeft(p.digits(), "0")
	if whole == "" {
		whole = "0"
	}
	out = append(out, whole...)
	// Three dots are a spread that follows the number.
	if p.peek() == '.' && !p.sees("..") {
		p.at++
		if part := p.digits(); part != "" {
			out = append(append(out, '.'), part...)
		}
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		rest := p.text[p.at+1:]
		sign := ""
		if rest != "" && (rest[0] == '+' || rest[0] == '-') {
			sign, rest = rest[:1], rest[1:]
		}
		if rest != "" && digit(rest[0]) {
			p.at += 1 + len(sign)
			out = append(append(append(out, 'e'), sign...), p.digits()...)
		}
	}
	return out
}

func (p *parser) digits() string {
	start := p.at
	for p.at < len(p.text) && digit(p.text[p.at]) {
		p.at++
	}
	return p.text[start:p.at]
}

// quote returns text as a JSON string.
func quote(text string) []byte { return rawjson.Quote(nil, text) }
