package cli

import "fmt"

// schemaCmd is `manifold schema`.
type schemaCmd struct {
	Files  []string `arg:"" optional:"" help:"Files or folders of the schema; default gateway.graphql." placeholder:"FILE"`
	Config string   `help:"gateway.yaml, for what it says about sources; default gateway.yaml here, or beside the schema." placeholder:"FILE"`

	Federation bool `help:"Print it as that of a subgraph of Apollo Federation 2, with the keys of entities."`
}

// Help is the long text of `manifold schema --help`.
func (*schemaCmd) Help() string {
	return `Prints the schema as clients see it: without sources, connectors and whatever else is meant for the gateway alone.
Client generators and editors read this text. With --federation, so does the tool that composes a supergraph.

Examples:

    manifold schema > schema.graphql
    manifold schema gateway.graphql more.graphql
    manifold schema --federation > subgraph.graphql`
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
	text := publicSDL(gw)
	if c.Federation {
		text = subgraphSDL(gw)
	}
	_, err = fmt.Fprint(w.Stdout, text)
	return err
}
