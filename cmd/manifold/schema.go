package main

import "fmt"

// schemaCmd is `manifold schema`.
type schemaCmd struct {
	Files []string `arg:"" optional:"" help:"Files or folders of the schema; default gateway.graphql." placeholder:"FILE"`
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
	sources, err := readSources(c.Files)
	if err != nil {
		return err
	}
	gw, err := load(sources, w.Env)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(w.Stdout, publicSDL(gw))
	return err
}
