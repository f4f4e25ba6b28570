package gatewaytest

import (
	"slices"
	"strings"
)

// Diff shows how have differs from want, line by line, with the lines around each change. It is empty if they are equal.
func Diff(want, have string) string {
	if want == have {
		return ""
	}
	a, b := splitLines(want), splitLines(have)
	// common[i][j] is the length of the longest common subsequence of a[i:] and b[j:]. Specs are small.
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i, x := range slices.Backward(a) {
		for j, y := range slices.Backward(b) {
			if x == y {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var out []string
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, "  "+a[i])
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			out = append(out, "- "+a[i])
			i++
		default:
			out = append(out, "+ "+b[j])
			j++
		}
	}
	return "--- want\n+++ have\n" + strings.Join(around(out, 3), "\n") + "\n"
}

// around keeps the changed lines and n lines on either side.
func around(all []string, n int) []string {
	var out []string
	last := -1
	for i := range all {
		near := false
		for k := max(0, i-n); k <= min(len(all)-1, i+n); k++ {
			near = near || all[k][0] != ' '
		}
		if !near {
			continue
		}
		if last >= 0 && i > last+1 {
			out = append(out, "  ...")
		}
		out = append(out, all[i])
		last = i
	}
	return out
}

func splitLines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}
