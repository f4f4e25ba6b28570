package rawjson

// decimal is a number token taken apart without rounding: the digits among token[from:to], which begin and end with one
// that is not zero and may have the point between them, times ten to the power of scale. Zero has no digits.
type decimal struct {
	negative bool
	from, to int
	digits   int   // how many there are
	scale    int64 // exact, or beyond maxScale if the exponent is
}

// maxScale is what exponents are cut off at. It is far beyond all limits here, and beyond what the length of a token
// could make up for.
const maxScale = 1 << 40

// split takes a number token apart.
func split(token []byte) decimal {
	var d decimal
	p := 0
	if len(token) > 0 && token[0] == '-' {
		d.negative = true
		p++
	}
	var (
		point = -1 // index of the point
		end   = len(token)
	)
	d.from = -1
	for ; p < len(token); p++ {
		c := token[p]
		switch {
		case c == '.':
			point = p
		case c|0x20 == 'e':
			end = p
		case c != '0':
			if d.from < 0 {
				d.from = p
			}
			d.to = p + 1
		}
		if end == p {
			break
		}
	}
	if d.from < 0 {
		return decimal{negative: d.negative}
	}
	if point < 0 {
		point = end
	}
	d.digits = d.to - d.from
	switch {
	case d.to <= point:
		d.scale = int64(point - d.to)
	case d.from < point: // the point is between the digits and not one of them
		d.digits--
		d.scale = int64(point + 1 - d.to)
	default:
		d.scale = int64(point + 1 - d.to)
	}
	d.scale += exponent(token[end:])
	return d
}

// exponent returns the value of what follows the digits of a number: nothing, or e, a sign or none, and digits.
func exponent(text []byte) int64 {
	if len(text) < 2 {
		return 0
	}
	negative := text[1] == '-'
	value := int64(0)
	for _, c := range text[1:] {
		if c == '+' || c == '-' {
			continue
		}
		value = min(value*10+int64(c-'0'), maxScale)
	}
	if negative {
		return -value
	}
	return value
}

// length returns how many digits the number has before its point, written without exponent and leading zeros. It is not
// positive for numbers below 0.1.
func (d decimal) length() int64 { return int64(d.digits) + d.scale }

// integral reports whether the number has no fraction, as in 12, 1.50e1 and 0.0.
func (d decimal) integral() bool { return d.scale >= 0 }

// append appends the digits of an integral number and the zeros after them. Zero has no digits and no zeros either.
func (d decimal) append(dst, token []byte) []byte {
	for _, c := range token[d.from:d.to] {
		if c != '.' {
			dst = append(dst, c)
		}
	}
	for range d.scale {
		dst = append(dst, '0')
	}
	return dst
}
