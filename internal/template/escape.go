package template

const hexDigits = "0123456789ABCDEF"

// set says which bytes may stand at a place as they are.
type set [256]bool

func allow(chars string) (s set) {
	for c := '0'; c <= '9'; c++ {
		s[c] = true
	}
	for c := 'a'; c <= 'z'; c++ {
		s[c], s[c-'a'+'A'] = true, true
	}
	for i := range len(chars) {
		s[chars[i]] = true
	}
	return s
}

// The sets are read only. RFC 3986: unreserved is -._~, sub-delims are !$&'()*+,;= and pchar adds : and @; a query may
// hold / and ? too.
//
//nolint:gochecknoglobals // read-only tables: a table costs one load for each byte
var (
	// In a value, what services delimit with is encoded: & + = ; everywhere, / and ? in a path.
	pathValue  = allow("-._~!$'()*,:@")
	queryValue = allow("-._~!$'()*,:@/?")
	// Literal text is the author's: only what no URL may hold is encoded.
	pathText  = allow("-._~!$&'()*+,;=:@/")
	queryText = allow("-._~!$&'()*+,;=:@/?")
)

// escape appends text with every byte that s does not allow percent-encoded.
func (s *set) escape(dst, text []byte) []byte {
	start := 0
	for i, c := range text {
		if s[c] {
			continue
		}
		dst = append(dst, text[start:i]...)
		dst = append(dst, '%', hexDigits[c>>4], hexDigits[c&15])
		start = i + 1
	}
	return append(dst, text[start:]...)
}

// literal is escape for text of the template, in which what is percent-encoded already stays so.
func (s *set) literal(dst, text []byte) []byte {
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]) {
			dst = append(dst, text[i:i+3]...)
			i += 2
			continue
		}
		dst = s.escape(dst, text[i:i+1])
	}
	return dst
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

// isDots reports whether a finished segment is `.` or `..`, which lead out of the path; %2e is a dot to many services.
func isDots(segment []byte) bool {
	dots := 0
	for i := 0; i < len(segment); dots++ {
		switch {
		case segment[i] == '.':
			i++
		case len(segment)-i >= 3 && segment[i] == '%' && segment[i+1] == '2' && segment[i+2]|0x20 == 'e':
			i += 3
		default:
			return false
		}
	}
	return dots == 1 || dots == 2
}
