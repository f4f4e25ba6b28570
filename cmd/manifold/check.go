package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"manifold/schema"
)

// checkCmd is `manifold check`.
type checkCmd struct {
	Files  []string `arg:"" optional:"" help:"Files or folders to check together; default gateway.graphql." placeholder:"FILE"`
	Config string   `help:"gateway.yaml, for what it says about sources; default gateway.yaml, if it is here." placeholder:"FILE"`
	JSON   bool     `help:"Print the problems as JSON on standard output, for editors and scripts."`
}

// Help is the long text of `manifold check --help`.
func (*checkCmd) Help() string {
	return `Reads the files as "serve" would, calls nothing, and shows all problems and warnings. The exit code is 1 if there
is a problem, and 0 if there are only warnings.

Examples:

    manifold check
    manifold check gateway.graphql more.graphql
    USERS_URL=http://users.test manifold check --json schema/`
}

// Run checks the files.
func (c *checkCmd) Run(w *world) error {
	in, err := readInputs(c.Files, c.Config, w.Env)
	if err != nil {
		return err
	}
	gw, err := load(in, w.Env)
	problems, bad := errors.AsType[schema.Problems](err)
	if err != nil && !bad {
		return err
	}
	if gw != nil {
		problems = append(problems, gw.Warnings...)
	}
	if c.JSON {
		if err := writeProblems(w, problems); err != nil {
			return err
		}
		if bad {
			return errTold
		}
		return nil
	}
	tellProblems(w, problems)
	if bad {
		return errTold
	}
	fmt.Fprintf(w.Stdout, "ok: %s\n", summary(gw))
	return nil
}

// summary tells the size of a gateway in one line.
func summary(gw *schema.Gateway) string {
	fields := 0
	if gw.Query != nil {
		fields += len(gw.Query.Order)
	}
	if gw.Mutation != nil {
		fields += len(gw.Mutation.Order)
	}
	return fmt.Sprintf("%s, %s, %s",
		count(len(gw.Sources), "source"), count(fields, "root field"), count(len(gw.Warnings), "warning"))
}

// count says how many things there are: "1 source", "2 sources".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// writeProblems prints problems as one JSON object. Its form is part of the command line and stays as it is.
func writeProblems(w *world, problems schema.Problems) error {
	type problem struct {
		Severity   string `json:"severity"` // "error" or "warning"
		File       string `json:"file"`
		Line       int    `json:"line"`   // from 1; 0 without a place
		Column     int    `json:"column"` // in characters, from 1
		Coordinate string `json:"coordinate,omitempty"`
		Message    string `json:"message"`
		Hint       string `json:"hint,omitempty"`
	}
	out := struct {
		Problems []problem `json:"problems"`
	}{[]problem{}}
	for _, p := range problems {
		severity := "error"
		if p.Severity == schema.Warning {
			severity = "warning"
		}
		out.Problems = append(out.Problems, problem{severity, p.File, p.Line, p.Column, p.Coordinate, p.Message, p.Hint})
	}
	enc := json.NewEncoder(w.Stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
