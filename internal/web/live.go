package web

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/a-h/templ"

	"nazorat/internal/docket"
	"nazorat/internal/web/ui"
)

// How a live page is kept: not more often than this does a part come anew, and
// so often a sign of life goes out where nothing happens, so that proxies do
// not cut the line and a session's end is noticed.
const (
	liveEvery = 300 * time.Millisecond
	liveBeat  = 25 * time.Second
	liveWrite = 10 * time.Second
)

// Live answers with an event stream: the part is rendered and sent as an event
// of the name given whenever a change touches one of the offices that the
// reader watches. It ends with the reader, the server, or the session.
func (r *Request) Live(w http.ResponseWriter, event string, concerns func(docket.Change) bool, part func() (templ.Component, error)) error {
	s := r.server
	changes, stop := s.Docket.Watch()
	defer stop()
	control := http.NewResponseController(w)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	send := func(text string) error {
		_ = control.SetWriteDeadline(time.Now().Add(liveWrite)) // where the connection has none, it needs none
		if _, err := fmt.Fprint(w, text); err != nil {
			return err
		}
		return control.Flush()
	}
	if err := send("retry: 2000\n\n"); err != nil {
		return nil // the reader has gone
	}
	beat := time.NewTicker(liveBeat)
	defer beat.Stop()
	var due <-chan time.Time // set while a change waits to be sent
	for {
		select {
		case <-r.Context().Done():
			return nil
		case c := <-changes:
			if due == nil && concerns(c) {
				due = time.After(liveEvery)
			}
		case <-due:
			due = nil
			body, err := part()
			if err != nil {
				s.Log.Error("live", "request", r.ID, "error", err)
				return nil
			}
			var b bytes.Buffer
			if err := ui.Fragment(r.Words, body).Render(r.Context(), &b); err != nil {
				s.Log.Error("live", "request", r.ID, "error", err)
				return nil
			}
			if send(eventText(event, b.Bytes())) != nil {
				return nil
			}
		case <-beat.C:
			if _, err := s.Directory.Session(r.Context(), r.Token, s.Docket.Now()); err != nil {
				return nil // the session is over, and so is what may be seen
			}
			if send(": still here\n\n") != nil {
				return nil
			}
		}
	}
}

func eventText(event string, html []byte) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "event: %s\n", event)
	for line := range bytes.SplitSeq(html, []byte("\n")) {
		fmt.Fprintf(&b, "data: %s\n", line)
	}
	b.WriteString("\n")
	return b.String()
}

// Concerns reports whether a change touches one of the offices.
func Concerns(c docket.Change, offices []string) bool {
	return slices.ContainsFunc(c.Offices, func(o string) bool { return slices.Contains(offices, o) })
}
