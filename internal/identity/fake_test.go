package identity_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/directory"
	"nazorat/internal/fault"
	"nazorat/internal/identity"
	"nazorat/internal/signin"
)

var ctx = context.Background()

const (
	now    = calendar.Moment(1_772_443_800_000_000)
	client = "nazorat"
	secret = "a secret / with signs"
)

var machine = signin.Machine{Address: "192.0.2.1"}

// Keys are slow to make: two for all tests.
var keys = sync.OnceValue(func() (out [2]*rsa.PrivateKey) {
	for i := range out {
		out[i], _ = rsa.GenerateKey(rand.Reader, 2048)
	}
	return out
})

// fake is an identity provider that does what a test wants, also what none should.
type fake struct {
	*httptest.Server
	t       *testing.T
	subject string
	asked   calendar.Moment
	claims  func(map[string]any)             // bends what a token says
	sign    func(claims []byte) string       // signs another way
	answer  func(w http.ResponseWriter) bool // answers the exchange of a code in its place
	down    bool
	config  map[string]any // more of what it says of itself

	mu    sync.Mutex
	codes map[string]url.Values // code -> what was asked for
	calls int                   // exchanges
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{t: t, subject: "30101800000001", asked: now, codes: map[string]url.Values{}, config: map[string]any{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		says := map[string]any{"issuer": f.URL, "authorization_endpoint": f.URL + "/authorize", "token_endpoint": f.URL + "/token", "jwks_uri": f.URL + "/keys", "response_types_supported": []string{"code"},
			"subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256", "none", "HS256"}, "token_endpoint_auth_methods_supported": []string{"client_secret_basic"}}
		for k, v := range f.config {
			says[k] = v
		}
		f.json(w, says)
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		f.json(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: keys()[0].Public(), KeyID: "k", Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("POST /token", f.exchange)
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.down {
			http.Error(w, "down", http.StatusBadGateway)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *fake) json(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		f.t.Error(err)
	}
}

// authorize is what the provider's pages do: somebody signs in there. It gives the code.
func (f *fake) authorize(asked string) (code string, sent url.Values) {
	f.t.Helper()
	u, err := url.Parse(asked)
	if err != nil || !strings.HasPrefix(asked, f.URL+"/authorize?") {
		f.t.Fatalf("sent to %s: %v", asked, err)
	}
	q := u.Query()
	for name, want := range map[string]string{"response_type": "code", "client_id": client, "redirect_uri": "http://localhost:8080/back", "scope": "openid", "code_challenge_method": "S256", "ui_locales": "ru"} {
		if q.Get(name) != want {
			f.t.Errorf("%s is %q", name, q.Get(name))
		}
	}
	if len(q.Get("state")) < 20 || len(q.Get("nonce")) < 20 || len(q.Get("code_challenge")) != 43 || strings.Contains(asked, "secret") {
		f.t.Errorf("%s", asked)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	code = rand.Text()
	f.codes[code] = q
	return code, url.Values{"code": {code}, "state": {q.Get("state")}}
}

func (f *fake) exchange(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	if f.answer != nil && f.answer(w) {
		return
	}
	id, password, _ := r.BasicAuth()
	if id, _ = url.QueryUnescape(id); id != client {
		f.t.Errorf("the office calls itself %q", id)
	}
	if password, _ = url.QueryUnescape(password); password != secret {
		f.t.Errorf("the office's secret is %q", password)
	}
	asked, there := f.codes[r.FormValue("code")]
	delete(f.codes, r.FormValue("code"))
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if !there || base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge") || r.FormValue("redirect_uri") != asked.Get("redirect_uri") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
		return
	}
	claims := map[string]any{"iss": f.URL, "aud": client, "sub": f.subject, "nonce": asked.Get("nonce"), "iat": seconds(now), "exp": seconds(now + 5*calendar.Minute)}
	if f.asked != 0 {
		claims["auth_time"] = seconds(f.asked)
	}
	if f.claims != nil {
		f.claims(claims)
	}
	text, err := json.Marshal(claims)
	if err != nil {
		f.t.Error(err)
	}
	token := signed(f.t, text, keys()[0])
	if f.sign != nil {
		token = f.sign(text)
	}
	f.json(w, map[string]any{"access_token": "access", "token_type": "Bearer", "expires_in": 60, "id_token": token})
}

func seconds(m calendar.Moment) int64 { return int64(m / 1_000_000) }

func signed(t *testing.T, text []byte, key *rsa.PrivateKey) string {
	t.Helper()
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: "k"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := s.Sign(text)
	if err != nil {
		t.Fatal(err)
	}
	out, err := o.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// office is a service of two officers, of whom the first is known to the provider.
type office struct {
	*db.DB
	keeper   *signin.Keeper
	provider *identity.Provider
	fake     *fake
}

func open(t *testing.T, location string, f *fake, more func(*identity.Settings)) *office {
	t.Helper()
	d, err := db.Create(ctx, location)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(ctx, slices.Concat(directory.Migrations, signin.Migrations, identity.Migrations)); err != nil {
		t.Fatal(err)
	}
	dir, err := directory.Open(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	err = dir.Import(ctx, &directory.Service{Offices: []directory.Office{{ID: "gp", Code: "00", Kind: directory.Prosecutor, Place: "17"}},
		Officers: []directory.NewOfficer{
			{Officer: directory.Officer{ID: "o1", Name: "Jasur", Login: "jasur"}, Mandates: []directory.Mandate{{ID: "m1", Role: "prosecutor", Office: "gp"}}},
			{Officer: directory.Officer{ID: "o2", Name: "Olim", Login: "olim"}, Mandates: []directory.Mandate{{ID: "m2", Role: "prosecutor", Office: "gp"}}},
			{Officer: directory.Officer{ID: "o3", Name: "Nodir", Login: "nodir"}}}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	s := identity.Settings{Issuer: f.URL, ClientID: client, Secret: secret, Redirect: "http://localhost:8080/back"}
	if more != nil {
		more(&s)
	}
	o := &office{DB: d, keeper: signin.New(d, dir), fake: f}
	if o.provider, err = identity.Open(d, o.keeper, s); err != nil {
		t.Fatal(err)
	}
	if n, err := identity.Import(ctx, d, f.URL, []identity.Identity{{Login: "jasur", Subject: "30101800000001"}, {Login: "nodir", Subject: "30101800000003"}}, now); err != nil || n != 2 {
		t.Fatal(n, err)
	}
	return o
}

// each runs a test on a database of each kind.
func each(t *testing.T, f func(t *testing.T, o *office)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) { f(t, open(t, location, newFake(t), nil)) })
}

func one(t *testing.T) *office {
	t.Helper()
	return open(t, dbtest.One(t), newFake(t), nil)
}

// there goes to the provider, signs in there and is sent back: what it sends along, and what the browser keeps.
func (o *office) there(t *testing.T, s *signin.Session) (sent url.Values, keep string) {
	t.Helper()
	to, keep, err := o.provider.Begin(ctx, s, "", "/cases?x=1", "ru", machine, now)
	if err != nil {
		t.Fatal(err)
	}
	_, sent = o.fake.authorize(to)
	return sent, keep
}

func (o *office) session(t *testing.T, officer string, proven calendar.Moment) (token string, s *signin.Session) {
	t.Helper()
	token, err := o.keeper.BeginProven(ctx, officer, signin.ByPassword, "", proven, now)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = o.keeper.Session(ctx, token, now); err != nil {
		t.Fatal(err)
	}
	return token, s
}

func keyOf(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Key
	}
	return ""
}
