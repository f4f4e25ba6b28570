package gateway

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/faulty"
)

// upstreamRow is a row of the table of faulty upstreams (RELIABILITY B.U): what a service does, and what comes of it. Its sibling, served by
// a service that is well, is there in any case, to the byte.
type upstreamRow struct {
	id    string
	does  faulty.Behaviour
	field string // that is asked for; "" is one
	code  string // of the error; "": there is none, and the value is null or what want says
	want  string // of the field
	// outcome is the label of manifold_upstream_calls_total that goes up by one.
	outcome string
	calls   int64 // that the service got
	retried int
}

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}

func upstreamRows() []upstreamRow {
	const gz = "Content-Encoding: gzip\r\n"
	bomb := gzipped(strings.Repeat("0", 3<<20))
	return []upstreamRow{
		{id: "U0 well", does: faulty.Behaviour{Body: "7"}, want: "7", outcome: "ok", calls: 1},
		{id: "U1 slower than its time", does: faulty.Behaviour{Body: "7", Delay: time.Second}, code: "UPSTREAM_TIMEOUT", outcome: "timeout", calls: 1},
		{id: "U2 never answers", does: faulty.Behaviour{Fault: faulty.Hang}, code: "UPSTREAM_TIMEOUT", outcome: "timeout", calls: 1},
		{id: "U2 answers half, and hangs", does: faulty.Behaviour{Body: "[1,2,3,4,5]", Fault: faulty.HangInBody}, code: "UPSTREAM_TIMEOUT", outcome: "timeout", calls: 1},
		{id: "U3 cut off", does: faulty.Behaviour{Body: "[1,2,3,4,5]", Fault: faulty.Truncate}, code: "UPSTREAM_BAD_RESPONSE", outcome: "bad_response", calls: 1},
		{id: "U3 cut off, and made again", field: "again", does: faulty.Behaviour{Body: "[1,2,3,4,5]", Fault: faulty.Truncate}, code: "UPSTREAM_BAD_RESPONSE", outcome: "bad_response", calls: 2, retried: 1},
		{id: "U3 not HTTP, and not made again", field: "again", does: faulty.Behaviour{Fault: faulty.Garbage}, code: "UPSTREAM_BAD_RESPONSE", outcome: "bad_response", calls: 1},
		{id: "U3 chunks without end", does: faulty.Behaviour{Body: "[1,2,3]", Fault: faulty.NoEnd}, code: "UPSTREAM_BAD_RESPONSE", outcome: "bad_response", calls: 1},
		{id: "U4 HTML", does: faulty.Behaviour{Type: "text/html", Body: "<p>a secret</p>"}, code: "UPSTREAM_BAD_RESPONSE", outcome: "ok", calls: 1},
		{id: "U4 204", does: faulty.Behaviour{Status: 204, Header: "X-None: \r\n", Body: "{}"}, want: "null", outcome: "ok", calls: 1},
		{id: "U4 not JSON", does: faulty.Behaviour{Body: "a secret"}, code: "UPSTREAM_BAD_RESPONSE", outcome: "ok", calls: 1},
		{id: "U5 too large", does: faulty.Behaviour{Body: `"` + strings.Repeat("x", 2<<20) + `"`}, code: "UPSTREAM_RESPONSE_TOO_LARGE", outcome: "bad_response", calls: 1},
		{id: "U5 endless", does: faulty.Behaviour{Fault: faulty.Endless}, code: "UPSTREAM_RESPONSE_TOO_LARGE", outcome: "bad_response", calls: 1},
		{id: "U6 a bomb", does: faulty.Behaviour{Header: gz, Body: bomb}, code: "UPSTREAM_RESPONSE_TOO_LARGE", outcome: "bad_response", calls: 1},
		{id: "U6 gzip cut off", does: faulty.Behaviour{Header: gz, Body: gzipped("[1,2,3]")[:20]}, code: "UPSTREAM_BAD_RESPONSE", outcome: "bad_response", calls: 1},
		{id: "U6 no gzip at all", does: faulty.Behaviour{Header: gz, Body: "7"}, code: "UPSTREAM_BAD_RESPONSE", outcome: "bad_response", calls: 1},
		{id: "U7 invalid UTF-8", field: "text", does: faulty.Behaviour{Body: "\"a\xff\""}, code: "UPSTREAM_BAD_RESPONSE", outcome: "ok", calls: 1},
		{id: "U7 a lone surrogate", field: "text", does: faulty.Behaviour{Body: `"\ud800"`}, code: "UPSTREAM_BAD_RESPONSE", outcome: "ok", calls: 1},
		{id: "U7 a mark before it", does: faulty.Behaviour{Body: "\xef\xbb\xbf7"}, want: "7", outcome: "ok", calls: 1},
		{id: "U8 a property twice", field: "item { n }", does: faulty.Behaviour{Body: `{"n":1,"x":{"n":5},"n":2}`}, want: `{"n":2}`, outcome: "ok", calls: 1},
		{id: "U9 01", does: faulty.Behaviour{Body: "01"}, code: "UPSTREAM_BAD_RESPONSE", outcome: "ok", calls: 1},
		{id: "U9 NaN", does: faulty.Behaviour{Body: "NaN"}, code: "UPSTREAM_BAD_RESPONSE", outcome: "ok", calls: 1},
		{id: "U9 beyond Int", does: faulty.Behaviour{Body: "9223372036854775808"}, code: "UPSTREAM_BAD_RESPONSE", outcome: "ok", calls: 1},
		{id: "U9 to the digit", field: "float", does: faulty.Behaviour{Body: "0.30000000000000004"}, want: "0.30000000000000004", outcome: "ok", calls: 1},
		{id: "U10 too deep", does: faulty.Behaviour{Body: strings.Repeat("[", 300) + strings.Repeat("]", 300)}, code: "UPSTREAM_BAD_RESPONSE", outcome: "ok", calls: 1},
		{id: "U11 a list for a number", does: faulty.Behaviour{Body: "[1]"}, code: "UPSTREAM_BAD_RESPONSE", outcome: "ok", calls: 1},
		{id: "U11 an enum value that nobody knows", field: "color", does: faulty.Behaviour{Body: `"GREEN"`}, code: "UPSTREAM_BAD_RESPONSE", outcome: "ok", calls: 1},
		{id: "U12 reset instead of an answer", does: faulty.Behaviour{Fault: faulty.ResetHead}, code: "UPSTREAM_UNAVAILABLE", outcome: "unavailable", calls: 1},
		{id: "U12 reset, and made again", field: "again", does: faulty.Behaviour{Fault: faulty.ResetHead}, code: "UPSTREAM_UNAVAILABLE", outcome: "unavailable", calls: 2, retried: 1},
		{id: "U12 garbage", does: faulty.Behaviour{Fault: faulty.Garbage}, code: "UPSTREAM_BAD_RESPONSE", outcome: "bad_response", calls: 1},
		{id: "U13 500", does: faulty.Behaviour{Status: 500, Body: `"a secret"`}, code: "UPSTREAM_ERROR", outcome: "5xx", calls: 1},
		{id: "U13 503, and made again", field: "again", does: faulty.Behaviour{Status: 503}, code: "UPSTREAM_ERROR", outcome: "5xx", calls: 2, retried: 1},
		{id: "U13 503, to be asked later than there is time", field: "again", does: faulty.Behaviour{Status: 503, Header: "Retry-After: 3600\r\n"}, code: "UPSTREAM_ERROR", outcome: "5xx", calls: 1},
		{id: "U13 500, and made again as the connector says", field: "here", does: faulty.Behaviour{Status: 500}, code: "UPSTREAM_ERROR", outcome: "5xx", calls: 3, retried: 2},
		{id: "U13 503, and the connector says never", field: "never", does: faulty.Behaviour{Status: 503}, code: "UPSTREAM_ERROR", outcome: "5xx", calls: 1},
		{id: "U13 503, of a host that the connector names", field: "anywhere", does: faulty.Behaviour{Status: 503}, code: "UPSTREAM_ERROR", outcome: "5xx", calls: 2, retried: 1},
		{id: "U13 429", field: "again", does: faulty.Behaviour{Status: 429, Header: "Retry-After: 3600\r\n"}, code: "UPSTREAM_RATE_LIMITED", outcome: "4xx", calls: 1},
		{id: "U14 a redirect", does: faulty.Behaviour{Status: 302, Header: "Location: http://127.0.0.1:1/\r\n"}, code: "UPSTREAM_BAD_RESPONSE", outcome: "ok", calls: 1},
		{id: "U15 401", field: "again", does: faulty.Behaviour{Status: 401}, code: "UNAUTHENTICATED", outcome: "4xx", calls: 1},
		{id: "U15 403", field: "again", does: faulty.Behaviour{Status: 403}, code: "FORBIDDEN", outcome: "4xx", calls: 1},
		{id: "U15 404", does: faulty.Behaviour{Status: 404}, want: "null", outcome: "4xx", calls: 1},
		{id: "U15 422", field: "again", does: faulty.Behaviour{Status: 422}, code: "BAD_USER_INPUT", outcome: "4xx", calls: 1},
		{id: "U24 headers of its own", does: faulty.Behaviour{Body: "7", Header: "Set-Cookie: a=b\r\nX-Secret: 1\r\n"}, want: "7", outcome: "ok", calls: 1},
	}
}

// TestFaultTable is the tables of what upstreams, clients and what is kept can do wrong (RELIABILITY B.U, K, S), over real connections
// through the whole gateway. Every row says the code, its path, what is counted, and how many calls are made.
func TestFaultTable(t *testing.T) {
	t.Parallel()
	t.Run("U22", grpcFaults)
	t.Run("S4", safeProxies)
	t.Run("S1 S5 S6", safeValues)
	for _, c := range slices.Concat(instanceCases(), safeCases(), keptCases()) {
		t.Run(c.id, c.run)
	}
	for _, row := range upstreamRows() {
		t.Run(row.id, func(t *testing.T) {
			t.Parallel()
			bad, well := faulty.Serve(t, "bad"), faulty.Serve(t, "well")
			bad.Do(row.does)
			well.Do(faulty.Behaviour{Body: `{"name":"a sibling","list":[1,2,3]}`})
			m := NewMetrics()
			o := Options{Logger: slog.New(slog.DiscardHandler)}
			o.Upstreams.Meter, o.Upstreams.Timeout, o.Upstreams.MaxResponse = m.Upstreams(), 400*time.Millisecond, 1<<20
			gen, err := Build([]*ast.Source{{Name: "gateway.graphql", Input: `
extend schema
  @source(name: "bad", http: { baseURL: "` + bad.URL() + `" })
  @source(name: "again", http: { baseURL: "` + bad.URL() + `" }, resilience: { retry: { attempts: 2, backoff: "1ms" } })
  @source(name: "well", http: { baseURL: "` + well.URL() + `" })
type Query {
  one: Int @connect(source: "bad", http: { GET: "/" }, errors: { nullOn: [404] })
  again: Int @connect(source: "again", http: { GET: "/" })
  here: Int @connect(source: "bad", http: { GET: "/" }, resilience: { retry: { attempts: 3, on: ["5xx"], backoff: "1ms" } })
  never: Int @connect(source: "again", http: { GET: "/" }, resilience: { retry: { attempts: 1 } })
  anywhere: Int @connect(http: { GET: "` + bad.URL() + `/" }, resilience: { retry: { attempts: 2, backoff: "1ms" } })
  text: String @connect(source: "bad", http: { GET: "/" })
  float: Float @connect(source: "bad", http: { GET: "/" })
  color: Color @connect(source: "bad", http: { GET: "/" })
  item: Item @connect(source: "bad", http: { GET: "/" }, selection: "n")
  sibling: Sibling @connect(source: "well", http: { GET: "/" })
}
enum Color { RED }
type Item { n: Int }
type Sibling { name: String list: [Int] }`}}, o, nil)
			if err != nil {
				t.Fatal(err)
			}
			gw := New(gen)
			t.Cleanup(gw.Close)
			field := row.field
			if field == "" {
				field = "one"
			}
			name, _, _ := strings.Cut(field, " ")
			res := ask(gw, postRequest(fmt.Sprintf(`{"query":"{ %s sibling { name list } }"}`, field)))
			answer := bodyOf(t, res)
			want := row.want
			if row.code != "" {
				want = "null"
			}
			data := fmt.Sprintf(`"data":{%q:%s,"sibling":{"name":"a sibling","list":[1,2,3]}}}`, name, want)
			if res.StatusCode != http.StatusOK || !strings.HasSuffix(answer, data) {
				t.Errorf("status %d, %s\nwant %s", res.StatusCode, answer, data)
			}
			if row.code == "" {
				if strings.Contains(answer, `"errors"`) {
					t.Errorf("there is an error: %s", answer)
				}
			} else if !strings.Contains(answer, fmt.Sprintf(`"path":[%q],"extensions":{"code":%q`, name, row.code)) || strings.Count(answer, `"code"`) != 1 {
				t.Errorf("%s\nwant one error, %s at %s", answer, row.code, name)
			}
			if strings.Contains(answer, "secret") || res.Header.Get("X-Secret") != "" || res.Header.Get("Set-Cookie") != "" || strings.Contains(answer, bad.Address()) {
				t.Errorf("what the service says of itself is told: %v %s", res.Header, answer)
			}
			if bad.Requests() != row.calls {
				t.Errorf("the service got %d calls, want %d", bad.Requests(), row.calls)
			}
			source := "bad"
			switch name {
			case "again", "never":
				source = "again"
			case "anywhere":
				source = strings.Replace(bad.URL(), "http:", "", 1)
			}
			text := bodyOf(t, ask(Admin(gw, nil, m), httptest.NewRequest("GET", "/metrics", http.NoBody)))
			for _, line := range []string{
				fmt.Sprintf(`manifold_upstream_calls_total{outcome=%q,upstream=%q} 1`, row.outcome, source),
				fmt.Sprintf(`manifold_upstream_retries_total{upstream=%q} %d`, source, row.retried),
				fmt.Sprintf(`manifold_upstream_in_flight{upstream=%q} 0`, source),
			} {
				if !strings.Contains(text, line+"\n") {
					t.Errorf("the metrics lack %s", line)
				}
			}
		})
	}
}

// What the tables have beyond the rows of TestFaultTable: what needs a clock that is set, minutes, or a look inside. Each has the tests that
// hold it; a test that is renamed or lost is noticed here.
func TestFaultTableElsewhere(t *testing.T) {
	t.Parallel()
	held := map[string]string{
		"U16 at 1000 rps": "TestKillOneOfThree TestSoakKillOneOfThree", "U17 at 1000 rps": "TestAllDownAndUpAgain TestSoakAllDown",
		"U18 flapping": "TestSoakFlapping", "U19 leases": "TestProbesThatNeverComeBack TestProperties", "U21 services": "TestDiscoveryBySRV",
		"K1 aggregation alone": "TestTwoUsersNeverMeet TestNobodyGetsWhatIsSomebodyElses", "K2 keys": "TestCacheTellsCallsApart",
		"K3 panics": "TestWhoAskedGoes TestCutShort TestAPanicIsNotShared", "K9 in the background": "TestStaleReplies TestStaleWhileTheServiceIsDown",
		"E8": "TestProperties", "E33": "TestServicesAreToldTheTime", "C6": "TestStateOutlivesAReload", "C.2": "TestLaterFieldsAreNotExecuted",
	}
	var code strings.Builder
	for _, dir := range []string{".", "../../upstreams", "../breaker", "../balance", "../flight", "../limit", "../../spec", "../../aggregation"} {
		files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", dir, len(files), err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			code.Write(text)
		}
	}
	for row, tests := range held {
		for name := range strings.FieldsSeq(tests) {
			if !regexp.MustCompile(`(?m)^func ` + name + `\(`).MatchString(code.String()) {
				t.Errorf("%s is held by %s, which is not there", row, name)
			}
		}
	}
}
