package aggregation

import "manifold/internal/plan"

// gather walks the feeders of a fetch: from the root record to every record that holds a key. New keys join the loader;
// records wait for the answer; what the loader has already is joined at once.
func (f *frame) gather(r *running) {
	l := &f.loaders[r.fetch.Loader.Index]
	for i := range r.fetch.Feeders {
		fd := &r.fetch.Feeders[i]
		if fd.When.Holds(f.held) {
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
		case list:
			f.walkList(r, l, fd, steps[n+1:], v)
			return
		default:
			return
		}
	}
	f.feed(r, l, fd, base)
}

func (f *frame) walkList(r *running, l *loading, fd *plan.Feeder, rest []plan.Step, v slot) {
	for i := v.from; i < v.from+v.to; i++ {
		switch item := f.slots[i]; item.kind {
		case record:
			f.walk(r, l, fd, rest, int(item.from))
		case list:
			f.walkList(r, l, fd, rest, item)
		}
	}
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
		at := f.follow(fd.Keys[i].Hops, base)
		if at < 0 {
			f.noKey(fd, base, at)
			return
		}
		parts = append(parts, f.slots[at+fd.Keys[i].Slot])
	}
	from := len(l.texts)
	var ok bool
	if l.texts, ok = f.appendKey(l.texts, parts); !ok {
		l.texts = l.texts[:from]
		f.noKey(fd, base, 0)
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

// noKey joins null to a record without a key (LANGUAGE 6, "Null inputs"): no call is made. If the key was to come from a record
// whose call failed, or from a mapping that failed, that fault is handed on.
func (f *frame) noKey(fd *plan.Feeder, base, at int) {
	if fd.Into < 0 {
		return
	}
	out := slot{kind: null}
	if at < 0 {
		for _, k := range fd.Keys {
			if len(k.Hops) > 0 && f.slots[base+k.Hops[0]].kind == failed {
				out = f.slots[base+k.Hops[0]]
			}
		}
	}
	for _, k := range fd.Keys {
		if at := f.follow(k.Hops, base); at >= 0 && f.slots[at+k.Slot].kind == failed {
			out = f.slots[at+k.Slot]
		}
	}
	f.slots[base+fd.Into] = out
}
