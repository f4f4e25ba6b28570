package freshness

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Decide returns what a cache may do with a reply, by the rules for shared caches or, if the request is isolated, for private ones.
// The names of the header are canonical. Nothing is kept of it, and nothing in it is changed.
//
// received is when the reply came. Who passes when the request was sent counts the time on the way as age (RFC 9111, 4.2.3), which is
// the more careful reading; the times of the policy count from there all the same. The reply to HEAD has no body, so the key of the
// cache has to hold the method.
//
// Where the RFC leaves a choice, it is made so:
//   - No heuristics (4.2.2): a reply that does not say for how long it is fresh is not kept. no-cache says it: not at all.
//   - Only statuses that may be kept by default (RFC 9110, 15.1) are kept, even with a lifetime. 206 is not among them, since no
//     parts are put together here.
//   - Set-Cookie is never kept for several users, whatever else the reply says, though 7.3 would allow it.
//   - What goes for Authorization (3.5) goes for everything else that makes a request personal.
//   - no-cache and private that name headers count for all of the reply (5.2.2.4, 5.2.2.7).
//   - s-maxage and proxy-revalidate forbid stale use in an isolated scope too.
//   - A reply is not kept if it could never be used: stale, with no validator and no time in which it may be used stale.
func Decide(request Request, status int, header http.Header, received time.Time) Policy {
	d := directives(header)
	vary, all := varyOf(header)
	personal := ofOneUser(request, header, &d)
	switch {
	case request.Method != http.MethodGet && request.Method != http.MethodHead:
		return Policy{Reason: ByMethod}
	case !understood(status):
		return Policy{Reason: ByStatus}
	case request.NoStore, d.NoStore && !mustUnderstand(header):
		return Policy{Reason: ByNoStore}
	case all:
		return Policy{Reason: ByVary}
	case personal != Stored && !request.Isolated:
		return Policy{Reason: personal}
	}
	lifetime, said := explicit(&d, header, received, request.Isolated)
	if !said {
		return Policy{Reason: BySilence}
	}
	p := Policy{
		Store:      true,
		Private:    personal != Stored || request.Isolated && d.SMaxAge >= 0 && d.SMaxAge < lifetime,
		Revalidate: status/100 == 2 && len(Revalidation(header)) > 0, // conditions count for nothing else (RFC 9110, 13.2.1)
		Vary:       vary,
	}
	age := initialAge(header, received)
	p.Fresh = max(lifetime-age, 0)
	if stale := max(age-lifetime, 0); mayBeStale(&d) {
		p.StaleWhileRevalidate = max(d.StaleWhileRevalidate-stale, 0)
		p.StaleIfError = max(d.StaleIfError-stale, 0)
	}
	if p.Fresh == 0 && p.StaleWhileRevalidate == 0 && p.StaleIfError == 0 && !p.Revalidate {
		return Policy{Reason: ByAge}
	}
	return p
}

// understood reports whether we do all that a status asks of a cache.
func understood(status int) bool {
	switch status {
	case 200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501:
		return true
	}
	return false
}

// ofOneUser says what makes a reply one that only one user may have (RFC 9111, 3.5, 5.2.2.7, 7.3), Stored if nothing does.
func ofOneUser(request Request, h http.Header, d *Directives) Reason {
	switch {
	case len(h.Values("Set-Cookie")) > 0:
		return BySetCookie
	case d.Private:
		return ByPrivate
	case request.Personal && !d.Public && !d.MustRevalidate && d.SMaxAge < 0:
		return ByCredentials
	}
	return Stored
}

// mayBeStale reports whether nothing forbids to use a reply that is stale (RFC 9111, 4.2.4).
func mayBeStale(d *Directives) bool {
	return !d.MustRevalidate && !d.ProxyRevalidate && !d.NoCache && d.SMaxAge < 0
}

// mustUnderstand reports whether a reply says must-understand: no-store then stands there for caches that do not know the status, and
// is not meant for us (RFC 9111, 5.2.2.3).
func mustUnderstand(h http.Header) bool {
	for _, line := range h.Values("Cache-Control") {
		for line != "" {
			var name string
			name, _, line = next(line)
			if strings.EqualFold(name, "must-understand") {
				return true
			}
		}
	}
	return false
}

// varyOf returns the names in Vary. all says that * is among them.
func varyOf(h http.Header) (names []string, all bool) {
	for _, line := range h.Values("Vary") {
		for name := range strings.SplitSeq(line, ",") {
			switch name = strings.ToLower(strings.TrimSpace(name)); name {
			case "":
			case "*":
				return nil, true
			default:
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), false
}
