package aggregation

import (
	"errors"

	"manifold/internal/fault"
	"manifold/internal/plan"
	"manifold/internal/rawjson"
	"manifold/internal/transcode"
)

// wireLocator reads a message of Protocol Buffers once and notes the wanted values in the frame's slots: what locator is for JSON.
// Only scalars that are wanted become JSON, in the scratch, where their slots point to.
type wireLocator struct {
	f     *frame
	json  locator // for values that are located in their JSON
	limit int     // how long the scratch may become
}

// recordCost is what a record counts of the limit, since a message of two bytes may fill many slots.
const recordCost = 8

// locateMessage locates the value of a reply that is a message.
func (f *frame) locateMessage(c *call) (slot, error) {
	f.stack = f.stack[:0]
	reply, p := c.reply, &c.loader.plan.Reply
	if p.Wire != nil {
		scratch, slots := len(f.scratch), len(f.slots)
		l := wireLocator{f: f, json: locator{f: f, env: &f.env}, limit: scratch + reply.Limit}
		s, err := l.descend(reply.Body, p, 0)
		if err == nil {
			return s, nil
		}
		if errors.Is(err, transcode.ErrTooLong) {
			return slot{}, reply.Unreadable(err)
		}
		// It is not written in one go, or malformed: whoever reads all of it says what counts, or what is wrong.
		f.scratch, f.slots, f.stack = f.scratch[:scratch], f.slots[:slots], f.stack[:0]
	}
	body, e := f.json(c)
	switch {
	case e != nil:
		return slot{}, e
	case p.Transform != nil && p.Blind:
		return f.transform(p, []byte("null"))
	case p.Transform != nil:
		return f.transform(p, body)
	}
	l := locator{f: f, b: f.scratch[:len(f.scratch):len(f.scratch)], env: &f.env}
	s, _, err := l.descend(len(l.b)-len(body), 0, 0, p)
	return s, err
}

// json returns the JSON of a reply that is a message. It stands at the end of the scratch.
func (f *frame) json(c *call) ([]byte, *fault.Error) {
	from := len(f.scratch)
	out, err := c.reply.Message.Decode(f.scratch, c.reply.Body, c.reply.Limit)
	if err != nil {
		return nil, c.reply.Unreadable(err)
	}
	f.scratch = out
	return out[from:], nil
}

// descend follows the path of a reply, of which the first step fields have been gone, to its value in the message w.
func (l *wireLocator) descend(w []byte, p *plan.Reply, step int) (slot, error) {
	value := &p.Wire.Value
	if step == len(p.Wire.Path) {
		return l.record(w, value.Inner)
	}
	at, last := &p.Wire.Path[step], step == len(p.Wire.Path)-1
	out, found := slot{kind: null}, false
	k := at.Type.Walk(w)
	for {
		n, err := k.Next()
		switch {
		case err != nil:
			return slot{}, err
		case n < 0 && !found && last && value.Absent != nil:
			return l.f.locateScratch(value.Absent, value.Shape, -1, l.json.env)
		case n < 0:
			return out, nil
		case n != at.Index:
			continue
		case found:
			return slot{}, transcode.ErrOdd
		case !last:
			out, err = l.descend(k.Payload(), p, step+1)
		case value.How == plan.WireText:
			out, err = l.text(&k, value.Shape)
		default:
			out, err = l.value(&k, value, -1)
		}
		if err != nil {
			return slot{}, err
		}
		found = true
	}
}

// text locates the field in hand in its JSON.
func (l *wireLocator) text(k *transcode.Walk, s *plan.Shape) (slot, error) {
	from, err := l.whole(k)
	if err != nil {
		return slot{}, err
	}
	out, _, err := l.json.value(from, 1, s, -1)
	return out, err
}

// whole appends the JSON of the field in hand to the scratch, and returns where it begins.
func (l *wireLocator) whole(k *transcode.Walk) (from int, err error) {
	f := l.f
	from = len(f.scratch)
	out, err := k.Whole(f.scratch, l.limit)
	if err != nil {
		return from, err
	}
	f.scratch = out
	l.json.b = out[:len(out):len(out)]
	return from, nil
}

// value locates the field in hand, which is none of plan.WireText. base is the record that messages without one of their own fill.
func (l *wireLocator) value(k *transcode.Walk, x *plan.WireField, base int) (slot, error) {
	f := l.f
	switch x.How {
	case plan.WireToken:
		return l.token(k)
	case plan.WireRecord:
		return l.record(k.Payload(), x.Inner)
	case plan.WireInline:
		from := len(f.scratch)
		f.scratch = append(f.scratch, "{}"...) // nobody reads it
		return slot{kind: object, from: uint32(from), to: uint32(from + 2)}, l.message(k.Payload(), x.Inner, base)
	}
	mark := len(f.stack)
	for more := true; more; {
		var s slot
		var err error
		if x.How == plan.WireTokens {
			s, err = l.token(k)
		} else {
			s, err = l.record(k.Payload(), x.Inner)
		}
		if err != nil {
			return slot{}, err
		}
		f.stack = append(f.stack, s)
		if more, err = k.Again(); err != nil {
			return slot{}, err
		}
	}
	return l.json.settle(mark), nil
}

// token appends the JSON of the scalar in hand to the scratch and notes it.
func (l *wireLocator) token(k *transcode.Walk) (slot, error) {
	f := l.f
	from := len(f.scratch)
	out, plain, err := k.Scalar(f.scratch)
	if err != nil {
		return slot{}, err
	}
	f.scratch = out
	return slot{kind: kindOf(out[from]), plain: plain, from: uint32(from), to: uint32(len(out))}, nil
}

// kindOf returns the kind of the token that begins with c.
func kindOf(c byte) kind {
	switch rawjson.KindOf(c) {
	case rawjson.String:
		return text
	case rawjson.Number:
		return number
	case rawjson.True:
		return truth
	case rawjson.False:
		return untrue
	case rawjson.Object:
		return object
	case rawjson.Array:
		return array
	default:
		return null
	}
}

// record locates a message into a record of its own.
func (l *wireLocator) record(w []byte, s *plan.Wire) (slot, error) {
	if l.limit -= recordCost; len(l.f.scratch) > l.limit {
		return slot{}, transcode.ErrTooLong
	}
	base := l.f.alloc(s.Width)
	return slot{kind: record, from: uint32(base)}, l.message(w, s, base)
}

// message locates the fields of a message into the record at base.
func (l *wireLocator) message(w []byte, s *plan.Wire, base int) error {
	f := l.f
	k := s.Type.Walk(w)
	for {
		n, err := k.Next()
		if err != nil {
			return err
		}
		if n < 0 {
			break
		}
		x := &s.Fields[n]
		switch at := base + x.Slot; {
		case x.How == plan.WireSkip:
		case x.How == plan.WireToken: // the last one counts
			if f.slots[at], err = l.token(&k); err != nil {
				return err
			}
		case f.slots[at].kind != absent:
			return transcode.ErrOdd
		case x.How == plan.WireText:
			if err = l.property(&k, x, base); err != nil {
				return err
			}
		default:
			found, err := l.value(&k, x, base)
			if err != nil {
				return err
			}
			f.slots[at] = found
		}
	}
	for _, n := range s.Late {
		x := &s.Fields[n]
		if f.slots[base+x.Slot].kind != absent {
			continue
		}
		from := len(f.scratch)
		f.scratch = append(f.scratch, x.Absent...)
		l.json.b = f.scratch[:len(f.scratch):len(f.scratch)]
		if _, err := l.json.property(from, 1, x.Prop, base); err != nil {
			return err
		}
	}
	if len(f.scratch) > l.limit {
		return transcode.ErrTooLong
	}
	return nil
}

// property locates the field in hand in its JSON, as a property of the message.
func (l *wireLocator) property(k *transcode.Walk, x *plan.WireField, base int) error {
	from, err := l.whole(k)
	if err == nil {
		_, err = l.json.property(from, 1, x.Prop, base)
	}
	return err
}
