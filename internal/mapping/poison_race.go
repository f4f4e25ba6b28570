//go:build race

package mapping

// poison makes Arena.Reset overwrite what it frees.
const poison = true
