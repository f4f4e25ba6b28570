package main

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// asProgram, in the environment, makes the test binary be the program itself.
const asProgram = "PRICING_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

func TestCheck(t *testing.T) {
	t.Parallel()
	out, err := program(t, "check", "gateway.graphql").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "ok: 1 source") {
		t.Errorf("%v:\n%s", err, out)
	}
}

// The gateway asks the catalog once, and the function once for all products.
func TestServe(t *testing.T) {
	t.Parallel()
	catalog := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `[{"id":"1","name":"Atlas","priceCents":1000},{"id":"2","name":"Chess","priceCents":250}]`)
	}))
	defer catalog.Close()
	cmd := program(t, "serve", "--listen", "127.0.0.1:0", "gateway.graphql")
	cmd.Env = append(cmd.Env, "CATALOG_URL="+catalog.URL)
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Wait() }()
	defer func() { _ = cmd.Process.Kill() }()
	address := ""
	for lines := bufio.NewScanner(log); address == "" && lines.Scan(); {
		if m := regexp.MustCompile(`msg=serving.*?(127\.0\.0\.1:\d+)`).FindStringSubmatch(lines.Text()); m != nil {
			address = m[1]
		}
	}
	if address == "" {
		t.Fatal("the program ended before it served")
	}
	for query, want := range map[string]string{
		`{ products { name price(coupon: \"SPRING\") full: price } }`: `{"data":{"products":[{"name":"Atlas","price":800,"full":1000},{"name":"Chess","price":200,"full":250}]}}`,
		`{ products { price(coupon: \"NONE\") } }`:                    `there is no coupon \"NONE\"`,
	} {
		res, err := http.Post("http://"+address+"/graphql", "application/json", strings.NewReader(`{"query":"`+query+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || !strings.Contains(string(body), want) {
			t.Errorf("%s\n%v %s\nwant %s", query, err, body, want)
		}
	}
}
