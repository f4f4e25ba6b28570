package mcp

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"manifold/bff"
	"manifold/bff/openapi"
	"manifold/internal/auth"
)

// Options say what a server works with.
type Options struct {
	Version string // of the gateway, as agents are told
	MaxBody int    // bytes of a request's body
	Logger  *slog.Logger
}

// New returns the handler of a client's tools, nil if it has none. Every request stands for itself: there are no sessions, so that
// any instance of the gateway can answer any request (Streamable HTTP, protocol versions from 2025-03-26 on).
func New(c *bff.Client, server *bff.Server, o Options) http.Handler {
	tools := sdk.NewServer(&sdk.Implementation{Name: c.Name, Version: o.Version}, &sdk.ServerOptions{
		Logger: o.Logger, Capabilities: &sdk.ServerCapabilities{Tools: &sdk.ToolCapabilities{}},
	})
	some := false
	for _, op := range c.Operations {
		if op.Tool == nil {
			continue
		}
		some = true
		tools.AddTool(toolOf(op), func(ctx context.Context, call *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
			return run(ctx, server, op, call), nil
		})
	}
	if !some {
		return nil
	}
	inner := sdk.NewStreamableHTTPHandler(func(*http.Request) *sdk.Server { return tools }, &sdk.StreamableHTTPOptions{
		Stateless: true, JSONResponse: true, Logger: o.Logger, MaxRequestBodyBytes: int64(o.MaxBody),
	})
	protected := http.NewCrossOriginProtection().Handler(inner)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, refused := server.Identify(w, r, c)
		if refused {
			return
		}
		protected.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), senderKey{}, &sender{who, r.Header})))
	})
}

// sender is who sends a request, and its headers.
type sender struct {
	who    *auth.Identity
	header http.Header
}

type senderKey struct{}

// toolOf describes an operation as a tool.
func toolOf(o *bff.Operation) *sdk.Tool {
	reads := o.Plan.Kind == "query"
	t := &sdk.Tool{
		Name: o.Tool.Name, Description: o.Tool.Description, InputSchema: openapi.ToolInput(o),
		Annotations: &sdk.ToolAnnotations{ReadOnlyHint: reads, IdempotentHint: reads},
	}
	if schema := openapi.ToolOutput(o); schema != nil {
		t.OutputSchema = schema
	}
	return t
}

// run calls an operation. What goes wrong is told to the model, which may do better the next time.
func run(ctx context.Context, server *bff.Server, o *bff.Operation, call *sdk.CallToolRequest) *sdk.CallToolResult {
	from, _ := ctx.Value(senderKey{}).(*sender)
	if from == nil {
		from = &sender{header: http.Header{}}
	}
	answer, ok := server.Call(ctx, o, call.Params.Arguments, from.header, from.who)
	result := &sdk.CallToolResult{Content: []sdk.Content{&sdk.TextContent{Text: string(answer)}}, IsError: !ok}
	if ok {
		result.StructuredContent = json.RawMessage(answer)
	}
	return result
}
