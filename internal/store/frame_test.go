package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cespare/xxhash/v2"
)

func noise(n int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}

func TestFrames(t *testing.T) {
	t.Parallel()
	c, sum := newCodec(), sha256.Sum256([]byte("key"))
	for name, value := range map[string][]byte{
		"empty": {}, "small": []byte(`{"a":1}`), "repetitive": bytes.Repeat([]byte("abcdefgh"), 10_000), "noise": noise(5000),
		"at the limit": bytes.Repeat([]byte("a"), compressFrom), "above it": bytes.Repeat([]byte("a"), compressFrom+1),
	} {
		e := Entry{Value: value, Stored: time.UnixMilli(1_700_000_000_123), Fresh: 90 * time.Second, Stale: time.Hour, Tags: []string{"x", "", "z é"}}
		stamps := []stamp{{1, 2}, {0, 3}, {1_700_000_000_000, 1 << 63}}
		b, err := c.encode(sum, &e, stamps)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(b) > len(value)+150 || name == "repetitive" && len(b) > 500 {
			t.Errorf("%s: %d bytes became %d", name, len(value), len(b))
		}
		got, gotStamps, err := c.decode(sum, b)
		if err != nil || !reflect.DeepEqual(got, e) || !reflect.DeepEqual(gotStamps, stamps) {
			t.Errorf("%s: got %.200v %v %v", name, got, gotStamps, err)
		}
	}
}

func TestFramesThatAreTooLarge(t *testing.T) {
	t.Parallel()
	c, sum := newCodec(), sha256.Sum256([]byte("key"))
	for name, e := range map[string]Entry{
		"noise":    {Value: noise(maxFrame)},
		"a tag":    {Tags: []string{strings.Repeat("t", 1<<16)}},
		"its tags": {Tags: make([]string, 1<<16)},
	} {
		if _, err := c.encode(sum, &e, make([]stamp, len(e.Tags))); !errors.Is(err, errTooLarge) {
			t.Errorf("%s: got %v, want %v", name, err, errTooLarge)
		}
	}
}

// seal gives a frame the checksum that it should have.
func seal(b []byte) []byte {
	return binary.BigEndian.AppendUint64(b, xxhash.Sum64(b))
}

func TestFramesThatDoNotVerify(t *testing.T) {
	t.Parallel()
	c, sum := newCodec(), sha256.Sum256([]byte("key"))
	good, err := c.encode(sum, &Entry{Value: bytes.Repeat([]byte("ab"), 2000), Fresh: time.Hour, Tags: []string{"x"}}, []stamp{firstStamp()})
	if err != nil {
		t.Fatal(err)
	}
	body := good[:len(good)-frameSum]
	change := func(at int, to byte) []byte {
		b := bytes.Clone(body)
		b[at] = to
		return seal(b)
	}
	bad := map[string][]byte{
		"empty": nil, "other text": []byte(strings.Repeat("x", 200)), "an old version": change(3, 0), "unknown flags": change(4, 3),
		"another key": change(5, ^body[5]), "not compressed": change(4, 0), "a longer value": change(frameHead-6, 1), "a shorter value": change(frameHead-3, 0),
		"a giant value": change(frameHead-6, 255), "more tags than there are": change(frameHead-2, 200), "a longer tag": change(frameHead, 255),
		"no body": seal(bytes.Clone(body[:frameHead+2+1+stampSize])), "cut with a good checksum": seal(bytes.Clone(body[:len(body)-5])),
	}
	for n := range good {
		if _, _, err := c.decode(sum, good[:n]); err == nil {
			t.Errorf("the first %d of %d bytes verify", n, len(good))
		}
		b := bytes.Clone(good)
		b[n] ^= 4
		if _, _, err := c.decode(sum, b); err == nil {
			t.Errorf("it verifies with another byte %d", n)
		}
	}
	for name, b := range bad {
		if _, _, err := c.decode(sum, b); !errors.Is(err, errCorrupt) {
			t.Errorf("%s: got %v, want %v", name, err, errCorrupt)
		}
	}
	if _, _, err := c.decode(sha256.Sum256([]byte("other")), good); !errors.Is(err, errCorrupt) {
		t.Errorf("the value of another key: got %v", err)
	}
}

// FuzzDecode sees to it that no frame does harm, also if its checksum is right.
func FuzzDecode(f *testing.F) {
	c, sum := newCodec(), sha256.Sum256([]byte("key"))
	good, err := c.encode(sum, &Entry{Value: bytes.Repeat([]byte("ab"), 2000), Tags: []string{"x"}}, []stamp{firstStamp()})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good[:len(good)-frameSum])
	f.Fuzz(func(t *testing.T, b []byte) {
		e, stamps, err := c.decode(sum, seal(bytes.Clone(b)))
		if err == nil && (len(stamps) != len(e.Tags) || e.Fresh < 0 || e.Stale < 0 || e.life() < 0) {
			t.Errorf("got %v with %d stamps", e, len(stamps))
		}
	})
}
