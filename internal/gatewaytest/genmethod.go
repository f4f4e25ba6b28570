package gatewaytest

// method is what a leaf's path ends in, mostly nothing: methods that make a value of its type of one, and some that fail.
func (s *genSchema) method(f *genField) string {
	if f.typ.composite() || f.role != inReply || !s.d.in(4) {
		return ""
	}
	if f.lists > 0 {
		return pick(s.d, []string{
			"->map(@)", "->filter(@->ne(null))", "->slice(0, 2)", "->as($x)->slice(1)->map(@)", "->map(@ ?? null)", "->find(true)", "->first", "->filter(@)", "->sortBy(@)", "->sortBy(@, 'desc')",
		})
	}
	fits := []string{"->echo(@)", "->as($x)->echo($x)", "->match([null, null], [@, @])", "->typeof", "->error('GONE', 'gone')", "->matchIf([@->typeof->eq('string'), @->error('TEXT', 'text')], [true, @])"}
	return pick(s.d, append(map[string][]string{
		"Int":     {"->add(1)", "->mul(2, 2)", "->parseInt", "->mod(5)", "->sub(0.5)", "->matchIf([@->gt(3), 1], [true, @])", "->date('seconds')"},
		"Float":   {"->div(3)", "->add(0.25)", "->mul(1e10)", "->mod(7)"},
		"String":  {"->slice(0, 3)", "->trim", "->toString", "->split(' ')->first", "->match(['plain', 'x'], [@, @])", "->jsonStringify", "->last"},
		"Boolean": {"->not", "->and(true)", "->or(false)->not", "->eq(true)"},
		"ID":      {"->toString", "->match(['x1', 1], [@, @])", "->parseInt(36)"},
		"JSON":    {"->typeof", "->jsonStringify", "->entries", "->keys", "->keysToCamelCase", "->keysToCamelCaseDeep", "->get('b')", "->has('a')", "->jsonStringify->jsonParse", "->size"},
	}[f.typ.name], fits...))
}

// rootMethod is what a root field's path to its value ends in, mostly nothing.
func (s *genSchema) rootMethod(c *genConn) string {
	if c.mode != once || c.named != "" || !s.d.in(4) {
		return ""
	}
	if c.lists == 0 {
		return pick(s.d, []string{"->echo(@)", "->as($all)->echo($all)", "->match([null, null], [@, @])", "->matchIf([$status->eq(200), @])"})
	}
	return pick(s.d, []string{"->filter(@->ne(null))", "->slice(0, 2)", "->slice(1)", "->as($all)->filter($all->size->gt(1))", "->matchIf([$status->lt(300), @])"})
}
