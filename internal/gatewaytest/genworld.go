package gatewaytest

import (
	"fmt"
	"hash/fnv"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"manifold/internal/fault"
	"manifold/schema"
	"manifold/upstreams"
)

// world answers every call of a generated schema. The answer depends on the request alone, and what it says of one key does
// not depend on the other keys of the batch: one call for each key must lead to the same response as one call for all.
type world struct {
	seed   uint64
	s      *genSchema
	values float64 // how likely a value is not as the schema has it
	calls  float64 // how likely a call fails
}

func newWorld(seed uint64, s *genSchema) *world {
	d := newDice(seed, 7)
	w := &world{seed: seed, s: s, values: pick(d, []float64{0, 0, 0.01, 0.05, 0.2}), calls: pick(d, []float64{0, 0, 0.1, 0.3})}
	if s.agree {
		w.values = 0
	}
	return w
}

// dice returns the chance that belongs to a subject.
func (w *world) dice(subject ...any) dice {
	h := fnv.New64a()
	fmt.Fprintf(h, "%q", subject)
	return newDice(w.seed, h.Sum64())
}

// Answer is an Upstream.
func (w *world) Answer(_ *schema.Source, call *upstreams.Call) (*upstreams.Reply, error) {
	u, err := url.Parse(string(call.URL))
	if err != nil {
		return nil, fault.New(fault.Internal, err.Error())
	}
	m := regexp.MustCompile(`^/e(\d+)((?:/[^/]*)*)$`).FindStringSubmatch(u.EscapedPath())
	if m == nil {
		return nil, fault.New(fault.Internal, "no endpoint for "+string(call.URL))
	}
	n, _ := strconv.Atoi(m[1])
	c := w.s.conns[n]
	query := u.Query()
	keys := keysOf(c, m[2], query, call.Body)
	query.Del("ids")
	args := query.Encode() + argsOf(call.Body)

	subject := []any{"endpoint", n, args}
	if c.mode != many {
		subject = append(subject, keys)
	}
	d := w.dice(subject...)
	if reply, err, broken := w.broken(d, c); broken {
		return reply, err
	}
	v := w.body(c, keys, args)
	for _, name := range slices.Backward(c.root) {
		o := NewObject()
		o.Set("other", jsonInt(1))
		if !d.chance(w.values / 2) {
			o.Set(name, v)
		}
		v = o
	}
	return &upstreams.Reply{Status: 200, ContentType: "application/json", Body: []byte(noisy(d, v))}, nil
}

// broken is a call that fails, or brings nothing.
func (w *world) broken(d dice, c *genConn) (*upstreams.Reply, error, bool) {
	if w.s.sure(c.typ) || !d.chance(w.calls) {
		return nil, nil, false
	}
	reply := func(status int, contentType, body string) (*upstreams.Reply, error, bool) {
		return &upstreams.Reply{Status: status, ContentType: contentType, Body: []byte(body)}, nil, true
	}
	switch d.IntN(11) {
	case 0:
		return nil, fault.New(fault.UpstreamTimeout, "late"), true
	case 1:
		return nil, fault.New(fault.UpstreamUnavailable, "down"), true
	case 2:
		return reply(404, "application/json", `{"error":"none"}`)
	case 3:
		return reply(200, "text/html", "<html>")
	case 4:
		return reply(200, "application/json", pick(d, []string{`{"a":`, `[1,2`, `{"data":{"items":[{"id":"\ud800"}]}}`, `[01]`, "[\"\x01\"]", "\"\xff\"", `{} {}`, `nul`}))
	case 5:
		return reply(204, "", "")
	case 6:
		return reply(200, "application/json", "")
	case 7:
		return reply(200, "application/json", "null")
	case 8:
		shapes := []string{`{}`, `[]`, `5`, `"text"`, `{"data":null}`, `{"data":[]}`, `{"data":{"items":{}}}`, `{"data":5}`}
		if c.match != matchPosition { // by position these would be right for batches of one size only
			shapes = append(shapes, `[[]]`, `[null]`, `[5,{}]`)
		}
		return reply(200, "application/json", pick(d, shapes))
	case 9:
		return reply(302, "application/json", `{}`)
	default:
		return reply(500, "application/json", `{"error":"boom"}`)
	}
}

// keysOf reads the keys of a call, each as one text.
func keysOf(c *genConn, path string, query url.Values, body []byte) []string {
	switch {
	case c.mode == once:
		return nil
	case c.mode == each:
		var parts []string
		for _, p := range strings.Split(path, "/")[1:] {
			text, _ := url.PathUnescape(p)
			parts = append(parts, text)
		}
		return []string{strings.Join(parts, "\x00")}
	case !c.post:
		var keys []string
		for _, v := range query["ids"] {
			keys = append(keys, strings.Split(v, ",")...)
		}
		return keys
	}
	var keys []string
	v, err := Decode(body)
	if err != nil {
		return nil
	}
	list, _ := property(v, "keys").([]any)
	for _, k := range list {
		var parts []string
		if text, ok := scalarText(k); ok {
			parts = append(parts, text)
		}
		for _, name := range c.keys {
			if text, ok := scalarText(property(k, flatKey(name))); ok {
				parts = append(parts, text)
			}
		}
		keys = append(keys, strings.Join(parts, "\x00"))
	}
	return keys
}

// argsOf is the body of a POST without its keys.
func argsOf(body []byte) string {
	v, err := Decode(body)
	o, ok := v.(*Object)
	if err != nil || !ok {
		return ""
	}
	names := slices.Clone(o.Names)
	slices.Sort(names)
	var out []string
	for _, n := range names {
		if n != "keys" {
			out = append(out, n+Encode(asText(o.Members[n])))
		}
	}
	return strings.Join(out, " ")
}

// asText is a value with all its scalars as texts: what is read of a parent may have come as 1 or as "1", and both are one key.
func asText(v any) any {
	switch v := v.(type) {
	case []any:
		list := []any{}
		for _, item := range v {
			list = append(list, asText(item))
		}
		return list
	case *Object:
		out := NewObject()
		for _, n := range v.Names {
			out.Set(n, asText(v.Members[n]))
		}
		return out
	}
	if text, ok := scalarText(v); ok {
		return text
	}
	return v
}

// body makes the value at the end of the connector's root path.
func (w *world) body(c *genConn, keys []string, args string) any {
	switch {
	case c.mode == once:
		d := w.dice("once", c.id, args)
		return w.lists(d, c.lists, func() any { return w.whole(d, c, nil) })
	case c.mode == each:
		d := w.dice("each", c.id, keys, args)
		if d.in(12) && !w.s.sure(c.typ) {
			return nil
		}
		return w.lists(d, c.lists, func() any { return w.whole(d, c, keys) })
	case c.match == matchMap:
		o := NewObject()
		for _, k := range keys {
			if v := w.item(c, k, args); !isAbsent(v) {
				o.Set(k, v)
			}
		}
		return o
	case c.match == matchPosition:
		list := []any{}
		for _, k := range keys {
			v := w.item(c, k, args)
			if isAbsent(v) {
				v = nil
			}
			list = append(list, v)
		}
		if w.dice("position", c.id).chance(w.calls/2) && !w.s.sure(c.typ) { // an endpoint that is always one short
			list = list[1:]
		}
		return list
	case c.match == matchGroup:
		return w.groups(c, keys, args)
	}
	list := []any{}
	for _, k := range append(slices.Clone(keys), "extra") {
		if v := w.item(c, k, args); !isAbsent(v) {
			list = append(list, v)
		}
	}
	w.shuffle(list)
	return list
}

// shuffle orders items by what they are, so that the order says nothing about the keys.
func (w *world) shuffle(list []any) {
	rank := func(v any) uint64 { return w.dice("order", Encode(v)).Uint64() }
	slices.SortStableFunc(list, func(a, b any) int {
		switch x, y := rank(a), rank(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		default:
			return 0
		}
	})
}

// item is what a batch says of one key: absent{} if nothing.
func (w *world) item(c *genConn, key, args string) any {
	d := w.dice("item", c.id, key, args)
	switch {
	case !w.s.sure(c.typ) && (d.in(10) || strings.HasPrefix(key, "404")):
		return absent{}
	case d.chance(w.values / 4):
		return w.junk(d)
	default:
		return w.whole(d, c, []string{key})
	}
}

// groups is a list in which every item says which key it belongs to.
func (w *world) groups(c *genConn, keys []string, args string) any {
	list := []any{}
	for _, k := range append(slices.Clone(keys), "extra") {
		d := w.dice("group", c.id, k, args)
		n := d.IntN(4)
		if c.lists == 0 {
			n = pick(d, []int{0, 1, 1, 1, 1, 1})
			if d.chance(w.values) {
				n = 2
			}
		}
		for range n {
			v := w.whole(d, c, nil)
			if o, ok := v.(*Object); ok && !d.chance(w.values/4) {
				o.Set(c.group, w.keyAs(d, k))
			}
			list = append(list, v)
		}
	}
	w.shuffle(list)
	return list
}
