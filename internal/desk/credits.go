package desk

import (
	"strconv"

	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// creditView is what counts toward a term that was before it began, period by period with its article and ratio, and the sum. Where the periods that the
// reader sees do not come to what was counted, the note says so: some are hidden from him, or the term was over when they changed.
func (d *Desk) creditView(t *web.Words, read *deadlineRead) (title string, v ui.TableView, note string) {
	p, x := read.p, &read.x
	if len(x.Term.Credits) == 0 {
		return "", v, ""
	}
	list := x.Edition.Credits(&p.State, x.Term, read.dl.Thing, x.Deadline.Start)
	lb := t.Law(p.Law.Name)
	title = t.T("deadline.credit")
	v = ui.TableView{ID: "credits", Caption: title, HideCaption: true, Columns: []ui.Column{{Text: t.T("deadline.credit.days")}, {Text: t.T("deadline.credit.what")}, {Text: t.T("deadline.credit.article")},
		{Text: t.T("deadline.credit.held"), Numeric: true}, {Text: t.T("deadline.credit.ratio"), Numeric: true}, {Text: t.T("deadline.credit.counted"), Numeric: true}}}
	held := 0
	for i := range list {
		c := &list[i]
		days := int(c.To-c.From) + 1
		held += days
		kind := p.Law.KindName(c.Kind)
		what := ui.Cell{Text: t.T("deadline.credit.state", "kind", lb.Kind(kind), "state", lb.State(kind, p.Law.StateName(c.Kind, c.State)))}
		if c.Thing != procedure.None {
			what.Href = ThingHref(p, c.Thing)
		}
		v.Rows = append(v.Rows, ui.Row{Cells: []ui.Cell{{Text: t.T("deadline.credit.from_to", "from", t.Date(c.From), "to", t.Date(c.To)), Head: true}, what, {Text: lb.Article(c.Article)},
			{Text: strconv.Itoa(days)}, {Text: c.Ratio.String()}, {Text: strconv.Itoa(c.Days)}}})
	}
	sum := procedure.Sum(list)
	if len(list) > 0 {
		v.Rows = append(v.Rows, ui.Row{Cells: []ui.Cell{{Text: t.T("deadline.credit.sum"), Head: true}, {}, {}, {Text: strconv.Itoa(held)}, {}, {Text: strconv.Itoa(sum)}}})
	}
	if sum != x.Span.SpentDays {
		note = t.T("deadline.credit.note", "n", x.Span.SpentDays)
	}
	return title, v, note
}
