package whatif

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"nazorat/internal/amend"
	"nazorat/internal/calendar"
	"nazorat/internal/directory"
	"nazorat/internal/fault"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Room serves the pages.
type Room struct {
	proceedings *proceedings.Reader
	dir         *directory.Directory
	files       fs.FS   // of the laws
	texts       []fs.FS // of all pages, for words that know a draft's own labels
	trials      *trials
}

// Register adds the pages to a server. files are those that the docket's laws
// were loaded from; texts those that the server's own words were made of.
func Register(s *web.Server, files fs.FS, texts ...fs.FS) {
	m := &Room{proceedings: s.Docket.Reader, dir: s.Directory, files: files, texts: texts, trials: newTrials()}
	s.Handle("GET /whatif", m.askPage)
	s.Handle("POST /whatif", m.ask)
	s.Handle("GET /whatif/{id}", m.trialPage)
}

type askView struct {
	Heading ui.HeadingView
	Law     ui.SelectField
	Draft   ui.TextAreaField
	Since   ui.DateField
	Try     string
}

type runningView struct {
	Heading                    ui.HeadingView
	Tried, Text, Failed, Again string
}

// allowed: figures are of the whole service, so only those who may read all of it come in.
func (m *Room) allowed(r *web.Request) error {
	all, err := m.proceedings.ReadsAll(r.Context(), r.Actor())
	if err == nil && !all {
		err = fault.New(fault.Forbidden, "whatif.not_all", nil)
	}
	return err
}

// asked is what was typed.
type asked struct{ law, draft, since string }

// askPage: the form. With ?law= that law is chosen, and its last edition is what the draft begins with.
func (m *Room) askPage(w http.ResponseWriter, r *web.Request) error {
	if err := m.allowed(r); err != nil {
		return err
	}
	names := m.proceedings.Laws()
	q := asked{law: r.URL.Query().Get("law")}
	if m.proceedings.Law(q.law) == nil && len(names) > 0 {
		q.law = names[0]
	}
	if law := m.proceedings.Law(q.law); law != nil {
		last := law.Editions[len(law.Editions)-1]
		year, _, _ := last.Days.Zone().Date(m.proceedings.Now()).Civil()
		q.draft = fmt.Sprintf("procedure: %s\nin_force: %d-01-01\nbased_on: %s\n\n", law.Name, year+1, last.Name)
	}
	return m.show(w, r, http.StatusOK, q, nil)
}

func (m *Room) show(w http.ResponseWriter, r *web.Request, status int, q asked, wrong map[string]string) error {
	t := r.Words
	v := askView{Heading: ui.HeadingView{Title: t.T("whatif.title"), Lead: t.T("whatif.lead")}, Try: t.T("whatif.try"),
		Law:   ui.SelectField{Field: ui.Field{Name: "law", Label: t.T("whatif.law"), Error: wrong["law"]}, Value: q.law},
		Draft: ui.TextAreaField{Field: ui.Field{Name: "draft", Label: t.T("whatif.draft"), Hint: t.T("whatif.draft_hint", "kib", amend.MostDraft>>10), Error: wrong["draft"]}, Value: q.draft, Rows: 20},
		Since: ui.DateField{Field: ui.Field{Name: "since", Label: t.T("whatif.since"), Hint: t.T("whatif.since_hint"), Error: wrong["since"], Optional: true}, Value: q.since}}
	for _, name := range m.proceedings.Laws() {
		v.Law.Options = append(v.Law.Options, ui.Option{Value: name, Text: t.Law(name).Law})
	}
	page := r.Page(v.Heading.Title)
	page.Breadcrumbs = []ui.Crumb{{Text: t.T("laws.title"), Href: "/laws"}, {Text: v.Heading.Title}}
	for _, field := range []string{"law", "draft", "since"} {
		if wrong[field] != "" {
			for _, line := range strings.Split(wrong[field], "\n") {
				page.Errors = append(page.Errors, ui.FieldError{Field: field, Text: line})
			}
		}
	}
	return r.Render(w, status, page, askBody(v))
}

// ask reads the form and begins the trial.
func (m *Room) ask(w http.ResponseWriter, r *web.Request) error {
	if err := m.allowed(r); err != nil {
		return err
	}
	t := r.Words
	q := asked{law: r.PostForm.Get("law"), draft: strings.ReplaceAll(r.PostForm.Get("draft"), "\r\n", "\n"), since: strings.TrimSpace(r.PostForm.Get("since"))}
	wrong := map[string]string{}
	law := m.proceedings.Law(q.law)
	if law == nil {
		wrong["law"] = t.T("whatif.no_law")
	}
	if strings.TrimSpace(q.draft) == "" {
		wrong["draft"] = t.T("whatif.draft_missing")
	}
	var since calendar.Date
	if q.since != "" {
		var err error
		if since, err = calendar.ParseDate(q.since); err != nil {
			wrong["since"] = t.T("whatif.since_wrong")
		}
	}
	if len(wrong) > 0 {
		return m.show(w, r, http.StatusUnprocessableEntity, q, wrong)
	}
	draft, err := amend.LoadDraft(m.files, law.Name, amend.Text{Name: draftName, Text: []byte(q.draft)})
	var problems lawtext.Problems
	if errors.As(err, &problems) {
		return m.show(w, r, http.StatusUnprocessableEntity, q, map[string]string{"draft": said(t, problems)})
	}
	if err != nil {
		return err
	}
	words, err := web.NewCatalogue([]*procedure.Law{draft.Law}, m.texts...)
	if err != nil {
		return err
	}
	id, err := m.trials.begin(m.proceedings, r.Actor(), draft, words, since)
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/whatif/"+id)
}

// draftName is what problems call the text that was typed.
const draftName = "draft"

// mostProblems is how many mistakes are shown at once.
const mostProblems = 10

// said puts mistakes under each other, each with its line.
func said(t *web.Words, problems lawtext.Problems) string {
	var out []string
	for _, p := range problems[:min(len(problems), mostProblems)] {
		what := p.What
		if p.Meant != "" {
			what += "; " + p.Meant
		}
		if p.File == draftName && p.Line > 0 {
			what = t.T("whatif.line", "line", p.Line, "what", what)
		} else if p.File != draftName {
			what = p.String()
		}
		out = append(out, what)
	}
	return strings.Join(out, "\n")
}

// again is after how many seconds a trial that runs is looked at again.
const again = "2"

// trialPage: a trial, while it runs and afterwards.
func (m *Room) trialPage(w http.ResponseWriter, r *web.Request) error {
	if err := m.allowed(r); err != nil {
		return err
	}
	x := m.trials.of(r.PathValue("id"), r.Actor())
	if x == nil {
		return fault.New(fault.NotFound, "whatif.none", nil)
	}
	t := r.Words
	crumbs := func(last string) []ui.Crumb {
		return []ui.Crumb{{Text: t.T("laws.title"), Href: "/laws"}, {Text: t.T("whatif.title"), Href: "/whatif"}, {Text: last}}
	}
	report, tried, err := x.stands()
	if report == nil {
		v := runningView{Heading: ui.HeadingView{Title: t.T("whatif.running")}, Tried: t.T("whatif.tried", "n", tried), Text: t.T("whatif.wait"), Again: t.T("whatif.again")}
		if err != nil {
			v.Heading.Title, v.Failed, v.Text = t.T("whatif.title"), t.T("whatif.failed"), t.T("whatif.failed_text")
			if errors.Is(err, errTooLong) {
				v.Text = t.T("whatif.stopped")
			}
		} else {
			w.Header().Set("Refresh", again)
		}
		page := r.Page(v.Heading.Title)
		page.Breadcrumbs = crumbs(v.Heading.Title)
		return r.Render(w, http.StatusOK, page, runningBody(v))
	}
	tree := m.dir.Tree()
	s := Showing{Words: x.words.In(t.Lang), Draft: x.draft, Linked: true, Office: func(id string) string {
		if o := tree.Office(id); o != nil {
			return t.Office(o)
		}
		return id
	}}
	v := s.view(report)
	page := r.Page(v.Heading.Title)
	page.Breadcrumbs = crumbs(v.Heading.Title)
	return r.Render(w, http.StatusOK, page, resultBody(v))
}
