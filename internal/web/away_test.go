package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"

	"nazorat/internal/docket"
	"nazorat/internal/web/ui"
)

// errAway stands for whatever a database says that cannot be reached; its text is nobody's business.
var errAway = errors.New("dial tcp 10.0.0.7:5432: refused")

func awayShell(t *testing.T) (s *shell, seen func() []Answered) {
	t.Helper()
	s = newShell(t)
	s.Unavailable = func(err error) bool { return errors.Is(err, errAway) }
	var mu sync.Mutex
	var all []Answered
	s.Observe = func(_ context.Context, a Answered) {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, a)
	}
	away := func(http.ResponseWriter, *Request) error { return fmt.Errorf("read proceeding: %w", errAway) }
	s.Handle("GET /cases/{id}", away)
	s.Handle("POST /cases/{id}", away)
	s.Handle("POST /broken", func(http.ResponseWriter, *Request) error { return errors.New("boom") })
	return s, func() []Answered {
		mu.Lock()
		defer mu.Unlock()
		return all
	}
}

func TestAFormIsKeptWhileTheRecordsAreAway(t *testing.T) {
	t.Parallel()
	s, _ := awayShell(t)
	token := s.begin(t)
	form := url.Values{"f.summary": {"A window was broken"}, "submission": {"0123456789abcdef"}, "version": {"7"}}
	w := s.ask(t, http.MethodPost, "/cases/17?x=1", form, token)
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	for _, want := range []string{`action="/cases/17?x=1"`, `value="A window was broken"`, `name="submission" value="0123456789abcdef"`, `value="7"`,
		"cannot reach its records", "Nothing that you sent is lost", "Send again"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(w.Body.String(), "10.0.0.7") {
		t.Error("the page tells where the database is")
	}
	if !strings.Contains(s.log.String(), "10.0.0.7") || strings.Contains(s.log.String(), "window") {
		t.Errorf("the log: %s", s.log)
	}
	// What is wrong in another way is not called away, and keeps nothing.
	if w := s.ask(t, http.MethodPost, "/broken", form, token); w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "Send again") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestAPageSaysThatTheRecordsAreAway(t *testing.T) {
	t.Parallel()
	s, _ := awayShell(t)
	w := s.ask(t, http.MethodGet, "/cases/17", nil, s.begin(t))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "cannot reach its records") {
		t.Errorf("%d %v\n%s", w.Code, w.Header(), w.Body)
	}
}

func TestWhoObservesIsToldThePatternOfAPageAndNeverItsPath(t *testing.T) {
	t.Parallel()
	s, seen := awayShell(t)
	s.ask(t, http.MethodGet, "/cases/Karimov?q=Jasur", nil, s.begin(t))
	s.ask(t, http.MethodGet, "/nowhere/Karimov", nil, "")
	s.ask(t, "KARIMOV", "/cases/17", nil, "")
	got := seen()
	if len(got) != 3 || got[0].Page != "GET /cases/{id}" || got[0].Status != http.StatusServiceUnavailable || got[0].Took <= 0 || got[0].Stream {
		t.Fatalf("%+v", got)
	}
	for _, a := range got {
		if text := fmt.Sprintf("%+v", a); strings.Contains(strings.ToLower(text), "karimov") || strings.Contains(text, "Jasur") {
			t.Errorf("told: %s", text)
		}
	}
}

// All boards of a building came back in the same moment after every restart.
func TestAStreamThatTheOfficeEndsSaysWhenToComeBack(t *testing.T) {
	t.Parallel()
	s, seen := awayShell(t)
	s.Handle("GET /live", func(w http.ResponseWriter, r *Request) error {
		return r.Live(w, "part", func(docket.Change) bool { return true }, func() (templ.Component, error) { return ui.Plain("as it is now"), nil })
	})
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	hints := map[string]bool{}
	var streams []*stream
	for range 5 {
		l := watch(t, srv.URL, s.begin(t))
		if !l.until("event: part") {
			t.Fatal("no part")
		}
		streams = append(streams, l)
	}
	if n := s.Streams(); n != 5 {
		t.Errorf("%d streams are open", n)
	}
	s.EndStreams()
	s.EndStreams() // a second signal
	for _, l := range streams {
		if !l.until("retry: ") {
			t.Fatal("the stream ended without a hint")
		}
		hints[l.lines.Text()] = true
		if l.until("event:") {
			t.Error("something came after the hint")
		}
	}
	if len(hints) < 2 {
		t.Errorf("all come back at once: %v", hints)
	}
	for deadline := time.Now().Add(10 * time.Second); len(seen()) < 5 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	for _, a := range seen() {
		if !a.Stream || a.Page != "GET /live" {
			t.Errorf("%+v", a)
		}
	}
}
