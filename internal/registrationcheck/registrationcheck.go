// Package registrationcheck is the page with which the monthly check of how reports of crimes are registered is prepared: those that were undecided at the end of a month,
// those decided late, those refused more than once, and those that wait in no list; and from there the act by which the check is recorded.
//
// What is looked for, and which act of which law the check is, stands beside a law (monthly.yaml). The page decides and changes nothing; it owns no table.
// It shows what its reader may read, and each line leads to its case.
package registrationcheck

import (
	"embed"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/desk"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS

const (
	fieldMonth = "month" // "2026-02"
	mostRows   = 200     // of each list
	mostChecks = 50
)

type room struct {
	docket *docket.Docket
	dir    *directory.Directory
	zone   *calendar.Zone
	desk   *desk.Desk
	rules  *rules
}

// Register adds the page to a server, and the way to it to the boards of offices. It errs where a law's monthly.yaml is at fault.
func Register(s *web.Server, d *desk.Desk, laws fs.FS) error {
	var applied []*procedure.Law
	for _, name := range s.Docket.Laws() {
		applied = append(applied, s.Docket.Law(name))
	}
	r, err := readRules(laws, applied)
	if err != nil {
		return errOf(err)
	}
	m := &room{docket: s.Docket, dir: s.Directory, zone: s.Zone, desk: d, rules: r}
	s.Handle("GET /offices/{office}/month", m.page)
	d.LeadsTo(m.link)
	return nil
}

// href is the page of an office; month is "" for the one that runs.
func href(office, month string) string {
	at := desk.OfficeHref(office) + "/month"
	if month != "" {
		at += "?" + fieldMonth + "=" + month
	}
	return at
}

// has reports whether an office has such a page.
func (m *room) has(office string) bool {
	o := m.dir.Tree().Office(office)
	return m.rules != nil && o != nil && slices.Contains(m.rules.kinds, o.Kind)
}

func (m *room) link(r *web.Request, office string) (text, at string) {
	if !m.has(office) {
		return "", ""
	}
	return r.Words.T("monthly.title"), href(office, "")
}

// month is one, as it is asked for.
type month struct {
	first    calendar.Date // its first day
	from, to calendar.Moment
	runs     bool // it is not over
}

func (x month) String() string { return x.first.String()[:7] }

// monthOf reads a month; "" is the one that runs. NotFound for one that is none, or has not begun.
func (m *room) monthOf(text string) (month, error) {
	now := m.docket.Now()
	today := m.zone.Date(now)
	y, mo, _ := today.Civil()
	first := calendar.DateOf(y, mo, 1)
	if text != "" {
		d, err := calendar.ParseDate(text + "-01")
		if err != nil || d > first {
			return month{}, fault.New(fault.NotFound, "fault.no_page", nil)
		}
		first = d
	}
	x := month{first: first, from: m.zone.Moment(first, 0), to: m.zone.Moment(first.AddMonths(1), 0)}
	if x.to > now {
		x.to, x.runs = now, true
	}
	return x, nil
}

type pageView struct {
	Heading ui.HeadingView
	Board   link
	Note    string
	Figures []ui.SummaryRow
	ChecksAre,
	ChecksNone string
	Checks []link
	Begin  *ui.ButtonView
	Lists  []listView
	More   string
	Pages  ui.PaginationView
}

type listView struct {
	ID, Title, Lead string
	Table           ui.TableView
}

type link struct{ Text, Href, Note string }

// page: what there is to be looked at of a month.
func (m *room) page(w http.ResponseWriter, r *web.Request) error {
	id, name, crumbs, err := m.desk.Office(r)
	if err != nil {
		return err
	}
	if !m.has(id) {
		return fault.New(fault.NotFound, "fault.no_page", nil)
	}
	x, err := m.monthOf(r.URL.Query().Get(fieldMonth))
	if err != nil {
		return err
	}
	found, err := m.docket.Month(r.Context(), r.Actor(), proceedings.MonthAsked{Law: m.rules.law.Name, Office: id, From: x.from, To: x.to, Terms: m.rules.terms,
		Acts: slices.Concat(m.rules.registered, m.rules.decided), Again: m.rules.again, Waiting: m.rules.waiting, Limit: mostRows})
	if err != nil {
		return err
	}
	t := r.Words
	v := pageView{Heading: ui.HeadingView{Caption: name, Title: t.T("monthly.title"), Lead: t.T("monthly.lead", "article", t.Law(m.rules.law.Name).Article(m.rules.article))},
		Board: link{Text: t.T("nav.board"), Href: desk.OfficeHref(id)}, Note: t.T("monthly.of", "month", words(t, x.first))}
	if x.runs {
		v.Note = t.T("monthly.of_now", "month", words(t, x.first), "when", t.Moment(m.zone, x.to))
	} else {
		next := x.first.AddMonths(1)
		v.Pages.NewerHref, v.Pages.NewerText = href(id, next.String()[:7]), words(t, next)
	}
	before := x.first.AddMonths(-1)
	v.Pages.OlderHref, v.Pages.OlderText = href(id, before.String()[:7]), words(t, before)
	registered, decided := sum(found.Done, m.rules.registered), sum(found.Done, m.rules.decided)
	v.Figures = []ui.SummaryRow{{Key: t.T("monthly.registered"), Text: t.Number(registered)}, {Key: t.T("monthly.decided"), Text: t.Number(decided)}}
	if found.Undecided.More || found.Late.More || found.Again.More || found.Waiting.More {
		v.More = t.T("monthly.more", "n", mostRows)
	}
	if v.Lists, err = m.lists(r, found, x.to); err != nil {
		return err
	}
	if err := m.checks(r, id, map[string]string{fillFrom: x.first.String(), fillTo: m.zone.Date(x.to - 1).String(), fillRegistered: strconv.FormatInt(registered, 10), fillDecided: strconv.FormatInt(decided, 10)}, &v); err != nil {
		return err
	}
	if err := r.LookedAtList(id, len(found.Undecided.Rows)+len(found.Late.Rows)+len(found.Again.Rows)+len(found.Waiting.Rows)+len(v.Checks)); err != nil {
		return err
	}
	page := r.Page(v.Heading.Title + " · " + name)
	if page.Breadcrumbs = crumbs; len(crumbs) > 0 {
		page.Breadcrumbs[len(crumbs)-1].Href = desk.OfficeHref(id)
		page.Breadcrumbs = append(page.Breadcrumbs, ui.Crumb{Text: v.Heading.Title})
	}
	return r.Render(w, http.StatusOK, page, body(v))
}

func sum(done map[string]int64, acts []string) (n int64) {
	for _, act := range acts {
		n += done[act]
	}
	return n
}

// words are the name of a month with its year.
func words(t *web.Words, first calendar.Date) string {
	y, mo, _ := first.Civil()
	return desk.MonthName(t, y, mo)
}

// howMany says how long a list is: of one that was cut off that there is more.
func howMany(list proceedings.MonthList) string {
	if list.More {
		return strconv.Itoa(len(list.Rows)) + "+"
	}
	return strconv.Itoa(len(list.Rows))
}

// lists put what was found into words; to is the end of the month.
func (m *room) lists(r *web.Request, found *proceedings.Month, to calendar.Moment) (out []listView, _ error) {
	t, lb := r.Words, r.Words.Law(m.rules.law.Name)
	var ids []string
	for _, list := range []proceedings.MonthList{found.Undecided, found.Late, found.Again, found.Waiting} {
		for i := range list.Rows {
			ids = append(ids, list.Rows[i].InCharge)
		}
	}
	names, err := m.dir.Names(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	root := m.rules.law.KindName(0)
	table := func(name string, list proceedings.MonthList, columns []string, cells func(*proceedings.MonthRow) []ui.Cell, tone func(*proceedings.MonthRow) ui.DeadlineTone) {
		v := listView{ID: name, Title: t.T("monthly."+name, "n", howMany(list)), Lead: t.T("monthly." + name + "_lead")}
		v.Table = ui.TableView{ID: name + "-table", Caption: v.Title, HideCaption: true, Empty: t.T("monthly.none"), Columns: []ui.Column{{Text: t.T("monthly.column.case"), Unbroken: true}, {Text: t.T("monthly.column.whose")}, {Text: t.T("monthly.column.stage")}}}
		for _, c := range columns {
			v.Table.Columns = append(v.Table.Columns, ui.Column{Text: t.T("monthly.column." + c)})
		}
		for i := range list.Rows {
			x := &list.Rows[i]
			who := ui.Cell{Text: t.Name(names[x.InCharge]), Note: t.Office(m.dir.Tree().Office(x.Office))}
			if x.InCharge == "" {
				who.Text = t.T("monthly.nobody")
			}
			row := ui.Row{Cells: append([]ui.Cell{{Text: x.Number, Href: desk.ProceedingHref(x.ID), Head: true}, who, {Text: lb.State(root, x.Stage)}}, cells(x)...)}
			if tone != nil {
				row.Tone = tone(x)
			}
			v.Table.Rows = append(v.Table.Rows, row)
		}
		out = append(out, v)
	}
	term := func(x *proceedings.MonthRow) ui.Cell {
		return ui.Cell{Text: lb.Term(x.Term), Href: desk.DeadlineHref(&proceedings.Deadline{Proceeding: x.ID, No: x.No})}
	}
	table("undecided", found.Undecided, []string{"term", "due"}, func(x *proceedings.MonthRow) []ui.Cell {
		due := ui.Cell{Text: t.Moment(m.zone, x.Due)}
		if x.Due < to {
			due.Note = t.T("monthly.over")
		}
		return []ui.Cell{term(x), due}
	}, func(x *proceedings.MonthRow) ui.DeadlineTone {
		if x.Due < to {
			return ui.Late
		}
		return ui.OnTime
	})
	table("late", found.Late, []string{"term", "due", "done"}, func(x *proceedings.MonthRow) []ui.Cell {
		return []ui.Cell{term(x), {Text: t.Moment(m.zone, x.Due)}, {Text: t.Moment(m.zone, x.Done)}}
	}, nil)
	table("again", found.Again, []string{"times", "last"}, func(x *proceedings.MonthRow) []ui.Cell {
		return []ui.Cell{{Text: strconv.Itoa(x.Times)}, {Text: t.Moment(m.zone, x.Done)}}
	}, nil)
	table("waiting", found.Waiting, nil, func(*proceedings.MonthRow) []ui.Cell { return nil }, nil)
	return out, nil
}

// checks lead to the checks that the office owes, with what is known of the month filled in; or to the beginning of one.
func (m *room) checks(r *web.Request, office string, known map[string]string, v *pageView) error {
	c, t := m.rules.check, r.Words
	if c == nil {
		return nil
	}
	list, err := m.docket.RunningAt(r.Context(), r.Actor(), c.law.Name, c.term, office, mostChecks)
	if err != nil {
		return err
	}
	fills := url.Values{}
	for field, what := range c.fills {
		fills.Set("f."+field, known[what])
	}
	lb := t.Law(c.law.Name)
	for _, p := range list {
		at := desk.ActHref(p.ID, c.act, 0, "")
		join := "?"
		if strings.Contains(at, "?") {
			join = "&"
		}
		v.Checks = append(v.Checks, link{Text: p.Title, Href: at + join + fills.Encode(), Note: t.T("monthly.check_due", "number", p.Number, "when", t.Moment(m.zone, p.NextDue))})
	}
	rule := c.law.At(m.docket.Now()).Act(c.begin)
	begins := rule != nil && rule.Role(r.Actor().Role)
	if len(v.Checks) == 0 && !begins {
		return nil
	}
	v.ChecksAre = lb.Act(c.act)
	if len(v.Checks) == 0 {
		v.ChecksNone = t.T("monthly.no_checks")
	}
	if begins {
		v.Begin = &ui.ButtonView{Text: lb.Act(c.begin), Href: "/open/" + c.begin + "?law=" + url.QueryEscape(c.law.Name), Kind: ui.Secondary}
	}
	return nil
}
