package aggregation

import "slices"

// keepReplies keeps what the calls of a part brought, now that all of it is written: no reply in which anything was at fault, be it that a
// mapping could not be applied, an error of GraphQL, or a value that does not fit its type (RELIABILITY K7). Else a fault that is mended
// within a second would be shown for as long as replies are kept.
func (f *frame) keepReplies() {
	var bad []int // numbers of replies
	for _, c := range f.calls {
		if c.reply != nil && !c.went {
			bad = append(bad, c.buf)
		}
	}
	var owned []spoiltKey
	for _, at := range f.spoilt {
		c := f.ownerOf(at)
		switch {
		case c == nil: // nobody knows whose it is
			return
		case c.loader.each:
			owned = append(owned, spoiltKey{c, f.keyAt(c, at)})
		default:
			bad = append(bad, c.buf)
		}
	}
	for _, c := range f.calls {
		switch {
		case !c.went || slices.Contains(bad, c.buf):
		case c.loader.each:
			f.remember(c, owned)
		default:
			c.reply.Keep()
		}
	}
}

// spoiltKey is a key of a call whose item is at fault.
type spoiltKey struct {
	call *call
	key  int
}

// ownerOf returns a call whose reply the value in a slot is from; nil if it is of none.
func (f *frame) ownerOf(at int) *call {
	if at < 0 {
		return nil
	}
	s := f.slots[at]
	for _, c := range f.calls {
		if c.reply == nil {
			continue
		}
		switch {
		case s.token() && s.buf > 0:
			if c.buf == int(s.buf) {
				return c
			}
		case s.kind == record || s.kind == list:
			if int(s.from) >= c.from && int(s.from) < c.to {
				return c
			}
		case at >= c.from && at < c.to:
			return c
		}
	}
	return nil
}

// keyAt returns the key of a call whose item a slot is a part of: items lie one after the other. -1: it is not known.
func (f *frame) keyAt(c *call, at int) int {
	if s := f.slots[at]; s.kind == record || s.kind == list {
		at = int(s.from)
	}
	best, key := -1, -1
	for _, k := range c.found {
		if a := c.loader.answers[k.key]; a.kind == record && int(a.from) <= at && int(a.from) > best {
			best, key = int(a.from), k.key
		}
	}
	return key
}

// remember keeps the items of a reply that were answers, but those at fault.
func (f *frame) remember(c *call, spoilt []spoiltKey) {
	l := c.loader
	lasting, ok := c.reply.Lasting(&c.Call, c.began)
	if !ok || slices.Contains(spoilt, spoiltKey{c, -1}) {
		return
	}
	for _, k := range c.found {
		if slices.Contains(spoilt, spoiltKey{c, k.key}) {
			continue
		}
		item := f.bufs[c.buf][k.from:k.to]
		f.engine.entities.Set(&l.base, l.text(k.key), item, lasting, f.tags(l, k.key, k.key+1))
	}
}
