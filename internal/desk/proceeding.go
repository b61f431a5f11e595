package desk

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/look"
	"nazorat/internal/picture"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/receipt"
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
	Acts       actsView
	ClockIs    string
	Clock      picture.ClockView
	ThingsIs   string
	Things     ui.TableView
	HistoryIs  string
	History    []ui.TimelineItem
	File       doLink // its sheets one after another
	OlderHref  string
	OlderText  string
	LinksIs    string
	Links      ui.TableView
	HasThings  bool
	HasHistory bool
	WhoLooked  doLink // for whoever may see that
	Reading    doLink // how long the parties read, once the file was opened to them

	Hidden       string       // how many sheets are
	ThingsHidden []hiddenView // things
	ClockHidden  []hiddenView // and deadlines
}

// proceedingPage: what it is, where it stands, what may be done, what runs, what happened.
func (d *Desk) proceedingPage(w http.ResponseWriter, r *web.Request) error {
	p, err := d.docket.Proceeding(r.Context(), r.Actor(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := r.Looked(look.View, p); err != nil {
		return err
	}
	deadlines, hidden, err := d.docket.Deadlines(r.Context(), p)
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
	if level := d.level(t, p); level != nil {
		v.Heading.Aside = templ.Join(v.Heading.Aside, level)
	}
	if v.About, err = d.about(r, p); err != nil {
		return err
	}
	v.PathIs, v.Path = t.T("proceeding.path"), picture.NewPath(t, p, history)
	if v.Acts, err = d.acts(r, p, deadlines); err != nil {
		return err
	}
	v.ClockIs, v.Clock = t.T("proceeding.deadlines"), picture.NewClock(t, d.zone, p, deadlines, deadlineHref, now)
	v.ClockHidden = d.hidden(r, p, "sheet.deadlines", hidden)
	v.ThingsHidden = d.hidden(r, p, "sheet.things", p.HiddenThings)
	if v.ThingsIs = t.T("proceeding.things"); manyThings(p) {
		v.Things = d.kinds(t, p)
	} else if v.Things, err = d.things(r.Context(), t, p); err != nil {
		return err
	}
	v.HasThings = len(v.Things.Rows)+len(v.ThingsHidden) > 0
	v.HistoryIs, v.File = t.T("proceeding.history"), doLink{Text: t.T("proceeding.file"), Href: proceedingHref(p.ID) + "/file"}
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
	if v.Hidden, err = d.hiddenSheets(r, p); err != nil {
		return err
	}
	v.HasHistory = len(v.History) > 0
	sees := func(what access.Action) bool {
		return p.Exception == "" && d.docket.Decide(r.Actor(), what, p.Resource()).Allowed
	}
	if sees(access.SeeLooks) {
		v.WhoLooked = doLink{Text: t.T("proceeding.looks"), Href: proceedingHref(p.ID) + "/looks"}
	}
	if field, _, parties := p.Law.Reading(); field != "" && p.Law.At(now).Opened(&p.State) && (slices.Contains(parties, r.Actor().Role) || sees(access.SeeReading)) {
		v.Reading = doLink{Text: t.T("proceeding.reading"), Href: proceedingHref(p.ID) + "/reading"}
	}
	v.LinksIs, v.Links = t.T("proceeding.links"), d.linksTable(t, links)
	page := r.Page(p.Number + " · " + v.Heading.Title)
	page.Notices = append(d.doneNotice(r, p, history, links), d.releaseNotices(t, p, deadlines, now)...)
	if p.Exception != "" {
		page.Notices = append(page.Notices, ui.NoticeView{Tone: ui.Warn, Title: t.T("proceeding.by_emergency"), Text: t.T("proceeding.by_emergency_text")})
	}
	return r.Render(w, http.StatusOK, page, proceedingBody(v))
}

// releaseNotices stand above everything where a person must be set free now.
func (d *Desk) releaseNotices(t *web.Words, p *proceedings.Proceeding, deadlines []proceedings.Deadline, now calendar.Moment) (out []ui.NoticeView) {
	for i := range deadlines {
		dl := &deadlines[i]
		term := picture.TermOf(p.Law, dl)
		stands := picture.Stands(term, dl, now)
		if stands != picture.Over || term == nil || term.Breach != procedure.Release {
			continue
		}
		name := t.Law(p.Law.Name).Term(dl.Term)
		out = append(out, ui.NoticeView{Tone: ui.Bad, Title: t.T("release.whom", "whom", d.whom(t, p, dl.Thing)),
			Text: t.T("release.why", "term", name, "left", stands.Words(t, term, dl, now)), Href: deadlineHref(dl), LinkText: t.T("release.how")})
	}
	return out
}

// whom calls the person whom a thing of a proceeding belongs to, else the thing itself.
func (d *Desk) whom(t *web.Words, p *proceedings.Proceeding, thing int32) string {
	things := p.State.Things
	for no := thing; no > 0 && int(no) < len(things); no = things[no].Of {
		for _, v := range things[no].Fields {
			if v.Type == fact.Person && v.Given() {
				return t.Thing(p.Law, &p.State, no)
			}
		}
	}
	return t.Thing(p.Law, &p.State, thing)
}

// doneNotice acknowledges the act that the officer has just done.
func (d *Desk) doneNotice(r *web.Request, p *proceedings.Proceeding, history []proceedings.Logged, links []proceedings.Link) []ui.NoticeView {
	done := r.URL.Query().Get("done")
	for i := range history {
		l := &history[i]
		if l.Hidden != nil || strconv.FormatInt(l.Seq, 10) != done || l.Officer != r.Actor().Officer {
			continue
		}
		t := r.Words
		n := ui.NoticeView{Tone: ui.Good, Title: t.T("done.title", "act", t.Law(p.Law.Name).Act(l.Act)),
			Text: t.T("done.text", "n", l.Seq, "when", t.Moment(d.zone, l.Recorded), "hash", l.Leaf.String()[:16])}
		if d.docket.MayDownload(r.Actor(), p.Resource()) == nil {
			n.More = []ui.Crumb{{Text: t.T("receipt.link"), Href: receipt.Href(p.ID, l.Seq)}}
		}
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
func (d *Desk) about(r *web.Request, p *proceedings.Proceeding) ([]ui.SummaryRow, error) {
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
		if f == nil || !root.Field(f.ID).Given() || p.Secrecy == "" && saysLevel(e, f) {
			continue
		}
		val := root.Field(f.ID)
		if f.Type == fact.Text && val.Text == p.Title {
			continue
		}
		rows = append(rows, ui.SummaryRow{Key: t.Law(p.Law.Name).Field("", f.Name), Text: d.value(t, p, "", f.Name, val, nil)})
	}
	return rows, nil
}

// value writes a fact of a proceeding: officers, offices and things by their names.
func (d *Desk) value(t *web.Words, p *proceedings.Proceeding, act, field string, v fact.Value, names map[string]string) string {
	switch v.Type {
	case fact.Office:
		return t.Office(d.dir.Tree().Office(v.Text))
	case fact.Officer:
		if n := names[v.Text]; n != "" {
			return t.Name(n)
		}
	case fact.Text:
		return t.Name(v.Text) // in the letters of the page, as the title of the proceeding is
	case fact.Thing:
		return t.Thing(p.Law, &p.State, int32(v.Num))
	}
	e := p.Law.At(d.docket.Now())
	return t.Value(p.Law.Name, act, field, d.zone, v, e.Currency)
}

// things lists what the proceeding holds besides itself.
func (d *Desk) things(ctx context.Context, t *web.Words, p *proceedings.Proceeding) (ui.TableView, error) {
	all := make([]int32, 0, len(p.State.Things))
	for no := range p.State.Things {
		all = append(all, int32(no))
	}
	names, err := d.dir.Names(ctx, OfficersOf(&p.State, all))
	if err != nil {
		return ui.TableView{}, err
	}
	lb := t.Law(p.Law.Name)
	v := ui.TableView{Caption: t.T("proceeding.things"), HideCaption: true, Columns: []ui.Column{
		{Text: t.T("thing.column.what")}, {Text: t.T("thing.column.state")}, {Text: t.T("thing.column.since"), Unbroken: true}, {Text: t.T("thing.column.facts")}}}
	for no := 1; no < len(p.State.Things); no++ {
		th := &p.State.Things[no]
		if th.Withheld() {
			continue // it is said below the table that it is there
		}
		kind := p.Law.KindName(th.Kind)
		facts := ""
		for _, f := range d.facts(t, p, int32(no), names) {
			if facts != "" {
				facts += "; "
			}
			facts += t.T("thing.fact", "name", f.Key, "value", f.Text)
		}
		name, note := t.Thing(p.Law, &p.State, int32(no)), lb.Kind(kind)
		if strings.HasPrefix(name, note) { // it has no name but that of its kind
			note = ""
		}
		v.Rows = append(v.Rows, ui.Row{ID: fmt.Sprintf("thing-%d", no), Cells: []ui.Cell{
			{Text: name, Href: thingPageHref(p, int32(no)), Note: note, Head: true},
			{Text: lb.State(kind, p.Law.StateName(th.Kind, th.State))}, {Text: t.Moment(d.zone, th.Since)}, {Text: cmp.Or(facts, "—")}}})
	}
	return v, nil
}

// facts are what is known of a thing, but for names of persons, which are its own name.
func (d *Desk) facts(t *web.Words, p *proceedings.Proceeding, no int32, names map[string]string) (out []ui.SummaryRow) {
	th := &p.State.Things[no]
	lb, kind := t.Law(p.Law.Name), p.Law.KindName(th.Kind)
	k := p.Law.At(d.docket.Now()).Kind(kind)
	for id, val := range th.Fields {
		if val.Given() && k != nil && id < len(k.Fields) && k.Fields[id] != nil && val.Type != fact.Person {
			out = append(out, ui.SummaryRow{Key: lb.Field(kind, k.Fields[id].Name), Text: d.value(t, p, kind, k.Fields[id].Name, val, names)})
		}
	}
	return out
}
