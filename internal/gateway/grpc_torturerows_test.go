package gateway

import (
	"fmt"
	"strings"
)

// tortureRow is one kind of value on its way to a gRPC server and back.
type tortureRow struct {
	name    string
	old     bool   // the message of proto2
	in      string // the variable
	ask     string // what is selected of the answer
	wire    string // what the server has to get, in protobuf's JSON; "": as in
	want    string // the data that the client has to get; "": as in
	codes   string // of the errors beside it
	refused bool   // the input fits no message: no call is made
	more    []byte // the reply has these fields too
}

func tortureRows() []tortureRow {
	const integers = "an_int32 an_int64 a_uint32 a_uint64 a_sint32 a_sint64 a_fixed32 a_fixed64 a_sfixed32 a_sfixed64"
	const zero = `{"a_double":0,"a_float":0,"an_int32":0,"an_int64":0,"a_uint32":0,"a_uint64":0,"a_sint32":0,"a_sint64":0,"a_fixed32":0,"a_fixed64":0,` +
		`"a_sfixed32":0,"a_sfixed64":0,"a_bool":false,"a_string":"","some_bytes":"","category":"UNSPECIFIED","far":"UNSPECIFIED"}`
	const scalars = "{ a_double a_float " + integers + " a_bool a_string some_bytes category far }"
	long := strings.Repeat("0123456789abcdef", 8<<10) // 128 KiB: several frames of HTTP/2
	rows := []tortureRow{
		{
			name: "integers at their lowest", ask: "scalars { " + integers + " }",
			in: `{"scalars":{"an_int32":-2147483648,"an_int64":-9223372036854775808,"a_uint32":0,"a_uint64":0,"a_sint32":-2147483648,` +
				`"a_sint64":-9223372036854775808,"a_fixed32":0,"a_fixed64":0,"a_sfixed32":-2147483648,"a_sfixed64":-9223372036854775808}}`,
		},
		{
			name: "integers at their highest", ask: "scalars { " + integers + " }",
			in: `{"scalars":{"an_int32":2147483647,"an_int64":9223372036854775807,"a_uint32":4294967295,"a_uint64":18446744073709551615,"a_sint32":2147483647,` +
				`"a_sint64":9223372036854775807,"a_fixed32":4294967295,"a_fixed64":18446744073709551615,"a_sfixed32":2147483647,"a_sfixed64":9223372036854775807}}`,
		},
		{
			name: "integers spelt otherwise", ask: "scalars { an_int64 a_uint64 a_sint64 a_fixed32 }",
			in:   `{"scalars":{"an_int64":"9007199254740993","a_uint64":1.8446744073709551615e19,"a_sint64":-1e3,"a_fixed32":7.0}}`,
			want: `{"scalars":{"an_int64":9007199254740993,"a_uint64":18446744073709551615,"a_sint64":-1000,"a_fixed32":7}}`,
		},
		{
			name: "an integer beyond Int", ask: "scalars { an_int64 as_id as_text as_int }", in: `{"scalars":{"an_int64":9007199254740993}}`,
			want: `{"scalars":{"an_int64":9007199254740993,"as_id":"9007199254740993","as_text":"9007199254740993","as_int":null}}`, codes: "UPSTREAM_BAD_RESPONSE at as_int",
		},
		{
			name: "floats", ask: "scalars { a_double a_float as_float } lists { doubles floats }",
			in: `{"scalars":{"a_double":1.7976931348623157e308,"a_float":3.4028235e38},"lists":{"doubles":[5e-324,0.1,-0.0,9007199254740993,123456789012345680000],` +
				`"floats":[1e-45,0.1,16777217]}}`,
			want: `{"scalars":{"a_double":1.7976931348623157e+308,"a_float":3.4028235e+38,"as_float":1.7976931348623157e+308},` +
				`"lists":{"doubles":[5e-324,0.1,-0,9007199254740992,123456789012345680000],"floats":[1e-45,0.1,16777216]}}`,
		},
		{
			name: "no numbers", ask: "scalars { a_double a_float as_float } lists { doubles }",
			in:   `{"scalars":{"a_double":"NaN","a_float":"-Infinity"},"lists":{"doubles":["Infinity","-Infinity",1,"NaN"]}}`,
			want: `{"scalars":{"a_double":"NaN","a_float":"-Infinity","as_float":null},"lists":{"doubles":["Infinity","-Infinity",1,"NaN"]}}`, codes: "UPSTREAM_BAD_RESPONSE at as_float",
		},
		{
			name: "texts", ask: "scalars { a_bool a_string } lists { strings }",
			in: `{"scalars":{"a_bool":true,"a_string":"` + "\u2028\ufeff\u200f\u0301\U0010ffff\ufffd😀\x7f" + `"},"lists":{"strings":["\u0000\u0001\b\f\n\r\t","\"\\/","\ud83d\ude00","` + "\u00e9e\u0301" + `",""]}}`,
			want: `{"scalars":{"a_bool":true,"a_string":"` + "\u2028\ufeff\u200f\u0301\U0010ffff\ufffd😀\x7f" + `"},` +
				`"lists":{"strings":["\u0000\u0001\b\f\n\r\t","\"\\/","😀","` + "\u00e9e\u0301" + `",""]}}`,
		},
		{name: "a long text", ask: "scalars { a_string some_bytes }", in: `{"scalars":{"a_string":"` + long + `","some_bytes":"` + long + `"}}`},
		{
			name: "bytes", ask: "scalars { some_bytes } lists { bytess }",
			in:   `{"scalars":{"some_bytes":"_-8"},"lists":{"bytess":["","AA==","+/8=","AAECAwQF"]}}`,
			want: `{"scalars":{"some_bytes":"/+8="},"lists":{"bytess":["","AA==","+/8=","AAECAwQF"]}}`,
		},
		{
			name: "enums", ask: "scalars { category number far } lists { categories }",
			in:   `{"scalars":{"category":"CATEGORY_BOOKS","far":"FAR"},"lists":{"categories":["UNSPECIFIED","BOOKS","GAMES","FAR","BELOW","CATEGORY_3D","OTHER"]}}`,
			wire: `{"scalars":{"category":1,"far":100000},"lists":{"categories":[0,1,2,100000,-5,7,8]}}`,
			want: `{"scalars":{"category":"BOOKS","number":"BOOKS","far":"FAR"},"lists":{"categories":["UNSPECIFIED","BOOKS","GAMES","FAR","BELOW","CATEGORY_3D","OTHER"]}}`,
		},
		{
			name: "a number that an enum does not know", ask: "scalars { category number far }",
			in: `{"scalars":{"category":77}}`, want: `{"scalars":{"category":null,"number":77,"far":"UNSPECIFIED"}}`, codes: "UPSTREAM_BAD_RESPONSE at category",
		},
		{
			name: "nothing", ask: "scalars { a_bool } optionals { a_bool } lists { bools } maps { by_bool } choice { yes } shape { __typename } known { at } self { renamed } selves { renamed } old { name } camelCase",
			in: `{}`, want: `{"scalars":null,"optionals":null,"lists":null,"maps":null,"choice":null,"shape":null,"known":null,"self":null,"selves":[],"old":null,"camelCase":""}`,
		},
		{name: "zero", ask: "scalars " + scalars, in: `{"scalars":{}}`, want: `{"scalars":` + zero + `}`},
		{name: "nulls are absent", ask: "scalars { an_int32 } lists { bools } self { renamed }", in: `{"scalars":{"an_int32":null},"lists":{"bools":null},"self":null}`, wire: `{"scalars":{},"lists":{}}`, want: `{"scalars":{"an_int32":0},"lists":{"bools":[]},"self":null}`},
		{
			name: "optional fields with zero values", ask: "optionals { a_double an_int64 a_bool a_string some_bytes category }",
			in:   `{"optionals":{"a_double":0,"an_int64":"0","a_bool":false,"a_string":"","some_bytes":"","category":"UNSPECIFIED"}}`,
			wire: `{"optionals":{"a_double":0,"an_int64":0,"a_bool":false,"a_string":"","some_bytes":"","category":"CATEGORY_UNSPECIFIED"}}`,
			want: `{"optionals":{"a_double":0,"an_int64":0,"a_bool":false,"a_string":"","some_bytes":"","category":"UNSPECIFIED"}}`,
		},
		{
			name: "optional fields without values", ask: "optionals { a_double an_int64 a_bool a_string some_bytes category }", in: `{"optionals":{}}`,
			want: `{"optionals":{"a_double":null,"an_int64":null,"a_bool":null,"a_string":null,"some_bytes":null,"category":null}}`,
		},
		{
			name: "lists", ask: "lists { int32s int64s uint64s sint64s fixed32s sfixed64s bools strings scalars { an_int32 } unpacked }",
			in: `{"lists":{"int32s":[-1,0,2147483647],"int64s":[-9223372036854775808,1],"uint64s":["18446744073709551615"],"sint64s":[-1,1],"fixed32s":[4294967295],` +
				`"sfixed64s":[-1],"bools":[true,false,true],"strings":["a","a"],"scalars":[{"an_int32":1},{},{"an_int32":3}],"unpacked":[0,-1,300]}}`,
			want: `{"lists":{"int32s":[-1,0,2147483647],"int64s":[-9223372036854775808,1],"uint64s":["18446744073709551615"],"sint64s":[-1,1],"fixed32s":[4294967295],` +
				`"sfixed64s":[-1],"bools":[true,false,true],"strings":["a","a"],"scalars":[{"an_int32":1},{"an_int32":0},{"an_int32":3}],"unpacked":[0,-1,300]}}`,
		},
		{
			name: "empty lists", ask: "lists { doubles int32s strings categories scalars { an_int32 } unpacked }", in: `{"lists":{"doubles":[],"strings":[],"scalars":[]}}`,
			want: `{"lists":{"doubles":[],"int32s":[],"strings":[],"categories":[],"scalars":[],"unpacked":[]}}`,
		},
		{
			name: "maps", ask: "maps { by_string by_int32 by_sint64 by_uint64 by_bool by_fixed32 nested entries { key value { an_int32 } } }",
			in: `{"maps":{"by_string":{"b":"1","":"2","é\"":""},"by_int32":{"-5":-9223372036854775808,"7":7},"by_sint64":{"-9223372036854775808":"AAE="},"by_uint64":{"18446744073709551615":"BOOKS"},` +
				`"by_bool":{"true":{"an_int32":1},"false":{}},"by_fixed32":{"4294967295":"NaN"}}}`,
			wire: `{"maps":{"by_string":{"b":"1","":"2","é\"":""},"by_int32":{"-5":"-9223372036854775808","7":7},"by_sint64":{"-9223372036854775808":"AAE="},"by_uint64":{"18446744073709551615":"CATEGORY_BOOKS"},` +
				`"by_bool":{"true":{"an_int32":1},"false":{}},"by_fixed32":{"4294967295":"NaN"}}}`,
			want: `{"maps":{"by_string":{"":"2","b":"1","é\"":""},"by_int32":{"-5":-9223372036854775808,"7":7},"by_sint64":{"-9223372036854775808":"AAE="},"by_uint64":{"18446744073709551615":"BOOKS"},` +
				`"by_bool":{"false":` + zero + `,"true":` + strings.Replace(zero, `"an_int32":0`, `"an_int32":1`, 1) + `},"by_fixed32":{"4294967295":"NaN"},"nested":{},` +
				`"entries":[{"key":false,"value":{"an_int32":0}},{"key":true,"value":{"an_int32":1}}]}}`,
		},
		{
			name: "unions", ask: "shape { __typename ... on Circle { radius } ... on Scalars { a_string } ... on Framed { framed { circle { radius } scalars { far } } } }",
			in: `{"shape":{"framed":{"framed":{"circle":{"radius":0.5}}}}}`, want: `{"shape":{"__typename":"Framed","framed":{"circle":{"radius":0.5},"scalars":null}}}`,
		},
		{name: "a union of scalars", ask: "shape { __typename ... on Circle { radius } ... on Scalars { a_string } }", in: `{"shape":{"scalars":{"a_string":"x"}}}`, want: `{"shape":{"__typename":"Scalars","a_string":"x"}}`},
		{name: "a union with zero values", ask: "shape { ... on Circle { radius } ... on Scalars { a_string } }", in: `{"shape":{"circle":{"radius":0}}}`, want: `{"shape":{"radius":0}}`},
		{
			name: "recursion", ask: "renamed self { with_underscore_2 self { self { selves { camelCase self { renamed } } } } }",
			in:   `{"renamed":"r","self":{"with_underscore_2":"w","self":{"self":{"selves":[{"camelCase":"c","self":{"renamed":"deep"}},{}]}}}}`,
			wire: `{"another name":"r","self":{"with_underscore_2":"w","self":{"self":{"selves":[{"camelCase":"c","self":{"renamed":"deep"}},{}]}}}}`,
			want: `{"renamed":"r","self":{"with_underscore_2":"w","self":{"self":{"selves":[{"camelCase":"c","self":{"renamed":"deep"}},{"camelCase":"","self":null}]}}}}`,
		},
		{
			name: "times", ask: "known { at took times durations }",
			in: `{"known":{"at":"2026-01-31T23:59:59.5+02:00","took":"-0.000000001s","times":["0001-01-01T00:00:00Z","9999-12-31T23:59:59.999999999Z","1969-12-31T23:59:59.00012Z"],` +
				`"durations":{"a":"315576000000s","b":"-315576000000s","c":"1.10s","d":"0s"}}}`,
			want: `{"known":{"at":"2026-01-31T21:59:59.500Z","took":"-0.000000001s","times":["0001-01-01T00:00:00Z","9999-12-31T23:59:59.999999999Z","1969-12-31T23:59:59.000120Z"],` +
				`"durations":{"a":"315576000000s","b":"-315576000000s","c":"1.100s","d":"0s"}}}`,
		},
		{
			name: "free values", ask: "known { object value list empty values }",
			in:   `{"known":{"object":{"b":null,"a":[1,{"c":"x"},false]},"value":[],"list":["",1e3,{}],"empty":{},"values":[null,1.5,"s",true,{},[]]}}`,
			want: `{"known":{"object":{"a":[1,{"c":"x"},false],"b":null},"value":[],"list":["",1000,{}],"empty":{},"values":[null,1.5,"s",true,{},[]]}}`,
		},
		{name: "no free values", ask: "known { object value list empty any mask values }", in: `{"known":{"value":null,"object":{},"list":[]}}`, want: `{"known":{"object":{},"value":null,"list":[],"empty":null,"any":null,"mask":null,"values":[]}}`},
		{name: "a mask", ask: "known { mask }", in: `{"known":{"mask":"a,bC.d,e_f"}}`, wire: `{"known":{"mask":"a,bC.d,eF"}}`, want: `{"known":{"mask":"a,b_c.d,e_f"}}`},
		{
			name: "any message", ask: "known { any }", in: `{"known":{"any":{"@type":"type.googleapis.com/torture.Choice","before":"b","number":1}}}`,
		},
		{name: "any message of a form of its own", ask: "known { any }", in: `{"known":{"any":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1.500s"}}}`},
		{
			name: "wrappers", ask: "known { a_double a_float an_int64 a_uint64 an_int32 a_uint32 a_bool a_string some_bytes texts }",
			in: `{"known":{"a_double":0,"a_float":1.5,"an_int64":-9223372036854775808,"a_uint64":"18446744073709551615","an_int32":0,"a_uint32":4294967295,"a_bool":false,"a_string":"","some_bytes":"AA==","texts":["","a"]}}`,
		},
		{
			name: "no wrappers", ask: "known { a_double a_float an_int64 a_uint64 an_int32 a_uint32 a_bool a_string some_bytes texts }", in: `{"known":{}}`,
			want: `{"known":{"a_double":null,"a_float":null,"an_int64":null,"a_uint64":null,"an_int32":null,"a_uint32":null,"a_bool":null,"a_string":null,"some_bytes":null,"texts":[]}}`,
		},
		{
			name: "fields that the file does not have", ask: "scalars { an_int32 } camelCase", in: `{"scalars":{"an_int32":1},"camelCase":"c"}`,
			more: []byte("\xc2\x3e\x02hi\xc8\x3e\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\xd3\x3e\x08\x01\xd4\x3e\xdd\x3e\x00\x00\x00\x00"), // 1000: text, 1001: varint, 1002: group, 1003: fixed32
		},
		{
			name: "lists that go on in the other form", ask: "lists { int32s unpacked }", in: `{"lists":{"int32s":[1],"unpacked":[2]}}`,
			want: `{"lists":{"int32s":[1,5],"unpacked":[2,6,7]}}`, more: []byte("\x1a\x06\x18\x05\x72\x02\x06\x07"), // lists { 3: 5, 14: packed 6, 7 }
		},
		{
			name: "proto2 with its defaults", old: true, ask: "name size text data ratio color plain_color plain numbers packed Extra { note } Item { id } colors first second method methods",
			in:   `{"name":""}`,
			want: `{"name":"","size":42,"text":"say \"hi\"\n","data":"Af8=","ratio":"Infinity","color":"GREEN","plain_color":null,"plain":null,"numbers":[],"packed":[],"Extra":null,"Item":[],"colors":{},"first":null,"second":null,"method":null,"methods":[]}`,
		},
		{
			name: "proto2 without them", old: true, ask: "name size text data ratio color plain_color plain numbers packed Extra { note inside { name size } } Item { id } colors first second method methods",
			in: `{"name":"n","size":0,"text":"","data":"","ratio":0,"color":"RED","plain_color":"GREEN","plain":0,"numbers":[1,-1],"packed":[1,-1],"Extra":{"note":"","inside":{"name":"i"}},"Item":[{"id":0},{"id":2}],` +
				`"colors":{"a":"RED"},"second":"","method":"CREATE","methods":["NONE","HTTP_METHOD_GET","GET","HTTP_METHOD_POST"]}`,
			wire: `{"name":"n","size":0,"text":"","data":"","ratio":0,"color":1,"plain_color":2,"plain":0,"numbers":[1,-1],"packed":[1,-1],"Extra":{"note":"","inside":{"name":"i"}},"Item":[{"id":0},{"id":2}],` +
				`"colors":{"a":1},"second":"","method":3,"methods":[0,1,2,3]}`,
			want: `{"name":"n","size":0,"text":"","data":"","ratio":0,"color":"RED","plain_color":"GREEN","plain":0,"numbers":[1,-1],"packed":[1,-1],"Extra":{"note":"","inside":{"name":"i","size":42}},"Item":[{"id":0},{"id":2}],` +
				`"colors":{"a":"RED"},"first":null,"second":"","method":"POST","methods":["NONE","HTTP_METHOD_GET","GET","POST"]}`,
		},
	}
	// A oneof, by each of its members: the others are null.
	const choice = `"before":"","text":null,"number":null,"message":null,"category":null,"yes":null,"no":null`
	for _, member := range [][3]string{
		{"text", `""`, `""`},
		{"number", `0`, `0`},
		{"message", `{}`, `{"an_int32":0}`},
		{"category", `"BOOKS"`, `"BOOKS"`},
		{"yes", `false`, `false`},
		{"no", `true`, `true`},
	} {
		rows = append(rows, tortureRow{
			name: "oneof " + member[0], ask: "choice { before text number message { an_int32 } category yes no }",
			in:   fmt.Sprintf(`{"choice":{%q:%s}}`, member[0], member[1]),
			wire: strings.Replace(fmt.Sprintf(`{"choice":{%q:%s}}`, member[0], member[1]), "BOOKS", "CATEGORY_BOOKS", 1),
			want: `{"choice":{` + strings.Replace(choice, `"`+member[0]+`":null`, `"`+member[0]+`":`+member[2], 1) + `}}`,
		})
	}
	for _, in := range []string{
		`{"choice":{"text":"","number":0}}`, `{"scalars":{"a_uint32":-1}}`, `{"scalars":{"a_uint32":4294967296}}`, `{"scalars":{"an_int64":9223372036854775808}}`,
		`{"scalars":{"a_uint64":18446744073709551616}}`, `{"scalars":{"an_int64":1.5}}`, `{"scalars":{"an_int64":"x"}}`, `{"scalars":{"an_int64":1e99}}`, `{"scalars":{"a_double":1e309}}`,
		`{"scalars":{"a_float":1e39}}`, `{"scalars":{"some_bytes":"%"}}`, `{"scalars":{"category":"COMICS"}}`, `{"scalars":{"category":2147483648}}`, `{"known":{"at":"yesterday"}}`,
		`{"known":{"at":"10000-01-01T00:00:00Z"}}`, `{"known":{"took":"1"}}`, `{"known":{"took":"315576000001s"}}`, `{"known":{"object":[]}}`, `{"known":{"list":{}}}`, `{"known":{"any":{"@type":"type.googleapis.com/nobody.Knows"}}}`,
		`{"known":{"any":{"value":1}}}`, `{"known":{"empty":{"a":1}}}`, `{"maps":{"by_int32":{"x":1}}}`, `{"maps":{"by_bool":{"1":{}}}}`, `{"maps":{"by_string":{"a":null}}}`, `{"maps":{"nested":{"a":{"nothere":1}}}}`,
		`{"known":{"value":` + strings.Repeat("[", 60) + strings.Repeat("]", 60) + `}}`,
	} {
		rows = append(rows, tortureRow{name: "refused " + in, in: in, ask: "renamed", refused: true})
	}
	return rows
}
