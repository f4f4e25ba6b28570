package aggregation

import (
	"testing"

	"manifold/internal/plan"
)

func TestFit(t *testing.T) {
	t.Parallel()
	inner := &plan.Fit{Members: map[string]*plan.Fit{"n": {As: plan.AsInt}, "any": nil}}
	inner.Members["again"] = inner
	for _, c := range []struct {
		fit         *plan.Fit
		value, want string
	}{
		{nil, `{"a":1}`, `{"a":1}`},
		{&plan.Fit{As: plan.AsFound}, `7`, `7`},
		{&plan.Fit{As: plan.AsText}, `7`, `"7"`},
		{&plan.Fit{As: plan.AsText}, `-1.50e3`, `"-1.50e3"`},
		{&plan.Fit{As: plan.AsText}, `true`, `"true"`},
		{&plan.Fit{As: plan.AsText}, `null`, `null`},
		{&plan.Fit{As: plan.AsText}, `"a\"b"`, `"a\"b"`},
		{&plan.Fit{As: plan.AsText}, `[1,"2",null,[false]]`, `["1","2",null,["false"]]`},
		{&plan.Fit{As: plan.AsText}, `{"a":1}`, `{"a":1}`},
		{&plan.Fit{As: plan.AsInt}, `"7"`, `7`},
		{&plan.Fit{As: plan.AsInt}, `"-0"`, `0`},
		{&plan.Fit{As: plan.AsInt}, `7.0`, `7`},
		{&plan.Fit{As: plan.AsInt}, `7.5`, `7.5`},
		{&plan.Fit{As: plan.AsInt}, `"07"`, `"07"`},
		{&plan.Fit{As: plan.AsInt}, `"x"`, `"x"`},
		{&plan.Fit{As: plan.AsInt}, `""`, `""`},
		{&plan.Fit{As: plan.AsInt}, `"1 "`, `"1 "`},
		{&plan.Fit{As: plan.AsInt}, `true`, `true`},
		{&plan.Fit{As: plan.AsFloat}, `"7.5"`, `7.5`},
		{&plan.Fit{As: plan.AsFloat}, `7`, `7`},
		{&plan.Fit{As: plan.AsBoolean}, `"true"`, `true`},
		{&plan.Fit{As: plan.AsBoolean}, `"yes"`, `"yes"`},
		{inner, `{"n":"1","any":"1","other":"1","again":{"n":["2"]}}`, `{"n":1,"any":"1","other":"1","again":{"n":[2]}}`},
		{inner, `"text"`, `"text"`},
		{inner, `{}`, `{}`},
	} {
		if have := string(appendFit([]byte("<"), []byte(c.value), c.fit)); have != "<"+c.want {
			t.Errorf("%+v %s: %s, want %s", c.fit, c.value, have[1:], c.want)
		}
	}
}
