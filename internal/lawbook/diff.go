package lawbook

import (
	"net/http"
	"net/url"

	"nazorat/internal/amend"
	"nazorat/internal/fault"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Two editions of a law side by side, as comparative tables are read: each rule that differs, what it said, what it says.

// registerDiffs adds the pages that compare editions.
func (b *book) registerDiffs(s *web.Server) {
	s.HandlePublic("GET /laws/{land}/{name}/diff/{was}/{is}", b.diffPage)
}

// DiffHref is where two editions of a law are compared.
func DiffHref(was, is *procedure.Edition) string {
	return lawHref(is.Law) + "/diff/" + was.Name + "/" + is.Name
}

type diffView struct {
	Heading ui.HeadingView
	Count   string
	Same    string
	What    string
	Was, Is string // the heads of the columns
	Groups  []amend.Group
}

// compareView leads from an edition to its comparisons with others and, for who may, to trying another on the past.
type compareView struct {
	Text  string
	Links []lawLink
	Try   lawLink
}

// compare is what the page of an edition leads to, for whoever reads it.
func (b *book) compare(r *web.Request, e *procedure.Edition) compareView {
	v := newCompare(r.Words, e)
	if r.Session == nil || !b.applied(e.Law) {
		return v
	}
	if all, err := b.server.Docket.ReadsAll(r.Context(), r.Actor()); err == nil && all { // where it cannot be told, the page is as good without the link
		v.Try = lawLink{r.Words.T("diff.try"), "/whatif?" + url.Values{"law": {e.Law.Name}}.Encode()}
	}
	return v
}

func newCompare(t *web.Words, e *procedure.Edition) compareView {
	v := compareView{Text: t.T("diff.compare")}
	for _, o := range e.Law.Editions {
		was, is := o, e
		if o.Index > e.Index {
			was, is = e, o
		}
		if o != e {
			v.Links = append(v.Links, lawLink{t.Date(o.InForce), DiffHref(was, is)})
		}
	}
	return v
}

func (b *book) diffPage(w http.ResponseWriter, r *web.Request) error {
	law := b.law(r.PathValue("land") + "/" + r.PathValue("name"))
	if law == nil {
		return fault.New(fault.NotFound, "law.none", nil)
	}
	was, is := law.Edition(r.PathValue("was")), law.Edition(r.PathValue("is"))
	if was == nil || is == nil {
		return fault.New(fault.NotFound, "diff.no_edition", nil)
	}
	v := newDiffView(r.Words, was, is)
	page := r.Page(v.Heading.Title)
	page.Breadcrumbs = []ui.Crumb{{Text: r.Words.T("laws.title"), Href: "/laws"}, {Text: r.Words.Law(law.Name).Law, Href: lawHref(law)}, {Text: v.Heading.Title}}
	return r.Render(w, http.StatusOK, page, diffBody(v))
}

func newDiffView(t *web.Words, was, is *procedure.Edition) diffView {
	lb := t.Law(is.Law.Name)
	changes := amend.Diff(was, is)
	v := diffView{Heading: ui.HeadingView{Caption: lb.Law, Title: t.T("law.two_editions", "was", t.Date(was.InForce), "is", t.Date(is.InForce)), Lead: t.T("diff.lead")},
		Count: t.T("diff.count", "n", len(changes)), What: t.T("diff.column.what"), Was: t.T("diff.column.edition", "date", t.Date(was.InForce)),
		Is: t.T("diff.column.edition", "date", t.Date(is.InForce)), Groups: amend.Says{Language: t, Was: lb, Is: lb}.Groups(changes)}
	if len(changes) == 0 {
		v.Same = t.T("diff.same")
	}
	return v
}

// anyOther reports whether single words of a line are marked.
func anyOther(l amend.Line) bool {
	for _, list := range [][]amend.Said{l.Was, l.Is} {
		for _, s := range list {
			if s.Other {
				return true
			}
		}
	}
	return false
}
