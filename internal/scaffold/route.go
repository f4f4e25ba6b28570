package scaffold

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// route is one path of a service, with what its replies hold.
type route struct {
	source   *source
	path     string
	segments []segment
	query    []param
	reply    *value
	wrapper  []string // the properties around what was asked for
	shape    *shape   // of what was asked for
}

// segment is a part of a path: literal text, or a value if param is not "".
type segment struct{ text, param string }

// param is a parameter of the query.
type param struct {
	name   string // as the service spells it
	values []string
}

func newRoute(s Sample, src *source) (*route, error) {
	if !strings.HasPrefix(s.Path, "/") {
		return nil, &Error{fmt.Sprintf("%q is not a path", s.Path), "write it from the baseURL on, with a slash: --get /users=users.json"}
	}
	path, query, _ := strings.Cut(s.Path, "?")
	r := &route{source: src, path: s.Path}
	if err := r.readPath(path); err != nil {
		return nil, err
	}
	if err := r.readQuery(query); err != nil {
		return nil, err
	}
	v, err := decode(s.Reply)
	if err != nil {
		return nil, &Error{fmt.Sprintf("%s is not JSON: %v", s.File, err), "save the body of the reply alone, as by curl -s " + src.BaseURL + s.Path}
	}
	r.reply = v
	v, r.wrapper = unwrap(v, r)
	r.shape = &shape{expected: 1}
	r.shape.see(v)
	return r, nil
}

func (r *route) readPath(path string) error {
	if strings.ContainsAny(path, " \t\r\n\"\\#") {
		return &Error{fmt.Sprintf("%q holds a character that no path has", path), "write the path as it stands in a URL"}
	}
	trimmed := strings.Trim(path, "/")
	if trimmed == "" {
		return nil
	}
	for text := range strings.SplitSeq(trimmed, "/") {
		s := segment{text: text}
		switch n := len(r.segments); {
		case strings.HasPrefix(text, "{") && strings.HasSuffix(text, "}"):
			if s.param = camel(text); s.param == "" {
				return &Error{fmt.Sprintf("%q names no value", text), "write it so: /users/{id}"}
			}
		case n > 0 && r.segments[n-1].param == "" && isKeyText(text, r.segments[n-1].text):
			s.param = "id"
		}
		r.segments = append(r.segments, s)
	}
	for i := range r.segments { // keys of outer objects are called by these: /users/{userId}/orders/{id}
		if s := &r.segments[i]; s.param == "id" && i < len(r.segments)-1 && i > 0 {
			s.param = camel(singular(r.segments[i-1].text) + "_id")
		}
	}
	return nil
}

// isKeyText reports whether a segment looks like the key of an object, and not like a word.
func isKeyText(text, before string) bool {
	digits := regexp.MustCompile(`^[0-9]+$`)
	uuid := regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	mixed := regexp.MustCompile(`^[A-Za-z]*[-_]?[0-9][A-Za-z0-9_-]*$`)
	version := regexp.MustCompile(`^v[0-9]+([.][0-9]+)*$`)
	if version.MatchString(text) {
		return false
	}
	return digits.MatchString(text) || uuid.MatchString(text) || (mixed.MatchString(text) && singular(before) != before)
}

func (r *route) readQuery(query string) error {
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, err1 := url.QueryUnescape(rawName)
		v, err2 := url.QueryUnescape(rawValue)
		if err1 != nil || err2 != nil || camel(name) == "" || strings.ContainsAny(name, "{}\"\\ \t\r\n#&=") {
			return &Error{fmt.Sprintf("%q in %s is no parameter", pair, r.path), "write it so: /users?limit=10"}
		}
		i := slices.IndexFunc(r.query, func(p param) bool { return p.name == name })
		if i < 0 {
			i = len(r.query)
			r.query = append(r.query, param{name: name})
		}
		r.query[i].values = append(r.query[i].values, v)
	}
	return nil
}

// pattern is equal for two samples of one endpoint.
func (r *route) pattern() string {
	var b strings.Builder
	for _, s := range r.segments {
		if s.param != "" {
			s.text = "{}"
		}
		b.WriteString("/" + s.text)
	}
	for _, p := range r.query {
		b.WriteString("&" + p.name)
	}
	return b.String()
}

// merge adds a further sample of the same endpoint.
func (r *route) merge(o *route) {
	if slices.Equal(r.wrapper, o.wrapper) {
		r.shape.merge(o.shape, false)
		return
	}
	r.wrapper, r.shape = nil, &shape{expected: 2}
	r.shape.see(r.reply)
	r.shape.see(o.reply)
}

// noun is the last word of the path: what is asked for. It is "" for the root.
func (r *route) noun() string {
	for _, s := range slices.Backward(r.segments) {
		if s.param == "" {
			return s.text
		}
	}
	return ""
}

func (r *route) params() (n int) {
	for _, s := range r.segments {
		if s.param != "" {
			n++
		}
	}
	return n
}

// item reports whether the path ends in the key of the one object that it asks for.
func (r *route) item() bool {
	n := len(r.segments)
	return n > 1 && r.segments[n-1].param != "" && r.params() == 1 && len(r.query) == 0
}

// batch returns the parameter that holds many keys, or nil.
func (r *route) batch() *param {
	if r.params() > 0 || len(r.query) != 1 {
		return nil
	}
	p := &r.query[0]
	w := words(p.name)
	if last := w[len(w)-1]; last == "ids" || p.name == "id" || p.name == "id[]" || idsLike(p.name) {
		return p
	}
	return nil
}

// unwrap goes into the property that a reply wraps around what was asked for: data, items, results, or its own name.
func unwrap(v *value, r *route) (inner *value, path []string) {
	single := r.item()
	for len(path) < 3 {
		name := wrapperOf(v, r.noun(), single)
		if name == "" {
			return v, path
		}
		v, path = v.members[name], append(path, name)
	}
	return v, path
}

// wrapperOf returns the one property of v that holds the answer if all others only speak about it; "" if v is the answer.
func wrapperOf(v *value, noun string, single bool) string {
	if v.kind != isObject || v.members["id"] != nil {
		return ""
	}
	names := []string{"data", "result", "item", singular(noun)}
	if !single {
		names = []string{"data", "items", "results", "result", "records", "rows", "content", "entries", "values", noun}
	}
	about := []string{"meta", "_meta", "links", "_links", "pagination", "paging", "page", "pageInfo", "page_info", "errors", "status"}
	found := ""
	for _, name := range v.names {
		member := v.members[name]
		switch {
		case found == "" && slices.Contains(names, name) && (member.kind == isList || (member.kind == isObject && (single || name == "data" || name == "result"))):
			found = name
		case member.kind == isObject && !slices.Contains(about, name), member.kind == isList && !slices.Contains(about, name):
			return ""
		}
	}
	return found
}
