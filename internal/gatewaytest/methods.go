package gatewaytest

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"

	"manifold/internal/mapping"
)

// misuse is the value of a mapping that failed: a method got what it cannot take, or ->error was reached.
type misuse struct{ code string }

// misused ends an evaluation.
func misused() any { panic(misuse{}) }

// guarded evaluates, and returns a misuse as a value.
func guarded(eval func() any) (v any) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case misuse:
			v = r
		default:
			panic(r)
		}
	}()
	return eval()
}

// method applies a method to v, which is not missing.
func (s scope) method(v any, step mapping.Step) any {
	s.at = v
	if v == nil && !slices.Contains([]string{
		"and", "echo", "eq", "error", "in", "jsonStringify", "match", "matchIf", "ne", "not", "or",
		"toString", "typeof",
	}, step.Name) {
		return nil
	}
	switch step.Name {
	case "first", "last", "slice", "get", "has", "size", "map", "filter", "find", "contains", "in", "joinNotNull", "sortBy":
		return s.listMethod(v, step)
	case "entries", "keys", "values", "groupBy", "keyBy", "keysToCamelCase", "keysToCamelCaseDeep":
		return s.objectMethod(v, step)
	case "add", "sub", "mul", "div", "mod":
		return s.calculate(v, step)
	case "split", "trim", "trimStart", "trimEnd", "toString", "jsonStringify", "jsonParse", "parseInt", "date":
		return s.textMethod(v, step)
	}
	return s.choiceMethod(v, step)
}

// arg evaluates an argument; what is missing is null.
func (s scope) arg(step mapping.Step, i int) any {
	if i >= len(step.Args) {
		return nil
	}
	v := s.eval(step.Args[i])
	if isAbsent(v) {
		return nil
	}
	return v
}

// forItem is the scope of an argument in which @ is an item.
func (s scope) forItem(item any) scope {
	s.at = item
	return s
}

func itemsOf(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}

// runes returns the characters of a text as values.
func runes(text string) []any {
	list := []any{}
	for _, r := range text {
		list = append(list, string(r))
	}
	return list
}

func holds(v any) bool {
	switch v := v.(type) {
	case nil, absent:
		return false
	case bool:
		return v
	}
	misused()
	return false
}

func (s scope) listMethod(v any, step mapping.Step) any {
	text, isText := v.(string)
	list, isList := v.([]any)
	if isText {
		list = runes(text)
	}
	switch step.Name {
	case "first", "last":
		switch {
		case !isText && !isList:
			return v
		case len(list) == 0:
			return absent{}
		case step.Name == "first":
			return list[0]
		}
		return list[len(list)-1]
	case "slice":
		if !isText && !isList {
			misused()
		}
		from, to := clamp(s.arg(step, 0), 0, len(list)), clamp(s.arg(step, 1), len(list), len(list))
		part := slices.Clone(list[min(from, to):to])
		if isText {
			var b strings.Builder
			for _, r := range part {
				b.WriteString(r.(string))
			}
			return b.String()
		}
		return append([]any{}, part...)
	case "sortBy":
		if !isList {
			misused()
		}
		return s.sortBy(list, step)
	case "get":
		return s.at1(v, step)
	case "has":
		return !isAbsent(s.at1(v, step))
	case "size":
		if o, ok := v.(*Object); ok {
			return jsonInt(len(o.Members))
		}
		if !isText && !isList {
			misused()
		}
		return jsonInt(len(list))
	case "map":
		out := []any{}
		for _, item := range itemsOf(v) {
			out = append(out, s.forItem(item).arg(step, 0))
		}
		return out
	case "filter":
		out := []any{}
		for _, item := range itemsOf(v) {
			if holds(s.forItem(item).arg(step, 0)) {
				out = append(out, item)
			}
		}
		return out
	case "find":
		for _, item := range itemsOf(v) {
			if holds(s.forItem(item).arg(step, 0)) {
				return item
			}
		}
		return absent{}
	case "contains":
		wanted := s.arg(step, 0)
		if part, ok := wanted.(string); isText && ok {
			return strings.Contains(text, part)
		}
		if !isList {
			misused()
		}
		return slices.ContainsFunc(list, func(item any) bool { return equalValues(item, wanted) })
	case "in":
		in, ok := s.arg(step, 0).([]any)
		if !ok && s.arg(step, 0) != nil {
			misused()
		}
		return slices.ContainsFunc(in, func(item any) bool { return equalValues(item, v) })
	default:
		return s.join(v, step)
	}
}

func (s scope) join(v any, step mapping.Step) any {
	separator, ok := s.arg(step, 0).(string)
	if !ok {
		misused()
	}
	var texts []string
	for _, item := range itemsOf(v) {
		if item == nil {
			continue
		}
		text, ok := scalarText(item)
		if !ok {
			misused()
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, separator)
}

// clamp is a whole number brought between 0 and most.
func clamp(v any, fallback, most int) int {
	if v == nil {
		return fallback
	}
	n, ok := integral(v)
	if !ok {
		misused()
	}
	if !n.IsInt64() {
		return max(0, n.Sign()*most)
	}
	return int(max(0, min(n.Int64(), int64(most))))
}

// at1 is what get finds.
func (s scope) at1(v any, step mapping.Step) any {
	key := s.arg(step, 0)
	if key == nil {
		return absent{}
	}
	var list []any
	switch v := v.(type) {
	case *Object:
		name, ok := key.(string)
		if !ok {
			misused()
		}
		return v.Get(name)
	case []any:
		list = v
	case string:
		list = runes(v)
	default:
		misused()
	}
	n, ok := integral(key)
	if !ok {
		misused()
	}
	if n.Sign() < 0 {
		n = new(big.Int).Add(n, big.NewInt(int64(len(list))))
	}
	if n.Sign() < 0 || n.Cmp(big.NewInt(int64(len(list)))) >= 0 {
		return absent{}
	}
	return list[n.Int64()]
}

func (s scope) objectMethod(v any, step mapping.Step) any {
	if step.Name == "keyBy" {
		out := NewObject()
		for _, item := range itemsOf(v) {
			key := s.forItem(item).arg(step, 0)
			if key == nil {
				continue
			}
			name, ok := scalarText(key)
			if !ok {
				misused()
			}
			out.Set(name, item)
		}
		return out
	}
	if step.Name == "groupBy" {
		out := NewObject()
		for _, item := range itemsOf(v) {
			key := s.forItem(item).arg(step, 0)
			if key == nil {
				continue
			}
			name, ok := scalarText(key)
			if !ok {
				misused()
			}
			group, _ := out.Get(name).([]any)
			out.Set(name, append(group, item))
		}
		return out
	}
	o, ok := v.(*Object)
	if !ok {
		misused()
	}
	if strings.HasPrefix(step.Name, "keysToCamelCase") {
		return camelled(o, step.Name == "keysToCamelCaseDeep")
	}
	out := []any{}
	for _, name := range o.Names {
		switch step.Name {
		case "keys":
			out = append(out, name)
		case "values":
			out = append(out, o.Members[name])
		default:
			entry := NewObject()
			entry.Set("key", name)
			entry.Set("value", o.Members[name])
			out = append(out, entry)
		}
	}
	return out
}

func (s scope) choiceMethod(v any, step mapping.Step) any {
	switch step.Name {
	case "echo":
		return s.eval(step.Args[0])
	case "typeof":
		switch v.(type) {
		case nil:
			return "null"
		case bool:
			return "boolean"
		case string:
			return "string"
		case json.Number:
			return "number"
		case []any:
			return "array"
		}
		return "object"
	case "eq":
		return equalValues(v, s.arg(step, 0))
	case "ne":
		return !equalValues(v, s.arg(step, 0))
	case "gt", "gte", "lt", "lte":
		return s.order(v, step)
	case "not":
		return !holds(v)
	case "and", "or":
		want := step.Name == "and"
		out := holds(v)
		for i := 0; out == want && i < len(step.Args); i++ {
			out = holds(s.arg(step, i))
		}
		return out
	case "match", "matchIf":
		for _, arg := range step.Args {
			pair := arg.(*mapping.Array).Items
			first := s.eval(pair[0])
			if step.Name == "match" && !isAbsent(first) && equalValues(v, first) || step.Name == "matchIf" && holds(first) {
				return s.eval(pair[1])
			}
		}
		return absent{}
	case "error":
		code, okCode := s.arg(step, 0).(string)
		if _, ok := s.arg(step, 1).(string); !ok || !okCode || code == "" {
			misused()
		}
		panic(misuse{code})
	}
	return misused()
}
