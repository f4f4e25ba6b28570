package rawjson

import (
	"strings"
	"testing"
)

func TestSkipNumber(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("1234567890", 4)
	for _, c := range []struct {
		text    string
		integer bool
	}{
		{"0", true},
		{"-0", true},
		{"7", true},
		{"1234567", true},
		{"12345678", true},
		{"-123456789", true},
		{long, true},
		{"0.0", false},
		{"-0.5", false},
		{"1.25", false},
		{long + "." + long, false},
		{"1e5", false},
		{"1E5", false},
		{"1e+5", false},
		{"1e-05", false},
		{"0e0", false},
		{"1.5e-" + long, false},
	} {
		for _, rest := range []string{"", ",", "}        ", " 123456789", "x", "-", "."} {
			if rest == "." && c.integer {
				continue // it would go on
			}
			b := []byte("[" + c.text + rest)
			end, integer, err := SkipNumber(b, 1)
			if err != nil || end != 1+len(c.text) || integer != c.integer {
				t.Errorf("SkipNumber(%q, 1) = %d, %t, %v; want %d, %t", b, end, integer, err, 1+len(c.text), c.integer)
			}
		}
	}
}

func TestSkipNumberErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text   string
		offset int
		msg    string
	}{
		{"", 0, "a digit, found the end"},
		{"-", 1, "a digit, found the end"},
		{"+1", 0, "a digit, found '+'"},
		{".5", 0, "a digit, found '.'"},
		{"NaN", 0, "a digit, found 'N'"},
		{"-Infinity", 1, "a digit, found 'I'"},
		{"--1", 1, "a digit, found '-'"},
		{"01", 0, "a leading zero"},
		{"-01", 1, "a leading zero"},
		{"00", 0, "a leading zero"},
		{"012345678901234", 0, "a leading zero"},
		{"1.", 2, "after the decimal point, found the end"},
		{"1.e5", 2, "after the decimal point, found 'e'"},
		{"1.x", 2, "after the decimal point, found 'x'"},
		{"1e", 2, "a digit of the exponent, found the end"},
		{"1e+", 3, "a digit of the exponent, found the end"},
		{"1e+-5", 3, "a digit of the exponent, found '-'"},
		{"1.5ex", 4, "a digit of the exponent, found 'x'"},
	} {
		_, _, err := SkipNumber([]byte(c.text), 0)
		if err == nil {
			t.Errorf("SkipNumber(%q) found nothing wrong", c.text)
			continue
		}
		wantError(t, err, c.offset, c.msg)
	}
}

func TestDigitsSeesEveryByteAtEveryPlace(t *testing.T) {
	t.Parallel()
	for c := range 256 {
		for place := range 24 {
			b := []byte(strings.Repeat("5", 40))
			b[place] = byte(c)
			want := len(b)
			if c < '0' || c > '9' {
				want = place
			}
			if got := digits(b, 0); got != want {
				t.Errorf("byte %#x at %d: stops at %d, want %d", c, place, got, want)
			}
		}
	}
}
