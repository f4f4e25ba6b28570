package rawjson

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// This file is the slow truth that the fuzzers compare with.

// referenceValid reports what Document has to say about text: encoding/json's opinion, but for the four documented
// differences, a byte order mark, invalid UTF-8, lone surrogates and the depth.
func referenceValid(text string) bool {
	text = strings.TrimPrefix(text, "\ufeff")
	return json.Valid([]byte(text)) && utf8.ValidString(text) && !hasLoneSurrogate(text) && depthOf(text) <= MaxDepth
}

// hasLoneSurrogate looks at the escape sequences of a valid text.
func hasLoneSurrogate(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		i++
		if text[i] != 'u' {
			continue
		}
		unit, _ := strconv.ParseUint(text[i+1:i+5], 16, 16)
		i += 4
		if unit < 0xd800 || unit > 0xdfff {
			continue
		}
		if unit >= 0xdc00 || !strings.HasPrefix(text[i+1:], `\u`) {
			return true
		}
		low, _ := strconv.ParseUint(text[i+3:i+7], 16, 16)
		if low < 0xdc00 || low > 0xdfff {
			return true
		}
		i += 6
	}
	return false
}

// depthOf returns how many arrays and objects a valid text nests.
func depthOf(text string) int {
	depth, deepest, inString := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '[' || c == '{':
			depth++
			deepest = max(deepest, depth)
		case c == ']' || c == '}':
			depth--
		}
	}
	return deepest
}

// isNumber reports whether text is a number and nothing else.
func isNumber(text string) bool {
	return text != "" && KindOf(text[0]) == Number && json.Valid([]byte(text)) && strings.TrimSpace(text) == text
}

// exact returns the number that a token stands for. Its exponent has to be small, see smallExponent.
func exact(token string) *big.Rat {
	r, ok := new(big.Rat).SetString(token)
	if !ok {
		panic("not a number: " + token)
	}
	return r
}

// smallExponent reports whether a number is one that math/big can expand in reasonable time.
func smallExponent(token string) bool {
	_, exponent, has := strings.Cut(strings.ToLower(token), "e")
	if !has {
		return true
	}
	n, err := strconv.Atoi(exponent)
	return err == nil && -5000 < n && n < 5000
}
