package schema

// maxLine bounds the lines in which words are looked for: a broken file of one long line must still fail in milliseconds.
const maxLine = 4096

// wordEnd returns the column behind the word of line that begins at column, both from 1 and in runes: a name, a variable
// with its path ($args.id), a directive with its @, a text in quotes, a number. It is 0 if no such word begins there, or if
// it does not end on this line.
func wordEnd(line string, column int) int {
	if len(line) > maxLine {
		return 0
	}
	runes := []rune(line)
	i := column - 1
	if i < 0 || i >= len(runes) {
		return 0
	}
	switch c := runes[i]; {
	case c == '"' || c == '\'':
		for j := i + 1; j < len(runes); j++ {
			switch runes[j] {
			case '\\':
				j++
			case c:
				return blockQuote(runes, i, j)
			}
		}
		return 0
	case c == '@' || c == '$':
		j := i + 1
		for j < len(runes) && (wordRune(runes[j]) || (c == '$' && runes[j] == '.' && j+1 < len(runes) && wordRune(runes[j+1]))) {
			j++
		}
		return j + 1
	case wordRune(c):
		j := i
		for j < len(runes) && wordRune(runes[j]) {
			j++
		}
		return j + 1
	}
	return 0
}

// blockQuote is the column behind the quote at j that closes the one at i; 0 if that is the middle of a """.
func blockQuote(runes []rune, i, j int) int {
	if j == i+1 && j+1 < len(runes) && runes[j+1] == runes[i] {
		return 0
	}
	return j + 2
}

func wordRune(r rune) bool {
	return r == '_' || (r >= '0' && r <= '9') || (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z')
}
