package gofunc

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// Base is embedded by the structs below.
type Base struct {
	A int
	B string `json:"b"`
}

type other struct {
	A int `json:"A"`
	C int
}

type left struct {
	N int
	Z int `json:"z"`
}

type right struct {
	N int
}

// Itself embeds a pointer to itself.
type Itself struct {
	*Itself
	X int
}

// The fields of a struct are those that encoding/json writes, whatever it embeds.
func TestFieldsAreThoseOfEncodingJSON(t *testing.T) {
	t.Parallel()
	for _, v := range []any{
		struct {
			Base
			B int
		}{},
		struct {
			*Base
			D int `json:"d"`
		}{Base: &Base{}},
		struct {
			Base
			other
		}{},
		struct {
			left
			right
		}{},
		struct {
			left
			N int `json:"m"`
		}{},
		struct {
			Base   `json:"base"`
			Hidden int `json:"-"`
			inner  int
		}{},
		Itself{},
	} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var written map[string]any
		if err := json.Unmarshal(text, &written); err != nil {
			t.Fatal(err)
		}
		want := slices.Sorted(maps.Keys(written))
		for _, in := range []bool{true, false} {
			have := describe(reflect.TypeOf(v), in).Names()
			slices.Sort(have)
			if !slices.Equal(have, want) {
				t.Errorf("%T: %q, encoding/json has %q", v, have, want)
			}
		}
	}
}

func decodeTo[T any](text string) (T, error) {
	var out T
	err := decoderOf(reflect.TypeFor[T]())([]byte(text), reflect.ValueOf(&out).Elem())
	return out, err
}

func TestDecode(t *testing.T) {
	t.Parallel()
	type wide struct {
		*Base
		ID    string
		Big   int64
		Small uint8
		Ratio float32
		On    *bool
		Since time.Time
		Tags  []string
		Raw   []byte
		More  map[string]any
		Any   json.Number
	}
	have, err := decodeTo[wide](`{"A":"4","b":"x","ID":7,"Big":9007199254740993,"Small":"200","Ratio":1.5,"On":null,"Since":"2026-01-02T03:04:05Z","Tags":["a",null],"Raw":"aGk=","More":{"k":[1]},"Any":1e3,"unknown":{}}`)
	if err != nil {
		t.Fatal(err)
	}
	want := wide{
		Base: &Base{4, "x"}, ID: "7", Big: 9007199254740993, Small: 200, Ratio: 1.5, Since: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Tags: []string{"a", ""}, Raw: []byte("hi"), More: map[string]any{"k": []any{1.0}}, Any: "1e3",
	}
	if !reflect.DeepEqual(have, want) {
		t.Errorf("have %+v\nwant %+v", have, want)
	}
	for _, text := range []string{
		`{"Small":256}`, `{"Small":-1}`, `{"Big":1.5}`, `{"Big":"x"}`, `{"Big":9223372036854775808}`, `{"On":"true"}`, `{"Tags":{}}`, `{"Since":"now"}`, `{"b":true}`, `[]`,
	} {
		if have, err := decodeTo[wide](text); err == nil {
			t.Errorf("%s is read as %+v", text, have)
		}
	}
	if _, err := decodeTo[struct{ *right }](`{"N":1}`); err == nil || !strings.Contains(err.Error(), "not exported") {
		t.Errorf("a pointer that cannot be set: %v", err)
	}
}

// A parent that does not fit fails alone, as one does whose function says so; too few values are an error of all.
func TestBatch(t *testing.T) {
	t.Parallel()
	type parent struct{ N int }
	call := func(f func([]parent) ([]*int, error), body string) Answer {
		run, err := Batch("f", func(_ context.Context, parents []parent, _ struct{}) ([]*int, error) { return f(parents) }).Prepare([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return run(t.Context())
	}
	double := func(parents []parent) ([]*int, error) {
		out := make([]*int, len(parents))
		failed := Items{}
		for i, p := range parents {
			switch p.N {
			case 0:
			case 13:
				failed[i] = &Error{"BAD", "no thirteen"}
			default:
				out[i] = new(2 * p.N)
			}
		}
		if len(failed) > 0 {
			return out, failed
		}
		return out, nil
	}
	a := call(double, `{"parents":[{"N":1},{"N":"x"},{"N":0},{"N":13},{"N":"5"}]}`)
	if a.Err != nil || string(a.Value) != "[2,null,null,null,10]" || len(a.Items) != 5 {
		t.Fatalf("%s %v %v", a.Value, a.Items, a.Err)
	}
	_, unfit := errors.AsType[*Unfit](a.Items[1])
	said, authored := errors.AsType[*Error](a.Items[3])
	if !unfit || !authored || said.Code != "BAD" || a.Items[0] != nil || a.Items[2] != nil || a.Items[4] != nil {
		t.Errorf("%v", a.Items)
	}
	if a := call(func([]parent) ([]*int, error) { return make([]*int, 1), nil }, `{"parents":[{"N":1},{"N":2}]}`); a.Err == nil {
		t.Errorf("too few values are %s", a.Value)
	}
	if a := call(func([]parent) ([]*int, error) { panic("p") }, `{"parents":[{"N":1}]}`); a.Err == nil {
		t.Error("a panic is no error")
	} else if _, ok := errors.AsType[*Panic](a.Err); !ok {
		t.Errorf("a panic is %v", a.Err)
	}
}
