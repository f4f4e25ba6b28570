package transcode_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"manifold/internal/rawjson"
	"manifold/internal/transcode"
)

func TestEncode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		message, text string
		want          wire
	}{
		{"torture.Choice", `{}`, nil},
		{"torture.Choice", ` { "before" : "a\u0041" } `, wire{}.bytes(1, "aA")},
		{"torture.Choice", `{"before":null,"text":null,"number":3}`, wire{}.varint(3, 3)},
		{"torture.Choice", `{"nothing":null}`, wire{}.varint(6, 0)},
		{"torture.Choice", `{"before":7}`, wire{}.bytes(1, "7")},
		{"torture.Choice", `{"before":12e2}`, wire{}.bytes(1, "1200")},
		{"torture.Everything", `{"camelCase":"a","withUnderscore2":"b"}`, wire{}.bytes(10, "a").bytes(11, "b")},
		{"torture.Everything", `{"with_underscore_2":"b","another name":"c"}`, wire{}.bytes(11, "b").bytes(12, "c")},
		{"torture.Everything", `{"self":{"self":{}}}`, wire{}.message(7, wire{}.message(7, nil))},
		{
			"torture.Scalars", `{"an_int64":"-1","aUint64":18446744073709551615,"a_sint32":-2,"an_int32":1.0e2}`,
			wire{}.varint(4, 1<<64-1).varint(6, 1<<64-1).varint(7, 3).varint(3, 100),
		},
		{"torture.Scalars", `{"category":"BOOKS"}`, wire{}.varint(16, 1)},
		{"torture.Scalars", `{"category":"CATEGORY_BOOKS"}`, wire{}.varint(16, 1)},
		{"torture.Scalars", `{"category":-5}`, wire{}.varint(16, 1<<64-5)},
		{"torture.Scalars", `{"some_bytes":"-_8="}`, wire{}.bytes(15, "\xfb\xff")},
		{"torture.Scalars", `{"some_bytes":"+/8"}`, wire{}.bytes(15, "\xfb\xff")},
		{"torture.old.Old", `{"methods":["GET","HTTP_METHOD_GET","POST","CREATE"]}`, wire{}.varint(17, 2).varint(17, 1).varint(17, 3).varint(17, 3)},
		{"torture.old.Old", `{"Extra":{"note":"a"},"item":[{"id":1}]}`, wire{}.group(11, wire{}.bytes(1, "a")).group(12, wire{}.varint(1, 1))},
		{"torture.Lists", `{"int32s":[1,"2"],"unpacked":[3],"strings":[]}`, wire{}.bytes(3, "\x01\x02").varint(14, 3)},
		{"torture.Lists", `{"strings":["` + strings.Repeat("x", 200) + `"]}`, wire{}.bytes(10, strings.Repeat("x", 200))},
		{"torture.Maps", `{"by_bool":{"true":{}},"byInt32":{"-1":2}}`, wire{}.message(5, wire{}.varint(1, 1).message(2, nil)).message(2, wire{}.varint(1, 1<<64-1).varint(2, 2))},
		{
			"torture.Known", `{"at":"2023-11-14T23:13:20.12+01:00","took":"-1.5s"}`,
			wire{}.message(1, wire{}.varint(1, 1700000000).varint(2, 120000000)).message(2, wire{}.varint(1, 1<<64-1).varint(2, 1<<64-500000000)),
		},
		{"torture.Known", `{"mask":"aB,c_d.e"}`, wire{}.message(6, wire{}.bytes(1, "a_b").bytes(1, "c_d.e"))},
		{"torture.Known", `{"an_int64":"5","a_string":"x"}`, wire{}.message(12, wire{}.varint(1, 5)).message(17, wire{}.bytes(1, "x"))},
		{"torture.Known", `{"value":null,"values":[null,true]}`, wire{}.message(4, wire{}.varint(1, 0)).message(19, wire{}.varint(1, 0)).message(19, wire{}.varint(4, 1))},
		{"torture.Known", `{"object":{"a":null}}`, wire{}.message(3, wire{}.message(1, wire{}.bytes(1, "a").message(2, wire{}.varint(1, 0))))},
		{"torture.Known", `{"any":{"number":5,"@type":"x/torture.Choice"}}`, wire{}.message(7, wire{}.bytes(1, "x/torture.Choice").message(2, wire{}.varint(3, 5)))},
		{"torture.Known", `{"any":{"value":"5s","@type":"x/google.protobuf.Duration"}}`, wire{}.message(7, wire{}.bytes(1, "x/google.protobuf.Duration").message(2, wire{}.varint(1, 5)))},
		{"torture.Known", `{"any":{}}`, wire{}.message(7, nil)},
	} {
		got, err := transcode.NewEncoder(descriptor(c.message), torture().Messages()).Encode(nil, []byte(c.text))
		if err != nil || !bytes.Equal(got, c.want) {
			t.Errorf("%s:\ngot  %x, %v\nwant %x", c.text, got, err, []byte(c.want))
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ message, text, want string }{
		{"torture.Choice", `[]`, "has to be an object of torture.Choice"},
		{"torture.Choice", `null`, "has to be an object of torture.Choice"},
		{"torture.Choice", `{"befor":1}`, "befor: is no field of torture.Choice"},
		{"torture.Choice", `{"before":"a","before":"b"}`, "before: is given twice"},
		{"torture.Everything", `{"camelCase":"a","camel\u0043ase":"b"}`, "camelCase: is given twice"},
		{"torture.Everything", `{"withUnderscore2":"a","with_underscore_2":"b"}`, "with_underscore_2: is given twice"},
		{"torture.Choice", `{"text":"a","number":1}`, "number: another member of its oneof is given too"},
		{"torture.Choice", `{"before":true}`, "before: has to be a string"},
		{"torture.Choice", `{"before":1.5}`, "before: has to be a string"},
		{"torture.Choice", `{"yes":"true"}`, "yes: has to be true or false"},
		{"torture.Choice", `{"number":1.5}`, "number: has to be an integer"},
		{"torture.Choice", `{"number":"1 "}`, "number: has to be an integer"},
		{"torture.Choice", `{"number":"0x1"}`, "number: has to be an integer"},
		{"torture.Choice", `{"number":1e100}`, "number: has to be an integer"},
		{"torture.Choice", `{"number":9223372036854775808}`, "number: has to be an integer of 64 bits"},
		{"torture.Scalars", `{"an_int32":2147483648}`, "an_int32: has to be an integer of 32 bits"},
		{"torture.Scalars", `{"a_uint32":-1}`, "a_uint32: has to be an integer from 0, of 32 bits"},
		{"torture.Scalars", `{"a_float":1e39}`, "a_float: has to be a number within the range of 32 bits"},
		{"torture.Scalars", `{"a_double":1e309}`, "a_double: has to be a number within the range of 64 bits"},
		{"torture.Scalars", `{"a_double":"x"}`, "a_double: has to be a number"},
		{"torture.Scalars", `{"some_bytes":"*"}`, "some_bytes: has to be a string of base64"},
		{"torture.Scalars", `{"category":"books"}`, "category: has to be a value of enum torture.Category"},
		{"torture.Scalars", `{"category":1.5}`, "category: has to be a value of enum torture.Category"},
		{"torture.Lists", `{"int32s":1}`, "int32s: has to be a list"},
		{"torture.Lists", `{"int32s":[1,null]}`, "int32s[1]: may not be null"},
		{"torture.Lists", `{"scalars":[{},{"a_bool":1}]}`, "scalars[1].a_bool: has to be true or false"},
		{"torture.Everything", `{"selves":[{"self":{"selves":[{"lists":{"strings":["a",{}]}}]}}]}`, "selves[0].self.selves[0].lists.strings[1]: has to be a string"},
		{"torture.Maps", `{"by_string":[]}`, "by_string: has to be an object"},
		{"torture.Maps", `{"by_string":{"a":null}}`, "by_string.a: may not be null"},
		{"torture.Maps", `{"by_int32":{"a":1}}`, "by_int32.a: has to be an integer"},
		{"torture.Maps", `{"by_bool":{"1":{}}}`, "by_bool.1: the key has to be true or false"},
		{"torture.Maps", `{"by_bool":{"true":{"a_bool":1}}}`, "by_bool.true.a_bool: has to be true or false"},
		{"torture.Known", `{"at":"2023-11-14"}`, "at: has to be a time"},
		{"torture.Known", `{"at":"2023-02-30T00:00:00Z"}`, "at: has to be a time"},
		{"torture.Known", `{"at":"2023-02-01T00:00:00,5Z"}`, "at: has to be a time"},
		{"torture.Known", `{"took":"1"}`, "took: has to be a duration"},
		{"torture.Known", `{"took":"1m"}`, "took: has to be a duration"},
		{"torture.Known", `{"took":"1.s"}`, "took: has to be a duration"},
		{"torture.Known", `{"took":"99999999999999999999s"}`, "took: has to be a duration"},
		{"torture.Known", `{"any":{"number":5}}`, "any.@type: has to be the URL of a type"},
		{"torture.Known", `{"any":{"@type":"x/y"}}`, "any.@type: is not a known type"},
		{"torture.Known", `{"any":{"@type":"x/torture.Choice","nix":5}}`, "any.nix: is no field of torture.Choice"},
		{"torture.Known", `{"any":{"@type":"x/google.protobuf.Duration","value":5}}`, "any.value: has to be a duration"},
		{"torture.Known", `{"any":{"@type":"x/google.protobuf.Duration","val":5}}`, "any.value: has to be there"},
		{"torture.Known", `{"an_int32":{"value":5}}`, "an_int32: has to be an integer"},
		{"torture.Everything", strings.Repeat(`{"self":`, 100) + `{}` + strings.Repeat(`}`, 100), "nested deeper than 100 levels"},
		{"torture.Known", `{"value":` + strings.Repeat(`[`, 150) + strings.Repeat(`]`, 150) + `}`, "nested deeper than 100 levels"},
	} {
		got, err := transcode.NewEncoder(descriptor(c.message), torture().Messages()).Encode([]byte("x"), []byte(c.text))
		e, ok := errors.AsType[*transcode.Error](err)
		if !ok || !strings.Contains(e.Error(), c.want) || string(got) != "x" {
			t.Errorf("%.80s: got %q, %v\nwant %s", c.text, got, err, c.want)
		}
	}
	for _, text := range []string{"", "{", `{"before":"x"}}`, `{"before":"\ud800"}`, "{\"before\":\"\xff\"}", `{"before":01}`} {
		_, err := transcode.NewEncoder(descriptor("torture.Choice"), nil).Encode(nil, []byte(text))
		if _, ok := errors.AsType[*rawjson.Error](err); !ok {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func TestEncodeAllocatesNothing(t *testing.T) {
	m, _ := catalog(t)
	e := transcode.NewEncoder(m.Input, nil)
	text := []byte(`{"ids":["a","b"],"category":"BOOKS","page_size":20}`)
	dst := make([]byte, 0, 1000)
	if n := testing.AllocsPerRun(100, func() { dst, _ = e.Encode(dst[:0], text) }); n > 0.5 && !raceEnabled {
		t.Errorf("%v allocations", n)
	}
	if len(dst) == 0 {
		t.Error("nothing was encoded")
	}
}

func ExampleMethod() {
	input, output := descriptor("torture.Everything"), descriptor("torture.Everything")
	m := transcode.NewMethod("/torture.Torture/Echo", input, output, nil)
	wire, err := m.Request.Encode(nil, []byte(`{"choice":{"category":"BOOKS"}}`))
	fmt.Printf("%x %v\n", wire, err)
	text, err := m.Reply.Decode(nil, wire, 1<<20)
	fmt.Printf("%s %v\n", text, err)
	_, err = m.Request.Encode(nil, []byte(`{"lists":{"int32s":[1,"two"]}}`))
	fmt.Println(err)
	// Output:
	// 2a022801 <nil>
	// {"choice":{"before":"","category":"BOOKS"},"selves":[],"camelCase":"","with_underscore_2":"","renamed":""} <nil>
	// lists.int32s[1]: has to be an integer
}
