package proxy

import (
	"net/url"
	"strings"
)

// aim finds where a request goes: the source's address, and behind it what is left of the path. Escapes stay as the client wrote
// them, so that an escaped slash remains part of its segment.
func (x *exchange) aim() error {
	text, err := x.Base.Append(nil, &environment{x: x}, &x.arena)
	if err != nil {
		return err
	}
	u, err := url.Parse(string(text))
	if err != nil {
		return err
	}
	x.base = strings.TrimSuffix(u.EscapedPath(), "/")
	rest := x.path
	for range x.Stripped() {
		i := strings.IndexByte(rest[1:], '/')
		if i < 0 {
			rest = ""
			break
		}
		rest = rest[1+i:]
	}
	x.stripped = x.path[:len(x.path)-len(rest)]
	raw := x.base + rest
	if rest == "" && x.Source.Slash || raw == "" {
		raw += "/"
	}
	if u.Path, err = url.PathUnescape(raw); err != nil {
		return err
	}
	u.RawPath = raw
	x.target = u
	return nil
}

// climbs reports whether a path has a segment that stands for its own folder or the one above. Some services decode before they look
// for these, take a backslash for a slash, end a segment at a semicolon, or a text at a zero byte; so all of that counts. A browser
// takes such segments out before it sends anything.
func climbs(path string) bool {
	text, err := url.PathUnescape(path)
	if err != nil {
		return true
	}
	for segment := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '/' || r == '\\' }) {
		if i := strings.IndexAny(segment, ";\x00"); i >= 0 {
			segment = segment[:i]
		}
		if segment = strings.TrimRight(segment, " \t"); segment == "." || segment == ".." {
			return true
		}
	}
	return false
}

// query joins the query of the source's address and the client's. What the source's queryParams say is not the client's to say.
func query(source, client string) string {
	if source == "" {
		return client
	}
	said := map[string]bool{}
	for pair := range strings.SplitSeq(source, "&") {
		said[nameOf(pair)] = true
	}
	out := []byte(source)
	for pair := range strings.SplitSeq(client, "&") {
		if pair != "" && !said[nameOf(pair)] {
			out = append(append(out, '&'), pair...)
		}
	}
	return string(out)
}

// nameOf returns the name of a pair without its escapes.
func nameOf(pair string) string {
	name, _, _ := strings.Cut(pair, "=")
	if text, err := url.QueryUnescape(name); err == nil {
		return text
	}
	return name
}
