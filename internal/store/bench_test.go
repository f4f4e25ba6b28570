package store

import (
	"context"
	"crypto/sha256"
	"strconv"
	"testing"
	"time"
)

func filled(b *testing.B, tags ...string) (*Store, []string) {
	b.Helper()
	s := open(b, Options{MaxBytes: 64 << 20})
	keys := make([]string, 1024)
	for i := range keys {
		keys[i] = "GET\x00http://posts.example/posts/" + strconv.Itoa(i)
		s.Set(keys[i], Entry{Value: make([]byte, 1000), Fresh: time.Hour, Tags: tags})
	}
	return s, keys
}

// BenchmarkGet is what a hit in memory costs: at most 200 ns, and no allocation.
func BenchmarkGet(b *testing.B) {
	for name, tags := range map[string][]string{"no tags": nil, "4 tags": {"a", "b", "c", "d"}} {
		b.Run(name, func(b *testing.B) {
			s, keys := filled(b, tags...)
			ctx, i := context.Background(), 0
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := s.Get(ctx, keys[i&1023]); !ok {
					b.Fatal("it is not there")
				}
				i++
			}
		})
	}
	b.Run("parallel", func(b *testing.B) {
		s, keys := filled(b, "a")
		ctx := context.Background()
		b.ReportAllocs()
		b.RunParallel(func(p *testing.PB) {
			for i := 0; p.Next(); i++ {
				if _, ok := s.Get(ctx, keys[i&1023]); !ok {
					b.Error("it is not there")
					return
				}
			}
		})
	})
}

func BenchmarkSet(b *testing.B) {
	s, keys := filled(b)
	value, tags, i := make([]byte, 1000), []string{"a", "b"}, 0
	b.ReportAllocs()
	for b.Loop() {
		s.Set(keys[i&1023], Entry{Value: value, Fresh: time.Hour, Tags: tags})
		i++
	}
}

func BenchmarkFrame(b *testing.B) {
	c, sum := newCodec(), sha256.Sum256([]byte("key"))
	var text []byte
	for i := range 500 {
		text = append(text, `{"id":`+strconv.Itoa(i)+`,"title":"a title of some words"},`...)
	}
	e := Entry{Value: text, Fresh: time.Hour}
	frame, err := c.encode(sum, &e, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("encode", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			if _, err := c.encode(sum, &e, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			if _, _, err := c.decode(sum, frame); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkGetRedis is what a hit in Redis costs.
func BenchmarkGetRedis(b *testing.B) {
	s := startRedis(b).open(b)
	s.Set("k", Entry{Value: make([]byte, 1000), Fresh: time.Hour, Tags: []string{"a"}})
	eventually(b, "it is in Redis", func() bool { s.memory.drop("k"); return value(s, "k") != "-" })
	for b.Loop() {
		s.memory.drop("k")
		if _, ok := s.Get(context.Background(), "k"); !ok {
			b.Fatal("it is not there")
		}
	}
}
