package account

import (
	"net/http"
	"strings"

	"nazorat/internal/fault"
	"nazorat/internal/look"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Addresses of recovery: for administrators, and for whoever lost what he signs in with.
const (
	recoveryHref    = "/recovery"
	endSessionsHref = "/recovery/sessions"
	// RecoverHref is where an officer uses his code.
	RecoverHref = "/sign-in/recover"
)

// Names of what forms of recovery carry.
const (
	fieldLogin  = "login"
	fieldReason = "reason"
	fieldFirst  = "first"
	fieldSecond = "second"
	fieldOf     = "of" // whose sessions are ended
)

type recoveryView struct {
	Heading ui.HeadingView
	About   string
	WaitIs  string
	Waiting ui.TableView
	AskIs   string
	Login   ui.TextField
	Reason  ui.TextAreaField
	Ask     string

	EndIs, EndAbout string // ending somebody's sessions
	EndLogin        ui.TextField
	End             ui.ButtonView
}

// recoveries: what is under way, and the form that begins another.
func (a *account) recoveries(w http.ResponseWriter, r *web.Request) error {
	return a.showRecoveries(w, r, http.StatusOK, typedRecovery{}, nil)
}

// typedRecovery is what was typed into one of the forms of the page.
type typedRecovery struct {
	login, reason string
	of            string // into the form that ends sessions
	ending        bool   // it was that form
}

func (a *account) showRecoveries(w http.ResponseWriter, r *web.Request, status int, typed typedRecovery, failed *fault.Error) error {
	t := r.Words
	list, err := a.SignIn.Recoveries(r.Context(), r.Session, a.Docket.Now())
	if err != nil {
		return err
	}
	if err := r.LookedAtOfficers(look.List, "", len(list)); err != nil {
		return err
	}
	ids := make([]string, 0, 2*len(list))
	for _, x := range list {
		ids = append(ids, x.AskedBy, x.ConfirmedBy)
	}
	names, err := a.Directory.Names(r.Context(), ids)
	if err != nil {
		return err
	}
	v := recoveryView{Heading: ui.HeadingView{Title: t.T("recovery.title")}, About: t.T("recovery.about"), WaitIs: t.T("recovery.under_way"), AskIs: t.T("recovery.ask"), Ask: t.T("recovery.ask_button"),
		Login: ui.TextField{Field: ui.Field{Name: fieldLogin, Label: t.T("sign_in.login"), Hint: t.T("recovery.login_hint")}, Value: typed.login, Autocomplete: "off", Width: 30},
		EndIs: t.T("recovery.end"), EndAbout: t.T("recovery.end_about"), End: ui.ButtonView{Text: t.T("recovery.end_button"), Kind: ui.Secondary, ID: "end-sessions"},
		EndLogin: ui.TextField{Field: ui.Field{Name: fieldOf, Label: t.T("sign_in.login"), Hint: t.T("recovery.end_hint")}, Value: typed.of, Autocomplete: "off", Width: 30},
		Reason:   ui.TextAreaField{Field: ui.Field{Name: fieldReason, Label: t.T("recovery.why"), Hint: t.T("recovery.why_hint")}, Value: typed.reason, Rows: 3},
		Waiting: ui.TableView{ID: "waiting", Caption: t.T("recovery.under_way"), HideCaption: true, Empty: t.T("recovery.nothing"),
			Columns: []ui.Column{{Text: t.T("recovery.officer")}, {Text: t.T("recovery.why")}, {Text: t.T("recovery.asked_by")}, {Text: t.T("recovery.confirmed_by")}, {Text: t.T("recovery.ends"), Unbroken: true}, {Text: t.T("recovery.decide"), Hidden: true}}}}
	for _, x := range list {
		confirmed, about := t.T("recovery.not_yet"), t.Name(x.Officer.Name)
		if x.ConfirmedBy != "" {
			confirmed = t.Name(names[x.ConfirmedBy])
		}
		d := decisionView{ID: x.ID, Refuse: ui.ButtonView{Text: t.T("recovery.refuse"), About: about, Kind: ui.Quiet}}
		if x.ConfirmedBy == "" && x.AskedBy != r.Session.Officer.ID && x.Officer.ID != r.Session.Officer.ID {
			d.Confirm = &ui.ButtonView{Text: t.T("recovery.confirm"), About: about, Kind: ui.Secondary}
		}
		v.Waiting.Rows = append(v.Waiting.Rows, ui.Row{Cells: []ui.Cell{{Text: about, Note: x.Officer.Login, Head: true}, {Text: x.Reason}, {Text: t.Name(names[x.AskedBy])}, {Text: confirmed},
			{Text: t.Moment(a.Zone, x.Ends)}, {Body: decision(d)}}})
	}
	page := r.Page(v.Heading.Title)
	page.Breadcrumbs = []ui.Crumb{{Text: t.T("account.title"), Href: Href}, {Text: v.Heading.Title}}
	if failed != nil {
		text, field := t.Fault(nil, failed), ""
		switch failed.Key {
		case "recovery.nobody", "recovery.own":
			if typed.ending {
				v.EndLogin.Error, field = text, fieldOf
			} else {
				v.Login.Error, field = text, fieldLogin
			}
		case "recovery.reason":
			v.Reason.Error, field = text, fieldReason
		}
		page.Errors = []ui.FieldError{{Field: field, Text: text}}
	}
	return r.Render(w, status, page, recoveryBody(v))
}

type decisionView struct {
	ID      string
	Confirm *ui.ButtonView // nil for whoever may not
	Refuse  ui.ButtonView
}

// codeView is one half of a code, or that somebody's sessions have ended. It is shown in the answer to the form and nowhere again.
type codeView struct {
	Heading           ui.HeadingView
	Label, Code, What string
	Back              string
}

func (a *account) showCode(w http.ResponseWriter, r *web.Request, which, code string) error {
	t := r.Words
	v := codeView{Heading: ui.HeadingView{Title: t.T("recovery." + which)}, Label: t.T("recovery." + which + "_is"), Code: code, What: t.T("recovery." + which + "_what"), Back: t.T("recovery.back")}
	page := r.Page(v.Heading.Title)
	page.Narrow = true
	page.Languages = nil // a link away would lose the code
	return r.Render(w, http.StatusOK, page, codeBody(v))
}

// askRecovery begins a recovery.
func (a *account) askRecovery(w http.ResponseWriter, r *web.Request) error {
	login, reason := r.PostForm.Get(fieldLogin), r.PostForm.Get(fieldReason)
	code, err := a.SignIn.AskRecovery(r.Context(), r.Session, login, reason, a.Docket.Now())
	if err == nil {
		return a.showCode(w, r, "first", code)
	}
	f := fault.Of(err)
	switch f.Key {
	case "recovery.nobody", "recovery.own", "recovery.reason":
		return a.showRecoveries(w, r, http.StatusUnprocessableEntity, typedRecovery{login: login, reason: reason}, f)
	}
	return err
}

// endSessionsOf ends all that runs in an officer's name, and says that it did.
func (a *account) endSessionsOf(w http.ResponseWriter, r *web.Request) error {
	of := r.PostForm.Get(fieldOf)
	err := a.SignIn.EndSessions(r.Context(), r.Session, of, a.Docket.Now())
	if err == nil {
		return a.showCode(w, r, "ended", strings.TrimSpace(of))
	}
	if f := fault.Of(err); f.Key == "recovery.nobody" || f.Key == "recovery.own" {
		return a.showRecoveries(w, r, http.StatusUnprocessableEntity, typedRecovery{of: of, ending: true}, f)
	}
	return err
}

func (a *account) confirmRecovery(w http.ResponseWriter, r *web.Request) error {
	code, err := a.SignIn.ConfirmRecovery(r.Context(), r.Session, r.PathValue("id"), a.Docket.Now())
	if err != nil {
		return err
	}
	return a.showCode(w, r, "second_half", code)
}

func (a *account) refuseRecovery(w http.ResponseWriter, r *web.Request) error {
	err := a.SignIn.RefuseRecovery(r.Context(), r.Session, r.PathValue("id"), a.Docket.Now())
	if err != nil && fault.Of(err).Key != "recovery.none" { // it has ended: that was wanted
		return err
	}
	return web.SeeOther(w, r, recoveryHref)
}

type recoverView struct {
	Heading              ui.HeadingView
	Login, First, Second ui.TextField
	Button, Back         string
}

// recoverPage is where an officer uses his code.
func (a *account) recoverPage(w http.ResponseWriter, r *web.Request) error {
	return a.showRecover(w, r, http.StatusOK, "", nil)
}

func (a *account) showRecover(w http.ResponseWriter, r *web.Request, status int, login string, failed *fault.Error) error {
	t := r.Words
	v := recoverView{Heading: ui.HeadingView{Title: t.T("recover.title"), Lead: t.T("recover.about")}, Button: t.T("recover.button"), Back: t.T("recover.back"),
		Login:  ui.TextField{Field: ui.Field{Name: fieldLogin, Label: t.T("sign_in.login")}, Value: login, Autocomplete: "username", Width: 30},
		First:  ui.TextField{Field: ui.Field{Name: fieldFirst, Label: t.T("recover.first")}, Autocomplete: "off", Width: 30},
		Second: ui.TextField{Field: ui.Field{Name: fieldSecond, Label: t.T("recover.second")}, Autocomplete: "off", Width: 30}}
	page := r.Page(v.Heading.Title)
	page.Narrow = true
	if failed != nil {
		text := t.Fault(nil, failed)
		v.Login.Error = text
		page.Errors = []ui.FieldError{{Field: fieldLogin, Text: text}}
	}
	return r.Render(w, status, page, recoverBody(v))
}

func (a *account) recover(w http.ResponseWriter, r *web.Request) error {
	login := r.PostForm.Get(fieldLogin)
	token, err := a.SignIn.Recover(r.Context(), login, r.PostForm.Get(fieldFirst), r.PostForm.Get(fieldSecond), r.From(), a.Docket.Now())
	if f := fault.Of(err); err != nil && f.Kind != fault.Internal {
		return a.showRecover(w, r, web.Status(f), login, f)
	}
	if err != nil {
		return err
	}
	return a.Enter(w, r, token, Href)
}
