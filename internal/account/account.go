// Package account is an officer's own page: his passkeys, his code generator and
// his password, the sessions that run in his name, his mandates, and what happened to the ways in which he signs in;
// and the pages on which two administrators let in again who lost his key.
//
// Beside those it shows and changes nothing but what is his own: whose page it is follows
// from the session, never from what was sent. Keys are added and taken away by
// whoever has just proven that he is there; a session is ended without that,
// since whoever sees a stranger's must not be held up. Who proves what, and
// how, is the business of package signin.
package account

import (
	"embed"
	"net/http"

	"github.com/a-h/templ"

	"nazorat/internal/fault"
	"nazorat/internal/signin"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS

// Href is the address of the page.
const Href = "/account"

// mostEvents are shown.
const mostEvents = 20

// Names of what forms carry.
const (
	fieldName    = "name"
	fieldPasskey = "passkey"
)

// account serves the pages.
type account struct{ *web.Server }

// Register adds the pages to a server.
func Register(s *web.Server) {
	a := &account{s}
	s.Handle("GET "+Href, a.page)
	s.Handle("POST /account/sessions/{id}/end", a.endSession)
	s.Handle("POST /account/sessions/end-others", a.endOthers)
	s.Handle("GET "+recoveryHref, a.recoveries)
	s.Handle("POST "+recoveryHref, a.askRecovery)
	s.Handle("POST "+endSessionsHref, a.endSessionsOf)
	s.Handle("POST /recovery/{id}/confirm", a.confirmRecovery)
	s.Handle("POST /recovery/{id}/refuse", a.refuseRecovery)
	s.Handle("POST /account/password/new", a.startPassword)
	s.Handle("GET "+passwordHref, a.passwordPage)
	s.Handle("POST "+passwordHref, a.setPassword)
	s.HandleEarly("GET "+SecondFactorHref, a.secondFactor)
	s.HandleEarly("POST /account/codes/new", a.startCodes)
	s.HandleEarly("GET /account/codes/new", a.newCodes)
	s.HandleEarly("POST "+codesHref, a.addCodes)
	s.Handle("POST /account/codes/remove", a.removeCodes)
	s.HandlePublic("GET "+RecoverHref, a.recoverPage)
	s.HandlePublic("POST "+RecoverHref, a.recover)
	if s.Ceremonies == nil {
		return
	}
	s.HandleEarly("POST /account/passkeys/new", a.start)
	s.HandleEarly("GET /account/passkeys/new", a.newPage)
	s.HandleEarly("POST /account/passkeys/options", a.options)
	s.HandleEarly("POST /account/passkeys", a.add)
	s.Handle("POST /account/passkeys/{id}/remove", a.remove)
}

type pageView struct {
	Heading     ui.HeadingView
	Passkeys    *ui.TableView // nil where there are none to be had
	PasskeysAre string
	About       string
	Add         string
	Generator   *generatorView // nil where none are to be had
	Password    passwordView
	SessionsAre string
	Sessions    ui.TableView
	EndOthers   string // "" where there are none
	MandatesAre string // "" where he has but one
	Mandates    ui.TableView
	Recovery    string // the link of administrators to those who lost their keys
	Became      string // the link to become somebody else, in the demonstration
	EventsAre   string
	Events      []ui.TimelineItem
}

func (a *account) page(w http.ResponseWriter, r *web.Request) error {
	t, s := r.Words, r.Session
	page := r.Page(t.T("account.title"))
	v := pageView{Heading: ui.HeadingView{Title: t.T("account.title"), Caption: t.Name(s.Officer.Name)}, SessionsAre: t.T("account.sessions")}
	if err := a.passkeys(r, &v); err != nil {
		return err
	}
	if err := a.generator(r, &v); err != nil {
		return err
	}
	if err := a.password(r, &v); err != nil {
		return err
	}
	if err := a.sessions(r, &v); err != nil {
		return err
	}
	if err := a.mandates(r, &v); err != nil {
		return err
	}
	if a.SignIn.MayRecover(s) {
		v.Recovery = t.T("recovery.title")
	}
	if len(a.Accounts) > 0 {
		v.Became = t.T("account.become")
	}
	if err := a.events(r, &v); err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, page, pageBody(v))
}

// mandates are shown to whoever has several.
func (a *account) mandates(r *web.Request, v *pageView) error {
	t := r.Words
	list, err := a.Directory.Mandates(r.Context(), r.Session.Officer.ID, a.Docket.Now())
	if err != nil || len(list) < 2 {
		return err
	}
	v.MandatesAre = t.T("account.mandates")
	v.Mandates = ui.TableView{ID: "acting", Caption: v.MandatesAre, HideCaption: true,
		Columns: []ui.Column{{Text: t.T("account.role")}, {Text: t.T("account.office")}, {Text: t.T("account.use"), Hidden: true}}}
	var instead []string
	for _, m := range list {
		instead = append(instead, m.InsteadOf)
	}
	names, err := a.Directory.Names(r.Context(), instead)
	if err != nil {
		return err
	}
	for _, m := range list {
		note := ""
		if m.For() != "" {
			note = t.T("account.in_place", "name", t.Name(names[m.InsteadOf]))
		}
		office := m.Office
		if o := a.Directory.Tree().Office(m.Office); o != nil {
			office = t.Office(o)
		}
		last := ui.Cell{Body: useForm(m.ID, ui.ButtonView{Text: t.T("account.use"), About: t.Role(m.Role), Kind: ui.Quiet})}
		if m.ID == r.Session.Mandate.ID {
			last = ui.Cell{Body: ui.Tag(ui.Good, t.T("account.in_use"))}
		}
		v.Mandates.Rows = append(v.Mandates.Rows, ui.Row{Cells: []ui.Cell{{Text: t.Role(m.Role), Note: note, Head: true}, {Text: office}, last}})
	}
	return nil
}

func (a *account) passkeys(r *web.Request, v *pageView) error {
	if a.Ceremonies == nil {
		return nil
	}
	t := r.Words
	keys, err := a.SignIn.List(r.Context(), r.Session.Officer.ID)
	if err != nil {
		return err
	}
	v.PasskeysAre, v.About = t.T("account.passkeys"), t.T("account.passkeys_about")
	v.Passkeys = &ui.TableView{ID: "passkeys", Caption: v.PasskeysAre, HideCaption: true, Empty: t.T("account.no_passkeys"),
		Columns: []ui.Column{{Text: t.T("account.name")}, {Text: t.T("account.added"), Unbroken: true}, {Text: t.T("account.used"), Unbroken: true}, {Text: t.T("account.remove"), Hidden: true}}}
	for _, k := range keys {
		used := t.T("account.never")
		if k.Used != 0 {
			used = t.Moment(a.Zone, k.Used)
		}
		v.Passkeys.Rows = append(v.Passkeys.Rows, ui.Row{Cells: []ui.Cell{{Text: k.Name, Head: true}, {Text: t.Moment(a.Zone, k.Added)}, {Text: used},
			{Body: button("/account/passkeys/"+k.ID+"/remove", ui.ButtonView{Text: t.T("account.remove"), About: k.Name, Kind: ui.Quiet})}}})
	}
	if len(keys) < signin.MostPasskeys {
		v.Add = t.T("account.add")
	}
	return nil
}

func (a *account) sessions(r *web.Request, v *pageView) error {
	t := r.Words
	list, err := a.SignIn.Sessions(r.Context(), r.Session.Officer.ID, a.Docket.Now())
	if err != nil {
		return err
	}
	v.Sessions = ui.TableView{ID: "sessions", Caption: v.SessionsAre, HideCaption: true, Columns: []ui.Column{{Text: t.T("account.device")}, {Text: t.T("account.way")},
		{Text: t.T("account.began"), Unbroken: true}, {Text: t.T("account.seen"), Unbroken: true}, {Text: t.T("account.end"), Hidden: true}}}
	for _, s := range list {
		device := a.device(t, s.Device)
		last := ui.Cell{Body: button("/account/sessions/"+s.ID+"/end", ui.ButtonView{Text: t.T("account.end"), About: device, Kind: ui.Quiet})}
		if s.ID == r.Session.ID {
			last = ui.Cell{Body: ui.Tag(ui.Good, t.T("account.this"))}
		} else {
			v.EndOthers = t.T("account.end_others")
		}
		v.Sessions.Rows = append(v.Sessions.Rows, ui.Row{Cells: []ui.Cell{{Text: device, Head: true}, {Text: t.T("account.way." + string(s.Way))},
			{Text: t.Moment(a.Zone, s.Created)}, {Text: t.Moment(a.Zone, s.Seen)}, last}})
	}
	return nil
}

// device is the kind of device in words.
func (a *account) device(t *web.Words, d signin.Device) string {
	switch {
	case d.Browser != "" && d.System != "":
		return t.T("account.browser_on", "browser", d.Browser, "system", d.System)
	case d.Browser != "" || d.System != "":
		return d.Browser + d.System
	}
	return t.T("account.unknown_device")
}

func (a *account) events(r *web.Request, v *pageView) error {
	t := r.Words
	list, err := a.SignIn.Events(r.Context(), r.Session.Officer.ID, mostEvents)
	if err != nil || len(list) == 0 {
		return err
	}
	var ids []string
	for _, e := range list {
		ids = append(ids, e.By)
	}
	names, err := a.Directory.Names(r.Context(), ids)
	if err != nil {
		return err
	}
	v.EventsAre = t.T("account.events")
	for _, e := range list {
		v.Events = append(v.Events, ui.TimelineItem{Title: t.T("account.event." + e.What), Text: e.About, By: t.Name(names[e.By]), When: t.Moment(a.Zone, e.At), Datetime: web.Machine(a.Zone, e.At)})
	}
	return nil
}

func (a *account) endSession(w http.ResponseWriter, r *web.Request) error {
	err := a.SignIn.EndOne(r.Context(), r.Session.Officer.ID, r.PathValue("id"))
	if err != nil && !fault.Is(err, fault.NotFound) { // it has ended by itself: that was wanted
		return err
	}
	return web.SeeOther(w, r, Href)
}

func (a *account) endOthers(w http.ResponseWriter, r *web.Request) error {
	if err := a.SignIn.EndOthers(r.Context(), r.Session); err != nil {
		return err
	}
	return web.SeeOther(w, r, Href)
}

// button is a form of nothing but its button.
func button(action string, b ui.ButtonView) templ.Component { return buttonForm(action, b) }
