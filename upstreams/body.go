package upstreams

import (
	"bytes"
	"io"
)

// maxChunkLine bounds a chunk's size line and a trailer line.
const maxChunkLine = 4 << 10

// readBody reads the body that the head announces (RFC 9112, 6.3). Afterwards it lies between x.body and x.end.
func (x *exchange) readBody(method string) error {
	switch {
	case method == "HEAD", x.head.status == 204, x.head.status == 304:
		return nil
	case x.head.chunked:
		return x.readChunks()
	case x.head.length >= 0:
		return x.readLength(x.head.length)
	default:
		x.head.keep = false
		return x.readToEnd()
	}
}

// readLength reads a body of n bytes.
func (x *exchange) readLength(n int) error {
	if n > x.options.MaxResponse {
		return tooLarge("Content-Length")
	}
	all := x.body + n
	for len(x.in.b) < all {
		if cap(x.in.b) == len(x.in.b) || (cap(x.in.b) < all && cap(x.in.b) < maxBlock) {
			x.in = x.memory.grow(x.in, all)
		}
		k := x.in
		if err := x.read(k.b[len(k.b):min(all, cap(k.b))]); err != nil {
			return cutShort(err)
		}
	}
	x.end, x.next = all, all
	return nil
}

// readToEnd reads a body that ends with the connection.
func (x *exchange) readToEnd() error {
	for {
		x.end = len(x.in.b)
		x.next = x.end
		if x.end-x.body > x.options.MaxResponse {
			return tooLarge("the body")
		}
		if err := x.fill(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// readChunks reads a chunked body (RFC 9112, 7.1). Chunks are moved together where they lie; a body of one chunk, the
// common case, is not moved at all. Extensions and trailers are read over.
func (x *exchange) readChunks() error {
	for first := true; ; first = false {
		line, err := x.line()
		if err != nil {
			return err
		}
		size, err := chunkSize(line)
		if err != nil {
			return err
		}
		if first {
			x.body, x.end = x.next, x.next
		}
		if size == 0 {
			return x.readTrailers()
		}
		if size > x.options.MaxResponse-(x.end-x.body) {
			return tooLarge("the body")
		}
		if err := x.readChunk(size); err != nil {
			return err
		}
		if line, err = x.line(); err != nil {
			return err
		}
		if len(line) > 0 {
			return malformed("a chunk is longer than its size")
		}
	}
}

// readChunk moves size bytes to the end of the body.
func (x *exchange) readChunk(size int) error {
	for {
		have := min(size, len(x.in.b)-x.next)
		if x.next > x.end {
			copy(x.in.b[x.end:], x.in.b[x.next:x.next+have])
		}
		x.end += have
		x.next += have
		if size -= have; size == 0 {
			return nil
		}
		if err := x.fill(); err != nil {
			return cutShort(err)
		}
	}
}

// readTrailers reads over the lines up to the empty one.
func (x *exchange) readTrailers() error {
	for total := 0; total <= x.options.MaxHeader; {
		line, err := x.line()
		if err != nil {
			return err
		}
		if len(line) == 0 {
			return nil
		}
		total += len(line)
	}
	return tooLarge("the trailers of the answer")
}

// line takes the next line, without its CRLF. It is valid until more is read.
func (x *exchange) line() ([]byte, error) {
	for seen := 0; ; {
		unread := x.in.b[x.next:]
		if i := bytes.IndexByte(unread[seen:], '\n'); i >= 0 {
			i += seen
			if i > maxChunkLine {
				return nil, malformed("a chunk's line is too long")
			}
			if i == 0 || unread[i-1] != '\r' {
				return nil, malformed("a chunk's line does not end with CRLF")
			}
			x.next += i + 1
			return unread[:i-1], nil
		}
		if seen = len(unread); seen > maxChunkLine {
			return nil, malformed("a chunk's line is too long")
		}
		if err := x.fill(); err != nil {
			return nil, cutShort(err)
		}
	}
}

// chunkSize reads the line before a chunk: hexadecimal digits, then perhaps an extension.
func chunkSize(line []byte) (int, error) {
	size, digits := 0, 0
	for _, b := range line {
		var d byte
		switch {
		case '0' <= b && b <= '9':
			d = b - '0'
		case 'a' <= b && b <= 'f':
			d = b - 'a' + 10
		case 'A' <= b && b <= 'F':
			d = b - 'A' + 10
		case digits > 0 && (b == ';' || b == ' ' || b == '\t'):
			return size, nil
		default:
			return 0, malformed("a chunk's size is not a number")
		}
		if digits++; digits > 12 {
			return 0, malformed("a chunk's size is too long")
		}
		size = size<<4 | int(d)
	}
	if digits == 0 {
		return 0, malformed("a chunk without a size")
	}
	return size, nil
}

// cutShort names the end of the connection within a body what it is.
func cutShort(err error) error {
	if err == io.EOF {
		return cutInBody
	}
	return err
}
