package api_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/client"
)

// register makes a client of an office known, and says its secret.
func (h *house) register(t *testing.T, id, office string, cert []byte, scopes ...string) (secret string) {
	t.Helper()
	secret, err := h.clients.Add(t.Context(), client.Registration{ID: id, Name: "Registry", Office: office, Scopes: scopes, From: 1, WithSecret: true, Certificate: cert}, calendar.Moment(h.now.Load()))
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// send sends a form for a token.
func (h *house) send(t *testing.T, form url.Values, change func(*http.Request)) (*httptest.ResponseRecorder, map[string]any) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/oauth/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var says map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &says); err != nil {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%v", w.Header())
	}
	return w, says
}

func credentials(id, secret string) url.Values {
	return url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}}
}

func TestSystemReadsWhatItsScopesOpen(t *testing.T) {
	t.Parallel()
	h := open(t)
	path := "/api/v1/proceedings/" + h.id
	for id, c := range map[string]struct {
		office string
		scopes []string
		want   int
	}{
		"registry":  {"court", []string{"proceedings"}, http.StatusOK},
		"other":     {"other", []string{"proceedings"}, http.StatusNotFound},
		"scopeless": {"court", []string{"statistics"}, http.StatusNotFound},
	} {
		secret := h.register(t, id, c.office, nil, c.scopes...)
		w, says := h.send(t, credentials(id, secret), nil)
		token, _ := says["access_token"].(string)
		if w.Code != http.StatusOK || says["token_type"] != "Bearer" || says["expires_in"] != 600.0 || says["scope"] != c.scopes[0] || token == "" {
			t.Fatalf("%s: %d %v", id, w.Code, says)
		}
		for _, rest := range []string{"", "/deadlines", "/deadlines/1/explanation"} {
			if w := h.ask(t, http.MethodGet, path+rest, "", "Authorization", "Bearer "+token); w.Code != c.want {
				t.Errorf("%s %s: %d %s", id, rest, w.Code, w.Body)
			}
		}
		// What it may not read is not there, in the same words.
		if w, none := h.ask(t, http.MethodGet, path, "", "Authorization", "bearer "+token), h.ask(t, http.MethodGet, "/api/v1/proceedings/none", "", "Authorization", "Bearer "+token); c.want == http.StatusNotFound && typeOf(t, w) != typeOf(t, none) {
			t.Errorf("%s is told apart: %s and %s", id, w.Body, none.Body)
		}
		h.now.Add(int64(10 * calendar.Minute))
		if w := h.ask(t, http.MethodGet, path, "", "Authorization", "Bearer "+token); w.Code != http.StatusUnauthorized || !strings.Contains(w.Header().Get("WWW-Authenticate"), "invalid_token") {
			t.Errorf("%s ten minutes later: %d", id, w.Code)
		}
	}
	for _, header := range []string{"Bearer", "Bearer ", "Bearer x", "Basic eDp4", "x"} {
		if w := h.ask(t, http.MethodGet, path, h.as(t, "anna"), "Authorization", header); w.Code != http.StatusUnauthorized {
			t.Errorf("%q beside an officer's session: %d", header, w.Code)
		}
	}
}

func typeOf(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var p struct{ Type, Title, Detail string }
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	return p.Type + p.Title + p.Detail
}

// A token opens the API and no page, and a session is not begun with it.
func TestTokenOpensNoPage(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, says := h.send(t, credentials("registry", h.register(t, "registry", "court", nil, "proceedings")), nil)
	token := says["access_token"].(string)
	h.Handle("GET /page", nil)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/page", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != http.StatusSeeOther {
		t.Errorf("a page: %d", w.Code)
	}
	if w := h.ask(t, http.MethodGet, "/api/v1/proceedings/"+h.id, token); w.Code != http.StatusUnauthorized {
		t.Errorf("as a session: %d", w.Code)
	}
}

func TestTokenIsAskedForInOneWay(t *testing.T) {
	t.Parallel()
	h := open(t)
	secret := h.register(t, "registry", "court", nil, "proceedings")
	basic := func(id, password string) func(*http.Request) {
		return func(r *http.Request) { r.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(password)) }
	}
	grant := url.Values{"grant_type": {"client_credentials"}}
	with := func(more ...string) url.Values {
		f := credentials("registry", secret)
		for i := 0; i < len(more); i += 2 {
			f.Add(more[i], more[i+1])
		}
		return f
	}
	for name, c := range map[string]struct {
		form   url.Values
		change func(*http.Request)
		status int
		error  string
	}{
		"in the header":        {grant, basic("registry", secret), 200, ""},
		"in the form":          {with(), nil, 200, ""},
		"with a scope":         {with("scope", "proceedings"), nil, 200, ""},
		"a scope too many":     {with("scope", "proceedings supervision"), nil, 400, "invalid_scope"},
		"in both":              {with(), basic("registry", secret), 400, "invalid_request"},
		"twice":                {with("client_id", "registry"), nil, 400, "invalid_request"},
		"another in the form":  {url.Values{"grant_type": {"client_credentials"}, "client_id": {"x"}}, basic("registry", secret), 400, "invalid_request"},
		"another grant":        {url.Values{"grant_type": {"password"}}, nil, 400, "unsupported_grant_type"},
		"no grant":             {url.Values{}, nil, 400, "unsupported_grant_type"},
		"a wrong secret":       {grant, basic("registry", "wrong"), 401, "invalid_client"},
		"nobody":               {grant, basic("nobody", secret), 401, "invalid_client"},
		"without proof":        {grant, nil, 401, "invalid_client"},
		"an assertion of none": {with("client_assertion", "x"), nil, 400, "invalid_request"},
	} {
		w, says := h.send(t, c.form, c.change)
		if got, _ := says["error"].(string); w.Code != c.status || got != c.error {
			t.Errorf("%s: %d %v", name, w.Code, says)
		}
		if challenge := w.Header().Get("WWW-Authenticate"); (c.status == 401 && c.change != nil) != (challenge != "") {
			t.Errorf("%s: challenge %q", name, challenge)
		}
	}
	for range 30 {
		h.send(t, with(), nil)
	}
	if w, says := h.send(t, with(), nil); w.Code != http.StatusTooManyRequests || says["error"] != "slow_down" || w.Header().Get("Retry-After") == "" {
		t.Errorf("too often: %d %v", w.Code, says)
	}
}

func TestSystemShowsItsCertificate(t *testing.T) {
	t.Parallel()
	h := open(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	h.register(t, "registry", "court", der, "proceedings")
	for name, c := range map[string]struct {
		state *tls.ConnectionState
		want  int
	}{
		"verified":     {&tls.ConnectionState{PeerCertificates: []*x509.Certificate{cert}, VerifiedChains: [][]*x509.Certificate{{cert}}}, http.StatusOK},
		"not verified": {&tls.ConnectionState{PeerCertificates: []*x509.Certificate{cert}}, http.StatusUnauthorized},
		"none":         {&tls.ConnectionState{}, http.StatusUnauthorized},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/proceedings/"+h.id, nil)
		r.TLS = c.state
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		got, says := h.send(t, url.Values{"grant_type": {"client_credentials"}, "client_id": {"registry"}}, func(r *http.Request) { r.TLS = c.state })
		if got.Code != c.want {
			t.Errorf("%s, a token: %d %v", name, got.Code, says)
		}
	}
}
