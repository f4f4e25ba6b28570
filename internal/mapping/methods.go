package mapping

import "manifold/internal/rawjson"

// method is what is known of a method. A new one is a function and a line in methodNamed.
type method struct {
	known    bool
	min, max int        // how many arguments it takes; max -1: any number
	takes    [2]argKind // what the first and the second argument are; with any number, the first holds for all
	example  string     // how it is written
	null     bool       // null is a value to it; else null stays null, and it is not called
	// apply gets the scope of the arguments, in which `@` is v. v is not missing: a method on what is missing is not
	// called, and the path is missing. nil: not effective yet.
	apply func(s scope, v []byte, step *Step) ([]byte, error)
}

// argKind says what an argument has to be, as far as a constant shows it.
type argKind uint8

const (
	anything argKind = iota
	aText
	aNumber
	anInteger
	aKey // a text or an integer
	aBoolean
	aList
	aPair     // written [x, y]: its items are evaluated one by one
	aVariable // written $name
	aFormat   // of a date
)

// methodNamed returns the method of this name.
func methodNamed(name string) method {
	if m := listMethod(name); m.known {
		return m
	}
	if m := valueMethod(name); m.known {
		return m
	}
	return choiceMethod(name)
}

// listMethod returns a method on lists and objects.
func listMethod(name string) method {
	switch name {
	case "contains":
		return method{known: true, min: 1, max: 1, example: "tags->contains('new')", apply: contains}
	case "entries":
		return method{known: true, example: "labels->entries", apply: entries}
	case "filter":
		return method{known: true, min: 1, max: 1, takes: [2]argKind{aBoolean}, example: "items->filter(@.price->gt(5))", apply: filter}
	case "find":
		return method{known: true, min: 1, max: 1, takes: [2]argKind{aBoolean}, example: "items->find(@.id->eq($args.id))", apply: find}
	case "first":
		return method{known: true, example: "items->first", apply: first}
	case "get":
		return method{known: true, min: 1, max: 1, takes: [2]argKind{aKey}, example: "items->get(0)", apply: get}
	case "groupBy":
		return method{known: true, min: 1, max: 1, example: "items->groupBy(@.kind)", apply: groupBy}
	case "has":
		return method{known: true, min: 1, max: 1, takes: [2]argKind{aKey}, example: "labels->has('color')", apply: has}
	case "in":
		return method{known: true, min: 1, max: 1, takes: [2]argKind{aList}, example: "status->in(['new', 'open'])", null: true, apply: in}
	case "joinNotNull":
		return method{known: true, min: 1, max: 1, takes: [2]argKind{aText}, example: "ids->joinNotNull(',')", apply: joinNotNull}
	case "keyBy":
		return method{known: true, min: 1, max: 1, example: "items->keyBy(@.id)", apply: keyBy}
	case "sortBy":
		return method{known: true, min: 1, max: 2, takes: [2]argKind{anything, aText}, example: "items->sortBy(@.price, 'desc')", apply: sortBy}
	case "keys":
		return method{known: true, example: "labels->keys", apply: keys}
	case "keysToCamelCase", "keysToCamelCaseDeep":
		return method{known: true, example: "user->keysToCamelCase { firstName }", apply: keysToCamelCase}
	case "last":
		return method{known: true, example: "items->last", apply: last}
	case "map":
		return method{known: true, min: 1, max: 1, example: "ids->map({ id: @ })", apply: mapItems}
	case "size":
		return method{known: true, example: "items->size", apply: size}
	case "slice":
		return method{known: true, max: 2, takes: [2]argKind{anInteger, anInteger}, example: "items->slice(0, 5)", apply: slice}
	case "values":
		return method{known: true, example: "labels->values", apply: values}
	}
	return method{}
}

// valueMethod returns a method on texts and numbers.
func valueMethod(name string) method {
	switch name {
	case "add", "sub", "mul", "div", "mod":
		return method{known: true, min: 1, max: -1, takes: [2]argKind{aNumber}, example: "price->add(2)", apply: arithmetic}
	case "date":
		return method{known: true, min: 1, max: 2, takes: [2]argKind{aFormat, aFormat}, example: "createdAt->date('YYYY-MM-DD')", apply: date}
	case "jsonParse":
		return method{known: true, example: "text->jsonParse", apply: jsonParse}
	case "jsonStringify":
		return method{known: true, example: "value->jsonStringify", null: true, apply: jsonStringify}
	case "parseInt":
		return method{known: true, max: 1, takes: [2]argKind{anInteger}, example: "text->parseInt", apply: parseInt}
	case "split":
		return method{known: true, min: 1, max: 2, takes: [2]argKind{aText, anInteger}, example: "tags->split(',')", apply: split}
	case "toString":
		return method{known: true, example: "id->toString", null: true, apply: toString}
	case "trim", "trimEnd", "trimStart":
		return method{known: true, example: "name->trim", apply: trimText}
	case "typeof":
		return method{known: true, example: "value->typeof", null: true, apply: typeOf}
	case "withError", "withWarning": // of connect v0.5: a note for the mapping's author, which we have no place for
		return method{known: true}
	}
	return method{}
}

// choiceMethod returns a method that compares or decides.
func choiceMethod(name string) method {
	switch name {
	case "and":
		return method{known: true, min: 1, max: -1, takes: [2]argKind{aBoolean}, example: "isNew->and(inStock)", null: true, apply: and}
	case "as":
		return method{known: true, min: 1, max: 2, takes: [2]argKind{aVariable, anything}, example: "id->as($id)", null: true, apply: unbound}
	case "echo":
		return method{known: true, min: 1, max: 1, example: "name->echo({ label: @ })", null: true, apply: echo}
	case "eq":
		return method{known: true, min: 1, max: 1, example: "status->eq('open')", null: true, apply: eq}
	case "error":
		return method{known: true, min: 2, max: 2, takes: [2]argKind{aText, aText}, example: "state->error('BAD_STATE', 'The state is unknown.')", null: true, apply: raise}
	case "gt", "gte", "lt", "lte":
		return method{known: true, min: 1, max: 1, takes: [2]argKind{aKey}, example: "price->gt(10)", apply: compare}
	case "match":
		return method{known: true, min: 1, max: -1, takes: [2]argKind{aPair}, example: "code->match([1, 'ONE'], [@, 'OTHER'])", null: true, apply: match}
	case "matchIf":
		return method{known: true, min: 1, max: -1, takes: [2]argKind{aPair}, example: "n->matchIf([@->lt(10), 'FEW'], [true, 'MANY'])", null: true, apply: matchIf}
	case "ne":
		return method{known: true, min: 1, max: 1, example: "status->ne('open')", null: true, apply: ne}
	case "not":
		return method{known: true, example: "isNew->not", null: true, apply: not}
	case "or":
		return method{known: true, min: 1, max: -1, takes: [2]argKind{aBoolean}, example: "isNew->or(onSale)", null: true, apply: or}
	}
	return method{}
}

// methodNames returns every name that methodNamed knows, sorted.
func methodNames() []string {
	return []string{
		"add", "and", "as", "contains", "date", "div", "echo", "entries", "eq", "error", "filter", "find", "first", "get",
		"groupBy", "gt", "gte", "has", "in", "joinNotNull", "jsonParse", "jsonStringify", "keyBy", "keys", "keysToCamelCase",
		"keysToCamelCaseDeep", "last", "lt", "lte", "map", "match", "matchIf", "mod", "mul", "ne", "not", "or", "parseInt",
		"size", "slice", "sortBy", "split", "sub", "toString", "trim", "trimEnd", "trimStart", "typeof", "values",
		"withError", "withWarning",
	}
}

// method applies a method to v. Null stays null for most methods: an absent list stays absent, and a null in a URL's query
// drops its pair.
func (s scope) method(v []byte, step *Step) ([]byte, error) {
	m := methodNamed(step.Name)
	if m.apply == nil || len(step.Args) < m.min || m.max >= 0 && len(step.Args) > m.max {
		return nil, misused(step)
	}
	if isNull(v) && !m.null {
		return v, nil
	}
	return m.apply(s, v, step)
}

// unbound is a method that stands where it has no meaning.
func unbound(_ scope, _ []byte, step *Step) ([]byte, error) { return nil, misused(step) }

func misused(step *Step) error {
	return &EvalError{At: step.At, Message: "the method `" + step.Name + "` cannot be evaluated"}
}

// misuse is a value of a kind that a method cannot take.
func misuse(step *Step, takes string, v []byte) error {
	return &EvalError{
		At:      step.At,
		Message: "the method `" + step.Name + "` " + takes + ", and got " + rawjson.KindOf(v[0]).String(),
	}
}

// misgiven is an argument of a kind that a method cannot take.
func misgiven(step *Step, arg Node, wants string) error {
	return &EvalError{At: arg.Offset(), Message: "the argument of `" + step.Name + "` must be " + wants}
}

// boolean returns the JSON of a truth value.
func (s scope) boolean(holds bool) ([]byte, error) {
	if holds {
		return right, nil
	}
	return wrong, nil
}

// text returns a JSON string.
func (s scope) text(text string) []byte { return s.arena.close(rawjson.Quote(s.arena.open(), text)) }

// truth evaluates a condition: a Boolean, where null and missing count as false.
func (s scope) truth(n Node, step *Step) (bool, error) {
	v, err := s.value(n)
	if err != nil || v == nil || isNull(v) {
		return false, err
	}
	if v[0] != 't' && v[0] != 'f' {
		return false, misgiven(step, n, "true or false")
	}
	return v[0] == 't', nil
}
