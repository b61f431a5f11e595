package workplace

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"nazorat/internal/desk"
	"nazorat/internal/look"
	"nazorat/internal/picture"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

const (
	mostSheets    = 12  // of a thing at once
	mostPast      = 200 // newest entries in which what it was before is looked for
	mostDeadlines = 50  // of a thing, the newest
)

type thingView struct {
	Heading     ui.HeadingView
	ActsIs      string
	Acts        []link
	NoActs      string
	Next        link
	Label       link
	All         link // to all of its kind
	DeadlinesIs string
	Deadlines   ui.TableView
	FactsIs     string
	Facts       []ui.SummaryRow
	Older       string // that what it was before may be longer than what is shown
	RelatedIs   string
	Related     []ui.SummaryRow
	SheetsIs    string
	Sheets      []ui.TimelineItem
	Pages       ui.PaginationView
	Hidden      string // how many sheets of the whole case are
}

// thing that a page is about, for somebody who sees it.
func (m *room) thing(r *web.Request) (*proceedings.Proceeding, *procedure.Kind, int32, error) {
	p, err := m.docket.Proceeding(r.Context(), r.Actor(), r.PathValue("id"))
	if err != nil {
		return nil, nil, 0, err
	}
	k, err := m.kind(r, p)
	if err != nil {
		return nil, nil, 0, err
	}
	no, err := strconv.ParseInt(r.PathValue("no"), 10, 32)
	if err != nil || r.PathValue("no") != strconv.FormatInt(no, 10) {
		return nil, nil, 0, desk.NoPage()
	}
	if h := p.Hides(int32(no)); h != nil { // of whatever kind it is: that is not told
		return nil, nil, 0, h.Fault()
	}
	if !seen(p, no) || p.State.Things[no].Kind != k.ID {
		return nil, nil, 0, desk.NoPage()
	}
	return p, k, int32(no), nil
}

// thingPage: what one thing is, what it was, what is done with it.
func (m *room) thingPage(w http.ResponseWriter, r *web.Request) error {
	p, k, no, err := m.thing(r)
	if err != nil {
		return err
	}
	if err := r.LookedAt(look.View, p, no); err != nil {
		return err
	}
	before := p.Version + 1
	if q := r.URL.Query().Get("before"); q != "" {
		n, err := strconv.ParseInt(q, 10, 64)
		if err != nil || n < 1 {
			return desk.NoPage()
		}
		before = n
	}
	t := r.Words
	lb := t.Law(p.Law.Name)
	th := &p.State.Things[no]
	name, kind := t.Thing(p.Law, &p.State, no), lb.Kind(k.Name)
	v := thingView{Heading: ui.HeadingView{Caption: t.T("workplace.caption", "number", p.Number, "kind", kind, "n", int(no)), Title: capital(name), Aside: ui.Tag(ui.Info, lb.State(k.Name, p.Law.StateName(th.Kind, th.State)))},
		All: link{Text: t.T("workplace.all", "kind", kind), Href: kindHref(p.ID, k.Name)}}
	if level := m.desk.Level(t, p); level != nil {
		v.Heading.Aside = templ.Join(v.Heading.Aside, level)
	}
	m.neighbour(t, p, k, no, &v)
	if m.docket.MayDownload(r.Actor(), p.Resource()) == nil {
		v.Label = link{Text: t.T("workplace.label"), Href: thingHref(p, no) + "/label"}
	}
	if err := m.acts(r, p, no, &v); err != nil {
		return err
	}
	if err := m.deadlines(r, p, no, &v); err != nil {
		return err
	}
	if err := m.facts(r, p, k, no, &v); err != nil {
		return err
	}
	v.RelatedIs, v.Related = t.T("workplace.related"), m.related(t, p, no)
	entries, next, err := m.docket.ThingEntries(r.Context(), p, no, before, mostSheets)
	if err != nil {
		return err
	}
	v.SheetsIs = t.T("workplace.sheets")
	if v.Sheets, err = m.desk.History(r, p, entries); err != nil {
		return err
	}
	if next > 0 {
		v.Pages.OlderHref, v.Pages.OlderText = thingHref(p, no)+"?before="+strconv.FormatInt(next, 10)+"#sheets", t.T("pages.older")
	}
	if before <= p.Version {
		v.Pages.NewerHref, v.Pages.NewerText = thingHref(p, no)+"#sheets", t.T("pages.newest")
	}
	if v.Hidden, err = m.desk.HiddenSheets(r, p); err != nil {
		return err
	}
	page := r.Page(p.Number + " · " + name)
	page.Breadcrumbs = []ui.Crumb{{Text: p.Number, Href: desk.ProceedingHref(p.ID)}, {Text: kind, Href: kindHref(p.ID, k.Name)}, {Text: name}}
	if page.Notices, err = m.desk.Done(r, p); err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, page, thingBody(v))
}

// neighbour leads to the next thing of the kind.
func (m *room) neighbour(t *web.Words, p *proceedings.Proceeding, k *procedure.Kind, no int32, v *thingView) {
	all := things(p, k, 0, 0)
	if i := slices.Index(all, no); i >= 0 && i+1 < len(all) {
		v.Next = link{Text: t.T("workplace.next", "thing", t.Thing(p.Law, &p.State, all[i+1])), Href: thingHref(p, all[i+1])}
	}
}

// acts are what the reader may do with the thing now.
func (m *room) acts(r *web.Request, p *proceedings.Proceeding, no int32, v *thingView) error {
	t := r.Words
	list, err := m.desk.Allowed(r.Context(), p, r.Actor(), func(_ *procedure.ActRule, thing int32) bool { return thing == no })
	if err != nil {
		return err
	}
	byUrgency(list)
	v.ActsIs, v.NoActs = t.T("proceeding.acts"), t.T("proceeding.no_acts")
	for i := range list {
		l := m.act(t, p, &list[i], thingHref(p, no))
		l.About = ""
		v.Acts = append(v.Acts, l)
	}
	return nil
}

// deadlines of the thing: first those that run, the earliest end first, then those that are over, the newest first.
func (m *room) deadlines(r *web.Request, p *proceedings.Proceeding, no int32, v *thingView) error {
	t, now := r.Words, m.docket.Now()
	lb := t.Law(p.Law.Name)
	list, err := m.docket.ThingDeadlines(r.Context(), p, no, mostDeadlines)
	if err != nil {
		return err
	}
	var ids []string
	for i := range list {
		ids = append(ids, list[i].Officer)
	}
	names, err := m.dir.Names(r.Context(), ids)
	if err != nil {
		return err
	}
	stands := func(d *proceedings.Deadline) picture.Standing {
		return picture.Stands(picture.TermOf(p.Law, d), d, now)
	}
	slices.SortStableFunc(list, func(a, b proceedings.Deadline) int {
		switch x, y := stands(&a).Open(), stands(&b).Open(); {
		case x != y && x:
			return -1
		case x != y:
			return 1
		case x:
			return int(min(1, max(-1, a.Due-b.Due)))
		}
		return int(b.No - a.No)
	})
	v.DeadlinesIs = t.T("proceeding.deadlines")
	v.Deadlines = ui.TableView{Caption: v.DeadlinesIs, HideCaption: true, Columns: []ui.Column{{Text: t.T("work.column.what")}, {Text: t.T("work.column.until"), Unbroken: true}, {Text: t.T("workplace.stands")}, {Text: t.T("work.column.who")}}}
	for i := range list {
		d := &list[i]
		s, term := stands(d), picture.TermOf(p.Law, d)
		who := lb.Role(d.Role)
		if d.Officer != "" {
			who = t.Name(names[d.Officer])
		}
		row := ui.Row{Cells: []ui.Cell{{Text: lb.Term(d.Term), Href: desk.DeadlineHref(d), Head: true}, {Text: t.Moment(m.zone, d.Due)}, {Body: ui.DeadlineTag(s.Tone(), s.Words(t, term, d, now))}, {Text: who}}}
		if s.Open() {
			row.Tone = s.Tone()
		}
		v.Deadlines.Rows = append(v.Deadlines.Rows, row)
	}
	return nil
}

// mostRelated is how many of those that stand in one relation to a thing are named; of more, the page of their kind is led to.
const mostRelated = 6

// related are what the thing belongs to, what belongs to it, and what names it.
func (m *room) related(t *web.Words, p *proceedings.Proceeding, no int32) (out []ui.SummaryRow) {
	lb := t.Law(p.Law.Name)
	if of := p.State.Things[no].Of; of > 0 && seen(p, int64(of)) {
		out = append(out, ui.SummaryRow{Key: t.T("workplace.belongs_to"), Text: t.Thing(p.Law, &p.State, of), Href: thingHref(p, of)})
	}
	e := p.Law.At(m.docket.Now())
	counts := map[procedure.KindID][2]int{} // those that belong to it, those that name it
	for i := 1; i < len(p.State.Things); i++ {
		th, other := &p.State.Things[i], int32(i)
		field := naming(th, no)
		belongs := th.Of == no
		if th.Withheld() || other == no || !belongs && field < 0 {
			continue
		}
		n, how := counts[th.Kind], 0
		if !belongs {
			how = 1
		}
		n[how]++
		if counts[th.Kind] = n; n[how] > mostRelated {
			continue
		}
		kind := p.Law.KindName(th.Kind)
		row := ui.SummaryRow{Key: capital(lb.Kind(kind)), Text: t.Thing(p.Law, &p.State, other), Href: thingHref(p, other), Note: lb.State(kind, p.Law.StateName(th.Kind, th.State))}
		if !belongs {
			row.Key = t.T("workplace.names", "kind", row.Key, "field", lb.Field(kind, fieldName(e, th.Kind, field)))
		}
		out = append(out, row)
	}
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		name := p.Law.KindName(kind)
		for how, param := range []string{"of", "names"} {
			if n := counts[kind][how]; n > mostRelated {
				out = append(out, ui.SummaryRow{Key: capital(lb.Kind(name)), Text: t.T("workplace.all_of_them", "n", n), Href: query(kindHref(p.ID, name), url.Values{param: {strconv.Itoa(int(no))}})})
			}
		}
	}
	return out
}

// fieldName is what a law calls a field of a kind.
func fieldName(e *procedure.Edition, kind procedure.KindID, id procedure.FieldID) string {
	if k := kindOf(e, kind); k != nil && int(id) < len(k.Fields) && k.Fields[id] != nil {
		return k.Fields[id].Name
	}
	return ""
}
