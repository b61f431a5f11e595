package account

import (
	"net/http"

	"nazorat/internal/fault"
	"nazorat/internal/signin"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

const passwordHref = "/account/password"

// Names of what the form of a password carries.
const (
	fieldPassword = web.SecretPrefix + "password"
	fieldAgain    = web.SecretPrefix + "again"
)

// passwordView is the part of the page about the password.
type passwordView struct{ Title, State, Login, Set string }

func (a *account) password(r *web.Request, v *pageView) error {
	t := r.Words
	has, err := a.SignIn.HasPassword(r.Context(), r.Session.Officer.ID)
	if err != nil {
		return err
	}
	v.Password = passwordView{Title: t.T("password.title"), State: t.T("password.none"), Login: t.T("password.login", "login", r.Session.Officer.Login), Set: t.T("password.set")}
	if has {
		v.Password.State, v.Password.Set = t.T("password.there"), t.T("password.change")
	}
	return nil
}

// startPassword begins to set a password: whoever is not known to be there is asked first.
func (a *account) startPassword(w http.ResponseWriter, r *web.Request) error {
	if !signin.IsFresh(r.Session.Proven, a.Docket.Now()) {
		return signin.NotPresent()
	}
	return web.SeeOther(w, r, passwordHref)
}

func (a *account) passwordPage(w http.ResponseWriter, r *web.Request) error {
	if !signin.IsFresh(r.Session.Proven, a.Docket.Now()) {
		return web.SeeOther(w, r, Href)
	}
	return a.showPassword(w, r, http.StatusOK, nil)
}

type newPasswordView struct {
	Heading         ui.HeadingView
	Lead            string
	Login           string // for the browser's own keeper of passwords
	Password, Again ui.TextField
	Button, Cancel  string
}

func (a *account) showPassword(w http.ResponseWriter, r *web.Request, status int, failed *fault.Error) error {
	t := r.Words
	v := newPasswordView{Heading: ui.HeadingView{Title: t.T("password.set")}, Lead: t.T("password.about", "least", signin.ShortestPassword), Login: r.Session.Officer.Login, Button: t.T("password.button"), Cancel: t.T("account.back"),
		Password: ui.TextField{Field: ui.Field{Name: fieldPassword, Label: t.T("password.new"), Hint: t.T("password.hint")}, Type: "password", Autocomplete: "new-password", Width: 30},
		Again:    ui.TextField{Field: ui.Field{Name: fieldAgain, Label: t.T("password.again")}, Type: "password", Autocomplete: "new-password", Width: 30}}
	page := r.Page(v.Heading.Title)
	page.Narrow = true
	page.Breadcrumbs = []ui.Crumb{{Text: t.T("account.title"), Href: Href}, {Text: v.Heading.Title}}
	if failed != nil {
		text, field := t.Fault(nil, failed), fieldPassword
		if failed.Key == "password.differ" {
			v.Again.Error, field = text, fieldAgain
		} else {
			v.Password.Error = text
		}
		page.Errors = []ui.FieldError{{Field: field, Text: text}}
	}
	return r.Render(w, status, page, passwordBody(v))
}

// setPassword takes a new password, typed twice: nobody sees what he types.
func (a *account) setPassword(w http.ResponseWriter, r *web.Request) error {
	password, again := r.PostForm.Get(fieldPassword), r.PostForm.Get(fieldAgain)
	if !signin.IsFresh(r.Session.Proven, a.Docket.Now()) { // secrets do not come back in the page that asks: he types them again
		return web.SeeOther(w, r, Href)
	}
	if password != again {
		f := fault.New(fault.Invalid, "password.differ", nil)
		return a.showPassword(w, r, web.Status(f), f)
	}
	err := a.SignIn.ChangePassword(r.Context(), r.Session, password, a.Docket.Now())
	switch f := fault.Of(err); {
	case err == nil:
		return web.SeeOther(w, r, Href)
	case f.Kind == fault.Invalid:
		return a.showPassword(w, r, web.Status(f), f)
	}
	return err
}
