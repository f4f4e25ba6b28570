package mapping

import (
	"bytes"
	"errors"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const reference = "../../docs/mapping.md"

// TestReference runs every example of docs/mapping.md.
func TestReference(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(reference)
	if err != nil {
		t.Fatal(err)
	}
	inside, count := false, 0
	var input []byte
	for i, line := range strings.Split(string(text), "\n") {
		switch {
		case line == "```mapping":
			inside, input = true, nil
		case line == "```":
			inside = false
		case !inside:
		case strings.HasPrefix(line, "input "):
			input = []byte(strings.TrimPrefix(line, "input "))
		default:
			at := strings.LastIndex(line, " = ")
			if at < 0 || input == nil {
				t.Errorf("line %d is no example: %s", i+1, line)
				continue
			}
			count++
			example(t, reference+":"+strconv.Itoa(i+1), line[:at], line[at+3:], input)
		}
	}
	if count < 100 {
		t.Errorf("there are only %d examples", count)
	}
}

func example(t *testing.T, where, mapping, want string, input []byte) {
	t.Helper()
	n, err := ParseExpression(mapping)
	if err != nil {
		t.Errorf("%s: %v", where, err)
		return
	}
	if strings.HasPrefix(want, "(error") { // Check may refuse it already; then it is no example of what happens
		if want == "(error)" && len(Check(n, nil)) > 0 {
			return
		}
	} else if faults := Check(n, nil); len(faults) > 0 {
		t.Errorf("%s: %v", where, faults)
	}
	got, err := Eval(n, input, nil, nil)
	text := string(got)
	var fault *EvalError
	switch {
	case errors.As(err, &fault) && fault.Code != "":
		text = "(error " + fault.Code + ")"
	case err != nil:
		text = "(error)"
	case got == nil:
		text = missing
	}
	if text != want {
		t.Errorf("%s: %s is %s, not %s", where, mapping, text, want)
	}
}

// TestReferenceIsComplete checks that docs/mapping.md has a heading for every method that is effective, and no other.
func TestReferenceIsComplete(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(reference)
	if err != nil {
		t.Fatal(err)
	}
	headings := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^### (\w+)$`).FindAllSubmatch(text, -1) {
		headings[string(m[1])] = true
		if !methodNamed(string(m[1])).known {
			t.Errorf("%s is no method", m[1])
		}
	}
	for _, name := range effective() {
		if !headings[name] {
			t.Errorf("%s has no section", name)
		}
		if !bytes.Contains(text, []byte("->"+name)) {
			t.Errorf("%s has no example", name)
		}
	}
}
