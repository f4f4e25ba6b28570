package schema

import (
	"fmt"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/template"
)

// http reads the transport of a connector.
func (l *loader) http(v *ast.Value, u *use, c *Connector, hasSource bool, s *scope) *HTTP {
	out := &HTTP{}
	var address *ast.Value
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		m := member(v, method)
		if m == nil {
			continue
		}
		if address != nil {
			l.problem(at(m.Position), c.Coordinate, "a connector makes one call: "+out.Method+" and "+method+" are two", "keep one of them")
			continue
		}
		out.Method, address = method, m
	}
	if address == nil {
		if !u.faulty {
			l.problem(at(v.Position), c.Coordinate, "http names no method and path", `write http: { GET: "/path" }`)
		}
		return nil
	}
	if b := member(v, "body"); b != nil {
		if out.Method == "GET" {
			l.problem(at(b.Position), c.Coordinate, "a GET request has no body", "use POST, or put the values into the query")
		}
		out.Body = l.expression(b, s, asking)
	}
	out.Headers = l.headers(member(v, "headers"), s, asking)
	out.Respond = l.headers(member(v, "respond"), s, responding)
	own := l.extra(v, s)
	out.URL = l.address(address, c, hasSource || u.faulty, s)
	var common *template.Extra
	if c.Source != nil {
		out.Headers = mergeHeaders(c.Source.Headers, out.Headers)
		out.Respond = mergeHeaders(c.Source.Respond, out.Respond)
		common = c.Source.Extra
	}
	if out.URL != nil {
		out.URL = out.URL.With(common, own)
	}
	l.readEncoding(out, v, s)
	return out
}

// address reads the URL template of a connector and completes it with the source's address.
func (l *loader) address(v *ast.Value, c *Connector, hasSource bool, s *scope) *template.URL {
	t, ok := text(v)
	if !ok {
		return nil
	}
	if i := strings.Index(t, "{{"); i >= 0 {
		l.problem(l.inside(v, i), c.Coordinate, "an expression stands in single braces", "write {$args.name}")
		return nil
	}
	if hasSource && strings.TrimSpace(t) == "" {
		t = "/" // the address of the source
	}
	tmpl, err := template.ParseURL(t)
	if err != nil {
		l.syntax(v, c.Coordinate, err, 0)
		return nil
	}
	l.checkTemplate(t, v, s, inPath, asking)
	switch absolute := tmpl.Absolute(); {
	case absolute && hasSource:
		l.problem(at(v.Position), c.Coordinate, "the URL is absolute although a source is given", "leave out the source, or scheme and host")
	case absolute:
		base, err := url.Parse(origin(t))
		if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Hostname() == "" || base.User != nil {
			l.problem(at(v.Position), c.Coordinate, "the URL cannot be used", "write http:// or https://, a host, and no user name")
			return nil
		}
		c.Source = l.origin(base.Scheme, base.Host)
	case !hasSource:
		l.problem(at(v.Position), c.Coordinate, "the URL is relative but no source is given",
			`name one: @connect(source: "...", ...), or write the whole address`)
	case c.Source != nil && c.Source.BaseURL != "":
		return tmpl.WithBase(c.Source.Address())
	}
	return tmpl
}

// origin returns scheme and host of an absolute URL template.
func origin(t string) string {
	t = strings.TrimSpace(t)
	scheme := strings.Index(t, "://")
	if scheme < 0 {
		return t
	}
	if end := strings.IndexAny(t[scheme+3:], "/?#{"); end >= 0 {
		return t[:scheme+3+end]
	}
	return t
}

// headers reads a list of header rules: of the call (asking), or of what clients get of its reply (responding).
func (l *loader) headers(v *ast.Value, s *scope, side side) []Header {
	var out []Header
	seen := map[string]bool{}
	for _, item := range items(v) {
		name, ok := text(member(item, "name"))
		if !ok {
			continue
		}
		p := at(member(item, "name").Position)
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		switch {
		case !token(name):
			l.problem(p, s.coordinate, fmt.Sprintf("%q is not a name of a header", name), "names are letters, digits and dashes")
		case hopByHop(canonical):
			l.problem(p, s.coordinate, "the header "+name+" belongs to the connection and cannot be set", "remove this rule")
		case side == responding && ownHeader(canonical):
			l.problem(p, s.coordinate, "the response's header "+name+" is written by the gateway itself", "remove this rule, or give the header a name of its own")
		case seen[canonical]:
			l.problem(p, s.coordinate, "the header "+name+" is given twice", "keep one of them")
		}
		seen[canonical] = true
		h := Header{Name: name}
		from, value := member(item, "from"), member(item, "value")
		switch {
		case from != nil && value != nil:
			l.problem(at(item.Position), s.coordinate, "a header has either from or value", "keep one of them")
		case from == nil && value == nil:
			l.problem(at(item.Position), s.coordinate, "the header "+name+" has no value", "write from: \"...\" to forward a header, or value: \"...\"")
		case from != nil:
			h.From = l.forwarded(from, s, side)
		default:
			h.Value = l.headerText(value, s, side)
		}
		out = append(out, h)
	}
	return out
}

func (l *loader) forwarded(v *ast.Value, s *scope, side side) string {
	from, _ := text(v)
	whose := "request"
	if side == responding {
		whose = "reply"
	}
	switch {
	case !token(from):
		l.problem(at(v.Position), s.coordinate, fmt.Sprintf("%q is not a name of a header", from), "name the "+whose+"'s header that is to be forwarded")
	case hopByHop(textproto.CanonicalMIMEHeaderKey(from)) && !strings.EqualFold(from, "Host"):
		l.problem(at(v.Position), s.coordinate, "the header "+from+" belongs to the connection and is never forwarded", "remove this rule")
	}
	return from
}

func (l *loader) headerText(v *ast.Value, s *scope, at side) *template.Text {
	if _, ok := text(v); !ok {
		return nil
	}
	t, ok := l.expand(v, s, true)
	if !ok {
		return nil
	}
	tmpl, err := template.ParseText(t)
	if err != nil {
		l.syntax(v, s.coordinate, err, 0)
		return nil
	}
	l.checkTemplate(t, v, s, inText, at)
	return tmpl
}

// token reports whether s may be the name of a header (RFC 9110, 5.6.2).
func token(s string) bool {
	for i := range len(s) {
		c := s[i]
		alnum := (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
		if !alnum && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return s != ""
}

// hopByHop reports whether a header describes the connection rather than the message (RFC 9110, 7.6.1), or is written by
// the client library itself.
func hopByHop(canonical string) bool {
	switch canonical {
	case "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer",
		"Transfer-Encoding", "Upgrade", "Host", "Content-Length":
		return true
	default:
		return false
	}
}

// mergeHeaders lets a connector's header replace the source's of the same name.
func mergeHeaders(source, own []Header) []Header {
	var out []Header
	for _, h := range source {
		if !slices.ContainsFunc(own, func(o Header) bool { return strings.EqualFold(o.Name, h.Name) }) {
			out = append(out, h)
		}
	}
	return append(out, own...)
}
