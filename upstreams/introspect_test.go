package upstreams_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"manifold/internal/introspect"
	"manifold/upstreams"
)

const toldSchema = `{"data":{"__schema":{"queryType":{"name":"Query"},"types":[{"kind":"SCALAR","name":"Int"},` +
	`{"kind":"OBJECT","name":"Query","fields":[{"name":"a","args":[],"type":{"kind":"SCALAR","name":"Int"}}],"interfaces":[]}]}}}`

// asked starts a GraphQL service whose answers the test decides, and counts the questions.
func asked(t *testing.T, answer func(w http.ResponseWriter, query string)) (url string, questions *[]string) {
	t.Helper()
	questions = new([]string)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var in struct{ Query string }
		if err := json.Unmarshal(body, &in); err != nil || r.Method != "POST" || r.URL.Path != "/graphql" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("asked by %s %s: %v", r.Method, r.URL, err)
		}
		if r.Header.Get("X-Token") != "secret" {
			t.Errorf("the header is missing: %v", r.Header)
		}
		*questions = append(*questions, in.Query)
		answer(w, in.Query)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/graphql", questions
}

var token = []introspect.Header{{Name: "X-Token", Value: "secret"}}

func TestIntrospect(t *testing.T) {
	t.Parallel()
	url, questions := asked(t, func(w http.ResponseWriter, _ string) { fmt.Fprint(w, toldSchema) })
	s, err := upstreams.IntrospectBy(upstreams.Options{})(url, token)
	if err != nil || s.Query.Fields.ForName("a") == nil {
		t.Fatalf("got %v, %v", s, err)
	}
	if len(*questions) != 1 || (*questions)[0] != introspect.QueryAll {
		t.Errorf("asked %d times", len(*questions))
	}
}

// A service of an older edition refuses what it does not know.
func TestIntrospectAsksAgainInOlderWords(t *testing.T) {
	t.Parallel()
	url, questions := asked(t, func(w http.ResponseWriter, query string) {
		if strings.Contains(query, "isOneOf") {
			w.WriteHeader(400)
			fmt.Fprint(w, `{"errors":[{"message":"Cannot query field isOneOf"}]}`)
			return
		}
		fmt.Fprint(w, toldSchema)
	})
	s, err := upstreams.IntrospectBy(upstreams.Options{})(url, token)
	if err != nil || s.Query == nil {
		t.Fatalf("got %v, %v", s, err)
	}
	if len(*questions) != 2 {
		t.Errorf("asked %d times", len(*questions))
	}
}

func TestIntrospectFails(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		answer func(w http.ResponseWriter, query string)
		want   string
	}{
		{"switched off", func(w http.ResponseWriter, _ string) {
			fmt.Fprint(w, `{"errors":[{"message":"introspection is off"}]}`)
		}, "the service answers: introspection is off"},
		{"refused", func(w http.ResponseWriter, _ string) { w.WriteHeader(401); fmt.Fprint(w, `{}`) }, "it answers with status 401"},
		{"moved", func(w http.ResponseWriter, _ string) { w.Header().Set("Location", "/x"); w.WriteHeader(302) }, "it answers with status 302"},
		{"a page", func(w http.ResponseWriter, _ string) { fmt.Fprint(w, `<html>`) }, "invalid character '<'"},
		{"too long", func(w http.ResponseWriter, _ string) { w.Header().Set("Content-Length", "33554433") }, "too large"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			url, _ := asked(t, test.answer)
			if s, err := upstreams.IntrospectBy(upstreams.Options{})(url, token); s != nil || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, %v", s, err)
			}
		})
	}
}

func TestIntrospectStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	url, _ := asked(t, func(http.ResponseWriter, string) { cancel() })
	if body, err := upstreams.Introspect(ctx, url, []upstreams.Header{{Name: "X-Token", Value: "secret"}}, upstreams.Options{}); err == nil {
		t.Errorf("it answers %s", body)
	}
	if _, err := upstreams.Introspect(t.Context(), "ftp://there", nil, upstreams.Options{}); err == nil {
		t.Error("an address that cannot be called is called")
	}
}
