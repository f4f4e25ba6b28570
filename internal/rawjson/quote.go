package rawjson

import "unicode/utf8"

// Quote appends text as a JSON string with its quotes. It escapes what JSON demands, quotes, backslashes and control
// characters, and nothing else; invalid UTF-8 becomes U+FFFD, one for each wrong byte. Text must not lie in the spare
// capacity of dst.
//
// The text is copied first and looked at in its place, because mostly there is nothing to escape.
func Quote[T []byte | string](dst []byte, text T) []byte {
	dst = append(dst, '"')
	start := len(dst)
	dst = append(dst, text...)
	end, seen := plainText(dst, start, 0)
	if end < len(dst) || seen&highs != 0 && !utf8.Valid(dst[start:]) {
		dst = escapeText(dst[:start], text)
	}
	return append(dst, '"')
}

// escapeText appends text with its escapes, run by run.
func escapeText[T []byte | string](dst []byte, text T) []byte {
	run := 0 // text[run:i] has to be appended as it is
	for i := 0; i < len(text); {
		c := text[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(string(text[i:min(i+utf8.UTFMax, len(text))]))
			if r == utf8.RuneError && size == 1 {
				dst = append(dst, text[run:i]...)
				dst = utf8.AppendRune(dst, utf8.RuneError)
				run = i + 1
			}
			i += size
			continue
		}
		if c < ' ' || c == '"' || c == '\\' {
			dst = append(dst, text[run:i]...)
			dst = appendEscape(dst, c)
			run = i + 1
		}
		i++
	}
	return append(dst, text[run:]...)
}

// appendEscape appends the shortest escape sequence of an ASCII character that needs one.
func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	default:
		const hex = "0123456789abcdef"
		return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
	}
}
