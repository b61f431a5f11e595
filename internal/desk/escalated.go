package desk

import (
	"net/http"
	"net/url"

	"nazorat/internal/access"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// mostEscalated is how much of what was escalated the page of work shows; the rest has a page of its own.
const mostEscalated = 10

type escalatedView struct {
	Title   string
	Table   ui.TableView
	More    string
	MoreURL string
	shown   map[string]bool // the pages of these deadlines
}

type escalatedPageView struct {
	Heading ui.HeadingView
	Table   ui.TableView
	Pages   ui.PaginationView
}

// escalated shows, on the page of work, what has come to the officer's role because nobody did it in time.
func (d *Desk) escalated(r *web.Request, who access.Actor) (escalatedView, error) {
	list, _, more, err := d.docket.Escalated(r.Context(), who, proceedings.EscalatedAfter{}, d.docket.Now(), mostEscalated)
	if err != nil || len(list) == 0 {
		return escalatedView{}, err
	}
	t := r.Words
	v := escalatedView{Title: t.T("escalated.title"), shown: map[string]bool{}}
	for i := range list {
		v.shown[deadlineHref(&list[i].Deadline)] = true
	}
	if v.Table, err = d.escalatedTable(r, list); err != nil {
		return v, err
	}
	if more {
		v.More, v.MoreURL = t.T("escalated.more"), "/escalated"
	}
	return v, nil
}

// escalatedPage: all of it, page by page. Releases stand first on the first
// page, and no filter takes them away.
func (d *Desk) escalatedPage(w http.ResponseWriter, r *web.Request) error {
	q := r.URL.Query()
	after, err := ReadAfter(q)
	if err != nil {
		return err
	}
	from := proceedings.EscalatedAfter{Others: q.Get("others") != "", After: after}
	list, next, more, err := d.docket.Escalated(r.Context(), r.Actor(), from, d.docket.Now(), mostListed)
	if err != nil {
		return err
	}
	if err := r.LookedAtList("", len(list)); err != nil {
		return err
	}
	t := r.Words
	v := escalatedPageView{Heading: ui.HeadingView{Title: t.T("escalated.title"), Lead: t.T("escalated.lead")}}
	if v.Table, err = d.escalatedTable(r, list); err != nil {
		return err
	}
	if more {
		to := url.Values{}
		if next.Due != 0 {
			to = AfterOf(proceedings.Deadline{Due: next.Due, Proceeding: next.Proceeding, No: next.No})
		}
		if next.Others {
			to.Set("others", "1")
		}
		v.Pages.OlderHref, v.Pages.OlderText = "/escalated?"+to.Encode(), t.T("escalated.next")
	}
	if from != (proceedings.EscalatedAfter{}) {
		v.Pages.NewerHref, v.Pages.NewerText = "/escalated", t.T("escalated.first")
	}
	return r.Render(w, http.StatusOK, r.Page(v.Heading.Title), escalatedBody(v))
}

// escalatedRow is one line: what, whose, since when it has come to the reader, and by which step.
type escalatedRow struct {
	owedRow
	Since   string
	SinceIs string // the same for machines
	Step    string
}

func (d *Desk) escalatedTable(r *web.Request, list []proceedings.Escalated) (ui.TableView, error) {
	t := r.Words
	v := ui.TableView{Caption: t.T("escalated.title"), HideCaption: true, Empty: t.T("escalated.none"), Columns: []ui.Column{{Text: t.T("work.column.what")}, {Text: t.T("work.column.case")},
		{Text: t.T("work.column.until"), Unbroken: true}, {Text: t.T("work.column.who")}, {Text: t.T("escalated.column.since")}}}
	deadlines := make([]proceedings.Deadline, len(list))
	for i := range list {
		deadlines[i] = list[i].Deadline
	}
	rows, err := d.owed(r.Context(), t, deadlines, nil)
	if err != nil || len(rows) != len(list) { // each has its term: the docket has read its steps
		return v, err
	}
	for i, e := range list {
		row := escalatedRow{owedRow: rows[i], Since: t.Moment(d.zone, e.Since), SinceIs: web.Machine(d.zone, e.Since)}
		row.Tone = ui.Late
		key := "escalated.told"
		if e.Matter {
			key = "escalated.matter"
		}
		row.Step = t.T(key, "step", e.Step+1, "of", e.Steps)
		if e.Release {
			row.Release = t.T("release.owed")
		}
		v.Rows = append(v.Rows, ui.Row{Tone: row.Tone, Cells: []ui.Cell{{Body: owedWhat(row.owedRow), Head: true}, {Body: owedCase(row.owedRow)}, {Body: owedUntil(row.owedRow)}, {Text: row.Who}, {Body: escalatedSince(row)}}})
	}
	return v, nil
}
