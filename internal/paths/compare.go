package paths

// Relation says how the paths of two patterns lie to each other.
type Relation uint8

// The relations of a pattern to another one.
const (
	Disjoint Relation = iota // no path matches both
	Equal                    // the same paths match
	Narrower                 // the other one matches all of its paths, and more
	Wider                    // it matches all paths of the other one, and more
	Crossing                 // some paths match both, and each has paths of its own
)

// Compare returns the relation of p to q. Two patterns can stand beside each other unless they are Equal or Crossing: else the
// narrower one takes its paths.
func (p *Pattern) Compare(q *Pattern) Relation {
	narrower, wider := false, false // somewhere
	for i := 0; ; i++ {
		if i == len(p.segments) || i == len(q.segments) {
			if len(p.segments) != len(q.segments) {
				return Disjoint
			}
			break
		}
		a, b := p.segments[i], q.segments[i]
		if a.kind == rest || b.kind == rest {
			narrower = narrower || a.kind != rest
			wider = wider || b.kind != rest
			break
		}
		switch {
		case a.kind == end || b.kind == end:
			if a.kind != b.kind {
				return Disjoint
			}
		case a.kind == literal && b.kind == literal:
			if a.text != b.text {
				return Disjoint
			}
		case a.kind == literal:
			narrower = true
		case b.kind == literal:
			wider = true
		}
	}
	switch {
	case narrower && wider:
		return Crossing
	case narrower:
		return Narrower
	case wider:
		return Wider
	default:
		return Equal
	}
}
