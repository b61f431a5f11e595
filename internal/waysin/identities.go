package waysin

import (
	"net/http"
	"net/url"
	"slices"

	"nazorat/internal/directory"
	"nazorat/internal/fault"
	"nazorat/internal/identity"
	"nazorat/internal/look"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

type identitiesView struct {
	Heading ui.HeadingView
	Office  ui.SelectField
	Show    string
	WaitIs  string
	Waiting ui.TableView
	AreIs   string
	Are     ui.TableView
	AskIs   string
	About   string
	At      string // the office, for the form
	Login   ui.TextField
	Subject ui.TextField
	Ask     string
}

// identities: who the officers of an office are to the identity provider, and what waits to be confirmed.
func (a *waysin) identities(w http.ResponseWriter, r *web.Request) error {
	q := r.URL.Query()
	o, err := a.office(r, q.Get(fieldOffice))
	if err != nil {
		return err
	}
	return a.showIdentities(w, r, http.StatusOK, o, q.Get(fieldLogin), "", nil)
}

// wrongField is the field that a fault is about; "" for none.
func wrongField(key string) string {
	switch key {
	case "recovery.nobody", "recovery.own":
		return fieldLogin
	case "provider.subject", "provider.taken", "provider.has_it":
		return fieldSubject
	}
	return ""
}

func (a *waysin) showIdentities(w http.ResponseWriter, r *web.Request, status int, o *directory.Office, login, subject string, failed *fault.Error) error {
	t, now := r.Words, a.Docket.Now()
	list, err := a.provider.Of(r.Context(), o.ID, now)
	if err != nil {
		return err
	}
	waiting, err := a.provider.Proposals(r.Context(), a.mine(r), now)
	if err != nil {
		return err
	}
	if err := r.LookedAtOfficers(look.List, o.ID, len(list)); err != nil {
		return err
	}
	v := identitiesView{Heading: ui.HeadingView{Caption: a.provider.Name, Title: t.T("waysin.identities"), Lead: t.T("waysin.identities_lead")}, Office: a.offices(r, o.ID), Show: t.T("waysin.show"),
		WaitIs: t.T("waysin.waiting"), AreIs: t.Office(o), AskIs: t.T("waysin.bind"), About: t.T("waysin.bind_about"), At: o.ID, Ask: t.T("waysin.propose"),
		Login:   ui.TextField{Field: ui.Field{Name: fieldLogin, Label: t.T("sign_in.login")}, Value: login, Autocomplete: "off", Width: 30},
		Subject: ui.TextField{Field: ui.Field{Name: fieldSubject, Label: t.T("waysin.subject"), Hint: t.T("waysin.subject_hint", "claim", a.provider.Claim)}, Value: subject, Autocomplete: "off", Width: 30}}
	if v.Waiting, err = a.proposals(r, waiting); err != nil {
		return err
	}
	v.Are = a.held(r, o, list, waiting)
	page := r.Page(v.Heading.Title + " · " + t.Office(o))
	page.Breadcrumbs = []ui.Crumb{{Text: t.T("service.title"), Href: "/service"}, {Text: v.Heading.Title}}
	page.Notices = append(page.Notices, done(r, map[string]string{"proposed": "waysin.done_proposed", "bound": "waysin.done_bound", "refused": "waysin.done_refused", "removed": "waysin.done_removed"})...)
	if failed != nil {
		text, field := t.Fault(nil, failed), wrongField(failed.Key)
		switch field {
		case fieldLogin:
			v.Login.Error = text
		case fieldSubject:
			v.Subject.Error = text
		}
		page.Errors = []ui.FieldError{{Field: field, Text: text}}
	}
	return r.Render(w, status, page, identitiesBody(v))
}

// proposals is the table of what waits to be confirmed.
func (a *waysin) proposals(r *web.Request, list []identity.Proposal) (ui.TableView, error) {
	t, me := r.Words, r.Session.Officer.ID
	v := ui.TableView{ID: "waiting", Caption: t.T("waysin.waiting"), HideCaption: true, Empty: t.T("waysin.nothing_waits"), Columns: []ui.Column{{Text: t.T("waysin.officer")}, {Text: t.T("waysin.subject")}, {Text: t.T("waysin.proposed_by")},
		{Text: t.T("waysin.until"), Unbroken: true}, {Text: t.T("waysin.decide"), Hidden: true}}}
	var ids []string
	for i := range list {
		ids = append(ids, list[i].By)
	}
	names, err := a.Directory.Names(r.Context(), ids)
	if err != nil {
		return v, err
	}
	for i := range list {
		x := &list[i]
		about := t.Name(x.Officer.Name)
		d := decisionView{ID: x.ID, Refuse: ui.ButtonView{Text: t.T("waysin.refuse"), About: about, Kind: ui.Quiet}}
		if x.By != me && x.Officer.ID != me {
			d.Confirm = &ui.ButtonView{Text: t.T("waysin.confirm"), About: about, Kind: ui.Secondary}
		}
		v.Rows = append(v.Rows, ui.Row{Cells: []ui.Cell{{Text: about, Note: x.Officer.Login, Head: true}, {Text: x.Subject}, {Text: t.Name(names[x.By])}, {Text: t.Moment(a.Zone, x.Ends)}, {Body: decision(d)}}})
	}
	return v, nil
}

// held is the table of the officers of an office.
func (a *waysin) held(r *web.Request, o *directory.Office, list []identity.Held, waiting []identity.Proposal) ui.TableView {
	t := r.Words
	v := ui.TableView{ID: "identities", Caption: t.T("waysin.identities"), HideCaption: true, Empty: t.T("waysin.nobody"), Columns: []ui.Column{{Text: t.T("waysin.officer")}, {Text: t.T("waysin.subject")},
		{Text: t.T("waysin.since"), Unbroken: true}, {Text: t.T("waysin.decide"), Hidden: true}}}
	for i := range list {
		h := &list[i]
		about := t.Name(h.Officer.Name)
		row := ui.Row{Cells: []ui.Cell{{Text: about, Note: h.Officer.Login, Head: true}, {Text: h.Subject}, {}, {}}}
		switch {
		case h.Subject != "" && h.Officer.ID == r.Session.Officer.ID:
			row.Cells[2].Text = t.Moment(a.Zone, h.Added)
		case h.Subject != "":
			row.Cells[2].Text = t.Moment(a.Zone, h.Added)
			row.Cells[3].Body = removal(removalView{Office: o.ID, Officer: h.Officer.ID, Subject: h.Subject, Button: ui.ButtonView{Text: t.T("waysin.remove"), About: about, Kind: ui.Quiet}})
		case slices.ContainsFunc(waiting, func(x identity.Proposal) bool { return x.Officer.ID == h.Officer.ID }):
			row.Cells[1] = ui.Cell{Text: t.T("waysin.waiting"), Quiet: true}
		default:
			row.Cells[1] = ui.Cell{Text: t.T("waysin.none"), Quiet: true}
			if h.Officer.ID != r.Session.Officer.ID {
				to := IdentitiesHref + "?" + url.Values{fieldOffice: {o.ID}, fieldLogin: {h.Officer.Login}}.Encode() + "#bind"
				row.Cells[3].Body = ui.Button(ui.ButtonView{Text: t.T("waysin.bind_him"), About: about, Href: to, Kind: ui.Quiet})
			}
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

type decisionView struct {
	ID      string
	Confirm *ui.ButtonView // nil for whoever may not
	Refuse  ui.ButtonView
}

type removalView struct {
	Office, Officer, Subject string
	Button                   ui.ButtonView
}

// propose says that an identity is an officer's; another administrator has to confirm it.
func (a *waysin) propose(w http.ResponseWriter, r *web.Request) error {
	o, err := a.office(r, r.PostForm.Get(fieldOffice))
	if err != nil {
		return err
	}
	login, typed := r.PostForm.Get(fieldLogin), r.PostForm.Get(fieldSubject)
	err = a.proposed(r, login, typed)
	if err == nil {
		return web.SeeOther(w, r, withDone(IdentitiesHref, url.Values{fieldOffice: {o.ID}}, "proposed"))
	}
	if f := fault.Of(err); wrongField(f.Key) != "" {
		return a.showIdentities(w, r, http.StatusUnprocessableEntity, o, login, typed, f)
	}
	return err
}

func (a *waysin) proposed(r *web.Request, login, typed string) error {
	now := a.Docket.Now()
	if err := a.present(r); err != nil {
		return err
	}
	who, err := a.Directory.Officer(r.Context(), directory.Login(login))
	if err != nil {
		return err
	}
	officer := "" // where there is none, nobody's is asked about: that takes as long
	if who != nil {
		officer = who.ID
	}
	refused := a.SignIn.MayHelp(r.Context(), r.Session, officer, now)
	if who == nil {
		return fault.New(fault.NotFound, "recovery.nobody", nil)
	}
	if refused != nil {
		return refused
	}
	subject, err := identity.Subject(typed)
	if err != nil {
		return err
	}
	write, err := a.noted(r, look.IdentityProposed, who.ID, subject)
	if err != nil {
		return err
	}
	return a.provider.Propose(r.Context(), write, subject, who.ID, r.Session.Officer.ID, now)
}

// asked is a proposal that is whoever's to decide who is signed in. To others there is none.
func (a *waysin) asked(r *web.Request, may func(officer string) error) (*identity.Proposal, error) {
	if !a.SignIn.MayRecover(r.Session) {
		return nil, noPage()
	}
	x, err := a.provider.Proposal(r.Context(), r.PathValue("id"), a.Docket.Now())
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	officer := "" // where there is none, nobody's is asked about: that takes as long
	if err == nil {
		officer = x.Officer.ID
	}
	if refused := may(officer); err != nil || fault.Is(refused, fault.NotFound) {
		return nil, identity.NoProposal()
	} else if refused != nil {
		return nil, refused
	}
	return x, nil
}

func (a *waysin) confirm(w http.ResponseWriter, r *web.Request) error {
	x, err := a.asked(r, func(officer string) error { return a.SignIn.MayHelp(r.Context(), r.Session, officer, a.Docket.Now()) })
	if err != nil {
		return err
	}
	write, err := a.noted(r, look.IdentityBound, x.Officer.ID, x.Subject)
	if err != nil {
		return err
	}
	if err := a.provider.Confirm(r.Context(), write, x, r.Session.Officer.ID, a.Docket.Now()); err != nil {
		return err
	}
	return a.backTo(w, r, x.Officer.ID, "bound")
}

func (a *waysin) refuse(w http.ResponseWriter, r *web.Request) error {
	x, err := a.asked(r, func(officer string) error { return a.SignIn.MayRefuse(r.Context(), r.Session, officer, a.Docket.Now()) })
	if err != nil {
		return err
	}
	write, err := a.noted(r, look.IdentityRefused, x.Officer.ID, x.Subject)
	if err != nil {
		return err
	}
	if err := a.provider.Refuse(r.Context(), write, x, r.Session.Officer.ID, a.Docket.Now()); err != nil {
		return err
	}
	return a.backTo(w, r, x.Officer.ID, "refused")
}

// backTo leads to the list of an office of the officer that he who is signed in administers.
func (a *waysin) backTo(w http.ResponseWriter, r *web.Request, officer, what string) error {
	mandates, err := a.Directory.Mandates(r.Context(), officer, a.Docket.Now())
	if err != nil {
		return err
	}
	q := url.Values{}
	if i := slices.IndexFunc(mandates, func(m directory.Mandate) bool { return a.Docket.MayAdminister(r.Actor(), m.Office) }); i >= 0 {
		q.Set(fieldOffice, mandates[i].Office)
	}
	return web.SeeOther(w, r, withDone(IdentitiesHref, q, what))
}

// unbind takes an identity from an officer, and ends the sessions that he began with it.
func (a *waysin) unbind(w http.ResponseWriter, r *web.Request) error {
	o, err := a.office(r, r.PostForm.Get(fieldOffice))
	if err != nil {
		return err
	}
	officer, subject := r.PostForm.Get(fieldOfficer), r.PostForm.Get(fieldSubject)
	if err := a.SignIn.MayHelp(r.Context(), r.Session, officer, a.Docket.Now()); err != nil {
		return err
	}
	write, err := a.noted(r, look.IdentityRemoved, officer, subject)
	if err != nil {
		return err
	}
	err = a.provider.Unbind(r.Context(), write, subject, officer, r.Session.Officer.ID, a.Docket.Now())
	if err != nil && !fault.Is(err, fault.NotFound) { // it is his no more: that was wanted
		return err
	}
	return web.SeeOther(w, r, withDone(IdentitiesHref, url.Values{fieldOffice: {o.ID}}, "removed"))
}
