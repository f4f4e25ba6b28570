package template

import (
	"manifold/internal/mapping"
	"manifold/internal/rawjson"
)

// Extra is what the mappings `path:` and `queryParams:` of a source or of a connector add to its URLs. The value of the one
// is a list, each item of which becomes one path segment; that of the other is an object, each member of which becomes a pair
// of the query. What a value may be and how it is escaped is as in the places of a template.
type Extra struct {
	Path, Query mapping.Node // as written; nil: there is none

	segments *list
	pairs    []pair
}

// list is a compiled `path:`. Of a list written in the mapping itself every item is a part of its own, so that a fault is that
// of the item and nothing is built; of any other mapping the value is the list.
type list struct {
	items []item
	whole *part
	slash bool // the path ends in a slash here: the last item is an empty text, written in the mapping
}

// item is one item of a list written in the mapping.
type item struct {
	part
	// needed items may not be null or missing: those that read $this or $batch, without which there is nothing to be found
	// (LANGUAGE 6, "Null inputs"). Others are left out.
	needed bool
}

// NewExtra compiles the two mappings, each of which may be nil. The error is a *SyntaxError about a constant in path that
// cannot be a segment; its place counts from the start of that mapping.
func NewExtra(path, query mapping.Node) (*Extra, error) {
	e := &Extra{Path: path, Query: query}
	if path != nil {
		l, err := readList(path)
		if err != nil {
			return nil, err
		}
		e.segments = l
	}
	if query != nil {
		e.pairs = readMembers(query)
	}
	return e, nil
}

// bare takes the $( ) off that only wraps an expression.
func bare(n mapping.Node) mapping.Node {
	if p, ok := n.(*mapping.Path); ok && p.Root == mapping.RootValue && len(p.Steps) == 0 {
		return bare(p.Value)
	}
	return n
}

func written(n mapping.Node) part {
	return part{text: mapping.String(n), expr: n, at: n.Offset()}
}

func readList(n mapping.Node) (*list, error) {
	array, ok := bare(n).(*mapping.Array)
	if !ok {
		whole := written(n)
		return &list{whole: &whole}, nil
	}
	l := &list{}
	for i, node := range array.Items {
		p := written(node)
		constant, ok := bare(node).(*mapping.Literal)
		switch {
		case !ok:
			l.items = append(l.items, item{part: p, needed: readsParent(node)})
		case constant.JSON[0] == 'n':
		case string(constant.JSON) == `""` && i == len(array.Items)-1:
			l.slash = true
		default:
			segment, err := p.appendSegment(nil, 0, constant.JSON)
			if err != nil {
				fault := err.(*ValueError) //nolint:errorlint,forcetypeassert // appendSegment returns nothing else
				return nil, &SyntaxError{At: p.at, Message: fault.Expr + " " + fault.Reason, Hint: hintOf(constant.JSON)}
			}
			l.items = append(l.items, item{part: part{text: string(segment[1:])}})
		}
	}
	return l, nil
}

func hintOf(constant []byte) string {
	if string(constant) == `""` {
		return "an empty text may stand at the end of path only: it makes a slash there"
	}
	return "each item of path is one segment: a text, a number or a Boolean"
}

func readsParent(n mapping.Node) bool {
	for _, use := range mapping.Variables(n) {
		if use.Name == "this" || use.Name == "batch" {
			return true
		}
	}
	return false
}

// readMembers compiles `queryParams:`. The members of an object written in the mapping itself are pairs as a template has them.
func readMembers(n mapping.Node) (pairs []pair) {
	object, ok := bare(n).(*mapping.Object)
	if ok {
		for i := range object.Members {
			ok = ok && !object.Members[i].Spread
		}
	}
	if !ok {
		whole := written(n)
		return []pair{{members: &whole}}
	}
	for i := range object.Members {
		m := &object.Members[i]
		name := part{text: string(queryValue.escape(nil, []byte(m.Name)))}
		pairs = append(pairs, pair{name: []part{name}, value: []part{written(m.Value)}, equals: true})
	}
	return pairs
}

// append appends the segments to a URL whose path begins at dst[path].
func (l *list) append(dst []byte, path int, env mapping.Env, a *mapping.Arena) ([]byte, error) {
	if l == nil {
		return dst, nil
	}
	if l.whole != nil {
		return l.whole.appendSegments(dst, path, env, a)
	}
	for i := range l.items {
		p := &l.items[i]
		if p.expr == nil {
			dst = append(slash(dst, path), p.text...)
			continue
		}
		v, err := p.eval(env, a)
		if err != nil {
			return dst, err
		}
		if v == nil {
			if p.needed {
				return dst, p.missing("a path segment needs a value")
			}
			continue
		}
		if dst, err = p.appendSegment(dst, path, v); err != nil {
			return dst, err
		}
	}
	if l.slash {
		dst = slash(dst, path)
	}
	return dst, nil
}

// appendSegments appends a segment for each item of the list that p makes, but for those that are null.
func (p *part) appendSegments(dst []byte, path int, env mapping.Env, a *mapping.Arena) ([]byte, error) {
	v, err := p.eval(env, a)
	switch {
	case err != nil:
		return dst, err
	case v == nil:
		return dst, p.missing("path needs a list")
	case v[0] != '[':
		return dst, p.fault("is no list, and path needs one")
	}
	_, err = rawjson.Elements(v, 0, func(v []byte) (err error) {
		if v[0] != 'n' {
			dst, err = p.appendSegment(dst, path, v)
		}
		return err
	})
	return dst, p.wellFormed(err)
}

// wellFormed turns an error of rawjson into one of ours.
func (p *part) wellFormed(err error) error {
	if _, ours := err.(*ValueError); err == nil || ours { //nolint:errorlint // nothing wraps it on the way here
		return err
	}
	return p.fault("is not valid JSON")
}

// appendSegment appends v as one whole segment.
func (p *part) appendSegment(dst []byte, path int, v []byte) ([]byte, error) {
	dst = slash(dst, path)
	mark := len(dst)
	dst, err := p.appendEscaped(dst, v, &pathValue)
	switch {
	case err != nil:
		return dst, err
	case len(dst) == mark:
		return dst, p.fault("is empty, and a path segment may not be")
	case isDots(dst[mark:]):
		return dst, p.fault("makes the path segment . or .., which leads out of the path")
	}
	return dst, nil
}

// slash appends a slash to a path that begins at dst[path], unless it ends in one.
func slash(dst []byte, path int) []byte {
	if len(dst) > path && dst[len(dst)-1] == '/' {
		return dst
	}
	return append(dst, '/')
}

// appendMembers appends a pair for each member of the object that p makes, but for those that are null.
func (p *part) appendMembers(dst []byte, separator byte, env mapping.Env, a *mapping.Arena) ([]byte, error) {
	v, err := p.eval(env, a)
	if err != nil || v == nil {
		return dst, err
	}
	if v[0] != '{' {
		return dst, p.fault("is no object, and queryParams needs one")
	}
	_, err = rawjson.Members(v, 0, func(key, v []byte) (err error) {
		one := func(v []byte) (err error) {
			if v[0] == 'n' {
				return nil
			}
			dst = append(dst, separator)
			separator = '&'
			if dst, err = p.appendEscaped(dst, key, &queryValue); err == nil {
				dst, err = p.appendEscaped(append(dst, '='), v, &queryValue)
			}
			return err
		}
		if v[0] != '[' {
			return one(v)
		}
		_, err = rawjson.Elements(v, 0, one)
		return err
	})
	return dst, p.wellFormed(err)
}

// query is nil for a nil e.
func (e *Extra) query() []pair {
	if e == nil {
		return nil
	}
	return e.pairs
}

// With returns u with what a source and a connector add: the source's segments between the base and the path of u, the
// connector's after it; the source's pairs between the query of the base and that of u, the connector's after it. Both may
// be nil. A path of u that is a slash alone adds nothing.
func (u *URL) With(source, own *Extra) *URL {
	if source == nil && own == nil {
		return u
	}
	joined := *u
	joined.source, joined.own = source, own
	if u.tail == "/" && len(u.segments) == 0 {
		joined.tail = ""
	}
	return &joined
}

// Bare returns u without what With has added.
func (u *URL) Bare() *URL {
	plain := *u
	plain.source, plain.own = nil, nil
	return &plain
}

// Source and Own return what With was given.
func (u *URL) Source() *Extra { return u.source }

// Own is described at Source.
func (u *URL) Own() *Extra { return u.own }
