package gatewaytest

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"manifold/internal/auth"
	"manifold/internal/fault"
	"manifold/internal/mapping"
	"manifold/internal/template"
	"manifold/schema"
	"manifold/upstreams"
)

// answer is what a connector said for one parent.
type answer struct {
	value   located
	found   bool
	failure *fault.Error
}

func failed(code fault.Code) answer { return answer{failure: fault.New(code, "reference")} }

// variables gives a naive scope to templates.
type variables map[string]any

// Var implements mapping.Env.
func (vs variables) Var(name, key string) []byte {
	v, ok := vs[name]
	if !ok {
		return nil
	}
	if key != "" {
		v = property(v, key)
	}
	if isAbsent(v) {
		return nil
	}
	return []byte(Encode(v))
}

// call runs connector c for one parent: a batch connector is called with a batch of one. f is the field it is written on,
// nil for a loader; t is the type whose fields name the key in an item of a batch.
func (x *execution) call(c *schema.Connector, this, args *Object, f *schema.Field, t *schema.Type) answer {
	vars := variables{"args": args, "request": x.headers(), "env": x.environment(), "context": NewObject(), "config": configOf(c.Source)}
	vars["claims"] = x.sender(func(who *auth.Identity) []byte { return who.Claims })
	vars["client"] = x.sender(func(who *auth.Identity) []byte { return who.Client })
	switch {
	case c.Batch != nil:
		vars["batch"] = []any{this}
	default:
		vars["this"] = this
	}
	if o, ok := c.Selection.(*mapping.Object); ok && c.HTTP == nil && f == nil && !slices.ContainsFunc(o.Members, func(m mapping.Member) bool { return m.Spread }) {
		return x.shaped(c, build(o, NewObject(), vars, true), o) // a block's members fail one by one
	}
	if c.HTTP == nil {
		v := evaluate(c.Selection, absent{}, vars)
		if _, wrong := v.(misuse); wrong {
			if len(c.Inputs) > 0 {
				return failed(fault.UpstreamBadResponse)
			}
			return failed(fault.BadUserInput)
		}
		return x.shaped(c, v, c.Selection)
	}
	if s := x.request.Services[nameOf(c.Source)]; s != nil && c.Ask != nil {
		return x.questioned(c, s, vars, this, f, t)
	}
	call, err := fill(c, vars, x.request.Header)
	if err != nil {
		return x.unfilled(c, err)
	}
	x.calls++
	reply, err := x.up(c.Source, call)
	value, failure := outcomeOf(c, reply, err, vars)
	if wrong := x.respond(c, reply, vars); failure == nil {
		failure = wrong
	}
	root, shape := split(c.Selection)
	body := value
	if failure == nil && reply.Items != nil { // of a function: this parent alone
		if value, failure = itemOf(c, reply.Items[0]); failure == nil {
			return batch{c: c}.missing()
		}
		body = value
	}
	if failure == nil {
		value, failure = selected(c, root, shape, value, vars)
	}
	switch {
	case failure != nil && c.Errors.Fallback != nil:
		value = evaluate(c.Errors.Fallback, body, vars)
	case failure != nil:
		return answer{failure: failure}
	}
	if c.Function() != nil && c.Batch != nil && failure != nil { // the fallback of each parent
		value = []any{value}
	}
	switch {
	case c.Blind && failure == nil && reply.Status != http.StatusNoContent && !slices.Contains(c.Errors.NullOn, reply.Status):
		return x.shaped(c, evaluate(c.Selection, value, vars), c.Selection)
	case c.Batch == nil:
		return x.shaped(c, build(shape, value, vars, true), c.Selection)
	}
	return match(batch{c: c, f: f, t: t, shape: selectOf(c.Selection), braces: shape, key: this, vars: vars}, value)
}

// unfilled is the answer of a call that cannot be made.
func (x *execution) unfilled(c *schema.Connector, err error) answer {
	v, ok := errors.AsType[*template.ValueError](err)
	if ok && v.Sender && v.Missing && (!v.Parent || c.KeyArgs) {
		if x.request.Identity == nil {
			return failed(fault.Unauthenticated)
		}
		return failed(fault.Forbidden)
	}
	if !ok || !v.Parent || c.KeyArgs {
		return failed(fault.BadUserInput)
	}
	if v.Missing {
		return answer{}
	}
	return failed(fault.UpstreamBadResponse)
}

// selected follows a selection to the value that its braces shape. A selection with methods fails as a whole, whether in
// its braces or before.
func selected(c *schema.Connector, root mapping.Node, shape *mapping.Object, value any, vars variables) (any, *fault.Error) {
	if root == nil {
		return value, nil
	}
	value = evaluate(root, value, vars)
	_, wrong := value.(misuse)
	if _, _, structural := mapping.Keys(c.Selection); !structural && shape != nil && !wrong {
		_, wrong = guarded(func() any { return build(shape, value, vars, false) }).(misuse)
	}
	if wrong {
		return nil, fault.New(fault.UpstreamBadResponse, "reference")
	}
	return value, nil
}

// build applies the braces of a selection. loose says that its members fail one by one.
func build(shape *mapping.Object, v any, vars variables, loose bool) any {
	if shape == nil || empty(v) {
		return v
	}
	return scope{vars: vars, loose: loose}.selection(shape, v)
}

func (x *execution) shaped(c *schema.Connector, v any, selection mapping.Node) answer {
	shape := (*mapping.Object)(nil)
	if selection != nil {
		shape = selectOf(selection)
	}
	return answer{value: located{v: v, shape: shape, via: c, whole: true, given: shape != nil}, found: !empty(v)}
}

func (x *execution) environment() *Object {
	env := NewObject()
	for name, value := range x.model.Env {
		env.Set(name, value)
	}
	return env
}

// configOf is $config of a source.
func configOf(source *schema.Source) *Object {
	config := NewObject()
	if source == nil {
		return config
	}
	for name, text := range source.Config {
		if v, err := Decode(text); err == nil {
			config.Set(name, v)
		}
	}
	return config
}

func (x *execution) headers() *Object { return headersOf(x.request.Header) }

// headersOf is $request or $response: an object with headers.
func headersOf(header http.Header) *Object {
	all := NewObject()
	for name, values := range header {
		list := []any{}
		for _, v := range values {
			list = append(list, v)
		}
		all.Set(strings.ToLower(name), list)
	}
	out := NewObject()
	out.Set("headers", all)
	return out
}

// fill makes the call of c.
func fill(c *schema.Connector, vars variables, header http.Header) (*upstreams.Call, error) {
	var arena mapping.Arena
	url, err := address(c, vars)
	if err != nil {
		return nil, err
	}
	call := &upstreams.Call{Method: c.HTTP.Method, URL: []byte(url)}
	if c.RPC != nil {
		call.RPC = c.RPC.Codec
	}
	for _, h := range c.HTTP.Headers {
		if h.Value == nil {
			for _, v := range header.Values(h.From) {
				call.Headers = append(call.Headers, upstreams.Header{Name: h.Name, Value: v})
			}
			continue
		}
		text, present, err := h.Value.Append(nil, vars, &arena)
		if err != nil {
			return nil, err
		}
		if present {
			call.Headers = append(call.Headers, upstreams.Header{Name: h.Name, Value: string(text)})
		}
	}
	if c.HTTP.Body != nil {
		text, err := encodeBody(c.HTTP.Encoding, evaluate(c.HTTP.Body, absent{}, vars), c.HTTP.Body)
		if err != nil {
			return nil, err
		}
		call.Body = []byte(text)
	}
	return call, nil
}

// outcomeOf reads a reply: its decoded body, or why there is none. A null stands for what nullOn or the status says is
// nothing.
func outcomeOf(c *schema.Connector, reply *upstreams.Reply, err error, vars variables) (any, *fault.Error) {
	if err != nil {
		f, ok := errors.AsType[*fault.Error](err)
		if !ok {
			f = fault.New(fault.Internal, err.Error())
		}
		return absent{}, f
	}
	body, bad := bodyOf(reply)
	if slices.Contains(c.Errors.NullOn, reply.Status) {
		return nil, nil
	}
	vars["status"] = jsonInt(reply.Status)
	vars["response"] = headersOf(reply.Headers())
	ok := reply.Status >= 200 && reply.Status <= 299
	if c.Success != nil {
		in := body
		if bad {
			in = absent{}
		}
		ok = evaluate(c.Success, in, vars) == true
	}
	switch {
	case !ok && reply.Fault != nil:
		return body, fault.New(reply.Fault.Code, "reference")
	case !ok:
		return body, fault.New(refusalCode(reply), "reference")
	case reply.Status == http.StatusNoContent:
		return nil, nil
	case bad && c.Blind:
		return nil, nil
	case bad:
		return absent{}, fault.New(fault.UpstreamBadResponse, "reference")
	}
	return body, nil
}

// refusalCode is the code of a reply that is no success.
func refusalCode(reply *upstreams.Reply) fault.Code {
	codes := map[int]fault.Code{
		http.StatusMovedPermanently:    fault.UpstreamBadResponse,
		http.StatusFound:               fault.UpstreamBadResponse,
		http.StatusSeeOther:            fault.UpstreamBadResponse,
		http.StatusTemporaryRedirect:   fault.UpstreamBadResponse,
		http.StatusPermanentRedirect:   fault.UpstreamBadResponse,
		http.StatusBadRequest:          fault.BadUserInput,
		http.StatusUnauthorized:        fault.Unauthenticated,
		http.StatusForbidden:           fault.Forbidden,
		http.StatusNotFound:            fault.NotFound,
		http.StatusConflict:            fault.BadUserInput,
		http.StatusUnprocessableEntity: fault.BadUserInput,
		http.StatusTooManyRequests:     fault.UpstreamRateLimited,
	}
	if code, ok := codes[reply.Status]; ok && !reply.Aborted {
		return code
	}
	return fault.UpstreamError
}

// bodyOf decodes a body by its media type.
func bodyOf(reply *upstreams.Reply) (v any, bad bool) {
	body, err := reply.JSON()
	if err != nil {
		return nil, true
	}
	text := strings.TrimPrefix(string(body), "\ufeff")
	kind, _, _ := strings.Cut(strings.ToLower(reply.ContentType), ";")
	kind = strings.TrimSpace(kind)
	switch {
	case text == "" || kind != "text/plain" && strings.TrimSpace(text) == "":
		return nil, false
	case kind == "text/plain":
		return text, false
	case kind != "" && !strings.HasSuffix(kind, "json"):
		return absent{}, true
	}
	v, err = Decode([]byte(text))
	if err != nil {
		return absent{}, true
	}
	return v, false
}
