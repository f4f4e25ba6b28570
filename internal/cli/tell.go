package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"manifold/schema"
)

// shownLine is how much of a line of a file is shown, in characters.
const shownLine = 160

// paint writes text in the colours of a terminal; its zero value writes it plain.
type paint struct{ on bool }

func (p paint) in(code, text string) string {
	if !p.on || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p paint) bold(text string) string { return p.in("1", text) }
func (p paint) dim(text string) string  { return p.in("2", text) }

// severity is the colour of a problem: red or yellow.
func (p paint) severity(s schema.Severity, text string) string {
	if s == schema.Warning {
		return p.in("33", text)
	}
	return p.in("31", text)
}

// painter returns colours if w is a terminal that wants them (https://no-color.org).
func painter(w io.Writer, env func(string) (string, bool)) paint {
	file, isFile := w.(*os.File)
	if v, set := env("NO_COLOR"); !isFile || (set && v != "") {
		return paint{}
	}
	if v, _ := env("TERM"); v == "dumb" {
		return paint{}
	}
	info, err := file.Stat()
	return paint{err == nil && info.Mode()&os.ModeCharDevice != 0}
}

// tellProblems prints problems as file:line:col, each with its line and a mark under the place, and how many there are.
func tellProblems(w *world, problems schema.Problems) {
	colours := painter(w.Stderr, w.Env)
	for i := range problems {
		tellProblem(w.Stderr, &problems[i], colours)
	}
	if n := len(problems); n > 1 {
		fmt.Fprintln(w.Stderr, colours.bold(tally(problems)))
	}
}

// tally says how many problems and warnings there are: "2 problems, 1 warning".
func tally(problems schema.Problems) string {
	errs := 0
	for i := range problems {
		if problems[i].Severity == schema.Error {
			errs++
		}
	}
	var parts []string
	if errs > 0 {
		parts = append(parts, count(errs, "problem"))
	}
	if n := len(problems) - errs; n > 0 {
		parts = append(parts, count(n, "warning"))
	}
	return strings.Join(parts, ", ")
}

// tellProblem prints one problem:
//
//	gateway.graphql:4:28: Query.posts: @connect has no argument sorce
//	      posts: [Post!]! @connect(sorce: "api", http: { GET: "/posts" })
//	                               ^^^^^
//	  hint: did you mean source?
func tellProblem(w io.Writer, p *schema.Problem, colours paint) {
	var b strings.Builder
	if p.File != "" {
		at := p.File
		if p.Line > 0 {
			at = fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
		}
		b.WriteString(colours.bold(at+":") + " ")
	}
	if p.Severity == schema.Warning {
		b.WriteString(colours.severity(p.Severity, "warning:") + " ")
	}
	if p.Coordinate != "" {
		b.WriteString(p.Coordinate + ": ")
	}
	b.WriteString(colours.severity(p.Severity, p.Message) + "\n")
	if p.SourceLine != "" && p.Column > 0 {
		line, column := excerpt(p.SourceLine, p.Column)
		marks := max(1, min(p.EndColumn-p.Column, shownLine/2))
		fmt.Fprintf(&b, "    %s\n    %s%s\n", line, indentTo(line, column), colours.severity(p.Severity, strings.Repeat("^", marks)))
	}
	if p.Hint != "" {
		b.WriteString(colours.dim("  hint: ") + p.Hint + "\n")
	}
	_, _ = io.WriteString(w, b.String())
}

// excerpt cuts a long line to what stands around column (in runes, from 1), and returns where that is in it.
func excerpt(line string, column int) (shown string, at int) {
	if len(line) <= shownLine {
		return line, column
	}
	runes := []rune(line)
	from, to := max(0, column-1-shownLine/2), min(len(runes), column-1+shownLine/2)
	shown, at = string(runes[min(from, to):to]), column-from
	if from > 0 {
		shown, at = "... "+shown, at+4
	}
	if to < len(runes) {
		shown += " ..."
	}
	return shown, at
}

// indentTo returns the white space that stands before column (in runes, from 1) of line, tabs kept as they are.
func indentTo(line string, column int) string {
	var b strings.Builder
	at := 1
	for _, r := range line {
		if at == column {
			break
		}
		if r != '\t' {
			r = ' '
		}
		b.WriteRune(r)
		at++
	}
	return b.String()
}
