package transcode

import "strconv"

// Error says what of a request does not fit its message.
type Error struct {
	Path string // as in filter.tags[2].name; "" is the whole request
	Msg  string // what was expected; it holds nothing of the request
}

func (e *Error) Error() string {
	if e.Path == "" {
		return e.Msg
	}
	return e.Path + ": " + e.Msg
}

func mismatch(msg string) error { return &Error{Msg: msg} }

// under returns err with a step before its path: a name, or an index in brackets.
func under(step string, err error) error {
	e, ok := err.(*Error) //nolint:errorlint // it was made here, and wraps nothing
	if !ok {
		return err
	}
	switch {
	case e.Path == "":
		e.Path = step
	case e.Path[0] == '[':
		e.Path = step + e.Path
	default:
		e.Path = step + "." + e.Path
	}
	return e
}

func underItem(i int, err error) error { return under("["+strconv.Itoa(i)+"]", err) }
