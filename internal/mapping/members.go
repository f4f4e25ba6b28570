package mapping

// object reads { members }.
func (p *parser) object() (*Object, *SyntaxError) {
	if fault := p.enter(); fault != nil {
		return nil, fault
	}
	defer p.leave()
	start := p.at
	p.take('{')
	o, _, fault := p.members(start)
	if fault != nil {
		return nil, fault
	}
	if !p.take('}') {
		if p.at == len(p.text) {
			return nil, &SyntaxError{At: start, Message: "the { is not closed"}
		}
		return nil, p.unexpected("a member or }")
	}
	return o, nil
}

// members reads members up to a closing brace or the end of the text; commas between them are optional. implicit is true
// if the last one is a path whose selection joins the object without dots having been written.
func (p *parser) members(at int) (o *Object, implicit bool, fault *SyntaxError) {
	o = &Object{At: at}
	names := map[string]bool{}
	for {
		p.skip()
		if p.at == len(p.text) || p.peek() == '}' {
			return o, implicit, nil
		}
		start := p.at
		var m Member
		if m, implicit, fault = p.member(); fault != nil {
			return nil, false, fault
		}
		if !m.Spread && names[m.Name] {
			return nil, false, &SyntaxError{At: start, Message: "`" + m.Name + "` stands twice in one object"}
		}
		names[m.Name] = !m.Spread || names[m.Name]
		o.Members = append(o.Members, m)
		p.take(',')
	}
}

func (p *parser) member() (m Member, implicit bool, fault *SyntaxError) {
	at := p.at
	if p.sees("...") {
		p.at += 3
		n, fault := p.expression()
		return Member{Spread: true, Value: n, At: at}, false, fault
	}
	if name, ok := p.alias(); ok {
		n, fault := p.aliased()
		return Member{Name: name, Value: n, At: at}, false, fault
	}
	switch c := p.peek(); {
	case nameStart(c), c == '"', c == '\'', c == '$', c == '@':
	default:
		return m, false, p.unexpected("a member")
	}
	bare := p.peek() != '$' && p.peek() != '@'
	n, fault := p.path()
	if fault != nil {
		return m, false, fault
	}
	path, ok := n.(*Path)
	if ok && bare && onlyKey(path) {
		return Member{Name: path.Steps[0].Name, Value: path, At: at}, false, nil
	}
	if !ok || !selects(path) {
		return m, false, &SyntaxError{
			At: at, Message: "this value has no name in the object",
			Hint: "name it (`name: ...`) or end it with a { } selection",
		}
	}
	return Member{Spread: true, Value: path, At: at}, true, nil
}

// alias reads `name:`. Without the colon it reads nothing.
func (p *parser) alias() (string, bool) {
	at := p.at
	if c := p.peek(); nameStart(c) || c == '"' || c == '\'' {
		if name, fault := p.key(); fault == nil && p.take(':') {
			return name, true
		}
	}
	p.at = at
	return "", false
}

// aliased reads the value after `name:`.
func (p *parser) aliased() (Node, *SyntaxError) {
	p.skip()
	c := p.peek()
	if !p.legacy || !nameStart(c) && c != '"' && c != '\'' {
		return p.expression()
	}
	n, fault := p.path()
	if fault != nil {
		return nil, fault
	}
	return p.choices(n)
}

// onlyKey reports whether the path is one key, with at most a ? and a selection.
func onlyKey(p *Path) bool {
	for i, s := range p.Steps {
		if (s.Kind == StepKey) != (i == 0) || s.Kind == StepMethod {
			return false
		}
	}
	return true
}

// selects reports whether the path ends in a selection.
func selects(p *Path) bool {
	return len(p.Steps) > 0 && p.Steps[len(p.Steps)-1].Kind == StepSelect
}
