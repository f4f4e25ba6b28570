package schema

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
)

// defaultBatch is how many keys go into one call unless batch.maxSize says otherwise.
const defaultBatch = 100

// readBatch fills c.Batch if a text reads $batch, and checks what batch: says.
func (l *loader) readBatch(u *use, s site, c *Connector, sc *scope) {
	v := u.arg("batch")
	if sc.read.batch.src == nil {
		if v != nil && !l.unread[c] {
			l.problem(at(v.Position), c.Coordinate, "batch is given, but nothing reads $batch",
				"write the keys into the call, as in GET: \"/things?ids={$batch.id->joinNotNull(',')}\"")
		}
		return
	}
	if sc.read.this.src != nil {
		l.problem(sc.read.this, c.Coordinate, "$this and $batch cannot be read by one connector", "use $batch for all of them")
	}
	b := &Batch{MaxSize: l.maxSize(member(v, "maxSize"), c.Coordinate)}
	c.Batch = b
	if c.Ask != nil && c.Ask.Entity != nil { // subgraphs answer in the order they were asked
		b.Match = MatchPosition
	}
	if m := member(v, "match"); m != nil {
		switch m.Raw {
		case "MAP":
			b.Match = MatchMap
		case "POSITION":
			b.Match = MatchPosition
		}
	}
	if m := member(v, "missing"); m != nil {
		b.MissingError = m.Raw == "ERROR"
	}
	b.GroupBy = l.expression(member(v, "groupBy"), &scope{
		coordinate: c.Coordinate, noArgs: "groupBy reads the item of the reply only",
		noParent: "groupBy reads the item of the reply only",
	}, answering)
	l.checkBatch(s, c, sc, v)
}

// maxSize reads batch.maxSize; nil is the default.
func (l *loader) maxSize(v *ast.Value, coordinate string) int {
	if v == nil {
		return defaultBatch
	}
	n, err := strconv.Atoi(v.Raw)
	if err != nil {
		return defaultBatch // reported by decode
	}
	if n < 1 {
		l.problem(at(v.Position), coordinate, "batch.maxSize must be at least 1", fmt.Sprintf("leave it out for %d", defaultBatch))
	}
	return n
}

// checkBatch checks that the items of a batch reply can find their keys.
func (l *loader) checkBatch(s site, c *Connector, sc *scope, v *ast.Value) {
	p := sc.read.batch
	b := c.Batch
	groupBy := member(v, "groupBy")
	if groupBy != nil {
		p = at(groupBy.Position)
	}
	switch {
	case groupBy != nil && s.field == nil:
		l.problem(p, c.Coordinate, "groupBy may not stand on a type: each key has one object there",
			"put the connector on the field that has the items of one key")
	case groupBy != nil && b.Match != MatchKey:
		l.problem(p, c.Coordinate, "groupBy and match: "+b.Match.String()+" are two ways of finding the key", "keep one of them")
	case s.field != nil && b.Match == MatchKey && !l.isComposite(s.field.def.Type.Name()):
		l.notYet(p, c.Coordinate, "a batch of "+s.field.def.Type.Name()+" values matched by key",
			"put the connector on `extend type "+s.owner.name+"` with this field in it, or say match: MAP or POSITION")
	case groupBy != nil:
		l.checkGroupBy(c, p)
		if s.field.def.Type.Elem != nil && b.MissingError {
			l.problem(at(member(v, "missing").Position), c.Coordinate, "missing: ERROR has no effect on a list by groupBy: a key without items has an empty list", "remove it")
		}
	case s.field != nil && b.Match == MatchKey && s.field.def.Type.Elem != nil:
		l.problem(p, c.Coordinate, "it is not said which items belong to which key",
			fmt.Sprintf("name the property of an item that holds the key, as batch: { groupBy: %q }; or say match: MAP or POSITION", foreignKey(s.owner, c)))
	case b.Match == MatchMap && len(c.Inputs) > 1 && sc.read.this.src == nil:
		l.notYet(p, c.Coordinate, "match: MAP with a key of several fields", "read one field by $batch")
	}
}

// checkGroupBy checks that groupBy finds each member of the key in an item: one path, or an object with a path for each.
func (l *loader) checkGroupBy(c *Connector, p place) {
	if c.Batch.GroupBy == nil {
		return
	}
	keys, sel, ok := mapping.Keys(c.Batch.GroupBy)
	if ok && sel == nil && len(keys) > 0 && len(c.Inputs) <= 1 {
		return
	}
	if !ok || sel == nil || len(c.Inputs) <= 1 {
		hint := `write groupBy: "user_id"`
		if len(c.Inputs) > 1 {
			hint = fmt.Sprintf("name a property for each of the %d fields that $batch reads: groupBy: \"{ id: user_id ... }\"", len(c.Inputs))
		}
		l.problem(p, c.Coordinate, "groupBy must name the property of the item that holds the key", hint)
		return
	}
	m := flatten(sel)
	for _, in := range c.Inputs {
		name := in.Path[len(in.Path)-1]
		if n := m.values[name]; n != nil {
			if _, inner, ok := mapping.Keys(n); ok && inner == nil {
				continue
			}
		}
		l.problem(p, c.Coordinate, "groupBy does not say which property of the item holds "+name, "add "+name+": ... to it")
	}
}

// String returns the name as it is written.
func (m Match) String() string {
	switch m {
	case MatchMap:
		return "MAP"
	case MatchPosition:
		return "POSITION"
	default:
		return "KEY"
	}
}

// foreignKey guesses how items of a service name the key of their owner: user_id, userId.
func foreignKey(owner *typ, c *Connector) string {
	name, key := owner.name, "id"
	if len(c.Inputs) == 1 {
		key = c.Inputs[0].Path[len(c.Inputs[0].Path)-1]
	}
	if c.Source != nil && c.Source.Naming == SnakeCase {
		return strings.ToLower(name) + "_" + key
	}
	return strings.ToLower(name[:1]) + name[1:] + strings.ToUpper(key[:1]) + key[1:]
}
