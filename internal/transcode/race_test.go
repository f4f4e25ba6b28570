//go:build race

package transcode_test

// raceEnabled: pools then forget at random, to find mistakes.
const raceEnabled = true
