package looked

import (
	"net/http"
	"strconv"
	"strings"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/emergency"
	"nazorat/internal/fault"
	"nazorat/internal/look"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Names of what the forms of emergencies carry, beside those of a purpose.
const (
	fieldLasts  = "lasts"
	fieldAnswer = "answer"

	confirms = "confirm"
	objects  = "object"
)

// mostMine is how many of his own emergencies an officer is shown.
const mostMine = 20

type breakView struct {
	Heading ui.HeadingView
	Text    []string
	Number  ui.TextField
	Why     ui.TextAreaField
	Lasts   ui.ChoiceField
	Button  string
}

// breakPage: the form by which a proceeding is opened in an emergency.
func (l *looked) breakPage(w http.ResponseWriter, r *web.Request) error {
	if !l.Emergency.May(r.Actor()) {
		return fault.New(fault.Forbidden, "emergency.not_you", nil)
	}
	return l.showBreak(w, r, http.StatusOK, r.URL.Query().Get(FieldNumber), "", l.Emergency.Rules().Lasts[0], nil)
}

func (l *looked) showBreak(w http.ResponseWriter, r *web.Request, status int, number, why string, lasts calendar.Moment, wrong map[string]string) error {
	t, rules := r.Words, l.Emergency.Rules()
	v := breakView{Heading: ui.HeadingView{Title: t.T("emergency.title")}, Button: t.T("emergency.button"),
		Text:   []string{t.T("emergency.lead"), t.T("emergency.told", "length", t.Length(rules.AnswerWithin)), t.T("emergency.bound", "n", rules.MostADay)},
		Number: ui.TextField{Field: ui.Field{Name: FieldNumber, Label: t.T("emergency.number"), Error: wrong[FieldNumber]}, Value: number, Width: 30, Autocomplete: "off"},
		Why:    ui.TextAreaField{Field: ui.Field{Name: FieldWhy, Label: t.T("emergency.why"), Hint: t.T("emergency.why_hint"), Error: wrong[FieldWhy]}, Value: why, Rows: 3},
		Lasts:  ui.ChoiceField{Field: ui.Field{Name: fieldLasts, Label: t.T("emergency.lasts"), Error: wrong[fieldLasts]}, Values: []string{minutes(lasts)}}}
	for _, x := range rules.Lasts {
		v.Lasts.Options = append(v.Lasts.Options, ui.Option{Value: minutes(x), Text: t.Length(x)})
	}
	page := r.Page(v.Heading.Title)
	page.Narrow = true
	for _, field := range []string{FieldNumber, FieldWhy, fieldLasts, ""} {
		if wrong[field] != "" {
			page.Errors = append(page.Errors, ui.FieldError{Field: field, Text: wrong[field]})
		}
	}
	return r.Render(w, status, page, breakBody(v))
}

func minutes(m calendar.Moment) string { return strconv.FormatInt(int64(m/calendar.Minute), 10) }

// breakGlass opens a proceeding in an emergency, and leads there.
func (l *looked) breakGlass(w http.ResponseWriter, r *web.Request) error {
	t, rules, who := r.Words, l.Emergency.Rules(), r.Actor()
	number, why := strings.TrimSpace(r.PostForm.Get(FieldNumber)), strings.TrimSpace(r.PostForm.Get(FieldWhy))
	var lasts calendar.Moment
	for _, x := range rules.Lasts {
		if minutes(x) == r.PostForm.Get(fieldLasts) {
			lasts = x
		}
	}
	wrong := map[string]string{}
	if number == "" {
		wrong[FieldNumber] = t.T("field.missing")
	}
	if why == "" {
		wrong[FieldWhy] = t.T("field.missing")
	}
	if lasts == 0 {
		wrong[fieldLasts] = t.T("field.not_a_choice")
	}
	if len(wrong) > 0 {
		return l.showBreak(w, r, http.StatusUnprocessableEntity, number, why, lasts, wrong)
	}
	// What he may see anyway is no emergency.
	id, err := l.Docket.ByNumber(r.Context(), who, number)
	if err == nil {
		return web.SeeOther(w, r, proceedingHref(id))
	}
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	begun, err := r.Look(look.Opened)
	if err != nil {
		return err
	}
	e, err := l.Emergency.Break(r.Context(), l.Docket.Reader, begun, emergency.Asked{Who: who, Number: number, Why: why, Lasts: lasts}, l.Docket.Now())
	switch f := fault.Of(err); {
	case err == nil:
		return web.SeeOther(w, r, proceedingHref(e.Proceeding))
	case f.Key == "emergency.no_number":
		return l.showBreak(w, r, web.Status(f), number, why, lasts, map[string]string{FieldNumber: t.Fault(nil, f)})
	case f.Key == "emergency.too_many":
		return l.showBreak(w, r, web.Status(f), number, why, lasts, map[string]string{"": t.Fault(nil, f)})
	}
	return err
}

type emergenciesView struct {
	Heading ui.HeadingView
	OwedAre string
	Owed    ui.TableView
	MineAre string
	Mine    ui.TableView
	Open    string
}

// emergencies: what waits for the officer's answer, and what he opened himself.
func (l *looked) emergencies(w http.ResponseWriter, r *web.Request) error {
	owed, err := l.Emergency.ToAnswer(r.Context(), r.Actor())
	if err != nil {
		return err
	}
	mine, err := l.Emergency.Mine(r.Context(), r.Actor(), mostMine)
	if err != nil {
		return err
	}
	t := r.Words
	v := emergenciesView{Heading: ui.HeadingView{Title: t.T("emergencies.title")}, OwedAre: t.T("emergencies.owed"), MineAre: t.T("emergencies.mine")}
	if v.Owed, err = l.emergencyTable(r, owed, true); err != nil {
		return err
	}
	v.Owed.Empty = t.T("emergencies.none_owed")
	if len(mine) > 0 {
		if v.Mine, err = l.emergencyTable(r, mine, false); err != nil {
			return err
		}
	}
	if l.Emergency.May(r.Actor()) {
		v.Open = t.T("emergency.title")
	}
	return r.Render(w, http.StatusOK, r.Page(v.Heading.Title), emergenciesBody(v))
}

func (l *looked) emergencyTable(r *web.Request, list []*emergency.Emergency, owed bool) (ui.TableView, error) {
	t, now := r.Words, l.Docket.Now()
	v := ui.TableView{Caption: t.T("emergencies.title"), HideCaption: true, Columns: []ui.Column{{Text: t.T("emergencies.case"), Unbroken: true}, {Text: t.T("emergencies.who")},
		{Text: t.T("emergencies.why")}, {Text: t.T("emergencies.when"), Unbroken: true}, {Text: t.T("emergencies.state")}}}
	var ids []string
	for _, e := range list {
		ids = append(ids, e.Officer)
	}
	names, err := l.Directory.Names(r.Context(), ids)
	if err != nil {
		return v, err
	}
	for _, e := range list {
		row := ui.Row{Cells: []ui.Cell{{Text: e.Number, Href: "/emergencies/" + e.ID, Head: true},
			{Text: t.Name(names[e.Officer]), Note: t.T("looked.as", "role", t.Role(e.Role), "office", t.Office(l.Directory.Tree().Office(e.Office)))},
			{Text: e.Why}, {Body: whenCell(t.Moment(l.Zone, e.At), web.Machine(l.Zone, e.At))}, {Text: l.state(t, e, now)}}}
		if owed {
			row.Tone = ui.Soon
			row.Cells[4] = ui.Cell{Body: ui.DeadlineTag(ui.Soon, t.Left(now, e.AnswerBy)), Note: t.T("emergencies.answer_by", "when", t.Moment(l.Zone, e.AnswerBy))}
			if e.AnswerBy < now {
				row.Tone = ui.Late
				row.Cells[4].Body = ui.DeadlineTag(ui.Late, t.Left(now, e.AnswerBy))
			}
		}
		v.Rows = append(v.Rows, row)
	}
	return v, nil
}

// state says where an emergency stands.
func (l *looked) state(t *web.Words, e *emergency.Emergency, now calendar.Moment) string {
	switch {
	case e.Proceeding == "":
		return t.T("emergencies.no_such")
	case e.Objected():
		return t.T("emergencies.objected")
	case e.Runs(now):
		return t.T("emergencies.runs", "when", t.Moment(l.Zone, e.Until))
	case len(e.Answers) == 2:
		return t.T("emergencies.confirmed")
	}
	return t.T("emergencies.over")
}

type emergencyView struct {
	Heading  ui.HeadingView
	Facts    []ui.SummaryRow
	Late     string
	Action   string
	Ask      string
	Why      ui.TextAreaField
	Confirm  string
	Object   string
	Decides  bool
	CaseHref string
	CaseIs   string
}

// emergencyPage: one emergency, and the form by which whoever answers for it does.
func (l *looked) emergencyPage(w http.ResponseWriter, r *web.Request) error {
	e, err := l.Emergency.One(r.Context(), r.Actor(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return l.showEmergency(w, r, http.StatusOK, e, "", nil)
}

func (l *looked) showEmergency(w http.ResponseWriter, r *web.Request, status int, e *emergency.Emergency, why string, wrong map[string]string) error {
	t, now, tree := r.Words, l.Docket.Now(), l.Directory.Tree()
	ids := []string{e.Officer}
	for _, a := range e.Answers {
		ids = append(ids, a.Officer)
	}
	names, err := l.Directory.Names(r.Context(), ids)
	if err != nil {
		return err
	}
	v := emergencyView{Heading: ui.HeadingView{Caption: e.Number, Title: t.T("emergencies.this")}, Action: "/emergencies/" + e.ID,
		Facts: []ui.SummaryRow{
			{Key: t.T("emergencies.who"), Text: t.Name(names[e.Officer]), Note: t.T("looked.as", "role", t.Role(e.Role), "office", t.Office(tree.Office(e.Office)))},
			{Key: t.T("emergencies.why"), Text: e.Why},
			{Key: t.T("emergencies.when"), Text: t.Moment(l.Zone, e.At)},
			{Key: t.T("emergencies.state"), Text: l.state(t, e, now)}}}
	if e.Proceeding != "" {
		v.Facts = append(v.Facts, ui.SummaryRow{Key: t.T("emergencies.has"), Text: t.Office(tree.Office(e.Has)), Note: t.T("emergencies.supervised", "office", t.Office(tree.Office(e.Supervisor)))})
		for _, side := range []emergency.Side{emergency.Superior, emergency.Supervisor} {
			row := ui.SummaryRow{Key: t.T("emergencies.side." + string(side)), Text: t.T("emergencies.waits", "when", t.Moment(l.Zone, e.AnswerBy))}
			if a := e.Of(side); a != nil {
				row.Text, row.Note = t.T("emergencies.said_confirmed", "name", t.Name(names[a.Officer]), "when", t.Moment(l.Zone, a.At)), a.Why
				if a.Objects {
					row.Text = t.T("emergencies.said_objected", "name", t.Name(names[a.Officer]), "when", t.Moment(l.Zone, a.At))
				}
			} else if e.Objected() {
				row.Text = t.T("emergencies.no_need")
			} else if e.AnswerBy < now {
				row.Text = t.T("emergencies.overdue", "when", t.Moment(l.Zone, e.AnswerBy))
			}
			v.Facts = append(v.Facts, row)
		}
	}
	if len(l.Emergency.Owed(r.Actor(), e)) > 0 {
		v.Decides, v.Ask, v.Confirm, v.Object = true, t.T("emergencies.ask"), t.T("emergencies.confirm"), t.T("emergencies.object")
		v.Why = ui.TextAreaField{Field: ui.Field{Name: FieldWhy, Label: t.T("emergencies.answer_why"), Hint: t.T("emergencies.answer_hint"), Error: wrong[FieldWhy]}, Value: why, Rows: 3}
	}
	of := access.Resource{Law: e.Law, Office: e.Has, Supervisor: e.Supervisor}
	if e.Proceeding != "" && (l.Docket.Decide(r.Actor(), access.Read, of).Allowed || e.Officer == r.Session.Officer.ID && e.Runs(now)) {
		v.CaseHref, v.CaseIs = proceedingHref(e.Proceeding), t.T("emergencies.to_case")
	}
	page := r.Page(v.Heading.Title + " · " + e.Number)
	page.Breadcrumbs = []ui.Crumb{{Text: t.T("emergencies.title"), Href: "/emergencies"}, {Text: e.Number}}
	if wrong[FieldWhy] != "" {
		page.Errors = []ui.FieldError{{Field: FieldWhy, Text: wrong[FieldWhy]}}
	}
	return r.Render(w, status, page, emergencyBody(v))
}

// answer confirms an emergency, or objects to it.
func (l *looked) answer(w http.ResponseWriter, r *web.Request) error {
	e, err := l.Emergency.One(r.Context(), r.Actor(), r.PathValue("id"))
	if err != nil {
		return err
	}
	said, why := r.PostForm.Get(fieldAnswer), r.PostForm.Get(FieldWhy)
	if said != confirms && said != objects {
		return fault.New(fault.Invalid, "fault.bad_form", nil)
	}
	begun, err := r.Look(look.Confirmed)
	if err != nil {
		return err
	}
	err = l.Emergency.Reply(r.Context(), begun, r.Actor(), e.ID, said == objects, why, l.Docket.Now())
	if f := fault.Of(err); err != nil && f.Kind == fault.Invalid {
		return l.showEmergency(w, r, http.StatusUnprocessableEntity, e, why, map[string]string{FieldWhy: r.Words.T("emergencies.reason_missing")})
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/emergencies/"+e.ID)
}
