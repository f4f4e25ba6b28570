package rawjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzSkip compares Document, Skip and the walkers with encoding/json.
func FuzzSkip(f *testing.F) {
	for _, seed := range []string{
		``, `null`, ` true `, `[1,-2.5e+3,0.1,01]`, `{"a":{"b":[]},"c":"x\n\ud83d\ude00"}`, "\ufeff[]", "\"\xff\"", `"\ud800"`,
		nest("[", "", "]", MaxDepth), nest("[", "", "]", MaxDepth+1), nest(`{"a":[`, "1", "]}", 100), "[1 ,\n\t{ } ]x",
		string(postsReply(1)[:600]), "{\n          \"indented\": \"long enough for words\"\n}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		// With nothing behind it, so that a read beyond the end panics.
		b = slices.Clip(bytes.Clone(b))
		start, end, err := Document(b)
		if want := referenceValid(string(b)); want != (err == nil) {
			t.Fatalf("Document says %v, the reference says valid: %t", err, want)
		}
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Offset < 0 || e.Offset > len(b) || len(e.Msg) > 100 {
				t.Fatalf("a strange error: %#v", err)
			}
			return
		}
		// The value stands alone, and does not depend on what is around it.
		value := b[start:end]
		if !json.Valid(value) || len(bytes.Trim(value, " \t\r\n")) != len(value) {
			t.Fatalf("%q is not the value", value)
		}
		among := append(append([]byte("abcdefgh"), value...), ",12345678\""...)
		if got, err := Skip(among, 8, 0); KindOf(value[0]) != Number && (err != nil || got != 8+len(value)) {
			t.Fatalf("among other bytes it ends at %d: %v", got-8, err)
		}
		compareWalk(t, b, start, end)
	})
}

// compareWalk rebuilds the array or object that is b[start:end] from its parts, and compares it as encoding/json reads it.
func compareWalk(t *testing.T, b []byte, start, end int) {
	t.Helper()
	var (
		again []byte
		got   int
		err   error
	)
	switch KindOf(b[start]) {
	case Object:
		got, err = Members(b, start, func(key, value []byte) error {
			again = append(append(append(append(again, ','), key...), ':'), value...)
			return nil
		})
		again = append(again, '}')
		if len(again) == 1 {
			again = append([]byte{'{'}, again...)
		}
		again[0] = '{'
	case Array:
		got, err = Elements(b, start, func(value []byte) error {
			again = append(append(again, ','), value...)
			return nil
		})
		again = append(again, ']')
		if len(again) == 1 {
			again = append([]byte{'['}, again...)
		}
		again[0] = '['
	default:
		return
	}
	if err != nil || got != end {
		t.Fatalf("walking ends at %d instead of %d: %v", got, end, err)
	}
	var want, have bytes.Buffer
	if err := json.Compact(&want, b[start:end]); err != nil {
		t.Fatal(err)
	}
	if err := json.Compact(&have, again); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want.Bytes(), have.Bytes()) {
		t.Fatalf("walking saw %s in %s", have.Bytes(), want.Bytes())
	}
}

// FuzzUnquote compares Unquote and EqualKey with encoding/json for every string that SkipString accepts.
func FuzzUnquote(f *testing.F) {
	for _, seed := range []string{`""`, `"a"`, `"\u0061\n\ud83d\ude00é"`, `"long enough for words \\ and more of it"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		end, plain, err := SkipString(b, 0)
		if err != nil {
			return
		}
		token := b[:end:end]
		var want string
		if err := json.Unmarshal(token, &want); err != nil {
			t.Fatalf("SkipString accepted %q: %v", token, err)
		}
		if got := string(Unquote(nil, token)); got != want {
			t.Fatalf("Unquote(%q) = %q, want %q", token, got, want)
		}
		if plain != !bytes.Contains(token, []byte{'\\'}) {
			t.Fatalf("plain is %t for %q", plain, token)
		}
		if !EqualKey(token, want) {
			t.Fatalf("EqualKey(%q, %q) is false", token, want)
		}
		for _, other := range []string{want + "x", "x" + want, string(token[1 : end-1]), strings.TrimSuffix(want, "n")} {
			if EqualKey(token, other) != (other == want) {
				t.Fatalf("EqualKey(%q, %q) is %t", token, other, other != want)
			}
		}
	})
}

// FuzzQuote reads back what Quote wrote, and compares its length with what encoding/json writes.
func FuzzQuote(f *testing.F) {
	for _, seed := range []string{"", "a", "a\"b\\c\nd\x00", "é\xff日本", "\u2028", "long enough for words, and\tthen some"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got := Quote(nil, text)
		if other := Quote(nil, string(text)); !bytes.Equal(got, other) {
			t.Fatalf("%q from bytes, %q from a string", got, other)
		}
		if end, _, err := SkipString(got, 0); err != nil || end != len(got) {
			t.Fatalf("Quote(%q) = %q: %v", text, got, err)
		}
		// encoding/json escapes more: U+FFFD for a wrong byte, and two line separators for the sake of JavaScript.
		var written bytes.Buffer
		encoder := json.NewEncoder(&written)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(string(text)); err != nil {
			t.Fatal(err)
		}
		if want := asQuoteWrites(written.Bytes()); !bytes.Equal(got, want) {
			t.Fatalf("Quote(%q) = %q, want %q", text, got, want)
		}
		want := string(bytes.ToValidUTF8(text, nil))
		if utf8.Valid(text) && string(Unquote(nil, got)) != want {
			t.Fatalf("%q comes back as %q", text, Unquote(nil, got))
		}
	})
}

// asQuoteWrites replaces the escape sequences that encoding/json writes and Quote does not.
func asQuoteWrites(written []byte) []byte {
	var out []byte
	for i := 0; i < len(written)-1; i++ { // without the line feed at the end
		if written[i] == '\\' && written[i+1] == 'u' {
			switch escape := string(written[i : i+6]); escape {
			case `\ufffd`, `\u2028`, `\u2029`:
				out = Unquote(out, []byte(`"`+escape+`"`))
				i += 5
				continue
			}
		}
		if written[i] == '\\' {
			out = append(out, written[i])
			i++
		}
		out = append(out, written[i])
	}
	return out
}

// FuzzInt32 compares Int32, IntegerText and FiniteFloat with math/big and strconv.
func FuzzInt32(f *testing.F) {
	for _, seed := range []string{
		"0", "-0.0", "1.0", "1e2", "1.5", "2147483648", "-2147483648", "10000000000e-5", "1e400", "0.00012e5", "1e63", "-12.50e1",
		"1.7976931348623158e308", "179769313486231580793728971405301e276", "100000000000000000000000000000000000000000000000000e-49",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !isNumber(text) {
			return
		}
		token := []byte(text)
		end, integer, err := SkipNumber(token, 0)
		if err != nil || end != len(token) || integer == strings.ContainsAny(text, ".eE") {
			t.Fatalf("SkipNumber(%s) = %d, %t, %v", text, end, integer, err)
		}
		_, err = strconv.ParseFloat(text, 64)
		if finite := FiniteFloat(token); finite != (err == nil) {
			t.Fatalf("FiniteFloat(%s) = %t, but strconv: %v", text, finite, err)
		}
		v, isInt := Int32(token)
		id, isID := IntegerText(nil, token)
		if !smallExponent(text) {
			return // it does not panic, and is done at once
		}
		want := exact(text)
		fits := want.IsInt() && want.Num().IsInt64() && want.Num().Int64() >= math.MinInt32 && want.Num().Int64() <= math.MaxInt32
		if isInt != fits || fits && int64(v) != want.Num().Int64() {
			t.Fatalf("Int32(%s) = %d, %t; want %s", text, v, isInt, want)
		}
		short := want.IsInt() && len(strings.TrimPrefix(want.Num().String(), "-")) <= MaxIntegerDigits
		if isID != short || short && string(id) != want.Num().String() {
			t.Fatalf("IntegerText(%s) = %s, %t; want %s", text, id, isID, want)
		}
	})
}
