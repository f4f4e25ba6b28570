package gatewaytest

import (
	"fmt"
	"strings"
)

// noisy writes a value with random spaces, escapes, and members that a later one of the same name replaces.
func noisy(d dice, v any) string {
	plain := d.in(3)
	var b strings.Builder
	space := func() {
		if !plain && d.in(6) {
			b.WriteString(pick(d, []string{" ", "\n\t", "  ", "\r\n"}))
		}
	}
	text := func(s string) {
		q := quote(s)
		if !plain && d.in(6) && len(s) > 0 && s[0] < 0x80 && s[0] >= 0x20 && s[0] != '"' && s[0] != '\\' {
			q = fmt.Sprintf(`"\u%04x`, s[0]) + q[2:]
		}
		b.WriteString(q)
	}
	var write func(v any)
	write = func(v any) {
		space()
		defer space()
		switch v := v.(type) {
		case string:
			text(v)
		case []any:
			b.WriteByte('[')
			for i, item := range v {
				if i > 0 {
					b.WriteByte(',')
				}
				write(item)
			}
			if len(v) == 0 {
				space()
			}
			b.WriteByte(']')
		case *Object:
			b.WriteByte('{')
			for i, name := range v.Names {
				if i > 0 {
					b.WriteByte(',')
				}
				if !plain && d.in(20) {
					b.WriteString(quote(name) + pick(d, []string{":null,", ":[{}],", `:{"id":1},`}))
				}
				space()
				text(name)
				space()
				b.WriteByte(':')
				write(v.Members[name])
			}
			b.WriteByte('}')
		default:
			b.WriteString(Encode(v))
		}
	}
	write(v)
	return b.String()
}
