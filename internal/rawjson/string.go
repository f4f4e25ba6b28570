package rawjson

import "unicode/utf8"

// SkipString checks the string that starts at b[i], a quote, and returns the index after its closing quote.
// Plain is true if it holds no backslash, so that the bytes between the quotes are its text.
//
// Control characters, unknown escapes, invalid UTF-8 and \u escapes of lone surrogates are errors.
//
// Scanning ignores bytes above 0x7f and only remembers that there were some; then the whole token is checked as UTF-8
// once. A backslash is ASCII and cannot hide in, or split, a valid sequence.
func SkipString(b []byte, i int) (end int, plain bool, err error) {
	if uint(i) >= uint(len(b)) || b[i] != '"' {
		return i, false, unexpected(b, i, "a string")
	}
	var seen uint64 // bit 7 of some byte is set if a byte above 0x7f was passed
	plain = true
	p := i + 1
	for {
		p, seen = plainText(b, p, seen)
		if uint(p) >= uint(len(b)) {
			return p, false, unexpected(b, p, "the rest of a string")
		}
		switch b[p] {
		case '"':
			if seen&highs != 0 && !utf8.Valid(b[i:p]) {
				return i, false, invalidUTF8(b, i)
			}
			return p + 1, plain, nil
		case '\\':
			plain = false
			if p, err = escape(b, p); err != nil {
				return p, false, err
			}
		default:
			return p, false, unexpected(b, p, "an escape sequence in place of a control character")
		}
	}
}

// plainText returns the index of the first byte at or after p that ends a run of plain text, or len(b), and seen with the bits
// of the bytes it passed.
//
// The condition of the loop is written so that the compiler proves the load safe and leaves out its bounds checks, which
// is 7% of the whole of Skip. Two words at a time won nothing, since most runs are short.
func plainText(b []byte, p int, seen uint64) (int, uint64) {
	for p >= 0 && p <= len(b)-8 {
		x := load(b, p)
		ends := textEnds(x)
		if ends != 0 {
			return p + firstMark(ends), seen | x&(ends&-ends-1)
		}
		seen |= x
		p += 8
	}
	for ; uint(p) < uint(len(b)); p++ {
		c := b[p]
		if c < ' ' || c == '"' || c == '\\' {
			break
		}
		seen |= uint64(c)
	}
	return p, seen
}

// escape checks the escape sequence whose backslash is b[p], and returns the index after it. A pair of surrogates is one
// sequence.
func escape(b []byte, p int) (int, error) {
	if uint(p+1) >= uint(len(b)) {
		return p, unexpected(b, p+1, "the rest of an escape sequence")
	}
	switch b[p+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return p + 2, nil
	case 'u':
		return escapeUnicode(b, p)
	default:
		return p, unexpected(b, p+1, `one of "\/bfnrtu after a backslash`)
	}
}

// escapeUnicode is escape for \uXXXX.
func escapeUnicode(b []byte, p int) (int, error) {
	unit, bad := codeUnit(b, p)
	if bad >= 0 {
		return p, unexpected(b, bad, "a hexadecimal digit")
	}
	switch {
	case !isSurrogate(unit):
		return p + 6, nil
	case isLow(unit):
		return p, &Error{Offset: p, Msg: "a low surrogate without a high one before it"}
	}
	low := p + 6
	if uint(low+1) >= uint(len(b)) || b[low] != '\\' || b[low+1] != 'u' {
		return p, &Error{Offset: p, Msg: "a high surrogate without a low one after it"}
	}
	unit, bad = codeUnit(b, low)
	if bad >= 0 {
		return p, unexpected(b, bad, "a hexadecimal digit")
	}
	if !isLow(unit) {
		return p, &Error{Offset: p, Msg: "a high surrogate without a low one after it"}
	}
	return low + 6, nil
}

// codeUnit returns the UTF-16 code unit of the sequence \uXXXX at p. Bad is the index of the first byte that is not the
// hexadecimal digit it should be, or -1.
func codeUnit(b []byte, p int) (unit rune, bad int) {
	for k := p + 2; k < p+6; k++ {
		if uint(k) >= uint(len(b)) {
			return 0, k
		}
		digit := hexDigit(b[k])
		if digit < 0 {
			return 0, k
		}
		unit = unit<<4 | digit
	}
	return unit, -1
}

// isSurrogate reports whether a code unit is one half of a pair, and isLow whether it is the second half.
func isSurrogate(unit rune) bool { return unit&^0x7ff == 0xd800 }
func isLow(unit rune) bool       { return unit&^0x3ff == 0xdc00 }

// hexDigit returns the value of a hexadecimal digit, or -1.
func hexDigit(c byte) rune {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return rune(c|0x20-'a') + 10
	default:
		return -1
	}
}

// invalidUTF8 returns the error of a text that is not UTF-8, at the first wrong byte at or after i.
func invalidUTF8(b []byte, i int) error {
	for i < len(b) {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		i += size
	}
	return unexpected(b, i, "UTF-8")
}
