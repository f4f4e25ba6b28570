package protos

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Problem is a fault in a definition.
type Problem struct {
	File      string
	Line, Col int // from 1; 0: the file as a whole
	Msg       string
	Hint      string // what to do, or ""
}

func (p Problem) String() string {
	if p.Line == 0 {
		return p.File + ": " + p.Msg
	}
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Col) + ": " + p.Msg
}

// Problems is all that is wrong, by file and line. As an error it is never empty.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].String()
	}
	return strings.Join(lines, "\n")
}

// sorted sorts p by place and drops what is said twice.
func (p Problems) sorted() Problems {
	slices.SortFunc(p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col), cmp.Compare(a.Msg, b.Msg))
	})
	return slices.Compact(p)
}
