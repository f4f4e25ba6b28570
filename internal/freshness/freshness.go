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
// all of the reply; a quote that does not end is no-store.
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
	if !closed(rest) { // it may have swallowed what forbids to keep the reply
		return "no-store", "", ""
	}
	for i = 1; i < len(rest) && rest[i] != '"'; i++ {
		if rest[i] == '\\' && i+1 < len(rest) {
			i++
		}
		b.WriteByte(rest[i])
	}
	_, rest, _ = strings.Cut(rest[min(i+1, len(rest)):], ",")
	return name, b.String(), rest
}

// closed reports whether a quote that is open ends.
func closed(quoted string) bool {
	for i := 1; i < len(quoted); i++ {
		switch quoted[i] {
		case '\\':
			i++
		case '"':
			return true
		}
	}
	return false
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

// Allows returns the most that a reply lets a cache do that has been told by its owner how long replies are good: 0 if the reply
// forbids to keep it, else the life that it says itself, at most most. isolated is that of Request.
func Allows(status int, h http.Header, received time.Time, most time.Duration, isolated bool) time.Duration {
	d := directives(h)
	_, all := varyOf(h)
	switch {
	case status < 200 || status > 299 || !understood(status), len(h.Values("Set-Cookie")) > 0, all:
		return 0
	case d.NoStore, d.NoCache, d.Private && !isolated:
		return 0
	}
	if life, said := explicit(&d, h, received, isolated); said {
		most = min(most, max(life-initialAge(h, received), 0))
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
