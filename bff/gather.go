package bff

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/auth"
	"manifold/internal/fault"
	"manifold/internal/rawjson"
	"manifold/schema"
)

// gather makes the variables of an operation, as one JSON object, of where a request has them. What comes as text is written
// as the JSON that its type reads: the types themselves are checked afterwards, by the rules of GraphQL. out is appended to.
//
// Nothing is guessed: `?n=1` is the number 1 for an Int and the text "1" for a String; what is no number stays a text, so that
// the error names it. An empty text is a text. A list repeats its name, `?id=1&id=2`; in a header it has commas. An input
// object has a parameter for each member, `?filter.name=x`, or is JSON. A parameter that is not there is a variable that is not
// given.
func (o *Operation) gather(out []byte, r *http.Request, body []byte, who *auth.Identity) ([]byte, *fault.Error) {
	var query url.Values
	if o.Has(InQuery) || o.Route.Strict {
		var err error
		if query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
			return out, fault.New(fault.BadRequest, "the query string is malformed: a % is followed by two hexadecimal digits, and & separates parameters")
		}
	}
	if o.Route.Strict {
		if f := o.unknown(query, body); f != nil {
			return out, f
		}
	}
	out = append(out, '{')
	start := len(out)
	for i := range o.Variables {
		v := &o.Variables[i]
		mark := len(out)
		if mark > start {
			out = append(out, ',')
		}
		out = append(out, '"')
		out = append(out, v.Name...)
		out = append(out, '"', ':')
		before := len(out)
		var f *fault.Error
		switch v.In {
		case InQuery:
			out, f = v.fromQuery(out, query)
		case InPath:
			out = scalar(out, r.PathValue(v.Name), v.Type)
		case InHeader:
			out, f = v.fromHeader(out, r.Header.Values(v.Key))
		case InCookie:
			out, f = v.fromCookie(out, r)
		case InClaim:
			out, f = v.fromClaim(out, who)
		case InBody:
			out = append(out, v.member(body)...)
		}
		if f != nil {
			return out, f
		}
		if len(out) == before { // it is not there
			out = out[:mark]
		}
	}
	return append(out, '}'), nil
}

// scalar appends the JSON that stands for a text where a value of type t is expected.
func scalar(out []byte, text string, t *schema.Type) []byte {
	switch t.Name {
	case "Int", "Float":
		if end, _, err := rawjson.SkipNumber([]byte(text), 0); err == nil && end == len(text) {
			return append(out, text...)
		}
	case "Boolean":
		if text == "true" || text == "false" {
			return append(out, text...)
		}
	}
	return rawjson.Quote(out, strings.ToValidUTF8(text, "\uFFFD"))
}

// list appends texts as a list.
func list(out []byte, texts []string, t *schema.Type) []byte {
	out = append(out, '[')
	for i, text := range texts {
		if i > 0 {
			out = append(out, ',')
		}
		out = scalar(out, text, t)
	}
	return append(out, ']')
}

func (v *Variable) bad(what string) *fault.Error {
	return fault.New(fault.BadUserInput, v.where()+": "+what)
}

func (v *Variable) fromQuery(out []byte, query url.Values) ([]byte, *fault.Error) {
	if v.Type.Kind == ast.InputObject {
		return v.objectFromQuery(out, query)
	}
	texts, ok := query[v.Key]
	switch {
	case !ok:
		return out, nil
	case v.Definition.Type.Elem != nil:
		return list(out, texts, v.Type), nil
	case len(texts) > 1:
		return out, v.bad("it is given more than once")
	default:
		return scalar(out, texts[0], v.Type), nil
	}
}

// objectFromQuery reads an input object: as JSON in one parameter, or of parameters for its members.
func (v *Variable) objectFromQuery(out []byte, query url.Values) ([]byte, *fault.Error) {
	if texts, ok := query[v.Key]; ok {
		if len(texts) > 1 {
			return out, v.bad("it is given more than once")
		}
		text := []byte(texts[0])
		start, end, err := rawjson.Document(text)
		if err != nil {
			return out, v.bad("it is not JSON: " + err.Error())
		}
		return append(out, text[start:end]...), nil
	}
	if v.Definition.Type.Elem != nil {
		return out, nil
	}
	return members(out, v.Key+".", v.Type, query, v)
}

// members appends an input object of the parameters whose names begin with prefix; nothing if there are none.
func members(out []byte, prefix string, t *schema.Type, query url.Values, v *Variable) ([]byte, *fault.Error) {
	mark := len(out)
	out = append(out, '{')
	start := len(out)
	for _, f := range t.Order {
		if f.Hidden {
			continue
		}
		before := len(out)
		if before > start {
			out = append(out, ',')
		}
		out = append(out, `"`+f.Name+`":`...)
		value := len(out)
		texts, given := query[prefix+f.Name]
		switch {
		case f.Named.Kind == ast.InputObject && f.Type.Elem == nil:
			var err *fault.Error
			if !anyBegins(query, prefix+f.Name+".") {
				break
			}
			if out, err = members(out, prefix+f.Name+".", f.Named, query, v); err != nil {
				return out, err
			}
		case !given:
		case f.Named.Kind == ast.InputObject:
			return out, v.bad("the list " + prefix + f.Name + " has objects in it: send " + v.Key + " as JSON")
		case f.Type.Elem != nil:
			out = list(out, texts, f.Named)
		case len(texts) > 1:
			return out, v.bad("the parameter " + prefix + f.Name + " is given more than once")
		default:
			out = scalar(out, texts[0], f.Named)
		}
		if len(out) == value {
			out = out[:before]
		}
	}
	if len(out) == start {
		return out[:mark], nil
	}
	return append(out, '}'), nil
}

func anyBegins(query url.Values, prefix string) bool {
	for name := range query {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func (v *Variable) fromHeader(out []byte, lines []string) ([]byte, *fault.Error) {
	switch {
	case len(lines) == 0:
		return out, nil
	case v.Definition.Type.Elem != nil: // RFC 9110, 5.6.1
		var texts []string
		for _, line := range lines {
			for item := range strings.SplitSeq(line, ",") {
				if item = strings.Trim(item, " \t"); item != "" {
					texts = append(texts, item)
				}
			}
		}
		return list(out, texts, v.Type), nil
	case len(lines) > 1:
		return out, v.bad("it is given more than once")
	default:
		return scalar(out, lines[0], v.Type), nil
	}
}

func (v *Variable) fromCookie(out []byte, r *http.Request) ([]byte, *fault.Error) {
	found := r.CookiesNamed(v.Key)
	switch len(found) {
	case 0:
		return out, nil
	case 1:
		return scalar(out, found[0].Value, v.Type), nil
	default:
		return out, v.bad("it is given more than once")
	}
}

// fromClaim reads a claim of who asks. Without one, a variable that has to be there cannot be: the credential is at fault, not
// the input.
func (v *Variable) fromClaim(out []byte, who *auth.Identity) ([]byte, *fault.Error) {
	if who == nil {
		if v.Required() {
			return out, fault.New(fault.Unauthenticated, "This needs to know who asks.")
		}
		return out, nil
	}
	value := memberAt(who.Claims, []string{v.Key})
	if value == nil {
		value = memberAt(who.Claims, v.Steps)
	}
	if v.Required() && (value == nil || value[0] == 'n') {
		return out, fault.New(fault.Forbidden, "The credential has no claim "+v.Key+".")
	}
	if value != nil && v.Definition.Type.Elem == nil && v.Type.Name == "String" && rawjson.KindOf(value[0]) == rawjson.Number {
		return rawjson.Quote(out, value), nil
	}
	return append(out, value...), nil
}

// member returns the part of a body that a variable is, nil if it is not there.
func (v *Variable) member(body []byte) []byte {
	if len(body) == 0 {
		return nil
	}
	return memberAt(body, v.Steps)
}

// memberAt returns the value that names lead to in a JSON value, nil if it is not there.
func memberAt(value []byte, names []string) []byte {
	for _, name := range names {
		if len(value) == 0 || value[0] != '{' {
			return nil
		}
		var found []byte
		_, _ = rawjson.Members(value, 0, func(key, member []byte) error { // the text has been checked
			if rawjson.EqualKey(key, name) {
				found = member
			}
			return nil
		})
		value = found
	}
	if len(value) == 0 {
		return nil
	}
	return value
}

// unknown refuses what no variable takes, on a strict route.
func (o *Operation) unknown(query url.Values, body []byte) *fault.Error {
	names := make([]string, 0, len(query))
	for name := range query {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !slices.ContainsFunc(o.Variables, func(v Variable) bool { return v.In == InQuery && v.takes(name) }) {
			return fault.New(fault.BadUserInput, "there is no parameter "+show(name)+" here"+o.parameters())
		}
	}
	if len(body) == 0 || body[0] != '{' || !o.Has(InBody) {
		return nil
	}
	var wrong *fault.Error
	_, _ = rawjson.Members(body, 0, func(key, _ []byte) error {
		name := string(rawjson.Unquote(nil, key))
		taken := slices.ContainsFunc(o.Variables, func(v Variable) bool {
			return v.In == InBody && (len(v.Steps) == 0 || v.Steps[0] == name)
		})
		if !taken && wrong == nil {
			wrong = fault.New(fault.BadUserInput, "nothing takes the member "+show(name)+" of the body")
		}
		return nil
	})
	return wrong
}

// takes reports whether a query parameter is the variable or a part of it.
func (v *Variable) takes(name string) bool {
	if name == v.Key {
		return true
	}
	path, ok := strings.CutPrefix(name, v.Key+".")
	if !ok || v.Type.Kind != ast.InputObject || v.Definition.Type.Elem != nil {
		return false
	}
	t := v.Type
	steps := strings.Split(path, ".")
	for i, step := range steps {
		f := t.Fields[step]
		if f == nil || f.Hidden || (i < len(steps)-1 && (f.Named.Kind != ast.InputObject || f.Type.Elem != nil)) {
			return false
		}
		t = f.Named
	}
	return true
}

// parameters lists what a query may have, for errors.
func (o *Operation) parameters() string {
	var names []string
	for i := range o.Variables {
		if o.Variables[i].In == InQuery {
			names = append(names, o.Variables[i].Key)
		}
	}
	if len(names) == 0 {
		return ": it takes none"
	}
	return ": it takes " + strings.Join(names, ", ")
}

// show shortens a name that came from outside.
func show(name string) string {
	const longest = 40
	if len(name) > longest {
		name = strings.ToValidUTF8(name[:longest], "") + "..."
	}
	return string(rawjson.Quote(nil, strings.ToValidUTF8(name, "\uFFFD")))
}
