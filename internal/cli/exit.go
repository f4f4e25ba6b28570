package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"manifold/schema"
)

// Exit codes. Scripts rely on them.
const (
	exitOK      = 0
	exitProblem = 1 // the files, the query or the machine are not as they must be
	exitUsage   = 2 // the command line is not as it must be
)

// usageError is a fault in the command line.
type usageError struct{ message, hint string }

func (e *usageError) Error() string { return e.message }

// hinted is a failure of the machine that a person can do something about.
type hinted struct {
	error
	hint string
}

func (e *hinted) Unwrap() error { return e.error }

// errTold ends a command whose problems have been told already.
var errTold = errors.New("problems were found")

// fromParser makes a usage error of what kong says about args.
func fromParser(err error, args []string) error {
	hint := `"manifold --help" lists the commands`
	if parse, ok := errors.AsType[*kong.ParseError](err); ok && parse.Context != nil && parse.Context.Selected() != nil {
		hint = fmt.Sprintf(`"%s --help" shows how it is used`, parse.Context.Selected().FullPath())
	} else if !strings.HasPrefix(args[0], "-") && strings.HasSuffix(args[0], ".graphql") {
		hint = fmt.Sprintf(`to serve this file: manifold serve %s`, args[0])
	}
	return &usageError{err.Error(), hint}
}

// report tells a command's failure on stderr and returns the exit code. Every failure of the program passes here.
func report(w *world, err error) int {
	if err == nil {
		return exitOK
	}
	if errors.Is(err, errTold) {
		return exitProblem
	}
	if usage, ok := errors.AsType[*usageError](err); ok {
		fmt.Fprintf(w.Stderr, "manifold: %s\n  hint: %s\n", usage.message, usage.hint)
		return exitUsage
	}
	if problems, ok := errors.AsType[schema.Problems](err); ok {
		tellProblems(w, problems)
		return exitProblem
	}
	if list, ok := errors.AsType[gqlerror.List](err); ok {
		tellQueryErrors(w, list)
		return exitProblem
	}
	fmt.Fprintf(w.Stderr, "manifold: %v\n", err)
	if h, ok := errors.AsType[*hinted](err); ok {
		fmt.Fprintf(w.Stderr, "  hint: %s\n", h.hint)
	}
	return exitProblem
}

// tellQueryErrors prints what is wrong with a query given on the command line.
func tellQueryErrors(w *world, list gqlerror.List) {
	for _, e := range list {
		where := "query"
		if len(e.Locations) > 0 {
			where = fmt.Sprintf("query:%d:%d", e.Locations[0].Line, e.Locations[0].Column)
		}
		fmt.Fprintf(w.Stderr, "%s: %s\n", where, e.Message)
	}
}
