package freshness

import (
	"net/http"
	"strings"
	"time"
)

// explicit returns how long a reply says that it is fresh from when it was made (RFC 9111, 4.2.1); not said if it does not say. It is
// at most 2^31-1 seconds.
//
// A private cache does not look at s-maxage (5.2.2.10). An isolated scope does if nothing else is said: what every shared cache may use
// for so long may be used for one user too.
func explicit(d *Directives, h http.Header, received time.Time, isolated bool) (lifetime time.Duration, said bool) {
	until, expires := expiry(h, received)
	switch {
	case d.NoCache: // never without asking
		return 0, true
	case d.SMaxAge >= 0 && !isolated:
		return d.SMaxAge, true
	case d.MaxAge >= 0:
		return d.MaxAge, true
	case expires:
		return until, true
	case d.SMaxAge >= 0:
		return d.SMaxAge, true
	}
	return 0, false
}

// expiry is the time from Date to Expires (RFC 9111, 5.3). An Expires that is no date, 0 above all, is one of the past, and so are
// two of them. A reply without a Date that can be read was made when it was received (RFC 9110, 6.6.1).
func expiry(h http.Header, received time.Time) (lifetime time.Duration, said bool) {
	expires := h.Values("Expires")
	if len(expires) == 0 {
		return 0, false
	}
	until, err := http.ParseTime(expires[0])
	if err != nil || len(expires) > 1 {
		return 0, true
	}
	made, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		made = received
	}
	return min(max(until.Sub(made), 0), longest*time.Second), true
}

// initialAge is how old a reply was when it was received (RFC 9111, 4.2.3): what its Age says, or what the clocks say by its Date,
// whichever is more. A Date of the future says nothing. Of several Ages the first counts, and one that is no number does not (5.1).
func initialAge(h http.Header, received time.Time) time.Duration {
	var apparent time.Duration
	if made, err := http.ParseTime(h.Get("Date")); err == nil {
		apparent = max(received.Sub(made).Truncate(time.Second), 0) // Date has no parts of seconds
	}
	first, _, _ := strings.Cut(h.Get("Age"), ",")
	return max(apparent, seconds(strings.TrimSpace(first)))
}
