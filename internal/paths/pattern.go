package paths

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
)

// Pattern is a pattern of paths: `/orders`, `/orders/{id}`, `/files/{path...}`, `/files/` (all below), `/{$}` (the slash alone).
// It is immutable.
type Pattern struct {
	text     string
	segments []segment
}

// segment is what stands between two slashes.
type segment struct {
	kind kind
	text string // of a literal, without escapes; name of a wildcard, "" if it has none
}

type kind uint8

const (
	literal kind = iota
	one          // {name}: a segment that is not empty
	rest         // {name...}, or a slash at the end: whatever follows, or nothing
	end          // {$}: nothing follows the slash
)

// Error is a fault of a pattern.
type Error struct {
	At      int    // offset in the text
	Message string // what is wrong
	Hint    string // what to write instead, or ""
}

func (e *Error) Error() string { return e.Message }

// Parse reads a pattern. The error is an *Error.
func Parse(text string) (*Pattern, error) {
	if !strings.HasPrefix(text, "/") {
		return nil, &Error{0, "a path begins with a slash", "write the path alone, without method and host: /" + afterHost(text)}
	}
	p := &Pattern{text: text}
	names := map[string]bool{}
	for at := 1; at <= len(text); {
		word, _, more := strings.Cut(text[at:], "/")
		s, err := parseSegment(word, at, more)
		if err != nil {
			return nil, err
		}
		if s.text != "" && s.kind != literal {
			if names[s.text] {
				return nil, &Error{at, "the name " + s.text + " is given twice", "give each wildcard a name of its own"}
			}
			names[s.text] = true
		}
		p.segments = append(p.segments, s)
		at += len(word) + 1
	}
	return p, nil
}

// afterHost guesses the path of a pattern with a method or a host in front of it.
func afterHost(text string) string {
	_, path, _ := strings.Cut(text[strings.LastIndexAny(text, " \t")+1:], "/")
	return path
}

func parseSegment(word string, at int, more bool) (segment, error) {
	open := strings.IndexAny(word, "{}")
	switch {
	case word == "" && more:
		return segment{}, &Error{at, "a segment of the path is empty", "write one slash"}
	case word == "":
		return segment{kind: rest}, nil
	case word == "." || word == "..":
		return segment{}, &Error{at, fmt.Sprintf("the path holds the segment %q", word), "write the path that it leads to"}
	case open < 0:
		return parseLiteral(word, at)
	case word[0] != '{' || word[len(word)-1] != '}':
		return segment{}, &Error{at + open, "a wildcard is a whole segment", "write /{name}/"}
	case word == "{$}":
		if more {
			return segment{}, &Error{at, "{$} stands at the end only", "remove what follows, or remove {$}"}
		}
		return segment{kind: end}, nil
	}
	name, all := strings.CutSuffix(word[1:len(word)-1], "...")
	switch {
	case !identifier(name):
		return segment{}, &Error{at, fmt.Sprintf("%q is not a name of a wildcard", name), "names are letters, digits and underscores: {id}, {path...}"}
	case all && more:
		return segment{}, &Error{at, word + " stands at the end only", "write {" + name + "}, which is one segment, or remove what follows"}
	case all:
		return segment{kind: rest, text: name}, nil
	default:
		return segment{kind: one, text: name}, nil
	}
}

func parseLiteral(word string, at int) (segment, error) {
	for i, c := range word {
		if c < 0x80 && allowed(byte(c)) {
			continue
		}
		hint := "write " + url.PathEscape(string(c))
		if c == '?' || c == '#' {
			hint = "end it here: a pattern is a path alone"
		}
		return segment{}, &Error{at + i, fmt.Sprintf("the path holds the character %q", c), hint}
	}
	text, err := url.PathUnescape(word)
	if err != nil {
		return segment{}, &Error{at, fmt.Sprintf("%q is not escaped well", word), "write %25 for a percent sign"}
	}
	switch {
	case text == "." || text == "..":
		return segment{}, &Error{at, fmt.Sprintf("the path holds the segment %q", text), "write the path that it leads to"}
	case strings.Contains(text, "/"):
		return segment{}, &Error{at, "the path holds an escaped slash", "write /, or a wildcard in place of the segment"}
	}
	return segment{text: text}, nil
}

// identifier reports whether name is an identifier of Go.
func identifier(name string) bool {
	for i, c := range name {
		if !unicode.IsLetter(c) && c != '_' && (i == 0 || !unicode.IsDigit(c)) {
			return false
		}
	}
	return name != ""
}

// String returns the pattern as it is written.
func (p *Pattern) String() string { return p.text }

// Names are the names of the wildcards, in the order written.
func (p *Pattern) Names() (names []string) {
	for _, s := range p.segments {
		if s.kind != literal && s.text != "" {
			names = append(names, s.text)
		}
	}
	return names
}
