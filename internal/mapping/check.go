package mapping

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Check returns what is wrong with n beyond its grammar, in the order of the text: unknown methods, methods that are not
// effective yet, wrong numbers and kinds of arguments, and variables that allowed refuses. allowed gets a name without
// its dollar; its error is the message. A nil allowed refuses nothing.
func Check(n Node, allowed func(variable string) error) []*SyntaxError {
	var faults []*SyntaxError
	names := bindings(n)
	walk(n, func(p *Path) {
		if p.Root == RootVar && allowed != nil && !slices.Contains(names, p.Name) {
			if err := allowed(p.Name); err != nil {
				faults = append(faults, &SyntaxError{At: p.At, Message: err.Error()})
			}
		}
		for i := range p.Steps {
			if s := &p.Steps[i]; s.Kind == StepMethod {
				if fault := checkMethod(s); fault != nil {
					faults = append(faults, fault)
				}
			}
		}
	})
	slices.SortStableFunc(faults, func(a, b *SyntaxError) int { return cmp.Compare(a.At, b.At) })
	return faults
}

func checkMethod(s *Step) *SyntaxError {
	m := methodNamed(s.Name)
	switch {
	case !m.known:
		return &SyntaxError{At: s.At, Message: "unknown method `" + s.Name + "`", Hint: nearest(s.Name)}
	case m.apply == nil:
		return &SyntaxError{
			At: s.At, Message: "the method `" + s.Name + "` is part of the language but not effective yet",
			Hint: "effective now: " + strings.Join(effective(), ", "),
		}
	case len(s.Args) != m.args:
		want := "takes no argument"
		if m.args == 1 {
			want = "takes one argument"
		} else if m.args > 1 {
			want = "takes " + strconv.Itoa(m.args) + " arguments"
		}
		return &SyntaxError{At: s.At, Message: "the method `" + s.Name + "` " + want, Hint: "for example " + m.example}
	case m.text && isLiteral(s.Args[0]) && s.Args[0].(*Literal).JSON[0] != '"':
		return &SyntaxError{At: s.Args[0].Offset(), Message: "the argument of `" + s.Name + "` must be a text", Hint: "for example " + m.example}
	}
	return nil
}

// effective returns the names of the methods that can be evaluated.
func effective() (names []string) {
	for _, name := range methodNames() {
		if methodNamed(name).apply != nil {
			names = append(names, name)
		}
	}
	return names
}

// nearest returns a hint with the method that is spelt most like name, or all of them if none comes near.
func nearest(name string) string {
	best, distance := "", len(name)/3+2
	for _, known := range methodNames() {
		if d := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(known)); d < distance {
			best, distance = known, d
		}
	}
	if best == "" {
		return "the methods are " + strings.Join(methodNames(), ", ")
	}
	return "did you mean `" + best + "`?"
}
