package aggregation

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"manifold/internal/fault"
	"manifold/internal/mapping"
	"manifold/internal/plan"
	"manifold/internal/rawjson"
)

// read turns the reply of a call into answers to its keys.
func (f *frame) read(c *call) {
	f.env = environment{f: f, l: c.loader, lo: c.lo, hi: c.hi}
	if !c.opened {
		c.from = len(f.slots)
	}
	f.late = f.late || fault.Is(c.err, fault.DeadlineExceeded)
	value, e := f.valueOf(c)
	if wrong := f.respond(c); wrong != nil && e == nil {
		e = wrong
	}
	good := e == nil
	if e != nil && c.loader.plan.Outcome.Fallback != nil {
		if value, e = f.fallback(c); e == nil {
			f.degrade(c.loader, fallback)
		}
	}
	if e == nil {
		e = f.match(c, value)
	}
	switch {
	case e != nil:
		e.Upstream = c.loader.plan.Source
		if !c.loader.each || !f.makeDo(c) {
			f.failKeys(c.loader, c.lo, c.hi, e)
		}
		if fault.Uncertain(c.err) { // it may have changed something
			f.invalidate(c)
		}
	case good && c.reply != nil:
		f.went(c)
	}
	c.to = max(c.to, len(f.slots))
}

// went notes that a call went well: what it made invalid is not there any more.
func (f *frame) went(c *call) {
	if c.reply.Stale {
		f.degrade(c.loader, stale)
	}
	c.went = c.lost.kind != failed
	f.invalidate(c)
}

// valueOf decides what a reply means and locates its value.
func (f *frame) valueOf(c *call) (slot, *fault.Error) {
	if c.err != nil {
		return slot{}, faultOf(c.err)
	}
	if c.document() != nil {
		return f.answerOf(c)
	}
	out, reply := &c.loader.plan.Outcome, c.reply
	f.env.reply = reply
	if slices.Contains(out.NullOn, reply.Status) {
		return slot{kind: null}, nil
	}
	ok := reply.Status >= 200 && reply.Status <= 299
	if out.Success != nil {
		v, err := mapping.Eval(out.Success, f.jsonBody(c), &f.env, &f.arena)
		ok = err == nil && string(v) == "true"
	}
	if !ok {
		return slot{}, f.refused(c)
	}
	if reply.Status == 204 {
		return slot{kind: null}, nil
	}
	value, err := f.locateBody(c)
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return slot{}, e
	}
	if err != nil {
		return slot{}, authored(&fault.Error{
			Code: fault.UpstreamBadResponse, Status: reply.Status, Cause: err,
			Message: "The upstream sent an answer that cannot be used.",
		})
	}
	return value, nil
}

// refused returns the fault of a reply that is no success, as the connector's errors mapping describes it.
func (f *frame) refused(c *call) *fault.Error {
	e := &fault.Error{Status: c.reply.Status, Cause: fmt.Errorf("status %d", c.reply.Status)}
	e.Code, e.Message = refusal(c.reply.Status)
	if c.reply.Aborted {
		e.Code, e.Message = refusal(500)
	}
	if said := c.reply.Fault; said != nil {
		own := *said
		e = &own
	}
	if out := &c.loader.plan.Outcome; out.Message != nil || out.Extensions != nil {
		f.describe(c, e, f.jsonBody(c))
	}
	return e
}

// describe has the connector's errors mapping say what an error says, from the body of the reply or the part of it that is the
// error.
func (f *frame) describe(c *call, e *fault.Error, body []byte) {
	out := &c.loader.plan.Outcome
	if out.Message != nil {
		if v, err := mapping.Eval(out.Message, body, &f.env, &f.arena); err == nil && v != nil && string(v) != "null" {
			e.Message = string(v)
			if v[0] == '"' {
				e.Message = string(rawjson.Unquote(nil, v))
			}
		}
	}
	if out.Extensions != nil {
		if v, err := mapping.Eval(out.Extensions, body, &f.env, &f.arena); err == nil && len(v) > 0 && v[0] == '{' {
			e.Extensions = bytes.Clone(v)
		}
	}
}

// fallback returns the value that stands in for a failed one.
func (f *frame) fallback(c *call) (slot, *fault.Error) {
	var body []byte
	if c.reply != nil {
		body = f.jsonBody(c)
	}
	l := c.loader
	if l.plan.Request.Function && l.plan.Mode == plan.Batch {
		return f.fallbackEach(c, body)
	}
	return f.fallbackAs(l, body, l.plan.Reply.Shape)
}

// fallbackAs locates the fallback of a loader as a value of some shape.
func (f *frame) fallbackAs(l *loading, body []byte, shape *plan.Shape) (slot, *fault.Error) {
	v, err := mapping.Eval(l.plan.Outcome.Fallback, body, &f.env, &f.arena)
	s := slot{kind: null}
	if err == nil && v != nil {
		s, err = f.locateScratch(v, shape, -1, &f.env)
	}
	if err != nil {
		return slot{}, authored(&fault.Error{Code: fault.Internal, Message: "The fallback of " + nameOf(l.plan) + " cannot be used.", Cause: err})
	}
	return s, nil
}

// jsonBody returns the body as one JSON value, nil if it is none.
func (f *frame) jsonBody(c *call) []byte {
	if c.reply.Message != nil {
		text, _ := f.json(c)
		return text
	}
	if isText(c.reply.ContentType) {
		text, err := decodeText(c.reply)
		if err != nil {
			return nil
		}
		return text
	}
	start, end, err := rawjson.Document(c.reply.Body)
	if err != nil {
		return nil
	}
	return c.reply.Body[start:end]
}

// locateBody checks a whole body and locates its value.
func (f *frame) locateBody(c *call) (slot, error) {
	p, body := &c.loader.plan.Reply, c.reply.Body
	if c.reply.Message != nil {
		return f.locateMessage(c)
	}
	f.stack = f.stack[:0]
	l := locator{f: f, b: body, buf: uint16(c.buf), env: &f.env}
	if f.spans = f.spans[:0]; c.loader.each {
		l.noted = p.Shape.Item
	}
	i := 0
	if bytes.HasPrefix(body, byteOrderMark) {
		i = len(byteOrderMark)
	}
	if isText(c.reply.ContentType) && i < len(body) {
		text, err := decodeText(c.reply)
		if err != nil {
			return slot{}, err
		}
		return f.transform(p, text)
	}
	i = rawjson.Space(body, i)
	switch {
	case i == len(body): // LANGUAGE 6: an empty body is null
		if p.Transform == nil {
			return slot{kind: null}, nil
		}
		return f.transform(p, []byte("null"))
	case !isJSON(c.reply.ContentType) && p.Blind:
		return f.transform(p, []byte("null"))
	case !isJSON(c.reply.ContentType):
		return slot{}, fmt.Errorf("content type %q is not JSON", c.reply.ContentType)
	case p.Transform != nil:
		start, end, err := rawjson.Document(body)
		if err != nil {
			return slot{}, err
		}
		return f.transform(p, body[start:end])
	}
	s, end, err := l.descend(i, 0, 0, p)
	if err != nil {
		return slot{}, err
	}
	if end = rawjson.Space(body, end); end != len(body) {
		return slot{}, &rawjson.Error{Offset: end, Msg: "something follows the JSON value"}
	}
	return s, nil
}

// transform applies the mapping of a reply, if it has one, and locates what it makes.
func (f *frame) transform(p *plan.Reply, body []byte) (slot, error) {
	if p.Transform == nil {
		if len(p.Path) > 0 { // text has no properties
			return slot{kind: null}, nil
		}
		return f.locateScratch(body, p.Shape, -1, &f.env)
	}
	v, err := mapping.Eval(p.Transform, body, &f.env, &f.arena)
	if err != nil || v == nil {
		return slot{kind: null}, err
	}
	return f.locateScratch(v, p.Shape, -1, &f.env)
}

// descend follows the path of a reply, of which the first step names have been gone, to its value. depth is that of b[i].
func (l *locator) descend(i, depth, step int, p *plan.Reply) (slot, int, error) {
	if step == len(p.Path) {
		return l.value(i, depth, p.Shape, -1)
	}
	b := l.b
	if i >= len(b) || b[i] != '{' {
		s, end, err := l.token(i, depth)
		if err != nil || s.kind != array {
			return slot{kind: null}, end, err
		}
		return l.descendList(b[i:end], end, step, p)
	}
	out := slot{kind: null}
	i = rawjson.Space(b, i+1)
	if i < len(b) && b[i] == '}' {
		return out, i + 1, nil
	}
	for more := true; more; {
		keyEnd, at, _, err := rawjson.Key(b, i)
		if err != nil {
			return out, i, err
		}
		if rawjson.EqualKey(b[i:keyEnd], p.Path[step]) {
			out, i, err = l.descend(at, depth+1, step+1, p)
		} else {
			i, err = rawjson.Skip(b, at, depth+1)
		}
		if err != nil {
			return out, i, err
		}
		if i, more, err = rawjson.Next(b, i, '}'); err != nil {
			return out, i, err
		}
	}
	return out, i, nil
}

// descendList maps the rest of the path through a list.
func (l *locator) descendList(in []byte, end, step int, p *plan.Reply) (slot, int, error) {
	rest := *p.PathExpr.(*mapping.Path)
	rest.Steps = rest.Steps[step:]
	v, err := mapping.Eval(&rest, in, l.env, &l.f.arena)
	if err != nil || v == nil {
		return slot{kind: null}, end, err
	}
	s, err := l.f.locateScratch(v, p.Shape, -1, l.env)
	return s, end, err
}
