// Package body reads request bodies within limits, the same for GraphQL and for routes.
package body

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

// Reader reads request bodies of up to Max bytes, counted after decompression: a body of 100 KB may hold 100 MB of
// zeros. Memory grows with what has arrived, never with what was announced beyond the limit.
type Reader struct {
	Max       int
	unpackers sync.Pool // *gzip.Reader
}

// Refusal is why a body was not read, and what HTTP wants to know about it.
type Refusal struct {
	Fault  *fault.Error
	Status int  // 0: the usual one of the fault's code
	Close  bool // the connection cannot be used again: a part of the body was left unread
}

// Buffers are the memory that a body is read into. They belong to the caller, who may use them again.
type Buffers struct {
	Body   []byte // the decompressed body
	Packed []byte // the compressed body it came from
}

// Read reads the body of r into x.Body, decompressed.
func (b *Reader) Read(r *http.Request, x *Buffers) *Refusal {
	packed, refused := encoding(r.Header["Content-Encoding"])
	if refused != nil {
		return refused
	}
	if r.ContentLength > int64(b.Max) { // before the first read, so before "100 Continue" is sent
		return b.tooLarge()
	}
	into := &x.Body
	if packed {
		into = &x.Packed
	}
	var err error
	*into, err = readLimited((*into)[:0], r.Body, b.Max, int(r.ContentLength))
	if err != nil {
		return b.failed(err)
	}
	if !packed {
		return nil
	}
	return b.unpack(x)
}

// unpack reads the decompressed x.Packed into x.Body.
func (b *Reader) unpack(x *Buffers) *Refusal {
	z, _ := b.unpackers.Get().(*gzip.Reader)
	if z == nil {
		z = new(gzip.Reader)
	}
	defer b.unpackers.Put(z)
	err := z.Reset(bytes.NewReader(x.Packed))
	if err == nil {
		x.Body, err = readLimited(x.Body[:0], z, b.Max, -1)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errTooLarge):
		return b.tooLarge()
	default:
		return &Refusal{Fault: fault.New(fault.BadRequest, "the body is not valid gzip")}
	}
}

// encoding reads Content-Encoding: none, identity or one gzip. Anything else, also gzip twice, is not supported.
func encoding(lines []string) (packed bool, r *Refusal) {
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
	return false, &Refusal{
		Fault: fault.New(fault.UnsupportedMediaType, "the only Content-Encoding is gzip, applied once"),
		Close: true,
	}
}

func (b *Reader) failed(err error) *Refusal {
	if errors.Is(err, errTooLarge) {
		return b.tooLarge()
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &Refusal{
			Fault:  fault.New(fault.BadRequest, "the body did not arrive in time"),
			Status: http.StatusRequestTimeout, Close: true,
		}
	}
	return &Refusal{Fault: fault.New(fault.BadRequest, "the body is incomplete"), Close: true}
}

func (b *Reader) tooLarge() *Refusal {
	return &Refusal{
		Fault: fault.New(fault.RequestTooLarge, "the body is larger than "+strconv.Itoa(b.Max)+" bytes"),
		Close: true,
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
