package mapping

import (
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

var errNotJSON = errors.New("expected a comma")

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
		end, value, _, err := rawjson.Key(b, i)
		if err != nil {
			c.err = err
			return false
		}
		c.key, i = b[i:end], value
	}
	end, err := rawjson.Skip(b, i, 0)
	if err != nil {
		c.err = err
		return false
	}
	c.value, c.i = b[i:end], end
	return true
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
