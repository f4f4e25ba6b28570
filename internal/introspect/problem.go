package introspect

import (
	"errors"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Problem is a fault in what a service says of its schema.
type Problem struct {
	File      string
	Line, Col int // from 1; 0: the file as a whole
	Msg       string
}

func (p Problem) String() string {
	if p.Line == 0 {
		return p.File + ": " + p.Msg
	}
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Col) + ": " + p.Msg
}

// Problems is what is wrong, in the order found. As an error it is never empty.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].String()
	}
	return strings.Join(lines, "\n")
}

// maxProblems bounds what is said of one text.
const maxProblems = 20

// whole is a fault of the file as a whole.
func whole(name, msg string) Problems { return Problems{{File: name, Msg: msg}} }

// problemOf turns an error of the parser or the validator into Problems.
func problemOf(name string, err error) Problems {
	p := Problem{File: name, Msg: err.Error()}
	if ge, ok := errors.AsType[*gqlerror.Error](err); ok {
		p.Msg = ge.Message
		if len(ge.Locations) > 0 && ge.Locations[0].Line > 0 {
			p.Line, p.Col = ge.Locations[0].Line, max(1, ge.Locations[0].Column)
		}
	}
	return Problems{p}
}
