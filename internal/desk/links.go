package desk

import (
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// mostLinks is how many connections a proceeding's page tells of, each way.
const mostLinks = 100

// linkLine tells in one sentence what was done along with an act in another
// proceeding, or along with which act this one was done. It leads there where the reader may look.
func (d *Desk) linkLine(t *web.Words, l proceedings.Link) doLink {
	if l.Hidden {
		return doLink{Text: t.T("sheet.link")}
	}
	key, hidden := "link.in", "link.in_hidden"
	if l.Out {
		key, hidden = "link.out", "link.out_hidden"
	}
	if l.Proceeding == "" {
		return doLink{Text: t.T(hidden, "act", t.Law(l.Law).Act(l.Act))}
	}
	return doLink{Text: t.T(key, "act", t.Law(l.Law).Act(l.Act), "number", l.Number), Href: proceedingHref(l.Proceeding)}
}

// linkOf finds the n-th act that an entry did elsewhere.
func (d *Desk) linkOf(t *web.Words, links []proceedings.Link, seq int64, n int) (doLink, bool) {
	for _, l := range links {
		if l.Out && l.Seq == seq && l.N == n {
			return d.linkLine(t, l), true
		}
	}
	return doLink{}, false
}

// linksTable lists the proceedings that this one is connected with, as far as the reader may see them.
func (d *Desk) linksTable(t *web.Words, links []proceedings.Link) ui.TableView {
	v := ui.TableView{Caption: t.T("proceeding.links"), HideCaption: true, Columns: []ui.Column{
		{Text: t.T("link.column.number"), Unbroken: true}, {Text: t.T("link.column.how")}, {Text: t.T("link.column.when"), Unbroken: true}}}
	for _, l := range links {
		if l.Proceeding == "" {
			continue
		}
		kind := ""
		if law := d.docket.Law(l.Law); law != nil {
			kind = t.Law(l.Law).Kind(law.KindName(0))
		}
		how := "link.how_in"
		if l.Out {
			how = "link.how_out"
		}
		v.Rows = append(v.Rows, ui.Row{Cells: []ui.Cell{{Text: l.Number, Href: proceedingHref(l.Proceeding), Note: kind, Head: true},
			{Text: t.T(how, "act", t.Law(l.Law).Act(l.Act))}, {Text: t.Moment(d.zone, l.Done)}}})
	}
	return v
}
