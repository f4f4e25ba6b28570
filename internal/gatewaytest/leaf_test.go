package gatewaytest

import (
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/schema"
)

// TestLeaf pins what the reference takes for a value of each scalar: the fuzzer proves only that the engine agrees.
func TestLeaf(t *testing.T) {
	t.Parallel()
	status := &schema.Type{Name: "Status", Kind: ast.Enum, Values: map[string]string{"NEW": "NEW", "new": "NEW", "é": "OLD"}}
	scalar := func(name string) *schema.Type { return &schema.Type{Name: name, Kind: ast.Scalar} }
	for _, test := range []struct {
		typ      *schema.Type
		in, want string // want "": refused
	}{
		{scalar("Int"), `1.0`, `1`},
		{scalar("Int"), `-2147483648`, `-2147483648`},
		{scalar("Int"), `2147483648`, ``},
		{scalar("Int"), `1.5`, ``},
		{scalar("Int"), `1e2`, `100`},
		{scalar("Int"), `150e-1`, `15`},
		{scalar("Int"), `"1"`, ``},
		{scalar("Int"), `1e999999999`, ``},
		{scalar("Int"), `true`, ``},
		{scalar("Float"), `1.50`, `1.50`},
		{scalar("Float"), `1e400`, ``},
		{scalar("Float"), `"1.5"`, ``},
		{scalar("String"), `"é"`, `"é"`},
		{scalar("String"), `1.50`, `"1.50"`},
		{scalar("String"), `false`, `"false"`},
		{scalar("String"), `{}`, ``},
		{scalar("String"), `["a"]`, ``},
		{scalar("Boolean"), `false`, `false`},
		{scalar("Boolean"), `0`, ``},
		{scalar("Boolean"), `"true"`, ``},
		{scalar("ID"), `"x"`, `"x"`},
		{scalar("ID"), `7`, `"7"`},
		{scalar("ID"), `7.0`, `"7"`},
		{scalar("ID"), `7.5`, ``},
		{scalar("ID"), `1e100`, ``},
		{scalar("ID"), `true`, ``},
		{scalar("JSON"), `{"b":[1.0,null]}`, `{"b":[1.0,null]}`},
		{status, `"new"`, `"NEW"`},
		{status, `"NEW"`, `"NEW"`},
		{status, `"\u00e9"`, `"OLD"`},
		{status, `"New"`, ``},
		{status, `1`, ``},
	} {
		v, err := Decode([]byte(test.in))
		if err != nil {
			t.Fatal(err)
		}
		have, ok := leaf(test.typ, v)
		if ok != (test.want != "") || ok && have != test.want {
			t.Errorf("%s of %s: have %s %t, want %s", test.typ.Name, test.in, have, ok, test.want)
		}
	}
}
