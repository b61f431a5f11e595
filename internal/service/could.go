package service

import (
	"net/http"
	"slices"
	"strings"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/directory"
	"nazorat/internal/look"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Names of what the forms of this package carry.
const (
	fieldOffice = "office"
	fieldRole   = "role"
	fieldDay    = "day"
	fieldWhat   = "what"
)

type couldView struct {
	Heading ui.HeadingView
	Office  ui.SelectField
	Role    ui.SelectField
	What    ui.SelectField
	Day     ui.DateField
	Button  string
	Answer  *ui.TableView // nil while nothing was asked
	Is      string
	About   string
}

// couldPage: who could act for an office on a day, in which role, and on which order that rests.
func (r *room) couldPage(w http.ResponseWriter, q *web.Request) error {
	t, who := q.Words, q.Actor()
	mine := r.mine(who)
	if len(mine) == 0 {
		return noPage()
	}
	asked := q.URL.Query()
	today := r.zone.Date(r.docket.Now())
	v := couldView{Heading: ui.HeadingView{Title: t.T("service.could"), Lead: t.T("service.could_lead")}, Button: t.T("service.could_button"), About: t.T("service.could_about"),
		Office: ui.SelectField{Field: ui.Field{Name: fieldOffice, Label: t.T("service.column.office")}, Value: asked.Get(fieldOffice)},
		Role:   ui.SelectField{Field: ui.Field{Name: fieldRole, Label: t.T("service.column.role"), Optional: true}, Value: asked.Get(fieldRole), Empty: t.T("service.any_role")},
		What:   ui.SelectField{Field: ui.Field{Name: fieldWhat, Label: t.T("service.could_what")}, Value: asked.Get(fieldWhat)},
		Day:    ui.DateField{Field: ui.Field{Name: fieldDay, Label: t.T("service.day")}, Value: asked.Get(fieldDay)}}
	if !slices.Contains(access.Actions(), access.Action(v.What.Value)) {
		v.What.Value = string(access.Act)
	}
	for _, do := range access.Actions() {
		v.What.Options = append(v.What.Options, ui.Option{Value: string(do), Text: t.T("service.action." + string(do))})
	}
	if v.Office.Value == "" {
		v.Office.Value = who.Office
	}
	for _, id := range mine {
		v.Office.Options = append(v.Office.Options, ui.Option{Value: id, Text: t.Office(r.dir.Tree().Office(id))})
	}
	for _, role := range r.rolesThatAre() {
		v.Role.Options = append(v.Role.Options, ui.Option{Value: role, Text: t.Role(role)})
	}
	page := q.Page(v.Heading.Title)
	page.Breadcrumbs = []ui.Crumb{{Text: t.T("service.title"), Href: Href}, {Text: v.Heading.Title}}
	status := http.StatusOK
	if v.Day.Value == "" {
		v.Day.Value = today.String()
	} else {
		day, err := calendar.ParseDate(v.Day.Value)
		o, none := r.office(q, v.Office.Value)
		switch {
		case none != nil:
			return none
		case err != nil:
			v.Day.Error, status = t.T("field.not_a_date"), http.StatusUnprocessableEntity
			page.Errors = []ui.FieldError{{Field: fieldDay, Text: v.Day.Error}}
		default:
			list, err := r.dir.Could(q.Context(), o.ID, v.Role.Value, r.zone.Moment(day, 0), r.zone.Moment(day+1, 0))
			if err != nil {
				return err
			}
			if err := q.LookedAtOfficers(look.List, o.ID, len(list)); err != nil {
				return err
			}
			answer := r.mandates(t, list, v.Heading.Title, true)
			answer.ID, answer.Empty = "answer", t.T("service.could_nobody")
			answer.Columns = append(answer.Columns, ui.Column{Text: t.T("service.action." + v.What.Value)})
			for i, cell := range r.decided(t, list, o.ID, access.Action(v.What.Value), day) {
				answer.Rows[i].Cells = append(answer.Rows[i].Cells, cell)
			}
			v.Answer, v.Is = &answer, t.T("service.could_is", "office", t.Office(o), "day", t.Date(day))
		}
	}
	return q.Render(w, status, page, couldBody(v))
}

// decided says of mandates whether the policies of a day let each do something in the proceedings of an office, or to the office
// itself, and by which sentence. Offices are taken as they are now, and leave as on that day.
func (r *room) decided(t *web.Words, list []directory.Held, office string, do access.Action, day calendar.Date) (out []ui.Cell) {
	tree, policies := r.dir.Tree(), r.docket.Policies().On(day)
	what := access.Resource{Office: office}
	if !do.OfOffice() {
		what.Supervisor = tree.Supervisor(office)
	}
	for i := range list {
		h := &list[i]
		d := policies.Decide(tree.Service(), access.Subject{Officer: h.Officer, Role: h.Role, Office: h.Office, Manner: h.Manner, OnLeave: h.Away > 0}, do, what)
		var said []string
		for _, x := range d.By {
			said = append(said, x.Text(t.Lang))
		}
		cell := ui.Cell{Text: t.T("service.could_no"), Note: strings.Join(said, " ")}
		switch {
		case d.Allowed:
			cell.Text = t.T("service.could_yes")
		case len(said) == 0:
			cell.Note = t.T("service.could_no_policy")
		}
		out = append(out, cell)
	}
	return out
}

// rolesThatAre are the roles of all laws that the office applies, in their order.
func (r *room) rolesThatAre() (out []string) {
	for _, name := range r.docket.Laws() {
		for _, role := range r.docket.Law(name).At(r.docket.Now()).Roles {
			if !slices.Contains(out, role) {
				out = append(out, role)
			}
		}
	}
	return out
}
