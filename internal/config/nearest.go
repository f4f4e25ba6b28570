package config

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// didYouMean is a hint with the name that is spelt most like name; without a near one it lists them all.
func didYouMean(name string, names []string) string {
	best, distance := "", len(name)/3+2
	for _, n := range slices.Sorted(slices.Values(names)) {
		if d := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(n)); d < distance {
			best, distance = n, d
		}
	}
	if best != "" && len(name) > 1 && len(name) < 64 {
		return "did you mean " + best + "?"
	}
	return "known here: " + strings.Join(names, ", ")
}
