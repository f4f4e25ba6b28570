//go:build !race

package mapping

// poison makes Arena.Reset overwrite what it frees, in race builds only.
const poison = false
