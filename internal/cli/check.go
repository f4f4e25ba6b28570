package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"manifold/bff"
	"manifold/schema"
)

// checkCmd is `manifold check`.
type checkCmd struct {
	Files  []string `arg:"" optional:"" help:"Files of one gateway, or a folder of gateways; default gateway.graphql." placeholder:"FILE"`
	Config string   `help:"gateway.yaml, for what it says about sources; default the one beside the gateway, if there is one." placeholder:"FILE"`
	JSON   bool     `help:"Print the problems as JSON on standard output, for editors and scripts."`
	Strict bool     `help:"Let warnings fail too."`
}

// Help is the long text of `manifold check --help`.
func (*checkCmd) Help() string {
	return `Reads the files as "serve" would, calls nothing, and shows all problems and warnings. The exit code is 1 if there
is a problem, and 0 if there are only warnings; with --strict, warnings fail too.

Several files are one gateway. A single folder is searched with all folders below it: each folder that holds a gateway is
checked by itself.

Examples:

    manifold check
    manifold check gateway.graphql more.graphql
    manifold check --strict gateways/
    USERS_URL=http://users.test manifold check --json schema/`
}

// Run checks the files.
func (c *checkCmd) Run(w *world) error {
	gateways, skipped, err := findGateways(c.Files, c.Config, w.Env)
	if err != nil {
		return err
	}
	var all schema.Problems
	bad := false
	for _, g := range gateways {
		model, api, problems, err := checkOne(g, w)
		if err != nil {
			return err
		}
		failed := model == nil || (c.Strict && len(problems) > 0)
		bad = bad || failed
		all = append(all, problems...)
		if c.JSON {
			continue
		}
		tellProblems(w, problems)
		if !failed {
			fmt.Fprintf(w.Stdout, "ok: %s\n", nameOf(g, len(gateways))+summary(model, api))
		}
	}
	if c.JSON {
		if err := writeProblems(w, all); err != nil {
			return err
		}
	} else {
		c.conclude(w, gateways, skipped, all)
	}
	if bad {
		return errTold
	}
	return nil
}

// conclude says what else a person should know: folders that were left out, all gateways together, and why warnings fail.
func (c *checkCmd) conclude(w *world, gateways []found, skipped []string, all schema.Problems) {
	for _, folder := range skipped {
		fmt.Fprintf(w.Stderr, "skipped: %s has no type Query, so it is no gateway of its own\n", folder)
	}
	if len(gateways) > 1 && len(all) > 0 {
		fmt.Fprintf(w.Stderr, "%s in %s\n", tally(all), count(len(gateways), "gateway"))
	}
	if c.Strict && len(all) > 0 && !hasErrors(all) {
		fmt.Fprintln(w.Stderr, "warnings fail because of --strict")
	}
}

func hasErrors(problems schema.Problems) bool {
	return slices.ContainsFunc(problems, func(p schema.Problem) bool { return p.Severity == schema.Error })
}

// nameOf is the name of a gateway before its summary, if there are several.
func nameOf(g found, gateways int) string {
	if gateways == 1 {
		return ""
	}
	return g.name + ": "
}

// checkOne loads one gateway. model is nil if it has a problem; problems are its warnings otherwise.
func checkOne(g found, w *world) (model *schema.Gateway, api *bff.API, problems schema.Problems, err error) {
	if err = g.err; err == nil {
		model, err = load(g.in, w)
	}
	if err == nil {
		api, err = loadAPI(model, g.in)
	}
	if err == nil {
		return model, api, model.Warnings, nil
	}
	if problems, ok := errors.AsType[schema.Problems](err); ok {
		return nil, nil, problems, nil
	}
	return nil, nil, nil, err
}

// summary tells the size of a gateway in one line.
func summary(gw *schema.Gateway, api *bff.API) string {
	fields, functions := 0, 0
	for _, s := range gw.Sources {
		if s.Function != nil {
			functions++
		}
	}
	if gw.Query != nil {
		fields += len(gw.Query.Order)
	}
	if gw.Mutation != nil {
		fields += len(gw.Mutation.Order)
	}
	called := count(len(gw.Sources)-functions, "source")
	if functions > 0 {
		called += ", " + count(functions, "Go function")
	}
	routes := ""
	if len(api.Clients) > 0 {
		n := 0
		for _, c := range api.Clients {
			n += len(c.Operations)
		}
		routes = fmt.Sprintf("%s of %s, ", count(n, "operation"), count(len(api.Clients), "client"))
	}
	if len(gw.Proxies) > 0 {
		routes += count(len(gw.Proxies), "proxy") + ", "
	}
	return fmt.Sprintf("%s, %s, %s%s", called, count(fields, "root field"), routes, count(len(gw.Warnings), "warning"))
}

// count says how many things there are: "1 source", "2 sources".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	if thing == "proxy" {
		return fmt.Sprintf("%d proxies", n)
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// writeProblems prints problems as one JSON object. Its form is part of the command line and stays as it is.
func writeProblems(w *world, problems schema.Problems) error {
	type problem struct {
		Severity   string `json:"severity"` // "error" or "warning"
		File       string `json:"file"`
		Line       int    `json:"line"`                // from 1; 0 without a place
		Column     int    `json:"column"`              // in characters, from 1
		EndColumn  int    `json:"endColumn,omitempty"` // behind the last character of the word, on the same line
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
		out.Problems = append(out.Problems, problem{severity, p.File, p.Line, p.Column, p.EndColumn, p.Coordinate, p.Message, p.Hint})
	}
	enc := json.NewEncoder(w.Stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
