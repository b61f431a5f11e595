package inbox

import (
	"net/http"
	"strconv"

	"nazorat/internal/fault"
	"nazorat/internal/look"
	"nazorat/internal/notice"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

type toldView struct {
	Heading  ui.HeadingView
	Told     ui.TableView
	StepsAre string
	Steps    ui.TableView
}

// toldPage: what is on record of a deadline: whom the office told of it, when, through what, and when he took note of it; and each step of the law
// that was taken, also where there was nobody to tell.
func (b *inbox) toldPage(w http.ResponseWriter, r *web.Request) error {
	p, err := b.Docket.Proceeding(r.Context(), r.Actor(), r.PathValue("id"))
	if err != nil {
		return err
	}
	no, err := strconv.ParseInt(r.PathValue("no"), 10, 32)
	if err != nil {
		return fault.New(fault.NotFound, "deadline.none", nil).Because(err)
	}
	d, err := b.Docket.Deadline(r.Context(), p, int32(no))
	if err != nil {
		return err
	}
	if err := r.Looked(look.View, p); err != nil {
		return err
	}
	list, steps, err := b.notices.Of(r.Context(), p.ID, d.No)
	if err != nil {
		return err
	}
	t := r.Words
	lb := t.Law(d.Law)
	v := toldView{Heading: ui.HeadingView{Caption: p.Number + " · " + lb.Term(d.Term), Title: t.T("told.title"), Lead: t.T("told.lead")}, StepsAre: t.T("told.steps")}
	if v.Told, err = b.toldTable(r, d.Law, list); err != nil {
		return err
	}
	v.Steps = ui.TableView{Caption: v.StepsAre, HideCaption: true, Empty: t.T("told.no_steps"), Columns: []ui.Column{{Text: t.T("told.step")}, {Text: t.T("told.came"), Unbroken: true}, {Text: t.T("told.end"), Unbroken: true}, {Text: t.T("told.receivers")}}}
	for _, s := range steps {
		row := ui.Row{Cells: []ui.Cell{{Text: t.T("told.step_no", "n", s.Step+1), Head: true}, {Text: t.Moment(b.Zone, s.At)}, {Text: t.Moment(b.Zone, s.Due)}, {Text: t.T("told.officers", "n", s.Receivers)}}}
		if s.Receivers == 0 {
			row.Tone, row.Cells[3].Text = ui.Late, t.T("told.nobody")
		}
		v.Steps.Rows = append(v.Steps.Rows, row)
	}
	page := r.Page(p.Number + " · " + v.Heading.Title)
	page.Breadcrumbs = []ui.Crumb{{Text: p.Number, Href: proceedingHref(p.ID)}, {Text: lb.Term(d.Term), Href: deadlineHref(p.ID, d.No)}, {Text: v.Heading.Title}}
	return r.Render(w, http.StatusOK, page, toldBody(v))
}

func (b *inbox) toldTable(r *web.Request, law string, list []notice.Record) (ui.TableView, error) {
	t := r.Words
	lb := t.Law(law)
	v := ui.TableView{Caption: t.T("told.title"), HideCaption: true, Empty: t.T("told.none"), Columns: []ui.Column{{Text: t.T("told.who")}, {Text: t.T("told.what")}, {Text: t.T("told.when"), Unbroken: true}, {Text: t.T("told.through")}, {Text: t.T("told.noted"), Unbroken: true}}}
	var ids []string
	for i := range list {
		ids = append(ids, list[i].Officer)
	}
	names, err := b.Directory.Names(r.Context(), ids)
	if err != nil {
		return v, err
	}
	for i := range list {
		x := &list[i]
		who := ui.Cell{Text: t.Name(names[x.Officer]), Note: lb.Role(x.Role) + ", " + t.Office(b.Directory.Tree().Office(x.Office)), Head: true}
		what := ui.Cell{Text: t.T("told.kind." + string(x.Kind))}
		if x.Step >= 0 {
			what.Note = t.T("told.step_no", "n", x.Step+1)
		}
		noted := ui.Cell{Text: t.T("told.not_yet")}
		if x.Noted != 0 {
			noted.Text = t.Moment(b.Zone, x.Noted)
		}
		v.Rows = append(v.Rows, ui.Row{Cells: []ui.Cell{who, what, {Text: t.Moment(b.Zone, x.Made)}, {Body: through(b.ways(r, x))}, noted}})
	}
	return v, nil
}

// ways says through what a notice went, and how each stands.
func (b *inbox) ways(r *web.Request, x *notice.Record) []string {
	t := r.Words
	out := []string{t.T("told.inbox")}
	for _, c := range []struct {
		name    string
		passage *notice.Passage
	}{{"email", x.Email}, {"sms", x.SMS}} {
		if c.passage != nil {
			out = append(out, t.T("told."+c.name, "state", t.T("told.state."+string(c.passage.State)), "when", t.Moment(b.Zone, c.passage.Changed)))
		}
	}
	return out
}
