package desk

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"nazorat/internal/calendar"
	"nazorat/internal/fault"
	"nazorat/internal/picture"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// mostListed is the length of one page of a list of proceedings.
const mostListed = 50

func owedTableView(g workGroup) ui.TableView {
	v := ui.TableView{Caption: g.Title, HideCaption: true, Columns: []ui.Column{{Text: g.Columns.What}, {Text: g.Columns.Case}, {Text: g.Columns.Until, Unbroken: true}}}
	if g.Who {
		v.Columns = append(v.Columns, ui.Column{Text: g.Columns.Who})
	} else {
		v.Columns = append(v.Columns, ui.Column{Text: g.Columns.Do})
	}
	for _, r := range g.Rows {
		row := ui.Row{Tone: r.Tone, Cells: []ui.Cell{{Body: owedWhat(r), Head: true}, {Body: owedCase(r)}, {Body: owedUntil(r)}}}
		if g.Who {
			row.Cells = append(row.Cells, ui.Cell{Text: r.Who})
		} else {
			row.Cells = append(row.Cells, ui.Cell{Body: owedDo(r)})
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

type casesView struct {
	Heading ui.HeadingView
	Table   ui.TableView
	Pages   ui.PaginationView
}

// casesPage: the proceedings that I am in charge of; of whoever has a role in which one is a party, those to which he is one.
func (d *Desk) casesPage(w http.ResponseWriter, r *web.Request) error {
	behind, err := readBehind(r.URL.Query())
	if err != nil {
		return err
	}
	t := r.Words
	if IsParty(d.docket.Reader, r.Actor().Role) {
		list, err := d.docket.AsParty(r.Context(), r.Actor(), behind, mostListed+1)
		if err != nil {
			return err
		}
		heading := ui.HeadingView{Title: t.T("cases.title"), Lead: t.T("cases.party_lead")}
		return d.showCases(w, r, heading, "/cases", "", t.T("cases.party_empty"), behind, list)
	}
	list, err := d.docket.InCharge(r.Context(), r.Actor(), behind, mostListed+1)
	if err != nil {
		return err
	}
	heading := ui.HeadingView{Title: t.T("cases.title"), Lead: t.T("cases.lead")}
	return d.showCases(w, r, heading, "/cases", "", t.T("cases.empty"), behind, list)
}

// officeCasesPage: the proceedings that an office has or supervises.
func (d *Desk) officeCasesPage(w http.ResponseWriter, r *web.Request) error {
	behind, err := readBehind(r.URL.Query())
	if err != nil {
		return err
	}
	office := r.PathValue("office")
	list, err := d.docket.OfOffice(r.Context(), r.Actor(), office, behind, mostListed+1)
	if err != nil {
		return err
	}
	t := r.Words
	heading := ui.HeadingView{Caption: t.Office(d.dir.Tree().Office(office)), Title: t.T("cases.of_office")}
	return d.showCases(w, r, heading, "/offices/"+url.PathEscape(office)+"/proceedings", office, t.T("cases.none"), behind, list)
}

func (d *Desk) showCases(w http.ResponseWriter, r *web.Request, heading ui.HeadingView, path, office, empty string, behind proceedings.Behind, list []proceedings.Listed) error {
	if err := r.LookedAtList(office, min(len(list), mostListed)); err != nil {
		return err
	}
	t, now := r.Words, d.docket.Now()
	v := casesView{Heading: heading}
	if len(list) > mostListed {
		list = list[:mostListed]
		last := list[len(list)-1]
		q := url.Values{"opened": {strconv.FormatInt(int64(last.Opened), 10)}, "id": {last.ID}}
		v.Pages.OlderHref, v.Pages.OlderText = path+"?"+q.Encode(), t.T("pages.older")
	}
	if behind != (proceedings.Behind{}) {
		v.Pages.NewerHref, v.Pages.NewerText = path, t.T("pages.newest")
	}
	v.Table = ui.TableView{Caption: heading.Title, HideCaption: true, Empty: empty, Columns: []ui.Column{
		{Text: t.T("cases.column.number"), Unbroken: true}, {Text: t.T("cases.column.about")}, {Text: t.T("cases.column.stage")},
		{Text: t.T("cases.column.next"), Unbroken: true}, {Text: t.T("cases.column.changed"), Unbroken: true}}}
	for _, l := range list {
		next := ui.Cell{Text: "—"}
		tone := ui.DeadlineTone("")
		if l.NextDue != 0 {
			// A list knows the end alone, not the term.
			due := proceedings.Deadline{Status: stored.Running, Due: l.NextDue}
			stands := picture.Stands(nil, &due, now)
			tone = stands.Tone()
			next = ui.Cell{Body: owedUntil(owedRow{Tone: tone, Until: t.Moment(d.zone, l.NextDue), Machine: web.Machine(d.zone, l.NextDue), Left: stands.Words(t, nil, &due, now)})}
		}
		stage := l.RootState
		if law := d.docket.Law(l.Law); law != nil {
			stage = t.Law(l.Law).State(law.KindName(0), l.RootState)
		}
		v.Table.Rows = append(v.Table.Rows, ui.Row{Tone: tone, Cells: []ui.Cell{
			{Text: l.Number, Href: proceedingHref(l.ID), Head: true}, {Text: t.Name(l.Title)}, {Text: stage}, next, {Text: t.Moment(d.zone, l.Changed)}}})
	}
	return r.Render(w, http.StatusOK, r.Page(heading.Title), casesBody(v))
}

func readBehind(q url.Values) (proceedings.Behind, error) {
	if q.Get("opened") == "" {
		return proceedings.Behind{}, nil
	}
	n, err := number(q.Get("opened"))
	if err != nil {
		return proceedings.Behind{}, badLink(err)
	}
	return proceedings.Behind{Opened: calendar.Moment(n), ID: q.Get("id")}, nil
}

func number(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) }

// badLink is the answer to an address that no page of ours leads to.
func badLink(causes ...error) error {
	return fault.New(fault.NotFound, "fault.no_page", nil).Because(errors.Join(causes...))
}
