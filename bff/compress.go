package bff

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// leastPacked is the length from which on compressing pays: less fits into one packet anyway.
const leastPacked = 1 << 10

// packers compress answers. They are safe for concurrent use.
type packers struct {
	zstd *zstd.Encoder
	gzip sync.Pool // *gzip.Writer
}

func newPackers() *packers {
	p := &packers{}
	p.zstd, _ = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(128<<10)) // these options are valid
	p.gzip.New = func() any {
		w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // so is the level
		return w
	}
	return p
}

// compress returns data as the client wants it sent, in dst if it is compressed, and sets Content-Encoding.
func (p *packers) compress(dst []byte, h, request http.Header, data []byte) []byte {
	if len(data) < leastPacked || len(request["Accept-Encoding"]) == 0 {
		return data
	}
	switch encodingFor(request["Accept-Encoding"]) {
	case "zstd":
		h["Content-Encoding"] = zstdEncoding
		return p.zstd.EncodeAll(data, dst[:0])
	case "gzip":
		h["Content-Encoding"] = gzipEncoding
		return p.gzipped(dst[:0], data)
	default:
		return data
	}
}

func (p *packers) gzipped(dst, data []byte) []byte {
	out := bytes.NewBuffer(dst)
	w := p.gzip.Get().(*gzip.Writer)
	defer p.gzip.Put(w)
	w.Reset(out)
	_, _ = w.Write(data) // a buffer takes everything
	_ = w.Close()
	return out.Bytes()
}

var (
	zstdEncoding = []string{"zstd"}
	gzipEncoding = []string{"gzip"}
)

// encodingFor picks zstd or gzip by Accept-Encoding (RFC 9110, 12.5.3); "" if it allows neither, or wants neither more than
// none. Of two that are wanted alike it is zstd, which is smaller and quicker.
func encodingFor(lines []string) string {
	zstd, gzip, identity, rest := -1.0, -1.0, -1.0, -1.0
	for _, line := range lines {
		for item := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(item, ";")
			weight := 1.0
			if _, q, ok := strings.Cut(params, "="); ok {
				var err error
				if weight, err = strconv.ParseFloat(strings.TrimSpace(q), 64); err != nil || weight < 0 || weight > 1 {
					continue
				}
			}
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "zstd":
				zstd = weight
			case "gzip", "x-gzip":
				gzip = weight
			case "identity":
				identity = weight
			case "*":
				rest = weight
			}
		}
	}
	if zstd < 0 {
		zstd = 0 // a client that knows it says so
	}
	if gzip < 0 {
		gzip = max(rest, 0)
	}
	switch {
	case zstd > 0 && zstd >= gzip && zstd >= identity:
		return "zstd"
	case gzip > 0 && gzip >= identity:
		return "gzip"
	default:
		return ""
	}
}
