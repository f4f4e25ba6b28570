package mapping

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"

	"manifold/internal/rawjson"
)

// Check returns what is wrong with n beyond its grammar, in the order of the text: unknown methods, methods that are not
// effective yet, wrong numbers and kinds of arguments, and variables that allowed refuses. allowed gets a name without
// its dollar; its error is the message. A nil allowed refuses nothing.
func Check(n Node, allowed func(variable string) error) []*SyntaxError {
	var faults []*SyntaxError
	walkBound(n, nil, func(p *Path, bound []string) {
		if p.Root == RootVar && allowed != nil && !slices.Contains(bound, p.Name) {
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
	case len(s.Args) < m.min || m.max >= 0 && len(s.Args) > m.max:
		return &SyntaxError{At: s.At, Message: "the method `" + s.Name + "` " + m.wants(), Hint: "for example " + m.example}
	}
	for i, arg := range s.Args {
		kind := m.takes[min(i, 1)]
		if m.max < 0 {
			kind = m.takes[0]
		}
		if want := kind.refuses(arg); want != "" {
			return &SyntaxError{At: arg.Offset(), Message: "the argument of `" + s.Name + "` must be " + want, Hint: "for example " + m.example}
		}
	}
	return nil
}

// wants says how many arguments a method takes.
func (m *method) wants() string {
	count := func(n int) string {
		if n == 1 {
			return "one argument"
		}
		return strconv.Itoa(n) + " arguments"
	}
	switch {
	case m.max == 0:
		return "takes no argument"
	case m.max < 0:
		return "takes " + count(m.min) + " or more"
	case m.min == m.max:
		return "takes " + count(m.min)
	case m.min == 0:
		return "takes " + count(m.max) + " at most"
	}
	return "takes " + strconv.Itoa(m.min) + " or " + count(m.max)
}

// refuses returns what an argument has to be instead, "" if nothing can be said against it. Of what is not a constant nothing
// is known.
func (k argKind) refuses(n Node) string {
	switch k {
	case aPair:
		if a, ok := n.(*Array); !ok || len(a.Items) != 2 {
			return "a pair: [value, result]"
		}
		return ""
	case aVariable:
		return refusedName(n)
	}
	first := byte(0)
	switch n := n.(type) {
	case *Literal:
		first = n.JSON[0]
	case *Array:
		first = '['
	case *Object:
		first = '{'
	}
	if first == 0 || first == 'n' {
		return ""
	}
	text, number := first == '"', rawjson.KindOf(first) == rawjson.Number
	switch {
	case k == aText && !text:
		return "a text"
	case k == aNumber && !number:
		return "a number"
	case k == anInteger && !whole(n):
		return "a whole number"
	case k == aKey && !text && !number:
		return "a text or a number"
	case k == aBoolean && first != 't' && first != 'f':
		return "true or false"
	case k == aList && first != '[':
		return "a list"
	case k == aFormat && !text:
		return "a text"
	case k == aFormat && !knownFormat(unquoted(n.(*Literal).JSON)):
		return "`iso`, `seconds`, `millis`, or a pattern of YYYY MM DD HH mm ss SSS and signs"
	}
	return ""
}

func whole(n Node) bool {
	l, ok := n.(*Literal)
	if !ok {
		return false
	}
	_, ok = wholeNumber(l.JSON)
	return ok
}

// refusedName tells what is wrong with the variable that ->as binds.
func refusedName(n Node) string {
	p, ok := n.(*Path)
	if !ok || p.Root != RootVar || len(p.Steps) > 0 {
		return "a variable: $name"
	}
	switch p.Name {
	case "args", "batch", "claims", "client", "config", "context", "env", "key", "page", "request", "response", "status", "this":
		return "a name of your own: $" + p.Name + " has a meaning already"
	}
	return ""
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
