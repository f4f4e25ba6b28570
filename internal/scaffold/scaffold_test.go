package scaffold_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"manifold/internal/gatewaytest"
	"manifold/internal/scaffold"
)

var update = flag.Bool("update", false, "rewrite the golden sections; read the diff before you commit it")

// TestMake reads testdata/*.txtar: `sources` has lines NAME=URL, `get` has lines [SOURCE:]PATH=SECTION, `gateway.graphql` is
// what comes out and `notes` what is said beside it. The file loads, with the warnings of `warnings` and no others, and
// answers `request` with `response` when the services answer with the samples.
func TestMake(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d files were found, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			sources, samples := given(t, a)
			text, notes, err := scaffold.Make(sources, samples)
			if err != nil {
				t.Fatal(err)
			}
			have := map[string]string{"gateway.graphql": text, "notes": strings.Join(append(notes, ""), "\n")}
			run(t, a, text, sources, samples, have)
			compare(t, file, a, have)
		})
	}
}

func section(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func given(t *testing.T, a *txtar.Archive) (sources []scaffold.Source, samples []scaffold.Sample) {
	t.Helper()
	for line := range strings.Lines(section(a, "sources")) {
		name, address, _ := strings.Cut(strings.TrimSpace(line), "=")
		sources = append(sources, scaffold.Source{Name: name, BaseURL: address})
	}
	for line := range strings.Lines(section(a, "get")) {
		line = strings.TrimSpace(line)
		at := strings.LastIndexByte(line, '=')
		s := scaffold.Sample{Path: line[:at], File: line[at+1:], Reply: []byte(section(a, line[at+1:]))}
		if source, path, ok := strings.Cut(s.Path, ":"); ok {
			s.Source, s.Path = source, path
		}
		samples = append(samples, s)
	}
	return sources, samples
}

// run loads the file and asks the request of the archive; the services answer with the samples and nothing else.
func run(t *testing.T, a *txtar.Archive, text string, sources []scaffold.Source, samples []scaffold.Sample, have map[string]string) {
	t.Helper()
	archive := &txtar.Archive{Comment: []byte("The file that was made.\n")}
	add := func(name, text string) {
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(text)})
	}
	add("gateway.graphql", text)
	var mock strings.Builder
	for i, s := range samples {
		address := sources[0].BaseURL
		for _, source := range sources {
			if source.Name == s.Source {
				address = source.BaseURL
			}
		}
		name := "mock/" + string(rune('a'+i))
		path := strings.NewReplacer("{id}", "k1", "{year}", "2024").Replace(s.Path)
		mock.WriteString("? GET " + address + path + " 200 @" + name[5:] + "\n")
		add(name, string(s.Reply))
	}
	add("mock", mock.String())
	add("request", section(a, "request"))
	spec, err := gatewaytest.ParseSpec(txtar.Format(archive))
	if err != nil {
		t.Fatal(err)
	}
	out := gatewaytest.RunSpec(t, spec)
	have["response"], have["warnings"], have["calls"] = out["response"], out["warnings"], out["calls"]
	if problems := out["problems"]; problems != "" {
		t.Errorf("the file that was made has problems:\n%s\n%s", problems, text)
	}
}

func compare(t *testing.T, file string, a *txtar.Archive, have map[string]string) {
	t.Helper()
	changed := false
	for _, name := range []string{"gateway.graphql", "notes", "warnings", "calls", "response"} {
		want := section(a, name)
		if want == have[name] {
			continue
		}
		if !*update {
			t.Errorf("section %q\n%s", name, gatewaytest.Diff(want, have[name]))
			continue
		}
		changed = true
		set(a, name, have[name])
	}
	if changed {
		if err := os.WriteFile(file, txtar.Format(a), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func set(a *txtar.Archive, name, text string) {
	for i := range a.Files {
		if a.Files[i].Name == name {
			a.Files[i].Data = []byte(text)
			return
		}
	}
	a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(text)})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	users := []scaffold.Source{{Name: "users", BaseURL: "http://users.test"}}
	two := append(users, scaffold.Source{Name: "orders", BaseURL: "http://orders.test"})
	sample := func(path, reply string) []scaffold.Sample {
		return []scaffold.Sample{{Path: path, File: "x.json", Reply: []byte(reply)}}
	}
	cases := []struct {
		name    string
		sources []scaffold.Source
		samples []scaffold.Sample
		says    string
		hints   string
	}{
		{"no source", nil, sample("/a", "1"), "no source", "--source"},
		{"no sample", users, nil, "no sample", "--get"},
		{"a source without an address", []scaffold.Source{{Name: "users"}}, sample("/a", "1"), "no address", "--source"},
		{"a source twice", append(users, users...), sample("/a", "1"), "given twice", "name of its own"},
		{"which source", two, sample("/a", "1"), "which source /a", "--get users:/a=x.json"},
		{"unknown source", users, []scaffold.Sample{{Source: "user", Path: "/a"}}, "no source user", "users"},
		{"no path", users, sample("users", "1"), "is not a path", "slash"},
		{"no JSON", users, sample("/a", "<html>"), "x.json is not JSON", "curl"},
		{"not UTF-8", users, sample("/a", "\"\xff\""), "not UTF-8", "curl"},
		{"empty", users, sample("/a", ""), "it is empty", "curl"},
		{"cut off", users, sample("/a", `{"a":[1`), "x.json is not JSON", "curl"},
		{"two values", users, sample("/a", `{} {}`), "something follows", "curl"},
		{"too deep", users, sample("/a", strings.Repeat("[", 100)+strings.Repeat("]", 100)), "nested more than", "curl"},
		{"a space in the path", users, sample("/a b", "1"), "no path has", "URL"},
		{"a parameter without a name", users, sample("/a?=1", "1"), "no parameter", "limit=10"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text, _, err := scaffold.Make(c.sources, c.samples)
			fault, ok := errors.AsType[*scaffold.Error](err)
			if !ok || text != "" || !strings.Contains(fault.Message, c.says) || !strings.Contains(fault.Hint, c.hints) {
				t.Errorf("got %q, %+v", text, err)
			}
		})
	}
}
