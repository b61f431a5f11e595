package service

import (
	"net/http"
	"slices"

	"nazorat/internal/directory"
	"nazorat/internal/look"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

type officerView struct {
	Heading                                       ui.HeadingView
	About                                         []ui.SummaryRow
	ActsIs, WaitingIs, MandatesIs, LeaveIs, Given string
	Acts, Waiting                                 []doLink
	Mandates, Instead, Leave                      ui.TableView
	NoActs                                        string
}

// officerPage: one officer, all mandates that he ever had, his leave, and what may be done.
func (r *room) officerPage(w http.ResponseWriter, q *web.Request) error {
	t, who, now := q.Words, q.Actor(), r.docket.Now()
	o, all, err := r.officer(q, q.PathValue("officer"))
	if err != nil {
		return err
	}
	leave, err := r.dir.Absences(q.Context(), o.ID)
	if err != nil {
		return err
	}
	v := officerView{Heading: ui.HeadingView{Caption: o.Login, Title: t.Name(o.Name)}, ActsIs: t.T("service.acts"), WaitingIs: t.T("service.waiting"), MandatesIs: t.T("service.mandates"),
		LeaveIs: t.T("service.leave"), Given: t.T("service.instead"), NoActs: t.T("service.no_acts")}
	v.About = []ui.SummaryRow{{Key: t.T("service.login"), Text: o.Login}}
	if o.File == "" {
		known := map[string]string{"login": o.Login}
		if i := slices.IndexFunc(all, func(h directory.Held) bool { return h.Officer == o.ID && h.Holds(now) }); i >= 0 {
			known["office"] = all[i].Office
		}
		v.Acts = r.opens(t, who, procedure.FileOfOfficer, known)
	} else {
		if v.Acts, v.Waiting, err = r.acts(q, o.File); err != nil {
			return err
		}
		v.About = append(v.About, ui.SummaryRow{Key: t.T("service.file"), Text: t.T("service.file_open"), Href: proceedingHref(o.File)})
	}
	v.About = append(v.About, r.admitted(t, r.dir.Tree().Admissions(o.ID, now))...)
	var own, given []directory.Held
	for _, h := range all {
		if h.Officer == o.ID {
			own = append(own, h)
		} else {
			given = append(given, h)
		}
	}
	v.Mandates = r.mandates(t, own, v.MandatesIs, false)
	v.Mandates.Empty = t.T("service.no_mandates")
	v.Instead = r.mandates(t, given, v.Given, true)
	v.Instead.ID = "instead"
	if v.Leave, err = r.leave(q, leave); err != nil {
		return err
	}
	page := q.Page(t.Name(o.Name))
	page.Breadcrumbs = []ui.Crumb{{Text: t.T("service.title"), Href: Href}, {Text: t.Name(o.Name)}}
	return q.Render(w, http.StatusOK, page, officerBody(v))
}

// officer is one with all mandates that he ever had, for somebody who administers him; that he was looked at is on record.
func (r *room) officer(q *web.Request, id string) (*directory.Personal, []directory.Held, error) {
	o, err := r.dir.Personal(q.Context(), id)
	if err != nil {
		return nil, nil, err
	}
	all, err := r.dir.Ever(q.Context(), id, r.docket.Now()) // also of one who is not there: that takes as long
	if err != nil {
		return nil, nil, err
	}
	if o == nil || !r.administers(q, o, all) {
		return nil, nil, noPage()
	}
	return o, all, q.LookedAtOfficers(look.View, o.ID, 0)
}

// administers reports whether somebody administers an office of an officer: one that he has or had a mandate for, or that keeps his file.
func (r *room) administers(q *web.Request, o *directory.Personal, all []directory.Held) bool {
	if slices.ContainsFunc(all, func(h directory.Held) bool {
		return h.Officer == o.ID && r.docket.MayAdminister(q.Actor(), h.Office)
	}) {
		return true
	}
	if o.File == "" {
		return false
	}
	_, err := r.docket.Proceeding(q.Context(), q.Actor(), o.File)
	return err == nil
}

func (r *room) leave(q *web.Request, list []directory.Absence) (ui.TableView, error) {
	t := q.Words
	v := ui.TableView{ID: "leave", Caption: t.T("service.leave"), HideCaption: true, Empty: t.T("service.no_leave"),
		Columns: []ui.Column{{Text: t.T("service.column.from"), Unbroken: true}, {Text: t.T("service.column.to"), Unbroken: true}, {Text: t.T("service.column.substitute")}, {Text: t.T("service.column.order")}}}
	var ids []string
	for _, a := range list {
		ids = append(ids, a.Substitute)
	}
	names, err := r.dir.Names(q.Context(), ids)
	if err != nil {
		return v, err
	}
	for _, a := range list {
		v.Rows = append(v.Rows, ui.Row{Cells: []ui.Cell{{Text: r.since(t, a.From), Head: true}, {Text: r.until(t, a.To)}, {Text: t.Name(names[a.Substitute])}, {Text: a.Order}}})
	}
	return v, nil
}
