package store

import (
	"bytes"
	"context"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/rueidis"
)

// server is a real Redis on a socket of its own.
type server struct {
	path    string // of the socket
	args    []string
	process *exec.Cmd
	direct  rueidis.Client // for the test
}

// startRedis starts a server that ends with the test.
func startRedis(t testing.TB, args ...string) *server {
	t.Helper()
	s := &server{path: filepath.Join(t.TempDir(), "s"), args: args}
	s.start(t)
	t.Cleanup(s.stop)
	return s
}

func (s *server) start(t testing.TB) {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatal("there is no redis-server on the PATH: `make test` installs it")
	}
	args := append([]string{"--port", "0", "--unixsocket", s.path, "--save", "", "--appendonly", "no", "--dir", filepath.Dir(s.path)}, s.args...)
	s.process = exec.Command(program, args...)
	var out bytes.Buffer
	s.process.Stdout, s.process.Stderr = &out, &out
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	for range 500 {
		if s.direct, err = rueidis.NewClient(rueidis.MustParseURL(s.url() + "?client_cache=0")); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.process.Process.Kill()
	s.process.Wait()
	t.Fatalf("redis-server did not start: %v\n%s", err, &out)
}

func (s *server) stop() {
	s.direct.Close()
	s.process.Process.Kill()
	s.process.Wait()
}

func (s *server) url() string {
	password := ""
	for i, a := range s.args {
		if a == "--requirepass" {
			password = ":" + s.args[i+1] + "@"
		}
	}
	return "unix://" + password + s.path
}

// open returns a store with this Redis, once it is connected.
func (s *server) open(t testing.TB) *Store {
	t.Helper()
	st := open(t, Options{Redis: &RedisOptions{URL: s.url(), Prefix: "test:"}})
	eventually(t, "the store is connected", func() bool { return st.Stats().Up })
	return st
}

// do sends a command, and returns the reply as text.
func (s *server) do(t testing.TB, words ...string) string {
	t.Helper()
	reply := s.direct.Do(context.Background(), s.direct.B().Arbitrary(words...).Build())
	if err := reply.Error(); err != nil && !rueidis.IsRedisNil(err) {
		t.Fatalf("%s: %v", words[0], err)
	}
	if n, err := reply.AsInt64(); err == nil {
		return strconv.FormatInt(n, 10)
	}
	text, _ := reply.ToString()
	return text
}

// values are the keys of values that are in Redis, apart from tags.
func (s *server) values(t testing.TB) (keys []string) {
	t.Helper()
	all, err := s.direct.Do(context.Background(), s.direct.B().Keys().Pattern("test:*").Build()).AsStrSlice()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range all {
		if len(key) == len("test:")+64 {
			keys = append(keys, key)
		}
	}
	return keys
}

// eventually waits until something is so.
func eventually(t testing.TB, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it took more than 10 s until %s", what)
		}
	}
}

func hour(value string, tags ...string) Entry {
	return Entry{Value: []byte(value), Fresh: time.Hour, Tags: tags}
}

func TestStoresShareARedis(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	a, b := r.open(t), r.open(t)
	long := strings.Repeat("a long value ", 1000)
	a.Set("k", Entry{Value: []byte(long), Fresh: time.Hour, Stale: time.Minute, Tags: []string{"x", "y"}})
	eventually(t, "b has the value", func() bool { return value(b, "k") == long })
	e, _ := b.Get(context.Background(), "k")
	if e.Fresh != time.Hour || e.Stale != time.Minute || strings.Join(e.Tags, " ") != "x y" || time.Since(e.Stored) > time.Minute {
		t.Errorf("b has fresh %s, stale %s, tags %v, stored %s", e.Fresh, e.Stale, e.Tags, e.Stored)
	}
	if hits, more := counted(b, Redis, Hit), counted(b, Memory, Hit); hits != 1 || more == 0 {
		t.Errorf("b had %d hits in Redis and %d in memory, want 1 and then memory", hits, more)
	}
	keys := r.values(t)
	if len(keys) != 1 {
		t.Fatalf("Redis has the values %v, want one", keys)
	}
	if ttl, _ := strconv.Atoi(r.do(t, "PTTL", keys[0])); ttl < 3_600_000 || ttl > 3_660_000 {
		t.Errorf("Redis keeps it for %d ms, want an hour and a minute", ttl)
	}
	if size, _ := strconv.Atoi(r.do(t, "STRLEN", keys[0])); size > 1000 {
		t.Errorf("it has %d bytes in Redis, and should be compressed", size)
	}
}

func TestAnInvalidationReachesOtherStores(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	a, b := r.open(t), r.open(t)
	a.Set("k", hour("v", "x"))
	a.Set("other", hour("w", "y"))
	eventually(t, "b has both", func() bool { return value(b, "k") == "v" && value(b, "other") == "w" })
	began := time.Now()
	if !a.Invalidate(context.Background(), "x") {
		t.Error("Redis was not told")
	}
	if got := value(a, "k"); got != "-" {
		t.Errorf("a still has %q", got)
	}
	eventually(t, "b has it no more", func() bool { return value(b, "k") == "-" })
	if took := time.Since(began); took > 1500*time.Millisecond {
		t.Errorf("it took %s until b knew", took)
	}
	c := r.open(t) // has nothing in memory
	if got := value(c, "k"); got != "-" {
		t.Errorf("a new store has %q from Redis", got)
	}
	if n := counted(c, Redis, Invalidated); n != 1 {
		t.Errorf("%d were counted as invalidated, want 1", n)
	}
	if value(b, "other") != "w" || value(c, "other") != "w" {
		t.Error("what has another tag is gone")
	}
	b.Set("k", hour("new", "x"))
	eventually(t, "a has the new value", func() bool { return value(a, "k") == "new" })
	eventually(t, "c has the new value", func() bool { return value(c, "k") == "new" })
}

// A store that holds a tag in memory alone has never read its stamp, and hears of its invalidation all the same.
func TestAnInvalidationReachesTagsWithoutAStamp(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	a, b := r.open(t), r.open(t)
	held, _ := b.tags.hold([]string{"x"}, time.Now().UnixNano())
	b.memory.set("k", newItem(&Entry{Value: []byte("v"), Stored: time.Now(), Fresh: time.Hour}, held))
	if value(b, "k") != "v" || !a.Invalidate(context.Background(), "x") {
		t.Fatal("the test is wrong")
	}
	eventually(t, "b has it no more", func() bool { return value(b, "k") == "-" })
}

// What another store was asked for before an invalidation must not come into Redis after it.
func TestALateAnswerDoesNotPassAnInvalidation(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	a, b := r.open(t), r.open(t)
	late := hour("old", "x")
	late.Stored = time.Now()
	time.Sleep(2 * time.Millisecond)
	a.Invalidate(context.Background(), "x")
	b.Set("k", late) // b has never heard of x
	eventually(t, "b has decided", func() bool { return counted(b, Redis, Invalidated) > 0 })
	if got := value(a, "k") + value(b, "k"); got != "--" {
		t.Errorf("got %s, want nothing", got)
	}
}

func TestTagsThatRedisLosesAreInvalid(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	a, b := r.open(t), r.open(t)
	a.Set("k", hour("v", "x"))
	a.Set("untagged", hour("u"))
	eventually(t, "both are in Redis", func() bool { return len(r.values(t)) == 2 })
	r.do(t, "DEL", a.remote.tagKey("x"))
	if got := value(b, "k") + value(b, "untagged"); got != "-u" {
		t.Errorf("got %s, want -u", got)
	}
	for _, strange := range [][]string{{"SET", a.remote.tagKey("x"), "nonsense"}, {"LPUSH", a.remote.tagKey("y"), "1"}} {
		r.do(t, strange...)
	}
	a.Set("l", hour("v", "y"))
	eventually(t, "it is not written", func() bool { return counted(a, Redis, Invalidated) > 0 })
	if got := value(b, "k") + value(b, "l") + value(a, "l"); got != "--v" {
		t.Errorf("got %s, want --v", got)
	}
}

func TestValuesThatAreNotWhatWasStored(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	a := r.open(t)
	a.Set("other", hour("of another key"))
	eventually(t, "it is in Redis", func() bool { return len(r.values(t)) == 1 })
	other := r.do(t, "GET", r.values(t)[0])
	a.Set("k", hour("v"))
	eventually(t, "both are in Redis", func() bool { return len(r.values(t)) == 2 })
	var key string
	for _, k := range r.values(t) {
		if r.do(t, "GET", k) != other {
			key = k
		}
	}
	good := r.do(t, "GET", key)
	for name, change := range map[string]func(){
		"another key's":  func() { r.do(t, "SET", key, other) },
		"truncated":      func() { r.do(t, "SET", key, good[:len(good)-3]) },
		"empty":          func() { r.do(t, "SET", key, "") },
		"an old version": func() { r.do(t, "SET", key, string(seal([]byte("mfS\x00"+good[4:len(good)-8])))) },
		"another bit":    func() { r.do(t, "SET", key, good[:40]+string([]byte{good[40] ^ 1})+good[41:]) },
		"a list":         func() { r.do(t, "DEL", key); r.do(t, "LPUSH", key, "1") },
		"a hash":         func() { r.do(t, "DEL", key); r.do(t, "HSET", key, "1", "2") },
		"a number":       func() { r.do(t, "SET", key, "12") },
	} {
		change()
		b := r.open(t)
		if got := value(b, "k"); got != "-" {
			t.Errorf("%s: got %q", name, got)
		}
		if st := b.Stats(); st.Of(Redis, Corrupt) != 1 || st.Of(Redis, Error) != 0 || !st.Up {
			t.Errorf("%s: it was counted as %v", name, st.Counts[Redis])
		}
		r.do(t, "SET", key, good)
		if got := value(b, "k"); got != "v" {
			t.Errorf("%s: once it is right again it is %q", name, got)
		}
	}
}

func TestAgeInRedis(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	h := &hands{at: time.Now()}
	b := open(t, Options{Redis: &RedisOptions{URL: r.url(), Prefix: "test:"}, Now: h.now})
	a := r.open(t)
	eventually(t, "b is connected", func() bool { return b.Stats().Up })
	a.Set("k", Entry{Value: []byte("v"), Fresh: time.Minute, Stale: time.Minute})
	eventually(t, "b has it", func() bool { return value(b, "k") == "v" })
	for _, step := range []struct {
		pass time.Duration
		want string
	}{{61 * time.Second, "stale v"}, {61 * time.Second, "-"}} {
		h.pass(step.pass)
		b.memory.drop("k")
		if got := value(b, "k"); got != step.want {
			t.Errorf("after %s more it is %q, want %q", step.pass, got, step.want)
		}
	}
	if st := b.Stats(); st.Of(Redis, Stale) != 1 || st.Of(Redis, Expired) != 1 {
		t.Errorf("it was counted as %v", st.Counts[Redis])
	}
}

func TestARedisThatIsFullStillReads(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	a, b := r.open(t), r.open(t)
	a.Set("k", hour("v", "x"))
	eventually(t, "it is in Redis", func() bool { return len(r.values(t)) == 1 })
	r.do(t, "CONFIG", "SET", "maxmemory", "1")
	for i := range 20 {
		a.Set("more"+strconv.Itoa(i), hour("w"))
	}
	eventually(t, "all are refused", func() bool { return counted(a, Redis, Error) == 20 })
	if a.Invalidate(context.Background(), "x") || a.Stats().Unsent != 1 {
		t.Error("Redis was told of an invalidation, which it cannot have kept")
	}
	if got := value(a, "more7") + value(a, "k") + value(b, "k"); got != "w-v" || !a.Stats().Up {
		t.Errorf("got %s, want w-v", got)
	}
	r.do(t, "CONFIG", "SET", "maxmemory", "0")
	eventually(t, "b has heard", func() bool { return value(b, "k") == "-" })
	eventually(t, "nothing waits", func() bool { return a.Stats().Unsent == 0 })
}

func TestAReplicaStillReads(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	a, b := r.open(t), r.open(t)
	a.Set("k", hour("v"))
	eventually(t, "it is in Redis", func() bool { return len(r.values(t)) == 1 })
	r.do(t, "REPLICAOF", "127.0.0.1", "1") // of nobody: it keeps what it has
	a.Set("l", hour("w"))
	eventually(t, "it is refused", func() bool { return counted(a, Redis, Error) == 1 })
	if got := value(a, "l") + value(b, "k") + value(b, "l"); got != "wv-" || !b.Stats().Up {
		t.Errorf("got %s, want wv-", got)
	}
}

func TestARedisThatIsStartedAgain(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	a := r.open(t)
	a.Set("k", hour("v", "x"))
	eventually(t, "it is in Redis", func() bool { return len(r.values(t)) == 1 })
	r.stop()
	eventually(t, "the store has noticed", func() bool { value(a, "none"); return !a.Stats().Up })
	if got := value(a, "k"); got != "v" {
		t.Errorf("memory has %q, want v", got)
	}
	if a.Invalidate(context.Background(), "x") || value(a, "k") != "-" {
		t.Error("without Redis an invalidation is for this process, and returns false")
	}
	r.start(t)
	eventually(t, "it is there again", func() bool { return a.Stats().Up && a.Stats().Unsent == 0 })
	a.Set("k", hour("new", "x"))
	b := r.open(t)
	eventually(t, "b has the new value", func() bool { return value(b, "k") == "new" })
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	r := startRedis(t, "--requirepass", "secret")
	good := r.open(t)
	good.Set("k", hour("v"))
	eventually(t, "it is in Redis", func() bool { return len(r.values(t)) == 1 })
	for name, url := range map[string]string{"wrong": "unix://:wrong@" + r.path, "none": "unix://" + r.path} {
		bad := open(t, Options{Redis: &RedisOptions{URL: url}})
		eventually(t, name+": errors are counted", func() bool { return counted(bad, Redis, Error) >= 2 })
		bad.Set("k", hour("w"))
		if got := value(bad, "k") + value(bad, "other"); got != "w-" || bad.Stats().Up {
			t.Errorf("%s: got %s, want w-", name, got)
		}
	}
}

func TestManyUseARedis(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	a, b := r.open(t), r.open(t)
	finished := make(chan struct{})
	for i := range 8 {
		s := []*Store{a, b}[i%2]
		go func() {
			defer func() { finished <- struct{}{} }()
			for n := range 500 {
				key, tag := strconv.Itoa(n%50), strconv.Itoa(n%7)
				switch (n + i) % 5 {
				case 0:
					s.Set(key, Entry{Value: []byte(key), Fresh: time.Minute, Tags: []string{tag}})
				case 1:
					s.Invalidate(context.Background(), tag)
				default:
					if got := value(s, key); got != key && got != "-" {
						t.Errorf("key %s has %q", key, got)
					}
				}
			}
		}()
	}
	for range 8 {
		<-finished
	}
}

func TestCheckURL(t *testing.T) {
	t.Parallel()
	for url, good := range map[string]bool{
		"redis://localhost": true, "redis://u:p@h:1/2": true, "rediss://h": true, "unix:///run/redis.sock": true,
		"": false, "http://h": false, "redis://h/x": false, "redis://h?addr=other": false, "redis://h?master_set=m": false, "unix://": false,
	} {
		err := CheckURL(url)
		if (err == nil) != good {
			t.Errorf("%q: got %v", url, err)
		}
	}
	if err := CheckURL("redis://u:secret@h:1/x y%"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v, want an error without the password", err)
	}
}
