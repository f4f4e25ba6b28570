package gatewaytest

import (
	"fmt"
	"strings"
)

// Text prints the schema as gateway.graphql.
func (s *genSchema) Text() string {
	var b strings.Builder
	b.WriteString("extend schema\n")
	for _, src := range s.sources {
		fmt.Fprintf(&b, "  @source(name: %q, http: { baseURL: \"http://%s\" }, naming: %s)\n", src.name, src.name, src.naming)
	}
	for _, v := range s.services {
		v.print(&b)
	}
	b.WriteString("scalar JSON\n")
	if s.rpc != nil {
		b.WriteString("extend schema @source(name: \"rp\", grpc: { target: \"rp:1\", proto: \"rp.proto\" })\n")
		s.printEnum(&b, s.rpc.enum)
		for _, t := range s.rpc.types {
			s.printObject(&b, t)
		}
	}
	for _, v := range s.services {
		s.printEnum(&b, v.enum)
		for _, t := range v.types {
			if t.kind == genUnion {
				s.printMixed(&b, t)
			} else {
				s.printObject(&b, t)
			}
		}
	}
	for _, e := range s.enums {
		s.printEnum(&b, e)
	}
	for _, t := range s.mixed {
		s.printMixed(&b, t)
	}
	for _, t := range s.values {
		s.printObject(&b, t)
	}
	s.printObject(&b, s.holder)
	for _, in := range s.inputs {
		b.WriteString("input " + in.name + " {")
		for _, m := range in.members {
			b.WriteString(" " + m.text())
		}
		b.WriteString(" }\n")
	}
	for _, t := range s.things {
		s.printObject(&b, t)
	}
	for _, t := range s.groups {
		s.printObject(&b, t)
	}
	s.printObject(&b, s.query)
	if s.change != nil {
		s.printObject(&b, s.change)
	}
	return b.String()
}

// print declares the service as a source.
func (v *genService) print(b *strings.Builder) {
	federation := ""
	if v.name == "fd" {
		federation = ", federation: true"
	}
	fmt.Fprintf(b, "extend schema @source(name: %q, graphql: { url: \"http://%s/graphql\", schema: \"%s.graphqls\"%s })\n", v.name, v.name, v.name, federation)
}

func (s *genSchema) printEnum(b *strings.Builder, e *genType) {
	fmt.Fprintf(b, "enum %s {", e.name)
	for _, v := range e.values {
		b.WriteString(" " + v)
		if more := e.aliases(v); len(more) > 0 {
			fmt.Fprintf(b, " @alias(options: [%s])", strings.Join(more, ", "))
		}
	}
	b.WriteString(" }\n")
}

// aliases returns the quoted spellings of a value that are not its name.
func (t *genType) aliases(value string) []string {
	var out []string
	current := ""
	for _, sp := range t.spellings {
		if strings.HasPrefix(sp, t.name) {
			current = sp
		} else if current == value {
			out = append(out, quote(sp))
		}
	}
	return out
}

func (s *genSchema) printMixed(b *strings.Builder, t *genType) {
	how := map[discriminating]string{byTypeName: `@discriminate(field: "kind")`, byWrapper: `@discriminate(wrapped: true)`}[t.disc]
	var names []string
	for _, m := range t.members {
		names = append(names, m.name)
	}
	if t.disc == byMap {
		var rows []string
		for _, m := range t.members {
			rows = append(rows, fmt.Sprintf("{ value: %q, type: %q }", strings.ToLower(m.name), m.name))
		}
		how = fmt.Sprintf("@discriminate(field: \"kind\", map: [%s])", strings.Join(rows, ", "))
	}
	if t.kind == genUnion {
		fmt.Fprintf(b, "union %s %s = %s\n", t.name, how, strings.Join(names, " | "))
		return
	}
	how += t.guard
	fmt.Fprintf(b, "interface %s %s {\n%s}\n", t.name, how, fieldsText(t.fields))
	for _, m := range t.members {
		s.printObject(b, m)
	}
}

func (s *genSchema) printObject(b *strings.Builder, t *genType) {
	b.WriteString("type " + t.name)
	if t.implement != "" {
		b.WriteString(" implements " + t.implement)
	}
	b.WriteString(t.guard)
	for _, k := range [][]string{t.keys, t.second} {
		if k != nil {
			fmt.Fprintf(b, " @key(fields: %q)", keySet(k))
		}
	}
	for _, c := range []*genConn{t.loader, t.more} {
		if c != nil && !c.keyArgs {
			b.WriteString("\n  " + c.text(false))
		}
	}
	fmt.Fprintf(b, " {\n%s}\n", fieldsText(t.fields))
	if len(t.extra) > 0 {
		fmt.Fprintf(b, "extend type %s\n  %s {\n%s}\n", t.name, t.block.text(false), fieldsText(t.extra))
	}
	for _, block := range t.also {
		fmt.Fprintf(b, "extend type %s %s {\n%s}\n", t.name, block.connect, fieldsText(block.fields))
	}
}

func fieldsText(fields []*genField) string {
	var b strings.Builder
	for _, f := range fields {
		b.WriteString("  " + f.name)
		if len(f.args) > 0 {
			var args []string
			for _, a := range f.args {
				args = append(args, a.text())
			}
			b.WriteString("(" + strings.Join(args, ", ") + ")")
		}
		b.WriteString(": " + f.text + f.guard)
		switch f.role {
		case refBuilt:
			fmt.Fprintf(&b, " @from(path: %q)", keyText(f.by, f.keyAt))
		case refList:
			fmt.Fprintf(&b, " @from(path: \"%s->map({ %s: @ })\")", strings.Join(f.path, "."), f.by[0])
		case refWhole:
			fmt.Fprintf(&b, " @from(path: %q, embedded: true)", strings.Join(f.path, "."))
		case lookedUp:
			b.WriteString(" @lookup")
		case connected:
			b.WriteString("\n    " + f.conn.text(f.conn.keyArgs))
		default:
			if f.path != nil {
				fmt.Fprintf(&b, " @from(path: %q)", strings.Join(f.path, ".")+f.how)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// text prints an argument, or a member of an input type.
func (a genArg) text() string {
	text := a.name + ": " + a.typ
	if a.def != "" {
		text += " = " + a.def
	}
	if a.is != "" {
		text += fmt.Sprintf(" @is(field: %q)", a.is)
	}
	if a.require != "" {
		text += fmt.Sprintf(" @require(field: %q)", a.require)
	}
	return text
}

// text prints a connector as @connect.
func (c *genConn) text(entity bool) string {
	if c.written != "" {
		return c.written
	}
	if c.source == nil {
		return fmt.Sprintf("@connect(selection: %q)", c.value)
	}
	parts := []string{fmt.Sprintf("source: %q", c.source.name), "http: { " + c.request() + " }"}
	if sel := c.selectionText(); sel != "" {
		parts = append(parts, fmt.Sprintf("selection: %q", sel))
	}
	if c.mode == many {
		if b := c.batchText(); b != "" {
			parts = append(parts, "batch: { "+b+" }")
		}
	}
	if c.success {
		parts = append(parts, `isSuccess: "$(true)"`)
	}
	var errs []string
	if c.nullOn {
		errs = append(errs, "nullOn: [404]")
	}
	if c.fallback != "" {
		errs = append(errs, fmt.Sprintf("fallback: %q", c.fallback))
	}
	if len(errs) > 0 {
		parts = append(parts, "errors: { "+strings.Join(errs, ", ")+" }")
	}
	if entity {
		parts = append(parts, "entity: true")
	}
	return "@connect(" + strings.Join(parts, ", ") + ")"
}

func (c *genConn) request() string {
	url := fmt.Sprintf("/e%d", c.id)
	sep := "?"
	var body, path, params []string
	mapped := c.id%3 == 1 // by path and queryParams instead of the template
	switch {
	case c.mode == each:
		for i, k := range c.keys {
			k = "$this." + k
			if c.keyArgs {
				k = "$args." + c.keyPaths[i]
			}
			if mapped {
				path = append(path, k)
			} else {
				url += "/{" + k + "}"
			}
		}
		for _, a := range c.inPath {
			if mapped {
				path = append(path, "$args."+a)
			} else {
				url += "/{$args." + a + "}"
			}
		}
	case c.mode == many && len(c.keys) > 1:
		var keys []string
		for _, k := range c.keys {
			if flat := flatKey(k); flat != k {
				k = flat + ": " + k
			}
			keys = append(keys, k)
		}
		body = append(body, "keys: $batch { "+strings.Join(keys, " ")+" }")
	case c.mode == many && c.post:
		body = append(body, "keys: $batch."+c.keys[0])
	case c.mode == many && mapped:
		params = append(params, "ids: $batch."+c.keys[0])
	case c.mode == many && c.id%2 == 0:
		url, sep = url+"?ids={$batch."+c.keys[0]+"}", "&"
	case c.mode == many:
		url, sep = url+"?ids={$batch."+c.keys[0]+"->joinNotNull(',')}", "&"
	}
	for _, a := range c.args {
		switch {
		case c.post:
			body = append(body, flatKey(a)+": $args."+a)
		case mapped:
			params = append(params, flatKey(a)+": $args."+a)
		default:
			url += sep + flatKey(a) + "={$args." + a + "}"
			sep = "&"
		}
	}
	out := fmt.Sprintf("GET: %q", url)
	if c.post {
		out = fmt.Sprintf("POST: %q", url)
	}
	if len(body) > 0 {
		out += fmt.Sprintf(", body: %q", strings.Join(body, " "))
	}
	if len(path) > 0 {
		out += fmt.Sprintf(", path: %q", "$(["+strings.Join(path, ", ")+"])")
	}
	if len(params) > 0 {
		out += fmt.Sprintf(", queryParams: %q", strings.Join(params, " "))
	}
	return out
}

func (c *genConn) selectionText() string {
	root := ""
	if len(c.root) > 0 {
		root = "$." + strings.Join(c.root, ".") + c.how
	} else if c.how != "" {
		root = "$" + c.how
	}
	if c.sel == nil {
		return root
	}
	text := members(c.sel)
	if c.named != "" {
		text = "__typename: " + c.named + " " + text
	}
	if root == "" {
		return text
	}
	return root + " { " + text + " }"
}

func members(sel []place) string {
	var out []string
	for _, p := range sel {
		path := strings.Join(p.path, ".")
		switch {
		case p.keys != nil:
			out = append(out, p.f.name+": "+keyText(p.by, p.keys))
		case p.path == nil:
			out = append(out, fmt.Sprintf("%s: { %s }", p.f.name, members(p.sub)))
		case p.sub != nil:
			out = append(out, fmt.Sprintf("%s: %s { %s }", p.f.name, path, members(p.sub)))
		case path == p.f.name && p.how == "":
			out = append(out, path)
		default:
			out = append(out, p.f.name+": "+path+p.how)
		}
	}
	return strings.Join(out, " ")
}

func (c *genConn) batchText() string {
	var parts []string
	if c.maxSize > 0 {
		parts = append(parts, fmt.Sprintf("maxSize: %d", c.maxSize))
	}
	switch c.match {
	case matchMap:
		parts = append(parts, "match: MAP")
	case matchPosition:
		parts = append(parts, "match: POSITION")
	case matchGroup:
		parts = append(parts, fmt.Sprintf("groupBy: %q", c.group))
	}
	if c.missing {
		parts = append(parts, "missing: ERROR")
	}
	return strings.Join(parts, ", ")
}
