package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/fault"
)

// Whoever runs the office sees who came in, who did not, and who was refused what: by the id of a session, and without a word that was typed.
func TestWhoComesInAndWhoIsTurnedAwayIsLoggedWithoutNames(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.Handle("GET /theirs", func(http.ResponseWriter, *Request) error { return fault.New(fault.NotFound, "fault.no_page", nil) })
	s.HandleData("GET /api/theirs", func(http.ResponseWriter, *Request) error { return fault.New(fault.Forbidden, "fault.cross_site", nil) },
		func(w http.ResponseWriter, _ *Request, f *fault.Error) { w.WriteHeader(Status(f)) })
	s.Handle("POST /hard", func(http.ResponseWriter, *Request) error { return fault.New(fault.Forbidden, "sign_in.wait", nil) })
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.SignIn.SetPassword(t.Context(), "jasur", "seven boats up the river", start))
	tell := func(want ...string) {
		t.Helper()
		got := s.log.String()
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("the log lacks %q:\n%s", w, got)
			}
		}
	}
	s.ask(t, http.MethodPost, "/sign-in", url.Values{"login": {"jasur"}, "password": {"nine horses by the lake"}}, "")
	tell(`msg="not signed in"`, `page="POST /sign-in"`, "why=sign_in.wrong")
	in := s.ask(t, http.MethodPost, "/sign-in", url.Values{"login": {"jasur"}, "password": {"seven boats up the river"}}, "")
	tell(`msg="signed in"`, "why=password", "session=")
	token := in.Result().Cookies()[0].Value
	s.ask(t, http.MethodGet, "/theirs", nil, token)
	tell(`msg=refused`, `page="GET /theirs"`, "why=fault.no_page")
	s.ask(t, http.MethodGet, "/api/theirs", nil, token)
	tell(`page="GET /api/theirs"`)
	s.now.Add(int64(10 * calendar.Minute))
	s.ask(t, http.MethodPost, "/hard", url.Values{presencePassword: {"another guess"}}, token)
	tell(`msg="presence not proven"`)
	crossing := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hard", nil)
	crossing.Header.Set("Sec-Fetch-Site", "cross-site")
	s.ServeHTTP(httptest.NewRecorder(), crossing)
	tell("why=fault.cross_site")
	s.ask(t, http.MethodPost, "/sign-out", nil, token)
	tell(`msg="signed out"`)
	for _, secret := range []string{"guess", "right password", "Jasur", "jasur", "Karimov", "o1", "m1", "m2", token} {
		if strings.Contains(s.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

// Whoever could choose the address that guesses are counted by could guess for ever.
func TestHeadersOfAProxyAreNotBelieved(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/sign-in", nil)
	r.RemoteAddr = "192.0.2.1:5000"
	for _, name := range []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded", "True-Client-Ip"} {
		r.Header.Set(name, "198.51.100.7")
	}
	if got := (&Request{Request: r}).From().Address; got != "192.0.2.1" {
		t.Errorf("guesses are counted under %s", got)
	}
}
