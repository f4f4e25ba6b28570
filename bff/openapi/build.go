package openapi

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"manifold/bff"
	"manifold/internal/plan"
)

// Method is a way of authentication that a client may use.
type Method struct {
	Name   string
	Bearer bool   // a token in the header Authorization
	Header string // else a key in this header
	Cookie string // else a token in this cookie
}

// builder makes one document.
type builder struct {
	client *bff.Client
	doc    *Document
}

// Build describes the routes of a client. methods are those that gateway.yaml has; without any, every one that the client
// names is taken for a bearer token.
func Build(c *bff.Client, methods []Method) *Document {
	b := &builder{client: c, doc: &Document{
		OpenAPI: "3.1.0", Servers: []Server{{URL: c.Prefix}},
		Info: Info{Title: c.Name + " API", Version: versionOf(c.Prefix)},
	}}
	security := b.security(methods)
	b.doc.Components.Schemas.set("Problem", problemSchema())
	b.doc.Components.Schemas.set("GatewayError", errorSchema())
	for _, o := range c.Operations {
		if o.Route == nil {
			continue
		}
		path := strings.ReplaceAll(o.Route.Path, "...}", "}")
		item, _ := b.doc.Paths.get(path)
		item.set(strings.ToLower(o.Route.Method), b.operation(o, security))
		b.doc.Paths.set(path, item)
	}
	return b.doc
}

// JSON returns the document as indented JSON.
func (d *Document) JSON() []byte {
	text, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		panic("openapi: " + err.Error()) // every part is marshallable
	}
	return append(text, '\n')
}

// versionOf is the version in a prefix: 1 of /m/v1; 1 if there is none.
func versionOf(prefix string) string {
	for segment := range strings.SplitSeq(prefix, "/") {
		if rest, ok := strings.CutPrefix(segment, "v"); ok {
			if _, err := strconv.Atoi(rest); err == nil {
				return rest
			}
		}
	}
	return "1"
}

func (b *builder) operation(o *bff.Operation, security []map[string][]string) *Operation {
	summary, rest, _ := strings.Cut(strings.TrimSpace(o.Description), "\n")
	out := &Operation{OperationID: o.Name, Summary: summary, Description: strings.TrimSpace(rest), Deprecated: o.Route.Retiring != nil}
	for _, p := range o.Parameters() {
		out.Parameters = append(out.Parameters, b.parameter(p))
	}
	if o.Answer.Kind == plan.AnswerObject {
		out.Parameters = append(out.Parameters, Parameter{
			Name: "Prefer", In: "header", Description: "`errors` adds a member `_errors` to an answer with holes, which says why.",
			Schema: &Schema{Type: "string"},
		})
	}
	if body, required := o.Body(); body != nil {
		out.RequestBody = &RequestBody{Required: required, Content: map[string]MediaType{
			"application/json": {Schema: b.schema(body, o.Name+"Body"), Example: Example(body, "body")},
		}}
	}
	out.Responses.set(strconv.Itoa(o.Route.Status), b.answer(o))
	if o.Route.Method == http.MethodGet && o.Route.Status == http.StatusOK {
		out.Responses.set("304", &Response{Description: "What the client has is still right (If-None-Match)."})
	}
	for _, status := range o.Statuses() {
		out.Responses.set(strconv.Itoa(status), b.problem(status))
	}
	if len(security) > 0 {
		out.Security = security
		if !o.Guarded() {
			out.Security = append(slices.Clone(security), map[string][]string{})
		}
	}
	return out
}

func (b *builder) answer(o *bff.Operation) *Response {
	r := &Response{Description: "The answer."}
	schema := b.schema(o.Answer, o.Name)
	if o.Answer.Kind == plan.AnswerObject {
		schema.Properties.set("_errors", &Schema{
			Description: "Why something is missing; only with `Prefer: errors`.", Type: "array", Items: reference("GatewayError"),
		})
	}
	r.Content = map[string]MediaType{"application/json": {Schema: schema, Example: Example(o.Answer, o.Name)}}
	text := &Schema{Type: "string"}
	r.Headers.set("X-Gateway-Partial", Header{Description: "Paths of what is missing in the answer because it could not be had. Not there if the answer is whole.", Schema: text})
	if o.Route.Method == http.MethodGet {
		r.Headers.set("ETag", Header{Description: "Names this answer, for If-None-Match.", Schema: text})
	}
	r.Headers.set("Cache-Control", Header{Description: "How long the answer holds.", Schema: text})
	if o.Route.Retiring != nil {
		r.Headers.set("Deprecation", Header{Description: "Since when the route is deprecated (RFC 9745).", Schema: text})
		r.Headers.set("Sunset", Header{Description: "When the route ends (RFC 8594).", Schema: text})
	}
	return r
}

func (b *builder) parameter(p bff.Parameter) Parameter {
	out := Parameter{
		Name: p.Name, In: placeName(p.In), Description: p.Description, Required: p.Required || p.In == bff.InPath, Deprecated: p.Deprecated != "",
	}
	schema := b.schema(p.Type, upper(p.Name))
	switch {
	case p.JSON:
		out.Content = map[string]MediaType{"application/json": {Schema: schema}}
		return out
	case p.In == bff.InQuery && p.Type.Kind == plan.AnswerList:
		explode := true
		out.Style, out.Explode = "form", &explode
	}
	if p.In != bff.InQuery || p.Type.Nullable { // a text cannot be null
		bare := *p.Type
		bare.Nullable = false
		schema = b.schema(&bare, upper(p.Name))
	}
	if json.Valid([]byte(p.Default)) && p.Default != "" {
		schema.Default = json.RawMessage(p.Default)
	}
	out.Schema = schema
	return out
}

func placeName(in bff.Place) string {
	switch in {
	case bff.InPath:
		return "path"
	case bff.InHeader:
		return "header"
	case bff.InCookie:
		return "cookie"
	default:
		return "query"
	}
}

// problem refers to a response with a problem.
func (b *builder) problem(status int) *Response {
	name := strings.ReplaceAll(http.StatusText(status), " ", "")
	if _, there := b.doc.Components.Responses.get(name); !there {
		b.doc.Components.Responses.set(name, &Response{
			Description: meaning(status),
			Content:     map[string]MediaType{"application/problem+json": {Schema: reference("Problem")}},
		})
	}
	return &Response{Ref: "#/components/responses/" + name}
}

// meaning says when a status is sent.
func meaning(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "The request is malformed, or a parameter does not fit; the detail names it."
	case http.StatusUnauthorized:
		return "It is not known who asks, or the credential is not valid."
	case http.StatusForbidden:
		return "Who asks may not have this."
	case http.StatusNotFound:
		return "There is no such thing."
	case http.StatusRequestTimeout:
		return "The body did not arrive in time."
	case http.StatusRequestEntityTooLarge:
		return "The body is too large."
	case http.StatusUnsupportedMediaType:
		return "The body is not application/json."
	case http.StatusBadGateway:
		return "A service that is needed for the answer has failed."
	case http.StatusServiceUnavailable:
		return "Too much is asked at present; try again after Retry-After."
	case http.StatusGatewayTimeout:
		return "A service that is needed for the answer did not answer in time."
	default:
		return "The gateway has failed."
	}
}

func problemSchema() *Schema {
	s := &Schema{Type: "object", Description: "What went wrong (RFC 9457)."}
	text := func(about string) *Schema { return &Schema{Type: "string", Description: about} }
	s.Properties.set("type", text("Always about:blank: the code says what kind of problem it is."))
	s.Properties.set("title", text("The name of the status."))
	least, most := 400, 599
	s.Properties.set("status", &Schema{Type: "integer", Minimum: &least, Maximum: &most})
	s.Properties.set("detail", text("For people: what is wrong, and where."))
	s.Properties.set("code", text("For programs: one of a closed list."))
	s.Properties.set("upstream", text("The service that has failed."))
	s.Properties.set("errors", &Schema{Type: "array", Items: &Schema{Type: "string"}, Description: "What else is wrong."})
	s.Required = []string{"type", "title", "status", "detail", "code"}
	return s
}

func errorSchema() *Schema {
	s := &Schema{Type: "object", Description: "Why something is missing in an answer."}
	s.Properties.set("code", &Schema{Type: "string"})
	s.Properties.set("message", &Schema{Type: "string"})
	s.Properties.set("path", &Schema{Type: "array", Items: &Schema{Type: []string{"string", "integer"}}})
	s.Properties.set("upstream", &Schema{Type: "string"})
	s.Required = []string{"code", "message"}
	return s
}

// security describes the methods that the client's requests may be known by.
func (b *builder) security(methods []Method) (out []map[string][]string) {
	if len(methods) == 0 {
		for _, name := range b.client.Auth {
			methods = append(methods, Method{Name: name, Bearer: true})
		}
	}
	for _, m := range methods {
		if !b.client.AnyAuth && !slices.Contains(b.client.Auth, m.Name) {
			continue
		}
		s := Security{Type: "http", Scheme: "bearer", BearerFormat: "JWT"}
		switch {
		case m.Header != "":
			s = Security{Type: "apiKey", In: "header", Name: m.Header}
		case m.Cookie != "":
			s = Security{Type: "apiKey", In: "cookie", Name: m.Cookie}
		}
		b.doc.Components.SecuritySchemes.set(m.Name, s)
		out = append(out, map[string][]string{m.Name: {}})
	}
	return out
}
