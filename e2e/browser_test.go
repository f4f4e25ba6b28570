package e2e_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A person opens the playground of the demo in a browser, runs the README's query, is offered names, makes a mistake and
// looks into the schema. The page asks nobody but the gateway, and the browser has nothing to complain of.
// MANIFOLD_PICTURES names a folder for pictures of all that.
func TestPlaygroundInABrowser(t *testing.T) {
	t.Parallel()
	url := start(t, nil, "demo", "--quiet")
	query, want := readme(t)
	pictures := os.Getenv("MANIFOLD_PICTURES")
	if pictures == "" {
		pictures = t.TempDir()
	}
	in := map[string]string{
		"url": url, "browser": have.browser, "query": query, "wrong": "{ usrs { name } }", "pictures": pictures,
	}
	type shown struct {
		Status int
		Shown  string
	}
	var page struct {
		Title, Welcome, Docs        string
		Opened                      int // milliseconds until the editor was there
		Answered, Refused           shown
		Hints, Requests, Complaints []string
		Later                       []string // complaints once a wrong query was run
	}
	node(t, "browser.cjs", in, &page)
	t.Logf("the editor was there after %d ms", page.Opened)

	if page.Title != "Manifold playground" || !strings.Contains(page.Welcome, "__typename") {
		t.Errorf("the page is called %q and starts with %q", page.Title, page.Welcome)
	}
	for line := range strings.Lines(page.Welcome) {
		if len(line) > 50 {
			t.Errorf("this line of the welcome does not fit into half a window: %s", line)
		}
	}
	if got := compact(t, page.Answered.Shown); page.Answered.Status != 200 || got != compact(t, want) {
		t.Errorf("status %d, and the page shows %s, want %s", page.Answered.Status, got, want)
	}
	if got := strings.Join(page.Hints, " "); got != "user users products me" {
		t.Errorf("offered for `us`: %s", got)
	}
	if page.Refused.Status != 422 || !strings.Contains(page.Refused.Shown, `Did you mean \"users\"`) {
		t.Errorf("status %d for a wrong query, and the page shows %s", page.Refused.Status, page.Refused.Shown)
	}
	if !strings.Contains(page.Docs, "PlaceOrderInput") {
		t.Errorf("the schema in the page: %s", page.Docs)
	}
	if len(page.Requests) < 9 {
		t.Errorf("requests were overlooked, there are only %q", page.Requests)
	}
	for _, r := range page.Requests {
		if !strings.HasPrefix(r, url+"/") && !strings.HasPrefix(r, "data:") {
			t.Errorf("the page asks %s", r)
		}
	}
	for _, c := range page.Complaints {
		t.Errorf("the browser complains: %s", c)
	}
	for _, c := range page.Later {
		if !strings.Contains(c, "422") {
			t.Errorf("the browser complains: %s", c)
		}
	}
	for _, name := range []string{"welcome", "answer", "hints", "wrong", "docs"} {
		if info, err := os.Stat(filepath.Join(pictures, name+".png")); err != nil || info.Size() < 10_000 {
			t.Errorf("the picture %s.png is missing or empty: %v", name, err)
		}
	}
}

// readme returns the query of the README and its answer.
func readme(t *testing.T) (query, answer string) {
	t.Helper()
	text := read(t, "../README.md")
	_, rest, _ := strings.Cut(text, "-d '")
	body, _, _ := strings.Cut(rest, "'\n")
	_, rest, _ = strings.Cut(rest, "```json\n")
	answer, _, found := strings.Cut(rest, "```")
	var envelope struct{ Query string }
	if err := json.Unmarshal([]byte(body), &envelope); err != nil || !found || envelope.Query == "" {
		t.Fatalf("the README has no query and answer: %v", err)
	}
	return envelope.Query, answer
}

func compact(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(text)); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return b.String()
}
