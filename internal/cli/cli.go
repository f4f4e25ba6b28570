package cli

import (
	"context"

	"github.com/alecthomas/kong"
)

// cli is the command line. The text that a stranger reads is here and in the Help methods of the commands.
type cli struct {
	Serve      serveCmd      `cmd:"" help:"Serve a gateway.graphql."`
	Init       initCmd       `cmd:"" help:"Write a first gateway.graphql from sample replies of a service."`
	Demo       demoCmd       `cmd:"" help:"Serve the demo shop: its services and a gateway in front of them."`
	Check      checkCmd      `cmd:"" help:"Check a gateway.graphql and show every problem at once."`
	Plan       planCmd       `cmd:"" help:"Show which calls a query would make, without making them."`
	Schema     schemaCmd     `cmd:"" help:"Print the schema that clients see."`
	OpenAPI    openapiCmd    `cmd:"" name:"openapi" help:"Print the OpenAPI document of a client's routes."`
	Codegen    codegenCmd    `cmd:"" help:"Write a typed client for a client's routes."`
	Operations operationsCmd `cmd:"" help:"List a client's operations, or write their manifest."`
	Keys       keysCmd       `cmd:"" help:"Make an API key."`
	Directives directivesCmd `cmd:"" help:"Print the directives of gateway.graphql for editors."`
	Config     configCmd     `cmd:"" help:"About gateway.yaml: its JSON Schema, for editors."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
}

const description = `One GraphQL endpoint over many services.

You write gateway.graphql: the types clients see, and which service each field comes from. Manifold answers queries by
calling those services, as few times as possible.

New here? Run "manifold demo" and follow what it prints.`

// run is the whole program but for the process around it: it reads args, runs one command and returns the exit code.
// Commands that serve end when ctx does.
func run(ctx context.Context, args []string, w *world) int {
	helped := false
	var commands cli
	parser, err := kong.New(
		&commands,
		kong.Name("manifold"),
		kong.Description(description),
		kong.Writers(w.Stdout, w.Stderr),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Exit(func(int) { helped = true }), // only --help exits by itself, and it has printed all it had to say
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(w),
	)
	if err != nil {
		return report(w, err)
	}
	if len(args) == 0 {
		return report(w, &usageError{"a command is missing", `"manifold --help" lists the commands, "manifold demo" shows what they are for`})
	}
	parsed, err := parser.Parse(args)
	if helped {
		return exitOK
	}
	if err != nil {
		return report(w, fromParser(err, args))
	}
	return report(w, parsed.Run())
}
