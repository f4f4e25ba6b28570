package transcode_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"

	"manifold/internal/protos"
	"manifold/internal/rawjson"
	"manifold/internal/transcode"
)

const limit = 1 << 20

// wire builds messages field by field.
type wire []byte

func (w wire) varint(n protowire.Number, v uint64) wire {
	return protowire.AppendVarint(protowire.AppendTag(w, n, protowire.VarintType), v)
}

func (w wire) bytes(n protowire.Number, v string) wire {
	return protowire.AppendString(protowire.AppendTag(w, n, protowire.BytesType), v)
}

func (w wire) message(n protowire.Number, v wire) wire { return w.bytes(n, string(v)) }

func (w wire) group(n protowire.Number, v wire) wire {
	w = append(protowire.AppendTag(w, n, protowire.StartGroupType), v...)
	return protowire.AppendTag(w, n, protowire.EndGroupType)
}

func TestDecode(t *testing.T) {
	t.Parallel()
	minus := func(n int64) uint64 { return uint64(-n) }
	for _, c := range []struct {
		name, message string
		wire          wire
		want          string // a part of the JSON
	}{
		{"an empty message has its defaults", "torture.Scalars", nil, `{"a_double":0,"a_float":0,"an_int32":0,"an_int64":0,"a_uint32":0,"a_uint64":0,` +
			`"a_sint32":0,"a_sint64":0,"a_fixed32":0,"a_fixed64":0,"a_sfixed32":0,"a_sfixed64":0,"a_bool":false,"a_string":"","some_bytes":"","category":"UNSPECIFIED","far":"UNSPECIFIED"}`},
		{"what is optional is left out", "torture.Optionals", nil, `{}`},
		{"but for what was sent", "torture.Optionals", wire{}.varint(2, 0).bytes(4, ""), `{"an_int64":0,"a_string":""}`},
		{"messages are left out", "torture.Everything", nil, `{"selves":[],"camelCase":"","with_underscore_2":"","renamed":""}`},
		{
			"proto2 has written defaults", "torture.old.Old", wire{}.bytes(1, "x"),
			`{"name":"x","size":42,"text":"say \"hi\"\n","data":"Af8=","ratio":"Infinity","color":"GREEN","numbers":[],"packed":[],"Item":[],"colors":{},"methods":[]}`,
		},
		{"all digits", "torture.Scalars", wire{}.varint(4, minus(1<<63-1)).varint(6, 1<<64-1), `"an_int64":-9223372036854775807,"a_uint32":0,"a_uint64":18446744073709551615`},
		{"the last one wins", "torture.Scalars", wire{}.varint(3, 1).varint(3, 2), `"an_int32":2`},
		{"a wrong wire type is unknown", "torture.Scalars", wire{}.bytes(3, "x").varint(14, 3), `"an_int32":0`},
		{"bits beyond the size are dropped", "torture.Scalars", wire{}.varint(3, 1<<40|5).varint(13, 1<<40), `"an_int32":5`},
		{
			"short names of enums", "torture.Lists", wire{}.bytes(12, "\x00\x01\x02\x07\x08\x09\xa0\x8d\x06"),
			`"categories":["UNSPECIFIED","BOOKS","GAMES","CATEGORY_3D","OTHER",9,"FAR"]`,
		},
		{"no two values with one name", "torture.old.Old", wire{}.varint(17, 0).varint(17, 1).varint(17, 2).varint(17, 3), `"methods":["NONE","HTTP_METHOD_GET","GET","POST"]`},
		{"packed and not, mixed", "torture.Lists", wire{}.bytes(3, "\x01\x02").varint(3, 3).varint(14, 9).bytes(3, "\x04").bytes(14, "\x08\x07"), `"int32s":[1,2,3,4]`},
		{"packed where it is declared unpacked", "torture.Lists", wire{}.varint(14, 9).bytes(14, "\x08\x07"), `"unpacked":[9,8,7]`},
		{"lists among others keep their order", "torture.Lists", wire{}.bytes(10, "a").bytes(11, "x").bytes(10, "b").bytes(11, "y").bytes(10, ""), `"strings":["a","b",""],"bytess":["eA==","eQ=="]`},
		{
			"messages are merged", "torture.Everything",
			wire{}.message(2, wire{}.varint(2, 1).bytes(4, "a")).bytes(10, "between").message(2, wire{}.bytes(4, "b").varint(3, 1)),
			`"optionals":{"an_int64":1,"a_bool":true,"a_string":"b"}`,
		},
		{"lists in merged messages are joined", "torture.Everything", wire{}.message(3, wire{}.bytes(10, "a")).message(3, wire{}.bytes(10, "b")), `"strings":["a","b"]`},
		{"of a oneof the last one counts", "torture.Choice", wire{}.bytes(2, "x").varint(3, 5).varint(7, 1), `{"before":"","number":5,"yes":true}`},
		{"and begins anew", "torture.Choice", wire{}.message(4, wire{}.varint(3, 1)).bytes(2, "x").message(4, wire{}.varint(4, 2)), `"an_int32":0,"an_int64":2`},
		{
			"maps are sorted, the last one wins", "torture.Maps",
			wire{}.message(1, wire{}.bytes(1, "b").bytes(2, "1")).message(1, wire{}.bytes(1, "a").bytes(2, "2")).message(1, wire{}.bytes(2, "3").bytes(1, "b")),
			`"by_string":{"a":"2","b":"3"}`,
		},
		{"numbers sort as numbers", "torture.Maps", wire{}.message(2, wire{}.varint(1, 10)).message(2, wire{}.varint(1, 9)).message(2, wire{}.varint(1, minus(1))), `"by_int32":{"-1":0,"9":0,"10":0}`},
		{"an entry without key", "torture.Maps", wire{}.message(2, nil).message(1, nil).message(5, nil), `"by_string":{"":""},"by_int32":{"0":0}`},
		{"an entry without message", "torture.Maps", wire{}.message(7, wire{}.bytes(1, "k")), `"nested":{"k":{"selves":[],"camelCase":"","with_underscore_2":"","renamed":""}}`},
		{"a group", "torture.old.Old", wire{}.group(11, wire{}.bytes(1, "a")).group(12, wire{}.varint(1, 5)).group(12, nil), `"Extra":{"note":"a"},"Item":[{"id":5},{}]`},
		{"groups are merged", "torture.old.Old", wire{}.group(11, wire{}.bytes(1, "a")).group(11, wire{}.message(2, wire{}.bytes(1, "x"))), `"Extra":{"note":"a","inside":{"name":"x"`},
		{"what is unknown is skipped", "torture.Choice", wire{}.group(500, wire{}.group(7, nil).bytes(3, "x").varint(2, 9)).bytes(1, "x").varint(1<<29-1, 3), `{"before":"x"}`},
		{"a time", "torture.Known", wire{}.message(1, wire{}.varint(1, 1700000000).varint(2, 120000000)), `{"at":"2023-11-14T22:13:20.120Z",`},
		{"the first second", "torture.Known", wire{}.message(1, wire{}.varint(1, minus(62135596800)).varint(2, 1)), `{"at":"0001-01-01T00:00:00.000000001Z",`},
		{"a duration", "torture.Known", wire{}.message(2, wire{}.varint(2, minus(500000))), `{"took":"-0.000500s",`},
		{
			"a struct", "torture.Known", wire{}.message(3, wire{}.message(1, wire{}.bytes(1, "b").message(2, wire{}.varint(1, 0))).message(1, wire{}.bytes(1, "a").message(2, wire{}.varint(4, 1)))),
			`{"object":{"a":true,"b":null},`,
		},
		{"a value of no kind", "torture.Known", wire{}.message(4, nil), `{"value":null,`},
		{"wrappers", "torture.Known", wire{}.message(12, nil).message(17, wire{}.bytes(1, "x")), `"an_int64":0,"a_string":"x"`},
		{"a mask", "torture.Known", wire{}.message(6, wire{}.bytes(1, "a_b.c").bytes(1, "dE")), `"mask":"a_b.c,dE"`},
		{"an any", "torture.Known", wire{}.message(7, wire{}.bytes(1, "x/torture.Choice").message(2, wire{}.varint(3, 5))), `"any":{"@type":"x/torture.Choice","before":"","number":5}`},
		{"an any with a form of its own", "torture.Known", wire{}.message(7, wire{}.bytes(1, "/google.protobuf.Duration").message(2, wire{}.varint(1, 5))), `"any":{"@type":"/google.protobuf.Duration","value":"5s"}`},
		{"an any that nobody knows", "torture.Known", wire{}.message(7, wire{}.bytes(1, "x/y").bytes(2, "\xff")), `"any":{"@type":"x/y"}`},
		{"an empty any", "torture.Known", wire{}.message(7, nil), `"any":{}`},
	} {
		d := transcode.NewDecoder(descriptor(c.message), torture().Messages())
		got, err := d.Decode(nil, c.wire, limit)
		if err != nil || !strings.Contains(string(got), c.want) {
			t.Errorf("%s:\ngot  %s, %v\nwant %s", c.name, got, err, c.want)
		}
		if err := rawjson.Valid(got); err != nil {
			t.Errorf("%s: %v in %s", c.name, err, got)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	nested := func(levels int) wire {
		w := wire{}
		for range levels {
			w = wire{}.message(7, w)
		}
		return w
	}
	groups := func(levels int) wire {
		return append(bytes.Repeat(protowire.AppendTag(nil, 99, protowire.StartGroupType), levels), bytes.Repeat(protowire.AppendTag(nil, 99, protowire.EndGroupType), levels)...)
	}
	if _, err := transcode.NewDecoder(descriptor("torture.Everything"), nil).Decode(nil, nested(99), limit); err != nil {
		t.Errorf("100 levels: %v", err)
	}
	for _, c := range []struct {
		name, message string
		wire          wire
		want          string
	}{
		{"no length", "torture.Choice", wire{0x0a}, "ends in the middle"},
		{"too short", "torture.Choice", wire{0x0a, 5, 'x'}, "ends in the middle"},
		{"a huge length", "torture.Choice", append(wire{0x0a}, protowire.AppendVarint(nil, 1<<64-1)...), "ends in the middle"},
		{"half an integer", "torture.Choice", wire{0x18, 0x80}, "ends in the middle"},
		{"half a double", "torture.Scalars", wire{0x09, 1, 2, 3}, "ends in the middle"},
		{"half an item", "torture.Lists", wire{}.bytes(1, "1234567"), "ends in the middle"},
		{"a long integer", "torture.Choice", append(wire{0x18}, bytes.Repeat([]byte{0xff}, 10)...), "longer than 64 bits"},
		{"a field 0", "torture.Choice", wire{0x00, 1}, "impossible number"},
		{"a field beyond all", "torture.Choice", protowire.AppendVarint(nil, 1<<29<<3), "impossible number"},
		{"a wire type 6", "torture.Choice", wire{0x0e}, "unknown wire type"},
		{"a group that only ends", "torture.Choice", wire{0x0c}, "group"},
		{"a group that does not end", "torture.Choice", wire{0x0b}, "ends in the middle"},
		{"groups that cross", "torture.Choice", wire{0x0b, 0x13, 0x0c, 0x14}, "group"},
		{"a string", "torture.Choice", wire{}.bytes(1, "\xff"), "not UTF-8"},
		{"a key", "torture.Maps", wire{}.message(1, wire{}.bytes(1, "\xff")), "not UTF-8"},
		{"depth", "torture.Everything", nested(100), "deeper than 100"},
		{"depth of groups", "torture.Everything", groups(101), "deeper than 100"},
		{"a late time", "torture.Known", wire{}.message(1, wire{}.varint(1, 253402300800)), "timestamp"},
		{"nanoseconds below zero", "torture.Known", wire{}.message(1, wire{}.varint(2, 1<<64-1)), "timestamp"},
		{"a mixed duration", "torture.Known", wire{}.message(2, wire{}.varint(1, 1).varint(2, 1<<64-1)), "duration"},
	} {
		got, err := transcode.NewDecoder(descriptor(c.message), nil).Decode([]byte("x"), c.wire, limit)
		if err == nil || !strings.Contains(err.Error(), c.want) || string(got) != "x" {
			t.Errorf("%s: got %q, %v", c.name, got, err)
		}
	}
}

// Few bytes may not become many.
func TestDecodeIsBounded(t *testing.T) {
	t.Parallel()
	d := transcode.NewDecoder(descriptor("torture.Lists"), nil)
	many := bytes.Repeat(wire{}.message(13, nil), 10_000)
	if _, err := d.Decode(nil, many, 100_000); !errors.Is(err, transcode.ErrTooLong) {
		t.Errorf("got %v", err)
	}
	if got, err := d.Decode(nil, many, 10_000_000); err != nil || len(got) < 1_000_000 {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
	// A message of which every level is split in parts, which would be copied again and again.
	split := wire{}.bytes(10, strings.Repeat("x", 50_000))
	for range 50 {
		split = wire{}.message(7, split).message(7, nil)
	}
	_, err := transcode.NewDecoder(descriptor("torture.Everything"), nil).Decode(nil, split, 10_000_000)
	if err == nil || !strings.Contains(err.Error(), "split") {
		t.Errorf("got %v", err)
	}
}

// Every beginning of a message, and every message with one wrong byte, is read or refused, and never a panic.
func TestDecodeSpoilt(t *testing.T) {
	t.Parallel()
	d := transcode.NewDecoder(descriptor("torture.Everything"), torture().Messages())
	whole := wire{}.message(1, wire{}.varint(3, 300).bytes(14, "text")).message(4, wire{}.message(1, wire{}.bytes(1, "k").bytes(2, "v"))).
		message(6, wire{}.message(1, wire{}.varint(1, 1700000000)).message(7, wire{}.bytes(1, "/torture.Choice").bytes(2, ""))).
		message(9, wire{}.group(11, wire{}.bytes(1, "x"))).message(3, wire{}.bytes(1, "12345678"))
	if _, err := d.Decode(nil, whole, limit); err != nil {
		t.Fatal(err)
	}
	check := func(w []byte) {
		got, err := d.Decode(nil, slices.Clip(w), limit)
		if err == nil && rawjson.Valid(got) != nil {
			t.Errorf("%x became %s", w, got)
		}
	}
	for i := range whole {
		check(bytes.Clone(whole[:i]))
		for b := range 256 {
			spoilt := bytes.Clone(whole)
			spoilt[i] = byte(b)
			check(spoilt)
		}
	}
}

// TestDecodeItself reads the descriptors of testdata as messages: the largest real messages at hand.
func TestDecodeItself(t *testing.T) {
	t.Parallel()
	md := new(descriptorpb.FileDescriptorProto).ProtoReflect().Descriptor()
	b, err := proto.Marshal(protodesc.ToFileDescriptorProto(descriptor("torture.Everything").ParentFile()))
	if err != nil {
		t.Fatal(err)
	}
	got, err := transcode.NewDecoder(md, nil).Decode(nil, b, limit)
	if err != nil || !strings.Contains(string(got), `{"name":"Everything","field":[{"name":"scalars","number":1,"label":"OPTIONAL","type":"MESSAGE","type_name":".torture.Scalars"`) {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestDecodeAllocatesNothing(t *testing.T) {
	m, wire := catalog(t)
	d := transcode.NewDecoder(m.Output, nil)
	dst, err := d.Decode(nil, wire, limit)
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() { dst, _ = d.Decode(dst[:0], wire, limit) }); n > 0.5 && !raceEnabled {
		t.Errorf("%v allocations", n)
	}
}

// Recursive and mutually recursive types compile, in both directions.
func TestRecursiveTypes(t *testing.T) {
	t.Parallel()
	s, err := protos.Parse("r.proto", func(string) ([]byte, error) {
		return []byte(`syntax = "proto3"; service S { rpc M(A) returns (B); } message A { B b = 1; } message B { A a = 1; repeated B bs = 2; map<string, A> as = 3; }`), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	m := s.Method("S/M")
	const text = `{"a":{"b":{"bs":[],"as":{}}},"bs":[{"bs":[],"as":{}}],"as":{"x":{}}}`
	w, err := transcode.NewEncoder(m.Output, nil).Encode(nil, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := transcode.NewDecoder(m.Output, nil).Decode(nil, w, limit); err != nil || string(got) != text {
		t.Errorf("got %s, %v", got, err)
	}
}

// A type that only has the name of a known one is an object like any other.
func TestFalseFriends(t *testing.T) {
	t.Parallel()
	file := &descriptorpb.FileDescriptorProto{
		Name: new("google/protobuf/timestamp.proto"), Package: new("google.protobuf"), Syntax: new("proto3"),
		MessageType: []*descriptorpb.DescriptorProto{{Name: new("Timestamp")}, {Name: new("Any")}, {Name: new("Value")}},
	}
	for _, m := range file.GetMessageType() {
		m.Field = []*descriptorpb.FieldDescriptorProto{{
			Name: new("a"), Number: new(int32(1)), Type: descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum(), Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
		}}
	}
	f, err := protodesc.NewFile(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range f.Messages().Len() {
		got, err := transcode.NewDecoder(f.Messages().Get(i), nil).Decode(nil, wire{}.bytes(1, "x"), limit)
		if err != nil || string(got) != `{"a":"x"}` {
			t.Errorf("got %s, %v", got, err)
		}
		if w, err := transcode.NewEncoder(f.Messages().Get(i), nil).Encode(nil, got); err != nil || !bytes.Equal(w, wire{}.bytes(1, "x")) {
			t.Errorf("got %x, %v", w, err)
		}
	}
}
