package schema

import (
	"mime"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
	"manifold/internal/template"
)

// readEncoding decides how the body of a call is written: as its Content-Type says, which is that of the connector or of its
// source, and JSON without one. The type has to be known when the file is loaded.
func (l *loader) readEncoding(h *HTTP, v *ast.Value, s *scope) {
	if h.Body == nil {
		return
	}
	p := at(member(v, "body").Position)
	for _, rule := range h.Headers {
		if !strings.EqualFold(rule.Name, "Content-Type") {
			continue
		}
		for _, item := range items(member(v, "headers")) {
			if name, _ := text(member(item, "name")); strings.EqualFold(name, "Content-Type") {
				p = at(item.Position)
			}
		}
		if rule.From != "" {
			l.problem(p, s.coordinate, "the Content-Type of a body cannot be forwarded: it says how this body is written", "write it: { name: \"Content-Type\", value: \"application/json\" }")
			return
		}
		if rule.Value != nil {
			h.Encoding = l.encoding(rule.Value.String(), p, s)
		}
	}
	l.fitBody(h, member(v, "body"), s)
}

// encoding is how a body of a media type is written. written is a header template.
func (l *loader) encoding(written string, p place, s *scope) template.Encoding {
	kind, _, _ := strings.Cut(written, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	switch {
	case strings.HasSuffix(kind, "json"):
		return template.AsJSON
	case strings.Contains(kind, "{"):
		l.problem(p, s.coordinate, "the Content-Type of a body must be known when the file is loaded", "write it without expressions before the semicolon")
		return template.AsJSON
	case kind != "application/x-www-form-urlencoded" && kind != "text/plain":
		l.problem(p, s.coordinate, "a body of type "+kind+" cannot be written",
			"send application/json (or another type that ends in json), application/x-www-form-urlencoded or text/plain")
		return template.AsJSON
	}
	if _, params, err := mime.ParseMediaType(written); err != nil || params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8") {
		l.problem(p, s.coordinate, "a body is written in UTF-8, which is not what its Content-Type says", "write "+kind+"; charset=utf-8")
	}
	if kind == "text/plain" {
		return template.AsText
	}
	return template.AsForm
}

// fitBody checks that the value of a body can be written as its type says.
func (l *loader) fitBody(h *HTTP, v *ast.Value, s *scope) {
	f := l.formOf(h.Body, formEnv{scope: s})
	written := mapping.String(h.Body)
	p := l.inside(v, h.Body.Offset())
	switch {
	case h.Encoding == template.AsForm && f.kind == scalar:
		l.problem(p, s.coordinate, "the body is one value, and a form has names", "give it a name: "+lastName(written)+": "+written)
	case h.Encoding == template.AsForm && f.kind == list:
		l.problem(p, s.coordinate, "the body is a list, and a form has names", "give it a name: "+lastName(written)+": "+written)
	case h.Encoding == template.AsText && (f.kind == object || f.kind == composite || f.kind == list):
		l.problem(p, s.coordinate, "the body is "+bodyName(f)+", and text/plain takes one text", "make a text of it, as $args.text, or $args.ids->joinNotNull(',')")
	}
}

func bodyName(f form) string {
	if f.kind == list {
		return "a list"
	}
	return "an object"
}
