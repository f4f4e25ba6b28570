package shop

import (
	"net/url"
	"strconv"
	"strings"
)

// intParam reads a whole number from a query. An absent or empty parameter is fallback; one outside lo..hi is a failure.
func intParam(q url.Values, name string, fallback, lo, hi int) (int, *failure) {
	text := q.Get(name)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < lo || n > hi {
		return 0, badRequest("%s must be a whole number from %d to %d, not %q", name, lo, hi, text)
	}
	return n, nil
}

// idsParam reads a list of numbers, written with commas or by repeating the parameter, as a set. It may hold up to most.
func idsParam(q url.Values, name string, most int) (map[int]bool, *failure) {
	ids := map[int]bool{}
	for _, value := range q[name] {
		for part := range strings.SplitSeq(value, ",") {
			if part = strings.TrimSpace(part); part == "" {
				continue
			}
			id, err := strconv.Atoi(part)
			if err != nil {
				return nil, badRequest("%s must be whole numbers with commas between them, not %q", name, value)
			}
			ids[id] = true
		}
	}
	if len(ids) > most {
		return nil, badRequest("%s may hold up to %d values, not %d", name, most, len(ids))
	}
	return ids, nil
}
