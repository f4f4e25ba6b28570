package fn

import "fmt"

// Codes of errors that the gateway knows. What gateway.graphql says of statuses (nullOn, $status) holds for them as for those of
// services: 400, 401, 403 and 404.
const (
	BadUserInput    = "BAD_USER_INPUT"
	Unauthenticated = "UNAUTHENTICATED"
	Forbidden       = "FORBIDDEN"
	NotFound        = "NOT_FOUND"
)

// Error is an error for clients: they read its Message, and its Code as extensions.code. The code may be one of this package
// or a word of your own; with the latter, extensions.gatewayCode is UPSTREAM_ERROR, and the status 500. Never put into it what
// clients must not know.
type Error struct{ Code, Message string }

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Errorf returns an *Error.
func Errorf(code, format string, args ...any) error {
	return &Error{code, fmt.Sprintf(format, args...)}
}

// Failures are the errors of single parents of a batch, by their index; the other parents have their values. A function that
// returns Failures returns as many values as ever. See Err.
type Failures map[int]error

func (f Failures) Error() string { return fmt.Sprintf("%d of the parents failed", len(f)) }

// Err returns f as an error, nil if nothing has failed.
func (f Failures) Err() error {
	for _, err := range f {
		if err != nil {
			return f
		}
	}
	return nil
}

// Each makes the values of a batch one by one: for functions that gain nothing from having all parents at once. An error is that
// of its parent.
func Each[Parent, Value any](parents []Parent, f func(Parent) (Value, error)) ([]Value, error) {
	values, failed := make([]Value, len(parents)), Failures{}
	for i := range parents {
		value, err := f(parents[i])
		if err != nil {
			failed[i] = err
			continue
		}
		values[i] = value
	}
	return values, failed.Err()
}
