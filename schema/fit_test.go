package schema

import (
	"slices"
	"strings"
	"testing"
)

func TestSpots(t *testing.T) {
	t.Parallel()
	cases := []struct {
		url  string
		want []spot
	}{
		{"/users", nil},
		{"/{a}/x-{b}", []spot{inPath, inPath}},
		{"/{a}?b={c}", []spot{inPath, inPair}},
		{"/x?a={a}&b={b}", []spot{inPair, inPair}},
		{"/x?a= {a} \n  &b={b}", []spot{inPair, inPair}},
		{"/x?a=1{a}&b={b}2&{c}={d}&{e}&f={g}", []spot{inMixed, inMixed, inMixed, inMixed, inMixed, inPair}},
		{"/x?a={a}{b}", []spot{inMixed, inMixed}},
		{"/{$('?')}/{b}", []spot{inPath, inPath}},
		{"/x?a={a->joinNotNull('&')}", []spot{inPair}},
		{"/x?", nil},
		{"/x?a&{a}", []spot{inMixed}},
	}
	for _, c := range cases {
		var exprs [][2]int
		for i := 0; i < len(c.url); {
			open := strings.IndexByte(c.url[i:], '{')
			if open < 0 {
				break
			}
			end := i + open + strings.IndexByte(c.url[i+open:], '}')
			exprs = append(exprs, [2]int{i + open, end})
			i = end + 1
		}
		if got := spots(c.url, exprs); len(got) != len(c.want) || !slices.Equal(got, c.want) && len(got) > 0 {
			t.Errorf("%q: got %d, want %d", c.url, got, c.want)
		}
	}
}
