package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// clientStep is one operation as a client saw it, and the requests it made for it.
type clientStep struct {
	Name   string
	Data   json.RawMessage
	Failed bool
	Sent   []struct {
		Method      string
		Query, Hash bool // what the request had
		Status      int
		Type        string
		Codes       []string // of the errors in the answer
	}
}

// String is the step in one line: "GET hash 200 PERSISTED_QUERY_NOT_FOUND, POST hash query 200".
func (s *clientStep) String() string {
	var requests []string
	for _, r := range s.Sent {
		words := []string{r.Method}
		if r.Hash {
			words = append(words, "hash")
		}
		if r.Query {
			words = append(words, "query")
		}
		words = append(words, fmt.Sprint(r.Status))
		requests = append(requests, strings.Join(append(words, r.Codes...), " "))
	}
	return strings.Join(requests, ", ")
}

// Apollo Client and urql, set up for persisted queries, ask by hash first, send the text once, and by hash again; an answer
// with errors keeps its data; a refused operation is an error and is not remembered.
func TestClientsWithPersistedQueries(t *testing.T) {
	t.Parallel()
	const asked = "GET hash 200 PERSISTED_QUERY_NOT_FOUND, "
	for script, want := range map[string]map[string]string{
		"apollo.cjs": {
			"first":          asked + "POST hash query 200",
			"again":          "GET hash 200",
			"another client": "GET hash 200",
			"partial":        asked + "POST hash query 200 BAD_USER_INPUT",
			"invalid":        asked + "POST hash query 422 GRAPHQL_VALIDATION_FAILED",
			"mutation":       "POST hash 200 PERSISTED_QUERY_NOT_FOUND, POST hash query 200",
		},
		"urql.cjs": { // sends the text by GET too, and knows no hashes of mutations unless told
			"first":          asked + "GET hash query 200",
			"again":          "GET hash 200",
			"another client": "GET hash 200",
			"partial":        asked + "GET hash query 200 BAD_USER_INPUT",
			"invalid":        asked + "GET hash query 422 GRAPHQL_VALIDATION_FAILED",
			"mutation":       "POST query 200",
		},
	} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			url := start(t, nil, "demo", "--quiet")
			var steps []clientStep
			node(t, script, map[string]string{"url": url}, &steps)
			if len(steps) != len(want) {
				t.Fatalf("%d steps, want %d", len(steps), len(want))
			}
			for _, s := range steps {
				if got := s.String(); got != want[s.Name] {
					t.Errorf("%s: %s\nwant %s", s.Name, got, want[s.Name])
				}
				if failed := s.Name == "partial" || s.Name == "invalid"; s.Failed != failed {
					t.Errorf("%s: an error is %v, want %v", s.Name, s.Failed, failed)
				}
				for _, r := range s.Sent {
					if !strings.HasPrefix(r.Type, "application/graphql-response+json") {
						t.Errorf("%s: answered as %s, which is not what the client prefers", s.Name, r.Type)
					}
				}
				checkData(t, &s)
			}
		})
	}
}

// checkData compares what the application gets with what the shop has.
func checkData(t *testing.T, s *clientStep) {
	t.Helper()
	parts := map[string][]string{
		"first":          {`"Ada Moreau"`, `"orders":[{"__typename":"Order","id":"o264","status":"SHIPPED"}]`},
		"again":          {`"Ada Moreau"`, `"o264"`},
		"another client": {`"Ada Moreau"`, `"o264"`},
		"partial":        {`"shopName":"The Manifold Shop"`, `"id":"o1"`, `"quote":null`},
		"mutation":       {`"status":"PENDING"`},
	}[s.Name]
	for _, part := range parts {
		if !strings.Contains(string(s.Data), part) {
			t.Errorf("%s: the data has no %s: %s", s.Name, part, s.Data)
		}
	}
	if parts == nil && len(s.Data) > 0 && string(s.Data) != "null" {
		t.Errorf("%s: data of an operation that was refused: %s", s.Name, s.Data)
	}
}

// The audits of graphql-http pass, but for four of its recommendations. Those we mean to do otherwise: the status tells
// load balancers and dashboards the truth, whatever media type the client accepts, and what is well formed but does not fit
// is 422.
func TestGraphQLOverHTTPAudits(t *testing.T) {
	t.Parallel()
	const honest = "a refused request is not 200, for application/json either"
	otherwise := map[string]string{
		"572B": honest,
		"FDE2": honest,
		"7B9B": honest,
		"86EE": "a variable of a wrong value is 422: the request is well formed",
	}
	url := start(t, nil, "demo", "--quiet")
	var audits []struct{ ID, Name, Status, Reason string }
	node(t, "audits.cjs", map[string]string{"url": url}, &audits)
	if len(audits) < 60 {
		t.Errorf("only %d audits", len(audits))
	}
	for _, a := range audits {
		because := otherwise[a.ID]
		delete(otherwise, a.ID)
		switch {
		case a.Status == "ok" && because == "":
			t.Logf("%s ok   %s", a.ID, a.Name)
		case a.Status == "ok":
			t.Errorf("%s passes, though it should not because %s: %s", a.ID, because, a.Name)
		case strings.HasPrefix(a.Name, "SHOULD") && because != "":
			t.Logf("%s %s %s\n  %s; on purpose: %s", a.ID, a.Status, a.Name, a.Reason, because)
		default:
			t.Errorf("%s %s %s\n  %s", a.ID, a.Status, a.Name, a.Reason)
		}
	}
	for id := range otherwise {
		t.Errorf("there is no audit %s any more", id)
	}
}

// A page of another origin gets nothing from us that lets it read an answer.
func TestNoCORS(t *testing.T) {
	t.Parallel()
	url := start(t, nil, "demo", "--quiet")
	for _, method := range []string{http.MethodGet, http.MethodOptions} {
		req, err := http.NewRequestWithContext(t.Context(), method, url+"/graphql?query={shopName}", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", "https://evil.example")
		req.Header.Set("Access-Control-Request-Method", "POST")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		for name := range resp.Header {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s is answered with %s", method, name)
			}
		}
	}
}
