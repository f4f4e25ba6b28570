package rawjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// postsReply returns a reply of 100 posts of 27 KB in all, as a typical REST service sends them: two small numbers, a
// short text, and a long one with three escaped line breaks. Equal seeds give equal replies.
func postsReply(seed uint64) []byte {
	words := strings.Fields("quia et suscipit recusandae consequuntur expedita cum reprehenderit molestiae ut quas totam " +
		"nostrum rerum est autem sunt rem eveniet architecto sed minima vero dolor accusantium voluptate")
	random := rand.New(rand.NewPCG(seed, seed))
	line := func(length int) string {
		var text strings.Builder
		for text.Len() < length {
			if text.Len() > 0 {
				text.WriteByte(' ')
			}
			text.WriteString(words[random.IntN(len(words))])
		}
		return text.String()
	}
	var out strings.Builder
	out.WriteByte('[')
	for n := range 100 {
		if n > 0 {
			out.WriteByte(',')
		}
		var body [4]string
		for l := range body {
			body[l] = line(30 + random.IntN(24))
		}
		fmt.Fprintf(&out, `{"userId":%d,"id":%d,"title":"%s","body":"%s"}`,
			n/10+1, n+1, line(20+random.IntN(30)), strings.Join(body[:], `\n`))
	}
	out.WriteByte(']')
	return []byte(out.String())
}

// manyReplies returns 32 different replies. Scanning one and the same text over and over lets the processor learn where
// its strings end, and flatters; a gateway sees each text once.
func manyReplies() [][]byte {
	var replies [][]byte
	for seed := range uint64(32) {
		replies = append(replies, postsReply(seed))
	}
	return replies
}

func BenchmarkSkip(b *testing.B) {
	posts := postsReply(1)
	var indented bytes.Buffer
	if err := json.Indent(&indented, posts, "", "  "); err != nil {
		b.Fatal(err)
	}
	numbers := []byte("[" + strings.Repeat(`{"price":12.99,"stock":140,"at":1795248000123,"ratio":-0.25e-3},`, 400) + "null]")
	for _, c := range []struct {
		name    string
		replies [][]byte
	}{
		{"posts-same", [][]byte{posts}},
		{"posts", manyReplies()},
		{"indented", [][]byte{indented.Bytes()}},
		{"cyrillic", [][]byte{[]byte("[" + strings.Repeat(`{"id":7,"title":"Съешь же ещё этих мягких французских булок, да выпей чаю"},`, 200) + "null]")}},
		{"numbers", [][]byte{numbers}},
	} {
		b.Run(c.name, func(b *testing.B) {
			size := 0
			for _, reply := range c.replies {
				size += len(reply)
			}
			b.SetBytes(int64(size / len(c.replies)))
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				if _, err := Skip(c.replies[n%len(c.replies)], 0, 0); err != nil {
					b.Fatal(err)
				}
				n++
			}
		})
	}
}

// BenchmarkStandardValid is the yardstick.
func BenchmarkStandardValid(b *testing.B) {
	replies := manyReplies()
	b.SetBytes(int64(len(replies[0])))
	n := 0
	for b.Loop() {
		if !json.Valid(replies[n%len(replies)]) {
			b.Fatal("invalid")
		}
		n++
	}
}
