package rawjson

import (
	"errors"
	"testing"
)

func TestMembers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{`{}`, ``},
		{`{ }`, ``},
		{`{"a":1}`, `"a"=1;`},
		{`{ "a" : {"b":[1]} , "a":"x", "\u0062" : null }`, `"a"={"b":[1]};"a"="x";"\u0062"=null;`},
	} {
		got := ""
		b := []byte("[" + c.text + "]")
		end, err := Members(b, 1, func(key, value []byte) error {
			got += string(key) + "=" + string(value) + ";"
			return nil
		})
		if err != nil || got != c.want || end != 1+len(c.text) {
			t.Errorf("Members(%q) = %d, %v and saw %s; want %s", c.text, end, err, got, c.want)
		}
	}
	for _, c := range []struct {
		text   string
		offset int
		msg    string
	}{
		{``, 0, "an object, found the end"},
		{`[]`, 0, "an object, found '['"},
		{`{`, 1, "a property name"},
		{`{"a":1,}`, 7, "a property name"},
		{`{"a":1]`, 6, "',' or '}'"},
		{`{"a":01}`, 5, "a leading zero"},
		{`{"a":1`, 6, "',' or '}', found the end"},
		{`{"a":` + nest("[", "", "]", MaxDepth) + `}`, 5 + MaxDepth - 1, "deeper than"},
	} {
		_, err := Members([]byte(c.text), 0, func(_, _ []byte) error { return nil })
		if err == nil {
			t.Errorf("Members(%q) found nothing wrong", c.text)
			continue
		}
		wantError(t, err, c.offset, c.msg)
	}
}

func TestElements(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{`[]`, ``},
		{`[ ]`, ``},
		{`[1]`, `1;`},
		{`[ 1 , "a,b" ,[2,3],{"c":[]}, null ]`, `1;"a,b";[2,3];{"c":[]};null;`},
	} {
		got := ""
		b := []byte("[" + c.text + "]")
		end, err := Elements(b, 1, func(value []byte) error {
			got += string(value) + ";"
			return nil
		})
		if err != nil || got != c.want || end != 1+len(c.text) {
			t.Errorf("Elements(%q) = %d, %v and saw %s; want %s", c.text, end, err, got, c.want)
		}
	}
	for _, c := range []struct {
		text   string
		offset int
		msg    string
	}{
		{``, 0, "an array, found the end"},
		{`{}`, 0, "an array, found '{'"},
		{`[`, 1, "a value"},
		{`[1,]`, 3, "a value, found ']'"},
		{`[1}`, 2, "',' or ']'"},
		{`[1`, 2, "',' or ']', found the end"},
	} {
		_, err := Elements([]byte(c.text), 0, func([]byte) error { return nil })
		if err == nil {
			t.Errorf("Elements(%q) found nothing wrong", c.text)
			continue
		}
		wantError(t, err, c.offset, c.msg)
	}
}

func TestWalkEndsWithTheCallersError(t *testing.T) {
	t.Parallel()
	enough := errors.New("enough")
	calls := 0
	stop := func() error {
		calls++
		if calls%2 == 0 {
			return enough
		}
		return nil
	}
	_, err := Members([]byte(`{"a":1,"b":2,"c":3}`), 0, func(_, _ []byte) error { return stop() })
	if !errors.Is(err, enough) || calls != 2 {
		t.Errorf("Members: %v after %d calls", err, calls)
	}
	_, err = Elements([]byte(`[1,2,3]`), 0, func([]byte) error { return stop() })
	if !errors.Is(err, enough) || calls != 4 {
		t.Errorf("Elements: %v after %d calls", err, calls-2)
	}
}

// A callback that appends to what it was given must not write into the text.
func TestWalkHandsOutFullSlices(t *testing.T) {
	t.Parallel()
	b := []byte(`{"a":1,"b":2}`)
	if _, err := Members(b, 0, func(key, value []byte) error {
		_, _ = append(key, "zzz"...), append(value, "zzz"...)
		return nil
	}); err != nil || string(b) != `{"a":1,"b":2}` {
		t.Errorf("%v, text is now %s", err, b)
	}
}
