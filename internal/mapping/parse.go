package mapping

import (
	"unicode/utf8"
)

// maxDepth bounds how deep a mapping may nest, and how many alternatives one `??` chain may have. Evaluation recurses no
// deeper than this, times the nesting of the JSON it reads.
const maxDepth = 100

type parser struct {
	text  string
	at    int
	depth int
	// legacy: after `name:` a quoted text, true, false and null are property names.
	legacy bool
}

// Parse reads a selection. The result is an *Object for members (`id name`, a lone `id`, a lone `data { id }`) and the
// expression itself for anything else (`$.data { id }`, `data.items`, `$(1)`). The error is a *SyntaxError.
func Parse(text string) (Node, error) { return parse(text, false, false) }

// ParseLegacy is Parse with the meaning of connect v0.1 to v0.3: after `name:` a quoted text and the words true, false
// and null are properties; a constant has to be written `$("text")`.
func ParseLegacy(text string) (Node, error) { return parse(text, false, true) }

// ParseExpression reads a value: of a body, a fallback, isSuccess, groupBy, @from(path:). It differs from Parse where the
// text is one name only: `user_id` is the property's value, `"text"` is a text. Members make an object, as in Parse.
// The error is a *SyntaxError.
func ParseExpression(text string) (Node, error) { return parse(text, true, false) }

// ParseAt reads one expression that begins at byte at of text and returns the offset of what follows it (after spaces and
// comments). Offsets of nodes and of the error, a *SyntaxError, count from the start of text.
func ParseAt(text string, at int) (n Node, end int, err error) {
	p := &parser{text: text, at: at}
	n, fault := p.expression()
	if fault != nil {
		return nil, at, fault
	}
	p.skip()
	return n, p.at, nil
}

func parse(text string, value, legacy bool) (Node, error) {
	if at := invalidUTF8(text); at >= 0 {
		return nil, &SyntaxError{At: at, Message: "the mapping is not valid UTF-8"}
	}
	p := parser{text: text, legacy: legacy}
	p.skip()
	if p.at == len(text) {
		return nil, &SyntaxError{At: 0, Message: "the mapping is empty", Hint: "write what to pick, such as `id name`, or `$` for everything"}
	}
	// Both readings are tried, the usual one first: a mapping is short, and read once. The fault that lies further on
	// is the one the author means.
	first, second := (*parser).allMembers, (*parser).wholeExpression
	if value || !legacy && p.loneConstant() {
		first, second = second, first
	}
	one, two := p, p
	n, fault := first(&one)
	if fault == nil {
		return n, nil
	}
	n, other := second(&two)
	if other == nil {
		return n, nil
	}
	if other.At > fault.At {
		fault = other
	}
	return nil, fault
}

func invalidUTF8(text string) int {
	if utf8.ValidString(text) {
		return -1
	}
	for i, r := range text {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return i
			}
		}
	}
	return -1
}

// loneConstant reports whether the text is nothing but true, false or null.
func (p *parser) loneConstant() bool {
	at := p.at
	defer func() { p.at = at }()
	if !nameStart(p.peek()) || !constant(p.word()) {
		return false
	}
	p.skip()
	return p.at == len(p.text)
}

func constant(word string) bool { return word == "true" || word == "false" || word == "null" }

// wholeExpression reads an expression that is the whole text.
func (p *parser) wholeExpression() (Node, *SyntaxError) {
	n, fault := p.expression()
	if fault != nil {
		return nil, fault
	}
	p.skip()
	if p.at < len(p.text) {
		return nil, p.unexpected("the end of the mapping")
	}
	return n, nil
}

// allMembers reads members up to the end of the text. A single path with a selection is that path, not a spread.
func (p *parser) allMembers() (Node, *SyntaxError) {
	o, implicit, fault := p.members(p.at)
	if fault != nil {
		return nil, fault
	}
	if p.at < len(p.text) {
		return nil, p.unexpected("a member")
	}
	if len(o.Members) == 1 && implicit {
		return o.Members[0].Value, nil
	}
	return o, nil
}

// enter counts one level of nesting; leave undoes it.
func (p *parser) enter() *SyntaxError {
	if p.depth++; p.depth > maxDepth {
		return &SyntaxError{At: p.at, Message: "the mapping is nested too deeply"}
	}
	return nil
}

func (p *parser) leave() { p.depth-- }

// expression reads operands joined by ?? or ?!.
func (p *parser) expression() (Node, *SyntaxError) {
	if fault := p.enter(); fault != nil {
		return nil, fault
	}
	defer p.leave()
	left, fault := p.operand()
	if fault != nil {
		return nil, fault
	}
	return p.choices(left)
}

// choices reads what may follow the first operand of an expression. The two operators do not mix: which binds tighter
// would have to be guessed.
func (p *parser) choices(left Node) (Node, *SyntaxError) {
	used := ""
	for count := 1; ; count++ {
		p.skip()
		op := "??"
		if p.sees("?!") {
			op = "?!"
		} else if !p.sees(op) {
			return left, nil
		}
		if used != "" && op != used {
			return nil, &SyntaxError{At: p.at, Message: "?? and ?! do not mix", Hint: "group with $( )"}
		}
		if count > maxDepth {
			return nil, &SyntaxError{At: p.at, Message: "too many alternatives"}
		}
		used = op
		p.at += len(op)
		right, fault := p.operand()
		if fault != nil {
			return nil, fault
		}
		left = &Choice{Left: left, Right: right, NullToo: op == "??", At: left.Offset()}
	}
}

// operand reads a constant, an object, an array or a path.
func (p *parser) operand() (Node, *SyntaxError) {
	p.skip()
	at := p.at
	switch c := p.peek(); {
	case c == '{':
		o, fault := p.object()
		if fault != nil {
			return nil, fault
		}
		return p.valuePath(o)
	case c == '[':
		items, fault := p.list('[', ']')
		if fault != nil {
			return nil, fault
		}
		return p.valuePath(&Array{Items: items, At: at})
	case c == '"' || c == '\'':
		text, fault := p.quoted()
		if fault != nil {
			return nil, fault
		}
		if p.seesProperty() {
			p.at = at
			return p.path()
		}
		return p.valuePath(&Literal{JSON: quote(text), At: at})
	case p.startsNumber():
		return p.valuePath(&Literal{JSON: p.number(), At: at})
	case nameStart(c):
		word := p.word()
		if !constant(word) || p.seesProperty() {
			p.at = at
			return p.path()
		}
		return p.valuePath(&Literal{JSON: []byte(word), At: at})
	case c == '$' || c == '@':
		return p.path()
	default:
		return nil, p.unexpected("a value")
	}
}

// seesProperty reports whether a property or a selection follows, which a constant cannot have.
func (p *parser) seesProperty() bool {
	at := p.at
	defer func() { p.at = at }()
	p.skip()
	if p.seesOptional() {
		p.at++
		p.skip()
	}
	return p.peek() == '{' || p.peek() == '.' && !p.sees("..")
}

// valuePath reads the steps after a value that is no path; without steps it is the value itself.
func (p *parser) valuePath(value Node) (Node, *SyntaxError) {
	path := &Path{Root: RootValue, Value: value, At: value.Offset()}
	if fault := p.steps(path); fault != nil {
		return nil, fault
	}
	if len(path.Steps) == 0 {
		return value, nil
	}
	return path, nil
}

// list reads expressions between brackets.
func (p *parser) list(opening, closing byte) ([]Node, *SyntaxError) {
	start := p.at
	p.take(opening)
	var items []Node
	for !p.take(closing) {
		if p.at == len(p.text) {
			return nil, &SyntaxError{At: start, Message: "the " + string(opening) + " is not closed"}
		}
		n, fault := p.expression()
		if fault != nil {
			return nil, fault
		}
		items = append(items, n)
		if !p.take(',') && p.peek() != closing {
			if p.at == len(p.text) {
				return nil, &SyntaxError{At: start, Message: "the " + string(opening) + " is not closed"}
			}
			return nil, p.unexpected("a comma or " + string(closing))
		}
	}
	return items, nil
}

// unexpected says what stands at the cursor instead of what was expected.
func (p *parser) unexpected(wanted string) *SyntaxError {
	if p.at >= len(p.text) {
		return &SyntaxError{At: p.at, Message: "the mapping ends where " + wanted + " is expected"}
	}
	r, _ := utf8.DecodeRuneInString(p.text[p.at:])
	e := &SyntaxError{At: p.at, Message: "unexpected `" + string(r) + "`, " + wanted + " is expected"}
	switch r {
	case '=':
		e.Hint = "a name is followed by a colon"
	case '(':
		e.Hint = "a grouped value is written $( ), a method name->method( )"
	case '.':
		e.Hint = "nothing may follow a { } selection"
	case '-':
		e.Hint = "a method is written ->name"
	}
	return e
}
