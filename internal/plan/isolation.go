package plan

import (
	"fmt"
	"net/textproto"
	"slices"
	"strings"

	"manifold/internal/mapping"
)

// Isolation returns, for people, what each call of an operation varies by: calls that differ in any of it never share a reply, whether it
// is kept or under way. It says what is read; what decides at run time is the finished call itself.
func Isolation(op *Operation) string {
	p := printer{op: op}
	for _, part := range op.Parts {
		for _, f := range part.Fetches {
			l := f.Loader
			if l.Request == nil {
				continue
			}
			p.line(0, "#%d %s: %s", f.ID, l.Source, sharing(l.Request))
			for _, v := range varies(l.Request) {
				p.line(1, "%s", v)
			}
		}
	}
	return p.b.String()
}

// sharing says who may have the reply to a call.
func sharing(r *Request) string {
	switch {
	case !r.Idempotent:
		return "made for each request"
	case r.Function:
		return "made for each request: a Go function may read all of it"
	case len(r.Respond) > 0:
		return "made for each request: the reply holds headers for its client"
	case r.Cache != nil && r.Cache.Public:
		return "kept for everybody, Authorization and Cookie do not count; varies by"
	case r.Cache != nil:
		return "kept; varies by"
	default:
		return "shared while under way, kept if the reply says so; varies by"
	}
}

// varies lists what a call reads, each once.
func varies(r *Request) (out []string) {
	add := func(format string, args ...any) {
		if s := fmt.Sprintf(format, args...); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	if r.Told != "" && (r.Cache == nil || !r.Cache.Public) {
		add("who asks, in header %s", textproto.CanonicalMIMEHeaderKey(r.Told))
	}
	uses := func(where string, all []mapping.Use) {
		for _, u := range all {
			add("$%s, in %s", strings.Join(append([]string{u.Name}, u.Path...), "."), where)
		}
	}
	if r.URL != nil {
		uses("the URL", r.URL.Variables())
	}
	for _, h := range r.Headers {
		name := textproto.CanonicalMIMEHeaderKey(h.Name)
		switch {
		case h.Value == nil:
			add("the client's %s, as header %s", textproto.CanonicalMIMEHeaderKey(h.From), name)
		case len(h.Value.Variables()) > 0:
			uses("header "+name, h.Value.Variables())
		}
	}
	if r.Body != nil {
		uses("the body", mapping.Variables(r.Body))
	}
	if r.Document != nil {
		add("the fields that are asked for")
	}
	if out == nil {
		add("nothing")
	}
	return out
}
