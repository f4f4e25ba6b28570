package gatewaytest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"manifold/internal/fault"
	"manifold/internal/mapping"
	"manifold/internal/template"
	"manifold/schema"
	"manifold/upstreams"
)

// inPath and inQuery spell what net/url encodes as the gateway does: RFC 3986 lets these stand in a path and in a query.
//
//nolint:gochecknoglobals // read only
var (
	inPath  = strings.NewReplacer("+", "%20", "%21", "!", "%24", "$", "%27", "'", "%28", "(", "%29", ")", "%2A", "*", "%2C", ",", "%3A", ":", "%40", "@")
	inQuery = strings.NewReplacer("+", "%20", "%21", "!", "%24", "$", "%27", "'", "%28", "(", "%29", ")", "%2A", "*", "%2C", ",", "%3A", ":", "%40", "@", "%2F", "/", "%3F", "?")
)

// address is the URL of a call: template and base as they are, with segments and pairs put in by hand.
func address(c *schema.Connector, vars variables) (string, error) {
	var arena mapping.Arena
	plain, err := c.HTTP.URL.Bare().Append(nil, vars, &arena)
	if err != nil {
		return "", err
	}
	source, own := c.HTTP.URL.Source(), c.HTTP.URL.Own()
	if source == nil && own == nil {
		return string(plain), nil
	}
	base := c.Source.Address()
	path, query, _ := strings.Cut(strings.TrimPrefix(string(plain), strings.TrimSuffix(base, "/")), "?")
	at := base
	for _, step := range []func() error{
		func() error { return segments(&at, source, vars) },
		func() error {
			if path != "" && path != "/" {
				at = strings.TrimSuffix(at, "/") + path
			}
			return nil
		},
		func() error { return segments(&at, own, vars) },
	} {
		if err := step(); err != nil {
			return "", err
		}
	}
	if strings.Count(at, "/") == 2 { // only those of scheme://
		at += "/"
	}
	var pairs []string
	if pairs, err = params(pairs, source, vars); err != nil {
		return "", err
	}
	if query != "" {
		pairs = append(pairs, query)
	}
	if pairs, err = params(pairs, own, vars); err != nil {
		return "", err
	}
	if len(pairs) > 0 {
		at += "?" + strings.Join(pairs, "&")
	}
	return at, nil
}

func misplaced(n mapping.Node, missing bool) error {
	return &template.ValueError{Expr: mapping.String(n), Missing: missing, Parent: readsParent(n), Reason: "reference"}
}

// readsParent reports whether a mapping reads the parent object.
func readsParent(n mapping.Node) bool {
	for _, u := range mapping.Variables(n) {
		if u.Name == "this" || u.Name == "batch" {
			return true
		}
	}
	return false
}

// segments adds what path: makes.
func segments(at *string, e *template.Extra, vars variables) error {
	if e == nil || e.Path == nil {
		return nil
	}
	v := evaluate(e.Path, absent{}, vars)
	list, ok := v.([]any)
	if !ok {
		return misplaced(e.Path, empty(v))
	}
	var written []mapping.Node
	if p, ok := e.Path.(*mapping.Path); ok && p.Root == mapping.RootValue && len(p.Steps) == 0 {
		if array, ok := p.Value.(*mapping.Array); ok {
			written = array.Items
		}
	}
	for i, v := range list {
		why := e.Path
		if written != nil {
			why = written[i]
			if text := mapping.String(why); empty(v) && (strings.Contains(text, "$this") || strings.Contains(text, "$batch")) {
				return misplaced(why, true)
			} else if text == `$("")` && i == len(list)-1 {
				*at = strings.TrimSuffix(*at, "/") + "/"
				continue
			}
		}
		if empty(v) {
			continue
		}
		text, ok := plainText(v)
		if !ok || text == "" || text == "." || text == ".." {
			return misplaced(why, false)
		}
		*at = strings.TrimSuffix(*at, "/") + "/" + inPath.Replace(url.QueryEscape(text))
	}
	return nil
}

// params adds what queryParams: makes.
func params(pairs []string, e *template.Extra, vars variables) ([]string, error) {
	if e == nil || e.Query == nil {
		return pairs, nil
	}
	v := evaluate(e.Query, absent{}, vars)
	object, ok := v.(*Object)
	if !ok {
		if empty(v) {
			return pairs, nil
		}
		return nil, misplaced(e.Query, false)
	}
	for _, name := range object.Names {
		values, ok := object.Members[name].([]any)
		if !ok {
			values = []any{object.Members[name]}
		}
		for _, v := range values {
			if empty(v) {
				continue
			}
			text, ok := plainText(v)
			if !ok {
				return nil, misplaced(e.Query, false)
			}
			pairs = append(pairs, inQuery.Replace(url.QueryEscape(name))+"="+inQuery.Replace(url.QueryEscape(text)))
		}
	}
	return pairs, nil
}

// plainText is the text of one value.
func plainText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case json.Number:
		return v.String(), true
	}
	return "", false
}

// encodeBody writes the value of a body; n is its mapping.
func encodeBody(as template.Encoding, v any, n mapping.Node) (string, error) {
	wrong := misplaced(n, false)
	if _, misused := v.(misuse); misused {
		return "", fault.New(fault.BadUserInput, "reference")
	}
	switch {
	case as == template.AsJSON:
		return Encode(v), nil
	case empty(v):
		return "", nil
	case as == template.AsText:
		text, ok := plainText(v)
		if !ok {
			return "", wrong
		}
		return text, nil
	}
	object, ok := v.(*Object)
	if !ok {
		return "", wrong
	}
	var pairs []string
	for _, name := range object.Names {
		pairs = flatForm(pairs, name, object.Members[name])
	}
	return strings.Join(pairs, "&"), nil
}

func flatForm(pairs []string, name string, v any) []string {
	switch v := v.(type) {
	case *Object:
		for _, inner := range v.Names {
			pairs = flatForm(pairs, name+"["+inner+"]", v.Members[inner])
		}
		return pairs
	case []any:
		for i, item := range v {
			pairs = flatForm(pairs, name+"["+strconv.Itoa(i)+"]", item)
		}
		return pairs
	}
	text, _ := plainText(v)
	return append(pairs, strings.ReplaceAll(url.QueryEscape(name)+"="+url.QueryEscape(text), "+", "%20"))
}

// respond notes the headers that a reply hands to the client.
func (x *execution) respond(c *schema.Connector, reply *upstreams.Reply, vars variables) *fault.Error {
	if reply == nil {
		return nil
	}
	vars["status"], vars["response"] = jsonInt(reply.Status), headersOf(reply.Headers())
	var all []string
	for _, h := range c.HTTP.Respond {
		values := reply.Headers()[http.CanonicalHeaderKey(h.From)]
		if h.Value != nil {
			var arena mapping.Arena
			text, present, err := h.Value.Append(nil, vars, &arena)
			if err != nil && strings.Contains(err.Error(), "$response") {
				return fault.New(fault.UpstreamBadResponse, "reference")
			} else if err != nil {
				return fault.New(fault.BadUserInput, "reference")
			}
			if values = nil; present {
				values = []string{string(text)}
			}
		}
		for _, v := range values {
			if strings.ContainsFunc(v, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
				return fault.New(fault.UpstreamBadResponse, "reference")
			}
			all = append(all, h.Name+": "+v)
		}
	}
	x.responds = append(x.responds, all...)
	return nil
}

func sortedOnce(all []string) []string {
	slices.Sort(all)
	return slices.Compact(all)
}
