package aggregation

import (
	"slices"
	"strings"

	"manifold/internal/fault"
	"manifold/internal/plan"
)

// gather walks the feeders of a fetch: from the root record to every record that holds a key. New keys join the loader;
// records wait for the answer; what the loader has already is joined at once.
func (f *frame) gather(r *running) {
	l := &f.loaders[r.fetch.Loader.Index]
	for i := range r.fetch.Feeders {
		fd := &r.fetch.Feeders[i]
		if fd.When.Holds(f.held) {
			clear(f.seen)
			f.walk(r, l, fd, fd.Steps, 0)
		}
	}
	if l.plan.Shared {
		f.settleShared(r, l)
	}
}

func (f *frame) walk(r *running, l *loading, fd *plan.Feeder, steps []plan.Step, base int) {
	for n := range steps {
		s := &steps[n]
		if !s.When.Holds(f.held) || (s.Type != nil && !f.isOf(s.Type, base)) {
			return
		}
		if base = f.follow(s.Ref.Hops, base); base < 0 {
			return
		}
		if s.Ref.Slot < 0 {
			continue
		}
		switch v := f.slots[base+s.Ref.Slot]; v.kind {
		case record:
			base = int(v.from)
			if f.walked(fd, len(steps)-n, base) {
				return
			}
		case list:
			f.walkList(r, l, fd, steps[n+1:], v)
			return
		default:
			return
		}
	}
	f.feed(r, l, fd, base)
}

// walked reports whether a feeder has been at a record with as many steps to go. Records are shared, and may lead back to
// themselves, so the ways through them can be many more than the records.
func (f *frame) walked(fd *plan.Feeder, left, base int) bool {
	if len(fd.Steps) <= shortWalk {
		return false
	}
	at := uint64(left)<<32 | uint64(base)
	if _, ok := f.seen[at]; ok {
		return true
	}
	if f.seen == nil {
		f.seen = map[uint64]struct{}{}
	}
	f.seen[at] = struct{}{}
	return false
}

// shortWalk is up to how many steps remembering costs more than it can save.
const shortWalk = 3

func (f *frame) walkList(r *running, l *loading, fd *plan.Feeder, rest []plan.Step, v slot) {
	for i := v.from; i < v.from+v.to; i++ {
		switch item := f.slots[i]; item.kind {
		case record:
			if !f.walked(fd, len(rest), int(item.from)) {
				f.walk(r, l, fd, rest, int(item.from))
			}
		case list:
			f.walkList(r, l, fd, rest, item)
		}
	}
}

// look returns the value that a reference names, as seen from the record at base: absent if a record on the way is not there,
// failed if it could not be fetched.
func (f *frame) look(r plan.Ref, base int) slot {
	for i, h := range r.Hops {
		if s, ok := f.isWithin(r, i, base); !ok {
			return s
		}
		s := f.slots[base+h]
		if s.kind != record {
			if s.kind == failed {
				return s
			}
			return slot{}
		}
		base = int(s.from)
	}
	if s, ok := f.isWithin(r, len(r.Hops), base); !ok {
		return s
	}
	return f.slots[base+r.Slot]
}

// isWithin reports whether what has to be objects in the record at base, to which the first hops of r lead, is objects. If not, it
// returns what stands for the value inside: failed if the object is missing for a fault, else absent.
func (f *frame) isWithin(r plan.Ref, hops, base int) (instead slot, ok bool) {
	for _, w := range r.Within {
		if w.Hops != hops {
			continue
		}
		switch s := f.slots[base+w.Slot]; s.kind {
		case object:
		case failed:
			return s, false
		default:
			return slot{}, false
		}
	}
	return slot{}, true
}

// follow goes through joined records; -1 if one is not there.
func (f *frame) follow(hops []int, base int) int {
	for _, h := range hops {
		s := f.slots[base+h]
		if s.kind != record {
			return -1
		}
		base = int(s.from)
	}
	return base
}

// isOf reports whether the object of the record at base is of one of the types tested for.
func (f *frame) isOf(t *plan.TypeTest, base int) bool {
	n := f.variant(t.Abstract, base)
	return n >= 0 && t.Variants[n]
}

// variant returns the number of the type of the object of the record at base, -1 if it is not known.
func (f *frame) variant(a *plan.Abstract, base int) int {
	if base = f.follow(a.Ref.Hops, base); base < 0 {
		return -1
	}
	if a.Wrapped != nil {
		for n, s := range a.Wrapped {
			if s >= 0 && f.slots[base+s].kind == object {
				return n
			}
		}
		return -1
	}
	s := f.slots[base+a.Ref.Slot]
	if !s.token() || s.kind == null || s.kind >= object {
		return -1
	}
	var buf [64]byte
	name, _ := f.appendKey(buf[:0], []slot{s})
	if n, ok := a.ByName[string(name)]; ok {
		if a.Keys != nil {
			return f.represented(a, n, base)
		}
		return n
	}
	return -1
}

// feed reads the key of the record at base and has it loaded.
func (f *frame) feed(r *running, l *loading, fd *plan.Feeder, base int) {
	into := fd.Into
	if into >= 0 && f.slots[base+into].kind != absent {
		return // the record is shared, and another way led to it before
	}
	var few [4]slot
	parts := few[:0]
	for i := range fd.Keys {
		part := f.look(fd.Keys[i], base)
		if part.kind == failed { // the key was to come from a call that failed: that is why there is none
			f.noKey(fd, base, part)
			return
		}
		parts = append(parts, part)
	}
	from, ok := len(l.texts), true
	if l.plan.NullKeys {
		for _, i := range l.plan.Needed {
			ok = ok && !parts[i].missing()
		}
		l.texts = f.appendInputs(l.texts, parts)
	} else {
		l.texts, ok = f.appendKey(l.texts, parts)
	}
	if !ok {
		l.texts = l.texts[:from]
		f.noKey(fd, base, f.lackingKey(l, fd, base))
		return
	}
	if l.plan.Shared {
		l.shared.load(f.ctx, string(l.texts[from:]), parts, base+into, into >= 0)
		l.texts = l.texts[:from]
		if into >= 0 {
			f.slots[base+into].kind = asked
		}
		return
	}
	key := l.texts[from:]
	hash := f.engine.seed.of(key)
	n := l.find(hash, key)
	if n < 0 {
		n = l.add(hash, from, parts)
	} else {
		l.texts = l.texts[:from]
	}
	if into >= 0 {
		f.await(r, l, n, base+into)
	}
}

// await joins the answer to a key to a slot, now or when it is there.
func (f *frame) await(r *running, l *loading, n, into int) {
	f.slots[into] = l.answers[n]
	if l.answers[n].kind == asked {
		r.pending = append(r.pending, pending{slot: uint32(into), key: uint32(n)})
	}
}

// noKey joins null, or the fault that is the reason, to a record without a key. No call is made (LANGUAGE 6, "Null inputs").
func (f *frame) noKey(fd *plan.Feeder, base int, answer slot) {
	if fd.Into >= 0 {
		f.slots[base+fd.Into] = answer
	}
}

// lackingKey is the answer for a key that is null. Where the arguments of a root field are the key, that is bad input.
func (f *frame) lackingKey(l *loading, fd *plan.Feeder, base int) slot {
	fetched := func(k plan.Ref) bool { return len(k.Hops) > 0 } // not given, but found in a reply
	if l.plan.KeyArgs && base == 0 && !slices.ContainsFunc(fd.Keys, fetched) {
		return f.fail(&fault.Error{
			Code: fault.BadUserInput, Upstream: l.plan.Source,
			Message: "An argument is null that says what to fetch: " + strings.Join(l.plan.Keys, ", ") + ".",
		})
	}
	return slot{kind: null}
}
