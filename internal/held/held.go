// Package held is the page of those who are held: for each person whom a running term keeps at whose end he must be set free, until
// when at the latest, what must be done before, by whom, what has followed where nobody did it, and what meets it.
//
// Which terms these are is the law's to say: those whose running out is met by release. Nothing on the page can be muted,
// filtered away: a reader acknowledges what he was told, which stops nothing, and a person is off it when his release, or what lawfully takes its place, is on record. Whoever must be
// free already stands first.
//
// It shows what its reader may read, of that what he sees, and never that there is more.
package held

import (
	"context"
	"embed"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"nazorat/internal/calendar"
	"nazorat/internal/desk"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/inbox"
	"nazorat/internal/notice"
	"nazorat/internal/picture"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS

const (
	mostHeld   = 50 // on a page
	mostBefore = 4  // duties named with each; the others are on the page of his case
	mostActs   = 4
)

type room struct {
	docket *docket.Docket
	dir    *directory.Directory
	zone   *calendar.Zone
	desk   *desk.Desk

	notices *notice.Keeper
}

// Register adds the pages to a server.
func Register(s *web.Server, d *desk.Desk, k *notice.Keeper) {
	m := &room{docket: s.Docket, dir: s.Directory, zone: s.Zone, desk: d, notices: k}
	s.Handle("GET /held", m.home)
	s.Handle("GET /offices/{office}/held", m.page)
	s.Handle("GET /offices/{office}/held/live", m.live)
}

// home leads to the page of one's own office.
func (m *room) home(w http.ResponseWriter, r *web.Request) error {
	return web.SeeOther(w, r, desk.HeldHref(r.Actor().Office))
}

type pageView struct {
	Heading ui.HeadingView
	Board   link
	Held    listView
}

type listView struct {
	Table ui.TableView
	Pages ui.PaginationView
	AsOf  string
}

type link struct{ Text, Href, About, Note string }

// personView is one who is held.
type personView struct {
	Whom, WhomHref string
	As, AsHref     string // the thing that keeps him, and where it stands
	State          string
	Number, Case   string
	Office         string
	Since          string

	Tone        ui.DeadlineTone
	Must        string // that he must be set free
	Term, Href  string
	Until, Left string
	Machine     string
}

// beforeView is a duty that is to be done before.
type beforeView struct {
	Tone              ui.DeadlineTone
	Term, Href        string
	Who, Until, Left  string
	Machine, FirstTag string
}

// stepsView is what follows where nobody sets him free.
type stepsView struct {
	Steps []stepView
	New   []inbox.AcknowledgeView // what the reader was told of it and has not acknowledged
	Told  link                    // who was told, and who acknowledged it when
}

// stepView is a step that follows where nobody sets him free.
type stepView struct {
	Come bool
	Text string
}

// page: who is held in the proceedings of an office, live.
func (m *room) page(w http.ResponseWriter, r *web.Request) error {
	id, name, crumbs, err := m.desk.Office(r)
	if err != nil {
		return err
	}
	after, err := desk.ReadAfter(r.URL.Query())
	if err != nil {
		return err
	}
	v := pageView{Heading: ui.HeadingView{Caption: name, Title: r.Words.T("held.title"), Lead: r.Words.T("held.lead")}, Board: link{Text: r.Words.T("nav.board"), Href: desk.OfficeHref(id)}}
	if v.Held, err = m.list(r.Context(), r, id, after); err != nil {
		return err
	}
	if err := r.LookedAtList(id, len(v.Held.Table.Rows)); err != nil {
		return err
	}
	page := r.Page(v.Heading.Title + " · " + name)
	if page.Breadcrumbs = crumbs; len(crumbs) > 0 {
		page.Breadcrumbs[len(crumbs)-1].Href = desk.OfficeHref(id)
		page.Breadcrumbs = append(page.Breadcrumbs, ui.Crumb{Text: v.Heading.Title})
	}
	if page.Notices, err = m.desk.DoneElsewhere(r); err != nil {
		return err
	}
	if after == (proceedings.After{}) { // further pages do not move under who reads them
		page.Live = desk.HeldHref(id) + "/live"
	}
	return r.Render(w, http.StatusOK, page, body(v))
}

// live sends the list anew whenever something in it may have changed.
func (m *room) live(w http.ResponseWriter, r *web.Request) error {
	id, _, _, err := m.desk.Office(r)
	if err != nil {
		return err
	}
	watched := m.docket.MayListUnder(r.Actor(), id)
	named := false // one opening of a stream is one look, however often it is sent anew
	return r.Live(w, "held",
		func(c docket.Change) bool { return web.Concerns(c, watched) },
		func() (templ.Component, error) {
			v, err := m.list(r.Context(), r, id, proceedings.After{})
			if err != nil {
				return nil, err
			}
			if len(v.Table.Rows) > 0 && !named {
				if err := r.LookedAtList(id, len(v.Table.Rows)); err != nil {
					return nil, err
				}
				named = true
			}
			return listBody(v), nil
		})
}

// list is a page of those who are held.
func (m *room) list(ctx context.Context, r *web.Request, office string, after proceedings.After) (v listView, err error) {
	t, now, who := r.Words, m.docket.Now(), r.Actor()
	held, err := m.docket.Held(ctx, who, office, after, mostHeld+1)
	if err != nil {
		return v, err
	}
	if len(held) > mostHeld {
		held = held[:mostHeld]
		v.Pages.OlderHref, v.Pages.OlderText = desk.HeldHref(office)+"?"+desk.AfterOf(held[len(held)-1]).Encode(), t.T("held.further")
	}
	if after != (proceedings.After{}) {
		v.Pages.NewerHref, v.Pages.NewerText = desk.HeldHref(office), t.T("held.first")
	}
	of, running, err := m.docket.Around(ctx, who, held)
	if err != nil {
		return v, err
	}
	fresh, _, err := m.notices.New(ctx, who)
	if err != nil {
		return v, err
	}
	byCase := map[string][]proceedings.Deadline{}
	var ids []string
	for i := range running {
		byCase[running[i].Proceeding] = append(byCase[running[i].Proceeding], running[i])
		ids = append(ids, running[i].Officer)
	}
	names, err := m.dir.Names(ctx, ids)
	if err != nil {
		return v, err
	}
	away, err := m.dir.OnLeave(ctx, who.Officer, now)
	if err != nil {
		return v, err
	}
	v.AsOf = t.T("held.as_of", "when", t.Moment(m.zone, now))
	v.Table = ui.TableView{ID: "held", Caption: t.T("held.title"), HideCaption: true, Empty: t.T("held.none"), Columns: []ui.Column{{Text: t.T("held.column.who")}, {Text: t.T("held.column.until")},
		{Text: t.T("held.column.before")}, {Text: t.T("held.column.steps")}, {Text: t.T("held.column.do")}}}
	for i := range held {
		d := &held[i]
		p := of[d.Proceeding]
		if p == nil || endsSooner(d, byCase[d.Proceeding]) {
			continue
		}
		term := picture.TermOf(p.Law, d)
		if term == nil {
			continue
		}
		person := m.person(t, p, d, term, now)
		v.Table.Rows = append(v.Table.Rows, ui.Row{Tone: person.Tone, Cells: []ui.Cell{{Body: whoBody(person), Head: true}, {Body: untilBody(person)},
			{Body: beforeBody(m.before(t, p, d, byCase[d.Proceeding], names, now))}, {Body: stepsBody(m.steps(t, p, d, fresh, desk.HeldHref(office), now))}, {Body: actsBody(m.acts(r, p, d, term, away, desk.HeldHref(office)), m.others(t, p, term))}}})
	}
	return v, nil
}

// endsSooner reports whether the same thing is kept by another such term that ends sooner: one row is enough for a person.
func endsSooner(d *proceedings.Deadline, running []proceedings.Deadline) bool {
	return slices.ContainsFunc(running, func(x proceedings.Deadline) bool {
		return x.Thing == d.Thing && x.Breach == d.Breach && x.No != d.No && (x.Due < d.Due || x.Due == d.Due && x.No < d.No)
	})
}

func (m *room) person(t *web.Words, p *proceedings.Proceeding, d *proceedings.Deadline, term *procedure.Term, now calendar.Moment) personView {
	lb := t.Law(p.Law.Name)
	stands := picture.Stands(term, d, now)
	v := personView{Whom: m.desk.Whom(t, p, d.Thing), Number: p.Number, Case: desk.ProceedingHref(p.ID), Office: t.Office(m.dir.Tree().Office(p.Office)), Since: t.T("held.since", "when", t.Moment(m.zone, d.Started)),
		Tone: stands.Tone(), Term: lb.Term(d.Term), Href: desk.DeadlineHref(d), Until: t.Moment(m.zone, d.Due), Left: stands.Words(t, term, d, now), Machine: web.Machine(m.zone, d.Due)}
	if stands == picture.Over {
		v.Must = t.T("release.owed")
	}
	if d.Thing <= 0 || int(d.Thing) >= len(p.State.Things) || p.State.Things[d.Thing].Withheld() {
		return v
	}
	th := &p.State.Things[d.Thing]
	kind := p.Law.KindName(th.Kind)
	v.As, v.State = lb.Kind(kind), lb.State(kind, p.Law.StateName(th.Kind, th.State))
	v.AsHref = desk.ThingHref(p, d.Thing)
	v.WhomHref = v.AsHref
	if th.Of > 0 && !p.State.Things[th.Of].Withheld() {
		v.WhomHref = desk.ThingHref(p, th.Of)
	}
	return v
}

// near reports whether a deadline of a thing bears on another thing: the same, what belongs to it, or what it belongs to but for the proceeding.
func near(p *proceedings.Proceeding, a, b int32) bool {
	if a <= 0 || b <= 0 || int(a) >= len(p.State.Things) || int(b) >= len(p.State.Things) {
		return false
	}
	return p.State.Under(a, b) || p.State.Under(b, a)
}

// before are the other duties that run for the same person: first those that the law ends before this one, then the others, the earliest first.
func (m *room) before(t *web.Words, p *proceedings.Proceeding, d *proceedings.Deadline, running []proceedings.Deadline, names map[string]string, now calendar.Moment) (out []beforeView) {
	type duty struct {
		d    *proceedings.Deadline
		term *procedure.Term
		hung bool // it ends before this one by law
	}
	var duties []duty
	id := p.Law.Term(d.Term)
	for i := range running {
		x := &running[i]
		term := picture.TermOf(p.Law, x)
		if term == nil || x.No == d.No || !near(p, x.Thing, d.Thing) || !picture.Stands(term, x, now).Open() && !term.AtOnce {
			continue
		}
		duties = append(duties, duty{x, term, term.Before == id && x.Thing == d.Thing})
	}
	slices.SortStableFunc(duties, func(a, b duty) int {
		switch {
		case a.hung && !b.hung:
			return -1
		case b.hung && !a.hung:
			return 1
		}
		return int(min(1, max(-1, a.d.Due-b.d.Due)))
	})
	lb := t.Law(p.Law.Name)
	for _, x := range duties[:min(mostBefore, len(duties))] {
		stands := picture.Stands(x.term, x.d, now)
		v := beforeView{Tone: stands.Tone(), Term: lb.Term(x.d.Term), Href: desk.DeadlineHref(x.d), Who: lb.Role(x.d.Role), Until: t.Moment(m.zone, x.d.Due), Machine: web.Machine(m.zone, x.d.Due), Left: stands.Words(t, x.term, x.d, now)}
		if x.d.Officer != "" {
			v.Who = t.Name(names[x.d.Officer])
		}
		if x.hung {
			v.FirstTag = t.T("held.hangs")
		}
		out = append(out, v)
	}
	return append(out, m.waits(t, p, d, now)...)
}

// waits are the times of waiting that run for the same person: what may be asked for once they are over.
func (m *room) waits(t *web.Words, p *proceedings.Proceeding, d *proceedings.Deadline, now calendar.Moment) (out []beforeView) {
	lb := t.Law(p.Law.Name)
	for i := range p.State.Deadlines {
		x := &p.State.Deadlines[i]
		term := p.Law.TermOf(x)
		if !term.Waiting() || x.Stopped != 0 || x.Thing <= 0 || !near(p, x.Thing, d.Thing) {
			continue
		}
		key := "held.waits"
		if x.Due < now {
			key = "held.waited"
		}
		out = append(out, beforeView{Tone: ui.OnTime, Term: lb.Term(term.Name), Href: desk.DeadlineHref(&proceedings.Deadline{Proceeding: p.ID, No: x.No}), Who: t.T("held.possible_from"), Until: t.Moment(m.zone, x.Due), Machine: web.Machine(m.zone, x.Due), Left: t.T(key)})
	}
	return out
}

// steps are what has followed because nobody set the person free, and what follows next. That a step is acknowledged stops nothing.
func (m *room) steps(t *web.Words, p *proceedings.Proceeding, d *proceedings.Deadline, fresh []notice.Notice, back string, now calendar.Moment) (out stepsView) {
	for i := range fresh {
		if n := &fresh[i]; n.Urgent == notice.Release && n.Proceeding == d.Proceeding && n.No == d.No && n.Due == d.Due {
			out.New = append(out.New, inbox.Acknowledgement(t, n, t.T("held.acknowledge_of", "number", p.Number, "when", t.Moment(m.zone, n.Made)), back))
		}
	}
	basis, err := stored.DecodeDeadline(p.Law, d.Basis)
	if err != nil {
		return out // the law lost a name; its end stands beside it all the same
	}
	out.Told = link{Text: t.T("deadline.told"), Href: desk.DeadlineHref(d) + "/told", About: p.Number}
	lb := t.Law(p.Law.Name)
	for i, s := range p.Law.Steps(basis) {
		key, come := "held.step.told", s.At <= now
		switch {
		case s.Escalate && !come:
			key = "held.step.matter_next"
		case s.Escalate:
			key = "held.step.matter"
		case !come:
			key = "held.step.told_next"
		}
		out.Steps = append(out.Steps, stepView{Come: come, Text: t.T(key, "n", i+1, "who", t.And(web.Roles(lb, s.To)), "when", t.Moment(m.zone, s.At))})
		if !come {
			break
		}
	}
	return out
}

// acts are those that meet the term or let its clock go on, or that a time of waiting of the same person had put off, and that the reader may do now.
func (m *room) acts(r *web.Request, p *proceedings.Proceeding, d *proceedings.Deadline, term *procedure.Term, away bool, back string) (out []link) {
	who, now := r.Actor(), m.docket.Now()
	if m.docket.MayAct(who, p.Resource()) != nil {
		return nil
	}
	var barred []procedure.ActID
	for i := range p.State.Deadlines {
		if x := &p.State.Deadlines[i]; x.Thing > 0 && near(p, x.Thing, d.Thing) {
			barred = append(barred, p.Law.TermOf(x).Bars...)
		}
	}
	list := p.VerdictsOf(p.Law.At(now), procedure.Act{Done: now, Recorded: now, Officer: who.Officer, Role: who.Role, Office: who.Office, For: who.For}, func(rule *procedure.ActRule, thing int32) bool {
		return (slices.Contains(term.MetBy, rule.ID) || slices.Contains(term.ResumedBy, rule.ID) || slices.Contains(barred, rule.ID)) && (thing == 0 || near(p, thing, d.Thing))
	})
	t := r.Words
	for i := range list {
		v := &list[i]
		if v.Refusal != nil || len(out) == mostActs || v.Rule.Presence && m.docket.MaySignAt(now, who, away, p.Resource()) != nil {
			continue
		}
		out = append(out, link{Text: t.Law(p.Law.Name).Act(v.Rule.Name), Href: desk.ActHref(p.ID, v.Rule.Name, v.Thing, back), About: p.Number})
	}
	return out
}

// others says who may do what meets the term, for a reader who may do none of it.
func (m *room) others(t *web.Words, p *proceedings.Proceeding, term *procedure.Term) string {
	e := p.Law.At(m.docket.Now())
	var roles []string
	for _, id := range term.MetBy {
		if rule := e.Acts[id]; rule != nil {
			roles = append(roles, rule.By...)
		}
	}
	if len(roles) == 0 {
		return "—"
	}
	slices.Sort(roles)
	return t.T("work.others_do", "list", t.Or(web.Roles(t.Law(p.Law.Name), slices.Compact(roles))))
}
