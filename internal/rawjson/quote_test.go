package rawjson

import (
	"strings"
	"testing"
)

func TestQuote(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long enough for words ", 5)
	for _, c := range []struct{ text, want string }{
		{"", `""`},
		{"a", `"a"`},
		{long, `"` + long + `"`},
		{"a\"b", `"a\"b"`},
		{`\`, `"\\"`},
		{"/<>&'", `"/<>&'"`},
		{"\b\f\n\r\t", `"\b\f\n\r\t"`},
		{"\x00\x01\x0b\x1f\x7f", `"\u0000\u0001\u000b\u001f` + "\x7f\""},
		{long + "\n" + long, `"` + long + `\n` + long + `"`},
		{"é日本😀\u2028\u2029", "\"é日本😀\u2028\u2029\""},
		{"é\n日本\"😀", `"é\n日本\"😀"`},
		{"\xff", "\"\ufffd\""},
		{"a\xc3", "\"a\ufffd\""},
		{"\xed\xa0\x80", "\"\ufffd\ufffd\ufffd\""},
		{"\ufffd", "\"\ufffd\""},
		{long + "\xf0\x9f\x98" + long, `"` + long + "\ufffd\ufffd\ufffd" + long + `"`},
		{"\xff\n", "\"\ufffd\\n\""},
	} {
		if got := string(Quote([]byte("before"), c.text)); got != "before"+c.want {
			t.Errorf("Quote(%q) = %s, want %s", c.text, got, c.want)
		}
		if got := string(Quote(nil, []byte(c.text))); got != c.want {
			t.Errorf("Quote([]byte(%q)) = %s, want %s", c.text, got, c.want)
		}
	}
}

func TestQuoteAllocatesNothing(t *testing.T) {
	dst := make([]byte, 0, 100)
	text := "é, \n and \xff"
	raw := []byte(text)
	if n := testing.AllocsPerRun(10, func() {
		dst = Quote(dst[:0], text)
		dst = Quote(dst[:0], raw)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestUnquote(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ token, want string }{
		{`""`, ""},
		{`"a"`, "a"},
		{`"\"\\\/\b\f\n\r\t"`, "\"\\/\b\f\n\r\t"},
		{`"a\nb\tc"`, "a\nb\tc"},
		{`"\u0000\u00e9\u20AC\uffff"`, "\x00é€\uffff"},
		{`"x\ud83d\ude00y\uDBFF\uDFFF"`, "x😀y\U0010ffff"},
		{`"\\u0041"`, `\u0041`},
		{`"é\né"`, "é\né"},
	} {
		if got := string(Unquote([]byte("before"), []byte(c.token))); got != "before"+c.want {
			t.Errorf("Unquote(%s) = %q, want %q", c.token, got, c.want)
		}
	}
}

func TestEqualKey(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		token, name string
		want        bool
	}{
		{`""`, "", true},
		{`""`, "a", false},
		{`"a"`, "", false},
		{`"id"`, "id", true},
		{`"ID"`, "id", false},
		{`"ids"`, "id", false},
		{`"i"`, "id", false},
		{`"\u0069d"`, "id", true},
		{`"\u0069\u0064"`, "id", true},
		{`"\u0069d"`, "idx", false},
		{`"\u0069dx"`, "id", false},
		{`"i\u0064s"`, "id", false},
		{`"\u0069e"`, "id", false},
		{`"é"`, "é", true},
		{`"\u00e9"`, "é", true},
		{`"\u00e9"`, "\xc3", false},
		{`"\ud83d\ude00"`, "😀", true},
		{`"a\/b"`, "a/b", true},
		{`"a\nb"`, "a\nb", true},
		{`"a\nb"`, `a\nb`, false}, // same bytes, another text
		{`"a\\nb"`, `a\nb`, true},
	} {
		if got := EqualKey([]byte(c.token), c.name); got != c.want {
			t.Errorf("EqualKey(%s, %q) = %t", c.token, c.name, got)
		}
	}
}
