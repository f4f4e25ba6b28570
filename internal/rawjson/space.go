package rawjson

// Space returns the index of the first byte at or after i that is not JSON whitespace (RFC 8259 section 2), or len(b).
// It is inlined, because services mostly send compact JSON and there is nothing to skip.
func Space(b []byte, i int) int {
	if uint(i) < uint(len(b)) && b[i] > ' ' {
		return i
	}
	return spaces(b, i)
}

// spaces is Space without the shortcut. Indented replies hold runs of blanks, so these are skipped by eights.
func spaces(b []byte, i int) int {
	for uint(i) < uint(len(b)) {
		switch b[i] {
		case '\n', '\r', '\t':
			i++
		case ' ':
			i++
			for i <= len(b)-8 && load(b, i) == ' '*ones {
				i += 8
			}
		default:
			return i
		}
	}
	return i
}
