package e2e_test

// selectionCases are fragments, aliases, merging and conditions.
func selectionCases() []sameCase {
	return []sameCase{
		{Name: "one field", Query: `{ hero { name } }`},
		{Name: "members come in the order of the query", Query: `{ texts { empty plain } hero { name id } free }`},
		{Name: "aliases", Query: `{ a: hero { n: name name x: id y: id } b: hero { id } }`},
		{Name: "repeated fields merge", Query: `{ hero { name } hero { id name } hero { friend { id } friend { name } } }`},
		{Name: "a repeated field stands where it first counts", Query: `{ hero { id ...A name } } fragment A on Character { name friend { id } id }`},
		{Name: "fragments of fragments", Query: `{ hero { ...A } } fragment A on Character { id ...B } fragment B on Named { name ...C } fragment C on Character { friend { ...D } } fragment D on Character { name }`},
		{Name: "inline fragment without a type", Query: `{ hero { ... { name } ... @include(if: true) { id } } }`},
		{Name: "fragment on the root", Query: `query Q { ...R } fragment R on Query { hero { id } ... on Query { texts { plain } } }`},
		{Name: "typename at every level", Query: `{ __typename hero { __typename friend { kind: __typename __typename } } nest { __typename must { __typename } } }`},
		{Name: "include and skip", Query: `query ($yes: Boolean!, $no: Boolean!) { a: hero @include(if: $yes) { id name @skip(if: $yes) } b: hero @include(if: $no) { id } c: hero @skip(if: $no) { id @include(if: $no) @skip(if: $no) name } }`, Variables: `{"yes":true,"no":false}`},
		{Name: "skip wins over include", Query: `{ hero { id name @include(if: true) @skip(if: true) } }`},
		{Name: "conditions on fragments", Query: `query ($x: Boolean = false) { hero { id ...A @include(if: $x) ... @skip(if: $x) { name } ... on Droid @skip(if: $x) { function } } } fragment A on Character { appearsIn }`},
		{Name: "a field skipped once and kept once", Query: `query ($x: Boolean!) { hero { name @include(if: $x) id name @skip(if: $x) } hero @include(if: $x) { friend { id } } }`, Variables: `{"x":true}`},
		{Name: "a field kept once and skipped once", Query: `query ($x: Boolean!) { hero { name @include(if: $x) id name @skip(if: $x) } hero @include(if: $x) { friend { id } } }`, Variables: `{"x":false}`},
		{Name: "an object of which nothing is left", Query: `{ hero { id @skip(if: true) } texts { ... on Texts @include(if: false) { plain } } }`},
		{Name: "everything is skipped", Query: `{ hero @skip(if: true) { id } }`},
		{Name: "one of several operations", Query: `query A { hero { id } } query B { texts { plain } }`, Operation: "B"},
		{Name: "comments, commas and a block string", Query: "# what\nquery Q ( $s : String = \"\"\"\n  a\n    b\n\"\"\" , ) { echo(string: $s,) ,,, }\n#end"},
		{Name: "references through two services", Query: `{ human(id: "1000") { name starships { name pilot { name starships { id } } } } }`},
		{Name: "an id as a number", Query: `{ human(id: 1000) { id name } other: human(id: "nobody") { id } }`},
		{Name: "references not found are null in place", Query: `{ human(id: "1002") { starships { id name } } }`},
		{Name: "a required reference not found nulls the list", Query: `{ human(id: "1002") { name strictShips { id name } } }`},
		{Name: "a list of references that is null", Query: `{ human(id: "1003") { starships { id } strictShips { id } } }`},
		{Name: "an argument with a default", Query: `{ human(id: 1000) { height a: height(unit: FOOT) b: height(unit: METRE) } }`},
		{Name: "texts come back as they were", Query: `{ texts { plain empty quotes controls unicode emoji separators html list long } }`},
		{Name: "a custom scalar is whatever it is", Query: `{ free }`},
	}
}

// abstractCases are interfaces and unions.
func abstractCases() []sameCase {
	return []sameCase{
		{Name: "an interface's own fields", Query: `{ cast { id name appearsIn } }`},
		{Name: "fields of its types", Query: `{ cast { __typename ... on Human { height home } ... on Droid { function } } }`},
		{Name: "fragments on a wider interface", Query: `{ cast { ...N ... on Named { name } } } fragment N on Named { __typename name }`},
		{Name: "fields of one name and several types", Query: `{ cast { ... on Human { what: home } ... on Droid { what: name } } }`},
		{Name: "nested fragments that never meet", Query: `{ cast { ... on Character { ... on Human { id ... on Named { ... on Droid { function } } } } } }`},
		{Name: "friends of friends", Query: `{ cast { name friend { __typename name friend { name ... on Droid { function } } } } }`},
		{Name: "a required list of an interface", Query: `{ requiredCast { id name } }`},
		{Name: "an error in a required list of an interface", Query: `{ requiredCast { id ... on Droid { function } } texts { plain } }`},
		{Name: "a union", Query: `{ search { __typename ... on Human { name starships { name } } ... on Starship { name length } ... on Droid { id } } }`},
		{Name: "interfaces on a union", Query: `{ search { ... on Named { name } ... on Character { appearsIn } } }`},
		{Name: "only the typename of a union", Query: `{ search { __typename } }`},
		{Name: "nothing of some members of a union", Query: `{ search { ... on Starship { coordinates } } }`},
		{Name: "types that nobody knows", Query: `{ strangers { __typename name } }`},
		{Name: "types that nobody knows, by fragments", Query: `{ strangers { ... on Droid { function } } }`},
		{Name: "enums in lists, one unknown and one null", Query: `{ cast { name appearsIn } hero { appearsIn } }`},
	}
}

// mutationCases run in series. The names of the sums differ, since the service keeps them.
func mutationCases() []sameCase {
	return []sameCase{
		{Name: "a mutation", Query: `mutation { add(to: "a", n: 2) { total __typename } __typename }`},
		{Name: "mutations run in series", Query: `mutation { a: add(to: "b", n: 1) { total } b: add(to: "b", n: 1) { total } c: add(to: "b", n: 5) { total } }`},
		{Name: "a failed mutation leaves the others", Query: `mutation { a: add(to: "c", n: 1) { total } b: add(to: "c", n: -1) { total } c: add(to: "c", n: 1) { total } }`},
		{Name: "a required mutation that fails ends all", Query: `mutation { a: mustAdd(to: "d", n: 1) { total } b: mustAdd(to: "d", n: -1) { total } c: mustAdd(to: "d", n: 10) { total } }`},
		{Name: "and what came after it was not done", Query: `mutation { a: add(to: "d", n: 0) { total } }`},
		{Name: "a skipped mutation is not done", Query: `mutation ($x: Boolean!) { a: add(to: "e", n: 1) @include(if: $x) { total } b: add(to: "e", n: 2) { total } }`, Variables: `{"x":false}`},
		{Name: "mutations in fragments", Query: `mutation { ...M b: add(to: "f", n: 2) { total } } fragment M on Mutation { a: add(to: "f", n: 1) { total } }`},
	}
}
