package waysin

import (
	"encoding/pem"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/client"
	"nazorat/internal/fault"
	"nazorat/internal/look"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Names of what the form of a new system carries beside those of others.
const (
	fieldName   = "name"
	fieldID     = "id"
	fieldScope  = "scope"
	fieldDays   = "days"
	fieldSecret = "with_secret"
	fieldCert   = "certificate"
	fieldKey    = "key"
)

const (
	// usualDays is for how long a system is registered unless something else is typed.
	usualDays = 365
	mostDays  = 3650
	// mostEvents are shown.
	mostEvents = 50
	yes        = "yes"
)

type systemsView struct {
	Heading ui.HeadingView
	Add     string
	Systems ui.TableView
}

// state of a system, as the end of the key of its text, and how loud it is.
func state(c *client.Client, now calendar.Moment) (word string, tone ui.Tone) {
	switch {
	case c.Revoked != 0:
		return "revoked", ui.Neutral
	case c.Waits():
		return "waits", ui.Warn
	case !c.Holds(now):
		return "ended", ui.Neutral
	}
	return "asks", ui.Good
}

// systems: those of the offices that he administers.
func (a *waysin) systems(w http.ResponseWriter, r *web.Request) error {
	if _, err := a.office(r, ""); err != nil {
		return err
	}
	t, now := r.Words, a.Docket.Now()
	list, err := a.clients.List(r.Context())
	if err != nil {
		return err
	}
	v := systemsView{Heading: ui.HeadingView{Title: t.T("waysin.systems"), Lead: t.T("waysin.systems_lead")}, Add: t.T("waysin.new_system"),
		Systems: ui.TableView{ID: "systems", Caption: t.T("waysin.systems"), HideCaption: true, Empty: t.T("waysin.no_systems"), Columns: []ui.Column{{Text: t.T("waysin.system")}, {Text: t.T("waysin.office")}, {Text: t.T("waysin.scopes")},
			{Text: t.T("waysin.proof")}, {Text: t.T("waysin.state")}, {Text: t.T("waysin.seen"), Unbroken: true}}}}
	slices.SortStableFunc(list, func(x, y client.Client) int { return rank(&x, now) - rank(&y, now) })
	for i := range list {
		c := &list[i]
		if !a.Docket.MayAdminister(r.Actor(), c.Office) {
			continue
		}
		word, tone := state(c, now)
		v.Systems.Rows = append(v.Systems.Rows, ui.Row{Cells: []ui.Cell{{Text: c.Name, Note: c.ID, Href: systemHref(c.ID), Head: true}, {Text: t.Office(a.Directory.Tree().Office(c.Office))}, {Text: strings.Join(c.Scopes, ", ")},
			{Text: a.proofs(t, c)}, {Body: ui.Tag(tone, t.T("waysin.state."+word))}, {Text: a.seen(t, c)}}})
	}
	page := r.Page(v.Heading.Title)
	page.Breadcrumbs = []ui.Crumb{{Text: t.T("service.title"), Href: "/service"}, {Text: v.Heading.Title}}
	return r.Render(w, http.StatusOK, page, systemsBody(v))
}

// rank puts first what waits for somebody, and last what is over.
func rank(c *client.Client, now calendar.Moment) int {
	switch {
	case c.Waits():
		return 0
	case c.Holds(now):
		return 1
	}
	return 2
}

// proofs are the ways in which a system proves who it is.
func (a *waysin) proofs(t *web.Words, c *client.Client) string {
	var out []string
	if c.Certificate != "" {
		out = append(out, t.T("waysin.by_certificate"))
	}
	if c.Key != "" {
		out = append(out, t.T("waysin.by_key"))
	}
	if c.Secret {
		out = append(out, t.T("waysin.by_secret"))
	}
	return strings.Join(out, ", ")
}

func (a *waysin) seen(t *web.Words, c *client.Client) string {
	if c.Seen == 0 {
		return t.T("waysin.never")
	}
	return t.Moment(a.Zone, c.Seen)
}

type newSystemView struct {
	Heading            ui.HeadingView
	Name, ID           ui.TextField
	Office             ui.SelectField
	Scopes             ui.ChoiceField
	Days               ui.NumberField
	ProofIs, ProofHint string
	Secret             ui.CheckboxField
	Certificate, Key   ui.TextAreaField
	Button             string
}

// typed is the form of a new system as it was sent.
type typed struct {
	name, id, office, days, cert, key string
	scopes                            []string
	secret                            bool
}

func (a *waysin) newSystem(w http.ResponseWriter, r *web.Request) error {
	if _, err := a.office(r, ""); err != nil {
		return err
	}
	return a.showNewSystem(w, r, http.StatusOK, typed{office: r.Actor().Office, days: strconv.Itoa(usualDays)}, nil)
}

// fieldOf is the field of a new system that a fault is about.
func fieldOf(key string) string {
	switch key {
	case "client.bad_id", "client.taken":
		return fieldID
	case "client.no_name":
		return fieldName
	case "client.no_office":
		return fieldOffice
	case "client.no_scopes":
		return fieldScope
	case "client.no_proof":
		return fieldSecret
	case "client.bad_certificate", "client.short_certificate":
		return fieldCert
	case "client.bad_key", "client.short_key":
		return fieldKey
	case "client.days", "client.ends_before":
		return fieldDays
	}
	return ""
}

func (a *waysin) showNewSystem(w http.ResponseWriter, r *web.Request, status int, in typed, failed *fault.Error) error {
	t := r.Words
	v := newSystemView{Heading: ui.HeadingView{Title: t.T("waysin.new_system"), Lead: t.T("waysin.new_system_lead")}, Button: t.T("waysin.register"), Office: a.offices(r, in.office), ProofIs: t.T("waysin.proof"), ProofHint: t.T("waysin.proof_hint"),
		Name:        ui.TextField{Field: ui.Field{Name: fieldName, Label: t.T("waysin.system_name"), Hint: t.T("waysin.system_name_hint")}, Value: in.name, Autocomplete: "off"},
		ID:          ui.TextField{Field: ui.Field{Name: fieldID, Label: t.T("waysin.system_id"), Hint: t.T("waysin.system_id_hint")}, Value: in.id, Autocomplete: "off", Width: 30},
		Scopes:      ui.ChoiceField{Field: ui.Field{Name: fieldScope, Label: t.T("waysin.scopes")}, Values: in.scopes},
		Days:        ui.NumberField{Field: ui.Field{Name: fieldDays, Label: t.T("waysin.days"), Hint: t.T("waysin.days_hint", "most", mostDays)}, Value: in.days, Width: 5},
		Secret:      ui.CheckboxField{Field: ui.Field{Name: fieldSecret, Label: t.T("waysin.with_secret"), Hint: t.T("waysin.with_secret_hint")}, Checked: in.secret},
		Certificate: ui.TextAreaField{Field: ui.Field{Name: fieldCert, Label: t.T("waysin.certificate"), Hint: t.T("waysin.certificate_hint"), Optional: true}, Value: in.cert, Rows: 4},
		Key:         ui.TextAreaField{Field: ui.Field{Name: fieldKey, Label: t.T("waysin.key"), Hint: t.T("waysin.key_hint"), Optional: true}, Value: in.key, Rows: 4}}
	for _, s := range a.Docket.Policies().Scopes() {
		v.Scopes.Options = append(v.Scopes.Options, ui.Option{Value: s.Name, Text: s.Name, Hint: strings.Join(a.sentences(t, s.Name), " ")})
	}
	page := r.Page(v.Heading.Title)
	page.Breadcrumbs = []ui.Crumb{{Text: t.T("service.title"), Href: "/service"}, {Text: t.T("waysin.systems"), Href: SystemsHref}, {Text: v.Heading.Title}}
	if failed != nil {
		text, field := t.Fault(nil, failed), fieldOf(failed.Key)
		for name, of := range map[string]*ui.Field{fieldName: &v.Name.Field, fieldID: &v.ID.Field, fieldOffice: &v.Office.Field, fieldScope: &v.Scopes.Field, fieldDays: &v.Days.Field, fieldSecret: &v.Secret.Field, fieldCert: &v.Certificate.Field, fieldKey: &v.Key.Field} {
			if name == field {
				of.Error = text
			}
		}
		page.Errors = []ui.FieldError{{Field: field, Text: text}}
	}
	return r.Render(w, status, page, newSystemBody(v))
}

// sentences say what a scope opens, as the policies have it.
func (a *waysin) sentences(t *web.Words, scope string) (out []string) {
	for _, s := range a.Docket.Policies().Scopes() {
		if s.Name != scope {
			continue
		}
		for _, p := range s.Policies {
			out = append(out, p.Text(t.Lang))
		}
	}
	return out
}

// read reads the form of a new system.
func (in *typed) read(r *web.Request) {
	f := r.PostForm
	*in = typed{name: f.Get(fieldName), id: strings.TrimSpace(f.Get(fieldID)), office: f.Get(fieldOffice), days: strings.TrimSpace(f.Get(fieldDays)), cert: f.Get(fieldCert), key: f.Get(fieldKey), scopes: f[fieldScope], secret: f.Get(fieldSecret) == yes}
}

// registration is what was typed, as it can be registered.
func (in *typed) registration(known func(scope string) bool, now calendar.Moment) (c client.Registration, err error) {
	c = client.Registration{ID: in.id, Name: in.name, Office: in.office, Scopes: in.scopes, From: now, WithSecret: in.secret, Key: strings.TrimSpace(in.key)}
	if slices.ContainsFunc(in.scopes, func(s string) bool { return !known(s) }) {
		return c, fault.New(fault.Invalid, "client.no_scopes", nil)
	}
	days, err := strconv.Atoi(in.days)
	if err != nil || days < 1 || days > mostDays {
		return c, fault.New(fault.Invalid, "client.days", fault.Args{"most": mostDays})
	}
	c.To = now + calendar.Moment(days)*24*calendar.Hour
	if text := strings.TrimSpace(in.cert); text != "" {
		block, _ := pem.Decode([]byte(text))
		if block == nil || block.Type != "CERTIFICATE" {
			return c, fault.New(fault.Invalid, "client.bad_certificate", nil)
		}
		c.Certificate = block.Bytes
	}
	return c, nil
}

// register registers a system; another administrator has to confirm it.
func (a *waysin) register(w http.ResponseWriter, r *web.Request) error {
	var in typed
	in.read(r)
	if _, err := a.office(r, in.office); err != nil {
		return err
	}
	if err := a.present(r); err != nil {
		return err
	}
	now := a.Docket.Now()
	c, err := in.registration(func(scope string) bool { return len(a.sentences(r.Words, scope)) > 0 }, now)
	var d *client.Draft
	if err == nil {
		d, err = a.clients.Draft(c)
	}
	if err == nil {
		err = a.registered(r, d, now)
	}
	if err != nil {
		if f := fault.Of(err); fieldOf(f.Key) != "" {
			return a.showNewSystem(w, r, http.StatusUnprocessableEntity, in, f)
		}
		return err
	}
	if d.Secret == "" {
		return web.SeeOther(w, r, systemHref(d.ID)+"?"+fieldDone+"=registered")
	}
	return a.showSecret(w, r, d.ID, d.Name, d.Secret, r.Words.T("waysin.secret_new"))
}

func (a *waysin) registered(r *web.Request, d *client.Draft, now calendar.Moment) error {
	write, err := a.noted(r, look.SystemRegistered, d.ID, strings.Join(d.Scopes, " "))
	if err != nil {
		return err
	}
	return a.clients.Register(r.Context(), write, d, r.Session.Officer.ID, now)
}

// secretView is a secret. It is shown in the answer to the form and nowhere again.
type secretView struct {
	Heading                         ui.HeadingView
	Label, Secret, What, Href, Back string
}

func (a *waysin) showSecret(w http.ResponseWriter, r *web.Request, id, name, secret, what string) error {
	t := r.Words
	v := secretView{Heading: ui.HeadingView{Caption: name, Title: t.T("waysin.secret")}, Label: t.T("waysin.secret_is"), Secret: secret, What: what, Href: systemHref(id), Back: t.T("waysin.to_system")}
	page := r.Page(v.Heading.Title)
	page.Narrow = true
	page.Languages = nil // a link away would lose the secret
	return r.Render(w, http.StatusOK, page, secretBody(v))
}

// one is the system that a page is about, for whoever administers its office. To others there is none.
func (a *waysin) one(r *web.Request) (*client.Client, error) {
	if _, err := a.office(r, ""); err != nil {
		return nil, err
	}
	c, err := a.clients.One(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if c == nil || !a.Docket.MayAdminister(r.Actor(), c.Office) {
		return nil, client.None(r.PathValue("id"))
	}
	return c, nil
}

type systemView struct {
	Heading                ui.HeadingView
	Waits                  string
	About                  []ui.SummaryRow
	Href                   string
	Confirm, Renew, Revoke *ui.ButtonView
	RevokeIs, RevokeAbout  string
	EventsAre              string
	Events                 []ui.TimelineItem
}

// system: one system, and what happened to it.
func (a *waysin) system(w http.ResponseWriter, r *web.Request) error {
	c, err := a.one(r)
	if err != nil {
		return err
	}
	events, err := a.clients.Events(r.Context(), c.ID, mostEvents)
	if err != nil {
		return err
	}
	ids := []string{c.AddedBy, c.ConfirmedBy}
	for _, e := range events {
		ids = append(ids, e.By)
	}
	names, err := a.Directory.Names(r.Context(), ids)
	if err != nil {
		return err
	}
	t, now := r.Words, a.Docket.Now()
	by := func(id string) string {
		if id == "" {
			return t.T("waysin.by_keeper")
		}
		return t.Name(names[id])
	}
	word, tone := state(c, now)
	end := t.T("waysin.no_end")
	if c.To != 0 {
		end = t.Moment(a.Zone, c.To)
	}
	var sentences []string
	for _, s := range c.Scopes {
		sentences = append(sentences, a.sentences(t, s)...)
	}
	v := systemView{Heading: ui.HeadingView{Title: c.Name, Aside: ui.Tag(tone, t.T("waysin.state."+word))}, Href: systemHref(c.ID), EventsAre: t.T("waysin.events"),
		About: []ui.SummaryRow{{Key: t.T("waysin.system_id"), Text: c.ID}, {Key: t.T("waysin.office"), Text: t.Office(a.Directory.Tree().Office(c.Office))}, {Key: t.T("waysin.scopes"), Text: strings.Join(c.Scopes, ", ")}, {Key: t.T("waysin.opens"), Body: opens(sentences)},
			{Key: t.T("waysin.proof"), Text: a.proofs(t, c)}, {Key: t.T("waysin.until"), Text: end}, {Key: t.T("waysin.registered_by"), Text: by(c.AddedBy), Note: t.Moment(a.Zone, c.Added)}}}
	if c.Confirmed != 0 && c.AddedBy != "" {
		v.About = append(v.About, ui.SummaryRow{Key: t.T("waysin.confirmed_by"), Text: by(c.ConfirmedBy), Note: t.Moment(a.Zone, c.Confirmed)})
	}
	v.About = append(v.About, ui.SummaryRow{Key: t.T("waysin.seen"), Text: a.seen(t, c)})
	a.decide(r, c, &v, now)
	for _, e := range events {
		who := ""
		if e.What != "refused" { // which the system did itself
			who = by(e.By)
		}
		v.Events = append(v.Events, ui.TimelineItem{Title: t.T("waysin.event." + e.What), By: who, When: t.Moment(a.Zone, e.At), Datetime: web.Machine(a.Zone, e.At)})
	}
	page := r.Page(c.Name)
	page.Breadcrumbs = []ui.Crumb{{Text: t.T("service.title"), Href: "/service"}, {Text: t.T("waysin.systems"), Href: SystemsHref}, {Text: c.Name}}
	page.Notices = append(page.Notices, done(r, map[string]string{"registered": "waysin.done_registered", "confirmed": "waysin.done_confirmed", "revoked": "waysin.done_revoked"})...)
	return r.Render(w, http.StatusOK, page, systemBody(v))
}

// decide offers what may be done with a system now.
func (a *waysin) decide(r *web.Request, c *client.Client, v *systemView, now calendar.Moment) {
	t := r.Words
	if c.Waits() {
		v.Waits = t.T("waysin.waits_for_you")
		if c.AddedBy == r.Session.Officer.ID {
			v.Waits = t.T("waysin.waits_for_another")
		} else {
			v.Confirm = &ui.ButtonView{Text: t.T("waysin.confirm_system"), ID: "confirm"}
		}
	}
	if c.Secret && c.Holds(now) {
		v.Renew = &ui.ButtonView{Text: t.T("waysin.renew"), Kind: ui.Secondary, ID: "renew"}
	}
	if c.Revoked == 0 {
		v.RevokeIs, v.RevokeAbout = t.T("waysin.revoke_is"), t.T("waysin.revoke_about")
		v.Revoke = &ui.ButtonView{Text: t.T("waysin.revoke"), Kind: ui.Caution, ID: "revoke"}
	}
}

func (a *waysin) confirmSystem(w http.ResponseWriter, r *web.Request) error {
	c, err := a.one(r)
	if err != nil {
		return err
	}
	if err := a.present(r); err != nil {
		return err
	}
	write, err := a.noted(r, look.SystemConfirmed, c.ID, strings.Join(c.Scopes, " "))
	if err != nil {
		return err
	}
	if err := a.clients.Confirm(r.Context(), write, c, r.Session.Officer.ID, a.Docket.Now()); err != nil {
		return err
	}
	return web.SeeOther(w, r, systemHref(c.ID)+"?"+fieldDone+"=confirmed")
}

// renewSecret gives a system another secret, shown once.
func (a *waysin) renewSecret(w http.ResponseWriter, r *web.Request) error {
	c, err := a.one(r)
	if err != nil {
		return err
	}
	if err := a.present(r); err != nil {
		return err
	}
	write, err := a.noted(r, look.SystemRenewed, c.ID, "")
	if err != nil {
		return err
	}
	secret, err := a.clients.Renew(r.Context(), write, c.ID, r.Session.Officer.ID, a.Docket.Now())
	if err != nil {
		return err
	}
	return a.showSecret(w, r, c.ID, c.Name, secret, r.Words.T("waysin.secret_renewed"))
}

// revokeSystem ends a system for good. It asks for no fresh proof: it is the safe side.
func (a *waysin) revokeSystem(w http.ResponseWriter, r *web.Request) error {
	c, err := a.one(r)
	if err != nil {
		return err
	}
	write, err := a.noted(r, look.SystemRevoked, c.ID, "")
	if err != nil {
		return err
	}
	err = a.clients.RevokeBy(r.Context(), write, c.ID, r.Session.Officer.ID, a.Docket.Now())
	if err != nil && !fault.Is(err, fault.NotFound) { // it is revoked: that was wanted
		return err
	}
	return web.SeeOther(w, r, systemHref(c.ID)+"?"+fieldDone+"=revoked")
}
