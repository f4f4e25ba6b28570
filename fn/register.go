package fn

import (
	"context"
	"errors"

	"manifold/internal/gofunc"
)

// Set holds the functions of a gateway by name. The zero Set is empty and ready to use. It is filled before the gateway
// starts, by one goroutine.
type Set struct{ functions gofunc.Set }

// Functions is for the gateway.
func (s *Set) Functions() *gofunc.Set {
	if s == nil {
		return nil
	}
	return &s.functions
}

// None are the arguments of a function that has none.
type None = struct{}

// Register adds a function that serves a field, or the fields of a block, for many parents: its name is what @connect(fn:) says,
// words joined by dots. values[i] belongs to parents[i], and there are as many of them; a nil pointer, slice or map is null.
// On the block of a type with a @key the parents are keys, and nil says that there is no such object.
//
// The function is called by many goroutines at once. Parents are its own to keep.
//
// Register panics if the name is none or is taken, if Parent or Args is no struct, or if Parent names no field.
func Register[Parent, Args, Value any](s *Set, name string, f func(ctx context.Context, parents []Parent, args Args) (values []Value, err error)) {
	if f == nil {
		panic("fn: " + name + " is nil")
	}
	s.add(gofunc.Batch(name, func(ctx context.Context, parents []Parent, args Args) ([]Value, error) {
		values, err := f(ctx, parents, args)
		return values, shown(err)
	}))
}

// RegisterRoot adds a function that serves a field without regard to its parent: those of Query and of Mutation have none.
// It panics as Register does.
func RegisterRoot[Args, Value any](s *Set, name string, f func(ctx context.Context, args Args) (Value, error)) {
	if f == nil {
		panic("fn: " + name + " is nil")
	}
	s.add(gofunc.Single(name, func(ctx context.Context, args Args) (Value, error) {
		value, err := f(ctx, args)
		return value, shown(err)
	}))
}

func (s *Set) add(f *gofunc.Function) {
	if err := s.functions.Add(f); err != nil {
		panic("fn: " + err.Error())
	}
}

// shown returns an error as the gateway knows it.
func shown(err error) error {
	if failures, ok := errors.AsType[Failures](err); ok {
		items := make(gofunc.Items, len(failures))
		for n, e := range failures {
			if e != nil {
				items[n] = shown(e)
			}
		}
		return items
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return &gofunc.Error{Code: e.Code, Message: e.Message}
	}
	return err
}
