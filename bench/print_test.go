package bench

import (
	"fmt"
	"os"
	"testing"

	"manifold/internal/plan"
)

func TestPrintPlans(t *testing.T) {
	sdl, _ := os.ReadFile("/work/shared/lab/ours/gateway.graphql")
	for _, q := range []string{
		`{ posts { id userId title user { id name email } } }`,
		`{ user(id:1) { id name posts { title } todos { title completed } } }`,
		`{ greet }`,
		`query($x: Boolean!) { a: posts { title @skip(if: $x) user { id } } b: posts { ...P } } fragment P on Post { user { name posts { title user { email } } } }`,
		`{ __schema { queryType { name fields { name type { name kind ofType { name kind ofType { name } } } } } types { name } } __type(name: "Post") { fields { name } } }`,
	} {
		_, op := compile(t, string(sdl), q)
		fmt.Println(plan.Print(op))
	}
}
