package account

import (
	"net/http"

	"nazorat/internal/fault"
	"nazorat/internal/identity"
	"nazorat/internal/signin"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Addresses of signing in by an identity provider.
const (
	// ProviderHref begins it.
	ProviderHref = "/sign-in/provider"
	// ProviderBackHref is where the provider sends people back to.
	ProviderBackHref = "/sign-in/provider/back"
)

// providerCookie is what a browser keeps of its tries at the provider.
const providerCookie = "provider"

// byProvider serves the way to an identity provider and back.
type byProvider struct {
	*account
	provider *identity.Provider
}

// RegisterProvider adds signing in by an identity provider to a server.
func RegisterProvider(s *web.Server, p *identity.Provider) {
	b := &byProvider{&account{s}, p}
	s.HandlePublic("GET "+ProviderHref, b.start)
	s.HandlePublic("GET "+ProviderBackHref, b.back)
}

// start sends somebody to the provider: to sign in, or, where he is signed in
// and says so, to prove that he is there.
func (b *byProvider) start(w http.ResponseWriter, r *web.Request) error {
	var s *signin.Session
	if r.URL.Query().Has("presence") {
		if s = r.Session; s == nil {
			return b.refused(w, r, fault.New(fault.NotFound, "session.none", nil))
		}
	}
	kept := ""
	if c, err := r.Cookie(providerCookie); err == nil {
		kept = c.Value
	}
	to, keep, err := b.provider.Begin(r.Context(), s, kept, r.Next(), r.Words.Lang, r.From(), b.Docket.Now())
	if err != nil {
		return b.failed(w, r, r.Next(), s != nil, err)
	}
	http.SetCookie(w, b.cookie(keep, int(identity.TryEnd().Seconds())))
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
	return nil
}

func (b *byProvider) cookie(value string, seconds int) *http.Cookie {
	//nolint:gosec // Secure follows the setting, as of the session. Lax: the provider sends the browser back from another site
	return &http.Cookie{Name: providerCookie, Value: value, Path: ProviderHref, MaxAge: seconds, HttpOnly: true, Secure: b.Secure, SameSite: http.SameSiteLaxMode}
}

// back takes whoever comes back from the provider.
func (b *byProvider) back(w http.ResponseWriter, r *web.Request) error {
	kept := ""
	if c, err := r.Cookie(providerCookie); err == nil {
		kept = c.Value
	}
	w.Header().Set("Cache-Control", "no-store")
	a, err := b.provider.Finish(r.Context(), r.URL.Query(), kept, r.Session, r.Token, r.From(), b.Docket.Now())
	if err != nil {
		next, presence := "/", false
		if a != nil {
			next, presence = a.Next, a.Presence
		}
		return b.failed(w, r, next, presence, err)
	}
	if a.Presence {
		if err := b.Kept(w, r, a.Token); err != nil {
			return err
		}
		return b.present(w, r)
	}
	return b.Enter(w, r, a.Token, a.Next)
}

// failed shows what came of it: where somebody wanted to sign in, the page on
// which he does, with all other ways.
func (b *byProvider) failed(w http.ResponseWriter, r *web.Request, next string, presence bool, err error) error {
	f := fault.Of(err)
	if f.Kind == fault.Internal {
		return err
	}
	b.Log.WarnContext(r.Context(), "identity provider", "request", r.ID, "key", f.Key, "cause", f.Unwrap())
	if presence && r.Session != nil {
		return b.refused(w, r, f)
	}
	return b.SignInAgain(w, r, next, f)
}

type providerView struct {
	Heading ui.HeadingView
	Text    string
	Again   string
	Href    string
}

// present says that presence is proven: the form waits on the page that this one was opened from.
func (b *byProvider) present(w http.ResponseWriter, r *web.Request) error {
	t := r.Words
	v := providerView{Heading: ui.HeadingView{Title: t.T("provider.present")}, Text: t.T("provider.go_back")}
	page := r.Page(v.Heading.Title)
	page.Narrow = true
	return r.Render(w, http.StatusOK, page, providerBody(v))
}

// refused says why presence is not proven.
func (b *byProvider) refused(w http.ResponseWriter, r *web.Request, f *fault.Error) error {
	t := r.Words
	v := providerView{Heading: ui.HeadingView{Title: t.T("provider.not_present")}, Text: t.Fault(nil, f), Again: t.T("provider.again"), Href: ProviderHref + "?presence"}
	page := r.Page(v.Heading.Title)
	page.Narrow = true
	return r.Render(w, web.Status(f), page, providerBody(v))
}
