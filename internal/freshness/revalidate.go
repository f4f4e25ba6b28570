package freshness

import (
	"net/http"
	"strings"
)

// Revalidation returns the headers that make a request ask whether a kept reply is still good (RFC 9111, 4.3.1): If-None-Match with
// its ETag, and If-Modified-Since with its Last-Modified, both as they came. It is empty if the reply has no validator that is well
// formed: then it can only be asked for anew. The header is the caller's.
func Revalidation(stored http.Header) http.Header {
	conditions := http.Header{}
	if tag := etag(stored); tag != "" {
		conditions.Set("If-None-Match", tag)
	}
	if modified := stored.Get("Last-Modified"); modified != "" {
		if _, err := http.ParseTime(modified); err == nil {
			conditions.Set("If-Modified-Since", modified)
		}
	}
	return conditions
}

// etag returns the entity tag of a reply (RFC 9110, 8.8.3), "" if it has none, several, or one that is none: a list or * in
// If-None-Match would ask for something else.
func etag(h http.Header) string {
	tags := h.Values("ETag")
	if len(tags) != 1 {
		return ""
	}
	opaque := strings.TrimPrefix(tags[0], "W/")
	if len(opaque) < 2 || opaque[0] != '"' || opaque[len(opaque)-1] != '"' {
		return ""
	}
	for _, c := range []byte(opaque[1 : len(opaque)-1]) {
		if c <= ' ' || c == '"' || c == 0x7f {
			return ""
		}
	}
	return tags[0]
}
