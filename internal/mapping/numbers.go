package mapping

import (
	"bytes"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"

	"manifold/internal/rawjson"
)

// Whole numbers are exact, however long: their text may have maxDigits digits. Everything else is a 64-bit float.
const maxDigits = 1000

const maxInt = math.MaxInt

func isSpace(r rune) bool { return unicode.IsSpace(r) }

// number is a JSON number to calculate with: whole if big or small says so, else a float.
type number struct {
	whole bool
	small int64
	big   *big.Int // instead of small
	float float64
}

func readNumber(token []byte) number {
	if len(token) <= 18 {
		if n, err := strconv.ParseInt(string(token), 10, 64); err == nil {
			return number{whole: true, small: n}
		}
	}
	text := token
	if bytes.ContainsAny(token, ".eE") {
		var buf [rawjson.MaxIntegerDigits + 1]byte
		text, _ = rawjson.IntegerText(buf[:0], token)
	}
	if len(text) > 0 && len(text) <= maxDigits {
		if n, ok := new(big.Int).SetString(string(text), 10); ok {
			return wholeNumberOf(n)
		}
	}
	f, _ := strconv.ParseFloat(string(token), 64) // beyond the range it is infinite, and so is the result
	return number{float: f}
}

func wholeNumberOf(n *big.Int) number {
	if n.IsInt64() {
		return number{whole: true, small: n.Int64()}
	}
	return number{whole: true, big: n}
}

func (n number) asBig() *big.Int {
	if n.big != nil {
		return n.big
	}
	return big.NewInt(n.small)
}

func (n number) asFloat() float64 {
	switch {
	case !n.whole:
		return n.float
	case n.big != nil:
		f, _ := new(big.Float).SetInt(n.big).Float64()
		return f
	}
	return float64(n.small)
}

// append writes n; ok is false if it is no number, or too long.
func (n number) append(b []byte) (out []byte, ok bool) {
	switch {
	case n.big != nil:
		mark := len(b)
		b = n.big.Append(b, 10)
		return b, len(b)-mark <= maxDigits
	case n.whole:
		return strconv.AppendInt(b, n.small, 10), true
	case math.IsInf(n.float, 0) || math.IsNaN(n.float):
		return b, false
	}
	return appendFloat(b, n.float), true
}

// appendFloat writes a float in the shortest way that is read as the same; very large and very small ones with an exponent.
func appendFloat(b []byte, f float64) []byte {
	const large, small = 1e21, 1e-6
	if f == 0 {
		return append(b, '0') // not -0
	}
	if size := math.Abs(f); size < small || size >= large {
		return strconv.AppendFloat(b, f, 'e', -1, 64)
	}
	return strconv.AppendFloat(b, f, 'f', -1, 64)
}

// number writes a count.
func (s scope) number(n int) []byte {
	return s.arena.close(strconv.AppendInt(s.arena.open(), int64(n), 10))
}

// operation is add, sub, mul, div or mod.
type operation string

// arithmetic applies an operation to v and the first argument, to the result and the second one, and so on. An argument that
// is null or missing makes null; what has no result, as a division by zero, is missing.
func arithmetic(s scope, v []byte, step *Step) ([]byte, error) {
	if rawjson.KindOf(v[0]) != rawjson.Number {
		return nil, misuse(step, "takes a number", v)
	}
	n := readNumber(v)
	for _, arg := range step.Args {
		other, err := s.orNull(arg)
		switch {
		case err != nil:
			return nil, err
		case isNull(other):
			return null, nil
		case rawjson.KindOf(other[0]) != rawjson.Number:
			return nil, misgiven(step, arg, "a number")
		}
		var ok bool
		if n, ok = operation(step.Name).apply(n, readNumber(other)); !ok {
			return nil, nil
		}
	}
	b, ok := n.append(s.arena.open())
	if !ok {
		s.arena.drop(b)
		return nil, nil
	}
	return s.arena.close(b), nil
}

// apply calculates; ok is false if there is no result.
func (op operation) apply(a, b number) (number, bool) {
	if !a.whole || !b.whole {
		return op.floats(a.asFloat(), b.asFloat())
	}
	if a.big == nil && b.big == nil {
		if n, ok := op.small(a.small, b.small); ok {
			return number{whole: true, small: n}, true
		}
	}
	x, y := a.asBig(), b.asBig()
	n := new(big.Int)
	switch op {
	case "add":
		n.Add(x, y)
	case "sub":
		n.Sub(x, y)
	case "mul":
		n.Mul(x, y)
	case "mod":
		if y.Sign() == 0 {
			return number{}, false
		}
		n.Rem(x, y)
	case "div":
		if y.Sign() == 0 {
			return number{}, false
		}
		rest := new(big.Int)
		if n.QuoRem(x, y, rest); rest.Sign() != 0 {
			f, _ := new(big.Rat).SetFrac(x, y).Float64()
			return number{float: f}, !math.IsInf(f, 0)
		}
	}
	const longest = maxDigits * 4 // bits, at least
	return wholeNumberOf(n), n.BitLen() <= longest
}

// small calculates where nothing can overflow; ok is false if that is not sure, or the result is not whole.
func (op operation) small(a, b int64) (n int64, ok bool) {
	const half = 1 << 31
	safe := a > -half && a < half && b > -half && b < half
	switch op {
	case "add":
		return a + b, safe
	case "sub":
		return a - b, safe
	case "mul":
		return a * b, safe
	case "div":
		if b == 0 || !safe || a%b != 0 {
			return 0, false
		}
		return a / b, true
	default:
		if b == 0 || !safe {
			return 0, false
		}
		return a % b, true
	}
}

func (op operation) floats(a, b float64) (number, bool) {
	var f float64
	switch op {
	case "add":
		f = a + b
	case "sub":
		f = a - b
	case "mul":
		f = a * b
	case "div":
		f = a / b
	case "mod":
		f = math.Mod(a, b)
	}
	return number{float: f}, !math.IsInf(f, 0) && !math.IsNaN(f)
}

// wholeNumber reads a number that is whole, for use as a place in a list: beyond the range of int it is brought to its ends.
func wholeNumber(v []byte) (int, bool) {
	if rawjson.KindOf(v[0]) != rawjson.Number {
		return 0, false
	}
	n := readNumber(v)
	switch {
	case !n.whole:
		return 0, false
	case n.big == nil:
		return int(n.small), true
	case n.big.Sign() < 0:
		return -maxInt, true
	}
	return maxInt, true
}

// wholePart returns the digits of a number before the point.
func wholePart(token string) string {
	if strings.ContainsAny(token, "eE") {
		if text, ok := rawjson.IntegerText(nil, []byte(token)); ok {
			return string(text)
		}
		f, err := strconv.ParseFloat(token, 64)
		if err != nil {
			return ""
		}
		return strconv.FormatFloat(math.Trunc(f), 'f', -1, 64)
	}
	whole, _, _ := strings.Cut(token, ".")
	return whole
}

// compareNumbers compares what two number tokens are worth, exactly.
func compareNumbers(a, b []byte) int {
	x, y := readDecimal(a), readDecimal(b)
	if x.sign != y.sign || x.sign == 0 {
		return x.sign - y.sign
	}
	order := x.exponent - y.exponent
	if order == 0 {
		order = bytes.Compare(x.digits, y.digits)
	}
	switch {
	case order < 0:
		return -x.sign
	case order > 0:
		return x.sign
	}
	return 0
}

// decimal is 0.DIGITS times ten to the exponent. There are no zeros at the ends of the digits.
type decimal struct {
	sign     int
	digits   []byte
	exponent int
}

func readDecimal(token []byte) decimal {
	d := decimal{sign: 1}
	if token[0] == '-' {
		d.sign, token = -1, token[1:]
	}
	if i := bytes.IndexAny(token, "eE"); i >= 0 {
		d.exponent = readExponent(string(token[i+1:]))
		token = token[:i]
	}
	whole, part, _ := bytes.Cut(token, []byte{'.'})
	d.exponent += len(whole)
	d.digits = whole
	if len(part) > 0 {
		d.digits = append(append(make([]byte, 0, len(token)), whole...), part...)
	}
	trimmed := bytes.TrimLeft(d.digits, "0")
	d.exponent -= len(d.digits) - len(trimmed)
	d.digits = bytes.TrimRight(trimmed, "0")
	if len(d.digits) == 0 {
		return decimal{}
	}
	return d
}

// readExponent reads an exponent; beyond a billion they are all the same.
func readExponent(text string) int {
	const most = 1_000_000_000
	n, err := strconv.Atoi(text)
	switch {
	case err == nil && n > -most && n < most:
		return n
	case strings.HasPrefix(text, "-"):
		return -most
	}
	return most
}
