package looked

import (
	"net/http"
	"net/url"

	"nazorat/internal/fault"
	"nazorat/internal/look"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

type officeView struct {
	Heading   ui.HeadingView
	Table     ui.TableView
	OthersAre string
	Others    []ui.Crumb
}

// officePage: what is unusual about how the officers of an office look.
func (l *looked) officePage(w http.ResponseWriter, r *web.Request) error {
	tree, t := l.Directory.Tree(), r.Words
	o := tree.Office(r.PathValue("office"))
	if o == nil || !l.watches(r, o.ID) {
		return fault.New(fault.NotFound, "office.none", nil)
	}
	r.FlushLooks()
	now := l.Docket.Now()
	days := l.Docket.Law(l.Docket.Laws()[0]).At(now).Days
	list, err := l.Looks.Unusual(r.Context(), o.ID, days, now)
	if err != nil {
		return err
	}
	if err := r.LookedWho("", o.ID, len(list)); err != nil {
		return err
	}
	var ids []string
	for _, u := range list {
		ids = append(ids, u.Officer)
	}
	names, err := l.Directory.Names(r.Context(), ids)
	if err != nil {
		return err
	}
	rules := &l.Looks.Rules().Unusual
	v := officeView{Heading: ui.HeadingView{Caption: t.Office(o), Title: t.T("unusual.title"), Lead: t.T("unusual.lead", "n", rules.Days)},
		Table: ui.TableView{Caption: t.T("unusual.title"), HideCaption: true, Empty: t.T("unusual.none"), Columns: []ui.Column{{Text: t.T("unusual.officer")}, {Text: t.T("unusual.why")}}}}
	for _, u := range list {
		var why []string
		for _, x := range u.Why {
			why = append(why, l.reason(t, x))
		}
		v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: t.Name(names[u.Officer]), Href: officerHref(u.Officer), Head: true}, {Body: reasons(why)}}})
	}
	seen := map[string]bool{o.ID: true}
	add := func(id string) {
		if x := tree.Office(id); x != nil && !seen[id] && l.watches(r, id) {
			seen[id] = true
			v.Others = append(v.Others, ui.Crumb{Text: t.Office(x), Href: "/offices/" + url.PathEscape(id) + "/looks"})
		}
	}
	for _, c := range tree.Children(o.ID) {
		add(c.ID)
	}
	for _, id := range tree.Serves(o.ID) {
		add(id)
	}
	v.OthersAre = t.T("unusual.others")
	page := r.Page(v.Heading.Title + " · " + t.Office(o))
	page.Breadcrumbs = []ui.Crumb{{Text: t.Office(o), Href: "/offices/" + url.PathEscape(o.ID)}, {Text: v.Heading.Title}}
	return r.Render(w, http.StatusOK, page, officeBody(v))
}

// reason says in words why looking is unusual.
func (l *looked) reason(t *web.Words, x look.Reason) string {
	rules := &l.Looks.Rules().Unusual
	return t.T("unusual."+x.Why, "n", x.N, "of", x.Of, "first", x.First, "last", x.Last, "from", rules.From, "to", rules.To)
}
