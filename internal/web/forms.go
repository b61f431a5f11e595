package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"

	"nazorat/internal/fault"
	"nazorat/internal/web/ui"
)

// A form is taken from pages of ours alone. Browsers of these years say where a form comes from (Sec-Fetch-Site, Origin),
// and what they call another site's is refused before anything else (see New). A browser that says neither, or
// one behind something that takes such headers away, is asked for what our pages alone can have put into the form: a token
// that belongs to a cookie of this browser's, which no other site and no script can read, and over TLS none can have set.
// The cookie outlives sessions: what was typed before one ended is sent again in the next (see unsent).

const (
	formCookie = "form"
	// formField is the field of every form that holds the token. Handlers never see it.
	formField = "csrf_token"
	// formSeconds is how long the cookie is kept: longer than any page stays open.
	formSeconds = 400 * 24 * 60 * 60
)

// browserKey is under what a request's context holds the browser's cookie.
type browserKey struct{}

// browser is what the forms of a page belong to.
type browser struct {
	secret string
	fresh  bool // it was drawn for this answer: the browser has still to be given it
}

// token that a form shows. The cookie does not follow from it, so a page that leaked gives away no more than it holds.
func (b browser) token() string {
	sum := sha256.Sum256([]byte("forms of " + b.secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// withBrowser gives the request's context what the forms of its pages belong to.
func (s *Server) withBrowser(ctx context.Context, r *http.Request) context.Context {
	var b browser
	if c, err := r.Cookie(s.cookieName(formCookie)); err == nil && len(c.Value) == len(rand.Text()) {
		b.secret = c.Value
	} else {
		b = browser{secret: rand.Text(), fresh: true}
	}
	return ui.WithFormToken(context.WithValue(ctx, browserKey{}, b), formField, b.token())
}

// keepForms gives a browser the cookie of its forms with the first page that it is shown.
func (s *Server) keepForms(w http.ResponseWriter, r *Request) {
	b, ok := r.Context().Value(browserKey{}).(browser)
	if !ok || !b.fresh {
		return
	}
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "private") // it is the page of this browser
	}
	//nolint:gosec // Secure follows the setting: an office behind TLS sets it, a demonstration on localhost cannot
	http.SetCookie(w, &http.Cookie{Name: s.cookieName(formCookie), Value: b.secret, Path: "/", MaxAge: formSeconds, HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode})
}

// checkForm refuses a form that neither the browser nor its token says to be of a page of ours, and takes the token out
// of it. Whoever only reads sends no form.
func (s *Server) checkForm(w http.ResponseWriter, r *Request) error {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	if hasFiles(r.Request) {
		if err := s.readFiles(w, r); err != nil {
			return err
		}
	} else if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "fault.bad_form", nil).Because(err)
	}
	got := r.PostForm.Get(formField)
	r.PostForm.Del(formField)
	r.Form.Del(formField)
	if s.tokenWanted(r, got) {
		return fault.New(fault.Forbidden, "fault.form_token", nil)
	}
	return nil
}

// tokenWanted reports whether nothing says of a form that it is from a page of ours: neither the browser nor the token that it brings.
func (s *Server) tokenWanted(r *Request, got string) bool {
	// What the browser says otherwise was refused before: that it says anything is enough.
	if r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != "" {
		return false
	}
	b, ok := r.Context().Value(browserKey{}).(browser)
	return !ok || b.fresh || subtle.ConstantTimeCompare([]byte(got), []byte(b.token())) != 1
}
