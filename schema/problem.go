package schema

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity says whether a Problem stops the gateway.
type Severity uint8

// Severities.
const (
	Error Severity = iota
	Warning
)

// Problem is a fault in gateway.graphql.
type Problem struct {
	Severity   Severity
	File       string
	Line       int    // from 1; 0 if the problem has no place (a missing Query type)
	Column     int    // from 1, in runes
	EndColumn  int    // behind the word that begins at Column; 0 if there is none
	Coordinate string // "Type.field", "Type.field(arg:)", "@source(name:)"; "" if there is none
	Message    string // what is wrong
	Hint       string // what to write instead, or ""
	SourceLine string // text of the line, without its line break
}

// String returns the problem as one line, and a second one for the hint:
//
//	gateway.graphql:12:5: User.email: message
//	  hint: what to write
func (p *Problem) String() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
		}
		b.WriteString(": ")
	}
	if p.Severity == Warning {
		b.WriteString("warning: ")
	}
	if p.Coordinate != "" {
		b.WriteString(p.Coordinate)
		b.WriteString(": ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString("\n  hint: ")
		b.WriteString(p.Hint)
	}
	return b.String()
}

// Problems are all faults found in one reading, sorted by place. As an error they read one after the other.
type Problems []Problem

// Failed reports whether one of them stops the gateway.
func (ps Problems) Failed() bool {
	return slices.ContainsFunc(ps, func(p Problem) bool { return p.Severity == Error })
}

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i := range ps {
		lines[i] = ps[i].String()
	}
	return strings.Join(lines, "\n")
}

// Sorted returns ps without repeats, ordered by file (as given to Load), line, column and text.
func (ps Problems) Sorted(files []string) Problems {
	rank := make(map[string]int, len(files))
	for i, f := range files {
		if _, known := rank[f]; !known {
			rank[f] = i
		}
	}
	out := slices.Clone(ps)
	slices.SortStableFunc(out, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(rank[a.File], rank[b.File]),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Coordinate, b.Coordinate),
			cmp.Compare(a.Message, b.Message),
		)
	})
	return slices.CompactFunc(out, func(a, b Problem) bool {
		return a.File == b.File && a.Line == b.Line && a.Column == b.Column && a.Coordinate == b.Coordinate && a.Message == b.Message
	})
}
