package gateway

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The example of docs/proxy.md does what the table behind it says.
func TestProxyDocument(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/proxy.md")
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile("(?ms)^```graphql\n(.*?)^```").FindSubmatch(text)
	rows := regexp.MustCompile("(?m)^\\| `([A-Z]+) (/[^`]*)` \\| (.*) \\|$").FindAllStringSubmatch(string(text), -1)
	if example == nil || len(rows) < 8 {
		t.Fatalf("an example and %d rows were found", len(rows))
	}
	f := serveProxies(t, mirror(), strings.Replace(string(example[1]), "${OLD_URL:-http://127.0.0.1:9105}", "%s", 1), Options{})
	for _, row := range rows {
		method, path, told := row[1], row[2], row[3]
		res, body := f.get(t, method, path, "Cookie: a=b", "X-Api-Key: mine", "Content-Length: 0")
		asked, _, _ := strings.Cut(body, "\n")
		switch want, handed := strings.CutPrefix(told, "`"); {
		case handed:
			if asked+"`" != want || !strings.Contains(body, "X-Api-Key: demo\n") || strings.Contains(body, "Cookie") {
				t.Errorf("%s %s: %d\n%s\nwant %s", method, path, res.StatusCode, body, want)
			}
		default:
			status, rest, _ := strings.Cut(strings.TrimPrefix(told, "nothing: "), " ")
			status = strings.TrimSuffix(status, ",")
			header := strings.Trim(strings.TrimPrefix(strings.TrimPrefix(rest, "to "), "`Allow: "), "`")
			if res.Status[:3] != status || res.Header.Get("Location")+res.Header.Get("Allow") != header {
				t.Errorf("%s %s: %s %v, want %s", method, path, res.Status, res.Header, told)
			}
		}
	}
}
