package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// sameCase is one operation that the gateway and graphql-js are both given.
type sameCase struct {
	Name      string `json:"-"`
	Query     string `json:"query"`
	Variables string `json:"variables,omitempty"` // JSON
	Operation string `json:"operation,omitempty"`

	// Where we mean to answer otherwise: our answer in the form of response.String, and why.
	ours, because string
}

// response is what a server answers, as far as two servers can agree on it.
type response struct {
	Data   json.RawMessage `json:"data"`
	Errors []struct {
		Message    string          `json:"message"`
		Path       json.RawMessage `json:"path"`
		Extensions struct {
			Code string `json:"code"`
		} `json:"extensions"`
	} `json:"errors"`
	Phase string `json:"phase"` // which refused the request: parse, validate, variables, operation; "": it was executed
}

// phases are the codes and statuses of what is refused before it runs.
var phases = map[string]struct {
	name   string
	status int
}{
	"GRAPHQL_PARSE_FAILED":         {"parse", 400},
	"GRAPHQL_VALIDATION_FAILED":    {"validate", 422},
	"BAD_USER_INPUT":               {"variables", 422},
	"OPERATION_RESOLUTION_FAILURE": {"operation", 422},
	"INTROSPECTION_LIMIT":          {"validate", 400}, // a rule of validation to graphql-js
	"BAD_REQUEST":                  {"request", 400},
}

// String is the answer in a form in which equal answers are equal texts: the data with its members in order, then the paths
// of the errors, sorted; or the phase that refused the request.
func (r *response) String() string {
	if r.Phase != "" {
		return "refused: " + r.Phase
	}
	out := canonical(r.Data)
	var paths []string
	for _, e := range r.Errors {
		paths = append(paths, canonical(e.Path))
	}
	slices.Sort(paths)
	for _, p := range paths {
		out += " !" + p
	}
	return out
}

// canonical writes JSON with its members in order, numbers by their value and strings by their characters.
func canonical(text json.RawMessage) string {
	if len(text) == 0 {
		return "nothing"
	}
	var out strings.Builder
	var open []json.Delim
	fresh, key := true, false // no comma is due; a member's name comes next
	dec := json.NewDecoder(bytes.NewReader(text))
	for {
		token, err := dec.Token()
		if err == io.EOF {
			return out.String()
		}
		if err != nil {
			return fmt.Sprintf("%v: %s", err, text)
		}
		if d, ok := token.(json.Delim); ok && (d == '}' || d == ']') {
			out.WriteRune(rune(d))
			open = open[:len(open)-1]
			fresh, key = false, len(open) > 0 && open[len(open)-1] == '{'
			continue
		}
		if !fresh {
			out.WriteByte(',')
		}
		inObject := len(open) > 0 && open[len(open)-1] == '{'
		switch v := token.(type) {
		case json.Delim:
			out.WriteRune(rune(v))
			open = append(open, v)
			fresh, key = true, v == '{'
			continue
		case float64:
			b, _ := json.Marshal(v + 0) // -0 is 0
			out.Write(b)
		default:
			b, _ := json.Marshal(v)
			out.Write(b)
		}
		fresh = false
		if inObject && key {
			out.WriteByte(':')
			fresh, key = true, false
		} else {
			key = inObject
		}
	}
}

// The gateway and graphql-js answer alike: the same data with its members in the same order, errors at the same paths, the
// same requests refused. What we mean to do otherwise is said in the case.
func TestSameAsGraphQLJS(t *testing.T) {
	t.Parallel()
	data := read(t, "testdata/same.json")
	env := "DATA_URL=" + startUpstream(t, data)
	url := serve(t, "testdata/same.graphql", env)
	cases := slices.Concat(selectionCases(), abstractCases(), nullCases(), leafCases(), argumentCases(), variableCases(),
		mutationCases(), introspectionCases(), refusedCases())
	var theirs []response
	node(t, "reference.cjs", map[string]any{"sdl": publicSDL(t, "testdata/same.graphql", env), "data": data, "cases": cases}, &theirs)
	t.Logf("%d operations", len(cases))
	names := map[string]bool{}
	for i, c := range cases {
		if names[c.Name] {
			t.Errorf("two cases are called %s", c.Name)
		}
		names[c.Name] = true
		t.Run(c.Name, func(t *testing.T) {
			got, want := ask(t, url, c).String(), theirs[i].String()
			switch {
			case c.because == "" && got != want:
				t.Errorf("%s %s\ngateway    %s\ngraphql-js %s\n%s", c.Query, c.Variables, got, want, messages(theirs[i]))
			case c.because != "" && got == want:
				t.Errorf("%s\nthe gateway answers as graphql-js does, though it should not because %s:\n%s", c.Query, c.because, got)
			case c.because != "" && got != c.ours:
				t.Errorf("%s\ngateway    %s\nbut should %s\nbecause %s", c.Query, got, c.ours, c.because)
			}
		})
	}
}

func messages(r response) string {
	var lines []string
	for _, e := range r.Errors {
		lines = append(lines, "  graphql-js says: "+e.Message)
	}
	return strings.Join(lines, "\n")
}

// ask sends an operation to the gateway by POST.
func ask(t *testing.T, url string, c sameCase) *response {
	t.Helper()
	envelope := map[string]any{"query": c.Query}
	if c.Variables != "" {
		envelope["variables"] = json.RawMessage(c.Variables)
	}
	if c.Operation != "" {
		envelope["operationName"] = c.Operation
	}
	body, err := json.Marshal(envelope)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(url+"/graphql", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var r response
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if r.Data != nil {
		if resp.StatusCode != http.StatusOK {
			t.Errorf("status %d with data: %s", resp.StatusCode, text)
		}
		return &r
	}
	if len(r.Errors) == 0 {
		t.Fatalf("neither data nor errors: %s", text)
	}
	phase, ok := phases[r.Errors[0].Extensions.Code]
	if !ok || phase.status != resp.StatusCode {
		t.Errorf("status %d and code %q do not fit: %s", resp.StatusCode, r.Errors[0].Extensions.Code, text)
	}
	r.Phase = phase.name
	return &r
}
