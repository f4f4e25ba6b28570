package rawjson

import (
	"bytes"
	"unicode/utf8"
)

// Unquote appends the text that a string token, with its quotes, stands for.
func Unquote(dst, token []byte) []byte {
	text := inner(token)
	for {
		n := bytes.IndexByte(text, '\\')
		if n < 0 {
			return append(dst, text...)
		}
		dst = append(dst, text[:n]...)
		r, size := unescape(text[n:])
		dst = utf8.AppendRune(dst, r)
		text = text[n+size:]
	}
}

// EqualKey reports whether a string token, with its quotes, stands for name.
//
// Nearly all names are written as they are, so the first comparison decides; an escape sequence is longer than what it
// stands for, so only a longer token can still be equal.
func EqualKey(token []byte, name string) bool {
	text := inner(token)
	switch {
	case len(text) < len(name):
		return false
	case len(text) == len(name):
		return string(text) == name && bytes.IndexByte(text, '\\') < 0
	default:
		return bytes.IndexByte(text, '\\') >= 0 && equalEscaped(text, name)
	}
}

// equalEscaped is EqualKey for text between quotes that may hold escapes.
func equalEscaped(text []byte, name string) bool {
	for len(text) > 0 {
		var (
			one  [utf8.UTFMax]byte
			part = text[:1]
			size = 1
		)
		if text[0] == '\\' {
			var r rune
			r, size = unescape(text)
			part = utf8.AppendRune(one[:0], r)
		}
		if len(name) < len(part) || name[:len(part)] != string(part) {
			return false
		}
		name, text = name[len(part):], text[size:]
	}
	return name == ""
}

// inner returns what stands between the quotes of a token.
func inner(token []byte) []byte {
	if len(token) < 2 {
		return nil
	}
	return token[1 : len(token)-1]
}

// unescape returns the character that the escape sequence at the start of text stands for, and the length of the
// sequence, at least 1. Of a sequence that SkipString would refuse it makes U+FFFD.
func unescape(text []byte) (r rune, size int) {
	if len(text) < 2 {
		return utf8.RuneError, len(text)
	}
	switch text[1] {
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		return unescapeUnicode(text)
	default:
		return rune(text[1]), 2
	}
}

// unescapeUnicode is unescape for \uXXXX and for a pair of them.
func unescapeUnicode(text []byte) (r rune, size int) {
	high, bad := codeUnit(text, 0)
	if bad >= 0 {
		return utf8.RuneError, min(bad, len(text))
	}
	if !isSurrogate(high) {
		return high, 6
	}
	low, bad := codeUnit(text, 6)
	if bad >= 0 || isLow(high) || !isLow(low) {
		return utf8.RuneError, 6
	}
	return 0x10000 + ((high-0xd800)<<10 | (low - 0xdc00)), 12
}
