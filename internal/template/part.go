package template

import (
	"errors"
	"strings"
	"unicode/utf8"

	"manifold/internal/mapping"
	"manifold/internal/rawjson"
)

// SyntaxError is a fault in the text of a template. At is its place in bytes from the start of the text.
type SyntaxError = mapping.SyntaxError

// ValueError is a value that cannot stand where the template puts it, at run time. Its text never holds the value itself.
type ValueError struct {
	Expr    string // the expression as written, without its braces
	At      int    // its offset in the template
	Missing bool   // the value is null or missing where there has to be one
	Parent  bool   // the expression reads the parent object: $this or $batch
	Sender  bool   // the expression reads who asks: $claims or $client
	Reason  string // what is wrong, to be read after the expression: "is empty, and a path segment may not be"
	Err     error  // of the expression itself (a *mapping.EvalError), or nil
}

func (e *ValueError) Error() string { return "{" + e.Expr + "} " + e.Reason }

func (e *ValueError) Unwrap() error { return e.Err }

// part is literal text or, if expr is not nil, an expression. Of an expression, text is its source.
type part struct {
	text string
	expr mapping.Node
	at   int
}

// fault is a *ValueError about the expression of p.
func (p *part) fault(reason string) *ValueError {
	e := &ValueError{Expr: p.text, At: p.at, Reason: reason}
	for _, u := range mapping.Variables(p.expr) {
		e.Parent = e.Parent || u.Name == "this" || u.Name == "batch"
		e.Sender = e.Sender || u.Name == "claims" || u.Name == "client"
	}
	return e
}

// missing is fault for a value that is null or not there.
func (p *part) missing(place string) *ValueError {
	e := p.fault("is null, and " + place)
	e.Missing = true
	return e
}

// eval returns the value of an expression as JSON text; nil if it is null or missing.
func (p *part) eval(env mapping.Env, a *mapping.Arena) ([]byte, error) {
	v, err := mapping.Eval(p.expr, nil, env, a)
	if err != nil {
		e := p.fault("failed: " + err.Error())
		e.Err = err
		return nil, e
	}
	if len(v) == 0 || v[0] == 'n' {
		return nil, nil
	}
	return v, nil
}

// scalar returns the text that v stands for. Of a string with escapes it is made in buf.
func (p *part) scalar(buf, v []byte) ([]byte, error) {
	switch v[0] {
	case '"':
		return rawjson.Unquote(buf[:0], v), nil
	case '{':
		return nil, p.fault("is an object, and only texts, numbers and Booleans can stand here")
	case '[':
		return nil, p.fault("is a list, and only one value can stand here; join it with ->joinNotNull(',')")
	}
	return v, nil
}

// flat is a template with its line breaks folded. Every byte of text has its offset in the template; a NUL stands for the
// next one of exprs.
type flat struct {
	text  []byte
	at    []int
	exprs []part
	end   int // length of the template
}

// offset returns the place of byte i of f.text in the template.
func (f *flat) offset(i int) int {
	if i < len(f.at) {
		return f.at[i]
	}
	return f.end
}

func (f *flat) add(c byte, at int) {
	f.text = append(f.text, c)
	f.at = append(f.at, at)
}

// trimRight drops the blanks at the end of what was read so far.
func (f *flat) trimRight() {
	n := len(f.text)
	for n > 0 && (f.text[n-1] == ' ' || f.text[n-1] == '\t') {
		n--
	}
	f.text, f.at = f.text[:n], f.at[:n]
}

// flatten finds the expressions of a template. In a header, a line break becomes a space and a closing brace outside of an
// expression is text; in a URL, it becomes nothing and is a fault.
func flatten(text string, header bool) (*flat, error) {
	if !utf8.ValidString(text) {
		return nil, &SyntaxError{Message: "the template is not valid UTF-8"}
	}
	f := &flat{end: len(text)}
	broken := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\n' || c == '\r':
			f.trimRight()
			broken = true
			continue
		case (c == ' ' || c == '\t') && (broken || len(f.text) == 0):
			continue
		case c < ' ' && c != '\t' || c == 0x7f:
			return nil, &SyntaxError{At: i, Message: "a control character"}
		case c == '}' && !header:
			return nil, &SyntaxError{At: i, Message: "a } without its {", Hint: `a brace itself is written {$("}")}`}
		}
		if broken && header && len(f.text) > 0 {
			f.add(' ', i)
		}
		broken = false
		if c != '{' {
			f.add(c, i)
			continue
		}
		n, end, err := mapping.ParseAt(text, i+1)
		if err != nil {
			return nil, inTemplate(err, i, len(text))
		}
		if end == len(text) {
			return nil, unclosed(i)
		}
		if text[end] != '}' {
			r, _ := utf8.DecodeRuneInString(text[end:])
			return nil, &SyntaxError{At: end, Message: "unexpected `" + string(r) + "`, the closing } is expected"}
		}
		f.exprs = append(f.exprs, part{text: source(text[i+1:end], n), expr: n, at: n.Offset()})
		f.add(0, i)
		i = end
	}
	f.trimRight()
	return f, nil
}

func unclosed(at int) *SyntaxError {
	return &SyntaxError{At: at, Message: "the { is not closed", Hint: `write } behind the expression; a brace itself is written {$("{")}`}
}

// inTemplate words the fault of an expression that begins after the brace at open.
func inTemplate(err error, open, end int) error {
	var fault *SyntaxError
	if !errors.As(err, &fault) {
		return err
	}
	if fault.At >= end {
		return unclosed(open)
	}
	return fault
}

// source returns an expression as written, or in canonical spelling if it takes several lines.
func source(written string, n mapping.Node) string {
	if strings.ContainsAny(written, "\r\n") {
		return mapping.String(n)
	}
	return strings.TrimSpace(written)
}

// String returns the template in one line.
func (f *flat) String() string {
	var b strings.Builder
	next := 0
	for _, c := range f.text {
		if c != 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteString("{" + f.exprs[next].text + "}")
		next++
	}
	return b.String()
}

// parts cuts the bytes from i to end into literal texts, written by literal, and expressions. next is the number of the
// first expression at or after i.
func (f *flat) parts(i, end int, literal func(dst, text []byte) []byte) (out []part) {
	next := 0
	for _, c := range f.text[:i] {
		if c == 0 {
			next++
		}
	}
	for i < end {
		stop := i
		for stop < end && f.text[stop] != 0 {
			stop++
		}
		if stop > i {
			out = append(out, part{text: string(literal(nil, f.text[i:stop])), at: f.at[i]})
		}
		if stop < end {
			out = append(out, f.exprs[next])
			next++
			stop++
		}
		i = stop
	}
	return out
}

// variables returns the readings of all expressions.
func variables(exprs []part) (uses []mapping.Use) {
	for i := range exprs {
		uses = append(uses, mapping.Variables(exprs[i].expr)...)
	}
	return uses
}

// check returns the faults of all expressions.
func check(exprs []part, allowed func(string) error) (faults []*SyntaxError) {
	for i := range exprs {
		faults = append(faults, mapping.Check(exprs[i].expr, allowed)...)
	}
	return faults
}
