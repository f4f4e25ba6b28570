package gofunc

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// Set holds functions by name. It is filled before anything is loaded and only read afterwards. A nil Set is empty.
type Set struct{ functions map[string]*Function }

var name = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*)*$`)

// Add adds a function. The error says why it cannot: its name is none or is taken, or its parents or arguments are no structs.
func (s *Set) Add(f *Function) error {
	switch {
	case !name.MatchString(f.Name):
		return fmt.Errorf("%q is not a name: write words of letters and digits, joined by dots, as pricing.Discount", f.Name)
	case s.functions[f.Name] != nil:
		return fmt.Errorf("%s is registered twice", f.Name)
	case f.Args.Kind != Object || f.Args.Null:
		return fmt.Errorf("the arguments of %s are %s: they must be a struct, struct{} if there are none", f.Name, f.Args.Go)
	case f.Parent != nil && f.Parent.Kind != Object:
		return fmt.Errorf("the parents of %s are %s: they must be structs that name the fields they need", f.Name, f.Parent.Go)
	case f.Parent != nil && len(f.Parent.Members) == 0:
		return fmt.Errorf("the parents of %s name no field: they must be structs that name the fields they need", f.Name)
	}
	if s.functions == nil {
		s.functions = map[string]*Function{}
	}
	s.functions[f.Name] = f
	return nil
}

// Find returns a function by its name, nil if there is none.
func (s *Set) Find(name string) *Function {
	if s == nil {
		return nil
	}
	return s.functions[name]
}

// Names are the names of all functions, in order.
func (s *Set) Names() []string {
	if s == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(s.functions))
}
