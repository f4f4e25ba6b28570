package rawjson

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

func TestInt32(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		token string
		want  int32
		ok    bool
	}{
		{"0", 0, true},
		{"-0", 0, true},
		{"0.0", 0, true},
		{"-0.000e5", 0, true},
		{"0e999999999999999999999", 0, true},
		{"7", 7, true},
		{"-7", -7, true},
		{"2147483647", math.MaxInt32, true},
		{"-2147483648", math.MinInt32, true},
		{"2147483648", 0, false},
		{"-2147483649", 0, false},
		{"9999999999", 0, false},
		{"99999999999", 0, false},
		{"18446744073709551617", 0, false}, // 1 if it wraps around
		{"4294967297", 0, false},
		{"1.0", 1, true},
		{"1.5", 0, false},
		{"0.5", 0, false},
		{"-1.000000000000000000000001", 0, false},
		{"1e2", 100, true},
		{"1E+2", 100, true},
		{"1.25e2", 125, true},
		{"1.25e1", 0, false},
		{"120e-1", 12, true},
		{"120e-2", 0, false},
		{"10000000000e-5", 100000, true},
		{"0.00012e5", 12, true},
		{"2.147483647e9", math.MaxInt32, true},
		{"2.147483648e9", 0, false},
		{"-21474836480e-1", math.MinInt32, true},
		{"1e9", 1000000000, true},
		{"1e10", 0, false},
		{"1e400", 0, false},
		{"1e-400", 0, false},
		{"1e999999999999999999999", 0, false},
		{"1e-999999999999999999999", 0, false},
		{"1e00000000000000000000002", 100, true},
		{"3" + strings.Repeat("0", 500) + "e-500", 3, true},
		{"0." + strings.Repeat("0", 500) + "3e501", 3, true},
		{"2147483647." + strings.Repeat("0", 500), math.MaxInt32, true},
	} {
		got, ok := Int32([]byte(c.token))
		if got != c.want || ok != c.ok {
			t.Errorf("Int32(%.40s) = %d, %t; want %d, %t", c.token, got, ok, c.want, c.ok)
		}
	}
}

func TestIntegerText(t *testing.T) {
	t.Parallel()
	longest := strings.Repeat("1234567890", 6) + "1234"
	for _, c := range []struct{ token, want string }{ // want is "" if the token is refused
		{"0", "0"},
		{"-0", "0"},
		{"-0.0", "0"},
		{"0e999999999999", "0"},
		{"7", "7"},
		{"-7", "-7"},
		{"1.0", "1"},
		{"1e3", "1000"},
		{"-1.5e3", "-1500"},
		{"70e-1", "7"},
		{"7.5", ""},
		{"75e-1", ""},
		{"0.1", ""},
		{"9007199254740993", "9007199254740993"}, // not a float64
		{"9007199254740993.0", "9007199254740993"},
		{"18446744073709551616", "18446744073709551616"},
		{"1e63", "1" + strings.Repeat("0", 63)},
		{"1e64", ""},
		{"1e999999999999999999999", ""},
		{"1e-999999999999999999999", ""},
		{longest, longest},
		{"-" + longest, "-" + longest},
		{longest + ".000", longest},
		{longest + "5", ""},
		{longest + "0", ""},
		{longest + "0e-1", longest},
	} {
		got, ok := IntegerText([]byte("id:"), []byte(c.token))
		if ok != (c.want != "") || string(got) != "id:"+c.want {
			t.Errorf("IntegerText(%s) = %s, %t; want %q", c.token, got, ok, c.want)
		}
	}
}

func TestFiniteFloat(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		token string
		want  bool
	}{
		{"0", true},
		{"-1.5", true},
		{"1e308", true},
		{"-1e308", true},
		{"1.7976931348623157e308", true},
		{"1.7976931348623158e308", true}, // rounds down to the greatest
		{"1.7976931348623159e308", false},
		{"2e308", false},
		{"-2e308", false},
		{"1e309", false},
		{"1e400", false},
		{"0.1e309", true},
		{"0.0001e313", false},
		{"1e-400", true},
		{"0e400", true},
		{"0.0e999999999999999999", true},
		{"1e999999999999999999", false},
		{"1" + strings.Repeat("0", 308), true},
		{"2" + strings.Repeat("0", 308), false},
		{"1" + strings.Repeat("0", 309), false},
		{"1" + strings.Repeat("0", 500) + "e-500", true},
		{"1" + strings.Repeat("0", 500) + ".25", false},
		{"1." + strings.Repeat("0", 500), true},
	} {
		if got := FiniteFloat([]byte(c.token)); got != c.want {
			t.Errorf("FiniteFloat(%.40s) = %t", c.token, got)
		}
		if _, err := strconv.ParseFloat(c.token, 64); (err == nil) != c.want {
			t.Errorf("strconv disagrees about %.40s: %v", c.token, err)
		}
	}
}

// The contract leaves the answer open for bytes that are no number, but promises that there is one.
func TestTokensThatAreNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "-", ".", "e", "1e", "1e+", "..", "1..2", "-.e-", `"`, `\`, `"\`, `"\u`, `"\u12"`, `"\ud800\u"`, "null", "1e\xff"} {
		b := []byte(text)
		Int32(b)
		IntegerText(nil, b)
		FiniteFloat(b)
		Unquote(nil, b)
		EqualKey(b, "a name")
	}
}

func TestNumbersAllocateNothing(t *testing.T) {
	token, dst := []byte("10000000000e-5"), make([]byte, 0, 100)
	if n := testing.AllocsPerRun(10, func() {
		if v, ok := Int32(token); !ok || v != 100000 {
			t.Fatal(v, ok)
		}
		if _, ok := IntegerText(dst, token); !ok {
			t.Fatal("refused")
		}
		if !FiniteFloat(token) {
			t.Fatal("not finite")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
