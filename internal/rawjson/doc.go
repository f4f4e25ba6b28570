// Package rawjson finds, checks and appends JSON tokens in byte slices. It never decodes into maps, structs or any:
// a value stays the bytes it came as, and callers keep offsets into them.
//
// # Reading
//
// A function that reads takes the whole text b and the offset i of a token, and returns the offset after that token.
// What it returns without an error is valid JSON by RFC 8259, and stricter where a gateway has to be: strings are valid
// UTF-8 without lone surrogates (so the bytes may be written into a response as they are), and values nest at most
// MaxDepth deep. An offset at or after len(b) means that the text ends there, which is an error where a token is due. A
// negative offset is a mistake of the caller, and may panic.
//
// A reader that walks a reply by itself is built from these:
//
//   - Space goes to the next token.
//   - KindOf tells from its first byte what it is.
//   - SkipString, SkipNumber and SkipLiteral check one scalar, Skip any value.
//   - Key checks a member's name and colon, and finds its value.
//   - Next checks the comma or the bracket after a value.
//
// Document checks a whole text; Members and Elements visit one level where a call per value does not matter.
//
// # Tokens
//
// Functions that take a token (Unquote, EqualKey, Int32, IntegerText, FiniteFloat) rely on its having been checked by the
// functions above. Given other bytes their answer is unspecified, but they do not panic and do not read outside of them.
//
// # Ownership and concurrency
//
// Nothing is kept: every slice handed out is a part of the one handed in, valid as long as that is. Functions that append
// return the grown dst, as append does. Nothing is allocated but an *Error on failure, and what appending needs. All
// functions may be called concurrently on the same text.
package rawjson
