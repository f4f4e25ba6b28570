package fn_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"manifold/fn"
)

type parent struct {
	N int `json:"n"`
}

func ok(_ context.Context, parents []parent, _ fn.None) ([]int, error) {
	return make([]int, len(parents)), nil
}

func TestRegisterPanics(t *testing.T) {
	t.Parallel()
	for want, register := range map[string]func(s *fn.Set){
		"is not a name":    func(s *fn.Set) { fn.Register(s, "a b", ok) },
		"registered twice": func(s *fn.Set) { fn.Register(s, "a", ok); fn.Register(s, "a", ok) },
		"is nil":           func(s *fn.Set) { fn.Register[parent, fn.None, int](s, "a", nil) },
		"a is nil":         func(s *fn.Set) { fn.RegisterRoot[fn.None, int](s, "a", nil) },
		"name no field": func(s *fn.Set) {
			fn.Register(s, "a", func(context.Context, []struct{}, fn.None) ([]int, error) { return nil, nil })
		},
		"the parents of a are int": func(s *fn.Set) {
			fn.Register(s, "a", func(context.Context, []int, fn.None) ([]int, error) { return nil, nil })
		},
		"the arguments of a are": func(s *fn.Set) {
			fn.RegisterRoot(s, "a", func(context.Context, string) (int, error) { return 0, nil })
		},
	} {
		func() {
			defer func() {
				if text, _ := recover().(string); !strings.Contains(text, want) {
					t.Errorf("have %q, want %q in it", text, want)
				}
			}()
			register(&fn.Set{})
		}()
	}
}

func TestEach(t *testing.T) {
	t.Parallel()
	odd := errors.New("odd")
	values, err := fn.Each([]int{2, 3, 4}, func(n int) (int, error) {
		if n%2 == 1 {
			return 0, odd
		}
		return n * n, nil
	})
	failures, is := errors.AsType[fn.Failures](err)
	if !slices.Equal(values, []int{4, 0, 16}) || !is || len(failures) != 1 || failures[1] != odd {
		t.Errorf("%v, %v", values, err)
	}
	if _, err := fn.Each([]int{2}, func(n int) (int, error) { return n, nil }); err != nil {
		t.Errorf("no failure is %v", err)
	}
	if err := (fn.Failures{3: nil}).Err(); err != nil {
		t.Errorf("nil failures are %v", err)
	}
}

func TestErrorf(t *testing.T) {
	t.Parallel()
	e, is := errors.AsType[*fn.Error](fn.Errorf(fn.NotFound, "no %s", "x"))
	if !is || e.Code != "NOT_FOUND" || e.Message != "no x" || e.Error() != "NOT_FOUND: no x" {
		t.Errorf("%+v", e)
	}
}
