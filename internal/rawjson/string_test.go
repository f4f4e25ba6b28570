package rawjson

import (
	"errors"
	"strings"
	"testing"
)

// wantError fails the test unless err is an *Error at offset whose message holds part.
func wantError(t *testing.T, err error, offset int, part string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got error %v, want an *Error at %d: %s", err, offset, part)
	}
	if e.Offset != offset || !strings.Contains(e.Msg, part) {
		t.Errorf("got error %q, want one at byte %d with %q", e, offset, part)
	}
}

func TestSkipString(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long enough for words ", 5)
	for _, c := range []struct {
		text  string
		plain bool
	}{
		{`""`, true},
		{`"a"`, true},
		{`"seven77"`, true},
		{`"eight888"`, true},
		{`"nine99999"`, true},
		{`"` + long + `"`, true},
		{`"` + long + `\n` + long + `"`, false},
		{`"\"\\\/\b\f\n\r\t"`, false},
		{`"\u0000\uABCD\uabcd\ud7ff\ue000"`, false},
		{`"\ud83d\ude00"`, false},
		{`"\uDBFF\uDFFF"`, false},
		{`"\\u12"`, false},
		{"\"\x7f\"", true},
		{`"é"`, true},
		{`"日本語のテキストです"`, true},
		{`"😀` + long + `😀"`, true},
		{"\"\u2028\ufeff\U0010ffff\"", true},
		{`"é\né"`, false},
	} {
		// Once at the end of the text, where it is read byte by byte, and once with more behind it, by words.
		for _, rest := range []string{"", `,"more text after it`} {
			for _, before := range []string{"", "1234567"} {
				b := []byte(before + c.text + rest)
				end, plain, err := SkipString(b, len(before))
				if err != nil || end != len(before)+len(c.text) || plain != c.plain {
					t.Errorf("SkipString(%q, %d) = %d, %t, %v; want %d, %t", b, len(before), end, plain, err, len(before)+len(c.text), c.plain)
				}
			}
		}
	}
}

func TestSkipStringErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text   string
		offset int
		msg    string
	}{
		{``, 0, "a string, found the end"},
		{`x`, 0, "a string, found 'x'"},
		{`"`, 1, "found the end"},
		{`"abc`, 4, "found the end"},
		{`"abcdefghijklmnop`, 17, "found the end"},
		{`"abc\`, 5, "the rest of an escape sequence, found the end"},
		{`"abc\"`, 6, "the rest of a string, found the end"},
		{"\"a\nb\"", 2, `control character, found '\n'`},
		{"\"12345678\x00\"", 9, `found '\x00'`},
		{"\"\x1f\"", 1, "control character"},
		{`"\x41"`, 2, `found 'x'`},
		{`"\U0041"`, 2, `found 'U'`},
		{`"\'"`, 2, `found '\''`},
		{`"\u12g4"`, 5, "hexadecimal digit, found 'g'"},
		{`"\u123"`, 6, "hexadecimal digit"},
		{`"\u12`, 5, "hexadecimal digit, found the end"},
		{`"\ud800"`, 1, "a high surrogate"},
		{`"\ud800x"`, 1, "a high surrogate"},
		{`"\ud800\n"`, 1, "a high surrogate"},
		{`"\ud800\u0041"`, 1, "a high surrogate"},
		{`"\ud800\ud800"`, 1, "a high surrogate"},
		{`"\ud800\udc0"`, 12, "hexadecimal digit"},
		{`"a\udc00"`, 2, "a low surrogate"},
		{"\"\xff\"", 1, "UTF-8, found the byte 0xff"},
		{"\"abcdefghij\x80klmnopqr\"", 11, "UTF-8, found the byte 0x80"},
		{"\"é\xc3\"", 3, "the byte 0xc3"},
		{"\"\xc0\x80\"", 1, "UTF-8"},              // overlong
		{"\"\xed\xa0\x80\"", 1, "UTF-8"},          // a surrogate
		{"\"\xf4\x90\x80\x80\"", 1, "UTF-8"},      // beyond U+10FFFF
		{"\"\xc3\\u00a9\"", 1, "UTF-8"},           // a sequence split by an escape
		{"\"\xe2\x82", 3, "the rest of a string"}, // cut off in the middle of a sequence
	} {
		for _, before := range []string{"", "1234567"} {
			_, _, err := SkipString([]byte(before+c.text), len(before))
			if err == nil {
				t.Errorf("SkipString(%q) found nothing wrong", c.text)
				continue
			}
			wantError(t, err, len(before)+c.offset, c.msg)
		}
	}
}

// Every byte at every place of a word: what ends a run of plain text has to be seen wherever it stands, and nothing else.
func TestPlainTextSeesEveryByteAtEveryPlace(t *testing.T) {
	t.Parallel()
	for c := range 256 {
		for place := range 24 {
			b := []byte(strings.Repeat("x", 40))
			b[place] = byte(c)
			want := len(b)
			if c < ' ' || c == '"' || c == '\\' {
				want = place
			}
			got, seen := plainText(b, 0, 0)
			if got != want || (seen&highs != 0) != (c > 0x7f) {
				t.Errorf("byte %#x at %d: stops at %d and has seen %#x, want %d", c, place, got, seen, want)
			}
		}
	}
}

// Bytes above 0x7f after the closing quote must not matter.
func TestPlainTextForgetsWhatComesAfter(t *testing.T) {
	t.Parallel()
	if end, seen := plainText([]byte("ab\"\xff\xff\xff\xff\xff"), 0, 0); end != 2 || seen&highs != 0 {
		t.Errorf("got %d, %#x", end, seen)
	}
}
