package gateway

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"

	"manifold/internal/fault"
)

// bodyReader reads request bodies of up to max bytes, counted after decompression: a body of 100 KB may hold 100 MB of
// zeros. Memory grows with what has arrived, never with what was announced beyond the limit.
type bodyReader struct {
	max       int
	unpackers sync.Pool // *gzip.Reader
}

// read appends the decompressed body of r to x.body.
func (b *bodyReader) read(r *http.Request, x *exchange) *refusal {
	packed, refused := encoding(r.Header["Content-Encoding"])
	if refused != nil {
		return refused
	}
	if r.ContentLength > int64(b.max) { // before the first read, so before "100 Continue" is sent
		return b.tooLarge()
	}
	into := &x.body
	if packed {
		into = &x.packed
	}
	var err error
	*into, err = readLimited((*into)[:0], r.Body, b.max, int(r.ContentLength))
	if err != nil {
		return b.failed(err)
	}
	if !packed {
		return nil
	}
	return b.unpack(x)
}

// unpack appends the decompressed x.packed to x.body.
func (b *bodyReader) unpack(x *exchange) *refusal {
	z, _ := b.unpackers.Get().(*gzip.Reader)
	if z == nil {
		z = new(gzip.Reader)
	}
	defer b.unpackers.Put(z)
	err := z.Reset(bytes.NewReader(x.packed))
	if err == nil {
		x.body, err = readLimited(x.body[:0], z, b.max, -1)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errTooLarge):
		return b.tooLarge()
	default:
		return bad("the body is not valid gzip")
	}
}

// encoding reads Content-Encoding: none, identity or one gzip. Anything else, also gzip twice, is not supported.
func encoding(lines []string) (packed bool, r *refusal) {
	if len(lines) == 0 {
		return false, nil
	}
	if len(lines) == 1 {
		switch strings.ToLower(strings.TrimSpace(lines[0])) {
		case "", "identity":
			return false, nil
		case "gzip", "x-gzip":
			return true, nil
		}
	}
	return false, &refusal{
		fault: fault.New(fault.UnsupportedMediaType, "the only Content-Encoding is gzip, applied once"),
		close: true,
	}
}

func (b *bodyReader) failed(err error) *refusal {
	if errors.Is(err, errTooLarge) {
		return b.tooLarge()
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &refusal{
			fault:  fault.New(fault.BadRequest, "the body did not arrive in time"),
			status: http.StatusRequestTimeout, close: true,
		}
	}
	return &refusal{fault: fault.New(fault.BadRequest, "the body is incomplete"), close: true}
}

func (b *bodyReader) tooLarge() *refusal {
	return &refusal{
		fault: fault.New(fault.RequestTooLarge, "the body is larger than "+strconv.Itoa(b.max)+" bytes"),
		close: true,
	}
}

var errTooLarge = errors.New("too large")

// readLimited appends what r holds to dst. It reads one byte beyond most. announced is the length to expect, or
// negative; it is within most.
func readLimited(dst []byte, r io.Reader, most, announced int) ([]byte, error) {
	const least = 512
	want := least
	if announced >= 0 {
		want = announced + 1 // room for the read that finds the end
	}
	if cap(dst)-len(dst) < want {
		dst = append(make([]byte, 0, len(dst)+want), dst...)
	}
	for {
		if len(dst) == cap(dst) {
			dst = append(dst, 0)[:len(dst)]
		}
		room := dst[len(dst):cap(dst)]
		if left := most + 1 - len(dst); len(room) > left {
			room = room[:left]
		}
		n, err := r.Read(room)
		dst = dst[:len(dst)+n]
		if len(dst) > most {
			return dst, errTooLarge
		}
		if err == io.EOF {
			return dst, nil
		}
		if err != nil {
			return dst, err
		}
	}
}
