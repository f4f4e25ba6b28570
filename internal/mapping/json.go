package mapping

import (
	"bytes"
	"errors"

	"manifold/internal/rawjson"
)

// cursor goes through the items of one array, or the members of one object.
type cursor struct {
	text   []byte
	i      int
	object bool
	key    []byte // with its quotes
	value  []byte // without spaces around it
	err    error
}

func items(array []byte) cursor       { return cursor{text: array, i: 1} }
func properties(object []byte) cursor { return cursor{text: object, i: 1, object: true} }

var errNotJSON = errors.New("the value is no JSON")

// next moves to the next item. It returns false at the end and at a fault.
func (c *cursor) next() bool {
	b, i := c.text, rawjson.Space(c.text, c.i)
	if i >= len(b) {
		c.err = errNotJSON
		return false
	}
	if b[i] == ']' || b[i] == '}' {
		return false
	}
	if c.value != nil { // not the first one
		if b[i] != ',' {
			c.err = errNotJSON
			return false
		}
		i = rawjson.Space(b, i+1)
	}
	if c.object {
		end := pass(b, i)
		colon := rawjson.Space(b, end)
		if b[i] != '"' || colon >= len(b) || b[colon] != ':' {
			c.err = errNotJSON
			return false
		}
		c.key, i = b[i:end], rawjson.Space(b, colon+1)
	}
	end := pass(b, i)
	if end <= i {
		c.err = errNotJSON
		return false
	}
	c.value, c.i = b[i:end], end
	return true
}

// pass returns the index after the value that begins at b[i]. What comes here has been checked to be JSON by whoever read it
// (Eval asks for that), so it only looks for the end: about twice as fast as checking it again. Of what is no JSON the answer
// is some index, and nothing is read outside of b.
func pass(b []byte, i int) (end int) {
	if i >= len(b) {
		return i
	}
	switch b[i] {
	case '"':
		return passText(b, i)
	case '{', '[':
	default:
		for i < len(b) && b[i] != ',' && b[i] != ']' && b[i] != '}' && b[i] > ' ' {
			i++
		}
		return i
	}
	for depth := 0; i < len(b); {
		switch b[i] {
		case '"':
			i = passText(b, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return i
}

// passText returns the index after the closing quote of the text at b[i].
func passText(b []byte, i int) int {
	for from := i + 1; ; {
		n := bytes.IndexByte(b[from:], '"')
		if n < 0 {
			return len(b)
		}
		quote := from + n
		escapes := 0
		for quote-escapes > i+1 && b[quote-escapes-1] == '\\' {
			escapes++
		}
		if from = quote + 1; escapes%2 == 0 {
			return from
		}
	}
}

// property returns the value of a property of object, nil if it has none. Of equal keys the last one counts.
func property(object []byte, name string) (found []byte, err error) {
	it := properties(object)
	for it.next() {
		if rawjson.EqualKey(it.key, name) {
			found = it.value
		}
	}
	return found, it.err
}

// invalid turns a fault in the JSON that was handed in, which its reader should have found, into an *EvalError.
func invalid(err error, at int) error {
	if err == nil {
		return nil
	}
	return &EvalError{At: at, Message: err.Error()}
}
