package transcode_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"manifold/internal/rawjson"
	"manifold/internal/transcode"
)

var roots = []string{
	"torture.Everything", "torture.Scalars", "torture.Optionals", "torture.Lists", "torture.Maps", "torture.Choice", "torture.Known", "torture.old.Old",
}

// codecs returns the decoder and the encoder of each root.
func codecs() (decoders []*transcode.Decoder, encoders []*transcode.Encoder) {
	for _, name := range roots {
		decoders = append(decoders, transcode.NewDecoder(descriptor(name), torture().Messages()))
		encoders = append(encoders, transcode.NewEncoder(descriptor(name), torture().Messages()))
	}
	return decoders, encoders
}

// Random messages are decoded as the reference says, and come back the same when they are encoded again.
func TestRandomMessages(t *testing.T) {
	t.Parallel()
	decoders, encoders := codecs()
	r := rand.New(rand.NewPCG(1, 2))
	messages := 2000
	if raceEnabled {
		messages = 300
	}
	for n := range messages {
		k := n % len(roots)
		md := descriptor(roots[k])
		wire, err := proto.MarshalOptions{AllowPartial: true}.Marshal(randomMessage(r, md, 0))
		if err != nil {
			t.Fatal(err)
		}
		wire = random(r).Mixed(wire)
		want, err := reference(md, wire)
		if err != nil {
			t.Fatal(err)
		}
		text, err := decoders[k].Decode(nil, wire, 1<<24)
		if err != nil {
			t.Fatalf("%s %x: %v", roots[k], wire, err)
		}
		if !same(t, text, want) {
			t.Fatalf("%s %x:\ngot  %s\nwant %v", roots[k], wire, text, want)
		}
		again, err := encoders[k].Encode(nil, text)
		if err != nil {
			t.Fatalf("%s\n%s: %v", roots[k], text, err)
		}
		if want, err = reference(md, again); err != nil || !same(t, text, want) {
			t.Fatalf("%s\n%s\nis encoded as %x\nwhich is %v, %v", roots[k], text, again, want, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	decoders, _ := codecs()
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 200 {
		k := n % len(roots)
		wire, err := proto.MarshalOptions{AllowPartial: true}.Marshal(randomMessage(r, descriptor(roots[k]), 2))
		if err != nil {
			f.Fatal(err)
		}
		if n%3 == 0 {
			wire = append(wire, wire...)
		}
		f.Add(byte(k), wire)
	}
	f.Fuzz(func(t *testing.T, which byte, wire []byte) {
		k := int(which) % len(roots)
		wire = slices.Clip(bytes.Clone(wire)) // with nothing behind it, so that a read beyond the end panics
		text, err := decoders[k].Decode([]byte("before"), wire, 1<<24)
		if !bytes.HasPrefix(text, []byte("before")) || err != nil && len(text) != 6 {
			t.Fatalf("dst became %q", text)
		}
		text = text[6:]
		want, wrong := reference(descriptor(roots[k]), wire)
		switch {
		case wrong != nil && strings.HasPrefix(wrong.Error(), "panic"):
			return
		case err != nil && wrong == nil:
			t.Fatalf("Decode says %v, the reference says %v", err, want)
		case err != nil:
			return
		}
		if err := rawjson.Valid(text); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		// What was overwritten by a later value is not looked at, so the reference may be stricter.
		if wrong == nil && !same(t, text, want) {
			t.Fatalf("got  %s\nwant %v", text, want)
		}
	})
}

func FuzzEncode(f *testing.F) {
	decoders, encoders := codecs()
	r := rand.New(rand.NewPCG(5, 6))
	for n := range 100 {
		k := n % len(roots)
		wire, err := proto.MarshalOptions{AllowPartial: true}.Marshal(randomMessage(r, descriptor(roots[k]), 2))
		if err != nil {
			f.Fatal(err)
		}
		text, err := decoders[k].Decode(nil, wire, 1<<24)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(byte(k), text)
	}
	f.Fuzz(func(t *testing.T, which byte, text []byte) {
		k := int(which) % len(roots)
		wire, err := encoders[k].Encode([]byte("before"), text)
		if !bytes.HasPrefix(wire, []byte("before")) || err != nil && len(wire) != 6 {
			t.Fatalf("dst became %q", wire)
		}
		if err != nil {
			return
		}
		if !json.Valid(bytes.TrimPrefix(text, []byte("\ufeff"))) {
			t.Fatalf("%q was encoded", text)
		}
		want, err := reference(descriptor(roots[k]), wire[6:])
		if err != nil {
			t.Fatalf("%s\nis encoded as %x: %v", text, wire[6:], err)
		}
		again, err := decoders[k].Decode(nil, wire[6:], 1<<24)
		if err != nil || !same(t, again, want) {
			t.Fatalf("got  %s, %v\nwant %v", again, err, want)
		}
	})
}
