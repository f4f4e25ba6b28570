package resolvers

import (
	"slices"

	"manifold/internal/plan"
	"manifold/internal/rawjson"
)

// misfit says why a JSON value is not what a description says, "" if it is.
func misfit(json []byte, a *plan.Answer) string {
	kind := rawjson.KindOf(json[0])
	if kind == rawjson.Null {
		if a.Nullable || a.Kind == plan.AnswerAny {
			return ""
		}
		return "null may not stand there"
	}
	is := func(ok bool, what string) string {
		if ok {
			return ""
		}
		return what + " is expected, and it is " + kind.String()
	}
	switch a.Kind {
	case plan.AnswerInt:
		_, ok := rawjson.Int32(json)
		return is(kind == rawjson.Number && ok, "a whole number")
	case plan.AnswerFloat:
		return is(kind == rawjson.Number, "a number")
	case plan.AnswerString, plan.AnswerID:
		return is(kind == rawjson.String, "a text")
	case plan.AnswerBoolean:
		return is(kind == rawjson.True || kind == rawjson.False, "true or false")
	case plan.AnswerEnum:
		ok := kind == rawjson.String && slices.Contains(a.Enum, string(rawjson.Unquote(nil, json)))
		return is(ok, "a value of "+a.Name)
	case plan.AnswerList:
		if kind != rawjson.Array {
			return is(false, "a list")
		}
		wrong := ""
		_, _ = rawjson.Elements(json, 0, func(item []byte) error {
			if w := misfit(item, a.Item); wrong == "" {
				wrong = w
			}
			return nil
		})
		return wrong
	case plan.AnswerObject:
		if kind != rawjson.Object {
			return is(false, "an object")
		}
		return misfitMembers(json, a)
	case plan.AnswerMap, plan.AnswerOneOf:
		return is(kind == rawjson.Object, "an object")
	default:
		return ""
	}
}

func misfitMembers(json []byte, a *plan.Answer) string {
	wrong := ""
	seen := map[string]bool{}
	_, _ = rawjson.Members(json, 0, func(key, value []byte) error {
		name := string(rawjson.Unquote(nil, key))
		seen[name] = true
		i := slices.IndexFunc(a.Members, func(m plan.AnswerMember) bool { return m.Name == name })
		switch {
		case wrong != "":
		case i < 0:
			wrong = "there is no member " + name
		default:
			if wrong = misfit(value, a.Members[i].Type); wrong != "" {
				wrong = name + ": " + wrong
			}
		}
		return nil
	})
	for i := range a.Members {
		if m := &a.Members[i]; wrong == "" && !m.Optional && !seen[m.Name] {
			wrong = "the member " + m.Name + " is missing"
		}
	}
	return wrong
}
