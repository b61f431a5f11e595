package desk

import (
	"net/http"
	"strings"

	"nazorat/internal/procedure"
	"nazorat/internal/registering"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// fieldShown says that its sender was shown what is there already, and does the act all the same.
const fieldShown = "shown"

// ShowsBefore lets some acts show what is alike and who is competent before they are done. It is called before anything is served.
func (d *Desk) ShowsBefore(r *registering.Desk) { d.registering = r }

// beforeView is what is shown before something is registered.
type beforeView struct {
	Title string
	Lead  string
	Alike ui.TableView
	Body  *ui.NoticeView // who is competent
}

// shows looks for what is shown before an act: on the form of one in a proceeding at once, of one that opens when it was filled in and sent for the first
// time. What was looked for is a look.
func (d *Desk) shows(r *web.Request, f *form) error {
	if d.registering == nil || !d.registering.Before(f.law.Name, f.rule.Name) {
		return nil
	}
	office, id := r.Actor().Office, ""
	var state *procedure.State
	if f.p != nil {
		office, id, state = f.p.Office, f.p.ID, &f.p.State
	}
	shown, err := d.registering.Show(r.Context(), r.Actor(), f.law, office, id, f.typed, state)
	if err != nil {
		return err
	}
	if len(shown.Alike) > 0 {
		if err := r.LookedFor(f.rule.Name, "", len(shown.Alike)); err != nil {
			return err
		}
	}
	f.shown = shown
	return nil
}

// askFirst shows what is alike, or that another body is competent, to who is about to open a proceeding and was not shown it yet. done says that it has answered.
func (d *Desk) askFirst(w http.ResponseWriter, r *web.Request, f *form) (done bool, err error) {
	if f.p != nil || r.PostForm.Get(fieldShown) != "" {
		return false, nil
	}
	if _, bad := f.edition.ReadForm(f.rule, f.typed); len(bad) > 0 {
		return false, nil // that is said first
	}
	if again, err := d.docket.Sent(r.Context(), r.Actor().Officer, f.submission); again || err != nil {
		return false, err // by a finger that slipped: it would be shown its own
	}
	if err := d.shows(r, f); err != nil || f.shown == nil {
		return false, err
	}
	if c := f.shown.Competent; len(f.shown.Alike) == 0 && (c == nil || c.Here) {
		return false, nil
	}
	f.asked = true
	return true, d.showForm(w, r, http.StatusOK, f)
}

// before puts what is shown into words.
func (d *Desk) before(r *web.Request, f *form) *beforeView {
	if f.shown == nil {
		return nil
	}
	t := r.Words
	v := &beforeView{Title: t.T("before.title"), Lead: t.T("before.lead")}
	v.Alike = ui.TableView{Caption: t.T("before.alike"), HideCaption: true, Columns: []ui.Column{{Text: t.T("before.case"), Unbroken: true}, {Text: t.T("before.same")}, {Text: t.T("before.stands")}}}
	for i := range f.shown.Alike {
		a := &f.shown.Alike[i]
		stage := a.Stage
		if law := d.docket.Law(a.Law); law != nil {
			stage = t.Law(a.Law).State(law.KindName(0), a.Stage)
		}
		note := []string{}
		if a.Place {
			note = append(note, t.T("before.place"))
		}
		if a.Soon {
			note = append(note, t.T("before.soon"))
		}
		v.Alike.Rows = append(v.Alike.Rows, ui.Row{Cells: []ui.Cell{{Text: a.Number, Href: proceedingHref(a.ID), Note: t.Name(a.Title), Head: true},
			{Text: strings.Join(a.Words, ", "), Note: strings.Join(note, " · ")}, {Text: stage, Note: t.Moment(d.zone, a.Opened)}}})
	}
	if len(f.shown.Alike) == 0 {
		v.Title, v.Lead = "", ""
	}
	v.Body = d.competent(t, f)
	if v.Body == nil && v.Title == "" {
		return nil
	}
	return v
}

// competent says which body is, and why.
func (d *Desk) competent(t *web.Words, f *form) *ui.NoticeView {
	c := f.shown.Competent
	if c == nil {
		return nil
	}
	lb := t.Law(f.law.Name)
	name := t.T("before.kind." + c.Kind)
	if o := d.dir.Tree().Office(c.Office); o != nil {
		name = t.Office(o)
	}
	because := []string{t.T("before.by_article", "article", lb.Article(c.Article))}
	switch {
	case c.Crime != "":
		because = append(because, t.T("before.by_crime", "crime", lb.Article(c.Crime)))
	case c.Matter != "":
		because = append(because, t.T("before.by_matter"))
	}
	if c.Place != "" {
		because = append(because, t.T("before.by_place", "place", lb.Place(c.Place)))
	}
	n := &ui.NoticeView{Tone: ui.Info, Title: t.T("before.competent", "office", name), Text: strings.Join(because, "; ") + ". " + t.T("before.proposed")}
	if c.Here {
		n.Title = t.T("before.competent_here")
	} else {
		n.Tone = ui.Warn
	}
	return n
}
