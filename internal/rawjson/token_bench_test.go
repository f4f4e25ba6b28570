package rawjson

import "testing"

// What is done to single tokens while a reply is located or written.
func BenchmarkTokens(b *testing.B) {
	var (
		dst   = make([]byte, 0, 256)
		plain = []byte(`"delectus aut autem sunt rem eveniet"`)
		lines = []byte(`"delectus aut\nautem sunt\nrem eveniet"`)
		text  = "delectus aut autem sunt rem eveniet"
		key   = []byte(`"userId"`)
		small = []byte("42")
		large = []byte("1795248000123")
		price = []byte("12.99")
		whole = []byte("1e2")
		yes   = true
	)
	for _, c := range []struct {
		name string
		do   func()
	}{
		{"EqualKey", func() { yes = EqualKey(key, "userId") }},
		{"Unquote/plain", func() { dst = Unquote(dst[:0], plain) }},
		{"Unquote/escapes", func() { dst = Unquote(dst[:0], lines) }},
		{"Quote/plain", func() { dst = Quote(dst[:0], text) }},
		{"Quote/escapes", func() { dst = Quote(dst[:0], "delectus aut\nautem sunt\nrem eveniet") }},
		{"Int32", func() { _, yes = Int32(small) }},
		{"Int32/exponent", func() { _, yes = Int32(whole) }},
		{"IntegerText", func() { dst, yes = IntegerText(dst[:0], large) }},
		{"FiniteFloat", func() { yes = FiniteFloat(price) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.do()
			}
		})
	}
	if !yes {
		b.Fatal("an answer was no")
	}
}
