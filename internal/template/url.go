package template

import (
	"bytes"
	"net/url"
	"strings"

	"manifold/internal/mapping"
)

// URL is a compiled URL template. It is made of literal text, in which nothing is left to decide, and of the path segments
// and query pairs that hold expressions.
type URL struct {
	text     string // in one line, without a base
	exprs    []part
	origin   string // scheme://host[:port], "" for a relative one
	base     string // path of the base, without a slash at its end
	segments []segment
	tail     string // path after the last segment
	given    []pair // of the base
	pairs    []pair

	source, own *Extra // see With; nil: nothing is added
}

// segment is a path segment that holds expressions.
type segment struct {
	before string // literal path up to it, the slash included
	parts  []part
}

// ParseURL reads a URL template. It is absolute (`http://host/x`, `https:`), or a path, whose first `/` may be left out, or a
// query from `?` on.
// Expressions may stand in path segments and in names and values of the query, never before. The error is a *SyntaxError.
func ParseURL(text string) (*URL, error) {
	f, err := flatten(text, false)
	if err != nil {
		return nil, err
	}
	u := &URL{text: f.String(), exprs: f.exprs}
	if i := bytes.IndexByte(f.text, '#'); i >= 0 {
		return nil, &SyntaxError{At: f.offset(i), Message: "a URL template has no # part", Hint: "write %23 for a number sign"}
	}
	start := 0
	switch {
	case len(f.text) == 0:
		return nil, &SyntaxError{Message: "the URL is empty", Hint: "write a path such as /users"}
	case isAbsolute(f.text):
		if start, err = u.readOrigin(f); err != nil {
			return nil, err
		}
	case f.text[0] == 0:
		return nil, &SyntaxError{At: f.offset(0), Message: "scheme and host of a URL are constant", Hint: "begin with / or ? or http://"}
	case bytes.HasPrefix(f.text, []byte("//")):
		return nil, &SyntaxError{At: f.offset(0), Message: "a path begins with one slash", Hint: "write /path, which stands behind the baseURL, or a whole address with http:// or https://"}
	case hasScheme(f.text):
		return nil, &SyntaxError{At: f.offset(0), Message: "a URL begins with / or ? or http:// or https://", Hint: "services are called by HTTP; write /path to stand behind the baseURL of the source"}
	case f.text[0] != '/' && f.text[0] != '?': // a slash in front is understood
		start, u.text = -1, "/"+u.text
	}
	end := len(f.text)
	if i := bytes.IndexByte(f.text[max(start, 0):], '?'); i >= 0 {
		end = max(start, 0) + i
		u.pairs = readQuery(f, end+1)
	}
	return u, u.readPath(f, start, end)
}

func isAbsolute(text []byte) bool {
	scheme, _, ok := bytes.Cut(text, []byte("://"))
	return ok && (bytes.EqualFold(scheme, []byte("http")) || bytes.EqualFold(scheme, []byte("https")))
}

// hasScheme reports whether text begins as an address does, of whatever scheme.
func hasScheme(text []byte) bool {
	scheme, _, ok := bytes.Cut(text, []byte("://"))
	return ok && !bytes.ContainsAny(scheme, "/?")
}

// hostChars are the characters of host names, addresses and ports.
const hostChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:[]"

// readOrigin reads scheme, host and port and returns the index after them.
func (u *URL) readOrigin(f *flat) (int, error) {
	end := bytes.Index(f.text, []byte("://")) + len("://")
	for end < len(f.text) && f.text[end] != '/' && f.text[end] != '?' {
		if f.text[end] == 0 {
			return 0, &SyntaxError{
				At: f.offset(end), Message: "scheme, host and port of a URL are constant",
				Hint: "expressions may stand in the path and in the query",
			}
		}
		end++
	}
	u.origin = string(f.text[:end])
	parsed, err := url.Parse(u.origin)
	switch {
	case err != nil || parsed.Hostname() == "" || parsed.Path != "":
		return 0, &SyntaxError{At: f.offset(0), Message: "`" + u.origin + "` is not scheme, host and port"}
	case parsed.User != nil:
		return 0, &SyntaxError{At: f.offset(0), Message: "a URL must not hold a user name", Hint: "send credentials in a header"}
	case strings.ContainsFunc(u.Host(), func(r rune) bool { return !strings.ContainsRune(hostChars, r) }):
		return 0, &SyntaxError{
			At: f.offset(0), Message: "`" + u.Host() + "` is not a host", Hint: "an international name is written in its xn-- form",
		}
	}
	return end, nil
}

// readPath reads the segments from f.text[start], a slash, to end. start is -1 if that slash is left out.
func (u *URL) readPath(f *flat, start, end int) error {
	var literal []byte
	for i := start; i < end; {
		stop := i + 1
		for stop < end && f.text[stop] != '/' {
			stop++
		}
		literal = append(literal, '/')
		written := f.text[i+1 : stop]
		if bytes.IndexByte(written, 0) < 0 {
			text := pathText.literal(nil, written)
			if isDots(text) {
				return &SyntaxError{At: f.offset(i + 1), Message: "the path segment " + string(written) + " leads out of the path"}
			}
			literal = append(literal, text...)
		} else {
			u.segments = append(u.segments, segment{before: string(literal), parts: f.parts(i+1, stop, pathText.literal)})
			literal = literal[:0]
		}
		i = stop
	}
	u.tail = string(literal)
	return nil
}

// WithBase returns u below a base, an address that was checked to be absolute, without user name and without #. The base is
// no template. Its path is kept in front, its query before that of u. An absolute u stays as it is.
func (u *URL) WithBase(base string) *URL {
	if u.origin != "" {
		return u
	}
	joined := *u
	address, query, _ := strings.Cut(base, "?")
	host := strings.Index(address, "://") + 1
	if host > 0 {
		host += len("//")
	}
	end := len(address)
	if i := strings.IndexByte(address[host:], '/'); i >= 0 {
		end = host + i
	}
	joined.origin = address[:end]
	path := pathText.literal(nil, []byte(address[end:]))
	if len(u.segments) > 0 || u.tail != "" {
		path = bytes.TrimRight(path, "/")
	}
	joined.base = string(path)
	if joined.base != "" && len(u.segments) == 0 && u.tail == "/" {
		joined.tail = "" // the base alone; as it is written
		joined.base = string(pathText.literal(nil, []byte(address[end:])))
	}
	if query != "" {
		joined.given = []pair{{literal: string(queryText.literal(nil, []byte(query)))}}
	}
	return &joined
}

// String returns the template in one line, without a base.
func (u *URL) String() string { return u.text }

// Absolute reports whether the URL has scheme and host, of its own or from a base.
func (u *URL) Absolute() bool { return u.origin != "" }

// Host returns host and, if one is written, port: "api.example.com:8080". It is "" for a relative URL.
func (u *URL) Host() string {
	_, host, _ := strings.Cut(u.origin, "://")
	return host
}

// Variables returns every reading of a variable in the template itself; offsets count from its start.
func (u *URL) Variables() []mapping.Use { return variables(u.exprs) }

// Check is mapping.Check for every expression; offsets count from the start of the template.
func (u *URL) Check(allowed func(variable string) error) []*SyntaxError {
	return check(u.exprs, allowed)
}

// Append appends the finished URL to dst. The error is a *ValueError; nothing is appended then. Missing is set if a path
// segment needs a value that is null or missing.
func (u *URL) Append(dst []byte, env mapping.Env, a *mapping.Arena) ([]byte, error) {
	start := len(dst)
	dst = append(dst, u.origin...)
	path := len(dst)
	dst = append(dst, u.base...)
	var err error
	if u.source != nil {
		if dst, err = u.source.segments.append(dst, path, env, a); err != nil {
			return dst[:start], err
		}
		if (len(u.segments) > 0 || u.tail != "") && len(dst) > path && dst[len(dst)-1] == '/' {
			dst = dst[:len(dst)-1] // what follows begins with one
		}
	}
	for i := range u.segments {
		if dst, err = u.segments[i].append(dst, env, a); err != nil {
			return dst[:start], err
		}
	}
	dst = append(dst, u.tail...)
	if u.own != nil {
		if dst, err = u.own.segments.append(dst, path, env, a); err != nil {
			return dst[:start], err
		}
	}
	if len(dst) == path && u.origin != "" {
		dst = append(dst, '/')
	}
	if dst, err = u.appendQuery(dst, env, a); err != nil {
		return dst[:start], err
	}
	return dst, nil
}

// appendQuery appends the pairs: those of the base, of the source, of the template, of the connector.
func (u *URL) appendQuery(dst []byte, env mapping.Env, a *mapping.Arena) ([]byte, error) {
	separator := byte('?')
	var err error
	for _, pairs := range [...][]pair{u.given, u.source.query(), u.pairs, u.own.query()} {
		for i := range pairs {
			mark := len(dst)
			if dst, err = pairs[i].append(dst, separator, env, a); err != nil {
				return dst, err
			}
			if len(dst) > mark {
				separator = '&'
			}
		}
	}
	return dst, nil
}

func (s *segment) append(dst []byte, env mapping.Env, a *mapping.Arena) ([]byte, error) {
	dst = append(dst, s.before...)
	mark := len(dst)
	var first *part
	for i := range s.parts {
		p := &s.parts[i]
		if p.expr == nil {
			dst = append(dst, p.text...)
			continue
		}
		if first == nil {
			first = p
		}
		v, err := p.eval(env, a)
		if err != nil {
			return dst, err
		}
		if v == nil {
			return dst, p.missing("a path segment needs a value")
		}
		if dst, err = p.appendEscaped(dst, v, &pathValue); err != nil {
			return dst, err
		}
	}
	switch {
	case len(dst) == mark:
		return dst, first.fault("is empty, and a path segment may not be")
	case isDots(dst[mark:]):
		return dst, first.fault("makes the path segment . or .., which leads out of the path")
	}
	return dst, nil
}

// appendEscaped appends the text of a scalar with what allowed does not allow percent-encoded.
func (p *part) appendEscaped(dst, v []byte, allowed *set) ([]byte, error) {
	var buf [256]byte
	if len(v) > 1 && v[0] == '"' && bytes.IndexByte(v, '\\') < 0 {
		return allowed.escape(dst, v[1:len(v)-1]), nil // nothing to decode
	}
	text, err := p.scalar(buf[:0], v)
	if err != nil {
		return dst, err
	}
	return allowed.escape(dst, text), nil
}
