package typescript

import (
	_ "embed"
	"fmt"
	"strings"

	"manifold/bff"
)

// runtime is what every generated file needs to send requests.
//
//go:embed runtime.ts
var runtime string

// Client returns the file for a client.
func Client(c *bff.Client) []byte {
	p := &types{}
	var answers, methods strings.Builder
	for _, o := range c.Operations {
		if o.Route == nil {
			continue
		}
		operation(&answers, &methods, p, o)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "// Made by `manifold codegen typescript --bff %s`. A change here is lost when it is made again.\n\n", c.Name)
	b.WriteString(p.declarations())
	b.WriteString(answers.String())
	b.WriteString(needed(methods.String()))
	fmt.Fprintf(&b, "\n/** The routes of %s. */\nexport function createClient(options: ClientOptions = {}) {\n", c.Name)
	fmt.Fprintf(&b, "  const send = sender(options, %s);\n  return {\n%s  };\n}\n\nexport type Client = ReturnType<typeof createClient>;\n", quoted(c.Prefix), methods.String())
	return []byte(b.String())
}

// Types returns the declarations of the types that the routes of a client share: inputs and enums.
func Types(c *bff.Client) string {
	p := &types{}
	var unused strings.Builder
	for _, o := range c.Operations {
		if o.Route != nil {
			operation(&unused, &unused, p, o)
		}
	}
	return strings.TrimSpace(p.declarations())
}

// needed is the runtime without the functions that no method calls: a strict compiler would complain of them.
func needed(methods string) string {
	var b strings.Builder
	skip := false
	for line := range strings.Lines(runtime) {
		name, begins := strings.CutPrefix(strings.TrimSpace(line), "// @if ")
		switch {
		case begins:
			skip = !strings.Contains(methods, "${"+name+"(")
		case strings.TrimSpace(line) == "// @end":
			skip = false
		case !skip:
			b.WriteString(line)
		}
	}
	return b.String()
}

// operation writes the types and the method of one route.
func operation(answers, methods *strings.Builder, p *types, o *bff.Operation) {
	answers.WriteString(comment("", "What "+o.Name+" answers. "+o.Description, ""))
	answers.WriteString("export type " + o.Name + "Answer = " + p.of(o.Answer, "") + ";\n\n")
	needed := variables(answers, p, o)

	retiring := ""
	if o.Route.Retiring != nil {
		retiring = "The route ends on " + o.Route.Retiring.End.Format("2006-01-02") + "."
	}
	methods.WriteString(comment("    ", strings.TrimSpace(o.Description+"\n\n`"+o.Route.Method+" "+o.Route.Pattern+"`"), retiring))
	takes := "variables: " + o.Name + "Variables"
	switch {
	case !has(o):
		takes = ""
	case !needed:
		takes += " = {}"
	}
	if takes != "" {
		takes += ", "
	}
	fmt.Fprintf(methods, "    %s(%scall: CallOptions = {}): Promise<%sAnswer> {\n", lower(o.Name), takes, o.Name)
	fmt.Fprintf(methods, "      return send<%sAnswer>(%s, %s, {%s}, call);\n    },\n", o.Name, quoted(o.Route.Method), path(o), parts(o))
}

// has reports whether a call of an operation takes variables.
func has(o *bff.Operation) bool {
	for i := range o.Variables {
		if given(&o.Variables[i]) {
			return true
		}
	}
	return false
}

// given reports whether the caller gives a variable. Claims are the gateway's to know, cookies the browser's to send.
func given(v *bff.Variable) bool { return v.In != bff.InClaim && v.In != bff.InCookie }

// variables writes the type of an operation's variables, and reports whether one of them is needed.
func variables(b *strings.Builder, p *types, o *bff.Operation) (needed bool) {
	if !has(o) {
		return false
	}
	b.WriteString("export type " + o.Name + "Variables = {\n")
	for i := range o.Variables {
		v := &o.Variables[i]
		if !given(v) {
			continue
		}
		b.WriteString(comment("  ", v.Description(), ""))
		mark := "?"
		if v.Required() || v.In == bff.InPath {
			mark, needed = "", true
		}
		fmt.Fprintf(b, "  %s%s: %s;\n", v.Name, mark, p.of(v.Shape, "  "))
	}
	b.WriteString("};\n\n")
	return needed
}

// path writes the path of a route with its variables.
func path(o *bff.Operation) string {
	var b strings.Builder
	b.WriteByte('`')
	for segment := range strings.SplitSeq(strings.TrimPrefix(o.Route.Path, "/"), "/") {
		b.WriteByte('/')
		name, is := strings.CutPrefix(segment, "{")
		switch rest, tail := strings.CutSuffix(name, "...}"); {
		case !is:
			b.WriteString(strings.NewReplacer("`", "\\`", "$", "\\$", "\\", "\\\\").Replace(segment))
		case tail:
			b.WriteString("${rest(variables." + rest + ")}")
		default:
			b.WriteString("${segment(variables." + strings.TrimSuffix(name, "}") + ")}")
		}
	}
	b.WriteByte('`')
	return b.String()
}

// parts writes where the other variables go.
func parts(o *bff.Operation) string {
	var query, headers []string
	body := &member{}
	for i := range o.Variables {
		v := &o.Variables[i]
		value := "variables." + v.Name
		switch v.In {
		case bff.InQuery:
			query = append(query, "["+quoted(v.Key)+", "+value+jsonMark(o, v)+"]")
		case bff.InHeader:
			headers = append(headers, "["+quoted(v.Key)+", "+value+"]")
		case bff.InBody:
			body.put(v.Steps, value)
		case bff.InPath, bff.InCookie, bff.InClaim:
		}
	}
	var all []string
	if query != nil {
		all = append(all, "query: ["+strings.Join(query, ", ")+"]")
	}
	if headers != nil {
		all = append(all, "headers: ["+strings.Join(headers, ", ")+"]")
	}
	if o.Has(bff.InBody) {
		all = append(all, "body: "+body.String())
	}
	if all == nil {
		return ""
	}
	return " " + strings.Join(all, ", ") + " "
}

// jsonMark tells of a parameter that is sent as JSON.
func jsonMark(o *bff.Operation, v *bff.Variable) string {
	for _, p := range o.Parameters() {
		if p.In == bff.InQuery && p.Name == v.Key && p.JSON {
			return ", true"
		}
	}
	return ""
}

// member is a part of a body.
type member struct {
	value string
	names []string
	inner map[string]*member
}

func (m *member) put(steps []string, value string) {
	if len(steps) == 0 {
		m.value = value
		return
	}
	if m.inner == nil {
		m.inner = map[string]*member{}
	}
	if m.inner[steps[0]] == nil {
		m.inner[steps[0]] = &member{}
		m.names = append(m.names, steps[0])
	}
	m.inner[steps[0]].put(steps[1:], value)
}

func (m *member) String() string {
	if m.value != "" {
		return m.value
	}
	all := make([]string, len(m.names))
	for i, n := range m.names {
		all[i] = name(n) + ": " + m.inner[n].String()
	}
	return "{ " + strings.Join(all, ", ") + " }"
}

// lower begins a name with a small letter.
func lower(s string) string {
	if s != "" && s[0] >= 'A' && s[0] <= 'Z' {
		return string(s[0]-'A'+'a') + s[1:]
	}
	return s
}
