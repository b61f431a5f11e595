// Package service is the pages on which administrators see the directory of the
// service and change it: offices as a tree, one office with its officers and who
// has which role for it, one officer with his mandates over time, who could do
// what on a day, officers in and out as CSV, documents that are to be erased.
//
// It changes nothing by itself. Whatever changes is an act of a law, done on the
// pages of every act (package desk) or, for a list of new officers, by the docket;
// which acts there are and what they enter is said by the law, and nothing here
// knows one by name. Each page is for whoever administers the office that it is
// about, by the policies; to everybody else there is no such page.
package service

import (
	"embed"
	"net/url"
	"slices"
	"strings"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/vault"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS

// Href is the address of the first page.
const Href = "/service"

// Addresses of the others.
const (
	couldHref  = Href + "/could"
	importHref = Href + "/import"
	exportHref = Href + "/export.csv"
	eraseHref  = Href + "/erasures"
)

func officeHref(id string) string  { return Href + "/offices/" + url.PathEscape(id) }
func officerHref(id string) string { return Href + "/officers/" + url.PathEscape(id) }

func proceedingHref(id string) string { return "/proceedings/" + url.PathEscape(id) }

// actHref leads to the form of an act on a thing; 0 is the proceeding itself.
func actHref(proceeding, act string, thing int32) string {
	href := proceedingHref(proceeding) + "/acts/" + url.PathEscape(act)
	if thing > 0 {
		href += "?" + url.Values{"thing": {number(int64(thing))}}.Encode()
	}
	return href
}

// room serves the pages.
type room struct {
	docket *docket.Docket
	dir    *directory.Directory
	zone   *calendar.Zone
	vault  *vault.Keeper // nil where no documents are kept

	provider bool // officers sign in by an identity provider too
}

// Register adds the pages to a server.
func Register(s *web.Server) {
	r := &room{docket: s.Docket, dir: s.Directory, zone: s.Zone, vault: s.Vault, provider: s.Provider != nil}
	s.Handle("GET "+Href, r.treePage)
	s.Handle("GET "+Href+"/offices/{office}", r.officePage)
	s.Handle("GET "+Href+"/officers/{officer}", r.officerPage)
	s.Handle("GET "+couldHref, r.couldPage)
	s.Handle("GET "+importHref, r.importPage)
	s.Handle("POST "+importHref, r.tryImport)
	s.Handle("POST "+importHref+"/do", r.doImport)
	s.Handle("GET "+exportHref, r.export)
	s.Handle("GET "+eraseHref, r.erasuresPage)
}

// Nav is the entry of the main navigation, for administrators.
func Nav(k *docket.Docket) web.NavItem {
	return web.NavItem{Key: "nav.service", Href: Href, Only: func(who access.Actor) bool { return k.MayAdminister(who, who.Office) }}
}

func noPage() error { return fault.New(fault.NotFound, "fault.no_page", nil) }

// mine lists the offices that somebody administers, by path; none to whoever is no administrator.
func (r *room) mine(who access.Actor) []string {
	return slices.DeleteFunc(r.dir.Tree().Under(who.Office), func(id string) bool { return !r.docket.MayAdminister(who, id) })
}

// allowed are those of some offices of which the policies allow something; the refusal where there are none.
func (r *room) allowed(offices []string, refusal func(id string) *fault.Error) (out []string, refused *fault.Error) {
	for _, id := range offices {
		if f := refusal(id); f != nil {
			refused = f
		} else {
			out = append(out, id)
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	return nil, refused
}

// office that a page is about, for somebody who administers it.
func (r *room) office(q *web.Request, id string) (*directory.Office, error) {
	o := r.dir.Tree().Office(id)
	if o == nil || !r.docket.MayAdminister(q.Actor(), o.ID) {
		return nil, noPage()
	}
	return o, nil
}

// opening is an act that opens a file.
type opening struct {
	law     *procedure.Law
	edition *procedure.Edition
	rule    *procedure.ActRule
}

// openings are the acts by which somebody may open a file that enters something of a word, in the order of the laws.
func (r *room) openings(who access.Actor, does string) (out []opening) {
	for _, name := range r.docket.Laws() {
		law := r.docket.Law(name)
		e := law.At(r.docket.Now())
		for _, rule := range e.Acts {
			if rule != nil && rule.Opens && rule.Enters(does) && rule.Role(who.Role) {
				out = append(out, opening{law, e, rule})
			}
		}
	}
	return out
}

// href leads to the form of the act, with what is known already by slot of the record that it enters.
func (o opening) href(does string, known map[string]string) string {
	q := url.Values{"law": {o.law.Name}}
	for slot, value := range known {
		for _, d := range []string{does, procedure.GiveMandate} {
			if field := o.rule.FieldOf(d, slot); field != "" {
				q.Set("f."+field, value)
			}
		}
	}
	return "/open/" + url.PathEscape(o.rule.Name) + "?" + q.Encode()
}

// doLink is an act that may be done now.
type doLink struct{ Text, Note, Href string }

// opens are links to acts that open a file.
func (r *room) opens(t *web.Words, who access.Actor, does string, known map[string]string) (out []doLink) {
	for _, o := range r.openings(who, does) {
		lb := t.Law(o.law.Name)
		out = append(out, doLink{Text: lb.Act(o.rule.Name), Note: lb.Hint(o.rule.Name), Href: o.href(does, known)})
	}
	return out
}

// acts are those that somebody may do in a file now: on the file itself, and on what waits to be decided in it.
func (r *room) acts(q *web.Request, file string) (on, waiting []doLink, err error) {
	t, who := q.Words, q.Actor()
	p, err := r.docket.Proceeding(q.Context(), who, file)
	if fault.Is(err, fault.NotFound) {
		return nil, nil, nil // it is kept by an office that is not his
	}
	if err != nil || r.docket.MayAct(who, p.Resource()) != nil {
		return nil, nil, err
	}
	now := r.docket.Now()
	lb := t.Law(p.Law.Name)
	for _, v := range p.Verdicts(p.Law.At(now), procedure.Act{Done: now, Recorded: now, Officer: who.Officer, Role: who.Role, Office: who.Office, For: who.For}) {
		if v.Refusal != nil {
			continue
		}
		link := doLink{Text: lb.Act(v.Rule.Name), Note: lb.Hint(v.Rule.Name), Href: actHref(file, v.Rule.Name, v.Thing)}
		switch {
		case v.Thing == 0:
			on = append(on, link)
		case len(v.Owes) > 0:
			if link.Note, err = r.facts(q, p, v.Thing); err != nil {
				return nil, nil, err
			}
			waiting = append(waiting, link)
		}
	}
	return on, waiting, nil
}

// facts are what is known of a thing of a file, in one line.
func (r *room) facts(q *web.Request, p *proceedings.Proceeding, no int32) (string, error) {
	names, err := r.dir.Names(q.Context(), officersIn(nil, &p.State.Things[no]))
	if err != nil {
		return "", err
	}
	return r.told(q.Words, p, no, names, procedure.None), nil
}

// officersIn adds the officers whom facts of a thing name.
func officersIn(ids []string, th *procedure.Thing) []string {
	for _, v := range th.Fields {
		if v.Type == fact.Officer {
			ids = append(ids, v.Text)
		}
	}
	return ids
}

// told is what is known of a thing in one line, but for one fact; names are those of officers, by id.
func (r *room) told(t *web.Words, p *proceedings.Proceeding, no int32, names map[string]string, but procedure.FieldID) string {
	th := &p.State.Things[no]
	kind := p.Law.KindName(th.Kind)
	e := p.Law.At(r.docket.Now())
	var out []string
	for id, v := range th.Fields {
		k := e.Kind(kind)
		if !v.Given() || k == nil || id >= len(k.Fields) || k.Fields[id] == nil || procedure.FieldID(id) == but {
			continue
		}
		name := k.Fields[id].Name
		text := t.Value(p.Law.Name, kind, name, r.zone, v, e.Currency)
		switch v.Type {
		case fact.Officer:
			text = t.Name(names[v.Text])
		case fact.Office:
			text = t.Office(r.dir.Tree().Office(v.Text))
		case fact.Thing:
			text = t.Thing(p.Law, &p.State, int32(v.Num))
		}
		out = append(out, t.T("thing.fact", "name", t.Law(p.Law.Name).Field(kind, name), "value", text))
	}
	return strings.Join(out, "; ")
}

// until is an end as it is shown: the last day; "" for none.
func (r *room) until(t *web.Words, m calendar.Moment) string {
	if m == 0 {
		return t.T("service.no_end")
	}
	day, clock := r.zone.Local(m)
	if clock == 0 {
		return t.Date(day - 1)
	}
	return t.Moment(r.zone, m)
}

func (r *room) since(t *web.Words, m calendar.Moment) string {
	day, clock := r.zone.Local(m)
	if clock == 0 || m < calendar.Second {
		return t.Date(day)
	}
	return t.Moment(r.zone, m)
}

// how says in which manner somebody has a mandate.
func (r *room) how(t *web.Words, h *directory.Held) string {
	switch h.Manner {
	case directory.Substitution:
		return t.T("service.substitutes", "name", t.Name(h.Whose))
	case directory.Delegation:
		return t.T("service.delegated", "name", t.Name(h.Whose))
	}
	return t.T("service.appointed")
}

// mandates is a table of mandates: of an office, with who has them, or of an officer, with where.
func (r *room) mandates(t *web.Words, list []directory.Held, caption string, ofOffice bool) ui.TableView {
	v := ui.TableView{ID: "mandates", Caption: caption, HideCaption: true, Empty: t.T("service.nobody")}
	first := t.T("service.column.office")
	if ofOffice {
		first = t.T("service.column.officer")
	}
	v.Columns = []ui.Column{{Text: first}, {Text: t.T("service.column.role")}, {Text: t.T("service.column.how")}, {Text: t.T("service.column.from"), Unbroken: true}, {Text: t.T("service.column.to"), Unbroken: true}, {Text: t.T("service.column.order")}}
	for i := range list {
		h := &list[i]
		who := ui.Cell{Text: t.Name(h.Name), Href: officerHref(h.Officer), Note: h.Login, Head: true}
		if h.Away > 0 {
			who.Note = t.T("service.away", "until", r.until(t, h.Away))
		}
		if !ofOffice {
			who = ui.Cell{Text: t.Office(r.dir.Tree().Office(h.Office)), Head: true}
			if r.dir.Tree().Office(h.Office) == nil {
				who.Text = h.Office
			}
		}
		order := ui.Cell{Text: h.Order}
		if h.File != "" {
			order.Href, order.Note = proceedingHref(h.File)+"#entry-"+number(h.Seq), ""
			if order.Text == "" {
				order.Text = t.T("service.entry")
			}
		}
		end := ui.Cell{Text: r.until(t, h.To)}
		if h.Ended != "" {
			end.Note = t.T("service.ended_by_act")
		}
		v.Rows = append(v.Rows, ui.Row{Cells: []ui.Cell{who, {Text: t.Role(h.Role)}, {Text: r.how(t, h)}, {Text: r.since(t, h.From)}, end, order}})
	}
	return v
}
