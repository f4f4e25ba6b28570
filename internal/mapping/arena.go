package mapping

import "slices"

// Arena is the memory of one request's evaluations. What Eval builds lies in it and is never written again until Reset.
// The zero value is ready to use. It is not for concurrent use.
type Arena struct {
	free   [][]byte // room left: each is empty, its capacity is the room
	chunks [][]byte // all there is, each empty at its beginning; used again after Reset
	work   int      // bytes that the running evaluation may still go through
	layout layout   // of the object that was built last
}

const (
	minChunk  = 4 << 10 // enough for the keys of a usual batch
	maxChunks = 8       // how many are kept: values are built inside of values, but seldom deeper than that
)

// startWork sets what an evaluation over in may do: enough to read a small value thousands of times, or a large one for each
// member of a wide type. Maps within maps of a list would otherwise take as long as the upstream likes.
func (a *Arena) startWork(in []byte) { a.work = 16<<20 + 256*len(in) }

// spend counts n bytes read or built. It returns false if that was too much.
func (a *Arena) spend(n int) bool {
	a.work -= n
	return a.work >= 0
}

// Reset forgets everything built so far. No result may be in use any more. The memory is kept for the next evaluations.
func (a *Arena) Reset() {
	if len(a.chunks) > maxChunks { // keep the largest
		slices.SortFunc(a.chunks, func(x, y []byte) int { return cap(y) - cap(x) })
		clear(a.chunks[maxChunks:])
		a.chunks = a.chunks[:maxChunks]
	}
	if poison { // a reader who comes too late shall fail loudly
		for _, c := range a.chunks {
			for i := range c[:cap(c)] {
				c[:cap(c)][i] = 0xCC
			}
		}
	}
	a.free = append(a.free[:0], a.chunks...)
}

// Size is the number of bytes that Reset would keep.
func (a *Arena) Size() (n int) {
	for _, c := range a.chunks {
		n += cap(c)
	}
	return n
}

// open hands out the largest room left as an empty slice to append to. Until it is closed, others get room of their own:
// a value may be needed while the object around it is being built.
func (a *Arena) open() []byte {
	best := -1
	for i := range a.free {
		if best < 0 || cap(a.free[i]) > cap(a.free[best]) {
			best = i
		}
	}
	if best < 0 || cap(a.free[best]) == 0 {
		return make([]byte, 0, minChunk)
	}
	b := a.free[best]
	last := len(a.free) - 1
	a.free[best] = a.free[last]
	a.free = a.free[:last]
	return b
}

// close takes back the room that b has not used and returns b cut to what was written.
func (a *Arena) close(b []byte) []byte {
	if !slices.ContainsFunc(a.chunks, func(c []byte) bool { return end(c) == end(b) }) {
		a.chunks = append(a.chunks, b[:0])
	}
	const worthKeeping = 64
	if rest := b[len(b):]; cap(rest) >= worthKeeping {
		a.free = append(a.free, rest)
	}
	return slices.Clip(b)
}

// end tells chunks apart: the rooms in one chunk all end where it ends.
func end(b []byte) *byte {
	if cap(b) == 0 {
		return nil
	}
	return &b[:cap(b)][cap(b)-1]
}

// drop takes back all the room of b, which is not needed any more.
func (a *Arena) drop(b []byte) {
	a.close(b[:0])
}
