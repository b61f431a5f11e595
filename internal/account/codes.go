package account

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"nazorat/internal/fault"
	"nazorat/internal/receipt"
	"nazorat/internal/signin"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Addresses of codes, and of what an officer has to make who has no second factor.
const (
	codesHref = "/account/codes"
	// SecondFactorHref is where an officer is led who has yet to make one.
	SecondFactorHref = "/account/second-factor"
)

// Names of what forms of codes carry.
const (
	fieldOffer = "offer"
	fieldCode  = "code"
	fieldNext  = "next"
)

// generatorView is the part of the page about codes.
type generatorView struct {
	Title, About string
	State        string
	Add          string
	Remove       string // "" where there is none to take away
}

func (a *account) generator(r *web.Request, v *pageView) error {
	if !a.SignIn.GeneratorsOffered() {
		return nil
	}
	t := r.Words
	added, used, err := a.SignIn.GeneratorSince(r.Context(), r.Session.Officer.ID)
	if err != nil {
		return err
	}
	g := &generatorView{Title: t.T("codes.title"), About: t.T("codes.about"), State: t.T("codes.none"), Add: t.T("codes.add")}
	if added > 0 {
		g.State = t.T("codes.since", "added", t.Moment(a.Zone, added), "used", t.Moment(a.Zone, used))
		g.Add, g.Remove = t.T("codes.replace"), t.T("codes.remove")
	}
	v.Generator = g
	return nil
}

// startCodes begins to set up a generator: whoever is not known to be there is asked first.
func (a *account) startCodes(w http.ResponseWriter, r *web.Request) error {
	if !signin.IsFresh(r.Session.Proven, a.Docket.Now()) {
		return signin.NotPresent()
	}
	return web.SeeOther(w, r, codesHref+"/new"+onward(r))
}

// onward is what leads on to the page that an officer was on his way to.
func onward(r *web.Request) string {
	if r.FormValue(fieldNext) == "" {
		return ""
	}
	return "?" + url.Values{fieldNext: {r.Next()}}.Encode()
}

// after is where an officer goes once he has made what he had to: where he was
// on his way to, or his own page.
func after(r *web.Request) string {
	if r.FormValue(fieldNext) == "" {
		return Href
	}
	return r.Next()
}

// newCodes shows a new secret, as a picture and as text.
func (a *account) newCodes(w http.ResponseWriter, r *web.Request) error {
	if !signin.IsFresh(r.Session.Proven, a.Docket.Now()) {
		return web.SeeOther(w, r, Href)
	}
	g, err := a.SignIn.NewGenerator(r.Context(), r.Session, a.Docket.Now())
	if err != nil {
		return err
	}
	return a.showCodes(w, r, http.StatusOK, g, nil)
}

type codesView struct {
	Heading          ui.HeadingView
	Steps            []string
	Picture          templ.Component
	SecretIs, Secret string
	Offer, Next      string
	Code             ui.TextField
	Button, Cancel   string
}

func (a *account) showCodes(w http.ResponseWriter, r *web.Request, status int, g *signin.Generator, failed *fault.Error) error {
	t := r.Words
	picture, err := receipt.Drawn(g.URL, t.T("codes.picture"))
	if err != nil {
		return err
	}
	v := codesView{Heading: ui.HeadingView{Title: t.T("codes.add")}, Steps: []string{t.T("codes.step_app"), t.T("codes.step_scan"), t.T("codes.step_code")}, Picture: picture,
		SecretIs: t.T("codes.secret"), Secret: g.Secret, Offer: g.Offer, Next: r.FormValue(fieldNext), Button: t.T("codes.confirm"), Cancel: t.T("account.back"),
		Code: ui.TextField{Field: ui.Field{Name: fieldCode, Label: t.T("sign_in.code"), Hint: t.T("sign_in.code_hint")}, Autocomplete: "one-time-code", InputMode: "numeric", Width: 10}}
	page := r.Page(v.Heading.Title)
	page.Narrow = true
	page.Languages = nil // a link away would draw another secret
	page.Breadcrumbs = []ui.Crumb{{Text: t.T("account.title"), Href: Href}, {Text: v.Heading.Title}}
	if failed != nil {
		v.Code.Error = t.Fault(nil, failed)
		page.Errors = []ui.FieldError{{Field: fieldCode, Text: v.Code.Error}}
	}
	return r.Render(w, status, page, codesBody(v))
}

// addCodes takes the first code.
func (a *account) addCodes(w http.ResponseWriter, r *web.Request) error {
	offer, now := r.PostForm.Get(fieldOffer), a.Docket.Now()
	token, err := a.SignIn.AddGenerator(r.Context(), r.Session, r.Token, offer, r.PostForm.Get(fieldCode), now)
	if f := fault.Of(err); err != nil && f.Key == "code.wrong" {
		g, err := a.SignIn.SameGenerator(r.Session, offer, now)
		if err != nil {
			return err
		}
		return a.showCodes(w, r, web.Status(f), g, f)
	}
	if err != nil {
		return err
	}
	if err := r.Server().Kept(w, r, token); err != nil {
		return err
	}
	return web.SeeOther(w, r, after(r))
}

func (a *account) removeCodes(w http.ResponseWriter, r *web.Request) error {
	err := a.SignIn.RemoveGenerator(r.Context(), r.Session, a.Docket.Now())
	if err != nil && !fault.Is(err, fault.NotFound) { // it is gone already: that was wanted
		return err
	}
	return web.SeeOther(w, r, Href)
}

type secondView struct {
	Heading  ui.HeadingView
	Text     string
	Passkey  string // the buttons; "" where that cannot be had
	Codes    string
	CodesAre string
	Next     string
}

// secondFactor leads whoever has yet to make one to what can be made.
func (a *account) secondFactor(w http.ResponseWriter, r *web.Request) error {
	t := r.Words
	if !a.SignIn.Needs(r.Session) {
		return web.SeeOther(w, r, after(r))
	}
	v := secondView{Heading: ui.HeadingView{Title: t.T("second.title")}, Text: t.T("second.about"), Next: r.FormValue(fieldNext)}
	keys, err := a.SignIn.List(r.Context(), r.Session.Officer.ID)
	if err != nil {
		return err
	}
	added, _, err := a.SignIn.GeneratorSince(r.Context(), r.Session.Officer.ID)
	if err != nil {
		return err
	}
	switch {
	case len(keys) > 0 || added > 0: // the session was begun before the office wanted more than a password
		v.Text = t.T("second.have")
	default:
		if a.Ceremonies != nil {
			v.Passkey = t.T("account.add")
		}
		if a.SignIn.GeneratorsOffered() {
			v.Codes, v.CodesAre = t.T("codes.add"), t.T("second.codes")
		}
	}
	page := r.Page(v.Heading.Title)
	page.Narrow = true
	return r.Render(w, http.StatusOK, page, secondBody(v))
}

// codesKind is how loud the button of codes is: less so than that of passkeys, which are better.
func codesKind(v secondView) ui.ButtonKind {
	if v.Passkey != "" {
		return ui.Secondary
	}
	return ui.Primary
}
