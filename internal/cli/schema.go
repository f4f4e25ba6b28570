package cli

import "fmt"

// schemaCmd is `manifold schema`.
type schemaCmd struct {
	Files  []string `arg:"" optional:"" help:"Files or folders of the schema; default gateway.graphql." placeholder:"FILE"`
	Config string   `help:"gateway.yaml, for what it says about sources; default gateway.yaml, if it is here." placeholder:"FILE"`
}

// Help is the long text of `manifold schema --help`.
func (*schemaCmd) Help() string {
	return `Prints the schema as clients see it: without sources, connectors and whatever else is meant for the gateway alone.
Client generators and editors read this text.

Examples:

    manifold schema > schema.graphql
    manifold schema gateway.graphql more.graphql`
}

// Run prints the schema.
func (c *schemaCmd) Run(w *world) error {
	in, err := readInputs(c.Files, c.Config, w.Env)
	if err != nil {
		return err
	}
	gw, err := load(in, w)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(w.Stdout, publicSDL(gw))
	return err
}
