package upstreams

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// What a call is sent with unless it says otherwise.
const (
	userAgent = "manifold"
	mediaType = "application/json"
)

// headerRole says what is done with a header of a call.
type headerRole uint8

const (
	roleSent headerRole = iota
	roleAccept
	roleAgent
	roleType
	// roleOurs is dropped: headers of one connection only (RFC 9110, 7.6.1), and those by which we frame the message
	// and choose its coding ourselves.
	roleOurs
)

// role finds the role of a header by its length first: most names match none of those with their length.
func role(name string) headerRole {
	is := func(other string) bool { return strings.EqualFold(name, other) }
	switch len(name) {
	case 2:
		if is("TE") {
			return roleOurs
		}
	case 4:
		if is("Host") {
			return roleOurs
		}
	case 6:
		if is("Accept") {
			return roleAccept
		}
		if is("Expect") {
			return roleOurs
		}
	case 7:
		if is("Trailer") || is("Upgrade") {
			return roleOurs
		}
	case 10:
		if is("User-Agent") {
			return roleAgent
		}
		if is("Connection") || is("Keep-Alive") {
			return roleOurs
		}
	case 12:
		if is("Content-Type") {
			return roleType
		}
	case 14:
		if is("Content-Length") || is("HTTP2-Settings") {
			return roleOurs
		}
	case 15:
		if is("Accept-Encoding") {
			return roleOurs
		}
	case 16:
		if is("Proxy-Connection") {
			return roleOurs
		}
	case 17:
		if is("Transfer-Encoding") {
			return roleOurs
		}
	case 18:
		if is("Proxy-Authenticate") {
			return roleOurs
		}
	case 19:
		if is("Proxy-Authorization") {
			return roleOurs
		}
	}
	return roleSent
}

// appendTimeLeft appends the header that tells an upstream how many milliseconds a call has left, so that it need not work on what
// nobody waits for any more. No header if name is empty, or the call has no end.
func appendTimeLeft(dst []byte, name string, end time.Time) []byte {
	if name == NoHeader || name == "" || end.IsZero() {
		return dst
	}
	dst = append(dst, name...)
	dst = append(dst, ": "...)
	dst = strconv.AppendInt(dst, max(time.Until(end).Milliseconds(), 1), 10)
	return append(dst, "\r\n"...)
}

// checkCall refuses what must not reach the wire: a method or header name that is not a token, or a header value with
// a line break or another control character, by which a client's text could become a header or a request of its own.
func checkCall(c *Call) error {
	if !isToken(c.Method) {
		return fmt.Errorf("method %q", c.Method)
	}
	for i := range c.Headers {
		h := &c.Headers[i]
		if !isToken(h.Name) {
			return fmt.Errorf("header name %q", h.Name)
		}
		for j := range len(h.Value) {
			if b := h.Value[j]; (b < ' ' && b != '\t') || b == 0x7f {
				return fmt.Errorf("header %s holds the byte 0x%02x", h.Name, b)
			}
		}
	}
	return nil
}

// isToken reports whether s is a token of RFC 9110, 5.6.2.
func isToken(s string) bool {
	for i := range len(s) {
		if !tokenByte(s[i]) {
			return false
		}
	}
	return s != ""
}

func tokenByte(b byte) bool {
	switch {
	case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9':
		return true
	}
	return strings.IndexByte("!#$%&'*+-.^_`|~", b) >= 0
}

// announcesBody reports whether a message of this method states the length of its body even if there is none.
func announcesBody(method string) bool {
	return method == "POST" || method == "PUT" || method == "PATCH"
}

// repeatable reports whether a call of this method may be sent a second time if its connection was closed before any
// of the answer came.
func repeatable(method string) bool {
	return method == "GET" || method == "HEAD" || method == "OPTIONS"
}

// appendRequest appends the HTTP/1.1 message of c, which has passed checkCall. common is what every message to the
// origin holds after its target: see commonHead. t is what the upstream is told of the time.
func appendRequest(dst []byte, c *Call, target []byte, common string, t told) []byte {
	dst = append(dst, c.Method...)
	dst = append(dst, ' ')
	if len(target) == 0 || target[0] != '/' {
		dst = append(dst, '/')
	}
	dst = append(dst, target...)
	dst = append(dst, common...)
	var accept, agent, typed bool
	for i := range c.Headers {
		h := &c.Headers[i]
		switch role(h.Name) {
		case roleOurs:
			continue
		case roleSent:
			if len(h.Name) == len(t.header) && t.header != NoHeader && strings.EqualFold(h.Name, t.header) {
				continue
			}
		case roleAccept:
			accept = true
		case roleAgent:
			agent = true
		case roleType:
			typed = true
		}
		dst = appendHeader(dst, h.Name, h.Value)
	}
	if !agent {
		dst = appendHeader(dst, "User-Agent", userAgent)
	}
	if !accept {
		dst = appendHeader(dst, "Accept", mediaType)
	}
	if c.Body != nil && !typed {
		dst = appendHeader(dst, "Content-Type", mediaType)
	}
	dst = appendTimeLeft(dst, t.header, t.end)
	if c.Body != nil || announcesBody(c.Method) {
		dst = append(dst, "Content-Length: "...)
		dst = strconv.AppendInt(dst, int64(len(c.Body)), 10)
		dst = append(dst, "\r\n"...)
	}
	dst = append(dst, "\r\n"...)
	return append(dst, c.Body...)
}

func appendHeader(dst []byte, name, value string) []byte {
	dst = append(dst, name...)
	dst = append(dst, ": "...)
	dst = append(dst, value...)
	return append(dst, "\r\n"...)
}

// told is the header by which an upstream is told how much time is left (empty: none), and when that ends.
type told struct {
	header string
	end    time.Time
}

// commonHead is the part of the head that is equal for all messages to an origin.
func commonHead(o *origin) string {
	return " HTTP/1.1\r\nHost: " + o.authority + "\r\nAccept-Encoding: gzip\r\n"
}
