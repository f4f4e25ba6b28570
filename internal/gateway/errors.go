package gateway

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"manifold/internal/fault"
	"manifold/internal/rawjson"
)

// maxMessage is the longest message sent for a request error, in bytes. With the limit on the number of errors it keeps
// the answer to a bad request below 16 KiB, however long the names in it are.
const maxMessage = 400

// requestError makes a request error at a place of the document. pos may be nil.
func requestError(code fault.Code, message string, pos ...*ast.Position) *gqlerror.Error {
	e := &gqlerror.Error{Message: message, Err: fault.New(code, message)}
	for _, p := range pos {
		if p != nil {
			e.Locations = append(e.Locations, gqlerror.Location{Line: p.Line, Column: p.Column})
		}
	}
	return e
}

// codeOf returns the code of a request error. Errors that carry none of ours come from gqlparser and gqlgen, which say
// only whether a document did not parse or did not validate; what they say of variables stands at a path of its own.
func codeOf(e *gqlerror.Error) fault.Code {
	if f, ok := errors.AsType[*fault.Error](e.Err); ok {
		return f.Code
	}
	if len(e.Path) > 0 && e.Path[0] == ast.PathName("variable") {
		return fault.BadUserInput
	}
	code, _ := e.Extensions["code"].(string)
	switch {
	case code == string(fault.ParseFailed):
		return fault.ParseFailed
	case e.Rule != "":
		return fault.ValidationFailed
	case strings.HasPrefix(e.Message, "operation ") && strings.HasSuffix(e.Message, " not found"):
		return fault.OperationUnknown
	case code == string(fault.ValidationFailed):
		return fault.ValidationFailed
	default:
		return fault.Internal
	}
}

// decisive returns the code of the first error, which the status of the response is taken from. All of a list are of one
// phase: a document that hits a limit is refused with that error alone.
func decisive(list gqlerror.List) fault.Code {
	if len(list) == 0 {
		return fault.Internal
	}
	return codeOf(list[0])
}

// appendErrors appends a JSON array of request errors: message, locations and extensions.code, and the cause in
// development mode. At most limit errors are written out, and one that counts the others.
func appendErrors(dst []byte, list gqlerror.List, limit int, dev bool) []byte {
	dst = append(dst, '[')
	for i, e := range list {
		if i == limit {
			more := strconv.Itoa(len(list)-limit) + " more errors"
			dst = append(dst, ',')
			dst = appendError(dst, requestError(codeOf(e), more), dev)
			break
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendError(dst, e, dev)
	}
	return append(dst, ']')
}

func appendError(dst []byte, e *gqlerror.Error, dev bool) []byte {
	code := codeOf(e)
	dst = append(dst, `{"message":`...)
	dst = rawjson.Quote(dst, message(e, code, dev))
	if len(e.Locations) > 0 {
		dst = append(dst, `,"locations":[`...)
		for i, at := range e.Locations {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, `{"line":`...)
			dst = strconv.AppendInt(dst, int64(at.Line), 10)
			dst = append(dst, `,"column":`...)
			dst = strconv.AppendInt(dst, int64(at.Column), 10)
			dst = append(dst, '}')
		}
		dst = append(dst, ']')
	}
	dst = append(dst, `,"extensions":{"code":"`...)
	dst = append(dst, code...)
	dst = append(dst, '"')
	if f, ok := errors.AsType[*fault.Error](e.Err); ok && dev && f.Cause != nil {
		dst = append(dst, `,"detail":`...)
		dst = rawjson.Quote(dst, cut(f.Cause.Error()))
	}
	return append(dst, '}', '}')
}

// message returns what a client may read of e.
func message(e *gqlerror.Error, code fault.Code, dev bool) string {
	text := e.Message
	switch {
	case code == fault.Internal && !dev:
		return "internal error"
	case code == fault.BadUserInput && len(e.Path) > 1:
		text = "variable " + variablePath(e.Path[1:]) + ": " + text
	}
	if !dev {
		text = withoutSuggestion(text)
	}
	return cut(text)
}

// variablePath writes a path inside a variable as $input.lines[0].quantity.
func variablePath(path ast.Path) string {
	out := []byte{'$'}
	for i, step := range path {
		switch step := step.(type) {
		case ast.PathName:
			if i > 0 {
				out = append(out, '.')
			}
			out = append(out, step...)
		case ast.PathIndex:
			out = append(out, '[')
			out = strconv.AppendInt(out, int64(step), 10)
			out = append(out, ']')
		}
	}
	return string(out)
}

// withoutSuggestion drops the names that gqlparser offers in place of a wrong one. In production the schema is not to be
// learnt by guessing.
func withoutSuggestion(text string) string {
	text, _, _ = strings.Cut(text, " Did you mean")
	return text
}

// cut shortens a message to maxMessage bytes at a character's boundary.
func cut(text string) string {
	if len(text) <= maxMessage {
		return text
	}
	end := maxMessage
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + " ..."
}
