package gateway

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"slices"
)

// Types and flags of HTTP/2 frames (RFC 9113, 6), and codes of its errors (7).
const (
	dataFrame, headersFrame, resetFrame, settingsFrame, goAwayFrame = 0, 1, 3, 4, 7

	endStream, endHeaders = 1, 4

	frameSizeError, refusedStream, cancelStream, enhanceYourCalm = 6, 7, 8, 11
)

// h2Frame is one frame of HTTP/2, well formed or not.
func h2Frame(kind, flags byte, stream uint32, payload []byte) []byte {
	b := []byte{byte(len(payload) >> 16), byte(len(payload) >> 8), byte(len(payload)), kind, flags}
	return append(binary.BigEndian.AppendUint32(b, stream), payload...)
}

// h2Code is the payload of a frame that resets a stream.
func h2Code(code uint32) []byte { return binary.BigEndian.AppendUint32(nil, code) }

// h2Headers is a block of headers, name after value, nothing of it compressed (RFC 7541, 6.2.2).
func h2Headers(pairs ...string) (b []byte) {
	for i, text := range pairs {
		if i%2 == 0 {
			b = append(b, 0)
		}
		b = append(append(b, byte(len(text))), text...) // at most 126 bytes
	}
	return b
}

// answerHead begins an answer as it should.
var answerHead = h2Headers(":status", "200", "content-type", "application/grpc")

// frames answers every call on a connection by frames that net/http would not send.
func frames(answer func(stream uint32) []byte) func(net.Conn, func()) {
	return func(c net.Conn, called func()) {
		in := bufio.NewReader(c)
		if _, err := io.ReadFull(in, make([]byte, len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))); err != nil {
			return
		}
		c.Write(h2Frame(settingsFrame, 0, 0, nil))
		for head := make([]byte, 9); ; {
			if _, err := io.ReadFull(in, head); err != nil {
				return
			}
			if _, err := in.Discard(int(head[0])<<16 | int(head[1])<<8 | int(head[2])); err != nil {
				return
			}
			if head[3] == headersFrame {
				called()
				c.Write(answer(binary.BigEndian.Uint32(head[5:])))
			}
		}
	}
}

// frameRows are answers that break HTTP/2, or use it as net/http does not.
func frameRows() map[string]faultRow {
	broken := func(block []byte) func(uint32) []byte {
		return func(stream uint32) []byte { return h2Frame(headersFrame, endHeaders, stream, block) }
	}
	resets := func(code uint32) func(uint32) []byte {
		return func(stream uint32) []byte { return h2Frame(resetFrame, 0, stream, h2Code(code)) }
	}
	page := func(stream uint32) []byte {
		return h2Frame(headersFrame, endHeaders|endStream, stream, h2Headers("content-type", "text/html"))
	}
	rows := make(map[string]faultRow)
	for name, row := range map[string]struct {
		want   string
		calls  int32
		answer func(stream uint32) []byte
	}{
		"as it should be": {"text Atlas", 1, func(stream uint32) []byte {
			return slices.Concat(
				h2Frame(headersFrame, endHeaders, stream, answerHead),
				h2Frame(dataFrame, 0, stream, framed("Atlas")),
				h2Frame(headersFrame, endHeaders|endStream, stream, h2Headers("grpc-status", "0")),
			)
		}},
		"head within the answer": {"UPSTREAM_BAD_RESPONSE", 1, func(stream uint32) []byte {
			head := h2Frame(headersFrame, endHeaders, stream, answerHead)
			return slices.Concat(head, head)
		}},
		"no status":              {"UPSTREAM_BAD_RESPONSE", 1, page},
		"a status of no digits":  {"UPSTREAM_BAD_RESPONSE", 1, broken(h2Headers(":status", "ok"))},
		"a name in capitals":     {"UPSTREAM_BAD_RESPONSE", 1, broken(h2Headers(":status", "200", "X-Y", "1"))},
		"a line break":           {"UPSTREAM_BAD_RESPONSE", 1, broken(h2Headers(":status", "200", "x", "1\r\ny: 2"))},
		"a head of a request":    {"UPSTREAM_BAD_RESPONSE", 1, broken(h2Headers(":status", "200", ":path", "/"))},
		"a head of unknown kind": {"UPSTREAM_BAD_RESPONSE", 1, broken(h2Headers(":status", "200", ":x", "/"))},
		"status twice":           {"UPSTREAM_BAD_RESPONSE", 1, broken(h2Headers(":status", "200", ":status", "200"))},
		"status at the end":      {"UPSTREAM_BAD_RESPONSE", 1, broken(h2Headers("x", "1", ":status", "200"))},
		"no compressed head":     {"UPSTREAM_UNAVAILABLE", 1, broken([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"))},
		"a frame too large":      {"UPSTREAM_UNAVAILABLE", 1, func(stream uint32) []byte { return h2Frame(dataFrame, 0, stream, make([]byte, 1<<20)) }},
		"no frames":              {"UPSTREAM_UNAVAILABLE", 1, func(uint32) []byte { return []byte("HTTP/1.1 200 OK\r\n\r\n" + secretText) }},
		"slow down":              {"UPSTREAM_RATE_LIMITED", 1, resets(enhanceYourCalm)},
		"cancelled":              {"UPSTREAM_UNAVAILABLE", 1, resets(cancelStream)},
		"a size that is wrong":   {"UPSTREAM_BAD_RESPONSE", 1, resets(frameSizeError)},
		"not begun":              {"UPSTREAM_UNAVAILABLE", 2, resets(refusedStream)}, // so it may be sent again, once
		"not begun, and gone":    {"UPSTREAM_UNAVAILABLE", 2, func(uint32) []byte { return h2Frame(goAwayFrame, 0, 0, make([]byte, 8)) }},
	} {
		rows[name] = faultRow{want: row.want, calls: row.calls, speaks: frames(row.answer)}
	}
	return rows
}
