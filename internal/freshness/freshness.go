// Package freshness has the rules of HTTP caching for a cache that many clients share (RFC 9111, RFC 5861), as functions without I/O:
// whether a reply may be kept, and for how long it may be used.
//
// Nothing is guessed: a reply that does not say how long it is fresh is not kept (RFC 9111, 4.2.2 allows heuristics, and needs none).
package freshness

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longest is what larger numbers of seconds count as (RFC 9111, 1.2.2).
const longest = 1<<31 - 1

// Directives is a Cache-Control header of a reply. A time that is absent is -1.
type Directives struct {
	NoStore, NoCache, Private, Public, MustRevalidate, ProxyRevalidate bool

	MaxAge, SMaxAge, StaleWhileRevalidate, StaleIfError time.Duration
}

// Parse reads the lines of a Cache-Control header. What is not known does not count; a number that cannot be read is 0, which is the
// careful reading (RFC 9111, 4.2.1); of two numbers the smaller one counts; private and no-cache with names of headers count for
// all of the reply.
func Parse(lines []string) Directives {
	d := Directives{MaxAge: -1, SMaxAge: -1, StaleWhileRevalidate: -1, StaleIfError: -1}
	for _, line := range lines {
		for line != "" {
			var name, value string
			name, value, line = next(line)
			d.set(strings.ToLower(name), value)
		}
	}
	return d
}

// next cuts the first directive off a line: a name, and the value behind =, without its quotes.
func next(line string) (name, value, rest string) {
	i := strings.IndexAny(line, ",=")
	if i < 0 {
		return strings.TrimSpace(line), "", ""
	}
	name = strings.TrimSpace(line[:i])
	if line[i] == ',' {
		return name, "", line[i+1:]
	}
	rest = strings.TrimLeft(line[i+1:], " \t")
	if !strings.HasPrefix(rest, `"`) {
		value, rest, _ = strings.Cut(rest, ",")
		return name, strings.TrimSpace(value), rest
	}
	var b strings.Builder
	for i = 1; i < len(rest) && rest[i] != '"'; i++ {
		if rest[i] == '\\' && i+1 < len(rest) {
			i++
		}
		b.WriteByte(rest[i])
	}
	_, rest, _ = strings.Cut(rest[min(i+1, len(rest)):], ",")
	return name, b.String(), rest
}

func (d *Directives) set(name, value string) {
	switch name {
	case "no-store":
		d.NoStore = true
	case "no-cache":
		d.NoCache = true
	case "private":
		d.Private = true
	case "public":
		d.Public = true
	case "must-revalidate":
		d.MustRevalidate = true
	case "proxy-revalidate":
		d.ProxyRevalidate = true
	case "max-age":
		d.MaxAge = smaller(d.MaxAge, value)
	case "s-maxage":
		d.SMaxAge = smaller(d.SMaxAge, value)
	case "stale-while-revalidate":
		d.StaleWhileRevalidate = smaller(d.StaleWhileRevalidate, value)
	case "stale-if-error":
		d.StaleIfError = smaller(d.StaleIfError, value)
	}
}

func smaller(have time.Duration, value string) time.Duration {
	n := seconds(value)
	if have >= 0 {
		n = min(n, have)
	}
	return n
}

// seconds reads delta-seconds.
func seconds(s string) time.Duration {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n > longest {
		n = longest
	}
	return time.Duration(n) * time.Second
}

// Life is how long a reply may be used, from the moment that it was received. Zero: not at all.
type Life struct {
	Fresh                time.Duration
	StaleWhileRevalidate time.Duration // beyond Fresh: it may be used while a newer one is asked for
	StaleIfError         time.Duration // beyond Fresh: it may be used if there is no newer one to be had
}

// Of returns how long a reply may be used by a cache that many clients share. personal says that the request had something of one
// client (Authorization, Cookie); keyed says that whoever sends something else will not get this reply: then what is private may be
// kept too.
//
// Never kept: statuses that are not whole answers to any request (206, 304, 1xx), no-store, Vary: *, and replies with Set-Cookie.
func Of(status int, h http.Header, received time.Time, personal, keyed bool) Life {
	d := directives(h)
	if !keepable(status, h, &d) || d.Private && !keyed {
		return Life{}
	}
	// RFC 9111, 3.5: what was asked for with credentials is kept only if the reply allows it in so many words.
	if personal && !keyed && !d.Public && !d.MustRevalidate && d.SMaxAge < 0 {
		return Life{}
	}
	if d.NoCache {
		return Life{}
	}
	l := Life{Fresh: lifetime(&d, h, keyed)}
	if l.Fresh <= 0 {
		return Life{}
	}
	if l.Fresh -= age(h, received); l.Fresh <= 0 {
		return Life{}
	}
	if !d.MustRevalidate && !d.ProxyRevalidate && (d.SMaxAge < 0 || keyed) { // RFC 9111, 4.2.4 and 5.2.2.10
		l.StaleWhileRevalidate, l.StaleIfError = max(d.StaleWhileRevalidate, 0), max(d.StaleIfError, 0)
	}
	return l
}

// Allows returns the most that a reply lets a cache do that has been told by its owner how long replies are good: 0 if the reply
// forbids to keep it, else the life that it says itself, at most most.
func Allows(status int, h http.Header, received time.Time, most time.Duration, keyed bool) time.Duration {
	d := directives(h)
	if !keepable(status, h, &d) || status < 200 || status > 299 || d.NoCache || d.Private && !keyed {
		return 0
	}
	if said := lifetime(&d, h, keyed); said >= 0 {
		most = min(most, max(said-age(h, received), 0))
	}
	return most
}

// directives reads Cache-Control, or what came before it (RFC 9111, 5.4).
func directives(h http.Header) Directives {
	lines := h.Values("Cache-Control")
	d := Parse(lines)
	if len(lines) == 0 && strings.Contains(strings.ToLower(strings.Join(h.Values("Pragma"), ",")), "no-cache") {
		d.NoCache = true
	}
	return d
}

// keepable reports what holds for every cache of many clients.
func keepable(status int, h http.Header, d *Directives) bool {
	switch status {
	case 200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501:
	default:
		return false
	}
	return !d.NoStore && len(h.Values("Set-Cookie")) == 0 && !strings.Contains(strings.Join(h.Values("Vary"), ","), "*")
}

// lifetime is how long a reply says that it is fresh (RFC 9111, 4.2.1); -1 if it does not say.
func lifetime(d *Directives, h http.Header, keyed bool) time.Duration {
	if d.SMaxAge >= 0 && !keyed {
		return d.SMaxAge
	}
	if d.MaxAge >= 0 {
		return d.MaxAge
	}
	if d.SMaxAge >= 0 {
		return d.SMaxAge
	}
	expires := h.Values("Expires")
	if len(expires) == 0 {
		return -1
	}
	at, err := http.ParseTime(expires[0])
	date, dateErr := http.ParseTime(h.Get("Date"))
	if err != nil || dateErr != nil || len(expires) > 1 {
		return 0 // an Expires that is no date is one of the past (RFC 9111, 5.3)
	}
	return max(at.Sub(date), 0)
}

// age is how old a reply was when it was received (RFC 9111, 4.2.3), without the time on the way.
func age(h http.Header, received time.Time) time.Duration {
	var out time.Duration
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		out = max(received.Sub(date).Truncate(time.Second), 0)
	}
	if v := h.Values("Age"); len(v) > 0 {
		out = max(out, seconds(v[0]))
	}
	return out
}

// Varies reports whether a reply depends on a header of its request by that name.
func Varies(h http.Header, name string) bool {
	for _, line := range h.Values("Vary") {
		for one := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(one), name) {
				return true
			}
		}
	}
	return false
}
