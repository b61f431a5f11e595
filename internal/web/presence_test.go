package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/signin"
)

const shellPassword = "a long enough password"

// present is a shell with a page that wants a fresh proof of presence. done counts what was done on it, with which form.
func presentShell(t *testing.T) (s *shell, done *[]url.Values) {
	t.Helper()
	s = newShell(t)
	if err := s.SignIn.SetPassword(t.Context(), "jasur", shellPassword, start); err != nil {
		t.Fatal(err)
	}
	done = &[]url.Values{}
	s.Handle("POST /acts/{act}", func(w http.ResponseWriter, r *Request) error {
		if err := r.ParseForm(); err != nil {
			return err
		}
		if !signin.IsFresh(r.Session.Proven, s.Docket.Now()) {
			return signin.NotPresent()
		}
		if got := r.Actor().Present; got != r.Session.Proven {
			t.Errorf("the actor was present at %v, the session says %v", got, r.Session.Proven)
		}
		*done = append(*done, r.PostForm)
		return SeeOther(w, r, "/done")
	})
	return s, done
}

func sessionOf(w *httptest.ResponseRecorder) string {
	for _, c := range w.Result().Cookies() {
		if c.Name == sessionCookie {
			return c.Value
		}
	}
	return ""
}

func TestFormWaitsForAProofOfPresenceAndIsDoneWithIt(t *testing.T) {
	t.Parallel()
	s, done := presentShell(t)
	token := s.begin(t)
	s.now.Add(int64(signin.Fresh + calendar.Second))
	form := url.Values{"f.summary": {"A door\r\nwas <b>broken</b>"}, "f.list": {"one", "two"}, "submission": {"AAAA\""}}
	w := s.ask(t, http.MethodPost, "/acts/detain?x=1", form, token)
	body := w.Body.String()
	if w.Code != http.StatusForbidden || len(*done) != 0 || w.Header().Get("Cache-Control") != "no-store" || sessionOf(w) != "" {
		t.Fatalf("%d, %v", w.Code, *done)
	}
	for _, want := range []string{"Is it you?", `action="/acts/detain?x=1"`, "name=\"f.summary\" value=\"A door\r\nwas &lt;b&gt;broken&lt;/b&gt;\"", `name="f.list" value="one"`, `name="f.list" value="two"`,
		`name="submission" value="AAAA&#34;"`, `type="password"`, `name="presence.password"`, "was &lt;b&gt;broken&lt;/b&gt;<"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(body, "presence.passkey") || strings.Contains(body, "presence.chosen") || strings.Contains(body, "?lang=") {
		t.Error("the page offers what there is not, or leads away")
	}
	// A wrong password is not shown again, and nothing else is lost.
	form.Set(presencePassword, "not <the> password")
	w = s.ask(t, http.MethodPost, "/acts/detain?x=1", form, token)
	if body := w.Body.String(); w.Code != http.StatusUnprocessableEntity || len(*done) != 0 || !strings.Contains(body, "That does not prove it") || !strings.Contains(body, `name="f.list" value="two"`) || strings.Contains(body, "not &lt;the") {
		t.Errorf("%d %s", w.Code, body)
	}
	form.Set(presencePassword, shellPassword)
	w = s.ask(t, http.MethodPost, "/acts/detain?x=1", form, token)
	renewed := sessionOf(w)
	if w.Code != http.StatusSeeOther || len(*done) != 1 || renewed == "" || renewed == token {
		t.Fatalf("%d, %v", w.Code, *done)
	}
	if got := (*done)[0]; got.Has(presencePassword) || got.Get("f.summary") != form.Get("f.summary") {
		t.Errorf("the page was given %v", got)
	}
	if w := s.ask(t, http.MethodPost, "/acts/detain", form, token); w.Code != http.StatusUnauthorized || strings.Contains(w.Body.String(), shellPassword) {
		t.Errorf("the former token: %d; or the password stands in the page", w.Code)
	}
	form.Del(presencePassword)
	if w := s.ask(t, http.MethodPost, "/acts/detain", form, renewed); w.Code != http.StatusSeeOther || len(*done) != 2 || sessionOf(w) != "" {
		t.Errorf("a minute later: %d", w.Code)
	}
	if log := s.log.String(); strings.Contains(log, shellPassword) || strings.Contains(log, "not <the>") {
		t.Errorf("the log holds a password: %s", log)
	}
}

// A proof that comes with a page that needs none is taken all the same, and one that is forged is not.
func TestPresenceIsNotProvenByChoosingOutsideTheDemonstration(t *testing.T) {
	t.Parallel()
	s, done := presentShell(t)
	token := s.begin(t)
	s.now.Add(int64(signin.Fresh + calendar.Second))
	for _, forged := range []url.Values{{presenceChosen: {"yes"}}, {presencePasskey: {"{}"}}, {presencePassword: {""}}, {presencePasskey: {""}, presencePassword: {""}}} {
		if w := s.ask(t, http.MethodPost, "/acts/detain", forged, token); w.Code != http.StatusUnprocessableEntity || len(*done) != 0 || sessionOf(w) != "" {
			t.Errorf("%v: %d", forged, w.Code)
		}
	}
	s.Accounts = []Account{{Officer: "o1"}}
	if w := s.ask(t, http.MethodPost, "/acts/detain", url.Values{"x": {"1"}}, token); !strings.Contains(w.Body.String(), presenceChosen) {
		t.Error("the demonstration has no button")
	}
	if w := s.ask(t, http.MethodPost, "/acts/detain", url.Values{presenceChosen: {"yes"}}, token); w.Code != http.StatusSeeOther || len(*done) != 1 {
		t.Errorf("in the demonstration: %d", w.Code)
	}
	// Whoever signed in with a password there is not let off with a click.
	mine, _, err := s.SignIn.SignIn(t.Context(), "jasur", shellPassword, signin.Machine{Address: "192.0.2.1"}, s.Docket.Now())
	if err != nil {
		t.Fatal(err)
	}
	s.now.Add(int64(signin.Fresh + calendar.Second))
	if w := s.ask(t, http.MethodPost, "/acts/detain", url.Values{presenceChosen: {"yes"}}, mine); w.Code != http.StatusUnprocessableEntity || len(*done) != 1 {
		t.Errorf("with a password: %d", w.Code)
	}
}

func TestGuessingAtAnOpenMachineIsSlowedDownToo(t *testing.T) {
	t.Parallel()
	s, done := presentShell(t)
	token := s.begin(t)
	s.now.Add(int64(signin.Fresh + calendar.Second))
	for range 5 {
		s.ask(t, http.MethodPost, "/acts/detain", url.Values{presencePassword: {"guess"}}, token)
	}
	w := s.ask(t, http.MethodPost, "/acts/detain", url.Values{presencePassword: {shellPassword}, "f.x": {"kept"}}, token)
	if body := w.Body.String(); w.Code != http.StatusForbidden || len(*done) != 0 || !strings.Contains(body, "Too many failed attempts") || !strings.Contains(body, `value="kept"`) {
		t.Errorf("%d %s", w.Code, body)
	}
}

func TestFormWithAProofThatOutlivedItsSessionIsNotLost(t *testing.T) {
	t.Parallel()
	s, done := presentShell(t)
	token := s.begin(t)
	s.now.Add(int64(3 * calendar.Hour))
	w := s.ask(t, http.MethodPost, "/acts/detain", url.Values{presencePassword: {shellPassword}, "f.x": {"kept"}}, token)
	if body := w.Body.String(); w.Code != http.StatusUnauthorized || len(*done) != 0 || strings.Contains(body, shellPassword) || strings.Contains(body, presencePassword) || !strings.Contains(body, `value="kept"`) {
		t.Errorf("%d %s", w.Code, body)
	}
}

func TestWithoutPasskeysNobodyIsAskedForOne(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	for _, path := range []string{"/sign-in/passkey", "/presence/passkey"} {
		if w := s.ask(t, http.MethodPost, path, nil, s.begin(t)); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := s.ask(t, http.MethodGet, "/sign-in", nil, ""); strings.Contains(w.Body.String(), "passkey") {
		t.Error("the sign-in page speaks of passkeys")
	}
}
