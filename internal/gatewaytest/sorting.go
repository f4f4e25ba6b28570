package gatewaytest

import (
	"encoding/json"
	"fmt"
	"strings"

	"manifold/internal/mapping"
)

// sortBy orders a list, item by item into its place.
func (s scope) sortBy(list []any, step mapping.Step) []any {
	down := false
	if len(step.Args) > 1 {
		switch s.arg(step, 1) {
		case "asc":
		case "desc":
			down = true
		default:
			misused()
		}
	}
	var keys, without, out []any
	kind := ""
	for _, item := range list {
		key := s.forItem(item).arg(step, 0)
		if empty(key) {
			without = append(without, item)
			continue
		}
		switch key.(type) {
		case string, json.Number, bool:
		default:
			misused()
		}
		if of := fmt.Sprintf("%T", key); kind == "" {
			kind = of
		} else if kind != of {
			misused()
		}
		at := len(out)
		for at > 0 && standsBefore(key, keys[at-1], down) {
			at--
		}
		out = append(out[:at:at], append([]any{item}, out[at:]...)...)
		keys = append(keys[:at:at], append([]any{key}, keys[at:]...)...)
	}
	return append(append([]any{}, out...), without...)
}

// standsBefore reports whether a has to stand before b.
func standsBefore(a, b any, down bool) bool {
	if down {
		a, b = b, a
	}
	switch a := a.(type) {
	case string:
		return strings.Compare(a, b.(string)) < 0
	case bool:
		return !a && b.(bool)
	default:
		return rational(a.(json.Number)).Cmp(rational(b.(json.Number))) < 0
	}
}
