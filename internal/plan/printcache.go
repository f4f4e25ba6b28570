package plan

import (
	"fmt"
	"strconv"
	"strings"

	"manifold/internal/template"
)

// cache prints how replies are kept.
func (p *printer) cache(depth int, c *Cache) {
	what := "keeps replies"
	if c.Each {
		what = "keeps each item by its key"
	}
	text := fmt.Sprintf("%s for %s", what, c.MaxAge)
	if c.StaleWhileRevalidate > 0 {
		text += fmt.Sprintf(", %s longer while asking again", c.StaleWhileRevalidate)
	}
	if c.StaleIfError > 0 {
		text += fmt.Sprintf(", %s longer if that fails", c.StaleIfError)
	}
	if c.Public {
		text += ", for everybody"
	}
	if len(c.Tags) > 0 {
		text += ", as " + texts(c.Tags)
	}
	p.line(depth, "%s", text)
}

func texts(all []*template.Text) string {
	var out []string
	for _, t := range all {
		out = append(out, strconv.Quote(strings.ReplaceAll(t.String(), "{$this.", "{$key.")))
	}
	return strings.Join(out, ", ")
}
