// Package lawbook is the pages on which a law is read by people: the list of
// all laws, and for each edition its path, its stages, and every act and term
// in words, each with its article.
//
// What the pages say comes from the law and its labels alone, so that reader
// and engine have the same text before them. Anybody may read, also without
// signing in; nothing here decides or changes anything. Laws that the office
// does not apply itself stand here as well, and are told apart: they are there
// for reading, and for judging logs of other systems.
package lawbook

import (
	"embed"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"nazorat/internal/calendar"
	"nazorat/internal/explain"
	"nazorat/internal/fault"
	"nazorat/internal/lawdraw"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS

// book serves the pages.
type book struct {
	server *web.Server
	laws   []*procedure.Law
	artist lawdraw.Artist
}

// Register adds the pages to a server. laws are those that can be read, in the
// order in which the list shows them; the server's docket knows which of them
// its office applies.
func Register(s *web.Server, laws []*procedure.Law) {
	b := &book{server: s, laws: laws}
	s.HandlePublic("GET /laws", b.lawsPage)
	s.HandlePublic("GET /laws/{law...}", b.lawPage)
	s.HandlePublic("GET /laws/{land}/{name}/{edition}/rules", b.nearPage(newRulesView, rulesBody))
	s.HandlePublic("GET /laws/{land}/{name}/{edition}/stages", b.nearPage(newStagesView, stagesBody))
	s.HandlePublic("GET /laws/{land}/{name}/{edition}/who", b.nearPage(newWhoView(s.Docket.Policies(), b.today), whoBody))
	b.registerPictures(s)
	b.registerDiffs(s)
}

// today is the day at the office.
func (b *book) today() calendar.Date { return b.server.Zone.Date(b.server.Docket.Now()) }

// ActHref is where an act of an edition is described.
func ActHref(e *procedure.Edition, act string) string {
	if r := e.Act(act); r != nil && long(e) {
		return partHref(e, r.Part) + "#act-" + act
	}
	return editionHref(e) + "#act-" + act
}

// TermHref is where a term of an edition is described.
func TermHref(e *procedure.Edition, term string) string {
	if x := e.Term(term); x != nil && long(e) {
		return partHref(e, x.Part) + "#term-" + term
	}
	return editionHref(e) + "#term-" + term
}

func lawHref(law *procedure.Law) string { return "/laws/" + law.Name }

func editionHref(e *procedure.Edition) string {
	return lawHref(e.Law) + "?" + url.Values{"edition": {e.Name}}.Encode()
}

// Source is the title of the act of law that an article belongs to: "CPC 329"
// to that of CPC; "" where the edition cites no such act.
func Source(lb *procedure.Labels, e *procedure.Edition, article string) string {
	if c, ok := explain.CiteOf(e, article); ok {
		return explain.Title(lb, c)
	}
	return ""
}

func cites(lb *procedure.Labels, e *procedure.Edition) []lawCite {
	var out []lawCite
	for _, c := range e.Cites {
		out = append(out, lawCite{lb.Article(c.Short), explain.Title(lb, c)})
	}
	return out
}

type lawsView struct {
	Heading ui.HeadingView
	Laws    []lawItem
}

type lawItem struct {
	Name, Href, Since, Size, Editions string
	Use                               useView
	Cites                             []lawCite
}

// useView is what a law is there for.
type useView struct {
	Tone ui.Tone
	Text string
}

type lawCite struct{ Short, Title string }

// lawsPage: all laws that can be read.
func (b *book) lawsPage(w http.ResponseWriter, r *web.Request) error {
	v := newLawsView(r.Words, b.laws, b.applied, b.server.Docket.Now())
	return r.Render(w, http.StatusOK, r.Page(v.Heading.Title), lawsBody(v))
}

// applied reports whether the office works by a law.
func (b *book) applied(law *procedure.Law) bool { return b.server.Docket.Law(law.Name) != nil }

func newLawsView(t *web.Words, laws []*procedure.Law, applied func(*procedure.Law) bool, now calendar.Moment) lawsView {
	v := lawsView{Heading: ui.HeadingView{Title: t.T("laws.title"), Lead: t.T("laws.lead")}}
	for _, law := range laws {
		e, lb := law.At(now), t.Law(law.Name)
		l := lawItem{Name: lb.Law, Href: lawHref(law), Since: t.T("law.since", "date", t.Date(e.InForce)), Use: useOf(t, applied(law)),
			Size: t.T("laws.size", "acts", countActs(e), "terms", countTerms(e)), Cites: cites(lb, e)}
		if n := len(law.Editions); n > 1 {
			l.Editions = t.T("laws.editions", "n", n)
		}
		v.Laws = append(v.Laws, l)
	}
	return v
}

func useOf(t *web.Words, applied bool) useView {
	if applied {
		return useView{ui.Good, t.T("law.applied")}
	}
	return useView{ui.Neutral, t.T("law.to_read")}
}

func countActs(e *procedure.Edition) (n int) {
	for _, r := range e.Acts {
		if r != nil {
			n++
		}
	}
	return n
}

func countTerms(e *procedure.Edition) (n int) {
	for _, t := range e.Terms {
		if t != nil {
			n++
		}
	}
	return n
}

// law that can be read; nil if there is none of that name.
func (b *book) law(name string) *procedure.Law {
	for _, law := range b.laws {
		if law.Name == name {
			return law
		}
	}
	return nil
}

// editionOf finds the edition that an address names.
func (b *book) editionOf(law, edition string) (*procedure.Edition, error) {
	l := b.law(law)
	if l == nil {
		return nil, fault.New(fault.NotFound, "law.none", nil)
	}
	e := l.Edition(edition)
	if e == nil {
		return nil, fault.New(fault.NotFound, "law.no_edition", nil)
	}
	return e, nil
}

// lawPage: one edition of a law, to be read.
func (b *book) lawPage(w http.ResponseWriter, r *web.Request) error {
	path := strings.Split(strings.Trim(r.PathValue("law"), "/"), "/")
	if n := len(path) - 3; n > 0 && path[n+1] == "part" {
		return b.partPage(w, r, strings.Join(path[:n], "/"), path[n], path[n+2])
	}
	law := b.law(strings.Join(path, "/"))
	if law == nil {
		return fault.New(fault.NotFound, "law.none", nil)
	}
	now := b.server.Docket.Now()
	e := law.At(now)
	if name := r.URL.Query().Get("edition"); name != "" {
		if e = law.Edition(name); e == nil {
			return fault.New(fault.NotFound, "law.no_edition", nil)
		}
	}
	q := r.URL.Query()
	v := newLawView(r.Words, e, law.At(now), now, showing{only: q.Get("show") == showOpen, all: q.Get("all") != ""})
	v.Use = useOf(r.Words, b.applied(law))
	v.Compare = b.compare(r, e)
	page := r.Page(v.Heading.Title)
	page.Breadcrumbs = []ui.Crumb{{Text: r.Words.T("laws.title"), Href: "/laws"}, {Text: v.Heading.Title}}
	return r.Render(w, http.StatusOK, page, lawBody(v))
}

// partPage: one part of a long edition, its rules in full. It has an address of its own that a pattern of the
// server could not tell from that of a comparison of editions.
func (b *book) partPage(w http.ResponseWriter, r *web.Request, name, edition, part string) error {
	e, err := b.editionOf(name, edition)
	if err != nil {
		return err
	}
	if part == noPart {
		part = ""
	}
	v, ok := newPartView(r.Words, e, e.Law.At(b.server.Docket.Now()), part)
	if !ok || !long(e) {
		return fault.New(fault.NotFound, "law.no_part", nil)
	}
	return b.renderNear(w, r, e, v.Heading.Title, partBody(v))
}

// nearPage: what a long edition has besides its parts; a short one has all on its own page.
func (b *book) nearPage(view func(t *web.Words, e, inForce *procedure.Edition) nearView, body func(nearView) templ.Component) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		e, err := b.editionOf(r.PathValue("land")+"/"+r.PathValue("name"), r.PathValue("edition"))
		if err != nil {
			return err
		}
		if !long(e) {
			return fault.New(fault.NotFound, "fault.no_page", nil)
		}
		v := view(r.Words, e, e.Law.At(b.server.Docket.Now()))
		return b.renderNear(w, r, e, v.Heading.Title, body(v))
	}
}

// renderNear writes a page that lies below that of an edition.
func (b *book) renderNear(w http.ResponseWriter, r *web.Request, e *procedure.Edition, title string, body templ.Component) error {
	page := r.Page(title)
	page.Breadcrumbs = []ui.Crumb{{Text: r.Words.T("laws.title"), Href: "/laws"}, {Text: r.Words.Law(e.Law.Name).Law, Href: editionHref(e)}, {Text: title}}
	return r.Render(w, http.StatusOK, page, body)
}
