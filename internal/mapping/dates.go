package mapping

import (
	"math"
	"strings"
	"time"

	"manifold/internal/rawjson"
)

// date writes a moment in another form, in UTC. The forms are iso (2024-05-01T12:00:00Z), seconds and millis since 1970, or a
// pattern of YYYY MM DD HH mm ss SSS; other letters than T and Z and digits may not stand in one. The second argument says
// how the value is written: without it a text is iso, where the zone (UTC) or the time may be left out, and a number is
// seconds. What is no moment of the years 0 to 9999 is missing.
func date(s scope, v []byte, step *Step) ([]byte, error) {
	var forms [2]string
	for i, arg := range step.Args {
		f, err := s.orNull(arg)
		switch {
		case err != nil:
			return nil, err
		case i == 1 && isNull(f):
		case f[0] != '"' || !knownFormat(unquoted(f)):
			return nil, misgiven(step, arg, "`iso`, `seconds`, `millis` or a pattern")
		default:
			forms[i] = unquoted(f)
		}
	}
	var t time.Time
	var ok bool
	switch rawjson.KindOf(v[0]) {
	case rawjson.String:
		t, ok = readDate(unquoted(v), forms[1])
	case rawjson.Number:
		t, ok = readMoment(v, forms[1])
	default:
		return nil, misuse(step, "takes a text or a number", v)
	}
	if t = t.UTC(); !ok || t.Year() < 0 || t.Year() > 9999 {
		return nil, nil
	}
	switch forms[0] {
	case "iso":
		return s.text(t.Format("2006-01-02T15:04:05.999Z")), nil
	case "seconds":
		return s.number(int(t.Unix())), nil
	case "millis":
		return s.number(int(t.UnixMilli())), nil
	}
	return s.text(writePattern(t, forms[0])), nil
}

// readDate reads a moment from a text.
func readDate(text, form string) (time.Time, bool) {
	switch form {
	case "", "iso":
		for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02"} {
			if t, err := time.Parse(layout, text); err == nil {
				return t, true
			}
		}
		return time.Time{}, false
	case "seconds", "millis":
		if end, _, err := rawjson.SkipNumber([]byte(text), 0); err != nil || end != len(text) {
			return time.Time{}, false
		}
		return readMoment([]byte(text), form)
	}
	return readPattern(text, form)
}

// readMoment reads a moment from a number, to the millisecond.
func readMoment(token []byte, form string) (time.Time, bool) {
	f := readNumber(token).asFloat()
	if form != "millis" {
		f *= 1000
	}
	const most = 1 << 50 // milliseconds: more than the years we know
	if math.IsNaN(f) || math.Abs(f) > most || form != "" && form != "seconds" && form != "millis" {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(math.Floor(f))), true
}

// datePart is one piece of a pattern.
type datePart struct {
	text string
	of   func(time.Time) int // nil: the text stands as it is
}

// datePartAt returns the piece that pattern begins with; "" if no piece does.
func datePartAt(pattern string) datePart {
	for _, p := range []datePart{
		{"YYYY", time.Time.Year},
		{"MM", func(t time.Time) int { return int(t.Month()) }},
		{"DD", time.Time.Day},
		{"HH", time.Time.Hour},
		{"mm", time.Time.Minute},
		{"SSS", func(t time.Time) int { return t.Nanosecond() / int(time.Millisecond) }},
		{"ss", time.Time.Second},
	} {
		if strings.HasPrefix(pattern, p.text) {
			return p
		}
	}
	c := pattern[0]
	if (nameStart(c) && c != 'T' && c != 'Z' && c != '_') || digit(c) {
		return datePart{}
	}
	return datePart{text: pattern[:1]}
}

// knownFormat reports whether a form is one of those that date reads and writes.
func knownFormat(form string) bool {
	if form == "iso" || form == "seconds" || form == "millis" {
		return true
	}
	for rest := form; rest != ""; {
		p := datePartAt(rest)
		if p.text == "" {
			return false
		}
		rest = rest[len(p.text):]
	}
	return form != ""
}

func writePattern(t time.Time, pattern string) string {
	var b strings.Builder
	for pattern != "" {
		p := datePartAt(pattern)
		pattern = pattern[len(p.text):]
		if p.of == nil {
			b.WriteString(p.text)
			continue
		}
		n := p.of(t)
		digits := make([]byte, len(p.text))
		for i := range digits {
			digits[len(digits)-1-i] = '0' + byte(n%10)
			n /= 10
		}
		b.Write(digits)
	}
	return b.String()
}

// readPattern reads what writePattern writes: every piece has its width.
func readPattern(text, pattern string) (time.Time, bool) {
	parts := map[string]int{"YYYY": 1970, "MM": 1, "DD": 1}
	for pattern != "" {
		p := datePartAt(pattern)
		pattern = pattern[len(p.text):]
		if len(text) < len(p.text) {
			return time.Time{}, false
		}
		here := text[:len(p.text)]
		text = text[len(p.text):]
		if p.of == nil {
			if here != p.text {
				return time.Time{}, false
			}
			continue
		}
		n := 0
		for i := range len(here) {
			if !digit(here[i]) {
				return time.Time{}, false
			}
			n = n*10 + int(here[i]-'0')
		}
		parts[p.text] = n
	}
	t := time.Date(parts["YYYY"], time.Month(parts["MM"]), parts["DD"], parts["HH"], parts["mm"], parts["ss"], parts["SSS"]*int(time.Millisecond), time.UTC)
	fits := t.Day() == parts["DD"] && int(t.Month()) == parts["MM"] && t.Hour() == parts["HH"] && t.Minute() == parts["mm"] && t.Second() == parts["ss"]
	return t, fits && text == ""
}
