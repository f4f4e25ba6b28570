package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"manifold/internal/plan"
)

// planCmd is `manifold plan`.
type planCmd struct {
	Query     string   `short:"q" help:"The query." placeholder:"TEXT" xor:"text"`
	File      string   `short:"f" help:"A file that holds the query." placeholder:"FILE" xor:"text"`
	BFF       string   `name:"bff" help:"The operations of a client instead of a query: its routes; with -o one of them." placeholder:"CLIENT" xor:"text"`
	Operation string   `short:"o" help:"Which operation, if there are several." placeholder:"NAME"`
	Variables string   `short:"v" help:"Variables as a JSON object; they are checked and shown as they would be sent." placeholder:"JSON"`
	Files     []string `arg:"" optional:"" help:"Files or folders of the schema; default gateway.graphql." placeholder:"FILE"`
	Config    string   `help:"gateway.yaml, for what it says about sources; default gateway.yaml here, or beside the schema." placeholder:"FILE"`

	mockFlags
	shown
}

// Help is the long text of `manifold plan --help`.
func (*planCmd) Help() string {
	return `Compiles a query and prints its plan: the calls, the wave each one belongs to (calls of a wave run at once), where its
keys come from, and what is found in its reply. Nothing is called.

Examples:

    manifold plan -q '{ users(limit: 3) { name orders { id } } }'
    manifold plan -q 'query($id: ID!) { user(id: $id) { name } }' -v '{"id": 7}'
    manifold plan -f query.graphql -o Home gateway.graphql
    manifold plan --bff mobile -o MobileHome
    manifold plan --isolation --policies -q '{ shopName }'`
}

// Run prints the plan.
func (c *planCmd) Run(w *world) error {
	if c.BFF != "" {
		return c.routes(w)
	}
	text, err := c.text()
	if err != nil {
		return err
	}
	variables, err := readVariables(c.Variables)
	if err != nil {
		return err
	}
	in, err := readInputs(c.Files, c.Config, w.Env)
	if err != nil {
		return err
	}
	gw, err := loadMocked(in, w, c.mock())
	if err != nil {
		return err
	}
	printed, err := compile(gw, text, c.Operation, variables, func(op *plan.Operation) string { return c.of(gw, op, in.config) })
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(w.Stdout, printed)
	return err
}

// routes prints the plans of a client's operations.
func (c *planCmd) routes(w *world) error {
	if c.Variables != "" {
		return &usageError{"--variables belong to a query", "leave them out: a request of a route brings its own"}
	}
	flags := clientFlags{BFF: c.BFF, Files: c.Files, Config: c.Config, mock: c.mock()}
	client, err := flags.client(w)
	if err != nil {
		return err
	}
	names := make([]string, 0, len(client.Operations))
	printed := false
	for _, o := range client.Operations {
		names = append(names, o.Name)
		if c.Operation != "" && o.Name != c.Operation {
			continue
		}
		if printed {
			fmt.Fprintln(w.Stdout)
		}
		printed = true
		fmt.Fprint(w.Stdout, planned(o)+c.of(flags.gateway, o.Plan, flags.config))
	}
	if !printed {
		return &usageError{fmt.Sprintf("the client %s has no operation %q", c.BFF, c.Operation), "there is " + strings.Join(names, ", ")}
	}
	return nil
}

// text returns the query that the flags give.
func (c *planCmd) text() (string, error) {
	if c.File != "" {
		text, err := os.ReadFile(c.File)
		if err != nil {
			return "", unreadable(c.File, err)
		}
		return string(text), nil
	}
	if c.Query == "" {
		return "", &usageError{"a query is missing", "give one: manifold plan -q '{ shopName }'"}
	}
	return c.Query, nil
}

// readVariables reads the object of --variables; nil means that the flag is not there. Numbers keep their text.
func readVariables(text string) (map[string]any, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // no flag is no variables, and no error
	}
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	dec.UseNumber()
	var variables map[string]any
	err := dec.Decode(&variables)
	if err == nil && variables == nil {
		err = fmt.Errorf("it is null")
	}
	if err == nil {
		if _, more := dec.Token(); more != io.EOF {
			err = fmt.Errorf("something follows the object")
		}
	}
	if err != nil {
		return nil, &usageError{"--variables is not a JSON object: " + err.Error(), `write it so: --variables '{"id": 7}'`}
	}
	return variables, nil
}
