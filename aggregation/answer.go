package aggregation

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"manifold/internal/fault"
	"manifold/internal/mapping"
	"manifold/internal/rawjson"
)

// errNoAnswer is that of a reply which is JSON, but no response of GraphQL.
var errNoAnswer = errors.New("it is not an answer of GraphQL: there is neither data nor an error")

// answerOf decides what a GraphQL service's reply means for a question: its value, in which what the service failed to give is
// failed, or why there is none.
func (f *frame) answerOf(c *call) (slot, *fault.Error) {
	out, reply := &c.loader.plan.Outcome, c.reply
	f.env.reply = reply
	if slices.Contains(out.NullOn, reply.Status) {
		return slot{kind: null}, nil
	}
	if !c.opened {
		f.open(c, []*call{c})
		f.env = environment{f: f, l: c.loader, lo: c.lo, hi: c.hi, reply: reply}
	}
	ok := reply.Status >= 200 && reply.Status <= 299
	if out.Success != nil {
		v, err := mapping.Eval(out.Success, f.jsonBody(c), &f.env, &f.arena)
		ok = err == nil && string(v) == "true"
	}
	switch {
	case !ok && c.bad == nil && c.errors.kind == array:
		if e := f.firstComplaint(c); e != nil {
			e.Status = reply.Status
			return slot{}, e
		}
		return slot{}, f.refused(c)
	case !ok:
		return slot{}, f.refused(c)
	case c.bad != nil:
		return slot{}, authored(&fault.Error{
			Code: fault.UpstreamBadResponse, Status: reply.Status, Cause: c.bad,
			Message: "The upstream sent an answer that cannot be used.",
		})
	case c.errors.kind == array:
		return f.spoil(c)
	}
	return c.value, nil
}

// open reads a reply once for all the questions in it.
func (f *frame) open(c *call, members []*call) {
	var failures slot
	var bad error
	l := locator{f: f, b: c.reply.Body, buf: uint16(c.buf), env: &f.env}
	f.stack = f.stack[:0]
	from := len(f.slots)
	for _, m := range members {
		m.opened, m.value, m.got = true, slot{kind: null}, false
	}
	if !isJSON(c.reply.ContentType) {
		bad = fmt.Errorf("content type %q is not JSON", c.reply.ContentType)
	} else {
		failures, bad = l.answer(members)
	}
	for _, m := range members {
		m.errors, m.bad = failures, bad
		m.from, m.to = from, len(f.slots)
		if bad == nil && !m.got && failures.kind != array {
			m.bad = errNoAnswer
		}
	}
}

// answer reads the object around data and errors.
func (l *locator) answer(members []*call) (failures slot, err error) {
	b := l.b
	i := 0
	if bytes.HasPrefix(b, byteOrderMark) {
		i = len(byteOrderMark)
	}
	i = rawjson.Space(b, i)
	if i >= len(b) || b[i] != '{' {
		return failures, errNoAnswer
	}
	more := true
	if i = rawjson.Space(b, i+1); i < len(b) && b[i] == '}' {
		i, more = i+1, false
	}
	for more {
		keyEnd, at, _, err := rawjson.Key(b, i)
		if err != nil {
			return failures, err
		}
		switch key := b[i:keyEnd]; {
		case at < len(b) && b[at] == '{' && rawjson.EqualKey(key, "data"):
			i, err = l.data(at, members)
		case rawjson.EqualKey(key, "errors"):
			failures, i, err = l.token(at, 1)
			if failures.kind == array && failures.to-failures.from == 2 {
				failures = slot{}
			}
		default:
			i, err = rawjson.Skip(b, at, 1)
		}
		if err != nil {
			return failures, err
		}
		if i, more, err = rawjson.Next(b, i, '}'); err != nil {
			return failures, err
		}
	}
	if i = rawjson.Space(b, i); i != len(b) {
		return failures, &rawjson.Error{Offset: i, Msg: "something follows the JSON value"}
	}
	return failures, nil
}

// data reads the object of data: the value of each question's field.
func (l *locator) data(i int, members []*call) (end int, err error) {
	b := l.b
	if i = rawjson.Space(b, i+1); i < len(b) && b[i] == '}' {
		return i + 1, nil
	}
	next := 0 // services answer in the order they were asked
	for more := true; more; {
		keyEnd, at, _, err := rawjson.Key(b, i)
		if err != nil {
			return i, err
		}
		n := next
		if n >= len(members) || !rawjson.EqualKey(b[i:keyEnd], members[n].key) {
			n = slices.IndexFunc(members, func(m *call) bool { return rawjson.EqualKey(b[i:keyEnd], m.key) })
		}
		if n < 0 {
			i, err = rawjson.Skip(b, at, 2)
		} else {
			next = n + 1
			i, err = l.question(at, members[n])
		}
		if err != nil {
			return i, err
		}
		if i, more, err = rawjson.Next(b, i, '}'); err != nil {
			return i, err
		}
	}
	return i, nil
}

// question locates the value of one question's field.
func (l *locator) question(i int, c *call) (end int, err error) {
	p := &c.loader.plan.Reply
	l.f.env = environment{f: l.f, l: c.loader, lo: c.lo, hi: c.hi, reply: c.reply}
	c.got = true
	if p.Transform == nil {
		c.value, end, err = l.descend(i, 2, 0, p)
		return end, err
	}
	if end, err = rawjson.Skip(l.b, i, 2); err != nil {
		return end, err
	}
	value, err := l.f.transform(p, l.b[i:end])
	if err != nil {
		value = l.f.fail(authored(&fault.Error{
			Code: fault.UpstreamBadResponse, Status: c.reply.Status, Cause: err, Upstream: c.loader.plan.Source,
			Message: "The upstream sent an answer that cannot be used.",
		}))
	}
	c.value = value
	return end, nil
}
