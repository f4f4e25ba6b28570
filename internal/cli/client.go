package cli

import (
	"fmt"
	"os"
	"strings"

	"manifold/bff"
	"manifold/bff/goclient"
	"manifold/bff/openapi"
	"manifold/bff/typescript"
	"manifold/internal/config"
	"manifold/internal/gateway"
	"manifold/schema"
)

// clientFlags pick a client of a gateway, and where to write what is made of it.
type clientFlags struct {
	BFF    string   `name:"bff" required:"" help:"The client, by the name of its @bff." placeholder:"NAME"`
	Out    string   `short:"o" help:"The file to write; default standard output." placeholder:"FILE"`
	Files  []string `arg:"" optional:"" help:"Files or folders of the schema; default gateway.graphql." placeholder:"FILE"`
	Config string   `help:"gateway.yaml; default gateway.yaml here, or beside the schema." placeholder:"FILE"`

	methods []openapi.Method // that gateway.yaml has
	mock    schema.Mock      // sources that are not called

	gateway *schema.Gateway // once it is read
	config  *config.Config
}

// client reads the gateway and finds the client.
func (c *clientFlags) client(w *world) (*bff.Client, error) {
	in, err := readInputs(c.Files, c.Config, w.Env)
	if err != nil {
		return nil, err
	}
	gw, err := loadMocked(in, w, c.mock)
	if err != nil {
		return nil, err
	}
	api, err := loadAPI(gw, in)
	if err != nil {
		return nil, err
	}
	methods := in.config.Authentication()
	c.gateway, c.config = gw, in.config
	c.methods = gateway.OpenAPIMethods(&methods)
	names := make([]string, 0, len(api.Clients))
	for _, client := range api.Clients {
		if client.Name == c.BFF {
			return client, nil
		}
		names = append(names, client.Name)
	}
	hint := `declare it: extend schema @bff(name: "` + c.BFF + `", prefix: "/` + c.BFF + `")`
	if len(names) > 0 {
		hint = "there is " + strings.Join(names, ", ")
	}
	return nil, &usageError{fmt.Sprintf("the gateway has no client %q", c.BFF), hint}
}

// write writes what was made.
func (c *clientFlags) write(w *world, text []byte) error {
	if c.Out == "" {
		_, err := w.Stdout.Write(text)
		return err
	}
	if err := os.WriteFile(c.Out, text, 0o644); err != nil { //nolint:gosec // others may read it
		return &usageError{fmt.Sprintf("%s cannot be written: %v", c.Out, err), "is its folder there, and may you write to it?"}
	}
	fmt.Fprintf(w.Stderr, "wrote %s\n", c.Out)
	return nil
}

// openapiCmd is `manifold openapi`.
type openapiCmd struct{ clientFlags }

// Help is the long text of `manifold openapi --help`.
func (*openapiCmd) Help() string {
	return `Prints an OpenAPI 3.1 document of the routes of one client: parameters, bodies, the types of reshaped answers, and
every problem that may be answered. The running gateway serves the same at PREFIX/openapi.json, and a page to read at PREFIX/docs.

Examples:

    manifold openapi --bff mobile
    manifold openapi --bff mobile -o mobile.json gateway.graphql`
}

// Run prints the document.
func (c *openapiCmd) Run(w *world) error {
	client, err := c.client(w)
	if err != nil {
		return err
	}
	return c.write(w, openapi.Build(client, c.methods).JSON())
}

// codegenCmd is `manifold codegen`.
type codegenCmd struct {
	TypeScript typescriptCmd `cmd:"" name:"typescript" help:"Write a TypeScript client: one file, no dependency."`
	Go         goCmd         `cmd:"" name:"go" help:"Write a Go client: one file, standard library only."`
}

// typescriptCmd is `manifold codegen typescript`.
type typescriptCmd struct{ clientFlags }

// Help is the long text of `manifold codegen typescript --help`.
func (*typescriptCmd) Help() string {
	return `Writes a typed client for the routes of one client of the gateway: a function for each route, types for what it takes and
answers, and an error class for problems. It needs nothing but fetch, and passes tsc --strict.

Example:

    manifold codegen typescript --bff web -o src/shop.ts`
}

// Run writes the client.
func (c *typescriptCmd) Run(w *world) error {
	client, err := c.client(w)
	if err != nil {
		return err
	}
	return c.write(w, typescript.Client(client))
}

// goCmd is `manifold codegen go`.
type goCmd struct {
	clientFlags

	Package string `help:"Name of the package; default the client's name." placeholder:"NAME"`
}

// Help is the long text of "manifold codegen go --help".
func (*goCmd) Help() string {
	return `Writes a typed client for the routes of one client of the gateway: a method for each route, types for what it takes and
answers, and an error type for problems. It needs the standard library alone.

Example:

    manifold codegen go --bff mobile --package shop -o shop/client.go`
}

// Run writes the client.
func (c *goCmd) Run(w *world) error {
	client, err := c.client(w)
	if err != nil {
		return err
	}
	pkg := c.Package
	if pkg == "" {
		pkg = strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(client.Name))
	}
	text, err := goclient.Client(client, pkg)
	if err != nil {
		return fmt.Errorf("the Go client cannot be written: %w", err)
	}
	return c.write(w, text)
}

// operationsCmd is `manifold operations`.
type operationsCmd struct {
	clientFlags

	Manifest string `help:"Form of the manifest: apollo, relay or codegen." enum:"apollo,relay,codegen,none" default:"none" placeholder:"FORM"`
}

// Help is the long text of `manifold operations --help`.
func (*operationsCmd) Help() string {
	return `Lists the operations of one client: those of its folder, with their routes, and those of its manifests. With --manifest it
writes the documents and their ids (the SHA-256 of their text) as a manifest that client tools read:

    apollo    a persisted query manifest of Apollo (format apollo-persisted-query-manifest, version 1)
    relay     what relay-compiler writes as persisted queries: ids and texts
    codegen   what the client preset of GraphQL Code Generator writes as persisted-documents.json: the same

A manifest that a client's build has written is put into its folder, bff/NAME/*.json: the client may then send its documents
by their ids.

Examples:

    manifold operations --bff mobile
    manifold operations --bff mobile --manifest apollo -o persisted-query-manifest.json`
}

// Run lists the operations, or writes the manifest.
func (c *operationsCmd) Run(w *world) error {
	client, err := c.client(w)
	if err != nil {
		return err
	}
	if c.Manifest == "none" {
		return c.write(w, []byte(listOperations(client)))
	}
	return c.write(w, bff.Manifest(client, bff.ManifestForm(c.Manifest)))
}

// listOperations is a line for each operation.
func listOperations(client *bff.Client) string {
	var b strings.Builder
	for _, o := range client.Operations {
		where := "by id"
		if o.Route != nil {
			where = o.Route.Method + " " + o.Route.Pattern
		}
		if o.Tool != nil {
			where += ", tool " + o.Tool.Name
		}
		fmt.Fprintf(&b, "%-30s %-40s %s\n", o.Name, where, bff.Hash(o.Document.Text))
	}
	for _, t := range client.Manifested() {
		fmt.Fprintf(&b, "%-30s %-40s %s\n", t.Name, "by id", t.ID)
	}
	return b.String()
}
