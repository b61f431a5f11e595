// Package web is the shell of every page: it serves requests, knows who is
// signed in and in which language, and turns errors into pages.
//
// A page is a Handler that answers or returns an error; this package alone
// decides the status, the log line and the page of an error. A fault.Error is
// shown in the reader's language; anything else is "internal error" with the
// number of the request, and its text goes to the log. Every page but signing
// in needs a session. Requests from other sites are refused, and forms that no page
// of ours has shown; bodies are bounded, and a strict Content-Security-Policy goes with every answer.
package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/a-h/templ"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/emergency"
	"nazorat/internal/fault"
	"nazorat/internal/look"
	"nazorat/internal/proceedings"
	"nazorat/internal/signin"
	"nazorat/internal/vault"
	"nazorat/internal/web/static"
	"nazorat/internal/web/ui"
)

// mostBody bounds what a form may send.
const mostBody = 1 << 20

// writeWithin is how long an answer may take to be written, from its first
// byte: a reader who does not read must not hold a page and its connection.
const writeWithin = 30 * time.Second

// Account is an officer that one may choose to sign in as, in the demonstration.
type Account struct {
	Officer string
	Name    string
	Role    string
	Office  string
	Shows   map[string]string // by language: what he can show
}

// Visitor is somebody whom a public page tells of his case, in the demonstration: what he enters there.
type Visitor struct{ Key, Href, Number, Address string } // Key is that of the page's name

// Options of a server.
type Options struct {
	Docket    *docket.Docket
	Directory *directory.Directory
	SignIn    *signin.Keeper
	Looks     *look.Keeper      // who looked at what; without it no page shows personal data
	Emergency *emergency.Keeper // what is opened in an emergency; nil: nothing can be
	Words     *Catalogue
	Log       *slog.Logger
	Zone      *calendar.Zone
	Synthetic bool      // the data are made up, and every page says so
	Accounts  []Account // one may sign in as these by choosing; nil outside the demonstration
	Visitor   *Visitor  // of whom the sign-in page speaks besides; nil outside the demonstration
	Nav       []NavItem
	Public    []NavItem // at the foot of pages that are shown to whoever is not signed in
	Find      string    // where the search box of every page leads; "" where there is none
	Secure    bool      // cookies over TLS only
	// Ceremonies, if given, are how passkeys are made and used; nil: there are none.
	Ceremonies *signin.Ceremonies
	// Account is the address of an officer's own page; "" where there is none.
	Account string
	// Recover is the address at which an officer uses a code of administrators; "" where there is none.
	Recover string
	// Provider is the identity provider by which officers sign in too; nil where there is none.
	Provider *Provider
	// SecondFactor is the page on which an officer makes a passkey or sets up a code generator who
	// has to before he does anything else (signin.Rules); "" where there is none.
	SecondFactor string
	// Vault, if given, keeps the files that come with forms.
	Vault *vault.Keeper
	// Observe, if given, is told of every request that was answered.
	Observe func(context.Context, Answered)
	// Unavailable, if given, reports whether an error means that the office's records cannot be
	// reached now: such an error is answered as what may work later, not as a mistake of ours.
	Unavailable func(error) bool
}

// Answered tells of a request, and nothing of who sent it or what he typed.
type Answered struct {
	Page   string // the pattern of its route; "" where none fits
	Status int
	Took   time.Duration
	Stream bool // it lasted as long as somebody looked
}

// Provider is an identity provider, as pages offer it.
type Provider struct {
	Name string // as officers know it
	Href string // where the way there begins; ?next= says where it leads, ?presence that it is for a proof of presence
	// Has reports whether an officer can prove by it who he is.
	Has func(ctx context.Context, officer string) (bool, error)
}

// NavItem is an entry of the main navigation: the key of its text, and where it leads.
type NavItem struct {
	Key, Href string
	Only      func(access.Actor) bool // for whom it is there; nil: everybody
	// Count, if given, is how much waits behind it, and what that is in words; it is asked for each page. Where it cannot be told there is none.
	Count func(*Request) (n int, label string)
}

// Server serves the pages. Make it with New; it is an http.Handler.
type Server struct {
	Options
	mux      *http.ServeMux
	patterns []string
	handler  http.Handler
	streams  streams
	ending   chan struct{} // closed when streams are to end
	end      sync.Once
	liveBeat time.Duration

	askPurpose func(http.ResponseWriter, *Request, *proceedings.Proceeding) error

	dataPrefix string // of addresses that answer with data; "" for none
	failData   func(http.ResponseWriter, *Request, *fault.Error)
}

// New makes a server with the pages of this package: signing in and out, the language, the static files.
func New(o Options) *Server {
	s := &Server{Options: o, mux: http.NewServeMux(), streams: streams{open: map[string]int{}}, ending: make(chan struct{}), liveBeat: liveBeat}
	s.Mount("GET /static/", static.Handler())
	s.HandlePublic("GET /sign-in", s.signInPage)
	s.HandlePublic("POST /sign-in", s.signIn)
	s.HandlePublic("POST /sign-in/code", s.signInCode)
	s.HandlePublic("POST /sign-out", s.signOut) // also when the session has ended by itself
	s.HandlePublic("POST /sign-in/passkey", s.signInOptions)
	s.Handle("POST /presence/passkey", s.presenceOptions)
	s.Handle("POST /mandate", s.useMandate)
	s.HandlePublic("/", func(http.ResponseWriter, *Request) error { return fault.New(fault.NotFound, "fault.no_page", nil) })
	protect := http.NewCrossOriginProtection()
	protect.SetDenyHandler(http.HandlerFunc(s.crossSite))
	s.handler = s.outermost(protect.Handler(s.mux))
	return s
}

// Mount serves what is no page of a person's under a pattern: it needs no session
// and chooses its own answers, beside the headers and the bounds that every answer has.
func (s *Server) Mount(pattern string, h http.Handler) {
	s.patterns = append(s.patterns, pattern)
	s.mux.Handle(pattern, h)
}

// Patterns are all routes that are answered, as they were registered, sorted.
func (s *Server) Patterns() []string { return slices.Sorted(slices.Values(s.patterns)) }

// EndStreams ends live pages, and those that begin from now on, with a hint when
// to come back. What else is being answered goes on.
func (s *Server) EndStreams() { s.end.Do(func() { close(s.ending) }) }

// Handler answers a request or says what went wrong.
type Handler func(http.ResponseWriter, *Request) error

// Request is a request with what every page needs of it.
type Request struct {
	*http.Request
	ID      string
	Words   *Words
	Session *signin.Session // nil on public pages
	Token   string
	// FileFaults is what is wrong with the files that came with a form, by the field of the law.
	FileFaults map[string]fault.Error
	server     *Server
}

// Actor is who is signed in.
func (r *Request) Actor() access.Actor {
	m := r.Session.Mandate
	return access.Actor{Officer: r.Session.Officer.ID, Role: m.Role, Office: m.Office, Mandate: m.ID, For: m.For(), Manner: m.Manner, Present: r.Session.Proven}
}

// Server that the request came to.
func (r *Request) Server() *Server { return r.server }

type idKey struct{}

// ServeHTTP serves a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// outermost gives the request its number, its headers and its end in the log.
func (s *Server) outermost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		id := rand.Text()[:12]
		r = r.WithContext(s.withBrowser(context.WithValue(r.Context(), idKey{}, id), r))
		h := w.Header()
		h.Set("X-Request-Id", id)
		s.guard(h)
		r = r.WithContext(context.WithValue(r.Context(), bodyKey{}, r.Body)) // a form with files is bounded where it is read
		r.Body = http.MaxBytesReader(w, r.Body, mostBody)
		seen := &statusWriter{ResponseWriter: w}
		seen.limit() // also over what an earlier request on this connection left
		defer func() {
			if p := recover(); p != nil && !aborted(p) {
				s.Log.ErrorContext(r.Context(), "panic", "request", id, "page", r.Pattern, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				if seen.status == 0 {
					s.fail(seen, s.request(r), errors.New("panic"))
				}
			}
			s.formRefused(r, id, seen.status)
			a := Answered{Page: r.Pattern, Status: seen.status, Took: time.Since(start), Stream: h.Get("Content-Type") == streamType}
			s.Log.DebugContext(r.Context(), "request", "request", id, "method", r.Method, "page", a.Page, "status", a.Status, "ms", float64(a.Took.Microseconds())/1000)
			if s.Observe != nil {
				s.Observe(r.Context(), a)
			}
		}()
		next.ServeHTTP(seen, r)
	})
}

// guard sets what goes with every answer, whatever it is: what a page may load and who may frame
// it, that types are not guessed, that nothing of an address leaves with a link.
func (s *Server) guard(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY") // for browsers that do not know frame-ancestors
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	if s.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// Guarded gives the answers of a handler that stands beside the pages the headers that all answers have.
func (s *Server) Guarded(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.guard(w.Header())
		h.ServeHTTP(w, r)
	})
}

// aborted reports whether a handler gave up on purpose.
func aborted(p any) bool {
	err, ok := p.(error)
	return ok && errors.Is(err, http.ErrAbortHandler)
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
		w.limit()
	}
	w.ResponseWriter.WriteHeader(status)
}

// limit gives the answer its time from now on.
func (w *statusWriter) limit() {
	_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(writeWithin)) // a connection that knows no deadline needs none
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
		w.limit()
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (s *Server) request(r *http.Request) *Request {
	id, _ := r.Context().Value(idKey{}).(string)
	return &Request{Request: r, ID: id, Words: s.Words.In(s.language(r)), server: s}
}

// HandlePublic serves a page that needs no session, and says who reads it where there is one.
func (s *Server) HandlePublic(pattern string, h Handler) {
	s.Mount(pattern, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req := s.request(r)
		if s.switchLanguage(w, req) {
			return
		}
		if err := s.attach(w, req); err != nil {
			s.Log.ErrorContext(req.Context(), "session", "request", req.ID, "error", err) // the page needs none
		}
		if err := s.checkForm(w, req); err != nil {
			s.fail(w, req, err)
			return
		}
		s.answer(w, req, h)
	}))
}

// Handle serves a page to those who are signed in. Others are sent to sign in
// and come back; what they sent as a form is shown to them, to be sent again.
func (s *Server) Handle(pattern string, h Handler) { s.handle(pattern, h, false) }

// HandleEarly is Handle for the pages on which an officer makes what he has to
// have before he may do anything else.
func (s *Server) HandleEarly(pattern string, h Handler) { s.handle(pattern, h, true) }

func (s *Server) handle(pattern string, h Handler, early bool) {
	s.Mount(pattern, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req := s.request(r)
		if s.switchLanguage(w, req) {
			return
		}
		err := s.attach(w, req)
		read := r.Method == http.MethodGet || r.Method == http.MethodHead
		if wrong := s.checkForm(w, req); wrong != nil {
			s.fail(w, req, wrong)
			return
		}
		switch {
		case req.Session != nil && s.SignIn.Needs(req.Session) && !early:
			s.answer(w, req, s.toSecondFactor)
		case req.Session != nil:
			s.answer(w, req, h)
		case !read:
			s.answer(w, req, func(w http.ResponseWriter, r *Request) error { return s.unsent(w, r, err) })
		case err != nil:
			s.fail(w, req, err)
		default:
			s.toSignIn(w, req)
		}
	}))
}

// answer runs a handler. A form that could not be used because the office is
// away comes back with all that was typed, to be sent again.
func (s *Server) answer(w http.ResponseWriter, r *Request, h Handler) {
	err := s.run(w, r, h)
	if err != nil && r.Session != nil && r.Method == http.MethodPost && fault.Is(s.known(err), fault.Unavailable) {
		cause := err
		err = s.unsent(w, r, s.known(cause))
	}
	if err != nil {
		s.fail(w, r, err)
	}
}

// run runs a handler once the proof of presence that came along has been taken,
// and asks for one where the handler says that it is needed.
func (s *Server) run(w http.ResponseWriter, r *Request, h Handler) error {
	if r.Session == nil {
		return h(w, r)
	}
	if answered, err := s.prove(w, r); answered || err != nil {
		return err
	}
	err := s.purpose(w, r, h(w, r))
	if err != nil && r.Method == http.MethodPost && fault.Of(err).Key == signin.PresenceRequired && r.PostForm != nil {
		return s.askPresence(w, r, err)
	}
	return err
}

// known says of an error that nobody has put into words whether it means that the records cannot be reached.
func (s *Server) known(err error) error {
	if s.Unavailable == nil || fault.Of(err).Kind != fault.Internal || !s.Unavailable(err) {
		return err
	}
	return fault.New(fault.Unavailable, "fault.away", nil).Because(err)
}

// attach finds the session that the request's cookie names. It errs where the
// sessions cannot be read, and not where there is none. Whatever is answered to
// somebody who is signed in bears his name, and no cache may keep it.
func (s *Server) attach(w http.ResponseWriter, r *Request) error {
	c, err := r.Cookie(s.cookieName(sessionCookie))
	if err != nil {
		return nil //nolint:nilerr // there is no such cookie
	}
	session, err := s.SignIn.Session(r.Context(), c.Value, s.Docket.Now())
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return fault.New(fault.Unavailable, "session.unread", nil).Because(err)
	}
	r.Session, r.Token = session, c.Value
	w.Header().Set("Cache-Control", "no-store")
	return nil
}

// Render writes a page.
func (r *Request) Render(w http.ResponseWriter, status int, page ui.Page, body templ.Component) error {
	r.server.keepForms(w, r)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", r.Words.Lang)
	h.Set("Vary", "Cookie, Accept-Language, Accept-Encoding")
	return r.write(w, status, func(to io.Writer) error { return ui.Layout(page, body).Render(r.Context(), to) })
}

// Page is the frame of a page: title is translated already.
func (r *Request) Page(title string) ui.Page {
	s, t := r.server, r.Words
	p := ui.Page{Lang: t.Lang, Title: title, Texts: t, HomeHref: "/", Synthetic: s.Synthetic}
	for _, l := range Languages {
		p.Languages = append(p.Languages, ui.Language{Code: l.Code, Name: l.Name, Short: l.Short, Href: withLanguage(r.Request, l.Code), Current: l.Code == t.Lang})
	}
	if r.Session == nil {
		for _, n := range s.Public {
			p.FooterLinks = append(p.FooterLinks, ui.Crumb{Text: t.T(n.Key), Href: n.Href})
		}
		return p
	}
	for _, n := range s.Nav {
		if n.Only != nil && !n.Only(r.Actor()) {
			continue
		}
		item := ui.NavItem{Text: t.T(n.Key), Href: n.Href, Current: r.URL.Path == n.Href}
		if n.Count != nil {
			item.Count, item.CountLabel = n.Count(r)
		}
		p.Nav = append(p.Nav, item)
	}
	office := r.Session.Mandate.Office
	if o := s.Directory.Tree().Office(office); o != nil {
		office = t.Office(o)
	}
	p.User = &ui.User{Name: t.Name(r.Session.Officer.Name), Role: t.Role(r.Session.Mandate.Role), Office: office, SignOut: "/sign-out"}
	p.User.Href = s.Account
	if who := r.Session.Mandate.For(); who != "" {
		if names, err := s.Directory.Names(r.Context(), []string{who}); err == nil { // else less is said
			p.User.Role = t.T("mandate.in_place", "role", p.User.Role, "name", t.Name(names[who]))
		}
	}
	if s.Find != "" && s.Docket.MaySearch(r.Actor()) == nil {
		p.Find = &ui.FindView{Action: s.Find}
	}
	if len(s.Accounts) > 0 && s.Account == "" {
		p.User.Href = "/sign-in"
	}
	return p
}

var statuses = map[fault.Kind]int{
	fault.Invalid: http.StatusUnprocessableEntity, fault.NotFound: http.StatusNotFound, fault.Conflict: http.StatusConflict,
	fault.Forbidden: http.StatusForbidden, fault.Unavailable: http.StatusServiceUnavailable, fault.Internal: http.StatusInternalServerError,
}

// Status is the HTTP status of a fault.
func Status(f *fault.Error) int { return statuses[f.Kind] }

// fail shows an error as a page. What cannot be shown is logged.
func (s *Server) fail(w http.ResponseWriter, r *Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // the reader has gone
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		spend(w, r)
		err = fault.New(fault.Invalid, "fault.too_large", fault.Args{"kib": mostBody >> 10})
	}
	f := fault.Of(s.known(err))
	if f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		s.Log.ErrorContext(r.Context(), "request failed", "request", r.ID, "page", r.Pattern, "error", err)
	}
	s.turnedAway(r, f)
	if f.Kind == fault.Unavailable {
		w.Header().Set("Retry-After", retryAfter)
	}
	t := r.Words
	page := r.Page(t.T("fault.title." + f.Kind.String()))
	page.Narrow = true
	if err := r.Render(w, Status(f), page, faultBody(faultView{
		Title: t.T("fault.title." + f.Kind.String()), Text: r.Told(nil, f), Number: t.T("fault.number", "number", r.ID), Home: t.T("fault.home")})); err != nil {
		s.Log.ErrorContext(r.Context(), "error page", "request", r.ID, "error", err)
	}
}

// retryAfter is how many seconds to wait where something is not possible now.
const retryAfter = "10"

type faultView struct{ Title, Text, Number, Home string }

// SeeOther answers a form that was done: look there.
func SeeOther(w http.ResponseWriter, r *Request, path string) error {
	http.Redirect(w, r.Request, path, http.StatusSeeOther) //nolint:gosec // paths of our own, or checked by next
	return nil
}
