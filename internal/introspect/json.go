package introspect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// told is an introspection result as JSON. Members that are missing or null are zero.
type told struct {
	Description      string     `json:"description"`
	QueryType        *toldName  `json:"queryType"`
	MutationType     *toldName  `json:"mutationType"`
	SubscriptionType *toldName  `json:"subscriptionType"`
	Types            []toldType `json:"types"`
}

type toldName struct {
	Name string `json:"name"`
}

type toldType struct {
	Kind           string      `json:"kind"`
	Name           string      `json:"name"`
	Description    string      `json:"description"`
	SpecifiedByURL string      `json:"specifiedByURL"`
	IsOneOf        bool        `json:"isOneOf"`
	Fields         []toldField `json:"fields"`
	InputFields    []toldInput `json:"inputFields"`
	Interfaces     []toldName  `json:"interfaces"`
	PossibleTypes  []toldName  `json:"possibleTypes"`
	EnumValues     []toldValue `json:"enumValues"`
}

type toldField struct {
	toldValue

	Args []toldInput `json:"args"`
	Type *toldRef    `json:"type"`
}

type toldInput struct {
	toldValue

	Type         *toldRef `json:"type"`
	DefaultValue *string  `json:"defaultValue"`
}

// toldValue is what all that has a name inside a type has, enum values among them.
type toldValue struct {
	Name              string  `json:"name"`
	Description       string  `json:"description"`
	IsDeprecated      bool    `json:"isDeprecated"`
	DeprecationReason *string `json:"deprecationReason"`
}

// toldRef is how a type is named: the type itself, or a list of or a non-null one of another.
type toldRef struct {
	Kind   string   `json:"kind"`
	Name   string   `json:"name"`
	OfType *toldRef `json:"ofType"`
}

// reply is the whole of what a service answers. An introspection result that was saved may be its data alone.
type reply struct {
	Schema *told `json:"__schema"`
	Data   *struct {
		Schema *told `json:"__schema"`
	} `json:"data"`
	Errors []struct {
		Message string `json:"message"`
	} `json:"errors"`
}

// parseJSON reads the JSON of an introspection result.
func parseJSON(name string, text []byte) (*Schema, error) {
	var r reply
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&r); err != nil {
		return nil, Problems{jsonProblem(name, text, err)}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, Problems{placed(name, text, int(d.InputOffset()), "the JSON goes on behind its end")}
	}
	t := r.Schema
	if t == nil && r.Data != nil {
		t = r.Data.Schema
	}
	if len(r.Errors) > 0 {
		var problems Problems
		for _, e := range r.Errors[:min(len(r.Errors), maxProblems)] {
			problems = append(problems, Problem{File: name, Msg: "the service answers: " + shortened(e.Message)})
		}
		return nil, problems
	}
	if t == nil {
		return nil, whole(name, "there is no __schema in it: it should be the answer to an introspection query, or SDL")
	}
	return fromTold(name, t)
}

// Answered reports whether a reply to Query or QueryAll tells a schema at all.
func Answered(text []byte) bool {
	var r struct {
		Data *struct {
			Schema json.RawMessage `json:"__schema"`
		} `json:"data"`
	}
	err := json.Unmarshal(text, &r)
	return err == nil && r.Data != nil && len(r.Data.Schema) > 0 && r.Data.Schema[0] == '{'
}

// shortened is a text of others as it may stand in a message: one line, not without end.
func shortened(s string) string {
	s = strings.ToValidUTF8(strings.Join(strings.Fields(s), " "), "?")
	if s == "" {
		return "an error without a message"
	}
	if r := []rune(s); len(r) > 300 {
		return string(r[:300]) + "..."
	}
	return s
}

// jsonProblem says where and why a text is not the JSON of an introspection result.
func jsonProblem(name string, text []byte, err error) Problem {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return placed(name, text, int(e.Offset)-1, e.Error())
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return placed(name, text, int(e.Offset)-1, fmt.Sprintf("%s should not be a JSON %s", e.Field, e.Value))
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return placed(name, text, len(text), "the JSON ends too soon")
	}
	return Problem{File: name, Msg: err.Error()}
}

// placed is a fault at a byte of the text.
func placed(name string, text []byte, offset int, msg string) Problem {
	before := text[:min(max(offset, 0), len(text))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return Problem{File: name, Line: line, Col: column, Msg: msg}
}
