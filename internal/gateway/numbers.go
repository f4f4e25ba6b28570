package gateway

import (
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// numbersRule checks the numbers in a document where gqlparser's check of values does not do as GraphQL says (3.5.1,
// 3.5.2, 3.5.5). An Int has 32 bits: gqlparser allows 64. A Float or an ID may be written with as many digits as one likes:
// gqlparser allows only those that fit 64 bits, so such a literal is made what it will be coerced to anyway, a number with
// a fraction or a text. The rule has to stand before gqlparser's.
func numbersRule() validator.Rule {
	return validator.Rule{Name: "NumbersOfCorrectType", RuleFunc: func(events *validator.Events, add validator.AddErrFunc) {
		events.OnValue(func(_ *validator.Walker, v *ast.Value) {
			if v.Kind != ast.IntValue || v.Definition == nil {
				return
			}
			switch v.Definition.Name {
			case "Int":
				if _, err := strconv.ParseInt(v.Raw, 10, 32); err == nil {
					return
				}
				if _, err := strconv.ParseInt(v.Raw, 10, 64); err == nil { // else gqlparser says so
					add(core.Message("Int cannot represent %s: it has no more than 32 bits", v.Raw), core.At(v.Position))
				}
			case "Float":
				if len(v.Raw) >= 19 {
					v.Kind = ast.FloatValue
				}
			case "ID":
				if len(v.Raw) >= 19 {
					v.Kind = ast.StringValue
				}
			}
		})
	}}
}
