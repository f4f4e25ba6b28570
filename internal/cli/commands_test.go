package cli

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// broken has two faults, in lines 3 and 4.
const broken = `extend schema @source(name: "api", http: { baseURL: "http://api.test" })
type Query {
  user(id: ID!): User @connect(source: "apo", http: { GET: "/users/{$args.id}" })
  me: User @connect(source: "api", http: { GET: "/users/{$args.id}" })
}
type User { id: ID! }
`

func TestCheckOfTheShop(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := call(t, "check", root("gateway.graphql"))
	if code != exitOK || stderr != "" {
		t.Errorf("exit code %d, stderr:\n%s", code, stderr)
	}
	contains(t, "stdout", stdout, "ok: 4 sources", "0 warnings")
}

func TestCheckShowsAllProblems(t *testing.T) {
	t.Parallel()
	file := write(t, "gateway.graphql", broken)
	code, stdout, stderr := call(t, "check", file)
	if code != exitProblem || stdout != "" {
		t.Errorf("exit code %d and output %q, want %d and nothing", code, stdout, exitProblem)
	}
	contains(t, "stderr", stderr, file+":3:", file+":4:", "Query.user", "Query.me", `"apo"`, "hint: ", "^\n", "2 problems")
}

// The mark stands under the place that the position names.
func TestMarkUnderTheFault(t *testing.T) {
	t.Parallel()
	_, _, stderr := call(t, "check", write(t, "gateway.graphql", broken))
	lines := strings.Split(stderr, "\n")
	for i, line := range lines {
		if strings.Contains(line, `"apo"`) && strings.HasPrefix(line, "    ") {
			column := strings.Index(lines[i+1], "^")
			if column < 0 || !strings.HasPrefix(line[column:], `"apo"`) && !strings.HasPrefix(line[column:], `apo"`) {
				t.Errorf("the mark is not under the name of the source:\n%s\n%s", line, lines[i+1])
			}
			return
		}
	}
	t.Errorf("the line at fault is not shown:\n%s", stderr)
}

func TestCheckAsJSON(t *testing.T) {
	t.Parallel()
	type report struct {
		Problems []struct {
			Severity, File, Coordinate, Message, Hint string
			Line, Column                              int
		}
	}
	file := write(t, "gateway.graphql", broken)
	code, stdout, stderr := call(t, "check", "--json", file)
	var got report
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || stderr != "" || code != exitProblem {
		t.Fatalf("exit code %d, %v, stderr %q in\n%s", code, err, stderr, stdout)
	}
	if len(got.Problems) != 2 {
		t.Fatalf("%d problems, want 2:\n%s", len(got.Problems), stdout)
	}
	p := got.Problems[0]
	if p.Severity != "error" || p.File != file || p.Line != 3 || p.Column < 1 || p.Coordinate != "Query.user" || p.Hint == "" {
		t.Errorf("got %+v", p)
	}

	code, stdout, _ = call(t, "check", "--json", root("gateway.graphql"))
	if code != exitOK || strings.TrimSpace(stdout) != "{\n  \"problems\": []\n}" {
		t.Errorf("of the shop: exit code %d and\n%s", code, stdout)
	}
}

// A folder is its files, in order; a file named twice is read once.
func TestFolderIsOneGateway(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.graphql": "extend schema @source(name: \"api\", http: { baseURL: \"http://api.test\" })\n" +
			"type Query { one: Thing @connect(source: \"api\", http: { GET: \"/one\" }) }\n",
		"b.graphql": "type Thing { id: ID! }\n",
		"notes.txt": "not GraphQL",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	code, stdout, stderr := call(t, "check", dir, filepath.Join(dir, "b.graphql"))
	if code != exitOK || !strings.Contains(stdout, "1 source,") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
}

// Two fetches whatever the number of users, and nothing is called: nothing listens at the shop's addresses.
func TestPlan(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := call(t, "plan", "-q", "{ users(limit: 3) { name orders { id } } }", root("gateway.graphql"))
	if code != exitOK || stderr != "" {
		t.Fatalf("exit code %d, stderr:\n%s", code, stderr)
	}
	contains(t, "the plan", stdout, "users", "orders", "/users?", "/orders?", "#1", "#2")
	if strings.Contains(stdout, "#3") {
		t.Errorf("a third fetch:\n%s", stdout)
	}
}

// A route's plan stands below the route; without a name all of a client's are printed.
func TestPlanOfRoutes(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := call(t, "plan", "--bff", "mobile", "-o", "MobileHome", root("gateway.graphql"))
	if code != exitOK || stderr != "" || strings.Contains(stdout, "MobileCheckout") {
		t.Fatalf("exit code %d, stderr:\n%s\nstdout:\n%s", code, stderr, stdout)
	}
	contains(t, "the plan", stdout, "MobileHome: GET /m/v1/home\nquery MobileHome\n#1 wave 1: ", "for featured[]")
	code, stdout, _ = call(t, "plan", "--bff", "mobile", root("gateway.graphql"))
	if code != exitOK {
		t.Fatalf("exit code %d", code)
	}
	contains(t, "the plans", stdout, "MobileCheckout: POST /m/v1/orders\nmutation MobileCheckout\n", "\n\nMobileHome: GET /m/v1/home\n")
}

func TestPlanWithVariables(t *testing.T) {
	t.Parallel()
	const query = `query($id: ID!, $s: OrderStatus, $n: Int = 4) { user(id: $id) { orders(status: $s, first: $n) { id } } }`
	code, stdout, stderr := call(t, "plan", "-q", query, "-v", `{"id": 7, "s": "PENDING"}`, root("gateway.graphql"))
	if code != exitOK {
		t.Fatalf("exit code %d, stderr:\n%s", code, stderr)
	}
	contains(t, "the plan", stdout, `$id = "7"`, `$s = "pending"`, "$n = 4")

	code, stdout, stderr = call(t, "plan", "-q", query, "-v", `{"id": {}}`, root("gateway.graphql"))
	if code != exitProblem || stdout != "" {
		t.Errorf("a wrong variable: exit code %d and output %q, want %d and nothing", code, stdout, exitProblem)
	}
	contains(t, "stderr", stderr, "$id")
}

func TestPlanOfAFile(t *testing.T) {
	t.Parallel()
	file := write(t, "q.graphql", "query A { shopName } query B { order(id: 1) { id } }")
	code, stdout, stderr := call(t, "plan", "-f", file, "-o", "B", root("gateway.graphql"))
	if code != exitOK || !strings.Contains(stdout, "/orders/") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
}

func TestPlanOfWrongQueries(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, query, says string }{
		{"syntax", "{ users(", "query:1:"},
		{"unknown field", "{\n  usrs { id }\n}", "query:2:3: "},
		{"no operation", "fragment F on User { id }", "query"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := call(t, "plan", "-q", c.query, root("gateway.graphql"))
			if code != exitProblem || stdout != "" {
				t.Errorf("exit code %d and output %q, want %d and nothing", code, stdout, exitProblem)
			}
			contains(t, "stderr", stderr, c.says)
		})
	}
}

// What the command prints is a schema that others can read, with the types of the shop and without a word of ours.
func TestSchema(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := call(t, "schema", root("gateway.graphql"))
	if code != exitOK || stderr != "" {
		t.Fatalf("exit code %d, stderr:\n%s", code, stderr)
	}
	for _, ours := range []string{"@source", "@connect", "@key", "@from", "@alias", "@lookup", "@discriminate", "127.0.0.1", "$batch"} {
		if strings.Contains(stdout, ours) {
			t.Errorf("the public schema has %s", ours)
		}
	}
	s, err := gqlparser.LoadSchema(&ast.Source{Name: "public", Input: stdout})
	if err != nil {
		t.Fatal(err)
	}
	if f := s.Query.Fields.ForName("order"); f == nil || f.Type.String() != "Order" || s.Types["Payment"].Kind != ast.Union {
		t.Errorf("the public schema lacks parts of the shop:\n%s", stdout)
	}
	contains(t, "the public schema", stdout, "@specifiedBy", "What a customer has bought.")
}

func TestServeRefusesABrokenFile(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := call(t, "serve", "--listen", "127.0.0.1:0", write(t, "gateway.graphql", broken))
	if code != exitProblem || stdout != "" {
		t.Errorf("exit code %d and output %q, want %d and nothing", code, stdout, exitProblem)
	}
	contains(t, "stderr", stderr, "2 problems")
}

func TestTakenPort(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	for _, args := range [][]string{{"demo"}, {"serve", root("gateway.graphql")}} {
		code, _, stderr := call(t, append(args, "--listen", ln.Addr().String())...)
		if code != exitProblem {
			t.Errorf("%s: exit code %d, want %d", args[0], code, exitProblem)
		}
		contains(t, args[0], stderr, "cannot listen on "+ln.Addr().String(), "hint: ")
	}
}
