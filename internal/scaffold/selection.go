package scaffold

import (
	"bytes"
	"encoding/json"
	"strings"
)

// selection is the mapping of a route's reply: the path to what was asked for and, if the reply leaves out what the loader
// of its objects has, the members that it does have. "" is the default mapping.
func (m *maker) selection(r *route) string {
	path := ""
	for _, name := range r.wrapper {
		path += "." + memberName(name)
	}
	if path != "" {
		path = "$" + path
	}
	res := m.resourceOf(r)
	if res == nil || res.loader == nil || res.loader == r {
		return path
	}
	objects := r.objects()
	if objects == nil || !objects.isKey(res.id) || hasAll(objects, res.shape) {
		return path
	}
	listed := members(res.out, objects)
	if path == "" {
		return listed
	}
	return path + " { " + listed + " }"
}

// members lists the fields of t that objects of a shape have whole.
func members(t *objectType, s *shape) string {
	var out []string
	for _, f := range t.fields {
		member := s.members[f.key]
		if member == nil || f.connect != "" || !covers(f, member) {
			continue
		}
		switch {
		case f.entity != "":
			out = append(out, f.name+": "+f.from)
		case f.object != nil:
			for member.item != nil {
				member = member.item
			}
			out = append(out, renamed(f)+" { "+members(f.object, member)+" }")
		default:
			out = append(out, renamed(f))
		}
	}
	return strings.Join(out, " ")
}

// covers reports whether a member has all that the type of its field shows, so that nothing inside would be missing.
func covers(f *outField, s *shape) bool {
	if f.object == nil {
		return true
	}
	for s.item != nil {
		s = s.item
	}
	for _, inner := range f.object.fields {
		member := s.members[inner.key]
		if member == nil || !covers(inner, member) {
			return false
		}
	}
	return true
}

// renamed is a field as a selection lists it.
func renamed(f *outField) string {
	if f.name == f.key {
		return f.name
	}
	return f.name + ": " + property(f.key)
}

// memberName is a property as it stands behind a dot.
func memberName(key string) string {
	if p := property(key); !strings.HasPrefix(p, "$.") {
		return p
	}
	return quotedKey(key)
}

// quotedKey is a property whose name is no name, in quotes.
func quotedKey(key string) string { return jsonText(key) }

// jsonText is a text as JSON and GraphQL both write it.
func jsonText(text string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}
