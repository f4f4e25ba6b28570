package cli

import (
	"strings"
	"syscall"
	"testing"
)

const mockedSDL = `extend schema
  @source(name: "api", http: { baseURL: "${UNSET_ADDRESS}", headers: [{ name: "X-Key", value: "{$env.UNSET_KEY}" }] })
  @source(name: "other", http: { baseURL: "http://127.0.0.1:9" })
type Query {
  user(id: ID!): User @connect(source: "api", http: { GET: "/users/{$args.id}?t={$config.tenant}" })
  other: String @connect(source: "other", http: { GET: "/other" })
}
type User { id: ID! name: String! }
`

// With --mock no address is needed and no service is called, and a reload keeps it so.
func TestServeMock(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	put(t, folder, "gateway.graphql", mockedSDL)
	s := startServe(t, folder, "--mock")
	if line := s.await(t, "made up"); !strings.Contains(line, "level=WARN") || !strings.Contains(line, "api") {
		t.Errorf("told %s", line)
	}
	check := func(want string) {
		t.Helper()
		if got := s.ask(t, "{ user(id: 7) { id name } other }"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	check(`{"data":{"user":{"id":"7","name":"name 7"},"other":"other 1"}}`)
	put(t, folder, "gateway.graphql", strings.Replace(mockedSDL, "name: String!", "name: String! @mock(value: \"$('Ada')\")", 1))
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	s.await(t, "configuration reloaded")
	check(`{"data":{"user":{"id":"7","name":"Ada"},"other":"other 1"}}`)
}

// --mock-source calls the other services: nobody listens at port 9.
func TestServeMockSource(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	put(t, folder, "gateway.graphql", mockedSDL)
	s := startServe(t, folder, "--mock-source", "api")
	got := s.ask(t, "{ user(id: 7) { id } other }")
	contains(t, "the answer", got, `"user":{"id":"7"}`, `"other":null`, "UPSTREAM_UNAVAILABLE")
}

// What the flags name is checked.
func TestMockFlags(t *testing.T) {
	t.Parallel()
	file := write(t, "gateway.graphql", mockedSDL)
	code, _, stderr := call(t, "serve", "--mock-source", "apu", file)
	if code != exitProblem {
		t.Errorf("exit code %d", code)
	}
	contains(t, "an unknown source", stderr, "there is no source apu that could be mocked", "did you mean api?")
	code, _, stderr = call(t, "plan", "--mock-source", "", "-q", "{ other }", file) // from a variable that is not set
	if code != exitProblem {
		t.Errorf("exit code %d", code)
	}
	contains(t, "an empty name", stderr, "a source that shall be mocked has no name", "known here: api")
	code, _, stderr = call(t, "serve", "--mock", "--mock-source", "api", file)
	if code != exitUsage {
		t.Errorf("exit code %d", code)
	}
	contains(t, "both flags", stderr, "--mock", "--mock-source")
	code, stdout, _ := call(t, "plan", "--mock", "-q", "{ other }", file)
	if code != exitOK {
		t.Errorf("exit code %d", code)
	}
	contains(t, "the plan", stdout, "Query.other computed")
}
