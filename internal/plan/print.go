package plan

import (
	"fmt"
	"slices"
	"strings"

	"manifold/internal/mapping"
	"manifold/internal/template"
)

// Print returns the plan for people: every call with what it waits for, whose keys it carries and what is read of its reply,
// then the shape of the response. `manifold plan` shows it and the specs compare it.
func Print(op *Operation) string {
	p := printer{op: op}
	p.line(0, "%s", strings.TrimSpace(op.Kind+" "+op.Name))
	for i, part := range op.Parts {
		depth := 0
		if op.Kind == "mutation" {
			p.line(0, "step %d", i+1)
			depth = 1
		}
		for _, f := range part.Fetches {
			p.fetch(depth, part, f)
		}
		p.line(depth, "response %s", p.object(part.Root))
	}
	return p.b.String()
}

type printer struct {
	b       strings.Builder
	op      *Operation
	printed map[*Object]string
}

func (p *printer) line(depth int, format string, args ...any) {
	p.b.WriteString(strings.Repeat("  ", depth))
	fmt.Fprintf(&p.b, format, args...)
	p.b.WriteByte('\n')
}

func (p *printer) fetch(depth int, part *Part, f *Fetch) {
	l := f.Loader
	var needs strings.Builder
	for i, id := range f.Needs {
		if i == 0 {
			needs.WriteString(", after")
		}
		fmt.Fprintf(&needs, " #%d", id)
	}
	p.line(depth, "#%d wave %d%s: %s", f.ID, f.Wave, needs.String(), p.request(l))
	for _, fd := range f.Feeders {
		how := "for"
		if len(fd.Keys) > 0 {
			how = "keys from"
		}
		early := ""
		if fd.Into < 0 {
			early = ", early: known from an argument"
		} else if part.loadsEarly(f, fd.Place) {
			early = ", if it is another than the argument said"
		}
		p.line(depth+1, "%s %s%s%s", how, fd.Place, p.when(allOf(fd)), early)
	}
	if args := p.args(l); args != "" {
		p.line(depth+1, "with %s", args)
	}
	switch l.Mode {
	case Each:
		p.line(depth+1, "one call for each %s", strings.Join(l.Keys, " "))
	case Batch:
		p.line(depth+1, "one call for up to %d %s, matched by %s", l.MaxSize, strings.Join(l.Keys, " "), matchNames[l.Match])
	}
	if l.Request != nil {
		p.sends(depth+1, l.Request)
		if l.Request.Timeout > 0 {
			p.line(depth+1, "within %s", l.Request.Timeout)
		}
		if again := l.Request.Retry; again != nil {
			p.line(depth+1, "%s", again)
		}
		if l.Request.Hedge > 0 {
			p.line(depth+1, "a second time after %s", l.Request.Hedge)
		}
		if l.Request.Cache != nil {
			p.cache(depth+1, l.Request.Cache)
		}
		if l.Request.Invalidates != nil {
			p.line(depth+1, "makes invalid %s", texts(l.Request.Invalidates))
		}
	}
	if l.Private {
		p.line(depth+1, "not quoted in errors")
	}
	p.line(depth+1, "reads %s", p.reply(&l.Reply))
}

// sends prints what the method and the URL template of a request do not say.
func (p *printer) sends(depth int, r *Request) {
	for _, e := range []struct {
		whose string
		extra *template.Extra
	}{{"the source's ", r.URL.Source()}, {"", r.URL.Own()}} {
		if e.extra == nil {
			continue
		}
		if e.extra.Path != nil {
			p.line(depth, "%spath %s", e.whose, mapping.String(e.extra.Path))
		}
		if e.extra.Query != nil {
			p.line(depth, "%squeryParams %s", e.whose, mapping.String(e.extra.Query))
		}
	}
	if r.Document != nil {
		p.asks(depth, r)
	}
	if r.Body != nil && r.Encoding != template.AsJSON {
		p.line(depth, "sends %s as %s", mapping.String(r.Body), r.Encoding)
	}
	var names []string
	for _, h := range r.Respond {
		names = append(names, h.Name)
	}
	if len(names) > 0 {
		p.line(depth, "hands on %s", strings.Join(names, ", "))
	}
}

// asks prints the question to a GraphQL service and where the values of its variables come from.
func (p *printer) asks(depth int, r *Request) {
	p.line(depth, "asks %s", r.Document)
	if o, ok := r.Body.(*mapping.Object); ok && len(o.Members) > 0 {
		p.line(depth+1, "with %s", mapping.String(r.Body))
	}
	for i := range r.Document.Variables {
		switch v := &r.Document.Variables[i]; {
		case v.Value != nil:
			p.line(depth+1, "$%s is %s", v.Name, p.value(v.Value))
		case v.When != nil:
			p.line(depth+1, "$%s%s", v.Name, p.when([]Cond{v.When}))
		}
	}
}

// loadsEarly reports whether an earlier fetch of the same loader loads the keys of a place from an argument.
func (part *Part) loadsEarly(f *Fetch, place string) bool {
	for _, before := range part.Fetches {
		if before == f || before.Loader != f.Loader {
			continue
		}
		for _, fd := range before.Feeders {
			if fd.Into < 0 && fd.Place == place {
				return true
			}
		}
	}
	return false
}

var matchNames = map[Match]string{MatchKey: "key", MatchGroup: "group", MatchMap: "property name", MatchPosition: "position"}

func (p *printer) request(l *Loader) string {
	switch {
	case l.Table != nil:
		return l.Name + " from the schema itself"
	case l.Request == nil:
		return l.Name + " computed"
	case l.Request.Document != nil && l.Request.Document.Mutation:
		return l.Source + " mutation " + l.Request.Document.Field
	case l.Request.Document != nil:
		return l.Source + " query " + l.Request.Document.Field
	case l.Source == "":
		return fmt.Sprintf("%s %s %s", l.Name, l.Request.Method, l.Request.URL)
	default:
		return fmt.Sprintf("%s %s %s", l.Source, l.Request.Method, l.Request.URL)
	}
}

func (p *printer) args(l *Loader) string {
	var out []string
	for _, a := range l.Args {
		if a.Value.Kind != Absent {
			out = append(out, a.Name+": "+p.value(&a.Value))
		}
	}
	return strings.Join(out, ", ")
}

func (p *printer) value(v *Value) string {
	switch v.Kind {
	case Constant:
		return string(v.Literal)
	case FromVariable:
		if v.Default != nil {
			return "$" + p.op.Variables[v.Variable] + " or " + string(v.Default)
		}
		return "$" + p.op.Variables[v.Variable]
	case ListOf:
		var out []string
		for i := range v.Items {
			out = append(out, p.value(&v.Items[i]))
		}
		return "[" + strings.Join(out, ", ") + "]"
	case ObjectOf:
		var out []string
		for i := range v.Members {
			out = append(out, v.Members[i].Name+": "+p.value(&v.Members[i].Value))
		}
		return "{ " + strings.Join(out, ", ") + " }"
	default:
		return "nothing"
	}
}

// allOf returns the conditions on a feeder's way, each of which has to hold.
func allOf(fd Feeder) (out []Cond) {
	for _, s := range fd.Steps {
		if len(s.When) > 0 {
			out = append(out, s.When)
		}
	}
	if len(fd.When) > 0 {
		out = append(out, fd.When)
	}
	return out
}

func (p *printer) when(conds []Cond) string {
	if len(conds) == 0 {
		return ""
	}
	var all []string
	for _, c := range conds {
		var anyOf []string
		for _, mask := range c {
			var tests []string
			for i, t := range p.op.Tests {
				if mask&(1<<i) == 0 {
					continue
				}
				name := p.test(t)
				if !t.Want {
					name = "not " + name
				}
				tests = append(tests, name)
			}
			anyOf = append(anyOf, strings.Join(tests, " and "))
		}
		text := strings.Join(anyOf, " or ")
		if len(anyOf) > 1 && len(conds) > 1 {
			text = "(" + text + ")"
		}
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return " if " + strings.Join(all, " and ")
}

// test names what a condition depends on.
func (p *printer) test(t Test) string {
	if t.Variable >= 0 {
		return "$" + p.op.Variables[t.Variable]
	}
	return p.op.Guards[-1-t.Variable].String()
}

// String says what a guard wants.
func (g *Guard) String() string {
	if len(g.Scopes) == 0 {
		return "authenticated"
	}
	alternatives := make([]string, len(g.Scopes))
	for i, all := range g.Scopes {
		alternatives[i] = strings.Join(all, "+")
	}
	return "granted " + strings.Join(alternatives, "|")
}

// guarded says what has to be granted for a field or type.
func (p *printer) guarded(mask uint64) string {
	if mask == 0 {
		return ""
	}
	var all []string
	for i, t := range p.op.Tests {
		if mask&(1<<i) != 0 {
			all = append(all, p.test(t))
		}
	}
	return " (guarded by " + strings.Join(all, " and ") + ")"
}

func (p *printer) reply(r *Reply) string {
	out := p.shape(r.Shape)
	if len(r.Path) > 0 {
		out = strings.Join(r.Path, ".") + " " + out
	}
	if r.Transform != nil {
		out = out + " of " + mapping.String(r.Transform)
	}
	return out
}

func (p *printer) shape(s *Shape) string {
	switch s.Kind {
	case List:
		return "[" + p.shape(s.Item) + "]"
	case Map:
		return "{ each " + p.shape(s.Item) + " }"
	case Token:
		return "value"
	}
	out := []string{"{"}
	for _, prop := range s.Props {
		name := prop.Name
		if prop.Shape != nil {
			name += " " + p.shape(prop.Shape)
		}
		out = append(out, name)
	}
	for _, c := range s.Computed {
		out = append(out, "("+mapping.String(c.Expr)+")")
	}
	return strings.Join(append(out, "}"), " ")
}

// object prints what is written, with the member types of an interface or union apart.
func (p *printer) object(o *Object) string {
	if o.Abstract == nil {
		return p.fields(o.Variants[0].Fields)
	}
	if text, ok := p.printed[o]; ok {
		return text
	}
	var texts, names []string // types that are written alike are printed together
	for i, v := range o.Variants {
		text, name := p.fields(v.Fields), v.Type+p.guarded(v.Guard)
		if o.Abstract.Keys != nil {
			name += " by " + o.Abstract.Keys[i].Name
		}
		if i := slices.Index(texts, text); i >= 0 {
			names[i] += ", " + name
			continue
		}
		texts, names = append(texts, text), append(names, name)
	}
	for i := range texts {
		texts[i] = names[i] + " " + texts[i]
	}
	if p.printed == nil {
		p.printed = map[*Object]string{}
	}
	p.printed[o] = strings.Join(texts, " | ")
	return p.printed[o]
}

func (p *printer) fields(fields []Field) string {
	out := []string{"{"}
	for i := range fields {
		f := &fields[i]
		text := f.Key
		if f.Object != nil {
			text += " " + strings.Repeat("[", f.Type.Lists) + p.object(f.Object) + strings.Repeat("]", f.Type.Lists)
		}
		text += p.guarded(f.Guard)
		if len(f.When) > 0 {
			text += " (" + strings.TrimSpace(p.when([]Cond{f.When})) + ")"
		}
		out = append(out, text)
	}
	return strings.Join(append(out, "}"), " ")
}

// String says it for people.
func (r *Retry) String() string {
	var b strings.Builder
	switch r.Attempts {
	case 0:
		b.WriteString("again")
	case 1:
		return "never again"
	default:
		fmt.Fprintf(&b, "at most %d times", r.Attempts)
	}
	if r.On != nil {
		b.WriteString(", on " + strings.Join(r.On, " "))
	}
	if r.Backoff > 0 {
		fmt.Fprintf(&b, ", after at most %s", r.Backoff)
	}
	return b.String()
}
