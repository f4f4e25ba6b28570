package bff

import (
	"errors"
	"mime"
	"net/http"
	"strings"

	"manifold/internal/fault"
	"manifold/internal/rawjson"
)

// jsonBody refuses a body that is not declared as JSON in UTF-8. It also keeps web pages of other origins from sending one
// without being asked (CORS): a form or plain text is refused.
func jsonBody(h http.Header) *refusal {
	media, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	charset := params["charset"]
	if err == nil && (media == "application/json" || strings.HasSuffix(media, "+json")) &&
		(charset == "" || strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8")) {
		return nil
	}
	return &refusal{fault: fault.New(fault.UnsupportedMediaType, "The body has to be application/json, in UTF-8."), close: true}
}

// document returns the JSON value of a text, without the space around it. Members of the outermost object may not repeat:
// what two parties read differently is a way around the one in front.
func document(text []byte) ([]byte, error) {
	start, end, err := rawjson.Document(text)
	if err != nil {
		return text[:0], err
	}
	text = text[start:end]
	if text[0] != '{' {
		return text, nil
	}
	var seen [][]byte
	_, err = rawjson.Members(text, 0, func(key, _ []byte) error {
		name := rawjson.Unquote(nil, key)
		for _, other := range seen {
			if string(other) == string(name) {
				return errors.New("the member " + show(string(name)) + " is given twice")
			}
		}
		if len(seen) < maxMembers {
			seen = append(seen, name)
		}
		return nil
	})
	return text, err
}

// maxMembers bounds the names that are compared with each other.
const maxMembers = 256

// located turns what is wrong with a variable into what is wrong with the request: its sender knows parameters, not variables.
//
//	variable "$input.lines[0].quantity": expected Int   ->   body member order.lines[0].quantity: expected Int
func (o *Operation) located(message string) string {
	path, what, ok := strings.Cut(message, `": `)
	if !ok {
		return message
	}
	for i := range o.Variables {
		v := &o.Variables[i]
		inside, is := strings.CutPrefix(path, `variable "$`+v.Name)
		if is && (inside == "" || inside[0] == '.' || inside[0] == '[') {
			return v.where() + inside + ": " + what
		}
	}
	return message
}

// where names the place of a variable for people.
func (v *Variable) where() string {
	switch v.In {
	case InQuery:
		return "query parameter " + v.Key
	case InPath:
		return "path parameter " + v.Key
	case InHeader:
		return "header " + v.Key
	case InCookie:
		return "cookie " + v.Key
	case InClaim:
		return "claim " + v.Key
	default:
		if v.Key == "" {
			return "the body"
		}
		return "body member " + v.Key
	}
}
