package web

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"nazorat/internal/calendar"
	"nazorat/internal/docket"
	"nazorat/internal/web/ui"
)

// stream is a live page being watched.
type stream struct {
	t     *testing.T
	resp  *http.Response
	lines *bufio.Scanner
}

// watch opens the live page of a shell.
func watch(t *testing.T, url, token string) *stream {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: sessionCookie, Value: token})
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); _ = resp.Body.Close() })
	return &stream{t, resp, bufio.NewScanner(resp.Body)}
}

// until reads to a line that begins so; false when the stream ends first.
func (s *stream) until(begin string) bool {
	for s.lines.Scan() {
		if strings.HasPrefix(s.lines.Text(), begin) {
			return true
		}
	}
	return false
}

func liveShell(t *testing.T) (s *shell, url string) {
	t.Helper()
	s = newShell(t)
	s.liveBeat = time.Millisecond
	s.Handle("GET /live", func(w http.ResponseWriter, r *Request) error {
		return r.Live(w, "part", func(docket.Change) bool { return true }, func() (templ.Component, error) { return ui.Plain("as it is now"), nil })
	})
	srv := httptest.NewServer(s)
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	return s, srv.URL
}

// What happened between the page and its stream was never shown.
func TestStreamBeginsWithThePartAsItIs(t *testing.T) {
	t.Parallel()
	s, url := liveShell(t)
	if l := watch(t, url, s.begin(t)); !l.until("event: part") || !l.until("data: as it is now") {
		t.Error("nothing came before the first change")
	}
}

// A board left open kept its session alive for twelve hours.
func TestBoardLeftOpenDoesNotKeepTheSessionAlive(t *testing.T) {
	t.Parallel()
	s, url := liveShell(t)
	token := s.begin(t)
	l := watch(t, url, token)
	for range 2 {
		s.now.Add(int64(calendar.Hour))
		for range 3 { // a beat or two may have been under way
			if !l.until(": still here") {
				t.Fatal("the stream ended with the session still running")
			}
		}
	}
	s.now.Add(int64(calendar.Minute))
	if l.until("never") {
		t.Fatal("unreachable")
	}
	if _, err := s.SignIn.Look(t.Context(), token, calendar.Moment(s.now.Load())); err == nil {
		t.Error("the stream ended, and the session goes on")
	}
}

func TestStreamEndsWithItsSessionOrItsMandate(t *testing.T) {
	t.Parallel()
	s, url := liveShell(t)
	out, other := s.begin(t), s.begin(t)
	first, second := watch(t, url, out), watch(t, url, other)
	if !first.until(": still here") || !second.until(": still here") {
		t.Fatal("no streams")
	}
	now := calendar.Moment(s.now.Load())
	if err := s.SignIn.End(t.Context(), out, now); err != nil {
		t.Fatal(err)
	}
	renewed, err := s.SignIn.UseMandate(t.Context(), other, "m2", now)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []*stream{first, second} {
		l.until("never") // returns when the stream has ended
	}
	again := watch(t, url, renewed)
	if !again.until("event: part") {
		t.Error("no stream under the new mandate")
	}
}

func TestOneOfficerHasSoManyStreamsAndNoMore(t *testing.T) {
	t.Parallel()
	s, url := liveShell(t)
	token := s.begin(t)
	var open []*stream
	for range liveMost {
		l := watch(t, url, token)
		if !l.until("event: part") {
			t.Fatal("no stream")
		}
		open = append(open, l)
	}
	more := watch(t, url, s.begin(t)) // another session of the same officer
	if more.resp.StatusCode != http.StatusServiceUnavailable || more.resp.Header.Get("Retry-After") == "" {
		t.Errorf("one more: %d", more.resp.StatusCode)
	}
	_ = open[0].resp.Body.Close()
	for watch(t, url, token).resp.StatusCode != http.StatusOK { // the server has yet to notice
		if t.Context().Err() != nil {
			t.Fatal("a stream that was closed still counts")
		}
	}
}
