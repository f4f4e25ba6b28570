package aggregation

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"manifold/internal/fault"
	"manifold/internal/mapping"
	"manifold/internal/plan"
	"manifold/internal/rawjson"
)

// spoil puts the errors of a reply where they belong: at the null that each left in the value of a question. What the service
// did give is kept. The fault is that of the question as a whole.
func (f *frame) spoil(c *call) (slot, *fault.Error) {
	var whole, other []byte // the first error of the question as a whole; of none of the places that are read
	value := c.value
	_, _ = rawjson.Elements(f.bytes(c.errors), 0, func(e []byte) error { // located, so it is valid
		path := pathOf(e)
		switch {
		case len(path) == 0:
			whole = first(whole, e)
		case !names(path[0], c.key):
			other = first(other, e)
		case !f.spoilAt(c, &value, path[1:], e):
			whole = first(whole, e)
		}
		return nil
	})
	switch {
	case value.kind == failed:
		return slot{}, f.faults[value.from]
	case !value.missing():
		if c.loader.plan.Mode == plan.Batch && whole != nil {
			c.lost = f.fail(f.complaint(c, whole))
		}
		return value, nil
	case whole != nil:
		return slot{}, f.complaint(c, whole)
	case !c.got && other != nil: // it made all of data null
		return slot{}, f.complaint(c, other)
	default:
		return value, nil
	}
}

func first(have, e []byte) []byte {
	if have != nil {
		return have
	}
	return e
}

// pathOf returns the elements of an error's path.
func pathOf(e []byte) (path [][]byte) {
	list := memberAt(e, []string{"path"})
	if len(list) == 0 || list[0] != '[' {
		return nil
	}
	_, _ = rawjson.Elements(list, 0, func(item []byte) error {
		path = append(path, item)
		return nil
	})
	return path
}

func names(element []byte, name string) bool {
	return len(element) > 0 && element[0] == '"' && rawjson.EqualKey(element, name)
}

// spoilAt puts an error into the value of a question. It reports whether it found the place, or knows that nothing of it is
// read.
func (f *frame) spoilAt(c *call, value *slot, path [][]byte, e []byte) bool {
	p := &c.loader.plan.Reply
	if value.missing() || p.Transform != nil {
		*value = f.fail(f.complaint(c, e))
		return true
	}
	for _, name := range p.Path {
		if len(path) == 0 || path[0][0] != '"' { // through a list, whose items are no longer where they were
			return false
		}
		if !names(path[0], name) {
			return true
		}
		path = path[1:]
	}
	s := spoiler{f: f, why: func() slot { return f.fail(f.complaint(c, e)) }}
	if s.slot(value, p.Shape, -1, path) {
		if value.kind == list && c.loader.plan.Mode == plan.Batch && s.item {
			c.lost = s.made
		}
		return true
	}
	return s.unread
}

// spoiler looks for the null that an error left.
type spoiler struct {
	f      *frame
	why    func() slot
	made   slot // by why, once
	item   bool // an item of the outermost list is lost
	unread bool // the path leads to what is not read
}

func (s *spoiler) fault() slot {
	if s.made.kind != failed {
		s.made = s.why()
	}
	return s.made
}

// slot spoils the value in a slot, or what is inside of it. base is the record of Inline shapes.
func (s *spoiler) slot(at *slot, shape *plan.Shape, base int, path [][]byte) bool {
	switch {
	case at.missing():
		*at = s.fault()
		return true
	case at.kind == failed: // an error said so before
		return true
	case len(path) == 0 || shape == nil:
		return false
	}
	switch at.kind {
	case record:
		return s.object(shape, int(at.from), path)
	case object:
		return base >= 0 && s.object(shape, base, path)
	case list:
		n, err := strconv.Atoi(string(path[0]))
		if err != nil || n < 0 || n >= int(at.to) || shape.Item == nil {
			return false
		}
		item := &s.f.slots[int(at.from)+n]
		was := item.missing()
		found := s.slot(item, shape.Item, -1, path[1:])
		s.item = was && found
		return found
	}
	return false
}

// object spoils what is read of an object: the property on the path, and every value that a mapping made of it.
func (s *spoiler) object(shape *plan.Shape, base int, path [][]byte) (found bool) {
	slots := s.f.slots
	known := false
	for i := range shape.Props {
		p := &shape.Props[i]
		if !names(path[0], p.Name) {
			continue
		}
		known = true
		if p.Slot >= 0 && s.slot(&slots[base+p.Slot], p.Shape, base, path[1:]) {
			found = true
		}
		if p.Raw >= 0 && slots[base+p.Raw].missing() {
			slots[base+p.Raw], found = s.fault(), true
		}
	}
	for i := range shape.Computed {
		if m := &shape.Computed[i]; reads(m.Expr, path) {
			slots[base+m.Slot], found = s.fault(), true
		}
	}
	s.unread = !known && !found
	return found
}

// reads reports whether a mapping reads what a path leads to.
func reads(expr mapping.Node, path [][]byte) bool {
	w := &mapping.Want{}
	mapping.Wants(expr, w)
	for _, element := range path {
		if element[0] != '"' {
			continue
		}
		if w.Whole {
			return true
		}
		if w = w.Props[string(rawjson.Unquote(nil, element))]; w == nil {
			return false
		}
	}
	return true
}

// firstComplaint is the fault of the first error of a reply, nil if there is none.
func (f *frame) firstComplaint(c *call) (e *fault.Error) {
	_, _ = rawjson.Elements(f.bytes(c.errors), 0, func(item []byte) error {
		if e == nil {
			e = f.complaint(c, item)
		}
		return nil
	})
	return e
}

// statuses are those of HTTP that say the same as codes which GraphQL services use.
var statuses = map[string]int{
	"UNAUTHENTICATED": 401, "FORBIDDEN": 403, "NOT_FOUND": 404, "BAD_USER_INPUT": 400, "RATE_LIMITED": 429, "TOO_MANY_REQUESTS": 429,
}

// complaint is the fault for one error of a reply, as the connector's errors mapping describes it.
func (f *frame) complaint(c *call, item []byte) *fault.Error {
	said := errors.New("an error without a message")
	if m := memberAt(item, []string{"message"}); len(m) > 0 && m[0] == '"' {
		said = fmt.Errorf("the service says: %s", rawjson.Unquote(nil, m))
	}
	e := &fault.Error{Upstream: c.loader.plan.Source, Cause: said}
	code := ""
	if m := memberAt(item, []string{"extensions", "code"}); len(m) > 0 && m[0] == '"' {
		code = string(rawjson.Unquote(nil, m))
	}
	status := statuses[code]
	if status == 0 {
		status = 500
	}
	e.Code, e.Message = refusal(status)
	f.describe(c, e, bytes.TrimSpace(item))
	return e
}
