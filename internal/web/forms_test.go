package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"nazorat/internal/web/ui"
)

// fromOurs makes a request one that a browser sends from a page of ours.
func fromOurs(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-origin") }

// silent is a browser that says nothing of where a form comes from, with the cookies that it has.
type silent struct {
	s       *shell
	cookies []*http.Cookie
}

func (b *silent) ask(t *testing.T, method, target string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(form.Encode()))
	r.Header.Set("Accept-Language", "en")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.s.ServeHTTP(w, r)
	b.cookies = append(b.cookies, w.Result().Cookies()...)
	return w
}

var shownToken = regexp.MustCompile(`<input type="hidden" name="` + formField + `" value="([^"]+)"`)

// tokenOf is the token of a page's forms.
func tokenOf(t *testing.T, page string) string {
	t.Helper()
	m := shownToken.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page shows no token: %s", page)
	}
	return m[1]
}

// What a browser does not say of a form, the form itself has to: that a page of ours was shown there.
func TestFormThatNoPageOfOursHasShownIsRefused(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	var got []url.Values
	s.Handle("GET /act", func(w http.ResponseWriter, r *Request) error {
		return r.Render(w, http.StatusOK, r.Page("x"), ui.Form(ui.FormView{Action: "/act"}))
	})
	s.Handle("POST /act", func(w http.ResponseWriter, r *Request) error {
		got = append(got, r.PostForm, r.Form)
		return SeeOther(w, r, "/")
	})
	officer := func() *silent { return &silent{s, []*http.Cookie{{Name: sessionCookie, Value: s.begin(t)}}} }
	b, other := officer(), officer()
	token, theirs := tokenOf(t, b.ask(t, http.MethodGet, "/act", nil).Body.String()), tokenOf(t, other.ask(t, http.MethodGet, "/act", nil).Body.String())
	if token == theirs {
		t.Fatal("two browsers have one token")
	}
	for _, c := range b.cookies {
		if strings.Contains(c.Value, token) {
			t.Error("the page tells the cookie")
		}
	}
	for name, form := range map[string]url.Values{
		"no token": {"f.x": {"1"}}, "an empty one": {formField: {""}}, "that of another browser": {formField: {theirs}}, "one in the address": nil, "part of it": {formField: {token[:20]}},
	} {
		target := "/act"
		if form == nil {
			target += "?" + formField + "=" + token
		}
		if w := b.ask(t, http.MethodPost, target, form); w.Code != http.StatusForbidden || len(got) > 0 || !strings.Contains(w.Body.String(), "not sent from a page of this office") {
			t.Errorf("%s: %d, %v", name, w.Code, got)
		}
	}
	bare := officer()
	if w := bare.ask(t, http.MethodPost, "/act", url.Values{formField: {token}}); w.Code != http.StatusForbidden {
		t.Errorf("a browser that was shown no page: %d", w.Code)
	}
	w := b.ask(t, http.MethodPost, "/act", url.Values{formField: {token}, "f.x": {"1"}})
	if w.Code != http.StatusSeeOther || len(got) != 2 {
		t.Fatalf("a form of ours: %d %v", w.Code, got)
	}
	for _, form := range got {
		if form.Has(formField) || form.Get("f.x") != "1" {
			t.Errorf("the handler was given %v", form)
		}
	}
}

// Signing in by a form of somebody else's, as somebody else, is refused as well: there is no session to hold it to.
func TestNobodyIsSignedInByAFormOfOthers(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	if err := s.SignIn.SetPassword(t.Context(), "jasur", "seven boats up the river", start); err != nil {
		t.Fatal(err)
	}
	form := url.Values{"login": {"jasur"}, "password": {"seven boats up the river"}}
	b := &silent{s: s}
	if w := b.ask(t, http.MethodPost, "/sign-in", form); w.Code != http.StatusForbidden {
		t.Errorf("without a token: %d", w.Code)
	}
	form.Set(formField, tokenOf(t, b.ask(t, http.MethodGet, "/sign-in", nil).Body.String()))
	if w := b.ask(t, http.MethodPost, "/sign-in", form); w.Code != http.StatusSeeOther {
		t.Errorf("with it: %d %s", w.Code, w.Body)
	}
}

// What was typed before a session ended is sent again in the next one, from a page that the same browser has open.
func TestFormOutlivesItsSession(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	done := 0
	s.Handle("POST /act", func(w http.ResponseWriter, r *Request) error {
		done++
		return SeeOther(w, r, "/")
	})
	b := &silent{s: s}
	form := url.Values{formField: {tokenOf(t, b.ask(t, http.MethodGet, "/sign-in", nil).Body.String())}, "f.x": {"typed"}}
	w := b.ask(t, http.MethodPost, "/act", form)
	if w.Code != http.StatusUnauthorized || strings.Count(w.Body.String(), formField) != 1 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	again := url.Values{formField: {tokenOf(t, w.Body.String())}, "f.x": {"typed"}}
	b.cookies = append(b.cookies, &http.Cookie{Name: sessionCookie, Value: s.begin(t)})
	if w := b.ask(t, http.MethodPost, "/act", again); w.Code != http.StatusSeeOther || done != 1 {
		t.Errorf("%d, done %d times", w.Code, done)
	}
}

func TestSigningOutClearsWhatTheBrowserKeeps(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	w := s.ask(t, http.MethodPost, "/sign-out", nil, s.begin(t))
	if got := w.Header().Get("Clear-Site-Data"); w.Code != http.StatusSeeOther || !strings.Contains(got, `"cache"`) || !strings.Contains(got, `"storage"`) {
		t.Errorf("%d, Clear-Site-Data: %q", w.Code, got)
	}
}

func TestFormsThatAreReadAndNotDoneAreLogged(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.Handle("POST /act/{what}", func(w http.ResponseWriter, r *Request) error {
		if r.PathValue("what") == "good" {
			return SeeOther(w, r, "/")
		}
		w.WriteHeader(http.StatusUnprocessableEntity)
		return nil
	})
	token := s.begin(t)
	s.ask(t, http.MethodPost, "/act/good", url.Values{"f.x": {"1"}}, token)
	if log := s.log.String(); strings.Contains(log, "form refused") {
		t.Errorf("a form that was done: %s", log)
	}
	s.ask(t, http.MethodPost, "/act/secret-name", url.Values{"f.x": {"a secret"}}, token)
	log := s.log.String()
	if !strings.Contains(log, `msg="form refused"`) || !strings.Contains(log, `page="POST /act/{what}"`) || !strings.Contains(log, "status=422") {
		t.Errorf("the log lacks it: %s", log)
	}
	if strings.Contains(log, "secret") {
		t.Errorf("the log tells what was typed: %s", log)
	}
}
