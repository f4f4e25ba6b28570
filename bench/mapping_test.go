package bench

import (
	"context"
	"strings"
	"testing"

	"manifold/aggregation"
)

// BenchmarkMapping is BenchmarkProject with other mappings of the same reply: the default one, a structural selection, which
// must cost nothing more, and selections with methods, which are to cost three times as much at most.
func BenchmarkMapping(b *testing.B) {
	for _, c := range []struct{ name, selection string }{
		{"default", ""},
		{"structural", "id userId title body"},
		{"method in a member", "id userId title: title->slice(0, 10) body"},
		{"first", "$->map(@)->first->echo([@]) { id userId title body }"},
		{"map", "$->map({ id: @.id userId: @.userId title: @.title body: @.body })"},
		{"filter", "$->filter(@.userId->gt(5)) { id userId title body }"},
		{"joinNotNull", "id userId title: $([title, $.id])->joinNotNull(' ') body"},
	} {
		b.Run(c.name, func(b *testing.B) {
			sdl := postsSDL
			if c.selection != "" {
				sdl = strings.Replace(sdl, `{ GET: "/posts" })`, `{ GET: "/posts" }, selection: "`+c.selection+`")`, 1)
				sdl = strings.Replace(sdl, ` user: User @from(path: "{ id: userId }")`, "", 1)
			}
			_, op := compile(b, sdl, `{ posts { id userId title } }`)
			e := postsEngine()
			run(b, e, op)
			b.SetBytes(int64(len(posts())))
			b.ReportAllocs()
			for b.Loop() {
				e.Run(context.Background(), op, aggregation.Input{}).Release()
			}
		})
	}
}
