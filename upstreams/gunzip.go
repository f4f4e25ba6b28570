package upstreams

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

// gunzip decompresses whole bodies. It is pooled: a gzip.Reader is 40 KB.
type gunzip struct {
	in bytes.Reader
	z  *gzip.Reader
}

// decompress returns what body decompresses to, in a block of its own, if that is at most limit bytes.
func (m *memory) decompress(c coding, body []byte, limit int) (*block, error) {
	if c != codingGzip {
		return nil, malformed("a Content-Encoding that was not asked for")
	}
	g := m.gunzip()
	defer m.putGunzip(g)
	g.in.Reset(body)
	if err := g.z.Reset(&g.in); err != nil {
		return nil, malformed(fmt.Sprintf("gzip: %v", err))
	}
	// A byte more than announced, to see the end without growing.
	out := m.block(min(announced(body), limit, maxBlock-1) + 1)
	for {
		if len(out.b) == cap(out.b) {
			out = m.grow(out, min(2*cap(out.b), limit+1))
		}
		n, err := g.z.Read(out.b[len(out.b):cap(out.b)])
		out.b = out.b[:len(out.b)+n]
		switch {
		case len(out.b) > limit:
			err = tooLarge("the decompressed body")
		case err == nil:
			continue
		case err == io.EOF:
			return out, nil
		default:
			err = malformed(fmt.Sprintf("gzip: %v", err))
		}
		m.putBlock(out)
		return nil, err
	}
}

// putGunzip takes g back, without what it has read.
func (m *memory) putGunzip(g *gunzip) {
	g.in.Reset(nil)
	m.gunzips.Put(g)
}

// announced returns the size that a gzip stream ends with. It is a hint: it may lie.
func announced(body []byte) int {
	if len(body) < 4 {
		return 0
	}
	return int(binary.LittleEndian.Uint32(body[len(body)-4:]))
}
