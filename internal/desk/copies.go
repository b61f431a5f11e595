package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/fault"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// mostNewCopies is up to how many new copies are counted; more are "more than that".
const mostNewCopies = 100

type copiesView struct {
	Heading ui.HeadingView
	Table   ui.TableView
	Pages   ui.PaginationView
	By      string // up to when the button takes note
	Button  string // "" where there is nothing new
}

// receives reports whether any law orders copies to a role.
func (d *Desk) receives(role string) bool {
	for _, name := range d.docket.Laws() {
		for _, e := range d.docket.Law(name).Editions {
			for _, r := range e.Acts {
				if r != nil && slices.Contains(r.Copies, role) {
					return true
				}
			}
		}
	}
	return false
}

// copiesLink leads from the page of work to the copies; empty for a role that receives none.
func (d *Desk) copiesLink(r *web.Request, who access.Actor) (doLink, error) {
	if !d.receives(who.Role) {
		return doLink{}, nil
	}
	n, err := d.docket.NewCopies(r.Context(), who, mostNewCopies)
	if err != nil {
		return doLink{}, err
	}
	t := r.Words
	text := t.T("copies.link_new", "n", n)
	switch {
	case n == 0:
		text = t.T("copies.link")
	case n == mostNewCopies:
		text = t.T("copies.link_many", "most", n-1)
	}
	return doLink{Text: text, Href: "/copies"}, nil
}

// copiesPage: the copies that the law ordered to the officer's role at his office, newest first.
func (d *Desk) copiesPage(w http.ResponseWriter, r *web.Request) error {
	after, err := readCopiesAfter(r.URL.Query())
	if err != nil {
		return err
	}
	list, err := d.docket.Copies(r.Context(), r.Actor(), after, mostListed+1)
	if err != nil {
		return err
	}
	if err := r.LookedAtList("", min(len(list), mostListed)); err != nil {
		return err
	}
	t := r.Words
	v := copiesView{Heading: ui.HeadingView{Title: t.T("copies.title"), Lead: t.T("copies.lead")}}
	if len(list) > mostListed {
		list = list[:mostListed]
		last := list[len(list)-1]
		q := url.Values{"at": {strconv.FormatInt(int64(last.At), 10)}, "id": {last.Proceeding}, "seq": {strconv.FormatInt(last.Seq, 10)}}
		v.Pages.OlderHref, v.Pages.OlderText = "/copies?"+q.Encode(), t.T("pages.older")
	}
	if after != (proceedings.CopiesAfter{}) {
		v.Pages.NewerHref, v.Pages.NewerText = "/copies", t.T("pages.newest")
	} else if len(list) > 0 && list[0].New {
		v.By, v.Button = strconv.FormatInt(int64(list[0].At), 10), t.T("copies.note")
	}
	if v.Table, err = d.copiesTable(r, list); err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, r.Page(v.Heading.Title), copiesBody(v))
}

func (d *Desk) copiesTable(r *web.Request, list []proceedings.Copy) (ui.TableView, error) {
	t := r.Words
	v := ui.TableView{Caption: t.T("copies.title"), HideCaption: true, Empty: t.T("copies.none"), Columns: []ui.Column{{Text: t.T("copies.column.what")}, {Text: t.T("work.column.case")},
		{Text: t.T("copies.column.who")}, {Text: t.T("copies.column.when"), Unbroken: true}}}
	var ids []string
	for i := range list {
		ids = append(ids, list[i].Officer)
	}
	names, err := d.dir.Names(r.Context(), ids)
	if err != nil {
		return v, err
	}
	for i := range list {
		c := &list[i]
		lb := t.Law(c.Law)
		act, by := lb.Act(c.Act), ui.Cell{Text: t.T("history.by", "name", t.Name(names[c.Officer]), "role", lb.Role(c.Role)), Note: t.Office(d.dir.Tree().Office(c.Office))}
		if c.Hidden != nil {
			act, by = t.T("sheet.copy"), ui.Cell{Text: strings.Join(r.Policies(c.Hidden.Policies), " "), Note: lb.Article(c.Hidden.Article)}
		}
		row := copyRow{Act: act, Number: c.Number, Title: t.Name(c.Title), When: t.Moment(d.zone, c.At), Machine: web.Machine(d.zone, c.At)}
		if c.Readable {
			row.Href = proceedingHref(c.Proceeding)
		}
		if c.New {
			row.New = t.T("copies.new")
		}
		v.Rows = append(v.Rows, ui.Row{Cells: []ui.Cell{{Body: copyWhat(row), Head: true}, {Body: copyCase(row)}, by, {Body: copyWhen(row)}}})
	}
	return v, nil
}

type copyRow struct{ Act, New, Number, Href, Title, When, Machine string }

// noteCopies takes note, for all in the role at the office, of what the page showed.
func (d *Desk) noteCopies(w http.ResponseWriter, r *web.Request) error {
	by, err := number(r.PostForm.Get("by"))
	if err != nil || by < 0 {
		return fault.New(fault.Invalid, "fault.bad_form", nil)
	}
	if err := d.docket.NoteCopies(r.Context(), r.Actor(), calendar.Moment(by)); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/copies")
}

func readCopiesAfter(q url.Values) (proceedings.CopiesAfter, error) {
	if q.Get("at") == "" {
		return proceedings.CopiesAfter{}, nil
	}
	at, err1 := number(q.Get("at"))
	seq, err2 := number(q.Get("seq"))
	if err1 != nil || err2 != nil {
		return proceedings.CopiesAfter{}, badLink(err1, err2)
	}
	return proceedings.CopiesAfter{At: calendar.Moment(at), Proceeding: q.Get("id"), Seq: seq}, nil
}
