package bff

import (
	"cmp"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/aggregation"
	"manifold/internal/plan"
	"manifold/schema"
)

// Compiler compiles an operation with what reshapes its answer.
type Compiler interface {
	CompileRoute(doc *ast.QueryDocument, op *ast.OperationDefinition) (*plan.Operation, *plan.Answer, schema.Problems)
}

// Load reads the operations of all clients. The name of the folder that a file lies in is the client's, unless the operation
// says otherwise. All faults are in the problems; the API has then what could be read.
func Load(files []*ast.Source, model *schema.Gateway, c Compiler) (*API, schema.Problems) {
	l := &loading{model: model, compiler: c, api: &API{}, inputs: newInputs(model)}
	for _, client := range model.Clients {
		l.api.Clients = append(l.api.Clients, &Client{Client: client, Trusted: map[string]*Trusted{}})
	}
	operations, manifests := apart(files)
	docs, problems := model.Documents(operations)
	l.problems = problems
	for _, doc := range docs {
		l.document(doc)
	}
	for _, client := range l.api.Clients {
		slices.SortFunc(client.Operations, func(a, b *Operation) int { return cmp.Compare(a.Name, b.Name) })
		l.checkNames(client)
		l.checkRoutes(client)
		client.trust()
	}
	for _, f := range manifests {
		if client := l.api.client(folder(f)); client != nil {
			l.readManifest(f, client)
		}
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Name
	}
	return l.api, l.problems.Sorted(names)
}

// apart tells operations from manifests, which are JSON.
func apart(files []*ast.Source) (operations, manifests []*ast.Source) {
	for _, f := range files {
		if strings.HasSuffix(f.Name, ".json") {
			manifests = append(manifests, f)
			continue
		}
		operations = append(operations, f)
	}
	return operations, manifests
}

// folder is the name of the folder that a file lies in.
func folder(f *ast.Source) string { return path.Base(path.Dir(filepath.ToSlash(f.Name))) }

type loading struct {
	model    *schema.Gateway
	compiler Compiler
	api      *API
	inputs   *inputs
	problems schema.Problems
}

func (l *loading) problem(p schema.Problem) { l.problems = append(l.problems, p) }

// client finds a client by name, nil if there is none.
func (a *API) client(name string) *Client {
	for _, c := range a.Clients {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// document reads one file.
func (l *loading) document(doc *schema.Document) {
	if len(doc.Query.Operations) != 1 || doc.Query.Operations[0].Name == "" {
		l.misfit(doc)
		return
	}
	op := doc.Query.Operations[0]
	client := l.clientOf(doc, op)
	if client == nil {
		return
	}
	before := len(l.problems)
	o := &Operation{Name: op.Name, Description: op.Description, Client: client, Document: doc, Definition: op}
	if op.Operation == ast.Subscription {
		l.problem(schema.ProblemAt(op.Position, op.Name, "subscriptions are not served yet", "make it a query"))
		return
	}
	l.readGuard(o)
	l.readRoute(o)
	l.readTool(o)
	l.readVariables(o)
	if len(l.problems) > before {
		return
	}
	var problems schema.Problems
	o.Plan, o.Answer, problems = l.compiler.CompileRoute(doc.Query, op)
	l.problems = append(l.problems, problems...)
	if o.Plan == nil {
		return
	}
	o.together = aggregation.NewCoalescer(o.Plan)
	o.mark()
	l.checkSharing(o)
	client.Operations = append(client.Operations, o)
}

// misfit says what a file lacks or has too much of.
func (l *loading) misfit(doc *schema.Document) {
	ops := doc.Query.Operations
	const hint = "a file holds one operation with a name, and the fragments it uses"
	switch {
	case len(ops) == 0:
		l.problem(schema.Problem{File: doc.File.Name, Message: "the file has no operation", Hint: hint})
	case len(ops) > 1:
		l.problem(schema.ProblemAt(ops[1].Position, ops[1].Name, "the file has more than one operation", hint))
	default:
		l.problem(schema.ProblemAt(ops[0].Position, "", "the operation has no name", "generated clients and logs call it by its name: query MobileHome { ... }"))
	}
}

// clientOf finds the client that an operation is for.
func (l *loading) clientOf(doc *schema.Document, op *ast.OperationDefinition) *Client {
	name := folder(doc.File)
	pos, hint := op.Position, `declare it: extend schema @bff(name: "`+name+`", prefix: "/`+name+`")`
	if d := op.Directives.ForName("route"); d != nil {
		if v := schema.Given(d, "bff"); v != nil {
			name, pos = v.Raw, v.Position
			hint = "the folder of a file names its client, too"
		}
	}
	if c := l.api.client(name); c != nil {
		return c
	}
	names := make([]string, 0, len(l.api.Clients))
	for _, c := range l.api.Clients {
		names = append(names, c.Name)
	}
	if len(names) > 0 {
		hint += "; there are " + strings.Join(names, ", ")
	}
	l.problem(schema.ProblemAt(pos, op.Name, "no @bff declares the client "+name, hint))
	return nil
}

// checkNames refuses two operations, or tools, of one name.
func (l *loading) checkNames(c *Client) {
	tools := map[string]*Operation{}
	for i, o := range c.Operations {
		if i > 0 && c.Operations[i-1].Name == o.Name {
			l.problem(schema.ProblemAt(o.Definition.Position, o.Name, "the client "+c.Name+" has two operations of this name",
				"rename one of them; the other is in "+c.Operations[i-1].Document.File.Name))
		}
		if o.Tool == nil {
			continue
		}
		if other := tools[o.Tool.Name]; other != nil {
			l.problem(schema.ProblemAt(o.Definition.Position, o.Name, "the client "+c.Name+" has two tools called "+o.Tool.Name,
				"rename one of them; the other is in "+other.Document.File.Name))
		}
		tools[o.Tool.Name] = o
	}
}
