package rawjson

import (
	"strconv"
	"unicode/utf8"
)

// Error says what is wrong with a JSON text, and where.
type Error struct {
	Offset int    // of the byte that could not be, counted from the start of the slice that was read
	Msg    string // what was expected and what was found; it quotes one character of the text at most
}

func (e *Error) Error() string {
	return "invalid JSON at byte " + strconv.Itoa(e.Offset) + ": " + e.Msg
}

// unexpected returns the error of a byte at i that does not fit, or of a text that ends at i.
func unexpected(b []byte, i int, expected string) error {
	if i >= len(b) {
		return &Error{Offset: len(b), Msg: "expected " + expected + ", found the end"}
	}
	return &Error{Offset: i, Msg: "expected " + expected + ", found " + quoteFirst(b[i:])}
}

// quoteFirst returns the first character of text fit to be printed.
func quoteFirst(text []byte) string {
	r, size := utf8.DecodeRune(text)
	if r == utf8.RuneError && size == 1 {
		return "the byte 0x" + strconv.FormatUint(uint64(text[0]), 16)
	}
	return strconv.QuoteRuneToASCII(r)
}
