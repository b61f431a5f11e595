package service

import (
	"net/http"
	"strconv"

	"nazorat/internal/access"
	"nazorat/internal/directory"
	"nazorat/internal/fault"
	"nazorat/internal/look"
	"nazorat/internal/waysin"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

func number(n int64) string { return strconv.FormatInt(n, 10) }

// branch is an office in the tree, with those below it.
type branch struct {
	Text, Note, Href string
	Open             bool
	Below            []branch
}

type treeView struct {
	Heading ui.HeadingView
	Find    ui.TextField
	Button  string
	Found   *ui.TableView // nil while nothing was looked for
	FoundIs string
	Links   []doLink
	LinksIs string
	TreeIs  string
	Tree    []branch
}

// What the address of the page may say: what is looked for, and how many officers were just brought in.
const (
	fieldFind    = "find"
	fieldBrought = "brought"
)

// treePage: the offices that somebody administers, and the search for officers.
func (r *room) treePage(w http.ResponseWriter, q *web.Request) error {
	t, who := q.Words, q.Actor()
	mine := r.mine(who)
	if len(mine) == 0 {
		return noPage()
	}
	typed := q.URL.Query().Get(fieldFind)
	v := treeView{Heading: ui.HeadingView{Title: t.T("service.title"), Lead: t.T("service.lead")}, TreeIs: t.T("service.offices"), FoundIs: t.T("service.found"), LinksIs: t.T("service.more"),
		Find: ui.TextField{Field: ui.Field{Name: fieldFind, Label: t.T("service.find"), Hint: t.T("service.find_hint")}, Value: typed, Type: "search", Autocomplete: "off", Width: 30}, Button: t.T("service.find_button"),
		Links: r.links(t, who, mine)}
	if typed != "" {
		found, err := r.find(q, mine, typed)
		if err != nil {
			return err
		}
		v.Found = r.found(t, found)
	}
	administers := make(map[string]bool, len(mine))
	for _, id := range mine {
		administers[id] = true
	}
	v.Tree = []branch{r.branch(t, r.dir.Tree().Office(who.Office), administers)}
	v.Tree[0].Open = true
	page := q.Page(v.Heading.Title)
	if n, err := strconv.ParseInt(q.URL.Query().Get(fieldBrought), 10, 32); err == nil && n > 0 {
		page.Notices = append(page.Notices, ui.NoticeView{Tone: ui.Good, Title: t.T("service.brought", "n", n)})
	}
	return q.Render(w, http.StatusOK, page, treeBody(v))
}

// find looks for officers of some offices, as far as the policies let whoever asks search there; what was looked for is on record.
func (r *room) find(q *web.Request, offices []string, typed string) ([]directory.Found, error) {
	searched, refused := r.allowed(offices, func(id string) *fault.Error { return r.docket.MaySearchIn(q.Actor(), id) })
	if refused != nil {
		return nil, refused
	}
	found, err := r.dir.Find(q.Context(), typed, searched)
	if err != nil {
		return nil, err
	}
	return found, q.LookedAtOfficers(look.Search, typed, len(found))
}

// links are those to the other pages of administrators.
func (r *room) links(t *web.Words, who access.Actor, mine []string) []doLink {
	out := []doLink{{Text: t.T("service.could"), Href: couldHref}, {Text: t.T("service.import"), Href: importHref}, {Text: t.T("service.erasures"), Href: eraseHref}}
	if _, refused := r.allowed(mine, func(id string) *fault.Error { return r.docket.MayDownloadList(who, id) }); refused == nil {
		out = append(out, doLink{Text: t.T("service.export"), Href: exportHref})
	}
	if r.provider {
		out = append(out, doLink{Text: t.T("waysin.identities"), Href: waysin.IdentitiesHref})
	}
	return append(out, doLink{Text: t.T("waysin.systems"), Href: waysin.SystemsHref})
}

func (r *room) branch(t *web.Words, o *directory.Office, mine map[string]bool) branch {
	b := branch{Text: t.Office(o), Note: t.T("service.kind." + o.Kind), Href: officeHref(o.ID)}
	if o.Closed != 0 {
		b.Text = t.T("service.closed_office", "office", b.Text)
	}
	for _, c := range r.dir.Tree().Children(o.ID) {
		if mine[c.ID] {
			b.Below = append(b.Below, r.branch(t, c, mine))
		}
	}
	return b
}

func (r *room) found(t *web.Words, list []directory.Found) *ui.TableView {
	v := &ui.TableView{ID: "found", Caption: t.T("service.found"), HideCaption: true, Empty: t.T("service.found_nobody"),
		Columns: []ui.Column{{Text: t.T("service.column.officer")}, {Text: t.T("service.column.role")}, {Text: t.T("service.column.office")}}}
	for _, f := range list {
		v.Rows = append(v.Rows, ui.Row{Cells: []ui.Cell{{Text: t.Name(f.Name), Note: f.Login, Href: officerHref(f.ID), Head: true}, {Text: t.Role(f.Role)}, {Text: t.Office(r.dir.Tree().Office(f.Office))}}})
	}
	return v
}
