package gatewaytest

import (
	"regexp"
	"testing"
)

// TestGeneratedSchemasHaveEveryFeature counts in how many generated schemas each feature of stitching stands, so that a change
// of the generators does not lose one.
func TestGeneratedSchemasHaveEveryFeature(t *testing.T) {
	t.Parallel()
	const schemas = 400
	features := map[string]*regexp.Regexp{
		"a second key":                    regexp.MustCompile(`@key\(fields: "[^"]*"\) @key`),
		"a key inside of an object":       regexp.MustCompile(`@key\(fields: "[^"]*org \{`),
		"two loaders on a type":           regexp.MustCompile(`(?m)^type T.*\n  @connect.*\n  @connect`),
		"a second loader on a root field": regexp.MustCompile(`alsoT\d`),
		"a lookup by a second key":        regexp.MustCompile(`findT\d`),
		"a nested key built by @from":     regexp.MustCompile(`@from\(path: "\{ [^"]*org: \{`),
		"a nested key in a selection":     regexp.MustCompile(`selection: "[^"]*org: \{ num: h_num`),
		"a nested key in a batch":         regexp.MustCompile(`\$batch(\.org\.num| \{[^}]*org_num: org\.num)`),
		"@is with another name":           regexp.MustCompile(`@is\(field: "[a-z]`),
		"@is with an input object":        regexp.MustCompile(`@is\(field: "\{`),
		"@require on an entity":           regexp.MustCompile(`(?m)^type T\d.*\n(  .*\n)*?  .*@require`),
		"@require on a root field":        regexp.MustCompile(`(?m)^type Query .*\n(  .*\n)*?  .*@require`),
		"@require through an object":      regexp.MustCompile(`@require\(field: "\w+\.\w+"`),
		"@require of an input object":     regexp.MustCompile(`@require\(field: "\{`),
		"@require that may be null":       regexp.MustCompile(`r\d: \w+ @require`),
		"@require that may not be null":   regexp.MustCompile(`r\d: \w+! @require`),
		"@require in a path":              regexp.MustCompile(`/\{\$args\.r\d\}`),
		"@require in a query":             regexp.MustCompile(`[?&]r\d=\{\$args\.r\d\}`),
		"@require in a body":              regexp.MustCompile(`body: "[^"]*r\d: \$args\.r\d`),
		"a guarded field":                 regexp.MustCompile(`(?m)^  \w+.*: \S+ @(authenticated|requiresScopes)`),
		"a guarded type":                  regexp.MustCompile(`(?m)^type T\d.* @(authenticated|requiresScopes)`),
		"a guarded member of others":      regexp.MustCompile(`(?m)^(type|interface) M\d.* @(authenticated|requiresScopes)`),
		"a root field of a service":       regexp.MustCompile(`(?m)^type Query .*\n(  .*\n)*?    @connect\(source: "(gq|fd)"`),
		"a mutation of a service":         regexp.MustCompile(`(?m)^type Mutation .*\n(  .*\n)*?    @connect\(source: "gq"`),
		"a service's entity, one by one":  regexp.MustCompile(`extend type T\d @connect\(source: "gq", graphql: \{ field: "one`),
		"a service's entities in batches": regexp.MustCompile(`extend type T\d @connect\(source: "gq", graphql: \{ field: "many`),
		"an entity of a subgraph":         regexp.MustCompile(`field: "_entities"`),
		"a service's entity by argument":  regexp.MustCompile(`pickT\d`),
		"a reference of a service":        regexp.MustCompile(`(?m)^type (GQ|FD)\d.*\n(  .*\n)*?  .*@from\(path: "\{ id:`),
		"a union of a service":            regexp.MustCompile(`union (GQ|FD)U  = \w+ \|`),
		"an argument handed on":           regexp.MustCompile(`(?m)^type (GQ|FD)\d.*\n(  .*\n)*?  \w+\(`),
		"an entity made of a scalar":      regexp.MustCompile(`graphql: .*selection: "id: \$"`),
		"a root field of gRPC":            regexp.MustCompile(`gen\.Rp/Get`),
		"a gRPC entity, one by one":       regexp.MustCompile(`gen\.Rp/One`),
		"gRPC entities in batches":        regexp.MustCompile(`gen\.Rp/Many`),
		"an enum of gRPC":                 regexp.MustCompile(`(?m)^type RP\d.*\n(  .*\n)*?  \w+: \[?RPE`),
		"a block of a function":           regexp.MustCompile(`fn: "gen.Block"`),
		"a field of a function":           regexp.MustCompile(`fn: "gen.Label"`),
		"a function that reads another":   regexp.MustCompile(`fn: "gen.Counted"`),
		"a root field of a function":      regexp.MustCompile(`fn: "gen.Make"`),
		"a guarded type of a service":     regexp.MustCompile(`(?m)^type (GQ|FD)\d @(authenticated|requiresScopes)`),
	}
	counts := map[string]int{}
	for seed := range uint64(schemas) {
		text := newSchema(newDice(seed, 1)).Text()
		for name, pattern := range features {
			if pattern.MatchString(text) {
				counts[name]++
			}
		}
	}
	for name := range features {
		t.Logf("%4d of %d schemas have %s", counts[name], schemas, name)
		if counts[name] < schemas/100 {
			t.Errorf("%d of %d schemas have %s", counts[name], schemas, name)
		}
	}
}
