package mapping

import (
	"strconv"

	"manifold/internal/rawjson"
)

// EvalError is why a mapping has no value: a method was given a value of a kind it cannot take, or one so large that the
// mapping would work on it without end; or the mapping itself says so, by ->error.
type EvalError struct {
	At      int // offset in the text of the mapping
	Message string
	Code    string // of ->error, fit for clients as Message then is; "" for anything else
}

func (e *EvalError) Error() string { return e.Message + " (at byte " + strconv.Itoa(e.At) + ")" }

// Eval returns the value of n as JSON text; nil if it is missing.
//
// in is what `$` stands for: one valid JSON value, or nil if there is none (a request body). env answers the variables
// and may be nil; a is where values are built, and may be nil. The result is a part of in, of what env returned, of n or
// of a: it must not be written to, and it lives as long as these do.
//
// An object written as the mapping itself is made for every item of a list, as a selection is. It differs from a
// selection where there is no object to read: without input it is made all the same, and over null (an empty reply) from
// those members that have a value nonetheless; it is null only if there is no such member.
//
// The error is an *EvalError.
func Eval(n Node, in []byte, env Env, a *Arena) ([]byte, error) {
	if a == nil {
		a = new(Arena)
	}
	in = trim(in)
	a.startWork(in)
	s := scope{here: in, at: in, env: env, arena: a}
	o, ok := n.(*Object)
	if !ok {
		return s.value(n)
	}
	b := a.open()
	var err error
	switch {
	case in == nil:
		b, _, err = s.appendObject(b, o, false)
	case isNull(in):
		var count int
		if b, count, err = s.appendObject(b, o, true); err == nil && count == 0 && len(o.Members) > 0 {
			b = append(b[:0], "null"...)
		}
	default:
		b, err = s.appendSelection(b, o, in)
	}
	return finish(a, b, err)
}

func tooMuch(at int) error {
	return &EvalError{At: at, Message: "the mapping has too much work with this value"}
}

// finish closes what was opened for a value.
func finish(a *Arena, b []byte, err error) ([]byte, error) {
	if err != nil {
		a.drop(b)
		return nil, err
	}
	return a.close(b), nil
}

// scope is where an expression stands. It is passed by value: nothing of an evaluation is put on the heap.
type scope struct {
	here  []byte // `$`
	at    []byte // `@`
	env   Env
	arena *Arena
	bound *binding // by ->as; it comes before what env says
}

// binding is a variable that ->as has bound. Later ones hide earlier ones of the same name.
type binding struct {
	name  string
	value []byte
	next  *binding
}

func isNull(v []byte) bool { return len(v) > 0 && v[0] == 'n' }

// trim cuts the spaces around one JSON value. No value at all is nil.
func trim(v []byte) []byte {
	end := len(v)
	for end > 0 && (v[end-1] == ' ' || v[end-1] == '\n' || v[end-1] == '\r' || v[end-1] == '\t') {
		end--
	}
	if end == 0 {
		return nil
	}
	return v[rawjson.Space(v[:end], 0):end]
}

// value evaluates n without copying where the value is already there.
func (s scope) value(n Node) ([]byte, error) {
	switch n := n.(type) {
	case *Literal:
		return n.JSON, nil
	case *Choice:
		left, err := s.value(n.Left)
		if err != nil || left != nil && (!n.NullToo || !isNull(left)) {
			return left, err
		}
		return s.value(n.Right)
	case *Path:
		if !selects(n) {
			v, steps, err := s.root(n)
			if err != nil {
				return nil, err
			}
			v, _, err = s.walk(v, steps)
			return v, err
		}
	}
	b := s.arena.open()
	b, ok, err := s.append(b, n)
	if err == nil && !ok {
		s.arena.drop(b)
		return nil, nil
	}
	return finish(s.arena, b, err)
}

// append evaluates n and appends its value; ok is false if it is missing, then nothing was appended.
func (s scope) append(b []byte, n Node) (out []byte, ok bool, err error) {
	switch n := n.(type) {
	case *Object:
		b, _, err = s.appendObject(b, n, false)
		return b, true, err
	case *Array:
		b, err = s.appendArray(b, n)
		return b, true, err
	case *Path:
		if selects(n) {
			v, steps, err := s.root(n)
			if err != nil {
				return b, false, err
			}
			return s.appendWalk(b, v, steps)
		}
	}
	v, err := s.value(n)
	return append(b, v...), v != nil, err
}

func (s scope) appendArray(b []byte, n *Array) ([]byte, error) {
	b = append(b, '[')
	for i, item := range n.Items {
		if i > 0 {
			b = append(b, ',')
		}
		var ok bool
		var err error
		if b, ok, err = s.append(b, item); err != nil {
			return b, err
		}
		if !ok {
			b = append(b, "null"...)
		}
	}
	return append(b, ']'), nil
}

// appendWalk appends what steps lead to from v, with what is selected there.
func (s scope) appendWalk(b, v []byte, steps []Step) (out []byte, ok bool, err error) {
	last := len(steps) - 1
	if last < 0 || steps[last].Kind != StepSelect {
		v, _, err = s.walk(v, steps)
		return append(b, v...), v != nil, err
	}
	v, s.bound, err = s.walk(v, steps[:last])
	if err != nil || v == nil || steps[last].Optional && isNull(v) {
		return b, false, err
	}
	b, err = s.appendSelection(b, steps[last].Select, v)
	return b, true, err
}

// walk follows steps from v. It returns the variables that hold after the last step, too: a selection may read them.
func (s scope) walk(v []byte, steps []Step) (end []byte, variables *binding, err error) {
	for i := range steps {
		if err != nil || v == nil {
			return nil, nil, err
		}
		step := &steps[i]
		if (step.Optional || step.Kind == StepOptional) && isNull(v) {
			return nil, nil, nil
		}
		if !s.arena.spend(len(v)) {
			return nil, nil, tooMuch(step.At)
		}
		switch step.Kind {
		case StepKey:
			v, err = s.key(v, step)
		case StepMethod:
			inner := s
			inner.at = v
			if step.Name == "as" {
				s.bound, err = inner.bind(v, step)
				break
			}
			v, err = inner.method(v, step)
		}
	}
	return v, s.bound, err
}

// bind returns the variables with the one that an ->as step binds: to v, or to what its second argument makes of v.
func (s scope) bind(v []byte, step *Step) (*binding, error) {
	name := bound(step)
	if name == nil {
		return s.bound, misused(step)
	}
	if len(step.Args) > 1 {
		var err error
		if v, err = s.value(step.Args[1]); err != nil {
			return s.bound, err
		}
	}
	return &binding{name.Name, v, s.bound}, nil
}

// root returns the value a path starts from and the steps that are left: the first key of a variable is answered by env.
func (s scope) root(p *Path) (v []byte, steps []Step, err error) {
	steps = p.Steps
	switch p.Root {
	case RootAt:
		return s.at, steps, nil
	case RootVar:
		for b := s.bound; b != nil; b = b.next {
			if b.name == p.Name {
				return b.value, steps, nil
			}
		}
		if s.env == nil {
			return nil, steps, nil
		}
		key := ""
		// A property whose name is empty cannot be asked for by key; and what is optional has to be seen first.
		if len(steps) > 0 && steps[0].Kind == StepKey && steps[0].Name != "" && !steps[0].Optional {
			key, steps = steps[0].Name, steps[1:]
		}
		return trim(s.env.Var(p.Name, key)), steps, nil
	case RootValue:
		v, err := s.value(p.Value)
		return v, steps, err
	default:
		return s.here, steps, nil
	}
}

// key returns a property of an object, or the list of that property of all items; missing for anything else.
func (s scope) key(v []byte, step *Step) ([]byte, error) {
	switch v[0] {
	case '{':
		found, err := property(v, step.Name)
		return found, invalid(err, step.At)
	case '[':
		b, err := appendKeys(s.arena.open(), v, step.Name)
		return finish(s.arena, b, invalid(err, step.At))
	}
	return nil, nil
}

// appendKeys appends the list of one property of all items of list. An item without it is null, a list in the list is
// gone through likewise.
func appendKeys(b, list []byte, name string) ([]byte, error) {
	b = append(b, '[')
	it := items(list)
	for first := true; it.next(); first = false {
		if !first {
			b = append(b, ',')
		}
		var err error
		var v []byte
		switch it.value[0] {
		case '[':
			if b, err = appendKeys(b, it.value, name); err != nil {
				return b, err
			}
			continue
		case '{':
			if v, err = property(it.value, name); err != nil {
				return b, err
			}
		}
		if v == nil {
			b = append(b, "null"...)
		}
		b = append(b, v...)
	}
	return append(b, ']'), it.err
}
