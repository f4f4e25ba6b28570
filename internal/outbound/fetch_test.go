package outbound

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const secret = "s3cr3t+/%&"

func account(address string) ClientCredentials {
	return ClientCredentials{TokenURL: address, ClientID: "gate:way", ClientSecret: secret}
}

// serve starts a token server that answers with one text.
func serve(t *testing.T, status int, contentType, body string) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return s
}

func TestTheRequest(t *testing.T) {
	t.Parallel()
	escape := url.QueryEscape
	for name, c := range map[string]struct {
		change func(*ClientCredentials)
		form   url.Values
		basic  bool
	}{
		"least": {func(*ClientCredentials) {}, url.Values{"grant_type": {"client_credentials"}}, true},
		"most": {
			func(c *ClientCredentials) { c.Scopes, c.Audience = []string{"a", "b:c"}, "https://api" },
			url.Values{"grant_type": {"client_credentials"}, "scope": {"a b:c"}, "audience": {"https://api"}},
			true,
		},
		"in the body": {
			func(c *ClientCredentials) { c.AuthStyle = InBody },
			url.Values{"grant_type": {"client_credentials"}, "client_id": {"gate:way"}, "client_secret": {secret}},
			false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				id, pass, basic := r.BasicAuth()
				if basic != c.basic || (basic && (id != escape("gate:way") || pass != escape(secret))) {
					t.Errorf("basic %v %q %q", basic, id, pass)
				}
				if err := r.ParseForm(); err != nil || !reflect.DeepEqual(r.PostForm, c.form) || r.Method != "POST" {
					t.Errorf("%s with form %v, %v; want %v", r.Method, r.PostForm, err, c.form)
				}
				if r.Header.Get("Accept") != "application/json" {
					t.Errorf("Accept: %q", r.Header.Get("Accept"))
				}
				fmt.Fprint(w, `{"access_token":"t0k3n","token_type":"Bearer"}`)
			}))
			t.Cleanup(s.Close)
			a := account(s.URL)
			c.change(&a)
			src := NewClientCredentials(a, Options{})
			t.Cleanup(src.Close)
			want2(t, src, "Bearer t0k3n")
		})
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	const (
		good   = `{"access_token":"t0k3n","token_type":"bearer","expires_in":`
		asJSON = "application/json"
		prefix = "no token: the token server "
		noRFC  = "no token: the answer of the token server is none of RFC 6749"
	)
	for name, c := range map[string]struct {
		status      int
		contentType string
		body        string
		life        time.Duration
		err         string
	}{
		"good":                   {200, asJSON, good + `3600}`, time.Hour, ""},
		"201":                    {201, asJSON, good + `3600}`, time.Hour, ""},
		"text for a number":      {200, asJSON, good + `"3600"}`, time.Hour, ""},
		"no expires_in":          {200, asJSON, `{"access_token":"t0k3n"}`, 5 * time.Minute, ""},
		"null expires_in":        {200, asJSON, good + `null}`, 5 * time.Minute, ""},
		"zero expires_in":        {200, asJSON, good + `0}`, 5 * time.Minute, ""},
		"negative expires_in":    {200, asJSON, good + `-1}`, 5 * time.Minute, ""},
		"huge expires_in":        {200, asJSON, good + `99999999999}`, (1<<31 - 1) * time.Second, ""},
		"a form":                 {200, "application/x-www-form-urlencoded", "access_token=t0k3n&expires_in=60", time.Minute, ""},
		"broken expires_in":      {200, asJSON, good + `"soon ` + secret + `"}`, 0, noRFC},
		"fractional expires_in":  {200, asJSON, good + `0.5}`, 0, noRFC},
		"expires_in is a list":   {200, asJSON, good + `[1]}`, 0, noRFC},
		"beyond any expires_in":  {200, asJSON, good + `1e400}`, 0, noRFC},
		"HTML":                   {200, "text/html", "<html>Log in, " + secret + "</html>", 0, noRFC},
		"HTML that says JSON":    {200, asJSON, "<html>", 0, noRFC},
		"nothing":                {200, asJSON, "", 0, noRFC},
		"no token":               {200, asJSON, `{"token_type":"bearer"}`, 0, noRFC},
		"500":                    {500, "text/html", "<html>" + secret + "</html>", 0, prefix + "answered with status 500"},
		"204":                    {204, asJSON, "", 0, noRFC},
		"refused":                {401, asJSON, `{"error":"invalid_client","error_description":"` + secret + `"}`, 0, prefix + "answered invalid_client (status 401)"},
		"refused, badly":         {200, asJSON, `{"error":"invalid_scope"}`, 0, prefix + "answered invalid_scope (status 200)"},
		"a code of its own":      {400, asJSON, `{"error":"` + secret + `"}`, 0, prefix + "answered with status 400"},
		"another type":           {200, asJSON, `{"access_token":"t0k3n","token_type":"DPoP"}`, 0, prefix + "gave one that is no bearer token"},
		"a line in it":           {200, asJSON, `{"access_token":"t0k3n\r\nX: y"}`, 0, prefix + "gave one that is not printable ASCII"},
		"a space in it":          {200, asJSON, `{"access_token":"t0k3n t0k3n"}`, 0, prefix + "gave one that is not printable ASCII"},
		"another script":         {200, asJSON, `{"access_token":"t0k3né"}`, 0, prefix + "gave one that is not printable ASCII"},
		"a long token":           {200, asJSON, `{"access_token":"` + strings.Repeat("t0k3n", 4000) + `"}`, 0, prefix + "gave one of more than 16384 bytes"},
		"a huge answer":          {200, asJSON, `{"access_token":"t0k3n","x":"` + strings.Repeat("x", 1<<20) + `"}`, 0, prefix + "cannot be reached: the answer is longer than 1 MiB"},
		"an answer that just is": {200, asJSON, `{"access_token":"t0k3n"}` + strings.Repeat(" ", 1<<20-24), 5 * time.Minute, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fetch := fetcher(account(serve(t, c.status, c.contentType, c.body).URL), tokenClient(nil))
			got, err := fetch(t.Context())
			if c.err != "" {
				if err == nil || err.Error() != c.err {
					t.Errorf("error %v, want %s", err, c.err)
				}
				return
			}
			if err != nil || got.text != "t0k3n" || got.life != c.life {
				t.Errorf("got %q for %s, %v; want it for %s", got.text, got.life, err, c.life)
			}
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	var called atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called.Store(true) }))
	t.Cleanup(other.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		s := httptest.NewServer(http.RedirectHandler(other.URL, status))
		t.Cleanup(s.Close)
		_, err := fetcher(account(s.URL), tokenClient(nil))(t.Context())
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("redirect (status %d)", status)) {
			t.Errorf("error %v", err)
		}
	}
	if called.Load() {
		t.Error("the other server got the secret")
	}
}

func TestNoProxyIsAsked(t *testing.T) {
	t.Parallel()
	base := tokenClient(nil).Transport.(*tokenTransport).base.(*http.Transport)
	if base.Proxy != nil {
		t.Error("the environment may name a proxy")
	}
}

func TestServersThatAreNone(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	secure.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	hangsUp := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = c.Close()
		}
	}))
	t.Cleanup(hangsUp.Close)
	echoes := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			fmt.Fprintf(c, "%s %s\r\n\r\n", secret, r.Header.Get("Authorization"))
			_ = c.Close()
		}
	}))
	t.Cleanup(echoes.Close)
	for name, c := range map[string]struct{ url, err string }{
		"no URL":           {"::" + secret, "is no http or https URL"},
		"another scheme":   {"ftp://x/" + secret, "is no http or https URL"},
		"nobody listens":   {closed.URL + "?key=" + url.QueryEscape(secret), "connection refused"},
		"unknown CA":       {secure.URL, "certificate signed by unknown authority"},
		"TLS where not":    {strings.Replace(hangsUp.URL, "http:", "https:", 1), "cannot be reached"},
		"hangs up":         {hangsUp.URL, "cannot be reached: EOF"},
		"echoes the query": {echoes.URL, "does not speak HTTP"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := fetcher(account(c.url), tokenClient(nil))(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("error %v, want %s", err, c.err)
			}
			for e := err; e != nil; e = errors.Unwrap(e) {
				hidden(t, fmt.Sprintf("%v %+v", e, e))
			}
		})
	}
}

func TestOverTLS(t *testing.T) {
	t.Parallel()
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"access_token":"t0k3n"}`) }))
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	src := NewClientCredentials(account(s.URL), Options{RootCAs: roots})
	t.Cleanup(src.Close)
	want2(t, src, "Bearer t0k3n")
}

func TestASlowServer(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"access_token":`)
		_ = http.NewResponseController(w).Flush()
		_, _ = r.Body.Read(make([]byte, 1<<10)) // the server sees the end of a connection only when it has read the request
		<-r.Context().Done()
		close(gone)
	}))
	t.Cleanup(s.Close)
	src := NewClientCredentials(account(s.URL), Options{Timeout: 50 * time.Millisecond})
	t.Cleanup(src.Close)
	if got, err := src.Token(t.Context()); got != "" || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "did not answer in time") {
		t.Errorf("Token() = %q, %v", got, err)
	}
	<-gone
}

func TestManyCallersMakeOneCall(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		<-release
		fmt.Fprint(w, `{"access_token":"t0k3n","expires_in":3600}`)
	}))
	t.Cleanup(s.Close)
	src := NewClientCredentials(account(s.URL), Options{})
	t.Cleanup(src.Close)
	var begun, all sync.WaitGroup
	for range 100 {
		begun.Add(1)
		all.Go(func() {
			begun.Done()
			want2(t, src, "Bearer t0k3n")
		})
	}
	begun.Wait()
	close(release)
	all.Wait()
	if n := calls.Load(); n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
}

// hidden says that a text shows neither the secret nor the token.
func hidden(t *testing.T, text string) {
	t.Helper()
	for _, s := range []string{secret, url.QueryEscape(secret), "t0k3n", "Basic "} {
		if strings.Contains(text, s) {
			t.Errorf("it shows %q: %s", s, text)
		}
	}
}

// telling is a key that shows itself when it is printed.
type telling struct {
	crypto.Signer
	private string
}

func TestNothingShowsSecrets(t *testing.T) {
	t.Parallel()
	a := account(serve(t, 200, "application/json", `{"access_token":"t0k3n"}`).URL)
	src := NewClientCredentials(a, Options{})
	t.Cleanup(src.Close)
	want2(t, src, "Bearer t0k3n")
	o := SignerOptions{Issuer: "gateway", Audience: "api", PEM: []byte(secret)}
	within := struct {
		A ClientCredentials
		O SignerOptions
		S *TokenSource
		K *Signer
	}{a, o, src, newSigner(t, SignerOptions{Issuer: "gateway", Audience: "api", Key: telling{Signer: testKeys()["EdDSA"], private: secret}, KeyID: "k"})}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		hidden(t, fmt.Sprintf(format, a)+fmt.Sprintf(format, o)+fmt.Sprintf(format, src)+fmt.Sprintf(format, within.K)+fmt.Sprintf(format, within))
	}
	text, err := json.Marshal(within)
	if err != nil {
		t.Error(err)
	}
	hidden(t, string(text))
	var logs strings.Builder
	slog.New(slog.NewTextHandler(&logs, nil)).Info("x", "a", a, "o", o, "s", src, "w", within)
	slog.New(slog.NewJSONHandler(&logs, nil)).Info("x", "a", a, "o", o, "s", src, "w", within)
	hidden(t, logs.String())
}
