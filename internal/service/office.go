package service

import (
	"net/http"
	"net/url"

	"nazorat/internal/directory"
	"nazorat/internal/look"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

type officeView struct {
	Heading                                ui.HeadingView
	About                                  []ui.SummaryRow
	ActsIs, WaitingIs, OfficersIs, RolesIs string
	Acts, Waiting                          []doLink
	Officers                               ui.TableView
	Roles                                  ui.TableView
	File                                   doLink

	LeftIs, LeftAbout string
	Left              *ui.TableView // what keeps it from being closed, while that waits to be decided; nil else
}

// officePage: one office, who works in it, and which offices have a role for it.
func (r *room) officePage(w http.ResponseWriter, q *web.Request) error {
	o, err := r.office(q, q.PathValue("office"))
	if err != nil {
		return err
	}
	t, who, tree := q.Words, q.Actor(), r.dir.Tree()
	list, err := r.serving(q, o)
	if err != nil {
		return err
	}
	file, err := r.dir.OfficeFile(q.Context(), o.ID)
	if err != nil {
		return err
	}
	v := officeView{Heading: ui.HeadingView{Caption: o.Code, Title: t.Office(o)}, ActsIs: t.T("service.acts"), WaitingIs: t.T("service.waiting"), OfficersIs: t.T("service.officers"), RolesIs: t.T("service.roles")}
	if o.Closed != 0 {
		v.Heading.Aside = ui.Tag(ui.Neutral, t.T("service.closed"))
	}
	v.About = []ui.SummaryRow{{Key: t.T("service.kind"), Text: t.T("service.kind." + o.Kind)}, {Key: t.T("service.place"), Text: o.Place}}
	if above := tree.Office(o.Parent); above != nil {
		row := ui.SummaryRow{Key: t.T("service.above"), Text: t.Office(above)}
		if r.docket.MayAdminister(who, above.ID) {
			row.Href = officeHref(above.ID)
		}
		v.About = append(v.About, row)
	}
	if o.Closed != 0 {
		v.About = append(v.About, ui.SummaryRow{Key: t.T("service.closed"), Text: t.Moment(r.zone, o.Closed)})
	}
	v.About = append(v.About, r.supervisor(t, o), ui.SummaryRow{Key: t.T("service.could"), Text: t.T("service.could_here"), Href: couldHref + "?" + url.Values{fieldOffice: {o.ID}}.Encode()})
	if r.docket.MayDownloadList(who, o.ID) == nil {
		v.About = append(v.About, ui.SummaryRow{Key: t.T("service.export"), Text: t.T("service.export_here"), Href: exportHref + "?" + url.Values{fieldOffice: {o.ID}}.Encode()})
	}
	if o.Closed == 0 {
		v.Acts = r.opens(t, who, procedure.EnterOfficer, map[string]string{"office": o.ID})
	}
	if file == "" {
		v.Acts = append(v.Acts, r.opens(t, who, procedure.FileOfOffice, map[string]string{"office": o.ID})...)
	} else {
		on, waiting, err := r.acts(q, file)
		if err != nil {
			return err
		}
		v.Acts, v.Waiting = append(v.Acts, on...), waiting
		v.About = append(v.About, ui.SummaryRow{Key: t.T("service.file"), Text: t.T("service.file_open"), Href: proceedingHref(file)})
	}
	if o.Closed == 0 {
		v.Acts = append(v.Acts, r.opens(t, who, procedure.EnterOffice, map[string]string{"parent": o.ID})...)
	}
	if v.Left, err = r.left(q, o, file); err != nil {
		return err
	}
	v.LeftIs, v.LeftAbout = t.T("service.left"), t.T("service.left_about")
	v.Officers = r.mandates(t, list, v.OfficersIs, true)
	v.Roles = r.roles(t, o)
	page := q.Page(t.Office(o))
	page.Breadcrumbs = []ui.Crumb{{Text: t.T("service.title"), Href: Href}, {Text: t.Office(o)}}
	return q.Render(w, http.StatusOK, page, officeBody(v))
}

// serving are those who have a mandate for an office now; that they were looked at is on record.
func (r *room) serving(q *web.Request, o *directory.Office) ([]directory.Held, error) {
	now := r.docket.Now()
	list, err := r.dir.Could(q.Context(), o.ID, "", now, now+1)
	if err != nil {
		return nil, err
	}
	return list, q.LookedAtOfficers(look.List, o.ID, len(list))
}

// supervisor says who supervises an office, and whether that follows or was laid down.
func (r *room) supervisor(t *web.Words, o *directory.Office) ui.SummaryRow {
	tree := r.dir.Tree()
	row := ui.SummaryRow{Key: t.T("service.supervisor"), Text: t.T("service.supervisor_none")}
	if by := tree.Supervisor(o.ID); by != o.ID {
		row.Text, row.Note = t.Office(tree.Office(by)), t.T("service.laid_down")
		if tree.Derived(o.ID) {
			row.Note = t.T("service.derived")
		}
	}
	return row
}

// roles lists which offices have a role for an office.
func (r *room) roles(t *web.Words, o *directory.Office) ui.TableView {
	tree := r.dir.Tree()
	v := ui.TableView{ID: "roles", Caption: t.T("service.roles"), HideCaption: true, Empty: t.T("service.roles_none"),
		Columns: []ui.Column{{Text: t.T("service.column.role")}, {Text: t.T("service.column.office")}, {Text: t.T("service.column.how")}}}
	for _, c := range tree.Competences(o.ID) {
		how, role := t.T("service.laid_down"), t.Role(c.Role)
		if c.Role == directory.SupervisorRole {
			role = t.T("service.supervisor")
			if tree.Derived(o.ID) {
				how = t.T("service.derived")
			}
		}
		v.Rows = append(v.Rows, ui.Row{Cells: []ui.Cell{{Text: role, Head: true}, {Text: t.Office(tree.Office(c.Competent))}, {Text: how}}})
	}
	return v
}

// left is what keeps an office from being closed, while somebody has proposed that: its open proceedings, mandates, offices below it, and those for which it has a role.
func (r *room) left(q *web.Request, o *directory.Office, file string) (*ui.TableView, error) {
	waits, err := r.closes(q, file)
	if err != nil || !waits {
		return nil, err
	}
	t, tree, now := q.Words, r.dir.Tree(), r.docket.Now()
	open, all, err := r.docket.OpenAt(q.Context(), q.Actor(), o.ID)
	if err != nil {
		return nil, err
	}
	if err := q.LookedAtList(o.ID, len(open)); err != nil {
		return nil, err
	}
	mandates, err := r.dir.All(q.Context(), []string{o.ID}, now)
	if err != nil {
		return nil, err
	}
	v := &ui.TableView{ID: "left", Caption: t.T("service.left"), HideCaption: true, Empty: t.T("service.left_nothing"), Columns: []ui.Column{{Text: t.T("service.left_what")}, {Text: t.T("service.left_which")}}}
	add := func(key, text, note, href string) {
		v.Rows = append(v.Rows, ui.Row{Cells: []ui.Cell{{Text: t.T(key), Head: true}, {Text: text, Note: note, Href: href}}})
	}
	for _, x := range open {
		add("service.left_proceeding", x.Number, t.Law(x.Resource.Law).Law, proceedingHref(x.ID))
	}
	if more := all - len(open); more > 0 {
		add("service.left_proceeding", t.T("service.left_hidden", "n", more), "", "")
	}
	for i := range mandates {
		add("service.left_mandate", t.Name(mandates[i].Name), t.Role(mandates[i].Role), officerHref(mandates[i].Officer))
	}
	for _, c := range tree.Children(o.ID) {
		if c.Closed == 0 {
			add("service.left_below", t.Office(c), c.Code, officeHref(c.ID))
		}
	}
	for _, id := range tree.Serves(o.ID) {
		x := tree.Office(id)
		for _, c := range tree.Competences(id) {
			if id != o.ID && x.Closed == 0 && c.Competent == o.ID && (c.Role != directory.SupervisorRole || !tree.Derived(id)) {
				add("service.left_role", t.Office(x), t.Role(c.Role), "")
			}
		}
	}
	return v, nil
}

// closes reports whether it waits to be decided in a file whether its office is closed.
func (r *room) closes(q *web.Request, file string) (bool, error) {
	if file == "" {
		return false, nil
	}
	p, err := r.docket.Proceeding(q.Context(), q.Actor(), file)
	if err != nil {
		return false, err
	}
	who, now := q.Actor(), r.docket.Now()
	for _, v := range p.Verdicts(p.Law.At(now), procedure.Act{Done: now, Recorded: now, Officer: who.Officer, Role: who.Role, Office: who.Office, For: who.For}) {
		if v.Thing != 0 && v.Rule.Enters(procedure.CloseOffice) && len(v.Owes) > 0 {
			return true, nil
		}
	}
	return false, nil
}
