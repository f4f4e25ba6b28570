package freshness

import (
	"net/http"
	"strings"
)

// Update returns the header that a kept reply has after a 304 to a request with its Revalidation (RFC 9111, 4.3.4 and 3.2): every
// header of the 304 takes the place of what the reply had by that name, but for those that belong to the connection (3.1), to the body,
// which has been unpacked, and to parts of it.
//
// It is not ok if the 304 is about another version of the resource: then the kept reply must not be used, and is to be asked for anew.
// A 304 without a validator is about the only version that was asked about. The RFC has it so for replies without validators alone,
// and servers that leave them out are many.
//
// Age and Date of the kept reply tell of when it was made, not of when it was confirmed; they go even if the 304 has none. Decide has to
// be asked again, with the status of the kept reply and the new header: a 304 may say no-store, or set a cookie. The new header shares
// no memory with the others, which are not changed.
func Update(stored, notModified http.Header) (updated http.Header, ok bool) {
	if !sameVersion(stored, notModified) {
		return nil, false
	}
	updated = stored.Clone()
	if updated == nil {
		updated = http.Header{}
	}
	updated.Del("Age")
	updated.Del("Date")
	dropped := hopByHop(notModified)
	for name, values := range notModified.Clone() {
		if !dropped[name] && !ofBody(name) {
			updated[name] = values
		}
	}
	return updated, true
}

// sameVersion reports whether a 304 may be about a kept reply. A strong tag has to be the same strong tag; a weak one has to be the same
// but for its weakness, since that is how If-None-Match compares (RFC 9110, 13.1.2); the date counts if there is no tag.
func sameVersion(stored, notModified http.Header) bool {
	if said := etag(notModified); said != "" {
		have := etag(stored)
		if opaque, weak := strings.CutPrefix(said, "W/"); weak {
			return opaque == strings.TrimPrefix(have, "W/")
		}
		return said == have
	}
	said, err := http.ParseTime(notModified.Get("Last-Modified"))
	if err != nil {
		return true
	}
	have, err := http.ParseTime(stored.Get("Last-Modified"))
	return err != nil || said.Equal(have)
}

// hopByHop are the names of the headers of a message that are for the next hop alone (RFC 9111, 3.1; RFC 9110, 7.6.1), those
// that its Connection lists among them. They are canonical.
func hopByHop(h http.Header) map[string]bool {
	names := map[string]bool{
		"Connection": true, "Keep-Alive": true, "Proxy-Connection": true, "Te": true, "Transfer-Encoding": true, "Upgrade": true,
		"Proxy-Authenticate": true, "Proxy-Authentication-Info": true, "Proxy-Authorization": true,
	}
	for _, line := range h.Values("Connection") {
		for name := range strings.SplitSeq(line, ",") {
			names[http.CanonicalHeaderKey(strings.TrimSpace(name))] = true
		}
	}
	return names
}

// ofBody reports whether a header tells how the body was sent, which a 304 has none of.
func ofBody(name string) bool {
	switch name {
	case "Content-Length", "Content-Encoding", "Content-Range":
		return true
	}
	return false
}
