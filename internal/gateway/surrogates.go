package gateway

import (
	"strconv"
	"strings"
)

// loneSurrogate returns the index of the first escape in a string of the document that stands for half a character, as
// "\ud83d" does without "\ude00" after it, or -1. Such a document is no GraphQL (September 2025, 2.9.4); gqlparser lets it
// pass, with U+FFFD for the half. Block strings know no escapes.
func loneSurrogate(text string) int {
	if !strings.Contains(text, `\ud`) && !strings.Contains(text, `\uD`) {
		return -1
	}
	for i := 0; i < len(text); {
		switch text[i] {
		case '#':
			i = lineEnd(text, i)
		case '"':
			end := stringEnd(text, i)
			if !strings.HasPrefix(text[i:], `"""`) {
				if at := loneEscape(text[i:end]); at >= 0 {
					return i + at
				}
			}
			i = end
		default:
			i++
		}
	}
	return -1
}

// loneEscape looks through one string. What is no escape at all is for the parser to find.
func loneEscape(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			continue
		}
		switch surrogate(s[i:]) {
		case 0:
			i++ // whatever is escaped
		case leading:
			if surrogate(s[i+6:]) != trailing {
				return i
			}
			i += 11
		case trailing:
			return i
		}
	}
	return -1
}

// Halves of a character beyond the first 65 536.
const (
	leading  = 1
	trailing = 2
)

// surrogate tells which half the escape at the start of s stands for; 0 if it is none.
func surrogate(s string) int {
	if len(s) < 6 || s[:2] != `\u` {
		return 0
	}
	code, err := strconv.ParseUint(s[2:6], 16, 16)
	switch {
	case err != nil:
		return 0
	case code >= 0xD800 && code < 0xDC00:
		return leading
	case code >= 0xDC00 && code < 0xE000:
		return trailing
	default:
		return 0
	}
}
