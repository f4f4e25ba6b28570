package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"manifold/examples/shop/catalog/catalogpb"
)

// running is the program as a process, answering at url.
type running struct {
	cmd   *exec.Cmd
	url   string
	hello string      // its greeting
	lines chan string // its standard output, line by line, from the end of the greeting on; closed at its end
	rest  *bytes.Buffer
}

// startDemo starts `manifold demo` on a free port and waits until it has printed its greeting.
func startDemo(t *testing.T) *running {
	t.Helper()
	cmd := program(t, "demo", "--listen", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	r := &running{cmd: cmd, lines: make(chan string, 1000), rest: &bytes.Buffer{}}
	cmd.Stderr = r.rest
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	greeted := make(chan string, 1)
	go func() {
		defer close(r.lines)
		var greeting strings.Builder
		for scan := bufio.NewScanner(out); scan.Scan(); {
			if greeting.String() == "done" {
				r.lines <- scan.Text()
				continue
			}
			greeting.WriteString(scan.Text() + "\n")
			if strings.Contains(scan.Text(), "Ctrl-C stops all") {
				greeted <- greeting.String()
				greeting.Reset()
				greeting.WriteString("done")
			}
		}
		close(greeted)
	}()
	greeting := <-greeted
	found := regexp.MustCompile(`playground +(http://127\.0\.0\.1:\d+)/`).FindStringSubmatch(greeting)
	if found == nil {
		t.Fatalf("no URL in the greeting:\n%s%s", greeting, r.rest)
	}
	r.url, r.hello = found[1], greeting
	contains(t, "the greeting", greeting, "1. ", "2. ", "3. ", "curl -s "+r.url+"/graphql")
	return r
}

// client gives up on a program that hangs.
func client() *http.Client { return &http.Client{Timeout: 30 * time.Second} }

// post sends body to /graphql as curl would and returns status and answer.
func (r *running) post(t *testing.T, body string) (int, string) {
	t.Helper()
	resp, err := client().Post(r.url+"/graphql", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}

// stop sends Ctrl-C and expects an orderly end. It returns the lines printed since the greeting.
func (r *running) stop(t *testing.T) []string {
	t.Helper()
	if err := r.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range r.lines {
		lines = append(lines, line)
	}
	if err := r.cmd.Wait(); err != nil {
		t.Errorf("Ctrl-C ends with %v, want exit code 0\n%s", err, r.rest)
	}
	if r.rest.Len() > 0 {
		t.Errorf("on standard error:\n%s", r.rest)
	}
	return lines
}

// The README is tried as a new user would: its query, word for word, has its answer, word for word, by its two calls.
func TestDemoAnswersTheREADME(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(root("README.md"))
	if err != nil {
		t.Fatal(err)
	}
	query := between(t, string(text), "-d '", "'\n")
	want := between(t, string(text), "```json\n", "```")
	demo := startDemo(t)
	status, got := demo.post(t, query)
	if status != http.StatusOK || got != compact(t, want) {
		t.Errorf("status %d and answer\n%s\nwant\n%s", status, got, compact(t, want))
	}
	var calls []string
	for _, line := range demo.stop(t) {
		if strings.Contains(line, "->") {
			calls = append(calls, strings.TrimSpace(line))
		}
	}
	said := regexp.MustCompile(`(?m)^    (-> .*)$`).FindAllStringSubmatch(string(text), -1)
	if len(said) != 2 || len(calls) != 2 {
		t.Fatalf("%d calls were made, %d are in the README, want 2 and 2: %q", len(calls), len(said), calls)
	}
	for i := range said {
		if calls[i] != said[i][1] {
			t.Errorf("call %d is %q, the README says %q", i+1, calls[i], said[i][1])
		}
	}
}

// The README's query over all four services is planned in three waves, and takes its five calls.
func TestDemoJoinsFourServices(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(root("README.md"))
	if err != nil {
		t.Fatal(err)
	}
	query := between(t, string(text), "plan -q '", "'\n")
	code, plan, stderr := call(t, "plan", "-q", query, root("gateway.graphql"))
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	waves := regexp.MustCompile(`(?m)^#\d+ wave (\d)[^:]*: (\w+)`).FindAllStringSubmatch(plan, -1)
	var planned []string
	for _, m := range waves {
		planned = append(planned, m[1]+" "+m[2])
	}
	if have, want := strings.Join(planned, ", "), "1 users, 1 orders, 2 catalog, 2 reviews, 3 users"; have != want {
		t.Errorf("planned %s, want %s", have, want)
	}
	demo := startDemo(t)
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	if status, answer := demo.post(t, string(body)); status != http.StatusOK || strings.Contains(answer, `"errors"`) || !strings.Contains(answer, `"author":{"name":"`) {
		t.Errorf("status %d: %s", status, answer)
	}
	made := 0
	for _, line := range demo.stop(t) {
		if strings.Contains(line, "->") {
			made++
		}
	}
	if made != len(planned) {
		t.Errorf("%d calls were made, %d are planned", made, len(planned))
	}
}

// Everything that the demo proposes works, and so do the playground and the ways a browser finds it.
func TestDemoProposals(t *testing.T) {
	t.Parallel()
	demo := startDemo(t)
	for _, try := range tries() {
		body, err := json.Marshal(map[string]string{"query": try.query})
		if err != nil {
			t.Fatal(err)
		}
		status, answer := demo.post(t, string(body))
		if status != http.StatusOK || strings.Contains(answer, `"errors"`) || !strings.Contains(answer, "Ada Moreau") {
			t.Errorf("%s\nstatus %d: %s", try.query, status, answer)
		}
	}
	for path, want := range map[string]int{"/": 200, "/readyz": 200, "/livez": 200, "/nothing": 404} {
		resp, err := client().Get(demo.url + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("GET %s: status %d, want %d", path, resp.StatusCode, want)
		}
	}
	demo.stop(t)
}

// What others ask the services is shown like the gateway's own calls.
func TestDemoRunsEveryService(t *testing.T) {
	t.Parallel()
	demo := startDemo(t)
	conn, err := grpc.NewClient(address(t, demo, "catalog"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	in := &catalogpb.BatchGetProductsRequest{Ids: []string{"p1", "p2"}}
	out, err := catalogpb.NewCatalogClient(conn).BatchGetProducts(t.Context(), in)
	if err != nil || len(out.GetProducts()) != 2 {
		t.Errorf("catalog answers %v, %v", out, err)
	}
	body := `{"query":"{\n  productsByIds(ids: [\"p1\"]) { rating }\n}"}`
	resp, err := client().Post(address(t, demo, "reviews"), "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || string(answer) != `{"data":{"productsByIds":[{"rating":4.6}]}}` {
		t.Errorf("reviews answers %s, %v", answer, err)
	}
	lines := strings.Join(demo.stop(t), "\n") + "\n"
	contains(t, "what the demo shows", lines, "  -> catalog BatchGetProducts ids: p1, p2  OK\n", "  -> reviews { productsByIds(ids: [\"p1\"]) { rating } }  200\n")
}

// address is where the greeting says that a service is.
func address(t *testing.T, demo *running, service string) string {
	t.Helper()
	found := regexp.MustCompile(service + ` +(\S+) `).FindStringSubmatch(demo.hello)
	if found == nil {
		t.Fatalf("the greeting has no %s:\n%s", service, demo.hello)
	}
	return found[1]
}

// Wrong requests get a true status, a code of the closed list and no data; none of them reaches a service.
func TestDemoRefusesWrongRequests(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, body string
		status     int
		code       string
	}{
		{"not JSON", `{"query"`, 400, "BAD_REQUEST"},
		{"not GraphQL", `{"query":"{ users("}`, 400, "GRAPHQL_PARSE_FAILED"},
		{"unknown field", `{"query":"{ usrs { id } }"}`, 422, "GRAPHQL_VALIDATION_FAILED"},
		{"wrong variable", `{"query":"query($n: Int!) { users(limit: $n) { id } }","variables":{"n":"three"}}`, 422, "BAD_USER_INPUT"},
		{"unknown operation", `{"query":"query A { shopName }","operationName":"B"}`, 422, "OPERATION_RESOLUTION_FAILURE"},
		{"nested without end", `{"query":"` + strings.Repeat("{user", 2000) + `"}`, 400, "NESTING_LIMIT"},
	}
	demo := startDemo(t)
	for _, c := range cases {
		status, answer := demo.post(t, c.body)
		var got struct {
			Data   json.RawMessage
			Errors []struct{ Extensions struct{ Code string } }
		}
		if err := json.Unmarshal([]byte(answer), &got); err != nil {
			t.Fatalf("%s: %v in %s", c.name, err, answer)
		}
		if status != c.status || got.Data != nil || len(got.Errors) == 0 || got.Errors[0].Extensions.Code != c.code {
			t.Errorf("%s: status %d and %s, want %d and %s", c.name, status, answer, c.status, c.code)
		}
	}
	if lines := demo.stop(t); len(lines) > 0 && strings.Contains(strings.Join(lines, "\n"), "->") {
		t.Errorf("a service was called: %q", lines)
	}
}

// between returns what stands after the first open and before the next end.
func between(t *testing.T, text, open, end string) string {
	t.Helper()
	_, text, ok := strings.Cut(text, open)
	text, _, closed := strings.Cut(text, end)
	if !ok || !closed {
		t.Fatalf("there is no %q ... %q", open, end)
	}
	return text
}

func compact(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(text)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
