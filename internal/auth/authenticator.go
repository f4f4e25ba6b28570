package auth

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"manifold/internal/fault"
)

// Authenticator says who requests come from. It is safe for concurrent use.
type Authenticator struct {
	config  Config
	methods []Method
	jwt     []*issuer
	keys    *keyring
	origin  *http.CrossOriginProtection
	count   func(reason string)
	remotes map[string]*remote // by URL, refreshing included
	shared  *registry
}

// issuer is a method of tokens with its keys.
type issuer struct {
	*JWT

	static   *keySet
	remote   *remote
	believed *believed
}

// registry holds the fetchers that authenticators share.
type registry struct{ mu sync.Mutex }

// Options say what an authenticator works with.
type Options struct {
	Client *http.Client        // fetches keys; nil: one that follows no redirects to other schemes
	Logger *slog.Logger        // nil: slog.Default
	Failed func(reason string) // counts what was refused, by a reason of a closed list; nil: nobody does
}

// Open makes an authenticator. Keys that prev, which may be nil, has fetched already are shared. The error says what is wrong
// with static keys; gateway.yaml has checked everything else.
func Open(c Config, o Options, prev *Authenticator) (*Authenticator, error) {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Client == nil {
		o.Client = &http.Client{CheckRedirect: sameScheme}
	}
	a := &Authenticator{
		config: c, methods: c.Methods(), origin: http.NewCrossOriginProtection(), count: o.Failed,
		remotes: map[string]*remote{}, shared: &registry{},
	}
	if a.count == nil {
		a.count = func(string) {}
	}
	if prev != nil {
		a.shared = prev.shared
	}
	for i := range a.config.JWT {
		m := &a.config.JWT[i]
		is := &issuer{JWT: m, believed: newBelieved()}
		switch {
		case m.JWKS != "":
			is.remote = a.take(m, o, prev)
		case m.Secret != nil:
			is.static = secretKeys(m.Secret)
		default:
			set, err := readKeys(m.Keys)
			if err != nil {
				a.Close()
				return nil, err
			}
			is.static = set
		}
		a.jwt = append(a.jwt, is)
	}
	if c.APIKeys != nil {
		a.keys = newKeyring(c.APIKeys)
	}
	return a, nil
}

func sameScheme(r *http.Request, via []*http.Request) error {
	if len(via) > 3 || r.URL.Scheme != via[0].URL.Scheme {
		return errors.New("redirected elsewhere")
	}
	return nil
}

// take returns the fetcher of a method's keys.
func (a *Authenticator) take(m *JWT, o Options, prev *Authenticator) *remote {
	id := m.JWKS + " " + m.Refresh.String()
	a.shared.mu.Lock()
	defer a.shared.mu.Unlock()
	r := a.remotes[id]
	if r != nil {
		return r
	}
	if prev != nil {
		r = prev.remotes[id]
	}
	if r == nil || r.users == 0 {
		r = newRemote(m.JWKS, m.Refresh, o.Client, o.Logger)
	}
	r.users++
	a.remotes[id] = r
	return r
}

// Close ends fetching that no other authenticator needs. It may be called twice, and of nil.
func (a *Authenticator) Close() {
	if a == nil {
		return
	}
	a.shared.mu.Lock()
	var ended []*remote
	for id, r := range a.remotes {
		if r.users--; r.users == 0 {
			ended = append(ended, r)
		}
		delete(a.remotes, id)
	}
	a.shared.mu.Unlock()
	for _, r := range ended {
		r.close()
	}
}

// Methods lists the methods that requests may be known by.
func (a *Authenticator) Methods() []Method { return a.methods }

// Ready reports whether the keys of every issuer have been there once.
func (a *Authenticator) Ready() bool {
	return !slices.ContainsFunc(a.jwt, func(i *issuer) bool { return i.remote != nil && i.remote.set.Load() == nil })
}

// KeysAge is how old the keys are that were fetched, by the name of the method; those that were never fetched are left out.
func (a *Authenticator) KeysAge() map[string]time.Duration {
	out := map[string]time.Duration{}
	for _, i := range a.jwt {
		if i.remote == nil {
			continue
		}
		if at := i.remote.loaded.Load(); at != 0 {
			out[i.Name] = time.Since(time.Unix(0, at))
		}
	}
	return out
}

// Identify says who a request comes from, by one of the methods (nil: by any); nil is nobody. A credential of another method is
// not looked at. One that is not valid is an error, and never nobody: a *fault.Error, UNAUTHENTICATED or CSRF_PREVENTED, that
// tells clients nothing of the reason.
func (a *Authenticator) Identify(r *http.Request, methods []string) (*Identity, error) {
	who, err := a.identify(r, methods)
	if err == nil {
		return who, nil
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		a.count("csrf")
		return nil, f
	}
	a.count(strings.ReplaceAll(err.Error(), " ", "_"))
	return nil, &fault.Error{Code: fault.Unauthenticated, Message: "The credential is not valid.", Cause: err}
}

func (a *Authenticator) identify(r *http.Request, methods []string) (who *Identity, err error) {
	allowed := func(name string) bool { return methods == nil || slices.Contains(methods, name) }
	take := func(other *Identity) error {
		if who != nil && other != nil && (who.Subject != other.Subject || who.Subject == "") {
			return errTwo
		}
		if who == nil {
			who = other
		}
		return nil
	}
	text, err := bearer(r.Header["Authorization"])
	if err != nil {
		return nil, err
	}
	if text != "" {
		found, err := a.byToken(r.Context(), text, allowed, "")
		if err == nil {
			err = take(found)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, i := range a.jwt {
		if i.Cookie == "" || !allowed(i.Name) {
			continue
		}
		found, err := a.byCookie(r, i.Cookie, allowed)
		if err == nil {
			err = take(found)
		}
		if err != nil {
			return nil, err
		}
	}
	if a.keys != nil && allowed(a.keys.method.Name) {
		switch lines := r.Header.Values(a.keys.method.Header); len(lines) {
		case 0:
		case 1:
			found, err := a.keys.identify(lines[0], time.Now())
			if err == nil {
				err = take(found)
			}
			if err != nil {
				return nil, err
			}
		default:
			return nil, errTwo
		}
	}
	return who, nil
}

// bearer returns the token of an Authorization header (RFC 6750, 2.1), "" if there is none. Credentials of another scheme are for
// somebody else.
func bearer(lines []string) (string, error) {
	switch len(lines) {
	case 0:
		return "", nil
	case 1:
	default:
		return "", errTwo
	}
	scheme, text, ok := strings.Cut(lines[0], " ")
	if !strings.EqualFold(scheme, "bearer") {
		if strings.HasPrefix(strings.ToLower(lines[0]), "bearer") { // Bearer<tab>, Bearer:
			return "", errMalformed
		}
		return "", nil
	}
	if !ok || text == "" || strings.ContainsAny(text, " \t,") {
		return "", errMalformed
	}
	return text, nil
}

// byCookie reads a token that a browser sends by itself. So a page of another site could have it sent: what changes something has
// to come from a page of our own.
func (a *Authenticator) byCookie(r *http.Request, name string, allowed func(string) bool) (*Identity, error) {
	found := r.CookiesNamed(name)
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
	default:
		return nil, errTwo
	}
	who, err := a.byToken(r.Context(), found[0].Value, allowed, name)
	if err != nil || who == nil {
		return nil, err
	}
	if a.origin.Check(r) != nil {
		return nil, fault.New(fault.CSRFPrevented, "A request of another site may not use the cookie of this one.")
	}
	return who, nil
}

// byToken believes a token, or not. Its issuer says which method it is of, which has to be one that takes tokens from there.
func (a *Authenticator) byToken(ctx context.Context, text string, allowed func(string) bool, cookie string) (*Identity, error) {
	t, err := readToken(text)
	if err != nil {
		return nil, err
	}
	name, err := textOf(member(t.claims, "iss"))
	if err != nil {
		return nil, errIssuer
	}
	known := false
	for _, i := range a.jwt {
		if i.Issuer != name || i.Cookie != cookie {
			continue
		}
		if known = true; allowed(i.Name) {
			return i.believe(ctx, t)
		}
	}
	if known {
		return nil, nil
	}
	return nil, errIssuer
}

func (i *issuer) believe(ctx context.Context, t *token) (*Identity, error) {
	if !slices.Contains(i.Algorithms, t.alg) {
		return nil, errAlgorithm
	}
	now := time.Now()
	ends, err := i.check(t, now)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(t.text))
	if who := i.believed.find(sum, now); who != nil {
		return who, nil
	}
	if i.remote != nil {
		err = i.remote.verify(ctx, t)
	} else {
		err = i.static.verify(t)
	}
	if err != nil {
		return nil, err
	}
	who := i.identity(t)
	i.believed.keep(sum, who, now, ends.Add(i.Leeway))
	return who, nil
}

// Challenge is the WWW-Authenticate header of a refusal (RFC 9110, 11.6.1; RFC 6750, 3): "" if no method is of a kind that HTTP
// has a word for. bad says that there was a credential.
func (a *Authenticator) Challenge(methods []string, bad bool) string {
	for _, m := range a.methods {
		if m.Bearer && (methods == nil || slices.Contains(methods, m.Name)) {
			if bad {
				return `Bearer error="invalid_token"`
			}
			return "Bearer"
		}
	}
	return ""
}
