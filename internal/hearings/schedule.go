// Package hearings is the pages of what is held at a moment: the calendar of an office with who holds what when and where two would be held at once, and the page on which one
// is held, with the file beside the acts.
//
// It shows what its reader may read (package hearing). What happens is entered on that page: the forms are the desk's, and the file stays open at its sheet.
package hearings

import (
	"embed"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/casefile"
	"nazorat/internal/desk"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/hearing"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS

// room serves the pages.
type room struct {
	hearings *hearing.Calendar
	docket   *docket.Docket
	dir      *directory.Directory
	zone     *calendar.Zone
	desk     *desk.Desk
	file     *casefile.File
}

// Register adds the pages to a server.
func Register(s *web.Server, d *desk.Desk, f *casefile.File, c *hearing.Calendar) {
	m := &room{hearings: c, docket: s.Docket, dir: s.Directory, zone: s.Zone, desk: d, file: f}
	s.Handle("GET /hearings", m.home)
	s.Handle("GET /offices/{office}/hearings", m.schedule)
	s.Handle("GET /proceedings/{id}/hearing", m.hearing)
	s.Handle("POST /proceedings/{id}/hearing", m.enter)
}

func officeHref(office string) string { return desk.OfficeHref(office) + "/hearings" }

// Href is the page on which what is held in a proceeding is entered.
func Href(proceeding string) string { return desk.ProceedingHref(proceeding) + "/hearing" }

// home leads to the calendar of one's own office.
func (m *room) home(w http.ResponseWriter, r *web.Request) error {
	return web.SeeOther(w, r, officeHref(r.Actor().Office))
}

type link struct{ Text, Href string }

type scheduleView struct {
	Heading      ui.HeadingView
	Before, Next link
	Filter       ui.FilterView
	Officer      ui.SelectField
	From         string
	Days         []dayView
	None, Cut    string
}

// dayView is what is held on a day.
type dayView struct {
	ID, Title string
	Table     ui.TableView
}

// schedule is what is held at an office in a week, day by day.
func (m *room) schedule(w http.ResponseWriter, r *web.Request) error {
	id, name, crumbs, err := m.desk.Office(r)
	if err != nil {
		return err
	}
	t, now := r.Words, m.docket.Now()
	first, officer := m.zone.Date(now), r.URL.Query().Get("officer")
	if text := r.URL.Query().Get("from"); text != "" {
		at, err := time.Parse(time.DateOnly, text)
		if err != nil || at.Year() < 1970 || at.Year() > 2200 {
			return desk.NoPage()
		}
		first = calendar.DateOf(at.Year(), int(at.Month()), at.Day())
	}
	list, err := m.hearings.Of(r.Context(), r.Actor(), id, officer, m.zone.Moment(first, 0), m.zone.Moment(first+hearing.Days, 0), hearing.Most+1)
	if err != nil {
		return err
	}
	if err := r.LookedAtList(id, min(len(list), hearing.Most)); err != nil {
		return err
	}
	v := scheduleView{Heading: ui.HeadingView{Caption: name, Title: t.T("hearings.title"), Lead: t.T("hearings.lead", "from", t.LongDate(first), "to", t.LongDate(first+hearing.Days-1))}, From: first.String(), None: t.T("hearings.none")}
	to := func(day calendar.Date) string {
		q := url.Values{"from": {day.String()}}
		if officer != "" {
			q.Set("officer", officer)
		}
		return officeHref(id) + "?" + q.Encode()
	}
	v.Before, v.Next = link{t.T("hearings.week_before"), to(first - hearing.Days)}, link{t.T("hearings.week_after"), to(first + hearing.Days)}
	if len(list) > hearing.Most {
		list, v.Cut = list[:hearing.Most], t.T("hearings.cut", "n", hearing.Most)
	}
	var ids []string // of those who hold something that the reader sees: no other officer is named
	for i := range list {
		ids = append(ids, list[i].Officer)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	names, err := m.dir.Names(r.Context(), ids)
	if err != nil {
		return err
	}
	v.Officer = ui.SelectField{Field: ui.Field{ID: "officer", Name: "officer", Label: t.T("hearings.officer")}, Value: officer, Empty: t.T("hearings.everybody")}
	for _, one := range ids {
		if names[one] != "" {
			v.Officer.Options = append(v.Officer.Options, ui.Option{Value: one, Text: t.Name(names[one])})
		}
	}
	slices.SortFunc(v.Officer.Options, func(a, b ui.Option) int { return strings.Compare(a.Text, b.Text) })
	v.Filter = ui.FilterView{Title: t.T("hearings.filter"), Action: officeHref(id), Apply: t.T("hearings.show"), Open: officer != ""}
	if officer != "" {
		v.Filter.ClearText, v.Filter.ClearHref = t.T("hearings.everybody"), officeHref(id)+"?from="+first.String()
	}
	v.Days = m.days(t, list, names)
	page := r.Page(v.Heading.Title + " · " + name)
	if page.Breadcrumbs = crumbs; len(crumbs) > 0 {
		page.Breadcrumbs[len(crumbs)-1].Href = desk.OfficeHref(id)
		page.Breadcrumbs = append(page.Breadcrumbs, ui.Crumb{Text: v.Heading.Title})
	}
	return r.Render(w, http.StatusOK, page, scheduleBody(v))
}

// days divides what is held by days.
func (m *room) days(t *web.Words, list []hearing.Hearing, names map[string]string) (out []dayView) {
	columns := []ui.Column{{Text: t.T("hearings.column.at"), Unbroken: true}, {Text: t.T("hearings.column.case")}, {Text: t.T("hearings.column.what")}, {Text: t.T("hearings.column.who")}}
	last := calendar.Date(-1 << 30)
	for i := range list {
		h := &list[i]
		if day := m.zone.Date(h.At); day != last {
			last = day
			out = append(out, dayView{ID: "day-" + day.String(), Title: t.LongDate(day), Table: ui.TableView{ID: "hearings-" + day.String(), Caption: t.LongDate(day), HideCaption: true, Columns: columns}})
		}
		lb, state := t.Law(h.Law), h.State
		if law := m.docket.Law(h.Law); law != nil {
			state = lb.State(law.KindName(0), h.State)
		}
		row := ui.Row{Cells: []ui.Cell{{Body: timeBody(m.clock(t, h.At), m.clock(t, h.Ends), web.Machine(m.zone, h.At)), Head: true}, {Text: h.Number, Href: Href(h.Proceeding), Note: t.Name(h.Title)},
			{Text: state, Note: lb.Act(h.Act)}, {Text: t.Name(names[h.Officer])}}}
		if h.Clash {
			row.Tone, row.Cells[3].Body = ui.Soon, clashBody(t.Name(names[h.Officer]), t.T("hearings.clash"))
		}
		d := &out[len(out)-1]
		d.Table.Rows = append(d.Table.Rows, row)
	}
	return out
}

// clock is the time of day of a moment.
func (m *room) clock(t *web.Words, at calendar.Moment) string {
	return strings.TrimPrefix(t.Moment(m.zone, at), t.Date(m.zone.Date(at))+" ")
}
