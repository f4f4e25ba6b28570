package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// typ is a type under construction: all its blocks together.
type typ struct {
	name   string
	kind   ast.DefinitionKind
	blocks []*block // the definition first, if there is one
	fields []*field // in the order written
	byName map[string]*field
	model  *Type

	keyed      bool // a @key is written for it; else its loaders say what its keys are
	implements []string
	members    []string // of unions
}

func (t *typ) pos() place { return at(t.blocks[0].def.Position) }

// main is the definition of the type, or nil if it is only extended.
func (t *typ) main() *block {
	if t.blocks[0].ext {
		return nil
	}
	return t.blocks[0]
}

func (t *typ) composite() bool {
	return t.kind == ast.Object || t.kind == ast.Interface || t.kind == ast.Union
}

func (t *typ) fieldNames() []string {
	names := make([]string, len(t.fields))
	for i, f := range t.fields {
		names[i] = f.def.Name
	}
	return names
}

// field is a field of an object, interface or input type under construction.
type field struct {
	def   *ast.FieldDefinition
	owner *typ
	block *block
	uses  []*use
	model *Field

	also    []*field // further definitions, each @shareable
	mention *use     // the @external that says that another block serves it

	fromValues []*ast.Value // the texts of model.From
	mock       *mockValue   // of @mock, or nil
	faulty     bool         // a directive could not be read: the field may be bound
}

func (f *field) coordinate() string { return f.owner.name + "." + f.def.Name }
func (f *field) pos() place         { return at(f.def.Position) }

// merge puts the blocks of each type together. Within a file a name may be defined once; definitions of one name in
// several files are one type, whose further definitions count as extensions.
func (l *loader) merge(doc *document, all *uses) {
	l.types = map[string]*typ{}
	var order []*typ
	byName := map[string][]*block{}
	var names []string
	for _, b := range doc.blocks {
		if byName[b.def.Name] == nil {
			names = append(names, b.def.Name)
		}
		byName[b.def.Name] = append(byName[b.def.Name], b)
	}
	for _, name := range names {
		blocks := l.mainFirst(name, byName[name])
		t := &typ{name: name, kind: blocks[0].def.Kind, byName: map[string]*field{}}
		for _, b := range blocks {
			if b.def.Kind != t.kind {
				l.problem(at(b.def.Position), name, fmt.Sprintf("%s is %s, but %s elsewhere", name,
					locationWord(ast.DirectiveLocation(b.def.Kind)), locationWord(ast.DirectiveLocation(t.kind))),
					"rename one of them, or use the same keyword")
				continue
			}
			t.blocks = append(t.blocks, b)
			t.implements = append(t.implements, b.def.Interfaces...)
		}
		l.types[name] = t
		order = append(order, t)
	}
	l.order = order
	for _, t := range order {
		l.collect(t, all, keyNames(t))
	}
	l.checkExternal()
}

// keyNames returns the names of all fields that stand in a @key of t: they may be written in several files.
func keyNames(t *typ) map[string]bool {
	names := map[string]bool{}
	for _, b := range t.blocks {
		for _, u := range usesOf(b.uses, "key") {
			fields, _ := text(u.arg("fields"))
			for _, name := range strings.FieldsFunc(fields, func(r rune) bool { return r == ' ' || r == '{' || r == '}' || r == ',' }) {
				names[name] = true
			}
		}
	}
	return names
}

// mainFirst orders the blocks of one type: the definition first. Of definitions in several files it is the first one that
// carries a connector, else the first.
func (l *loader) mainFirst(name string, blocks []*block) []*block {
	main := -1
	files := map[*ast.Source]bool{}
	for i, b := range blocks {
		if b.ext {
			continue
		}
		if files[b.file()] {
			l.problem(at(b.def.Position), name, name+" is defined twice in this file", "write `extend` for the second one, or rename it")
			b.ext = true
			continue
		}
		files[b.file()] = true
		if main < 0 || (first(blocks[main].uses, "connect") == nil && first(b.uses, "connect") != nil) {
			main = i
		}
	}
	if main < 0 {
		return blocks
	}
	out := append([]*block{blocks[main]}, slices.Delete(slices.Clone(blocks), main, main+1)...)
	for _, b := range out[1:] {
		b.ext = true
	}
	return out
}

// collect gathers the fields, values and members of the blocks of t, and drops what several files may say alike.
func (l *loader) collect(t *typ, all *uses, keys map[string]bool) {
	values := map[string]*ast.EnumValueDefinition{}
	members := map[string]bool{}
	for _, b := range t.blocks {
		b.def.Fields = slices.DeleteFunc(b.def.Fields, func(def *ast.FieldDefinition) bool {
			f := &field{def: def, owner: t, block: b, uses: all.fields[def], faulty: all.faulty[def]}
			if l.external(f) {
				return true
			}
			other := t.byName[def.Name]
			if other == nil {
				t.byName[def.Name] = f
				t.fields = append(t.fields, f)
				return false
			}
			return !l.repeated(f, other, keys[def.Name])
		})
		b.def.EnumValues = slices.DeleteFunc(b.def.EnumValues, func(v *ast.EnumValueDefinition) bool {
			other := values[v.Name]
			if other == nil {
				values[v.Name] = v
				return false
			}
			if other.Position.Src == v.Position.Src || len(all.values[v]) > 0 {
				l.twice(at(v.Position), t.name+"."+v.Name, "value "+v.Name, at(other.Position))
			}
			return true
		})
		kept, positions := b.def.Types[:0], b.def.TypePositions[:0]
		for i, m := range b.def.Types {
			if members[m] {
				l.problem(at(b.def.TypePositions[i]), t.name, m+" is a member twice", "keep one of them")
				continue
			}
			members[m] = true
			kept, positions = append(kept, m), append(positions, b.def.TypePositions[i])
			t.members = append(t.members, m)
		}
		b.def.Types, b.def.TypePositions = kept, positions
	}
}

// repeated decides on a further definition of a field. It reports whether f is the one that stays.
func (l *loader) repeated(f, other *field, key bool) bool {
	same := other.def.Type.String() == f.def.Type.String()
	switch input := f.owner.kind == ast.InputObject; {
	case input && same && other.block.file() != f.block.file() && len(f.uses) == 0:
		return false
	case !input && key && same && other.block != f.block && len(f.def.Arguments) == 0 && first(f.uses, "connect") == nil:
		other.also = append(other.also, f) // key fields may be shared by nature (LANGUAGE 6)
		return false
	}
	shared, stays := l.share(f, other)
	if !shared {
		l.twoOwners(f, other)
	}
	return stays
}

// twoOwners reports a field that is written at two places, and which source each of them would ask.
func (l *loader) twoOwners(f, other *field) {
	here, there := servedBy(f), servedBy(other)
	if here == "" || there == "" || l.full() {
		l.twice(f.pos(), f.coordinate(), "field "+f.def.Name, other.pos())
		return
	}
	line, column, _ := l.lines[other.pos().src].find(other.pos().rune)
	l.problem(f.pos(), f.coordinate(),
		fmt.Sprintf("field %s is served twice: by source %q here, and by source %q at %s:%d:%d", f.def.Name, here, there, other.block.file().Name, line, column),
		"a field has one owner: keep it in one of the two blocks; if both serve it alike, write @shareable on both")
}

// servedBy returns the name of the source that serves a field by its own connector or its block's; "" if there is none.
func servedBy(f *field) string {
	for _, uses := range [][]*use{f.uses, f.block.uses} {
		if u := first(uses, "connect"); u != nil {
			name, _ := text(u.arg("source"))
			return name
		}
	}
	return ""
}

// twice reports an element that is written at two places, and names both.
func (l *loader) twice(p place, coordinate, what string, other place) {
	if l.full() {
		return
	}
	line, column, _ := l.lines[other.src].find(other.rune)
	message := fmt.Sprintf("%s is already defined at %s:%d:%d", what, other.src.Name, line, column)
	hint := "keep one of them"
	if other.src != p.src {
		hint = "a field has one owner; if both serve it alike, write @shareable on both"
	}
	l.problem(p, coordinate, message, hint)
}
