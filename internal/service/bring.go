package service

import (
	"bytes"
	"crypto/rand"
	"encoding/csv"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"nazorat/internal/access"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/look"
	"nazorat/internal/procedure"
	"nazorat/internal/signin"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Names of what the form of the import carries.
const (
	fieldCSV   = "csv"
	fieldBatch = "batch"
)

type importView struct {
	Heading            ui.HeadingView
	Columns, ExampleIs string
	Example            []string
	Text               ui.TextAreaField
	Try                string
	TryKind            ui.ButtonKind
	Lines              *ui.TableView // what would be done, line by line; nil before it was looked at
	Sum                string
	Do                 string // "" where it cannot be done as it is
	Batch              string
}

// slots say which slot of which record a column fills.
func slots() map[string][2]string {
	return map[string][2]string{
		"name": {procedure.EnterOfficer, "name"}, "login": {procedure.EnterOfficer, "login"}, "role": {procedure.GiveMandate, "role"}, "office": {procedure.GiveMandate, "office"},
		"from": {procedure.GiveMandate, "from"}, "to": {procedure.GiveMandate, "to"}, "order": {procedure.GiveMandate, "basis"},
	}
}

// enrolling is the act that makes an officer with a mandate at once; false where no law that is applied has one for the role.
// What two must decide on is no matter for a list.
func (r *room) enrolling(who access.Actor) (opening, bool) {
	for _, o := range r.openings(who, procedure.EnterOfficer) {
		if o.rule.Enters(procedure.GiveMandate) && !o.rule.Presence {
			return o, true
		}
	}
	return opening{}, false
}

// form is what a line fills into the act.
func (o opening) form(l *line, tree *directory.Tree) map[string]string {
	out := map[string]string{}
	for column, slot := range slots() {
		if field := o.rule.FieldOf(slot[0], slot[1]); field != "" && l.Cells[column] != "" {
			out[field] = l.Cells[column]
		}
	}
	if field := o.rule.FieldOf(procedure.GiveMandate, "office"); field != "" {
		for _, x := range tree.Offices() {
			if strings.EqualFold(x.Code, l.Cells["office"]) {
				out[field] = x.ID
			}
		}
	}
	return out
}

// importPage: where a list of new officers is put in.
func (r *room) importPage(w http.ResponseWriter, q *web.Request) error {
	if _, ok := r.enrolling(q.Actor()); !ok {
		return noPage()
	}
	return r.showImport(w, q, http.StatusOK, r.importForm(q, ""), nil)
}

func (r *room) importForm(q *web.Request, text string) importView {
	t := q.Words
	return importView{Heading: ui.HeadingView{Title: t.T("service.import"), Lead: t.T("service.import_lead")}, Columns: t.T("service.import_columns", "most", mostLines), ExampleIs: t.T("service.import_example"),
		Example: []string{strings.Join(columnsIn(), ","), strings.Join([]string{"Karimov Aziz", "a.karimov", q.Actor().Role, r.codeOf(q), r.zone.Date(r.docket.Now()).String(), "", "12-SH"}, ",")},
		Text:    ui.TextAreaField{Field: ui.Field{Name: fieldCSV, Label: t.T("service.import_text")}, Value: text, Rows: 12}, Try: t.T("service.import_try")}
}

func (r *room) codeOf(q *web.Request) string {
	if o := r.dir.Tree().Office(q.Actor().Office); o != nil {
		return o.Code
	}
	return ""
}

func (r *room) showImport(w http.ResponseWriter, q *web.Request, status int, v importView, errs []ui.FieldError) error {
	page := q.Page(v.Heading.Title)
	page.Breadcrumbs = []ui.Crumb{{Text: q.Words.T("service.title"), Href: Href}, {Text: v.Heading.Title}}
	page.Errors = errs
	return q.Render(w, status, page, importBody(v))
}

// sentCSV reads what was sent, and says in words what is wrong with all of it.
func (r *room) sentCSV(q *web.Request) (text string, lines []line, wrong string) {
	t := q.Words
	text = q.PostForm.Get(fieldCSV)
	lines, unread := readCSV(text)
	var bad *csv.ParseError
	switch {
	case errors.As(unread, &bad):
		wrong = t.T("service.import_unreadable", "line", bad.Line)
	case errors.Is(unread, errTooMany):
		wrong = t.T("service.import_too_many", "most", mostLines)
	case unread != nil:
		wrong = t.T("service.import_no_columns", "columns", strings.Join(columnsIn(), ", "))
	case len(lines) == 0:
		wrong = t.T("service.import_empty")
	}
	return text, lines, wrong
}

// tryImport: what a list would do, and each line that is wrong with what to do about it. Nothing is done.
func (r *room) tryImport(w http.ResponseWriter, q *web.Request) error {
	o, ok := r.enrolling(q.Actor())
	if !ok {
		return noPage()
	}
	text, lines, wrong := r.sentCSV(q)
	v := r.importForm(q, text)
	if wrong != "" {
		v.Text.Error = wrong
		return r.showImport(w, q, http.StatusUnprocessableEntity, v, []ui.FieldError{{Field: fieldCSV, Text: wrong}})
	}
	if err := r.look(q, o, lines); err != nil {
		return err
	}
	return r.showLines(w, q, v, lines)
}

func (r *room) showLines(w http.ResponseWriter, q *web.Request, v importView, lines []line) error {
	t := q.Words
	bad := 0
	table := ui.TableView{ID: "lines", Caption: t.T("service.import_would"), HideCaption: true, Columns: []ui.Column{{Text: t.T("service.import_line"), Numeric: true}, {Text: t.T("service.column.officer")}, {Text: t.T("service.column.role")}, {Text: t.T("service.column.office")}, {Text: t.T("service.import_what")}}}
	for i := range lines {
		l := &lines[i]
		row := ui.Row{Cells: []ui.Cell{{Text: number(int64(l.No))}, {Text: l.Cells["name"], Note: l.Cells["login"], Head: true}, {Text: t.Role(l.Cells["role"])}, {Text: l.Cells["office"]}, {Text: t.T("service.import_fine")}}}
		if l.Wrong != "" {
			bad++
			row.Tone, row.Cells[4].Text = ui.Late, l.Wrong
		}
		table.Rows = append(table.Rows, row)
	}
	v.Lines, v.Sum = &table, t.T("service.import_sum", "good", len(lines)-bad, "bad", bad)
	if bad == 0 {
		v.Do, v.Batch, v.TryKind = t.T("service.import_do"), rand.Text(), ui.Secondary
	}
	status := http.StatusOK
	if bad > 0 {
		status = http.StatusUnprocessableEntity
	}
	return r.showImport(w, q, status, v, nil)
}

// look finds what is wrong with lines: by themselves, among each other, by the law, and with the directory as it is.
func (r *room) look(q *web.Request, o opening, lines []line) error {
	t, who, now := q.Words, q.Actor(), r.docket.Now()
	var logins []string
	for i := range lines {
		logins = append(logins, directory.Login(lines[i].Cells["login"]))
	}
	taken, err := r.dir.Taken(q.Context(), logins)
	if err != nil {
		return err
	}
	seen := map[string]int{}
	for i := range lines {
		l := &lines[i]
		form := o.form(l, r.dir.Tree())
		values, bad := o.edition.ReadForm(o.rule, form)
		officeField := o.rule.FieldOf(procedure.GiveMandate, "office")
		login := logins[i]
		switch {
		case l.Cells["office"] != "" && (r.dir.Tree().Office(form[officeField]) == nil || !r.docket.MayAdminister(who, form[officeField])):
			l.Wrong = t.T("service.import_no_office", "code", l.Cells["office"])
		case len(bad) > 0:
			l.Wrong = r.firstBad(t, o, bad)
		case taken[login]:
			l.Wrong = t.T("service.import_taken", "login", login)
		case login != "" && seen[login] > 0:
			l.Wrong = t.T("service.import_twice", "login", login, "line", seen[login])
		default:
			l.Wrong = r.refused(t, o, procedure.Act{Act: o.rule.ID, Done: now, Recorded: now, Officer: who.Officer, Role: who.Role, Office: who.Office, Form: values})
		}
		if seen[login] == 0 {
			seen[login] = l.No
		}
	}
	return nil
}

func (r *room) firstBad(t *web.Words, o opening, bad map[string]string) string {
	lb := t.Law(o.law.Name)
	for _, f := range o.rule.Form {
		if f != nil && bad[f.Name] != "" {
			return t.T("act.field_error", "field", lb.Field(o.rule.Name, f.Name), "error", t.T(bad[f.Name]))
		}
	}
	return ""
}

// refused is why the law would refuse a line, in words; "" if it would not.
func (r *room) refused(t *web.Words, o opening, a procedure.Act) string {
	_, _, err := o.edition.Apply(procedure.State{Office: a.Office}, a)
	var refusal *procedure.Refusal
	if err == nil || !errors.As(err, &refusal) {
		return ""
	}
	if len(refusal.Fields) > 0 {
		return r.firstBad(t, o, refusal.Fields)
	}
	return t.Refusal(o.law, refusal)
}

// doImport does what was looked at: an act for each line, all or none.
func (r *room) doImport(w http.ResponseWriter, q *web.Request) error {
	o, ok := r.enrolling(q.Actor())
	if !ok {
		return noPage()
	}
	text, lines, wrong := r.sentCSV(q)
	batch := q.PostForm.Get(fieldBatch)
	if len(batch) < 16 || len(batch) > 40 || wrong != "" {
		return fault.New(fault.Invalid, "fault.bad_form", nil)
	}
	commands := make([]docket.Command, len(lines))
	for i := range lines {
		commands[i] = docket.Command{Law: o.law.Name, Act: o.rule.Name, Actor: q.Actor(), Form: o.form(&lines[i], r.dir.Tree()), Submission: batch + "-" + number(int64(i))}
	}
	receipts, err := r.docket.ActAll(q.Context(), commands)
	if err == nil {
		return web.SeeOther(w, q, Href+"?"+url.Values{fieldFind: {lines[0].Cells["login"]}, fieldBrought: {number(int64(len(receipts)))}}.Encode())
	}
	f := fault.Of(err)
	if f.Kind == fault.Internal || f.Key == signin.PresenceRequired {
		return err
	}
	// Somebody was quicker, or the law refuses more than one line showed: it is looked at again.
	v := r.importForm(q, text)
	if err := r.look(q, o, lines); err != nil {
		return err
	}
	v.Text.Error = q.Words.Fault(o.law, f)
	return r.showLines(w, q, v, lines)
}

// export: all mandates of the offices that somebody administers, or of one of them, as CSV.
func (r *room) export(w http.ResponseWriter, q *web.Request) error {
	offices, of := r.mine(q.Actor()), ""
	if id := q.URL.Query().Get(fieldOffice); id != "" {
		o, err := r.office(q, id)
		if err != nil {
			return err
		}
		offices, of = []string{o.ID}, o.ID
	}
	if len(offices) == 0 {
		return noPage()
	}
	offices, refused := r.allowed(offices, func(id string) *fault.Error { return r.docket.MayDownloadList(q.Actor(), id) })
	if refused != nil {
		return refused
	}
	list, err := r.dir.All(q.Context(), offices, r.docket.Now())
	if err != nil {
		return err
	}
	if err := q.LookedAtOfficers(look.Download, of, len(list)); err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString("\ufeff") // so that spreadsheets read it as UTF-8
	if err := r.writeCSV(&b, q.Words, list); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="officers.csv"`)
	_, err = w.Write(b.Bytes())
	return err
}
