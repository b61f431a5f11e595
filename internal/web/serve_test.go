package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/signin"
	"nazorat/internal/web/static"
)

const start = calendar.Moment(1_772_443_800_000_000)

// shell is a server of one officer with two mandates, and no pages but those of the test.
type shell struct {
	*Server
	db  *db.DB
	now atomic.Int64
	log *records
}

// records is a log that can be read while it is written.
type records struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (r *records) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.Write(p)
}

func (r *records) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.String()
}

func TestMain(m *testing.M) { dbtest.Main(m) }

// ownWords are those of this package, read once for all tests.
var ownWords = sync.OnceValues(func() (*Catalogue, error) { return NewCatalogue(nil, Texts) })

// founded is an office of one officer, as its tests begin.
var founded dbtest.Model

// newOffice makes it.
func newOffice(location string) error {
	ctx := context.Background()
	d, err := db.Create(ctx, location)
	if err != nil {
		return err
	}
	if err := d.Migrate(ctx, slices.Concat(directory.Migrations, signin.Migrations, docket.Migrations)); err != nil {
		return err
	}
	dir, err := directory.Open(ctx, d)
	if err != nil {
		return err
	}
	err = dir.Import(ctx, &directory.Service{
		Offices: []directory.Office{{ID: "gp", Code: "00", Kind: directory.Prosecutor, Place: "17", Names: map[string]string{"uz": "Bosh prokuratura", "en": "General office"}}},
		Officers: []directory.NewOfficer{{Officer: directory.Officer{ID: "o1", Name: "Jasur Karimov", Login: "jasur"}, Mandates: []directory.Mandate{
			{ID: "m1", Role: "prosecutor", Office: "gp", From: 1}, {ID: "m2", Role: "head", Office: "gp", From: 2}}}}}, start)
	if err != nil {
		return err
	}
	return d.Close()
}

func newShell(t *testing.T) *shell {
	t.Helper()
	if err := static.Check(); err != nil {
		t.Skipf("the pages cannot be served: %v", err)
	}
	d, err := db.Open(t.Context(), founded.One(t, newOffice))
	if err != nil {
		t.Fatal(err)
	}
	dir, err := directory.Open(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	words, err := ownWords()
	if err != nil {
		t.Fatal(err)
	}
	s := &shell{db: d, log: &records{}}
	s.now.Store(int64(start))
	k := docket.Open(d, dir, nil, docket.Options{Now: func() calendar.Moment { return calendar.Moment(s.now.Load()) }, NewID: func() string { return "x" }})
	t.Cleanup(func() { k.Close(); _ = d.Close() })
	s.Server = New(Options{Docket: k, Directory: dir, SignIn: signin.New(d, dir), Words: words, Log: slog.New(slog.NewTextHandler(s.log, nil))})
	return s
}

func (s *shell) begin(t *testing.T) (token string) {
	t.Helper()
	token, err := s.SignIn.Begin(t.Context(), "o1", signin.ByChoice, "", calendar.Moment(s.now.Load()))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// ask sends a request in English; form and token may be absent.
func (s *shell) ask(t *testing.T, method, target string, form url.Values, token string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(form.Encode()))
	r.Header.Set("Accept-Language", "en")
	fromOurs(r)
	r.AddCookie(&http.Cookie{Name: formCookie, Value: "AAAAAAAAAAAAAAAAAAAAAAAAAA"})
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if token != "" {
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: token})
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestOnlyPagesOfOursComeNext(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"/": "/", "/cases?x=1&y=%2F": "/cases?x=1&y=%2F", "/laws/uz%2Fcriminal": "/laws/uz%2Fcriminal", "/%252Fevil": "/%252Fevil", "/a//b": "/a//b",
		"/find?q=%5C": "/find?q=%5C", "/ish/oʻ": "/ish/o%CA%BB", "/a#b": "/a",
		"": "/", "cases": "/", "//evil": "/", "///evil": "/", "https://evil": "/", "HTTPS:evil": "/", "http:/evil": "/", "/\\evil": "/", "\\/evil": "/", "/%2Fevil": "/",
		"/%2f%2Fevil": "/", "/%5Cevil": "/", "/a%5cb": "/", "/%09/evil": "/", "/\t/evil": "/", "/a%0D%0Ab": "/", "/%7F": "/", "/%C2%85": "/", "/%zz": "/", "javascript:alert(1)": "/",
		"//user@evil": "/", "/?q=\\evil": "/", " /cases": "/",
	} {
		if got := next(raw); got != want {
			t.Errorf("next(%q) is %q, want %q", raw, got, want)
		}
	}
}

func TestLanguageIsWhatWasChosenElseWhatTheBrowserAsksFor(t *testing.T) {
	t.Parallel()
	s := &Server{}
	for _, c := range []struct{ cookie, asks, want string }{
		{"", "", "uz"},
		{"", "ru", "ru"},
		{"", "ru-RU,ru;q=0.9,en;q=0.8", "ru"},
		{"", "fr, de;q=0.9, en-GB;q=0.8, ru;q=0.7", "en"},
		{"", "uz-Cyrl", "uz-Cyrl"},
		{"", "uz-Latn-UZ", "uz"},
		{"", "fr", "uz"},
		{"", ";;,,-", "uz"},
		{"en", "ru", "en"},
		{"xx", "ru", "ru"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Header.Set("Accept-Language", c.asks)
		if c.cookie != "" {
			r.AddCookie(&http.Cookie{Name: languageCookie, Value: c.cookie})
		}
		if got := s.language(r); got != c.want {
			t.Errorf("cookie %q, asks for %q: %s, want %s", c.cookie, c.asks, got, c.want)
		}
	}
}

func TestMachinesAreToldApartByTheirAddress(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"192.0.2.1:5000": "192.0.2.1", "[::ffff:192.0.2.1]:1": "192.0.2.1", "[2001:db8:1:2:3::4]:80": "2001:db8:1:2::/64", "[fe80::1%eth0]:80": "fe80::/64", "@": "@",
	} {
		if got := remote(addr); got != want {
			t.Errorf("%s is %s, want %s", addr, got, want)
		}
	}
}

// Every kind of fault has its status and its page; what nobody classified is
// internal, and no page shows its text.
func TestFaultsHaveTheirStatusAndNothingUnknownIsShown(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	secret := errors.New("the disk at /var/secret is full")
	cases := map[string]struct {
		err    error
		status int
		says   string
	}{
		"invalid":     {fault.New(fault.Invalid, "fault.bad_form", nil), 422, "could not be read"},
		"not_found":   {fault.New(fault.NotFound, "fault.no_page", nil).Because(secret), 404, "no page at this address"},
		"conflict":    {fault.New(fault.Conflict, "conflict.changed", fault.Args{"number": "<b>7</b>"}), 409, "&lt;b&gt;7&lt;/b&gt;"},
		"forbidden":   {fmt.Errorf("wrapped: %w", fault.New(fault.Forbidden, "fault.cross_site", nil)), 403, "came from another site"},
		"unavailable": {fault.New(fault.Unavailable, "fault.stopping", nil).Because(secret), 503, "being restarted"},
		"internal":    {fault.New(fault.Internal, "conflict.changed", nil).Because(secret), 500, "our mistake"},
		"unknown":     {fmt.Errorf("read proceeding: %w", secret), 500, "our mistake"},
		"too_large":   {&http.MaxBytesError{Limit: 1}, 422, "larger than"},
	}
	for name, c := range cases {
		s.HandlePublic("GET /fault/"+name, func(http.ResponseWriter, *Request) error { return c.err })
	}
	for name, c := range cases {
		w := s.ask(t, http.MethodGet, "/fault/"+name, nil, "")
		body := w.Body.String()
		if w.Code != c.status || !strings.Contains(body, c.says) || !strings.Contains(body, w.Header().Get("X-Request-Id")) {
			t.Errorf("%s: %d %s", name, w.Code, body)
		}
		if strings.Contains(body, "secret") || strings.Contains(body, "proceeding:") {
			t.Errorf("%s shows what went wrong inside: %s", name, body)
		}
	}
	if !strings.Contains(s.log.String(), "/var/secret") {
		t.Error("nobody can find out what went wrong")
	}
}

func TestPanicIsAnInternalErrorWithItsNumber(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.HandlePublic("GET /boom", func(http.ResponseWriter, *Request) error { panic("the secret of the vault") })
	w := s.ask(t, http.MethodGet, "/boom", nil, "")
	id := w.Header().Get("X-Request-Id")
	if body := w.Body.String(); w.Code != http.StatusInternalServerError || id == "" || !strings.Contains(body, "Number of the request: "+id) || strings.Contains(body, "secret") {
		t.Errorf("%d %s", w.Code, body)
	}
	if log := s.log.String(); !strings.Contains(log, id) || !strings.Contains(log, "the secret of the vault") || !strings.Contains(log, "serve_test.go") {
		t.Errorf("the log tells too little: %s", log)
	}
}

// A public page shows who reads it, and was kept by caches all the same.
func TestNothingWithANameOnItMayBeKept(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.HandlePublic("GET /open", func(w http.ResponseWriter, r *Request) error {
		return r.Render(w, 200, r.Page("x"), faultBody(faultView{}))
	})
	w := s.ask(t, http.MethodGet, "/open", nil, s.begin(t))
	if w.Header().Get("Cache-Control") != "no-store" || !strings.Contains(w.Body.String(), "Jasur Karimov") {
		t.Errorf("signed in: %q", w.Header().Get("Cache-Control"))
	}
	if w := s.ask(t, http.MethodGet, "/open", nil, ""); w.Header().Get("Cache-Control") != "" {
		t.Errorf("a stranger: %q", w.Header().Get("Cache-Control"))
	}
}

// deadlines records when an answer must be written by.
type deadlines struct {
	*httptest.ResponseRecorder
	set []time.Time
}

func (d *deadlines) SetWriteDeadline(at time.Time) error {
	d.set = append(d.set, at)
	return nil
}

func TestReaderWhoDoesNotReadIsGivenUp(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	before := time.Now()
	s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/sign-in", nil))
	if len(w.set) == 0 {
		t.Fatal("an answer may take for ever")
	}
	for _, at := range w.set {
		if at.Before(before.Add(writeWithin)) || at.After(time.Now().Add(writeWithin)) {
			t.Errorf("until %v", at.Sub(before))
		}
	}
}

// The officer typed for two hours; his session ended, and all that he had typed
// was thrown away by a redirect to the sign-in page.
func TestFormSentAfterTheSessionEndedComesBack(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	done := 0
	s.Handle("POST /acts/{act}", func(w http.ResponseWriter, r *Request) error {
		done++
		return SeeOther(w, r, "/")
	})
	token := s.begin(t)
	s.now.Add(int64(3 * calendar.Hour))
	form := url.Values{"f.summary": {"A door\r\nwas <b>broken</b>"}, "f.list": {"one", "two"}, "submission": {"AAAA\""}}
	w := s.ask(t, http.MethodPost, "/acts/report?law=uz%2Fcriminal", form, token)
	body := w.Body.String()
	if w.Code != http.StatusUnauthorized || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Location") != "" || done != 0 {
		t.Fatalf("%d %v, %d done", w.Code, w.Header(), done)
	}
	for _, want := range []string{"Your session has ended", `action="/acts/report?law=uz%2Fcriminal"`, `method="post"`, "Send again",
		"name=\"f.summary\" value=\"A door\r\nwas &lt;b&gt;broken&lt;/b&gt;\"", `name="f.list" value="one"`, `name="f.list" value="two"`, `name="submission" value="AAAA&#34;"`,
		`href="/sign-in" target="_blank" rel="noopener"`, "was &lt;b&gt;broken&lt;/b&gt;<"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(body, "<b>") || strings.Contains(body, "lang=") && strings.Contains(body, "?lang=") {
		t.Error("the page is not escaped, or leads away from what was typed")
	}
	if w := s.ask(t, http.MethodPost, "/acts/report", form, s.begin(t)); w.Code != http.StatusSeeOther || done != 1 {
		t.Errorf("sent again: %d, %d done", w.Code, done)
	}
	if w := s.ask(t, http.MethodPost, "/acts/report", url.Values{"f.x": {strings.Repeat("x", mostBody)}}, ""); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("more than a form may hold: %d", w.Code)
	}
}

func TestFormIsKeptWhenTheSessionCannotBeRead(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.Handle("/acts/{act}", func(http.ResponseWriter, *Request) error { t.Error("done all the same"); return nil })
	token := s.begin(t)
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
	w := s.ask(t, http.MethodPost, "/acts/report", url.Values{"f.summary": {"A door"}}, token)
	if body := w.Body.String(); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.Contains(body, `name="f.summary" value="A door"`) || strings.Contains(body, "closed") {
		t.Errorf("%d %s", w.Code, body)
	}
	if w := s.ask(t, http.MethodGet, "/acts/report", nil, token); w.Code != http.StatusServiceUnavailable {
		t.Errorf("a page: %d, as if he were not signed in", w.Code)
	}
	if w := s.ask(t, http.MethodPost, "/sign-out", nil, token); w.Code == http.StatusSeeOther {
		t.Error("he was told that he is signed out")
	}
}

func TestSigningOutOfAnEndedSessionIsNothingToComplainAbout(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	for _, token := range []string{"", "ended"} {
		if w := s.ask(t, http.MethodPost, "/sign-out", nil, token); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/sign-in" {
			t.Errorf("%q: %d", token, w.Code)
		}
	}
}

// Without the prefix a neighbour under the same domain, or a page without TLS, could plant a session.
func TestCookiesOverTLSAreOfThisHostAlone(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.Secure = true
	s.Accounts = []Account{{Officer: "o1"}}
	form := url.Values{"officer": {"o1"}}
	entered := s.ask(t, http.MethodPost, "/sign-in", form, "")
	switched := s.ask(t, http.MethodGet, "/sign-in?lang=en", nil, "")
	for name, w := range map[string]*httptest.ResponseRecorder{"__Host-session": entered, "__Host-language": switched} {
		cookies := w.Result().Cookies()
		if len(cookies) != 1 {
			t.Fatalf("%d: %v", w.Code, cookies)
		}
		c := cookies[0]
		if c.Name != name || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.SameSite != http.SameSiteLaxMode {
			t.Errorf("%s", w.Header().Get("Set-Cookie"))
		}
	}
	if got := entered.Header().Get("Strict-Transport-Security"); got != "max-age=31536000; includeSubDomains" {
		t.Errorf("HSTS is %q", got)
	}
	token := entered.Result().Cookies()[0].Value
	s.Handle("GET /own", func(w http.ResponseWriter, _ *Request) error { w.WriteHeader(http.StatusNoContent); return nil })
	for name, want := range map[string]int{"session": http.StatusSeeOther, "__Host-session": http.StatusNoContent} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/own", nil)
		r.AddCookie(&http.Cookie{Name: name, Value: token})
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("the cookie %s: %d", name, w.Code)
		}
	}
}
