package desk

import (
	"net/http"
	"sort"
	"strconv"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/look"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/receipt"
	"nazorat/internal/stored"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// history puts entries into words: who did what, when, and what followed.
func (d *Desk) history(r *web.Request, p *proceedings.Proceeding, entries []proceedings.Logged, links []proceedings.Link) ([]ui.TimelineItem, error) {
	t := r.Words
	lb := t.Law(p.Law.Name)
	var ids []string
	for i := range entries {
		ids = append(ids, entries[i].Officer)
		for _, v := range entries[i].Form {
			if v[0] == fact.Officer.String() {
				ids = append(ids, v[1])
			}
		}
		ids = append(ids, officersIn(entries[i].Effects)...)
	}
	names, err := d.dir.Names(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	items := make([]ui.TimelineItem, 0, len(entries))
	receipts := d.docket.MayDownload(r.Actor(), p.Resource()) == nil
	for i := 0; i < len(entries); i++ {
		l := &entries[i]
		if l.Hidden != nil {
			item, taken := d.hiddenItem(r, p, entries[i:])
			items = append(items, item)
			i += taken - 1
			continue
		}
		item := ui.TimelineItem{ID: "entry-" + strconv.FormatInt(l.Seq, 10), Title: lb.Act(l.Act), When: t.Moment(d.zone, l.Done), Datetime: web.Machine(d.zone, l.Done),
			By: t.T("history.by", "name", t.Name(names[l.Officer]), "role", lb.Role(l.Role))}
		if l.Client != "" {
			item.By = t.T("history.by_system", "by", item.By, "system", l.Client)
		}
		if e := p.Law.Edition(l.Edition); e != nil {
			if rule := e.Act(l.Act); rule != nil {
				item.Article = lb.Article(rule.Article)
			}
		}
		switch l.Act {
		case procedure.ChangesHands:
			item.Title = t.T("history.changes_hands")
		case procedure.ComesIntoForce:
			item.Title, item.By = t.T("history.edition", "date", t.Date(d.zone.Date(l.Done))), t.T("history.by_law")
		}
		v := d.entry(t, p, l, names, links)
		if receipts {
			v.ReceiptHref, v.ReceiptIs, v.ReceiptOf = receipt.Href(p.ID, l.Seq), t.T("receipt.link"), t.T("receipt.link_of", "n", l.Seq)
		}
		item.Body = entryDetails(v)
		items = append(items, item)
	}
	return items, nil
}

type entryView struct {
	Thing    string
	Form     []ui.SummaryRow
	Effects  []string
	Links    []doLink // what was done along with it elsewhere, or along with which it was done
	Recorded string
	Hash     string

	ReceiptHref, ReceiptIs, ReceiptOf string // for whoever may take something out of the proceeding
}

func (d *Desk) entry(t *web.Words, p *proceedings.Proceeding, l *proceedings.Logged, names map[string]string, links []proceedings.Link) entryView {
	lb := t.Law(p.Law.Name)
	v := entryView{Thing: t.Thing(p.Law, &p.State, l.Thing), Hash: t.T("history.hash", "n", l.Seq, "hash", l.Leaf.String()[:16])}
	if l.Recorded != l.Done {
		v.Recorded = t.T("history.recorded", "when", t.Moment(d.zone, l.Recorded))
	}
	if l.Act == procedure.ChangesHands { // no law has words for it
		for _, id := range officersIn(l.Effects) {
			v.Effects = append(v.Effects, t.T("effect.charged", "name", t.Name(names[id])))
		}
		return v
	}
	fields := make([]string, 0, len(l.Form))
	for name := range l.Form {
		fields = append(fields, name)
	}
	sort.Strings(fields)
	for _, name := range fields {
		val, err := fact.Decode(l.Form[name])
		if err != nil {
			continue
		}
		row := ui.SummaryRow{Key: lb.Field(l.Act, name), Text: d.value(t, p, l.Act, name, val, names)}
		if f, ok := fact.FileOf(val.Text); ok && val.Type == fact.Document && f.Type != "" {
			row.Href = SheetHref(p.ID, l.Seq)
		}
		v.Form = append(v.Form, row)
	}
	n := 0
	for i := range l.Effects {
		f := &l.Effects[i]
		if f.Call != nil {
			n++
			if line, ok := d.linkOf(t, links, l.Seq, n); ok {
				v.Links = append(v.Links, line)
				continue
			}
		}
		if s := d.effect(t, p, f, names); s != "" {
			v.Effects = append(v.Effects, s)
		}
	}
	if l.Withheld > 0 {
		v.Effects = append(v.Effects, t.T("sheet.effects", "n", l.Withheld))
	}
	for _, x := range links {
		if !x.Out && x.Seq == l.Seq {
			v.Links = append(v.Links, d.linkLine(t, x))
		}
	}
	return v
}

// effect puts one consequence into a sentence; "" for those that a reader need not be told.
func (d *Desk) effect(t *web.Words, p *proceedings.Proceeding, f *stored.Effect, names map[string]string) string {
	lb := t.Law(p.Law.Name)
	args := []any{"thing", t.Thing(p.Law, &p.State, f.Thing), "kind", lb.Kind(f.Kind), "from", lb.State(f.Kind, f.From), "to", lb.State(f.Kind, f.To), "rule", lb.Term(f.Rule)}
	key := "effect." + f.Effect
	if f.Deadline != nil {
		args = append(args, "term", lb.Term(f.Deadline.Term), "due", t.Moment(d.zone, f.Deadline.Due))
		if f.Late {
			key = "effect.met_late"
		}
	}
	if f.Was != 0 {
		args = append(args, "was", t.Moment(d.zone, calendar.Moment(f.Was)))
	}
	switch f.Effect {
	case "started":
		if f.Deadline != nil {
			if e := p.Law.Edition(f.Deadline.Edition); e != nil && e.Term(f.Deadline.Term) != nil && e.Term(f.Deadline.Term).AtOnce {
				key = "effect.started_at_once"
			}
		}
	case "entered":
		return d.entered(t, f.Record, names)
	case "stood_in":
		return t.T(key, "name", t.Name(names[f.Value[1]]))
	case "copied":
		return t.T(key, "role", lb.Role(f.Value[1]))
	case "linked":
		return t.T(key, "act", t.Law(f.Call.Procedure).Act(f.Call.Act))
	case "set", "charged", "handed":
		return ""
	case "moved":
		if f.Thing == 0 {
			key = "effect.stage"
		}
	}
	return t.T(key, args...)
}

type historyView struct {
	Heading ui.HeadingView
	Hidden  string // how many sheets are
	Items   []ui.TimelineItem
	Pages   ui.PaginationView
}

// historyPage: the whole history, page by page.
func (d *Desk) historyPage(w http.ResponseWriter, r *web.Request) error {
	p, err := d.docket.Proceeding(r.Context(), r.Actor(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := r.Looked(look.View, p); err != nil {
		return err
	}
	before := p.Version + 1
	if q := r.URL.Query().Get("before"); q != "" {
		n, err := number(q)
		if err != nil || n < 1 {
			return fault.New(fault.NotFound, "fault.no_page", nil)
		}
		before = n
	}
	entries, err := d.docket.History(r.Context(), p, before, mostListed)
	if err != nil {
		return err
	}
	t := r.Words
	v := historyView{Heading: ui.HeadingView{Caption: p.Number, Title: t.T("proceeding.history"), Aside: d.level(t, p)}}
	links, err := d.docket.Links(r.Context(), r.Actor(), p, mostLinks)
	if err != nil {
		return err
	}
	if v.Items, err = d.history(r, p, entries, links); err != nil {
		return err
	}
	if v.Hidden, err = d.hiddenSheets(r, p); err != nil {
		return err
	}
	if len(entries) == mostListed {
		v.Pages.OlderHref = proceedingHref(p.ID) + "/history?before=" + strconv.FormatInt(entries[len(entries)-1].Seq, 10)
		v.Pages.OlderText = t.T("pages.older")
	}
	if before <= p.Version {
		v.Pages.NewerHref, v.Pages.NewerText = proceedingHref(p.ID)+"/history", t.T("pages.newest")
	}
	page := r.Page(p.Number + " · " + v.Heading.Title)
	page.Breadcrumbs = []ui.Crumb{{Text: p.Number, Href: proceedingHref(p.ID)}, {Text: v.Heading.Title}}
	return r.Render(w, http.StatusOK, page, historyBody(v))
}
