package mapping

// path reads a path with its steps and its selection.
func (p *parser) path() (Node, *SyntaxError) {
	path, fault := p.root()
	if fault != nil {
		return nil, fault
	}
	if fault = p.steps(path); fault != nil {
		return nil, fault
	}
	if fault = p.selection(path); fault != nil {
		return nil, fault
	}
	// $("text") is just the constant.
	if lit, ok := path.Value.(*Literal); ok && len(path.Steps) == 0 {
		return &Literal{JSON: lit.JSON, At: path.At}, nil
	}
	return path, nil
}

// root reads the start of a path: `$`, `@`, `$name`, `$(...)` or a key.
func (p *parser) root() (*Path, *SyntaxError) {
	path := &Path{At: p.at}
	switch c := p.peek(); {
	case c == '@':
		p.at++
		path.Root = RootAt
	case c == '$' && p.sees("$("):
		p.at += 2
		value, fault := p.expression()
		if fault != nil {
			return nil, fault
		}
		if !p.take(')') {
			if p.at == len(p.text) {
				return nil, &SyntaxError{At: path.At, Message: "the $( is not closed"}
			}
			return nil, p.unexpected("the closing )")
		}
		path.Root, path.Value = RootValue, value
	case c == '$':
		p.at++
		if nameStart(p.peek()) {
			path.Root, path.Name = RootVar, p.word()
		}
	default:
		name, fault := p.key()
		if fault != nil {
			return nil, fault
		}
		path.Steps = append(path.Steps, Step{Kind: StepKey, Name: name, At: path.At})
	}
	return path, nil
}

// key reads a property name: an identifier or a quoted text.
func (p *parser) key() (string, *SyntaxError) {
	switch c := p.peek(); {
	case nameStart(c):
		return p.word(), nil
	case c == '"' || c == '\'':
		return p.quoted()
	default:
		return "", p.unexpected("a property name")
	}
}

// seesOptional reports whether a lone ? stands at the cursor, and not an operator.
func (p *parser) seesOptional() bool { return p.peek() == '?' && !p.sees("??") && !p.sees("?!") }

// steps reads .key, ->method and ? steps. A selection is left to the caller.
func (p *parser) steps(path *Path) *SyntaxError {
	for {
		p.skip()
		at := p.at
		optional := p.seesOptional()
		if optional {
			p.at++
			p.skip()
		}
		switch {
		case p.peek() == '.' && !p.sees(".."):
			p.at++
			p.skip()
			name, fault := p.key()
			if fault != nil {
				return fault
			}
			path.Steps = append(path.Steps, Step{Kind: StepKey, Name: name, Optional: optional, At: at})
		case p.sees("->"):
			p.at += 2
			step := Step{Kind: StepMethod, Optional: optional, At: at}
			if fault := p.method(&step); fault != nil {
				return fault
			}
			path.Steps = append(path.Steps, step)
		case optional:
			path.Steps = append(path.Steps, Step{Kind: StepOptional, At: at})
			return nil
		default:
			return nil
		}
	}
}

// method reads the name and the arguments of a method.
func (p *parser) method(step *Step) *SyntaxError {
	p.skip()
	if !nameStart(p.peek()) {
		return p.unexpected("a method name")
	}
	step.At = p.at
	step.Name = p.word()
	p.skip()
	if p.peek() != '(' {
		return nil
	}
	args, fault := p.list('(', ')')
	step.Args = args
	return fault
}

// selection reads the { } that may end a path. A lone ? before it belongs to it.
func (p *parser) selection(path *Path) *SyntaxError {
	p.skip()
	if p.peek() != '{' {
		return nil
	}
	step := Step{Kind: StepSelect, At: p.at}
	if last := len(path.Steps) - 1; last >= 0 && path.Steps[last].Kind == StepOptional {
		step.Optional = true
		path.Steps = path.Steps[:last]
	}
	o, fault := p.object()
	step.Select = o
	path.Steps = append(path.Steps, step)
	return fault
}
