package template

import (
	"manifold/internal/mapping"
)

// Text is a compiled header text.
type Text struct {
	text  string
	exprs []part
	parts []part
}

// ParseText reads a header text. A closing brace outside of an expression stands for itself. The error is a *SyntaxError.
func ParseText(text string) (*Text, error) {
	f, err := flatten(text, true)
	if err != nil {
		return nil, err
	}
	asWritten := func(dst, text []byte) []byte { return append(dst, text...) }
	return &Text{text: f.String(), exprs: f.exprs, parts: f.parts(0, len(f.text), asWritten)}, nil
}

// String returns the template in one line.
func (t *Text) String() string { return t.text }

// Variables returns every reading of a variable; offsets count from the start of the template.
func (t *Text) Variables() []mapping.Use { return variables(t.exprs) }

// Check is mapping.Check for every expression; offsets count from the start of the template.
func (t *Text) Check(allowed func(variable string) error) []*SyntaxError {
	return check(t.exprs, allowed)
}

// Append appends the finished text. If the whole text is one expression and that is null or missing, there is no header:
// present is false. Inside of other text a null or missing value is nothing. A control character in a value is an error, so
// that no value can begin another header (RFC 9110, 5.5). The error is a *ValueError; nothing is appended then.
func (t *Text) Append(dst []byte, env mapping.Env, a *mapping.Arena) (out []byte, present bool, err error) {
	start := len(dst)
	for i := range t.parts {
		p := &t.parts[i]
		if p.expr == nil {
			dst = append(dst, p.text...)
			continue
		}
		v, err := p.eval(env, a)
		if err != nil {
			return dst[:start], false, err
		}
		if v == nil {
			if len(t.parts) == 1 {
				return dst, false, nil
			}
			continue
		}
		if dst, err = p.appendHeader(dst, v); err != nil {
			return dst[:start], false, err
		}
	}
	return dst, true, nil
}

func (p *part) appendHeader(dst, v []byte) ([]byte, error) {
	var buf [256]byte
	text, err := p.scalar(buf[:0], v)
	if err != nil {
		return dst, err
	}
	for _, c := range text {
		if c < ' ' && c != '\t' || c == 0x7f {
			return dst, p.fault("holds a control character, and a header may not")
		}
	}
	return append(dst, text...), nil
}
