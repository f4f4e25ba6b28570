package cli

import (
	"fmt"

	"manifold/internal/config"
)

// configCmd is `manifold config`.
type configCmd struct {
	Schema configSchemaCmd `cmd:"" help:"Print the JSON Schema of gateway.yaml."`
}

// configSchemaCmd is `manifold config schema`.
type configSchemaCmd struct{}

// Help is the long text of `manifold config schema --help`.
func (*configSchemaCmd) Help() string {
	return `Prints the JSON Schema of gateway.yaml. Editors complete and check the file with it.

Examples:

    manifold config schema > gateway.schema.json`
}

// Run prints the schema.
func (*configSchemaCmd) Run(w *world) error {
	_, err := fmt.Fprintf(w.Stdout, "%s", config.JSONSchema())
	return err
}
