package paths

import (
	"net/url"
	"strings"
)

// Raw returns the path of a request as its client wrote it: escapes stay as they are. What may not stand in a URL and came all
// the same is escaped.
//
// URL.EscapedPath will not do: where such a character stands anywhere in the path, it decodes all of it and encodes it anew, and
// an escaped slash becomes a slash.
func Raw(u *url.URL) string {
	raw := u.RawPath
	if raw == "" {
		raw = u.EscapedPath()
	}
	if !strings.HasPrefix(raw, "/") {
		raw = "/" + raw
	}
	const hex = "0123456789ABCDEF"
	var out []byte // nil: raw is fine so far
	for i := range len(raw) {
		c := raw[i]
		if allowed(c) {
			if out != nil {
				out = append(out, c)
			}
			continue
		}
		if out == nil {
			out = append(make([]byte, 0, len(raw)+8), raw[:i]...)
		}
		out = append(out, '%', hex[c>>4], hex[c&15])
	}
	if out != nil {
		return string(out)
	}
	return raw
}

// allowed reports whether a byte may stand in the path of a URL (RFC 3986), % and brackets included.
func allowed(c byte) bool {
	alnum := (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
	return alnum || strings.IndexByte("-._~!$&'()*+,;=:@/%[]", c) >= 0
}

// Match reports whether a path, as Raw returns it, is one of the pattern's. Segments are compared without their escapes.
func (p *Pattern) Match(path string) bool {
	left := path
	for _, s := range p.segments {
		if left == "" { // no slash follows
			return false
		}
		left = left[1:]
		if s.kind == rest {
			return true
		}
		var word string
		word, left = cut(left)
		switch s.kind {
		case end:
			if word != "" {
				return false
			}
		case one:
			if word == "" {
				return false
			}
		default:
			if plain(word) != s.text {
				return false
			}
		}
	}
	return left == ""
}

// Slashless reports whether a path lacks only the slash at its end to be one of the pattern's, which then begins below it: `/files`
// of `/files/{path...}`.
func (p *Pattern) Slashless(path string) bool {
	return p.segments[len(p.segments)-1].kind != literal && p.segments[len(p.segments)-1].kind != one &&
		!strings.HasSuffix(path, "/") && strings.Count(path, "/") == len(p.segments)-1 && p.Match(path+"/")
}

// cut splits a path, whose first slash is gone, before the next one.
func cut(path string) (word, left string) {
	if i := strings.IndexByte(path, '/'); i >= 0 {
		return path[:i], path[i:]
	}
	return path, ""
}

func plain(word string) string {
	if strings.IndexByte(word, '%') < 0 {
		return word
	}
	text, err := url.PathUnescape(word)
	if err != nil {
		return word
	}
	return text
}
