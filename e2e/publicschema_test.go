package e2e_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"manifold/internal/gatewaytest"
	"manifold/internal/introspect"
)

// githubData is what the service below tells.
const githubData = `{
  "Query": {
    "repository": { "$ref": "Repository/R1" },
    "node": { "$ref": "User/U1" },
    "search": { "nodes": [{ "$ref": "Repository/R1" }, { "$ref": "User/U1" }] }
  },
  "Mutation": { "addStar": { "starrable": { "$ref": "Repository/R1" } } },
  "Repository": [{
    "__typename": "Repository", "id": "R1", "nameWithOwner": "golang/go", "stargazerCount": 130000, "createdAt": "2014-08-19T04:33:40Z",
    "owner": { "__typename": "Organization", "login": "golang", "url": "https://github.test/golang", "name": "Go", "isVerified": true },
    "licenseInfo": { "spdxId": "BSD-3-Clause" },
    "issues": { "$args": [
      [{ "first": 1, "states": ["OPEN"], "orderBy": { "field": "CREATED_AT", "direction": "DESC" } }, { "totalCount": 2, "nodes": [{ "$ref": "Issue/I1" }] }],
      [{ "states": ["CLOSED"] }, { "totalCount": 0, "nodes": [] }]] }
  }],
  "Issue": [{ "__typename": "Issue", "id": "I1", "number": 7, "title": "cmd/go: \"odd\"", "state": "OPEN",
    "author": { "$ref": "User/U1" }, "labels": { "nodes": [{ "name": "NeedsFix", "color": "ededed" }, null] } }],
  "User": [{ "__typename": "User", "id": "U1", "login": "ada", "url": "https://github.test/ada", "name": "Ada", "company": { "$error": "hidden", "extensions": { "code": "FORBIDDEN" } } }]
}`

// TestPublicSchema serves a part of a real public schema, GitHub's, of some 1 500 types: the gateway compares itself with it when
// it starts, and every document that it sends is valid by it.
func TestPublicSchema(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(have.modules, "@octokit", "graphql-schema", "schema.graphql"))
	if err != nil {
		t.Fatal(err)
	}
	known, err := introspect.Parse("schema.graphql", text)
	if err != nil {
		t.Fatal(err)
	}
	service, err := gatewaytest.NewService(known, []byte(githubData))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Authorization") != "bearer t" {
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write(service.Serve(body))
	}))
	t.Cleanup(server.Close)
	folder := t.TempDir()
	for name, content := range map[string][]byte{"schema.graphql": text, "gateway.graphql": []byte(read(t, "testdata/github.graphql"))} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	url := serve(t, filepath.Join(folder, "gateway.graphql"), "GITHUB_URL="+server.URL+"/graphql")
	for query, want := range map[string]string{
		`query($o: String!) { repo(owner: $o, name: \"go\") { fullName stars license owner { __typename login ... on Organization { isVerified } ... on User { company } } ` +
			`issues(first: 1, states: OPEN, orderBy: { field: CREATED_AT, direction: DESC }) { totalCount nodes { number title author { login } labels { nodes { name } } } } ` +
			`closed: issues(states: [CLOSED]) { totalCount } } }`: `{"data":{"repo":{"fullName":"golang/go","stars":130000,"license":"BSD-3-Clause",` +
			`"owner":{"__typename":"Organization","login":"golang","isVerified":true},"issues":{"totalCount":2,"nodes":[{"number":7,"title":"cmd/go: \"odd\"",` +
			`"author":{"login":"ada"},"labels":{"nodes":[{"name":"NeedsFix"},null]}}]},"closed":{"totalCount":0}}}}`,
		`{ search(text: \"go\") { __typename ... on Repository { fullName } ... on User { name company } } node(id: \"U1\") { id ... on User { login } ... on Issue { title } } }`: `"data":` +
			`{"search":[{"__typename":"Repository","fullName":"golang/go"},{"__typename":"User","name":"Ada","company":null}],"node":{"id":"U1","login":"ada"}}}`,
		`mutation { star(input: { starrableId: \"R1\" }) { id stargazerCount } }`: `{"data":{"star":{"id":"R1","stargazerCount":130000}}}`,
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/graphql", strings.NewReader(`{"query":"`+query+`","variables":{"o":"golang"}}`))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "bearer t")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil || !strings.HasSuffix(strings.TrimSpace(string(answer)), want) {
			t.Errorf("%s\nhave %s (%v)\nwant %s", query, answer, err, want)
		}
	}
	for _, wrong := range service.Wrong() {
		t.Error("the service got what is not valid: " + wrong)
	}
}
