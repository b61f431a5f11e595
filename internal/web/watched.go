package web

import (
	"nazorat/internal/fault"
)

// What the log is told of who comes in and who is turned away. An officer stands
// there with his id, which those who run the office can look up; never with his
// name, his login, or anything that he typed.

// event tells of one thing that happened at a door, and why where there is a reason: the key of a text.
func (s *Server) event(r *Request, what, why string) {
	about := []any{"request", r.ID, "page", r.Pattern}
	if why != "" {
		about = append(about, "why", why)
	}
	if r.Session != nil {
		about = append(about, "officer", r.Session.Officer.ID, "mandate", r.Session.Mandate.ID)
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
