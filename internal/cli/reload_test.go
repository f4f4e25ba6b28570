package cli

import (
	"bufio"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"manifold/aggregation"
	"manifold/internal/config"
	"manifold/internal/gateway"
	"manifold/upstreams"
)

// served is `manifold serve` as a process.
type served struct {
	cmd           *exec.Cmd
	public, admin string      // addresses
	lines         chan string // of its log; closed at its end
}

// startServe starts the program in a folder and waits until it serves.
func startServe(t *testing.T, folder string, args ...string) *served {
	t.Helper()
	program := program(t, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	program.Dir = folder
	log, err := program.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	s := &served{cmd: program, lines: make(chan string, 1000)}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(s.lines)
		for scan := bufio.NewScanner(log); scan.Scan(); {
			s.lines <- scan.Text()
		}
	}()
	address := regexp.MustCompile(`address=(\S+)`)
	line := s.await(t, "msg=serving", "for operators")
	if strings.Contains(line, "for operators") {
		s.admin = "http://" + address.FindStringSubmatch(line)[1]
		line = s.await(t, "msg=serving")
	}
	s.public = "http://" + address.FindStringSubmatch(line)[1]
	return s
}

// await returns the next line of the log that has one of texts.
func (s *served) await(t *testing.T, texts ...string) string {
	t.Helper()
	limit := time.After(30 * time.Second)
	var seen []string
	for {
		select {
		case line, ok := <-s.lines:
			if !ok {
				t.Fatalf("the program has ended:\n%s", strings.Join(seen, "\n"))
			}
			seen = append(seen, line)
			for _, text := range texts {
				if strings.Contains(line, text) {
					return line
				}
			}
		case <-limit:
			t.Fatalf("no line with %q:\n%s", texts, strings.Join(seen, "\n"))
		}
	}
}

// ask returns the data of a query.
func (s *served) ask(t *testing.T, query string) string {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client().Post(s.public+"/graphql", "application/json", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func put(t *testing.T, folder, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

const configuredSDL = `extend schema @source(name: "api", http: { baseURL: "${UNSET_ADDRESS}" })
type Query { where: String @connect(source: "api", http: { GET: "/{$config.tenant}" }, selection: "$.path") }
`

// gateway.yaml gives address, header and $config; the three ways to reload work; a bad file is told and changes nothing.
func TestServeWithConfigAndReload(t *testing.T) {
	t.Parallel()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"path":%q}`, r.URL.Path+" "+r.Header.Get("Authorization"))
	}))
	defer upstream.Close()
	folder := t.TempDir()
	yaml := func(tenant string) string {
		return fmt.Sprintf("admin: 127.0.0.1:0\nsources:\n  api:\n    http:\n      baseURL: %s/v1\n      headers: [{ name: Authorization, value: \"Bearer ${file:token}\" }]\n    config: { tenant: %s }\n", upstream.URL, tenant)
	}
	put(t, folder, "gateway.graphql", configuredSDL)
	put(t, folder, "token", "one\n")
	put(t, folder, "gateway.yaml", yaml("acme"))
	s := startServe(t, folder, "--watch")
	check := func(want string) {
		t.Helper()
		if got := s.ask(t, "{where}"); got != `{"data":{"where":"`+want+`"}}` {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	check("/v1/acme Bearer one")

	put(t, folder, "token", "two\n") // a rotated secret is a change like any other
	s.await(t, "configuration reloaded")
	check("/v1/acme Bearer two")

	put(t, folder, "gateway.yaml", yaml("acme")+"limts: {}\n")
	if line := s.await(t, "gateway.yaml:8:1"); !strings.Contains(line, "did you mean limits?") {
		t.Errorf("the problem is %s", line)
	}
	check("/v1/acme Bearer two")

	put(t, folder, "gateway.yaml", strings.Replace(yaml("globex"), "127.0.0.1:0", "127.0.0.1:1", 1))
	if line := s.await(t, "needs a restart"); !strings.Contains(line, "setting=admin") {
		t.Errorf("told %s", line)
	}
	s.await(t, "configuration reloaded")
	check("/v1/globex Bearer two")

	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	s.await(t, "configuration is unchanged")
	resp, err := client().Post(s.admin+"/-/reload", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Errorf("POST /-/reload: status %d", resp.StatusCode)
	}
	resp, err = client().Get(s.admin + "/status")
	if err != nil {
		t.Fatal(err)
	}
	status, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	contains(t, "the status", string(status), `"generation": 3`, `"trigger": "admin"`)
	if strings.Contains(string(status), "two") || strings.Contains(string(status), "globex") {
		t.Errorf("the status tells values:\n%s", status)
	}
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	for line := range s.lines {
		if strings.Contains(line, "two") {
			t.Errorf("a secret is in the log: %s", line)
		}
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("Ctrl-C ends with %v", err)
	}
}

// The certificates of a service are believed by what the file beside gateway.yaml says, and a new file counts after a reload.
func TestAuthoritiesAreReadAgain(t *testing.T) {
	t.Parallel()
	service := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `"hello"`)
	}))
	defer service.Close()
	service.Config.ErrorLog = log.New(io.Discard, "", 0)
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	made := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true}
	stranger, err := x509.CreateCertificate(rand.Reader, made, made, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	inPEM := func(der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	folder := t.TempDir()
	put(t, folder, "gateway.graphql", `extend schema @source(name: "api", http: { baseURL: "https://nowhere.test" })
type Query { hello: String @connect(source: "api", http: { GET: "/" }) }
`)
	put(t, folder, "gateway.yaml", fmt.Sprintf("sources:\n  api:\n    http: { baseURL: %q }\n    auth: { tls: { ca: ca.crt } }\n", service.URL))
	put(t, folder, "ca.crt", "-----BEGIN CERTIFICATE-----\n")
	code, _, stderr := call(t, "check", "--config", filepath.Join(folder, "gateway.yaml"))
	contains(t, "stderr", stderr, "gateway.yaml:4:24: sources.api.auth.tls.ca: the file ca.crt holds no certificate in PEM")
	if code != exitProblem {
		t.Errorf("exit code %d", code)
	}
	put(t, folder, "ca.crt", inPEM(stranger))
	s := startServe(t, folder)
	if got := s.ask(t, "{ hello }"); !strings.Contains(got, "UPSTREAM_UNAVAILABLE") {
		t.Errorf("a service that nobody vouches for answers %s", got)
	}
	put(t, folder, "ca.crt", inPEM(service.Certificate().Raw))
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	s.await(t, "configuration reloaded")
	if got := s.ask(t, "{ hello }"); got != `{"data":{"hello":"hello"}}` {
		t.Errorf("after the reload it answers %s", got)
	}
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("Ctrl-C ends with %v", err)
	}
}

// check, plan and schema read gateway.yaml, too.
func TestCommandsReadConfig(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	put(t, folder, "api.graphql", configuredSDL)
	put(t, folder, "run.yaml", "schema: api.graphql\nsources: { api: { http: { baseURL: http://api.test }, config: { tenant: acme } } }\n")
	path := filepath.Join(folder, "run.yaml")
	for _, args := range [][]string{{"check"}, {"plan", "-q", "{where}"}, {"schema"}} {
		code, stdout, stderr := call(t, append(args, "--config", path)...)
		if code != exitOK || stdout == "" {
			t.Errorf("%s: exit code %d\n%s", args[0], code, stderr)
		}
	}
	tests := map[string]struct {
		yaml string
		code int
		says []string
	}{
		"no schema file":    {"schema: [api.graphql, none.graphql]\n", exitProblem, []string{"run.yaml:1:23: schema: there is no file", "none.graphql", "  hint: names are taken from the folder of run.yaml"}},
		"no such source":    {"schema: api.graphql\nsources: { apo: { config: {} } }\n", exitProblem, []string{"run.yaml:2:12: sources.apo: no schema file declares a source apo", "did you mean api?"}},
		"no address":        {"schema: api.graphql\nsources: { api: { http: { baseURL: api }, config: { tenant: 1 } } }\n", exitProblem, []string{"run.yaml:2:36: sources.api.http.baseURL: baseURL cannot be used"}},
		"problem in config": {"schema: api.graphql\nmode: x\nlimits: 1\n", exitProblem, []string{"run.yaml:2:7", "run.yaml:3:9", "2 problems"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			put(t, folder, "api.graphql", configuredSDL)
			put(t, folder, "run.yaml", test.yaml)
			for _, command := range []string{"check", "serve"} {
				code, stdout, stderr := call(t, command, "--config", filepath.Join(folder, "run.yaml"))
				if code != test.code || stdout != "" {
					t.Errorf("%s: exit code %d and output %q", command, code, stdout)
				}
				contains(t, "stderr", stderr, test.says...)
			}
		})
	}
	code, _, stderr := call(t, "serve", "--config", filepath.Join(folder, "none.yaml"))
	if code != exitUsage || !strings.Contains(stderr, "there is no file") {
		t.Errorf("no such gateway.yaml: exit code %d\n%s", code, stderr)
	}
}

func TestConfigSchema(t *testing.T) {
	t.Parallel()
	code, stdout, _ := call(t, "config", "schema")
	if code != exitOK || !json.Valid([]byte(stdout)) {
		t.Errorf("exit code %d\n%s", code, stdout)
	}
}

// The defaults of gateway.yaml are those that hold without it.
func TestDefaultsAreTheSame(t *testing.T) {
	t.Parallel()
	o := options(config.Default())
	if o.Limits != gateway.DefaultLimits() || o.Calls != aggregation.DefaultLimits() || o.Upstreams != upstreams.DefaultOptions() || o.Dev {
		t.Errorf("gateway.yaml: %+v %+v %+v", o.Limits, o.Calls, o.Upstreams)
	}
}
