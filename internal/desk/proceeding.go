package desk

import (
	"cmp"
	"fmt"
	"net/http"
	"sort"
	"strconv"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/docket"
	"nazorat/internal/picture"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// newestEntries is how much of its history a proceeding's page shows.
const newestEntries = 12

type proceedingView struct {
	Heading    ui.HeadingView
	State      string
	About      []ui.SummaryRow
	Path       picture.PathView
	PathIs     string
	ActsIs     string
	Acts       []actGroup
	NoActs     string
	ClosedIs   string
	Closed     []closedAct
	ClockIs    string
	Clock      picture.ClockView
	ThingsIs   string
	Things     ui.TableView
	HistoryIs  string
	History    []ui.TimelineItem
	OlderHref  string
	OlderText  string
	LinksIs    string
	Links      ui.TableView
	HasThings  bool
	HasHistory bool
}

// actGroup is the acts that may be done now on one thing.
type actGroup struct {
	Thing string // "" where the proceeding itself is all there is
	Acts  []openAct
}

type openAct struct {
	Text, Href, Note string
	Tone             ui.DeadlineTone
	Tag              string
	urgency          int64
}

// closedAct is one that may not be done now, and why.
type closedAct struct{ Act, Thing, Why, Article string }

// proceedingPage: what it is, where it stands, what may be done, what runs, what happened.
func (d *Desk) proceedingPage(w http.ResponseWriter, r *web.Request) error {
	p, err := d.docket.Proceeding(r.Context(), r.Actor(), r.PathValue("id"))
	if err != nil {
		return err
	}
	deadlines, err := d.docket.Deadlines(r.Context(), p)
	if err != nil {
		return err
	}
	history, err := d.docket.History(r.Context(), p, p.Version+1, 200)
	if err != nil {
		return err
	}
	t, now := r.Words, d.docket.Now()
	lb := t.Law(p.Law.Name)
	v := proceedingView{State: lb.State(p.Law.KindName(0), p.RootState)}
	v.Heading = ui.HeadingView{Caption: lb.Kind(p.Law.KindName(0)) + " " + p.Number, Title: t.Name(p.Title), Aside: ui.Tag(ui.Info, v.State)}
	if v.About, err = d.about(r, p); err != nil {
		return err
	}
	v.PathIs, v.Path = t.T("proceeding.path"), picture.NewPath(t, p, history)
	d.verdicts(r, p, deadlines, &v)
	v.ClockIs, v.Clock = t.T("proceeding.deadlines"), picture.NewClock(t, d.zone, p, deadlines, deadlineHref, now)
	v.ThingsIs, v.Things = t.T("proceeding.things"), d.things(t, p)
	v.HasThings = len(v.Things.Rows) > 0
	v.HistoryIs = t.T("proceeding.history")
	if len(history) > newestEntries {
		v.OlderHref, v.OlderText = proceedingHref(p.ID)+"/history?before="+strconv.FormatInt(history[newestEntries-1].Seq, 10), t.T("proceeding.older")
		history = history[:newestEntries]
	}
	links, err := d.docket.Links(r.Context(), r.Actor(), p, mostLinks)
	if err != nil {
		return err
	}
	if v.History, err = d.history(r, p, history, links); err != nil {
		return err
	}
	v.HasHistory = len(v.History) > 0
	v.LinksIs, v.Links = t.T("proceeding.links"), d.linksTable(t, links)
	page := r.Page(p.Number + " · " + v.Heading.Title)
	page.Notices = d.doneNotice(r, p, history, links)
	return r.Render(w, http.StatusOK, page, proceedingBody(v))
}

// doneNotice acknowledges the act that the officer has just done.
func (d *Desk) doneNotice(r *web.Request, p *docket.Proceeding, history []docket.Logged, links []docket.Link) []ui.NoticeView {
	done := r.URL.Query().Get("done")
	for i := range history {
		l := &history[i]
		if strconv.FormatInt(l.Seq, 10) != done || l.Officer != r.Actor().Officer {
			continue
		}
		t := r.Words
		n := ui.NoticeView{Tone: ui.Good, Title: t.T("done.title", "act", t.Law(p.Law.Name).Act(l.Act)),
			Text: t.T("done.text", "n", l.Seq, "when", t.Moment(d.zone, l.Recorded), "hash", l.Hash.String()[:16])}
		for _, x := range links {
			if x.Out && x.Seq == l.Seq {
				line := d.linkLine(t, x)
				n.Text += " " + line.Text
				n.Href, n.LinkText = line.Href, x.Number
			}
		}
		return []ui.NoticeView{n}
	}
	return nil
}

// about tells what the proceeding is.
func (d *Desk) about(r *web.Request, p *docket.Proceeding) ([]ui.SummaryRow, error) {
	t := r.Words
	names, err := d.dir.Names(r.Context(), []string{p.InCharge})
	if err != nil {
		return nil, err
	}
	tree := d.dir.Tree()
	rows := []ui.SummaryRow{
		{Key: t.T("proceeding.in_charge"), Text: t.Name(names[p.InCharge])},
		{Key: t.T("proceeding.office"), Text: t.Office(tree.Office(p.Office))},
		{Key: t.T("proceeding.supervisor"), Text: t.Office(tree.Office(p.Supervisor))},
		{Key: t.T("proceeding.opened"), Text: t.Moment(d.zone, p.Opened)},
	}
	if p.InCharge == "" {
		rows[0].Text = t.T("proceeding.nobody")
	}
	root := p.State.Root()
	e := p.Law.At(d.docket.Now())
	for _, f := range e.Kinds[0].Fields {
		if f == nil || !root.Field(f.ID).Given() {
			continue
		}
		val := root.Field(f.ID)
		if f.Type == procedure.Text && val.Text == p.Title {
			continue
		}
		rows = append(rows, ui.SummaryRow{Key: t.Law(p.Law.Name).Field("", f.Name), Text: d.value(t, p.Law, "", f.Name, val, nil)})
	}
	return rows, nil
}

// value writes a fact, officers and offices by their names.
func (d *Desk) value(t *web.Words, law *procedure.Law, act, field string, v procedure.Value, names map[string]string) string {
	switch v.Type {
	case procedure.Office:
		return t.Office(d.dir.Tree().Office(v.Text))
	case procedure.Officer:
		if n := names[v.Text]; n != "" {
			return t.Name(n)
		}
	}
	e := law.At(d.docket.Now())
	return t.Value(law.Name, act, field, d.zone, v, e.Currency)
}

// judge asks the law of every act whether the officer may do it now; reach says
// whether his mandate reaches the proceeding at all.
func (d *Desk) judge(p *docket.Proceeding, who docket.Actor, now calendar.Moment) (list []procedure.Verdict, reach bool) {
	reach = access.MayAct(d.dir.Tree(), who.Subject(), access.Resource{Office: p.Office, Supervisor: p.Supervisor})
	return p.Law.At(now).Verdicts(p.State, procedure.Act{Done: now, Recorded: now, Officer: who.Officer, Role: who.Role, Office: who.Office}), reach
}

// verdicts lists the acts that the officer may do now, the most urgent first,
// and of the others why not.
func (d *Desk) verdicts(r *web.Request, p *docket.Proceeding, deadlines []docket.Deadline, v *proceedingView) {
	t, now := r.Words, d.docket.Now()
	lb := t.Law(p.Law.Name)
	v.ActsIs, v.NoActs, v.ClosedIs = t.T("proceeding.acts"), t.T("proceeding.no_acts"), t.T("proceeding.closed")
	byNo := map[int32]*docket.Deadline{}
	for i := range deadlines {
		byNo[deadlines[i].No] = &deadlines[i]
	}
	groups := map[int32]*actGroup{}
	var order []int32
	seenClosed := map[string]bool{}
	list, reach := d.judge(p, r.Actor(), now)
	for _, ver := range list {
		if ver.Refusal != nil || !reach {
			c := closedAct{Act: lb.Act(ver.Rule.Name), Thing: t.Thing(p.Law, &p.State, ver.Thing), Why: t.T("access.not_your_proceeding")}
			if ver.Refusal != nil {
				c.Why, c.Article = t.Refusal(p.Law, ver.Refusal), lb.Article(ver.Refusal.Article)
			}
			if key := c.Act + c.Why; !seenClosed[key] {
				seenClosed[key] = true
				v.Closed = append(v.Closed, c)
			}
			continue
		}
		g := groups[ver.Thing]
		if g == nil {
			g = &actGroup{Thing: t.Thing(p.Law, &p.State, ver.Thing)}
			groups[ver.Thing] = g
			order = append(order, ver.Thing)
		}
		a := openAct{Text: lb.Act(ver.Rule.Name), Href: actHref(p.ID, ver.Rule.Name, ver.Thing), Note: lb.Article(ver.Rule.Article), urgency: 1 << 62}
		for _, owed := range ver.Owes {
			dl := byNo[owed.No]
			if dl == nil || int64(owed.Due) >= a.urgency {
				continue
			}
			term := picture.TermOf(p.Law, dl)
			stands := picture.Stands(term, dl, now)
			a.urgency, a.Tone, a.Tag = int64(owed.Due), stands.Tone(), stands.Words(t, term, dl, now)
		}
		g.Acts = append(g.Acts, a)
	}
	for _, g := range groups {
		sort.SliceStable(g.Acts, func(i, j int) bool { return g.Acts[i].urgency < g.Acts[j].urgency })
	}
	// What is owed first stands first: the release of a person before the paper work of the case.
	sort.Slice(order, func(i, j int) bool {
		a, b := groups[order[i]].Acts[0].urgency, groups[order[j]].Acts[0].urgency
		if a != b {
			return a < b
		}
		return order[i] < order[j]
	})
	if root := groups[0]; root != nil && len(order) > 1 {
		root.Thing = t.T("thing.number", "thing", lb.Kind(p.Law.KindName(0)), "n", p.Number) // else its acts seem to belong to the person above
	}
	for _, no := range order {
		v.Acts = append(v.Acts, *groups[no])
	}
}

// things lists what the proceeding holds besides itself.
func (d *Desk) things(t *web.Words, p *docket.Proceeding) ui.TableView {
	lb := t.Law(p.Law.Name)
	v := ui.TableView{Caption: t.T("proceeding.things"), HideCaption: true, Columns: []ui.Column{
		{Text: t.T("thing.column.what")}, {Text: t.T("thing.column.state")}, {Text: t.T("thing.column.since"), Unbroken: true}, {Text: t.T("thing.column.facts")}}}
	for no := 1; no < len(p.State.Things); no++ {
		th := &p.State.Things[no]
		kind := p.Law.KindName(th.Kind)
		facts := ""
		k := p.Law.At(d.docket.Now()).Kind(kind)
		for id, val := range th.Fields {
			if !val.Given() || k == nil || id >= len(k.Fields) || k.Fields[id] == nil || val.Type == procedure.Person {
				continue
			}
			if facts != "" {
				facts += "; "
			}
			facts += t.T("thing.fact", "name", lb.Field("", k.Fields[id].Name), "value", d.value(t, p.Law, "", k.Fields[id].Name, val, nil))
		}
		v.Rows = append(v.Rows, ui.Row{ID: fmt.Sprintf("thing-%d", no), Cells: []ui.Cell{
			{Text: t.Thing(p.Law, &p.State, int32(no)), Note: lb.Kind(kind), Head: true},
			{Text: lb.State(kind, p.Law.StateName(th.Kind, th.State))}, {Text: t.Moment(d.zone, th.Since)}, {Text: cmp.Or(facts, "—")}}})
	}
	return v
}
