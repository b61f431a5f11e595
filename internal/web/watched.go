package web

import (
	"net/http"

	"nazorat/internal/fault"
)

// What the log is told of who comes in and who is turned away. An officer stands
// there with the id of his session, drawn by chance, which those who hold the database can
// look up as long as it is kept; never with his name, his login, an id that may be made
// of them, or anything that he typed.

// event tells of one thing that happened at a door, and why where there is a reason: the key of a text.
func (s *Server) event(r *Request, what, why string) {
	about := []any{"request", r.ID, "page", r.Pattern}
	if why != "" {
		about = append(about, "why", why)
	}
	if r.Session != nil {
		about = append(about, "session", r.Session.ID)
	}
	s.Log.InfoContext(r.Context(), what, about...)
}

// turnedAway tells of a refusal: what is forbidden, to whomever, and what is not there
// for somebody who is signed in, for that is also the answer about what is not his.
func (s *Server) turnedAway(r *Request, f *fault.Error) {
	if f.Kind == fault.Forbidden || f.Kind == fault.NotFound && r.Session != nil {
		s.event(r, "refused", f.Key)
	}
}

// formRefused tells of a form that was read and not done: the law or the office did not allow what it asks for, or
// what it holds cannot be. One that was mistyped looks like it; whoever tries what forms do not offer sends many.
func (s *Server) formRefused(r *http.Request, id string, status int) {
	if r.Method == http.MethodPost && (status == http.StatusUnprocessableEntity || status == http.StatusConflict) {
		s.Log.InfoContext(r.Context(), "form refused", "request", id, "page", r.Pattern, "status", status)
	}
}
