package rawjson

import (
	"math"
	"strconv"
)

// MaxIntegerDigits is how many digits IntegerText writes at most. It bounds what a short token like 1e999999999 makes.
const MaxIntegerDigits = 64

// Int32 returns the value of a number token that is integral and fits into 32 bits, which is what a GraphQL Int may be
// (October 2021, 3.5.1). It is exact: 1.0, 1e2, -0 and 10000000000e-5 are integers, 1.5 and 2147483648 are not Ints.
func Int32(token []byte) (v int32, ok bool) {
	text, negative := token, false
	if len(text) > 0 && text[0] == '-' {
		text, negative = text[1:], true
	}
	if len(text) == 0 || len(text) > len("2147483648") {
		return int32Slow(token)
	}
	value := int64(0)
	for _, c := range text {
		if c -= '0'; c > 9 {
			return int32Slow(token)
		}
		value = value*10 + int64(c)
	}
	return narrow(value, negative)
}

// int32Slow is Int32 for tokens with a point, an exponent, or many digits.
func int32Slow(token []byte) (v int32, ok bool) {
	d := split(token)
	if !d.integral() || d.length() > int64(len("2147483648")) {
		return 0, false
	}
	var (
		room  [len("2147483648")]byte
		value int64
	)
	for _, c := range d.append(room[:0], token) {
		value = value*10 + int64(c-'0')
	}
	return narrow(value, d.negative)
}

// narrow returns the value with its sign if that fits into 32 bits.
func narrow(value int64, negative bool) (v int32, ok bool) {
	if negative {
		value = -value
	}
	if value < math.MinInt32 || value > math.MaxInt32 {
		return 0, false
	}
	return int32(value), true
}

// IntegerText appends the one canonical spelling of an integral number token, as an ID needs it: 7, 7.0 and 70e-1 are all
// written 7, and -0 is written 0. It returns dst as it was, and false, if the number is not integral or has more than
// MaxIntegerDigits digits.
func IntegerText(dst, token []byte) ([]byte, bool) {
	if 0 < len(token) && len(token) <= MaxIntegerDigits && digits(token, 0) == len(token) {
		return append(dst, token...), true
	}
	d := split(token)
	if !d.integral() || d.length() > MaxIntegerDigits {
		return dst, false
	}
	if d.digits == 0 {
		return append(dst, '0'), true
	}
	if d.negative {
		dst = append(dst, '-')
	}
	return d.append(dst, token), true
}

// FiniteFloat reports whether a number token is within the range of a 64-bit float: 1e400 is not, 1e-400 is, as zero.
func FiniteFloat(token []byte) bool {
	const safe = 308 // digits before the point: 1e308 is finite, and numbers of 308 digits are below it
	if len(token) <= safe && !hasExponent(token) {
		return true
	}
	d := split(token)
	switch {
	case d.digits == 0 || d.length() <= safe:
		return true
	case d.length() > safe+1:
		return false
	}
	// Near the limit, 1.797e308, rounding decides.
	_, err := strconv.ParseFloat(string(token), 64)
	return err == nil
}

// hasExponent reports whether a number is written with an exponent.
func hasExponent(token []byte) bool {
	for _, c := range token {
		if c|0x20 == 'e' {
			return true
		}
	}
	return false
}
