package store

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
)

// scanned feeds a text in pieces of n bytes, and says how many values there were, or why it is refused.
func scanned(text string, n int, asked int64) string {
	var s respScanner
	var limit atomic.Int64
	limit.Store(asked)
	for len(text) > 0 {
		k := min(n, len(text))
		if !s.scan([]byte(text[:k]), &limit) {
			if s.unasked {
				return "unasked"
			}
			return "malformed"
		}
		text = text[k:]
	}
	return fmt.Sprint(s.done)
}

func TestOnlyRepliesThatWereAskedForPass(t *testing.T) {
	t.Parallel()
	nested := func(n int) string { return strings.Repeat("*1\r\n", n) + ":1\r\n" }
	for _, c := range []struct {
		text  string
		asked int64
		want  string
	}{
		{"+OK\r\n", 1, "1"},
		{"-ERR x\r\n:12\r\n:-3\r\n$-1\r\n*-1\r\n*0\r\n$0\r\n\r\n", 7, "7"},
		{"$5\r\na\r\nbc\r\n", 1, "1"},
		{"*3\r\n$1\r\na\r\n*2\r\n:1\r\n$-1\r\n+x\r\n", 1, "1"},
		{"+a\rb\r\n", 1, "1"},
		{"*2\r\n:1\r\n", 1, "0"}, // it goes on
		{nested(maxNested), 1, "1"},
		{fmt.Sprintf("$%d\r\n", maxBulk), 1, "0"},

		{"+OK\r\n", 0, "unasked"},
		{"+OK\r\n+OK\r\n", 1, "unasked"},
		{"*1\r\n:1\r\n$", 1, "unasked"},

		{"HTTP/1.1 400 Bad Request\r\n", 1, "malformed"},
		{"\x15\x03\x01", 1, "malformed"},
		{">2\r\n", 1, "malformed"},
		{"%1\r\n", 1, "malformed"},
		{"+OK\n", 1, "malformed"},
		{"$3\r\nabcd\r\n", 1, "malformed"},
		{"$3\r\nabc\n\n", 1, "malformed"},
		{fmt.Sprintf("$%d\r\n", maxBulk+1), 1, "malformed"},
		{"$9223372036854775807\r\n", 1, "malformed"},
		{"$99999999999999999999999\r\n", 1, "malformed"},
		{"$-2\r\n", 1, "malformed"},
		{"$-01\r\n", 1, "malformed"},
		{"$\r\n", 1, "malformed"},
		{"$-\r\n", 1, "malformed"},
		{"$?\r\n", 1, "malformed"},
		{"*1\r1\r\n", 1, "malformed"},
		{fmt.Sprintf("*%d\r\n", maxArray+1), 1, "malformed"},
		{nested(maxNested + 1), 1, "malformed"},
		{":\r\n", 1, "malformed"},
		{":1x\r\n", 1, "malformed"},
		{"+" + strings.Repeat("x", maxLine), 1, "0"},
		{"+" + strings.Repeat("x", maxLine+1), 1, "malformed"},
	} {
		for _, n := range []int{1, 2, 3, 7, len(c.text)} {
			if got := scanned(c.text, n, c.asked); got != c.want {
				t.Errorf("%.60q in pieces of %d, %d asked for: got %s, want %s", c.text, n, c.asked, got, c.want)
			}
		}
	}
}
