//go:build race

package gateway

// raceBuild tells tests that pools drop things at random and allocations cannot be counted.
const raceBuild = true

// poison overwrites a buffer that goes back to the pool, so that whoever still reads it fails loudly.
func poison(b []byte) {
	b = b[:cap(b)]
	for i := range b {
		b[i] = 0xCC
	}
}
