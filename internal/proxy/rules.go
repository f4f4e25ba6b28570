package proxy

import (
	"net/http"
	"strings"

	"manifold/internal/template"
	"manifold/schema"
)

// rules are the headers of a source, ready to be made.
type rules struct {
	list  []rule
	names map[string]bool // folded
}

type rule struct {
	name  string // canonical
	from  string // canonical; "": value
	value *template.Text
}

func newRules(p *schema.Proxy) *rules {
	out := &rules{names: map[string]bool{}}
	for _, h := range p.Source.Headers {
		out.list = append(out.list, rule{http.CanonicalHeaderKey(h.Name), http.CanonicalHeaderKey(h.From), h.Value})
		out.names[folded(h.Name)] = true
	}
	return out
}

// values makes the headers for one request. One that has no value is there all the same, empty: whatever the client calls by its name
// is not sent.
func (r *rules) values(x *exchange) (http.Header, error) {
	out := make(http.Header, len(r.list))
	env := &environment{x: x}
	for _, rule := range r.list {
		switch {
		case rule.value == nil && rule.from == "Host":
			out[rule.name] = []string{x.in.Host}
		case rule.value == nil:
			out[rule.name] = x.in.Header[rule.from]
		default:
			value, present, err := rule.value.Append(nil, env, &x.arena)
			if err != nil {
				return nil, err
			}
			out[rule.name] = nil
			if present {
				out[rule.name] = []string{string(value)}
			}
		}
	}
	return out, nil
}

// folded is equal for names that a service may take for the same one: CGI, and all that has learnt from it, makes X_USER_ID of
// X-User-Id and of X_User_Id.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		case (r >= 'a' && r <= 'z') || (r >= '0' && r <= '9'):
			return r
		default:
			return '-'
		}
	}, name)
}
