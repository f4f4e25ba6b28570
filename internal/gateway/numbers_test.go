package gateway

import (
	"encoding/json"
	"testing"
)

// TestNumbers sends numbers at the borders of what the types of arguments take.
func TestNumbers(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	h := f.serve(Limits{}, true)
	for query, want := range map[string]int{
		`{ text(n: 2147483647) }`:                                       200,
		`{ text(n: -2147483648) }`:                                      200,
		`{ text(n: 2147483648) }`:                                       422,
		`{ text(n: -2147483649) }`:                                      422,
		`{ text(n: 9223372036854775808) }`:                              422,
		`query ($n: Int = 2147483648) { text(n: $n) }`:                  422,
		`{ user(id: 12345678901234567890) { id } }`:                     200,
		`{ user(id: -12345678901234567890) { id } }`:                    200,
		`query ($i: ID = 12345678901234567890) { user(id: $i) { id } }`: 200,
		`{ text(s: 12345678901234567890) }`:                             422,
	} {
		body, err := json.Marshal(map[string]string{"query": query})
		if err != nil {
			t.Fatal(err)
		}
		resp := ask(h, postRequest(string(body)))
		if resp.StatusCode != want {
			t.Errorf("%s: status %d, want %d: %s", query, resp.StatusCode, want, bodyOf(t, resp))
		}
	}
}
