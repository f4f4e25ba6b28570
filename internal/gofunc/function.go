package gofunc

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
)

// Function is a Go function that serves a field: for many parent objects at once, or, of a root field, for none.
//
// It is called with JSON: {"parents":[...],"args":{...}}, either of which may be left out. A Function is immutable and safe for
// concurrent use, as far as the user's code is.
type Function struct {
	Name    string
	Parent  *Type // an Object; nil: it gets no parents
	Args    *Type // an Object
	Value   *Type // for one parent
	prepare func(body []byte) (Run, error)
}

// Prepare reads what the function is called with. The Run keeps nothing of body. The error says that the arguments do not fit;
// a parent that does not is an error of that parent alone, in the Answer.
func (f *Function) Prepare(body []byte) (Run, error) { return f.prepare(body) }

// Run calls the function, once.
type Run func(ctx context.Context) Answer

// Answer is what came of a call.
type Answer struct {
	// Value is JSON: the value, or with parents the list of their values, in order; null where there is none, or an error.
	Value []byte
	Items []error // by parent; nil: none failed
	Err   error   // the call failed as a whole; then there is no Value
}

// Error is an error that its author wrote for clients.
type Error struct{ Code, Message string }

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Items are the errors of single parents, by number.
type Items map[int]error

func (i Items) Error() string { return fmt.Sprintf("%d parents failed", len(i)) }

// Unfit is what the gateway has for a function, and the function cannot take; or the reverse.
type Unfit struct{ Err error }

func (e *Unfit) Error() string { return e.Err.Error() }
func (e *Unfit) Unwrap() error { return e.Err }

// Panic is a panic of a function.
type Panic struct {
	Value any
	Stack []byte
}

func (p *Panic) Error() string { return fmt.Sprintf("panic: %v\n%s", p.Value, p.Stack) }

// Single makes a Function of one without parents.
func Single[Args, Value any](name string, f func(context.Context, Args) (Value, error)) *Function {
	read := decoderOf(reflect.TypeFor[Args]())
	return &Function{
		Name: name, Args: describe(reflect.TypeFor[Args](), true), Value: describe(reflect.TypeFor[Value](), false),
		prepare: func(body []byte) (Run, error) {
			var args Args
			if err := readBody(body, nil, func(token []byte) error { return read(token, reflect.ValueOf(&args).Elem()) }); err != nil {
				return nil, err
			}
			return func(ctx context.Context) (a Answer) {
				defer rescue(&a)
				value, err := f(ctx, args)
				if err != nil {
					return Answer{Err: err}
				}
				if a.Value, err = encode(value); err != nil {
					return Answer{Err: &Unfit{err}}
				}
				return a
			}, nil
		},
	}
}

// Batch makes a Function of one that gets the parents of a batch.
func Batch[Parent, Args, Value any](name string, f func(context.Context, []Parent, Args) ([]Value, error)) *Function {
	b := &batch[Parent, Args, Value]{f: f, parent: decoderOf(reflect.TypeFor[Parent]()), args: decoderOf(reflect.TypeFor[Args]())}
	return &Function{
		Name: name, Parent: describe(reflect.TypeFor[Parent](), true), Args: describe(reflect.TypeFor[Args](), true),
		Value: describe(reflect.TypeFor[Value](), false), prepare: b.prepare,
	}
}

type batch[Parent, Args, Value any] struct {
	f            func(context.Context, []Parent, Args) ([]Value, error)
	parent, args decoder
}

// batchCall is a batch on its way. Parents that cannot be read are left out of what the function gets.
type batchCall[Parent, Args any] struct {
	parents []Parent
	args    Args
	count   int     // of parents, those left out included
	unfit   []error // by parent; nil: all could be read
}

func (b *batch[Parent, Args, Value]) prepare(body []byte) (Run, error) {
	c := &batchCall[Parent, Args]{}
	err := readBody(body, func(token []byte) error {
		n := len(c.parents)
		c.parents = append(c.parents, *new(Parent))
		c.count++
		if err := b.parent(token, reflect.ValueOf(&c.parents[n]).Elem()); err != nil {
			for len(c.unfit) < c.count-1 {
				c.unfit = append(c.unfit, nil)
			}
			c.unfit = append(c.unfit, &Unfit{fmt.Errorf("parent %d: %w", c.count-1, err)})
			c.parents = c.parents[:n]
		}
		return nil
	}, func(token []byte) error { return b.args(token, reflect.ValueOf(&c.args).Elem()) })
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) Answer { return b.run(ctx, c) }, nil
}

func (b *batch[Parent, Args, Value]) run(ctx context.Context, c *batchCall[Parent, Args]) (a Answer) {
	defer rescue(&a)
	var values []Value
	var items Items
	if len(c.parents) > 0 {
		given := len(c.parents) // the slice is the function's now
		var err error
		values, err = b.f(ctx, c.parents, c.args)
		if err != nil && !errors.As(err, &items) {
			return Answer{Err: err}
		}
		if len(values) != given {
			return Answer{Err: &Unfit{fmt.Errorf("the function returned %d values for %d parents", len(values), given)}}
		}
		for n := range items {
			if n < 0 || n >= given {
				return Answer{Err: &Unfit{fmt.Errorf("the function returned an error of parent %d of %d", n, given)}}
			}
		}
	}
	if c.unfit == nil && items == nil {
		all, err := encode(values)
		if err == nil {
			return Answer{Value: all}
		}
	}
	return c.oneByOne(values, items)
}

// oneByOne encodes each value apart, so that each fails alone.
func (c *batchCall[Parent, Args]) oneByOne(values any, items Items) Answer {
	a := Answer{Value: []byte{'['}, Items: make([]error, c.count)}
	copy(a.Items, c.unfit)
	list, next := reflect.ValueOf(values), 0
	for n := range c.count {
		if n > 0 {
			a.Value = append(a.Value, ',')
		}
		if a.Items[n] == nil {
			a.Items[n] = items[next]
			if a.Items[n] == nil {
				value, err := encode(list.Index(next).Interface())
				if err == nil {
					a.Value = append(a.Value, value...)
				} else {
					a.Items[n] = &Unfit{err}
				}
			}
			next++
		}
		if a.Items[n] != nil {
			a.Value = append(a.Value, "null"...)
		}
	}
	a.Value = append(a.Value, ']')
	return a
}

// rescue makes an answer of a panic.
func rescue(a *Answer) {
	if p := recover(); p != nil {
		*a = Answer{Err: &Panic{p, debug.Stack()}}
	}
}

// encode writes a value as JSON, with `<` as it is.
func encode(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte{'\n'}), nil
}
