package schema

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// maxComparisons bounds the work spent on hints for one Load: a broken file of megabytes must still fail in milliseconds.
const maxComparisons = 50_000

// nearest returns the candidate that is spelt most like name, or "" if none is near enough to be a slip.
// Equally near ones are decided by the alphabet, so that hints are stable.
func (l *loader) nearest(name string, candidates []string) string {
	if l.full() || len(name) > 64 || l.comparisons+len(candidates) > maxComparisons {
		return ""
	}
	l.comparisons += len(candidates)
	best, distance := "", 1+slips(len(name))
	sorted := slices.Sorted(slices.Values(candidates))
	for _, c := range sorted {
		if len(c) > 64 {
			continue
		}
		d := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(c))
		if d == 2 && sameLetters(name, c) {
			d = 1 // two letters changed places: one slip
		}
		if d < distance {
			best, distance = c, d
		}
	}
	return best
}

// slips is how many wrong letters a name of this length may have and still be a slip.
func slips(length int) int {
	switch {
	case length < 2:
		return 0
	case length < 6:
		return 1
	default:
		return max(2, length/3)
	}
}

func sameLetters(a, b string) bool {
	x, y := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// didYouMean is a hint that names the nearest candidate; without a near one it lists them, if they are few.
func (l *loader) didYouMean(name string, candidates []string, prefix string) string {
	if c := l.nearest(name, candidates); c != "" {
		return "did you mean " + prefix + c + "?"
	}
	if len(candidates) == 0 || len(candidates) > 8 || l.full() {
		return ""
	}
	sorted := slices.Compact(slices.Sorted(slices.Values(candidates)))
	for i := range sorted {
		sorted[i] = prefix + sorted[i]
	}
	return "known here: " + strings.Join(sorted, ", ")
}
