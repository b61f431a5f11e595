package account

import (
	"net/http"

	"nazorat/internal/fault"
	"nazorat/internal/signin"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

type newView struct {
	Heading ui.HeadingView
	Lead    string
	Name    ui.TextField
	Passkey ui.PasskeyView
	Next    string
	Without string // where there is no script
	Cancel  string
}

// start begins to add a key: whoever is not known to be there is asked first.
func (a *account) start(w http.ResponseWriter, r *web.Request) error {
	if !signin.IsFresh(r.Session.Proven, a.Docket.Now()) {
		return signin.NotPresent()
	}
	return web.SeeOther(w, r, "/account/passkeys/new"+onward(r))
}

// newPage asks for the name of a new key, and lets the authenticator make it.
func (a *account) newPage(w http.ResponseWriter, r *web.Request) error {
	if !signin.IsFresh(r.Session.Proven, a.Docket.Now()) {
		return web.SeeOther(w, r, Href)
	}
	return a.showNew(w, r, http.StatusOK, "", nil)
}

func (a *account) showNew(w http.ResponseWriter, r *web.Request, status int, name string, failed *fault.Error) error {
	t := r.Words
	v := newView{Heading: ui.HeadingView{Title: t.T("account.add")}, Lead: t.T("account.new_about"), Without: t.T("account.no_script"), Cancel: t.T("account.back"), Next: r.FormValue(fieldNext),
		Name:    ui.TextField{Field: ui.Field{Name: fieldName, Label: t.T("account.name"), Hint: t.T("account.name_hint")}, Value: name, Width: 30, Autocomplete: "off"},
		Passkey: ui.PasskeyView{Create: true, Options: "/account/passkeys/options", Field: fieldPasskey, Text: t.T("account.make"), Failed: t.T("account.not_made")}}
	page := r.Page(v.Heading.Title)
	page.Narrow = true
	page.Breadcrumbs = []ui.Crumb{{Text: t.T("account.title"), Href: Href}, {Text: v.Heading.Title}}
	if failed != nil {
		text, field := t.Fault(nil, failed), ""
		if failed.Key == "passkey.name" {
			v.Name.Error, field = text, fieldName
		}
		page.Errors = []ui.FieldError{{Field: field, Text: text}}
	}
	return r.Render(w, status, page, newBody(v))
}

// options says what to ask the authenticator.
func (a *account) options(w http.ResponseWriter, r *web.Request) error {
	options, err := a.Ceremonies.Enrol(r.Context(), r.Session, a.Docket.Now())
	if err != nil {
		return err
	}
	return web.WriteOptions(w, options)
}

// add takes the key that was made.
func (a *account) add(w http.ResponseWriter, r *web.Request) error {
	name := r.PostForm.Get(fieldName)
	err := a.Ceremonies.Enrolled(r.Context(), r.Session, name, []byte(r.PostForm.Get(fieldPasskey)), a.Docket.Now())
	switch f := fault.Of(err); {
	case err == nil:
		return web.SeeOther(w, r, after(r))
	case f.Key == signin.PresenceRequired || f.Kind == fault.Internal || f.Kind == fault.Unavailable:
		return err
	default:
		return a.showNew(w, r, web.Status(f), name, f)
	}
}

func (a *account) remove(w http.ResponseWriter, r *web.Request) error {
	err := a.SignIn.Remove(r.Context(), r.Session, r.PathValue("id"), a.Docket.Now())
	if err != nil && !fault.Is(err, fault.NotFound) { // it is gone already: that was wanted
		return err
	}
	return web.SeeOther(w, r, Href)
}
