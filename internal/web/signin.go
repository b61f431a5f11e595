package web

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"unicode"

	"nazorat/internal/fault"
	"nazorat/internal/signin"
	"nazorat/internal/web/ui"
)

// Cookies of ours. Over TLS their names say that no other host, no other path
// and nothing without TLS can have set them (RFC 6265bis, __Host-).
const (
	sessionCookie = "session"
	hostPrefix    = "__Host-"
	// machineCookie is what a browser keeps on which somebody has signed in: it opens nothing (signin.Remember).
	machineCookie = "machine"
)

func (s *Server) cookieName(name string) string {
	if s.Secure {
		return hostPrefix + name
	}
	return name
}

// OwnCookie is a cookie of a public page beside the session's: for this host alone where the office stands behind TLS, and for no script. Below 0 seconds it is taken away.
func (s *Server) OwnCookie(name, value string, seconds int) *http.Cookie {
	//nolint:gosec // Secure follows the setting, as of the session
	return &http.Cookie{Name: s.cookieName(name), Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode}
}

// OwnCookieOf is what the browser kept in it; "" for nothing.
func (s *Server) OwnCookieOf(r *Request, name string) string {
	if c, err := r.Cookie(s.cookieName(name)); err == nil {
		return c.Value
	}
	return ""
}

// fieldPasskey is what an authenticator has answered, as the script of the pages writes it.
const fieldPasskey = "passkey"

type signInView struct {
	Heading      ui.HeadingView
	Action       string
	Next         string
	Login        ui.TextField
	Password     ui.TextField
	Button       string
	Passkey      *ui.PasskeyView
	Provider     string // the link to the identity provider; "" where there is none
	ByHref       string
	Or           string // above the login, where there are passkeys
	Lost         string // the link for who lost what he signs in with
	LostHref     string
	Demo         bool
	About        string
	Groups       []accountGroup
	Visit        *visitOffer
	WithPassword string // what is beside the choice in the demonstration: a login and a password
}

type accountGroup struct {
	Office   string
	Accounts []accountView
}

// visitOffer is what is said of whoever needs no account.
type visitOffer struct{ Title, Text, Href, Link string }

type accountView struct{ Officer, Name, Role, Shows, Button, ButtonAbout string }

// next is where to go after signing in: a page of ours, or the first page. The
// answer begins with one slash, also once it is decoded, and holds no backslash,
// which browsers take for a slash, and no control character, which they drop.
func next(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || strings.Contains(raw, "\\") ||
		!strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.ContainsFunc(u.Path, misread) {
		return "/"
	}
	return (&url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery}).String()
}

// misread reports whether a character of a path means something else to a browser than to us.
func misread(c rune) bool { return c == '\\' || unicode.IsControl(c) }

func (s *Server) toSignIn(w http.ResponseWriter, r *Request) {
	to := "/sign-in"
	if r.Method == http.MethodGet && r.URL.Path != "/" {
		to += "?" + url.Values{"next": {r.URL.RequestURI()}}.Encode()
	}
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
}

func (s *Server) signInPage(w http.ResponseWriter, r *Request) error {
	if r.Session != nil && len(s.Accounts) == 0 {
		return SeeOther(w, r, "/") // in the demonstration one may become somebody else
	}
	return s.showSignIn(w, r, http.StatusOK, next(r.URL.Query().Get("next")), "", nil)
}

func (s *Server) showSignIn(w http.ResponseWriter, r *Request, status int, to, login string, failed *fault.Error) error {
	t := r.Words
	page := r.Page(t.T("sign_in.title"))
	page.Narrow = len(s.Accounts) == 0
	v := signInView{Action: "/sign-in", Next: to, Button: t.T("sign_in.button"), Demo: len(s.Accounts) > 0,
		Heading:  ui.HeadingView{Title: t.T("sign_in.title")},
		Login:    ui.TextField{Field: ui.Field{Name: "login", Label: t.T("sign_in.login")}, Value: login, Autocomplete: "username", Width: 30},
		Password: ui.TextField{Field: ui.Field{Name: "password", Label: t.T("sign_in.password")}, Type: "password", Autocomplete: "current-password", Width: 30},
	}
	if s.Ceremonies != nil {
		v.Passkey = &ui.PasskeyView{Options: "/sign-in/passkey", Field: fieldPasskey, Text: t.T("sign_in.passkey"), Failed: t.T("passkey.failed")}
		v.Or = t.T("sign_in.or")
	}
	if s.Provider != nil && !v.Demo {
		v.Provider, v.ByHref = t.T("sign_in.provider", "name", s.Provider.Name), s.Provider.Href+"?"+url.Values{"next": {to}}.Encode()
		v.Or = t.T("sign_in.or")
	}
	if s.Recover != "" && !v.Demo {
		v.Lost, v.LostHref = t.T("sign_in.lost"), s.Recover
	}
	if failed != nil {
		text := t.Fault(nil, failed)
		page.Errors = []ui.FieldError{{Text: text}}
		if r.Method == http.MethodPost && r.PostForm.Get(fieldPasskey) == "" && r.PostForm.Get("officer") == "" {
			v.Login.Error, page.Errors[0].Field = text, "login"
		}
	}
	if v.Demo {
		v.Heading.Lead = t.T("sign_in.demo")
		v.About = t.T("sign_in.about")
		v.WithPassword = t.T("sign_in.with_password")
		v.Groups = s.accountGroups(t)
		if x := s.Visitor; x != nil {
			v.Visit = &visitOffer{Title: t.T("sign_in.visit_title"), Text: t.T("sign_in.visit", "number", x.Number, "address", x.Address), Href: x.Href, Link: t.T(x.Key)}
		}
	}
	return r.Render(w, status, page, signInBody(v))
}

// SignInAgain shows the page on which one signs in, with what came of another
// way; next is a page of ours to which it leads.
func (s *Server) SignInAgain(w http.ResponseWriter, r *Request, next string, failed *fault.Error) error {
	if failed.Kind == fault.Unavailable {
		w.Header().Set("Retry-After", retryAfter)
	}
	return s.showSignIn(w, r, Status(failed), next, "", failed)
}

// signInKind is how loud the button of the password is.
func signInKind(v signInView) ui.ButtonKind {
	if v.Passkey != nil {
		return ui.Secondary
	}
	return ui.Primary
}

func (s *Server) accountGroups(t *Words) []accountGroup {
	var out []accountGroup
	place := map[string]int{} // office -> its group
	for _, a := range s.Accounts {
		i, known := place[a.Office]
		if !known {
			i = len(out)
			place[a.Office] = i
			out = append(out, accountGroup{Office: t.Office(s.Directory.Tree().Office(a.Office))})
		}
		out[i].Accounts = append(out[i].Accounts, accountView{Officer: a.Officer, Name: t.Name(a.Name), Role: t.Role(a.Role), Shows: t.Name(a.Shows[t.base]),
			Button: t.T("sign_in.as"), ButtonAbout: t.Name(a.Name)})
	}
	return out
}

func (s *Server) signIn(w http.ResponseWriter, r *Request) error {
	now, to := s.Docket.Now(), next(r.PostForm.Get("next"))
	var token, half string
	var err error
	if answer := r.PostForm.Get(fieldPasskey); answer != "" && s.Ceremonies != nil {
		token, err = s.Ceremonies.SignIn(r.Context(), []byte(answer), r.From(), now)
	} else if officer := r.PostForm.Get("officer"); officer != "" {
		if !s.offered(officer) {
			return fault.New(fault.NotFound, "sign_in.wrong", nil)
		}
		token, err = s.SignIn.Begin(r.Context(), officer, signin.ByChoice, r.UserAgent(), now)
	} else {
		token, half, err = s.SignIn.SignIn(r.Context(), r.PostForm.Get("login"), r.PostForm.Get("password"), r.From(), now)
	}
	if half != "" {
		return s.showCode(w, r, http.StatusOK, to, half, nil)
	}
	if f := fault.Of(err); err != nil && f.Kind != fault.Internal {
		s.event(r, "not signed in", f.Key)
		if f.Kind == fault.Unavailable {
			w.Header().Set("Retry-After", retryAfter)
		}
		return s.showSignIn(w, r, Status(f), to, r.PostForm.Get("login"), f)
	}
	if err != nil {
		return err
	}
	return s.Enter(w, r, token, to)
}

// Enter lets in whoever has a new session, ends the one that he had before, and
// shows him the page to, which is one of ours.
func (s *Server) Enter(w http.ResponseWriter, r *Request, token, to string) error {
	if r.Token != "" { // signed in before, perhaps as somebody else
		if err := s.SignIn.End(r.Context(), r.Token, s.Docket.Now()); err != nil {
			return err
		}
	}
	machine, err := s.SignIn.Remember(r.Context(), token, r.From(), s.Docket.Now())
	if err != nil {
		return err
	}
	session, err := s.SignIn.Look(r.Context(), token, s.Docket.Now())
	if err != nil {
		return err
	}
	r.Session, r.Token = session, token
	s.event(r, "signed in", string(session.Way))
	s.keep(w, token)
	if machine != "" {
		//nolint:gosec // Secure follows the setting, as of the session
		http.SetCookie(w, &http.Cookie{Name: machineCookie, Value: machine, Path: "/sign-in", MaxAge: int(signin.KnownEnd().Seconds()), HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode})
	}
	return SeeOther(w, r, to)
}

// keep gives the browser the token of a session.
func (s *Server) keep(w http.ResponseWriter, token string) {
	http.SetCookie(w, s.cookie(token, int(signin.AbsoluteEnd().Seconds())))
}

// From is the machine that a request comes from.
func (r *Request) From() signin.Machine {
	m := signin.Machine{Address: r.Machine(), Agent: r.UserAgent()}
	if c, err := r.Cookie(machineCookie); err == nil {
		m.Token = c.Value
	}
	return m
}

// Machine is what a request counts under where somebody is told that he asks too often.
func (r *Request) Machine() string { return remote(r.RemoteAddr) }

// Remote is the machine that a request comes from, as such counts have it.
func Remote(r *http.Request) string { return remote(r.RemoteAddr) }

// Reached is where the service is reached, without a slash at its end: as it was told, or at which this page was asked for.
func (r *Request) Reached(told string) string {
	switch {
	case told != "":
		return told
	case r.TLS != nil || r.server.Secure:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// remote is the machine that a request comes from, as guesses are counted: an
// IPv4 address, or the network of an IPv6 one, in which one host has as many
// addresses as it likes. Behind a proxy it is the proxy, for everybody.
func remote(addr string) string {
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		return addr
	}
	ip := at.Addr().Unmap().WithZone("")
	if ip.Is6() {
		return netip.PrefixFrom(ip, 64).Masked().String()
	}
	return ip.String()
}

func (s *Server) offered(officer string) bool {
	for _, a := range s.Accounts {
		if a.Officer == officer {
			return true
		}
	}
	return false
}

func (s *Server) cookie(token string, seconds int) *http.Cookie {
	//nolint:gosec // Secure follows the setting: an office behind TLS sets it, a demonstration on localhost cannot
	return &http.Cookie{Name: s.cookieName(sessionCookie), Value: token, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode}
}

// signOut ends the session that the cookie names, also where it could not be
// read: whoever is told that he is signed out is.
func (s *Server) signOut(w http.ResponseWriter, r *Request) error {
	if c, err := r.Cookie(s.cookieName(sessionCookie)); err == nil {
		if err := s.SignIn.End(r.Context(), c.Value, s.Docket.Now()); err != nil {
			return err
		}
		s.event(r, "signed out", "")
	}
	http.SetCookie(w, s.cookie("", -1))
	// Pages are kept nowhere; what a browser keeps of its own, to go back to, goes too.
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return SeeOther(w, r, "/sign-in")
}

// useMandate lets an officer with several mandates act under another one.
func (s *Server) useMandate(w http.ResponseWriter, r *Request) error {
	token, err := s.SignIn.UseMandate(r.Context(), r.Token, r.PostForm.Get("mandate"), s.Docket.Now())
	if err != nil {
		return err
	}
	s.keep(w, token)
	return SeeOther(w, r, "/")
}
