// Package looked is the pages about looking itself: who looked at a proceeding, what an
// officer looked at, what of it is unusual; the question what for, which stands before a
// case that is not one's own work; and opening in an emergency what one may not read,
// with the answers of those who must be told.
//
// It decides nothing about who may: access says that, and whoever may not see a
// list of looks is told so. A list of looks is looked at too, and recorded.
package looked

import (
	"embed"
	"net/http"
	"net/url"
	"strconv"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/fault"
	"nazorat/internal/look"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS

// mostListed is the length of one page of a list of looks.
const mostListed = 50

// looked serves the pages.
type looked struct{ *web.Server }

// Register adds the pages to a server.
func Register(s *web.Server) {
	l := &looked{s}
	s.AskPurpose(l.ask)
	s.Handle("POST /purpose", l.give)
	s.Handle("GET /proceedings/{id}/looks", l.proceedingPage)
	s.Handle("GET /proceedings/{id}/reading", l.readingPage)
	s.Handle("GET /officers/{officer}/looks", l.officerPage)
	s.Handle("GET /offices/{office}/looks", l.officePage)
	if s.Emergency == nil {
		return
	}
	s.Handle("GET /emergency", l.breakPage)
	s.Handle("POST /emergency", l.breakGlass)
	s.Handle("GET /emergencies", l.emergencies)
	s.Handle("GET /emergencies/{id}", l.emergencyPage)
	s.Handle("POST /emergencies/{id}", l.answer)
}

func proceedingHref(id string) string { return "/proceedings/" + url.PathEscape(id) }

func officerHref(id string) string { return "/officers/" + url.PathEscape(id) + "/looks" }

type listView struct {
	Heading ui.HeadingView
	Notes   []string
	Table   ui.TableView
	Pages   ui.PaginationView
}

// notYours is told to whoever may not see who looked, of something that he knows of.
func notYours() error { return fault.New(fault.Forbidden, "looked.not_yours", nil) }

// MaySee reports why whoever is signed in may not see who looked at a proceeding that he may read, nil if he may. The API asks the same.
func MaySee(r *web.Request, p *proceedings.Proceeding) error {
	if p.Exception != "" || !r.Server().Docket.Decide(r.Actor(), access.SeeLooks, p.Resource()).Allowed {
		return notYours()
	}
	return nil
}

// watches reports whether whoever is signed in may see what the officers of an office looked at.
func (l *looked) watches(r *web.Request, office string) bool { return watches(r, office) }

func watches(r *web.Request, office string) bool {
	return r.Server().Docket.Decide(r.Actor(), access.WatchLooks, access.Resource{Office: office}).Allowed
}

// proceedingPage: who looked at a proceeding.
func (l *looked) proceedingPage(w http.ResponseWriter, r *web.Request) error {
	p, err := l.Docket.Proceeding(r.Context(), r.Actor(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := MaySee(r, p); err != nil {
		return err
	}
	after, err := readAfter(r.URL.Query())
	if err != nil {
		return err
	}
	r.FlushLooks()
	list, err := l.Looks.Of(r.Context(), p.ID, after, mostListed+1)
	if err != nil {
		return err
	}
	if err := r.LookedWho(p.ID, "", min(len(list), mostListed)); err != nil {
		return err
	}
	t := r.Words
	v := listView{Heading: ui.HeadingView{Caption: p.Number, Title: t.T("looked.proceeding"), Lead: t.T("looked.proceeding_lead")}}
	list, v.Pages = l.pages(t, list, after, proceedingHref(p.ID)+"/looks")
	if v.Table, err = l.table(r, list, p); err != nil {
		return err
	}
	page := r.Page(p.Number + " · " + v.Heading.Title)
	page.Breadcrumbs = []ui.Crumb{{Text: p.Number, Href: proceedingHref(p.ID)}, {Text: v.Heading.Title}}
	return r.Render(w, http.StatusOK, page, listBody(v))
}

// officerPage: what an officer looked at. Everybody sees his own; others' as the policies have it of the offices that they serve in.
func (l *looked) officerPage(w http.ResponseWriter, r *web.Request) error {
	officer := r.PathValue("officer")
	if err := MayWatch(r, officer); err != nil {
		return err
	}
	after, err := readAfter(r.URL.Query())
	if err != nil {
		return err
	}
	r.FlushLooks()
	list, err := l.Looks.By(r.Context(), officer, after, mostListed+1)
	if err != nil {
		return err
	}
	if err := r.LookedWho("", officer, min(len(list), mostListed)); err != nil {
		return err
	}
	names, err := l.Directory.Names(r.Context(), []string{officer})
	if err != nil {
		return err
	}
	t := r.Words
	v := listView{Heading: ui.HeadingView{Caption: t.Name(names[officer]), Title: t.T("looked.officer"), Lead: t.T("looked.officer_lead")}}
	list, v.Pages = l.pages(t, list, after, officerHref(officer))
	if v.Table, err = l.table(r, list, nil); err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, r.Page(v.Heading.Title+" · "+v.Heading.Caption), listBody(v))
}

// MayWatch reports why whoever is signed in may not see what an officer looked at, nil if he may: an officer who is not there is one whom he may not watch.
func MayWatch(r *web.Request, officer string) error {
	s := r.Server()
	if officer == r.Session.Officer.ID {
		return nil
	}
	mandates, err := s.Directory.Mandates(r.Context(), officer, s.Docket.Now())
	if err != nil {
		return err
	}
	for _, m := range mandates {
		if watches(r, m.Office) {
			return nil
		}
	}
	return fault.New(fault.NotFound, "looked.no_officer", nil)
}

// pages cuts a list to one page, and leads to the others.
func (l *looked) pages(t *web.Words, list []look.Past, after look.After, path string) (page []look.Past, v ui.PaginationView) {
	if len(list) > mostListed {
		list = list[:mostListed]
		last := list[len(list)-1]
		q := url.Values{"at": {strconv.FormatInt(int64(last.At), 10)}, "leaf": {strconv.FormatInt(last.Leaf, 10)}, "n": {strconv.FormatInt(last.N, 10)}}
		v.OlderHref, v.OlderText = path+"?"+q.Encode(), t.T("looked.older")
	}
	if after != (look.After{}) {
		v.NewerHref, v.NewerText = path, t.T("looked.newest")
	}
	return list, v
}

func readAfter(q url.Values) (after look.After, err error) {
	if q.Get("at") == "" {
		return after, nil
	}
	at, err := strconv.ParseInt(q.Get("at"), 10, 64)
	if err == nil {
		after.Leaf, err = strconv.ParseInt(q.Get("leaf"), 10, 64)
	}
	if err == nil {
		after.N, err = strconv.ParseInt(q.Get("n"), 10, 64)
	}
	if err != nil {
		return after, fault.New(fault.NotFound, "fault.no_page", nil).Because(err)
	}
	after.At = calendar.Moment(at)
	return after, nil
}

// table lists looks: at one proceeding, p, by whom; or by one officer, at what.
func (l *looked) table(r *web.Request, list []look.Past, p *proceedings.Proceeding) (ui.TableView, error) {
	t := r.Words
	v := ui.TableView{Caption: t.T("looked.caption"), HideCaption: true, Empty: t.T("looked.none"), Columns: []ui.Column{{Text: t.T("looked.when"), Unbroken: true},
		{Text: t.T("looked.who")}, {Text: t.T("looked.what")}, {Text: t.T("looked.why")}}}
	if p == nil {
		v.Columns[1] = ui.Column{Text: t.T("looked.at")}
	}
	var officers, cases []string
	for i := range list {
		officers = append(officers, list[i].Officer, list[i].About)
		cases = append(cases, list[i].Proceeding, list[i].Serves)
	}
	names, err := l.Directory.Names(r.Context(), officers)
	if err != nil {
		return v, err
	}
	numbers, err := l.Docket.Numbers(r.Context(), cases)
	if err != nil {
		return v, err
	}
	for i := range list {
		x := &list[i]
		when := ui.Cell{Body: whenCell(t.Moment(l.Zone, x.At), web.Machine(l.Zone, x.At)), Head: true}
		row := ui.Row{Cells: []ui.Cell{when, {}, l.what(t, x, p, names), l.why(t, x, numbers)}}
		if p != nil {
			who := ui.Cell{Text: t.Name(names[x.Officer]), Note: t.T("looked.as", "role", t.Role(x.Role), "office", t.Office(l.Directory.Tree().Office(x.Office)))}
			if x.Officer == "" { // one of those whom the case is about, by the public page
				who.Text = t.Thing(p.Law, &p.State, x.Thing)
			} else if x.Role == look.System {
				who.Text, who.Note = x.Officer, t.T("looked.system", "office", t.Office(l.Directory.Tree().Office(x.Office)))
				if by := look.InNameOf(&x.Look); by != "" {
					who.Note = t.T("looked.in_name", "name", t.Name(names[by]), "office", t.Office(l.Directory.Tree().Office(x.Office)))
				}
			} else if x.Officer == r.Session.Officer.ID || l.watches(r, x.Office) {
				who.Href = officerHref(x.Officer)
			}
			row.Cells[1] = who
		} else if number := numbers[x.Proceeding]; number != "" {
			row.Cells[1] = ui.Cell{Text: number} // no link: whoever watches officers need not be one who may open the case
		} else {
			row.Cells[1] = l.of(t, x, names)
		}
		if x.Basis == look.InEmergency {
			row.Tone = ui.Late
		}
		v.Rows = append(v.Rows, row)
	}
	return v, nil
}

// of says what a look was about that was at no proceeding: an officer, an office, a system.
func (l *looked) of(t *web.Words, x *look.Past, names map[string]string) ui.Cell {
	o := l.Directory.Tree().Office(x.About)
	switch {
	case !ofOfficers(x.Page) || x.Kind == look.Search:
	case names[x.About] != "":
		return ui.Cell{Text: t.Name(names[x.About])}
	case o != nil:
		return ui.Cell{Text: t.Office(o)}
	case x.About == "":
		return ui.Cell{Text: t.T("looked.officers.all")}
	default:
		return ui.Cell{Text: x.About}
	}
	return ui.Cell{Text: "—", Quiet: true}
}

// what says what was looked at, and how.
func (l *looked) what(t *web.Words, x *look.Past, p *proceedings.Proceeding, names map[string]string) ui.Cell {
	c := ui.Cell{Text: t.T("looked.kind." + x.Kind)}
	if x.Kind == look.View {
		c.Text = t.T("looked.page." + pageOf(x.Page))
	}
	if ofOfficers(x.Page) && (x.Kind == look.List || x.Kind == look.Download) {
		c.Text = t.T("looked.officers." + x.Kind)
	}
	switch {
	case p != nil && x.Thing > 0:
		c.Note = t.Thing(p.Law, &p.State, x.Thing)
	case x.Kind == look.Search:
		c.Note = t.T("looked.typed", "text", x.About)
	case x.Kind == look.List || x.Kind == look.Download && x.Shown > 0:
		c.Note = t.T("looked.rows", "n", x.Shown)
	case x.Kind == look.Looks && names[x.About] != "":
		c.Note = t.Name(names[x.About])
	}
	return c
}

// why says what an officer looked for.
func (l *looked) why(t *web.Words, x *look.Past, numbers map[string]string) ui.Cell {
	switch x.Basis {
	case look.ForPurpose:
		c := ui.Cell{Text: x.Purpose, Note: x.Why}
		if p := l.Looks.Rules().Purpose(x.Purpose); p != nil {
			c.Text = PurposeText(t, p)
		}
		if number := numbers[x.Serves]; number != "" && x.Serves != x.Proceeding {
			c.Note = t.T("looked.serves", "number", number, "why", x.Why)
		}
		return c
	case look.InEmergency:
		return ui.Cell{Text: t.T("looked.basis.emergency"), Note: x.Why}
	}
	if x.Kind == look.Confirmed || x.Kind == look.Objected {
		return ui.Cell{Text: t.T("looked.basis.own"), Note: x.Why}
	}
	return ui.Cell{Text: t.T("looked.basis.own"), Quiet: true}
}
