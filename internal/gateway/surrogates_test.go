package gateway

import "testing"

func TestLoneSurrogate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		`{ a(s: "\uD83D\uDE00") }`:           -1,
		`{ a(s: "\ud83d\ude00\ud83d") }`:     20,
		`{ a(s: "\uD83D") }`:                 8,
		`{ a(s: "x\uDE00\uD83D") }`:          9,
		`{ a(s: "\uD83Dx\uDE00") }`:          8,
		`{ a(s: "\\uD83D") }`:                -1,
		`{ a(s: "\\\uD83D") }`:               10,
		`{ a(s: """\uD83D""") }`:             -1,
		`{ a(s: "\u{D83D}") }`:               -1, // the parser's to refuse
		`{ a(s: "\uD8") }`:                   -1, // likewise
		"{ a # \"\\uD83D\"\n}":               -1,
		`{ a(s: "\uD83D`:                     8,
		`{ a(s: """ " """, t: "\ud83d") }`:   22,
		`{ a(s: "", t: "\"\uDFFF\ufffd") }`:  17,
		`{ a(s: "\ufffd\u0000\uD7FF\uE000")`: -1,
	} {
		if got := loneSurrogate(text); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}
