package rawjson

// SkipNumber checks the number that starts at b[i] and returns the index after it. Integer is true if it is written
// without fraction and exponent. The grammar is that of RFC 8259 section 6: no plus sign, no leading zeros, digits on
// both sides of the point.
//
// What follows the number is for the caller to judge: of 1x it reads the 1.
func SkipNumber(b []byte, i int) (end int, integer bool, err error) {
	p := i
	if uint(p) < uint(len(b)) && b[p] == '-' {
		p++
	}
	whole := p
	p = digits(b, whole)
	if p == whole {
		return i, false, unexpected(b, p, "a digit")
	}
	if b[whole] == '0' && p > whole+1 {
		return i, false, &Error{Offset: whole, Msg: "a number with a leading zero"}
	}
	if uint(p) >= uint(len(b)) || b[p] != '.' && b[p]|0x20 != 'e' {
		return p, true, nil
	}
	return fraction(b, p)
}

// fraction reads the part of a number after its whole digits, starting at a point or an exponent at b[p].
func fraction(b []byte, p int) (end int, integer bool, err error) {
	if b[p] == '.' {
		end = digits(b, p+1)
		if end == p+1 {
			return p, false, unexpected(b, end, "a digit after the decimal point")
		}
		p = end
	}
	if uint(p) < uint(len(b)) && b[p]|0x20 == 'e' {
		p++
		if uint(p) < uint(len(b)) && (b[p] == '+' || b[p] == '-') {
			p++
		}
		end = digits(b, p)
		if end == p {
			return p, false, unexpected(b, end, "a digit of the exponent")
		}
		p = end
	}
	return p, false, nil
}

// digits returns the index of the first byte at or after p that is not a digit, or len(b). By words it takes numbers of
// up to seven digits without a branch that depends on how many there are.
func digits(b []byte, p int) int {
	for p >= 0 && p <= len(b)-8 {
		if ends := digitEnds(load(b, p)); ends != 0 {
			return p + firstMark(ends)
		}
		p += 8
	}
	for uint(p) < uint(len(b)) && b[p]-'0' < 10 {
		p++
	}
	return p
}
