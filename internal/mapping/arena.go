package mapping

import "slices"

// Arena is the memory of one request's evaluations. What Eval builds lies in it and is never written again until Reset.
// The zero value is ready to use. It is not for concurrent use.
type Arena struct {
	free []byte // empty; its capacity is the room left in the current chunk
	all  []byte // empty; the largest chunk so far, used again after Reset
	work int    // bytes that the running evaluation may still go through
}

// minChunk is the size of the first chunk: enough for the keys of a usual batch.
const minChunk = 4 << 10

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
	if poison { // a reader who comes too late shall fail loudly
		for i := range a.all[:cap(a.all)] {
			a.all[:cap(a.all)][i] = 0xCC
		}
	}
	a.free = a.all
}

// Size is the number of bytes that Reset would keep.
func (a *Arena) Size() int { return cap(a.all) }

// open hands out all the room left as an empty slice to append to. Until it is closed, others get room of their own:
// a value may be needed while the object around it is being built.
func (a *Arena) open() []byte {
	b := a.free
	a.free = nil
	if cap(b) == 0 {
		b = make([]byte, 0, minChunk)
	}
	return b
}

// close takes back the room that b has not used and returns b cut to what was written.
func (a *Arena) close(b []byte) []byte {
	if cap(b) > cap(a.all) {
		a.all = b[:0]
	}
	if rest := b[len(b):]; cap(rest) > cap(a.free) {
		a.free = rest
	}
	return slices.Clip(b)
}

// drop takes back all the room of b, which is not needed any more.
func (a *Arena) drop(b []byte) {
	a.close(b[:0])
}
