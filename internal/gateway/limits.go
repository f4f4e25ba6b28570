package gateway

// Limits bounds what one request may cost before the first upstream call. All of them are checked before any call is
// made, in time that grows with the length of the document and not with what its fragments expand to.
//
// "Expanded" counts a document as it will run: fragments spread, fields of one response key merged. A field that stands
// in a fragment spread under ten different fields is ten fields; one written ten times at the same place is one.
type Limits struct {
	Body       int // bytes of a request body after decompression
	Tokens     int // lexical tokens of a document
	Nesting    int // levels of { [ ( open at once
	Fields     int // fields of one operation, expanded; also fields written in the document
	RootFields int // root fields of one operation, expanded
	Aliases    int // aliased fields of one operation, expanded
	Directives int // directives written in the document
	Fragments  int // fragment definitions of the document
	Overlap    int // steps of merging the fields of one document (GraphQL 5.3.2)

	IntrospectionFields int // fields under __schema and __type, expanded
	IntrospectionDepth  int // levels of fields under __schema and __type

	Errors int // errors reported for one request; the rest is counted

	CacheBytes     int // memory for documents and their plans
	CacheText      int // bytes of the longest document that is kept
	PersistedBytes int // memory for the texts of automatic persisted queries
}

// DefaultLimits returns the limits that hold where nothing else is configured.
func DefaultLimits() Limits {
	return Limits{
		Body:                1 << 20,
		Tokens:              4000,
		Nesting:             64,
		Fields:              1500,
		RootFields:          30,
		Aliases:             100,
		Directives:          50,
		Fragments:           100,
		Overlap:             20_000,
		IntrospectionFields: 500,
		IntrospectionDepth:  20,
		Errors:              20,
		CacheBytes:          32 << 20,
		CacheText:           16 << 10,
		PersistedBytes:      8 << 20,
	}
}

// withDefaults returns l with the default in place of every zero.
func (l Limits) withDefaults() Limits {
	def := DefaultLimits()
	for _, f := range []struct{ have, want *int }{
		{&l.Body, &def.Body},
		{&l.Tokens, &def.Tokens},
		{&l.Nesting, &def.Nesting},
		{&l.Fields, &def.Fields},
		{&l.RootFields, &def.RootFields},
		{&l.Aliases, &def.Aliases},
		{&l.Directives, &def.Directives},
		{&l.Fragments, &def.Fragments},
		{&l.Overlap, &def.Overlap},
		{&l.IntrospectionFields, &def.IntrospectionFields},
		{&l.IntrospectionDepth, &def.IntrospectionDepth},
		{&l.Errors, &def.Errors},
		{&l.CacheBytes, &def.CacheBytes},
		{&l.CacheText, &def.CacheText},
		{&l.PersistedBytes, &def.PersistedBytes},
	} {
		if *f.have == 0 {
			*f.have = *f.want
		}
	}
	return l
}
