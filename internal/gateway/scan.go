package gateway

import (
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"manifold/internal/fault"
)

// scan counts the lexical tokens of a document (comments are counted, commas are not) and refuses it when there are too
// many, or when brackets nest too deep. It builds nothing, so that a megabyte of {a{a{a costs nothing but reading its
// first tokens; the parser recurses once per level and keeps some 150 bytes for each token.
//
// It does not judge: what is no GraphQL is for the parser to say.
func scan(text string, l *Limits) (tokens int, err *gqlerror.Error) {
	depth := 0
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ',' || c == 0xEF || c == 0xBB || c == 0xBF:
			i++ // the last three are a byte order mark
			continue
		case c == '#':
			i = lineEnd(text, i)
		case c-'0' < 10 || c == '-':
			i = numberEnd(text, i)
		case nameByte(c):
			for i++; i < len(text) && nameByte(text[i]); i++ {
			}
		case c == '"':
			i = stringEnd(text, i)
		case strings.HasPrefix(text[i:], "..."):
			i += 3
		default:
			switch c {
			case '{', '[', '(':
				depth++
				if depth > l.Nesting {
					return tokens, requestError(fault.NestingLimit,
						"the document nests deeper than "+strconv.Itoa(l.Nesting)+" levels", place(text, i))
				}
			case '}', ']', ')':
				depth--
			}
			i++
		}
		tokens++
		if tokens > l.Tokens {
			return tokens, requestError(fault.TokenLimit,
				"the document has more than "+strconv.Itoa(l.Tokens)+" tokens", place(text, i))
		}
	}
	return tokens, nil
}

func nameByte(c byte) bool {
	return c|0x20-'a' < 26 || c-'0' < 10 || c == '_'
}

// numberEnd returns the index after the number that starts at i. A name may follow at once, as gqlparser allows.
func numberEnd(text string, i int) int {
	if text[i] == '-' {
		i++
	}
	i = digitsEnd(text, i)
	if i < len(text) && text[i] == '.' {
		i = digitsEnd(text, i+1)
	}
	if i < len(text) && text[i]|0x20 == 'e' {
		if i++; i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		i = digitsEnd(text, i)
	}
	return i
}

func digitsEnd(text string, i int) int {
	for i < len(text) && text[i]-'0' < 10 {
		i++
	}
	return i
}

// lineEnd returns the index of the line terminator after i, or len(text).
func lineEnd(text string, i int) int {
	if n := strings.IndexAny(text[i:], "\n\r"); n >= 0 {
		return i + n
	}
	return len(text)
}

// stringEnd returns the index after the string or block string that starts at i. One that is not closed ends with its
// line, or with the document.
func stringEnd(text string, i int) int {
	if strings.HasPrefix(text[i:], `"""`) {
		return blockEnd(text, i+3)
	}
	for i++; i < len(text); i++ {
		switch text[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		case '\n', '\r':
			return i
		}
	}
	return len(text)
}

// blockEnd returns the index after the block string whose text starts at i. Like gqlparser it takes the last three of a
// run of quotes for the closing ones.
func blockEnd(text string, i int) int {
	for {
		n := strings.IndexAny(text[i:], `"\`)
		if n < 0 {
			return len(text)
		}
		i += n
		if text[i] == '\\' {
			if i++; strings.HasPrefix(text[i:], `"""`) {
				i += 3
			}
			continue
		}
		start := i
		for i < len(text) && text[i] == '"' {
			i++
		}
		if i-start >= 3 {
			return i
		}
	}
}

// place returns the line and column of the byte at i, both from 1; columns are counted in characters.
func place(text string, i int) *ast.Position {
	before := text[:min(i, len(text))]
	line := strings.Count(before, "\n") + 1
	if nl := strings.LastIndexByte(before, '\n'); nl >= 0 {
		before = before[nl+1:]
	}
	return &ast.Position{Line: line, Column: len([]rune(before)) + 1}
}
