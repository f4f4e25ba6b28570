package aggregation

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"manifold/internal/mapping"
	"manifold/internal/plan"
	"manifold/internal/rawjson"
	"manifold/upstreams"
)

// environment answers the variables of one call's templates and mappings: $args, $this, $batch, $request, $env, $config,
// $context, $claims, $client,
// and of its reply $status and $response. A frame has one, pointed at the call in hand.
type environment struct {
	f      *frame
	l      *loading
	lo, hi int              // keys of the call
	reply  *upstreams.Reply // nil before there is one
	err    error            // the first argument that could not be made
}

var _ mapping.Env = (*environment)(nil)

// Var implements mapping.Env.
func (e *environment) Var(name, key string) []byte {
	switch name {
	case "args":
		return e.arg(key)
	case "this":
		return e.member(key, e.lo)
	case "batch":
		return e.batch(key)
	case "request":
		if key == "headers" {
			return e.headers(e.f.in.Header)
		}
	case "env":
		if value, ok := e.f.engine.env[key]; ok {
			return e.hold(func(b []byte) []byte { return rawjson.Quote(b, value) })
		}
	case "config":
		return e.config(key)
	case "claims":
		if who := e.f.in.Identity; who != nil {
			return memberOf(who.Claims, key)
		}
	case "client":
		if who := e.f.in.Identity; who != nil {
			return memberOf(who.Client, key)
		}
	case "status":
		if e.reply != nil && key == "" {
			return e.hold(func(b []byte) []byte { return strconv.AppendInt(b, int64(e.reply.Status), 10) })
		}
	case "response":
		if e.reply != nil && key == "headers" {
			return e.headers(e.reply.Headers())
		}
	case "context":
		if key == "" {
			return []byte("{}")
		}
	}
	return nil
}

// source is the name of the upstream that the call is for, "" if there is none.
func (e *environment) source() string {
	if e.l == nil {
		return ""
	}
	return e.l.plan.Source
}

// hold makes a value that stays until the part is done.
func (e *environment) hold(write func([]byte) []byte) []byte {
	f := e.f
	from := len(f.texts)
	f.texts = write(f.texts)
	return f.texts[from:len(f.texts):len(f.texts)]
}

// arg returns an argument, or the object of all.
func (e *environment) arg(key string) []byte {
	p := e.l.plan
	if key == "" {
		return e.hold(func(b []byte) []byte {
			b = append(b, '{')
			n := 0
			for i := range p.Args {
				if v := e.value(&p.Args[i].Value); v != nil {
					b = appendMember(b, &n, p.Args[i].Name, v)
				}
			}
			return append(b, '}')
		})
	}
	for i := range p.Args {
		if p.Args[i].Name == key {
			return e.value(&p.Args[i].Value)
		}
	}
	return nil
}

func appendMember(b []byte, n *int, name string, value []byte) []byte {
	if *n > 0 {
		b = append(b, ',')
	}
	*n++
	b = rawjson.Quote(b, name)
	b = append(b, ':')
	return append(b, value...)
}

// value returns an argument's JSON, nil if it is absent.
func (e *environment) value(v *plan.Value) []byte {
	if v.Kind == plan.Constant {
		return v.Literal
	}
	var out []byte
	var ok bool
	var err error
	if v.Kind == plan.FromVariable && !v.NonNull {
		if out = e.f.in.Variables[v.Variable]; out == nil {
			out = v.Default
		}
		return out
	}
	out, ok, err = v.Append(nil, e.f.in.Variables)
	if err != nil && e.err == nil {
		e.err = err
	}
	if !ok || err != nil {
		return nil
	}
	return out
}

// member returns a member of the parent object of key n, or the object of all members that are known.
func (e *environment) member(key string, n int) []byte {
	if n >= len(e.l.keys) {
		return nil
	}
	parts, names := e.l.members(n), e.l.plan.Keys
	if key != "" {
		for i, name := range names {
			if name == key {
				return e.f.valueOfToken(parts[i])
			}
		}
		nested := key + "."
		for _, name := range names {
			if strings.HasPrefix(name, nested) {
				return e.hold(func(b []byte) []byte { return e.appendParent(b, names, parts, nested) })
			}
		}
		return nil
	}
	return e.hold(func(b []byte) []byte { return e.appendParent(b, names, parts, "") })
}

// valueOfToken returns the JSON of a token, nil if nothing was found.
func (f *frame) valueOfToken(s slot) []byte {
	if !s.token() {
		return nil
	}
	return f.bytes(s)
}

// appendParent writes the members under a prefix as an object; dotted names become objects inside.
func (e *environment) appendParent(b []byte, names []string, parts []slot, prefix string) []byte {
	b = append(b, '{')
	n := 0
	var done []string
	for i, name := range names {
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		rest := name[len(prefix):]
		head, _, dotted := strings.Cut(rest, ".")
		if !dotted {
			if v := e.f.valueOfToken(parts[i]); v != nil {
				b = appendMember(b, &n, rest, v)
			}
			continue
		}
		if slices.Contains(done, head) {
			continue
		}
		done = append(done, head)
		if inner := e.appendParent(nil, names, parts, prefix+head+"."); len(inner) > len("{}") { // else it is not there
			b = appendMember(b, &n, head, inner)
		}
	}
	return append(b, '}')
}

// batch returns the list of the call's parent objects, or of one member of each.
func (e *environment) batch(key string) []byte {
	return e.hold(func(b []byte) []byte {
		b = append(b, '[')
		member := -1
		for i, name := range e.l.plan.Keys {
			if name == key {
				member = i
			}
		}
		each, first := e.l.each, true
		for n := e.lo; n < e.hi; n++ {
			if each && e.l.answers[n].kind != asked { // it was kept
				continue
			}
			if !first {
				b = append(b, ',')
			}
			first = false
			parts := e.l.members(n)
			switch {
			case member >= 0:
				b = append(b, e.f.bytes(parts[member])...)
			case key == "":
				b = e.appendParent(b, e.l.plan.Keys, parts, "")
			default:
				b = e.appendParent(b, e.l.plan.Keys, parts, key+".")
			}
		}
		return append(b, ']')
	})
}

// headers returns headers as an object: lower-case names, lists of values. Bytes that are no text become U+FFFD.
func (e *environment) headers(header http.Header) []byte {
	return e.hold(func(b []byte) []byte {
		b = append(b, '{')
		n := 0
		for name, values := range header {
			list := []byte{'['}
			for i, v := range values {
				if i > 0 {
					list = append(list, ',')
				}
				list = rawjson.Quote(list, v)
			}
			b = appendMember(b, &n, strings.ToLower(name), append(list, ']'))
		}
		return append(b, '}')
	})
}
