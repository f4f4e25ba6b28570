package resolvers

import (
	"encoding/json"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"manifold/internal/fault"
	"manifold/internal/rawjson"
	"manifold/schema"
)

// maxVariableErrors is how many errors of one request's variables are reported.
const maxVariableErrors = 20

// VariablesText coerces the variables of a request (GraphQL 6.1.2). raw is the text of a valid JSON object, or nil or
// null for none; op declares the variables and has passed validation against g.Schema.
//
// values has one entry for each of op.VariableDefinitions: its value as canonical JSON in the spelling that upstreams
// understand, or nil if the variable is absent and has no default. Canonical means that equal values are mostly equal
// texts: no space, no needless escapes, members of input objects in the order of the schema, Ints without a fraction, IDs
// as strings, lists where the type wants lists, defaults filled in at every depth. Custom scalars and Floats keep the
// digits the client wrote. The texts are the caller's to keep.
//
// Variables that op does not declare are ignored. Errors have the code BAD_USER_INPUT and name the variable and the
// place in it; then values is nil.
func VariablesText(g *schema.Gateway, op *ast.OperationDefinition, raw []byte) (values [][]byte, errs gqlerror.List) {
	if len(op.VariableDefinitions) == 0 {
		return nil, nil
	}
	c := &coercion{model: g, out: make([]byte, 0, len(raw)+16*len(op.VariableDefinitions))}
	given, err := c.given(op, raw)
	if err != nil {
		return nil, gqlerror.List{err}
	}
	values = make([][]byte, len(op.VariableDefinitions))
	var room [16]int
	ends := append(room[:0], 0) // of the values in c.out, which may move as it grows
	for i, v := range op.VariableDefinitions {
		c.definition = v
		c.path = append(c.path[:0], step{name: v.Variable})
		named := g.Types[v.Type.Name()]
		switch {
		case given[i] != nil:
			c.value(given[i], v.Type, named)
		case v.DefaultValue != nil:
			c.literal(v.DefaultValue, v.Type, named)
		case v.Type.NonNull:
			c.fail("a value of type " + v.Type.String() + " is required")
		}
		ends = append(ends, len(c.out))
	}
	if len(c.errs) > 0 {
		return nil, c.errs
	}
	for i := range values {
		if from, to := ends[i], ends[i+1]; from < to { // every value has at least one byte
			values[i] = c.out[from:to:to]
		}
	}
	return values, nil
}

// Variables is VariablesText for callers that have the variables as a tree. Numbers in it should be json.Number, or
// large ones lose digits.
func Variables(g *schema.Gateway, op *ast.OperationDefinition, raw map[string]any) (values [][]byte, errs gqlerror.List) {
	if len(raw) == 0 {
		return VariablesText(g, op, nil)
	}
	text, err := json.Marshal(raw)
	if err != nil {
		return nil, gqlerror.List{variableError("the variables are not JSON", nil)}
	}
	return VariablesText(g, op, text)
}

func variableError(message string, at *ast.Position) *gqlerror.Error {
	e := &gqlerror.Error{Message: message, Err: fault.New(fault.BadUserInput, message)}
	if at != nil {
		e.Locations = []gqlerror.Location{{Line: at.Line, Column: at.Column}}
	}
	return e
}

// given finds the token of each declared variable in raw.
func (c *coercion) given(op *ast.OperationDefinition, raw []byte) ([][]byte, *gqlerror.Error) {
	tokens := make([][]byte, len(op.VariableDefinitions))
	i := rawjson.Space(raw, 0)
	if i == len(raw) || raw[i] == 'n' {
		return tokens, nil
	}
	var twice *ast.VariableDefinition
	_, err := rawjson.Members(raw, i, func(key, value []byte) error {
		for i, v := range op.VariableDefinitions {
			if rawjson.EqualKey(key, v.Variable) {
				if tokens[i] != nil {
					twice = v
				}
				tokens[i] = value
				break
			}
		}
		return nil
	})
	if err != nil {
		return nil, variableError("the variables are not a JSON object: "+err.Error(), nil)
	}
	if twice != nil {
		return nil, variableError("variable \"$"+twice.Variable+"\": it is given twice", twice.Position)
	}
	return tokens, nil
}
