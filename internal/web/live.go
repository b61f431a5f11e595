package web

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/a-h/templ"

	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/web/ui"
)

// How a live page is kept: not more often than this does a part come anew, and
// so often a sign of life goes out where nothing happens, so that proxies do
// not cut the line and a session's end is noticed.
const (
	liveEvery = 300 * time.Millisecond
	liveBeat  = 25 * time.Second
	liveWrite = 10 * time.Second
	// liveMost streams may an officer have open: as many as a browser opens to one host.
	liveMost = 6
)

// streamType is the content type of a stream.
const streamType = "text/event-stream; charset=utf-8"

// streams counts the live pages that each officer has open.
type streams struct {
	mu   sync.Mutex
	open map[string]int
}

// enter counts one more, unless that is too many.
func (s *streams) enter(officer string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[officer] >= liveMost {
		return false
	}
	s.open[officer]++
	return true
}

func (s *streams) leave(officer string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[officer]--; s.open[officer] <= 0 {
		delete(s.open, officer)
	}
}

// Streams is how many live pages are open.
func (s *Server) Streams() (n int) {
	s.streams.mu.Lock()
	defer s.streams.mu.Unlock()
	for _, of := range s.streams.open {
		n += of
	}
	return n
}

// Live answers with an event stream: the part is rendered and sent as an event
// of the name given, first of all, so that what changed since the page was made
// or the line broke is not missed, and then whenever a change touches one of
// the offices that the reader watches. It ends with the reader, the server, or
// the session, and when the officer takes up another mandate. Watching is no
// use of a session: it runs out as if nobody looked. Where the server ends it, it
// says when to come back. An officer who has too many streams is answered fault.Unavailable.
func (r *Request) Live(w http.ResponseWriter, event string, concerns func(docket.Change) bool, part func() (templ.Component, error)) error {
	s := r.server
	officer := r.Session.Officer.ID
	if !s.streams.enter(officer) {
		return fault.New(fault.Unavailable, "live.too_many", fault.Args{"most": liveMost})
	}
	defer s.streams.leave(officer)
	changes, stop := s.Docket.Watch()
	defer stop()
	l := &line{w: w, control: http.NewResponseController(w)}
	h := w.Header()
	h.Set("Content-Type", streamType)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	defer l.limit() // what the server still has to write when this ends
	if l.send("retry: 2000\n\n") != nil {
		return nil // the reader has gone
	}
	beat := time.NewTicker(s.liveBeat)
	defer beat.Stop()
	due := time.After(0) // set while something waits to be sent
	for {
		select {
		case <-r.Context().Done():
			return nil
		case <-s.ending:
			// Those who watch come back one after the other, not all at once.
			_ = l.send(fmt.Sprintf("retry: %d\n\n", 500+rand.IntN(4500))) // #nosec G404 -- no secret
			return nil
		case c := <-changes:
			if due == nil && concerns(c) {
				due = time.After(liveEvery)
			}
		case <-due:
			due = nil
			if !r.stillIn() || !l.sendPart(r, event, part) {
				return nil
			}
		case <-beat.C:
			if !r.stillIn() || l.send(": still here\n\n") != nil {
				return nil
			}
		}
	}
}

// stillIn reports whether the session runs and acts under the mandate that the
// stream began with: when it does not, what may be seen is another.
func (r *Request) stillIn() bool {
	s := r.server
	session, err := s.SignIn.Look(r.Context(), r.Token, s.Docket.Now())
	if err != nil {
		if !fault.Is(err, fault.NotFound) && r.Context().Err() == nil {
			s.Log.ErrorContext(r.Context(), "live", "request", r.ID, "error", err)
		}
		return false
	}
	return session.Mandate.ID == r.Session.Mandate.ID
}

// line writes to a stream. Each piece has a time within which it must be taken;
// between the pieces there is none.
type line struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (l *line) limit() {
	_ = l.control.SetWriteDeadline(time.Now().Add(liveWrite)) // a connection that knows no deadline needs none
}

func (l *line) send(text string) error {
	l.limit()
	defer func() { _ = l.control.SetWriteDeadline(time.Time{}) }()
	if _, err := fmt.Fprint(l.w, text); err != nil {
		return err
	}
	return l.control.Flush()
}

// sendPart reports whether the stream may go on.
func (l *line) sendPart(r *Request, event string, part func() (templ.Component, error)) bool {
	body, err := part()
	var b bytes.Buffer
	if err == nil {
		err = ui.Fragment(r.Words, body).Render(r.Context(), &b)
	}
	if err != nil {
		if r.Context().Err() == nil {
			r.server.Log.ErrorContext(r.Context(), "live", "request", r.ID, "error", err)
		}
		return false
	}
	return l.send(eventText(event, b.Bytes())) == nil
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
	return c.All || slices.ContainsFunc(c.Offices, func(o string) bool { return slices.Contains(offices, o) })
}
