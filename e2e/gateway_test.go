package e2e_test

import (
	"bufio"
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// start runs the binary with args on a free port and returns the URL at which it serves, without a slash at the end. It is
// told to stop when the test ends, and has to do so in order and without a data race.
func start(t *testing.T, env []string, args ...string) (url string) {
	t.Helper()
	noteFiles()
	cmd := exec.Command(have.manifold, append(args, "--listen", "127.0.0.1:0")...)
	cmd.Env = append(os.Environ(), env...)
	cmd.WaitDelay = 10 * time.Second
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	lines, err := cmd.StderrPipe()
	if args[0] == "demo" {
		lines, err = cmd.StdoutPipe()
		cmd.Stderr = out
	} else {
		cmd.Stdout = out
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	found := make(chan string, 1)
	read := make(chan struct{})
	var told bytes.Buffer
	go func() {
		defer close(read)
		defer close(found)
		address := regexp.MustCompile(`http://[^/ ]+/graphql`)
		searching := true
		for scan := bufio.NewScanner(lines); scan.Scan(); {
			told.WriteString(scan.Text() + "\n")
			if u := address.FindString(scan.Text()); searching && u != "" {
				searching = false
				found <- strings.TrimSuffix(u, "/graphql")
			}
		}
	}()
	url = <-found
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		<-read
		err := cmd.Wait()
		rest, _ := os.ReadFile(out.Name())
		if text := told.String() + string(rest); err != nil || strings.Contains(text, "DATA RACE") || strings.Contains(text, "panic") {
			t.Errorf("the gateway ended with %v and said\n%s", err, text)
		}
	})
	if url == "" {
		t.Fatal("the gateway did not start")
	}
	return url
}

// noteFiles looks at every file of the repository. Go keeps the result of a test until a file that its process has looked at
// changes; what the processes do that we start, a compiler among them, it does not know.
var noteFiles = sync.OnceFunc(func() {
	_ = filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "bin" || strings.HasPrefix(d.Name(), ".") && d.Name() != "..") {
			return fs.SkipDir
		}
		_, err = os.Stat(path)
		return err
	})
})

// serve starts `manifold serve --dev` on a file.
func serve(t *testing.T, file string, env ...string) (url string) {
	t.Helper()
	return start(t, env, "serve", "--dev", file)
}

// publicSDL is what `manifold schema` prints for a file.
func publicSDL(t *testing.T, file string, env ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), have.manifold, "schema", file)
	cmd.Env = append(os.Environ(), env...)
	text, err := output(cmd)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// read returns the text of a file.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
