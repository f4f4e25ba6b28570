package gateway

import (
	"bytes"
	"net/url"
	"strings"

	"manifold/internal/fault"
	"manifold/internal/rawjson"
)

// envelope is the JSON object around a GraphQL request (GraphQL over HTTP, section 5), or the parameters of a GET.
// variables and extensions are the texts of JSON objects, checked; nil means absent or null.
type envelope struct {
	query, operationName  string
	variables, extensions []byte
	documentID            string // names a document that the gateway knows (appendix "Persisted Documents")
}

// The members of an envelope. Others are ignored, as the draft wants; but a name that differs only in case is refused,
// since some servers take it and some do not: what two parties read differently is a way around the one in front.
var members = [...]string{"query", "operationName", "variables", "extensions", "documentId"}

// readEnvelope reads the body of a POST. variables and extensions of the result lie in body; scratch is a buffer to be
// used, returned grown. The body is read strictly: nothing but one object, each member once, valid UTF-8.
func readEnvelope(body, scratch []byte) (e envelope, grown []byte, r *refusal) {
	if bytes.HasPrefix(body, []byte("\xef\xbb\xbf")) {
		return e, scratch, bad("the body starts with a byte order mark; send JSON without one")
	}
	i := rawjson.Space(body, 0)
	if i == len(body) {
		return e, scratch, bad("the body is empty; expected a JSON object with a member \"query\"")
	}
	if body[i] == '[' {
		return e, scratch, refuse(fault.BatchLimit, "batching is off: send one JSON object for each request")
	}
	if body[i] != '{' {
		return e, scratch, bad("the body is not a JSON object")
	}
	seen := [len(members)]bool{}
	i = rawjson.Space(body, i+1)
	for first := true; ; first = false {
		if i < len(body) && body[i] == '}' && first {
			break
		}
		keyEnd, value, plain, err := rawjson.Key(body, i)
		if err != nil {
			return e, scratch, badJSON(err)
		}
		end, err := rawjson.Skip(body, value, 1)
		if err != nil {
			return e, scratch, badJSON(err)
		}
		name := body[i+1 : keyEnd-1]
		if !plain {
			scratch = rawjson.Unquote(scratch[:0], body[i:keyEnd])
			name = scratch
		}
		at, r := member(name)
		if r != nil {
			return e, scratch, r
		}
		if at >= 0 {
			if seen[at] {
				return e, scratch, bad("the member \"" + members[at] + "\" is given twice")
			}
			seen[at] = true
			if scratch, r = e.set(at, body[value:end], scratch); r != nil {
				return e, scratch, r
			}
		}
		i = rawjson.Space(body, end)
		if i < len(body) && body[i] == ',' {
			i = rawjson.Space(body, i+1)
			continue
		}
		if i < len(body) && body[i] == '}' {
			break
		}
		return e, scratch, bad("the JSON object is not closed: expected ',' or '}' after a member")
	}
	if i = rawjson.Space(body, i+1); i != len(body) {
		return e, scratch, bad("there is more after the JSON object")
	}
	return e, scratch, nil
}

// member returns the index of a member's name, or -1 for one that means nothing to us.
func member(name []byte) (int, *refusal) {
	for i, m := range members {
		if string(name) == m {
			return i, nil
		}
		if len(name) == len(m) && strings.EqualFold(string(name), m) {
			return 0, bad("unknown member \"" + string(name) + "\"; did you mean \"" + m + "\"? Names are case-sensitive")
		}
	}
	return -1, nil
}

// set stores a member whose value is the valid JSON token.
func (e *envelope) set(at int, token, scratch []byte) ([]byte, *refusal) {
	kind := rawjson.KindOf(token[0])
	if kind == rawjson.Null {
		return scratch, nil
	}
	want := rawjson.String
	if at == 2 || at == 3 {
		want = rawjson.Object
	}
	if kind != want {
		return scratch, bad("the member \"" + members[at] + "\" has to be " + want.String() + ", not " + kind.String())
	}
	switch at {
	case 0:
		scratch = rawjson.Unquote(scratch[:0], token)
		e.query = string(scratch)
	case 1:
		scratch = rawjson.Unquote(scratch[:0], token)
		e.operationName = string(scratch)
	case 2:
		e.variables = token
	case 3:
		e.extensions = token
	case 4:
		scratch = rawjson.Unquote(scratch[:0], token)
		e.documentID = string(scratch)
	}
	return scratch, nil
}

// readParameters reads the parameters of a GET.
func readParameters(rawQuery string) (e envelope, r *refusal) {
	values, err := url.ParseQuery(rawQuery)
	if err != nil {
		return e, bad("the query string of the URL is malformed")
	}
	for at, name := range members {
		given := values[name]
		if len(given) > 1 {
			return e, bad("the parameter \"" + name + "\" is given twice")
		}
		if len(given) == 0 || given[0] == "" {
			continue
		}
		switch at {
		case 0:
			e.query = given[0]
		case 1:
			e.operationName = given[0]
		case 2:
			e.variables, r = objectParameter(name, given[0])
		case 3:
			e.extensions, r = objectParameter(name, given[0])
		case 4:
			e.documentID = given[0]
		}
		if r != nil {
			return e, r
		}
	}
	return e, nil
}

// objectParameter checks the JSON object in a parameter of a GET.
func objectParameter(name, text string) ([]byte, *refusal) {
	b := []byte(text)
	start := rawjson.Space(b, 0)
	end, err := rawjson.Skip(b, start, 0)
	if err != nil {
		return nil, bad("the parameter \"" + name + "\" is not JSON: " + err.Error())
	}
	if rawjson.Space(b, end) != len(b) {
		return nil, bad("the parameter \"" + name + "\" has something after its JSON value")
	}
	switch kind := rawjson.KindOf(b[start]); kind {
	case rawjson.Null:
		return nil, nil
	case rawjson.Object:
		return b[start:end], nil
	default:
		return nil, bad("the parameter \"" + name + "\" has to be an object, not " + kind.String())
	}
}

func bad(message string) *refusal { return refuse(fault.BadRequest, message) }

func badJSON(err error) *refusal { return bad("the body is not JSON: " + err.Error()) }
