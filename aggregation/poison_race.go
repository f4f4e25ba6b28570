//go:build race

package aggregation

// poison overwrites the memory of a released frame, so that a late reader fails loudly.
func poison(f *frame) {
	for _, b := range [][]byte{f.out, f.scratch, f.texts} {
		b = b[:cap(b)]
		for i := range b {
			b[i] = 0xCC
		}
	}
}
