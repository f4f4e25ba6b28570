package rawjson

import (
	"bytes"
	"testing"
)

func TestDocument(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, value string }{
		{`1`, `1`},
		{" \r\n\t{\"a\":1}\n", `{"a":1}`},
		{"\xef\xbb\xbf[1]", `[1]`},
		{"\xef\xbb\xbf \"x\" ", `"x"`},
	} {
		start, end, err := Document([]byte(c.text))
		if err != nil || c.text[start:end] != c.value {
			t.Errorf("Document(%q) = %d, %d, %v; want %q", c.text, start, end, err, c.value)
		}
		if err := Valid([]byte(c.text)); err != nil {
			t.Errorf("Valid(%q): %v", c.text, err)
		}
	}
	for _, c := range []struct {
		text   string
		offset int
		msg    string
	}{
		{"", 0, "a value, found the end"},
		{"  ", 2, "a value, found the end"},
		{"\xef\xbb\xbf", 3, "a value, found the end"},
		{"\xef\xbb", 0, "a value, found the byte 0xef"},
		{" \xef\xbb\xbf1", 1, "a value, found '\\ufeff'"},
		{"\xef\xbb\xbf\xef\xbb\xbf1", 3, "a value"},
		{"1 2", 2, "nothing after the value, found '2'"},
		{"{} \x00", 3, "nothing after the value"},
		{"12x", 2, "nothing after the value, found 'x'"},
		{"<html>", 0, "a value, found '<'"},
	} {
		err := Valid([]byte(c.text))
		if err == nil {
			t.Errorf("Valid(%q) found nothing wrong", c.text)
			continue
		}
		wantError(t, err, c.offset, c.msg)
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	const want = `invalid JSON at byte 5: expected a value, found '}'`
	if got := Valid([]byte(`{"a":}`)).Error(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// One sample with all there is in JSON, spoilt in every way that takes one byte.
func TestDocumentAgreesWithTheReference(t *testing.T) {
	t.Parallel()
	sample := []byte(` {"a" : [1, -2.5e+3, 0.10E-2, 0, true, false, null, {}, []], "\u0041\n" :"x\ud83d\ude00\\\"é日😀", ` +
		`"b":{"c":[[{"d":"long enough for several words"}]], "":12345678}}` + "\r\n\t")
	check := func(text []byte) {
		if err := Valid(text); (err == nil) != referenceValid(string(text)) {
			t.Errorf("Valid(%q): %v", text, err)
		}
	}
	check(sample)
	for i := range sample {
		check(sample[:i:i])
		check(append(bytes.Clone(sample[:i]), sample[i+1:]...))
		for c := range 256 {
			spoilt := bytes.Clone(sample)
			spoilt[i] = byte(c)
			check(spoilt)
		}
	}
}
