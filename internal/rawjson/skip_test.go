package rawjson

import (
	"strings"
	"testing"
)

func nest(open, inside, closed string, times int) string {
	return strings.Repeat(open, times) + inside + strings.Repeat(closed, times)
}

func TestSkip(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`null`, `true`, `false`, `0`, `-1.5e3`, `""`, `"a\nb"`,
		`[]`, `{}`, `[ ]`, `{ }`, "[\t\r\n ]",
		`[1]`, `[1,2]`, `[ 1 , 2 ]`, `[null,true,false,"x",{},[]]`,
		`{"a":1}`, `{"a":1,"b":2}`, `{ "a" : 1 , "b" : [ ] }`,
		`{"":{"":{"":[[[{"a":[]}]]]}}}`,
		`{"a":1,"a":2}`,
		`{"\u0061":"\ud83d\ude00"}`,
		"{\n" + strings.Repeat(" ", 40) + "\"a\":" + strings.Repeat(" ", 17) + "1\r\n}",
		nest("[", "", "]", MaxDepth),
		nest(`{"a":`, "1", "}", MaxDepth),
		nest(`[{"a":`, "[1]", "}]", 99),
		"[" + nest("[", "", "]", 150) + "," + nest(`{"a":`, "null", "}", 150) + "]",
	} {
		for _, rest := range []string{"", " ", ",", "]", "}x"} {
			end, err := Skip([]byte(text+rest), 0, 0)
			if err != nil || end != len(text) {
				t.Errorf("Skip(%.60q) = %d, %v; want %d", text+rest, end, err, len(text))
			}
		}
	}
}

func TestSkipErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text   string
		offset int
		msg    string
	}{
		{``, 0, "a value, found the end"},
		{` 1`, 0, "a value, found ' '"},
		{`nul`, 3, "null, found the end"},
		{`nulL`, 3, "null, found 'L'"},
		{`tru]`, 3, "true, found ']'"},
		{`falsy`, 4, "false, found 'y'"},
		{`NaN`, 0, "a value, found 'N'"},
		{`undefined`, 0, "a value, found 'u'"},
		{`'a'`, 0, "a value"},
		{`]`, 0, "a value, found ']'"},
		{`[`, 1, "a value, found the end"},
		{`[1`, 2, "',' or ']', found the end"},
		{`[1 2]`, 3, "',' or ']', found '2'"},
		{`[1}`, 2, "',' or ']', found '}'"},
		{`[1,]`, 3, "a value, found ']'"},
		{`[,1]`, 1, "a value, found ','"},
		{`[1,,2]`, 3, "a value, found ','"},
		{`[01]`, 1, "a leading zero"},
		{`[1.]`, 3, "a digit after the decimal point"},
		{`["a]`, 4, "the rest of a string"},
		{`[nulx]`, 4, "null"},
		{`{`, 1, "a property name, found the end"},
		{`{a:1}`, 1, "a property name, found 'a'"},
		{`{"a"}`, 4, "':' after a property name, found '}'"},
		{`{"a" 1}`, 5, "':' after a property name, found '1'"},
		{`{"a":}`, 5, "a value, found '}'"},
		{`{"a":1`, 6, "',' or '}', found the end"},
		{`{"a":1]`, 6, "',' or '}', found ']'"},
		{`{"a":1,}`, 7, "a property name, found '}'"},
		{`{"a":1 "b":2}`, 7, "',' or '}'"},
		{`{,}`, 1, "a property name"},
		{`{1:2}`, 1, "a property name"},
		{"{\"\n\":1}", 2, "a control character"},
		{`[{"a":[1,{"b":2]}]`, 15, "',' or '}', found ']'"},
		{"[1,\f2]", 3, `found '\f'`}, // not a space in JSON
		{"[1,\u00a02]", 3, "a value, found '\\u00a0'"},
		{"[\xff]", 1, "the byte 0xff"},
		{nest("[", "", "]", MaxDepth+1), MaxDepth, "deeper than 200 levels"},
		{nest("[", "", "", 100_000), MaxDepth, "deeper than 200 levels"},
		{nest(`{"a":`, "", "", MaxDepth+1), 5 * MaxDepth, "deeper than 200 levels"},
	} {
		_, err := Skip([]byte(c.text), 0, 0)
		if err == nil {
			t.Errorf("Skip(%.60q) found nothing wrong", c.text)
			continue
		}
		wantError(t, err, c.offset, c.msg)
	}
}

// The levels already open around a value count.
func TestSkipDepth(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		depth, levels int
		ok            bool
	}{
		{0, MaxDepth, true},
		{1, MaxDepth, false},
		{1, MaxDepth - 1, true},
		{MaxDepth - 1, 1, true},
		{MaxDepth, 1, false},
		{MaxDepth, 0, true},
		{MaxDepth + 5, 1, false},
		{-5, MaxDepth + 1, false},
	} {
		_, err := Skip([]byte(nest("[", "1", "]", c.levels)), 0, c.depth)
		if (err == nil) != c.ok {
			t.Errorf("%d levels at depth %d: got %v", c.levels, c.depth, err)
		}
	}
}

// Every prefix of a text is an error, at its end or before, and none reads beyond it.
func TestSkipTruncated(t *testing.T) {
	t.Parallel()
	whole := `{"a":[1,-2.5e+3,true,null,"x\n\ud83d\ude00é"],"b":{"c":{},"d":[]},"e":"long enough for several words"}`
	for n := range len(whole) {
		short := []byte(whole)[:n:n]
		_, err := Skip(short, 0, 0)
		if err == nil {
			t.Fatalf("Skip(%q) found nothing wrong", short)
		}
	}
}

func TestSkipAllocatesNothing(t *testing.T) {
	posts := postsReply(1)
	if n := testing.AllocsPerRun(10, func() {
		if _, err := Skip(posts, 0, 0); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text       string
		end, value int
		plain      bool
	}{
		{`"a":1`, 3, 4, true},
		{`"a" : 1`, 3, 6, true},
		{`"\u0061":1`, 8, 9, false},
		{`"a":`, 3, 4, true},
	} {
		end, value, plain, err := Key([]byte(c.text), 0)
		if err != nil || end != c.end || value != c.value || plain != c.plain {
			t.Errorf("Key(%q) = %d, %d, %t, %v", c.text, end, value, plain, err)
		}
	}
}

func TestKindOf(t *testing.T) {
	t.Parallel()
	want := map[byte]Kind{'n': Null, 't': True, 'f': False, '-': Number, '"': String, '{': Object, '[': Array}
	for c := byte('0'); c <= '9'; c++ {
		want[c] = Number
	}
	for c := range 256 {
		if got := KindOf(byte(c)); got != want[byte(c)] {
			t.Errorf("KindOf(%#x) is %v, want %v", c, got, want[byte(c)])
		}
	}
}

func TestSpace(t *testing.T) {
	t.Parallel()
	for c := range 256 {
		want := 0
		if strings.IndexByte(" \t\r\n", byte(c)) >= 0 {
			want = 1
		}
		if got := Space([]byte{byte(c)}, 0); got != want {
			t.Errorf("after byte %#x: %d, want %d", c, got, want)
		}
	}
	for n := range 40 {
		b := []byte("x" + strings.Repeat(" ", n) + "\n" + strings.Repeat(" ", n) + "x")
		if got := Space(b, 1); got != 2*n+2 {
			t.Errorf("%d blanks twice: %d", n, got)
		}
		if got := Space(b[:len(b)-1], 1); got != len(b)-1 {
			t.Errorf("%d blanks at the end: %d", n, got)
		}
	}
	if got := Space([]byte("ab"), 2); got != 2 {
		t.Errorf("at the end: %d", got)
	}
}
