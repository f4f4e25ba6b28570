package transcode_test

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	_ "github.com/containerd/containerd/api/types"          // for its .proto files
	_ "github.com/grpc-ecosystem/grpc-gateway/v2/utilities" // likewise

	"manifold/internal/protos"
	"manifold/internal/transcode"
)

// TestPublicDefinitions reads the .proto files of two public projects as they lie in their modules. Random messages of every request
// and reply go there and back: the wire is read as the slow reference reads it, and what is written again means the same.
func TestPublicDefinitions(t *testing.T) {
	t.Parallel()
	for _, set := range []struct {
		module, files string
		methods       int // at least
	}{
		{"github.com/containerd/containerd/api", "services/*/*/*.proto", 60},
		{"github.com/grpc-ecosystem/grpc-gateway/v2", "examples/internal/proto/examplepb/*.proto", 60},
	} {
		t.Run(set.module, func(t *testing.T) {
			t.Parallel()
			out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", set.module).Output()
			if err != nil {
				t.Fatal(err)
			}
			root := strings.TrimSpace(string(out))
			files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(set.files)))
			if err != nil || len(files) == 0 {
				t.Fatalf("%d files, %v", len(files), err)
			}
			read := func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(root, filepath.FromSlash(name))) }
			methods := 0
			for _, file := range files {
				name, err := filepath.Rel(root, file)
				if err != nil {
					t.Fatal(err)
				}
				s, err := protos.Parse(filepath.ToSlash(name), read)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				for _, m := range s.Methods() {
					methods++
					thereAndBack(t, s, s.Method(m))
				}
			}
			if methods < set.methods {
				t.Errorf("only %d methods were found", methods)
			}
		})
	}
}

func thereAndBack(t *testing.T, s *protos.Services, m *protos.Method) {
	t.Helper()
	known := slices.Concat(torture().Messages(), s.Messages())
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 6 {
		md := m.Input
		if n%2 == 1 {
			md = m.Output
		}
		wire, err := proto.MarshalOptions{AllowPartial: true}.Marshal(randomMessage(r, md, 0))
		if err != nil {
			t.Fatal(err)
		}
		want, err := reference(md, wire)
		if err != nil {
			t.Fatal(err)
		}
		text, err := transcode.NewDecoder(md, known).Decode(nil, wire, 1<<24)
		if err != nil || !same(t, text, want) {
			t.Fatalf("%s %x:\ngot  %s (%v)\nwant %v", md.FullName(), wire, text, err, want)
		}
		again, err := transcode.NewEncoder(md, known).Encode(nil, text)
		if err != nil {
			t.Fatalf("%s\n%s: %v", md.FullName(), text, err)
		}
		if want, err = reference(md, again); err != nil || !same(t, text, want) {
			t.Fatalf("%s\n%s\nis encoded as %x\nwhich is %v, %v", md.FullName(), text, again, want, err)
		}
	}
}
