package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"

	"nazorat/internal/fault"
)

// RefuseData says what answers a request of another site for an address that begins so: data, and no page.
func (s *Server) RefuseData(prefix string, fail func(http.ResponseWriter, *Request, *fault.Error)) {
	s.dataPrefix, s.failData = prefix, fail
}

// crossSite answers a request that comes from another site.
func (s *Server) crossSite(w http.ResponseWriter, r *http.Request) {
	req, refused := s.request(r), fault.New(fault.Forbidden, "fault.cross_site", nil)
	if s.failData == nil || !strings.HasPrefix(r.URL.Path, s.dataPrefix) {
		s.fail(w, req, refused)
		return
	}
	req.Words = s.Words.In(dataLanguage(r))
	w.Header().Set("Cache-Control", "no-store")
	s.turnedAway(req, refused)
	s.failData(w, req, refused)
}

// HandleData serves data for programs instead of a page. Who asks is known by
// the same session, but nobody is sent to sign in, and no cookie chooses or
// keeps the language: it is what ?lang= names, else the first of
// Accept-Language that there is, else Uzbek. Whatever the handler errs with, or
// panics over, fail answers; no answer may be kept by a cache.
func (s *Server) HandleData(pattern string, h Handler, fail func(http.ResponseWriter, *Request, *fault.Error)) {
	s.Mount(pattern, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req := s.request(r)
		req.Words = s.Words.In(dataLanguage(r))
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Vary", "Cookie, Accept-Language")
		answered := &statusWriter{ResponseWriter: w}
		err := func() (err error) {
			defer func() {
				if p := recover(); p != nil {
					if aborted(p) {
						panic(p)
					}
					s.Log.ErrorContext(r.Context(), "panic", "request", req.ID, "page", r.Pattern, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
					err = errors.New("panic")
				}
			}()
			if err := s.attach(answered, req); err != nil {
				return err
			}
			if req.Session != nil && s.SignIn.Needs(req.Session) {
				return needsSecondFactor()
			}
			return h(answered, req)
		}()
		if err == nil || errors.Is(err, context.Canceled) && r.Context().Err() != nil {
			return
		}
		f := fault.Of(s.known(err))
		if f.Kind == fault.Internal || f.Kind == fault.Unavailable {
			s.Log.ErrorContext(r.Context(), "request failed", "request", req.ID, "page", r.Pattern, "error", err)
		}
		s.turnedAway(req, f)
		if answered.status != 0 {
			return // half an answer has gone out
		}
		if f.Kind == fault.Unavailable {
			w.Header().Set("Retry-After", retryAfter)
		}
		fail(answered, req, f)
	}))
}

// dataLanguage of a request that no person sends.
func dataLanguage(r *http.Request) string {
	if code := r.URL.Query().Get("lang"); known(code) {
		return code
	}
	return preferred(r.Header.Get("Accept-Language"))
}

// preferred is the first language of an Accept-Language that pages are written in, else Uzbek.
func preferred(header string) string {
	for _, part := range strings.Split(header, ",") {
		code, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		if known(code) {
			return code
		}
		if base, _, _ := strings.Cut(code, "-"); known(base) {
			return base
		}
	}
	return Languages[0].Code
}
