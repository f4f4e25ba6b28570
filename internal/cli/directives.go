package cli

import (
	"fmt"

	"manifold/schema"
)

// directivesCmd is `manifold directives`.
type directivesCmd struct{}

// Help is the long text of `manifold directives --help`.
func (*directivesCmd) Help() string {
	return `Prints the directives of gateway.graphql as GraphQL, each with a description, for the GraphQL plugin of your editor:
it completes and explains them then. docs/editors.md shows how it is set up. Print it again after each new version.

Examples:

    manifold directives > manifold.graphqls`
}

// Run prints the directives.
func (*directivesCmd) Run(w *world) error {
	_, err := fmt.Fprint(w.Stdout, schema.LanguageSDL())
	return err
}
