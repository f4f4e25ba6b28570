package schema

import (
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
)

// place is a character of a file. The zero place is nowhere.
type place struct {
	src  *ast.Source
	rune int // offset in runes from the start of the file
}

// at returns the place of a syntax node. gqlparser's own line and column are not used: its columns are off by one after
// CRLF, and the line of a block string is its last one.
func at(pos *ast.Position) place {
	if pos == nil || pos.Src == nil {
		return place{}
	}
	return place{pos.Src, pos.Start}
}

// lines finds line and column of places in one file.
type lines struct {
	text   string
	starts []lineStart
}

type lineStart struct{ rune, byte int }

func newLines(text string) *lines {
	l := &lines{text: text, starts: []lineStart{{}}}
	n := 0
	for i := 0; i < len(text); n++ {
		r, w := utf8.DecodeRuneInString(text[i:])
		i += w
		if r == '\n' || (r == '\r' && !strings.HasPrefix(text[i:], "\n")) {
			l.starts = append(l.starts, lineStart{n + 1, i})
		}
	}
	return l
}

// find returns line and column, both from 1, and the text of the line.
func (l *lines) find(offset int) (line, column int, text string) {
	i := sort.Search(len(l.starts), func(i int) bool { return l.starts[i].rune > offset }) - 1
	i = max(i, 0)
	end := len(l.text)
	if i+1 < len(l.starts) {
		end = l.starts[i+1].byte
	}
	text = strings.TrimRight(l.text[l.starts[i].byte:end], "\r\n")
	return i + 1, offset - l.starts[i].rune + 1, text
}

// byteOffset returns the offset in bytes of the rune at offset.
func (l *lines) byteOffset(offset int) int {
	i := sort.Search(len(l.starts), func(i int) bool { return l.starts[i].rune > offset }) - 1
	i = max(i, 0)
	at := l.starts[i].byte
	for n := offset - l.starts[i].rune; n > 0 && at < len(l.text); n-- {
		_, w := utf8.DecodeRuneInString(l.text[at:])
		at += w
	}
	return min(at, len(l.text))
}

// inside returns the place of the byte at offset of a string value, as it is written in the file: behind the quotes,
// escapes and removed indentation. Every other value is returned as a whole.
func (l *lines) inside(v *ast.Value, offset int) place {
	p := at(v.Position)
	if p.src == nil {
		return p
	}
	switch v.Kind {
	case ast.StringValue:
		raw := l.text[l.byteOffset(p.rune):]
		p.rune += 1 + plainOffset(strings.TrimPrefix(raw, `"`), offset)
	case ast.BlockValue:
		raw := strings.TrimPrefix(l.text[l.byteOffset(p.rune):], `"""`)
		p.rune += 3 + blockOffset(raw, v.Raw, offset)
	}
	return p
}

// plainOffset returns how many runes of the raw text of a string stand before byte offset of its value.
func plainOffset(raw string, offset int) int {
	runes, value := 0, 0
	for i := 0; i < len(raw) && value < offset; {
		r, w := utf8.DecodeRuneInString(raw[i:])
		switch {
		case r == '"':
			return runes
		case r != '\\':
			i, runes, value = i+w, runes+1, value+w
		case strings.HasPrefix(raw[i:], `\u{`):
			n := strings.IndexByte(raw[i:], '}') + 1
			if n <= 0 {
				return runes
			}
			i, runes, value = i+n, runes+n, value+hexWidth(raw[i+3:i+n-1])
		case strings.HasPrefix(raw[i:], `\u`) && len(raw) >= i+6:
			value += hexWidth(raw[i+2 : i+6])
			i, runes = i+6, runes+6
		default:
			i, runes, value = i+2, runes+2, value+1
		}
	}
	return runes
}

// hexWidth is the number of bytes that the character with this hexadecimal code takes in UTF-8.
func hexWidth(hex string) int {
	digits := len(strings.TrimLeft(hex, "0"))
	first := strings.TrimLeft(hex, "0") + " "
	switch {
	case digits <= 1, digits == 2 && first[0] < '8':
		return 1
	case digits == 2, digits == 3 && first[0] < '8':
		return 2
	case digits <= 4:
		return 3
	default:
		return 4
	}
}

// blockOffset does the same for a block string. Its value lacks blank lines at both ends and the common indentation, so
// line n of the value is a suffix of line n of the raw text, counted from the first one that is not blank.
func blockOffset(raw, value string, offset int) int {
	offset = min(offset, len(value))
	line := strings.Count(value[:offset], "\n")
	column := offset - (strings.LastIndexByte(value[:offset], '\n') + 1)
	text := strings.Split(value, "\n")[line]

	runes, first := 0, true
	for raw != "" {
		rawLine, width := cutLine(raw)
		if first && strings.Trim(rawLine, " \t") == "" {
			runes += utf8.RuneCountInString(raw[:width])
			raw = raw[width:]
			continue
		}
		first = false
		if line == 0 {
			indent := 0
			for !strings.HasPrefix(rawLine[indent:], text) && indent < len(rawLine) && (rawLine[indent] == ' ' || rawLine[indent] == '\t') {
				indent++
			}
			return runes + utf8.RuneCountInString(rawLine[:min(indent+column, len(rawLine))])
		}
		line--
		runes += utf8.RuneCountInString(raw[:width])
		raw = raw[width:]
	}
	return runes
}

// cutLine returns the first line of text and its width with the line break.
func cutLine(text string) (line string, width int) {
	i := strings.IndexAny(text, "\r\n")
	if i < 0 {
		return text, len(text)
	}
	width = i + 1
	if strings.HasPrefix(text[i:], "\r\n") {
		width++
	}
	return text[:i], width
}

// line returns the text of line n, counted from 1.
func (l *lines) line(n int) string {
	if n < 1 || n > len(l.starts) {
		return ""
	}
	_, _, text := l.find(l.starts[n-1].rune)
	return text
}
