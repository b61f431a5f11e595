// Package statistics is the pages of figures: the register's standing tables, with a chart and, by region, a map; questions of one's own, by what is
// counted, rows, columns and filters; the cases behind each figure; and the same table as CSV and XLSX.
//
// What is counted, and for whom, is package figures' to say; this one puts it into words. Every table names the size and the root of the tree as of
// which it was computed; with that size in the address the same question has the same answer again.
//
// A table shows no case. What is behind a figure is a list of cases, and a look; so is a table by officers, and taking one away.
package statistics

import (
	"embed"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/figures"
	"nazorat/internal/look"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS

// Href is where the pages begin.
const Href = "/figures"

const (
	tableHref = Href + "/table"
	casesHref = Href + "/cases"
)

// Nav is the entry of the main navigation.
func Nav() web.NavItem { return web.NavItem{Key: "nav.figures", Href: Href} }

// Names of the fields, in the address.
const (
	fieldLaw     = "law"
	fieldTable   = "table" // a standing one: its name is the title as long as its rows and columns are asked for
	fieldCount   = "count"
	fieldSum     = "sum"
	fieldRows    = "rows"
	fieldColumns = "columns"
	fieldOffice  = "office"
	fieldFrom    = "from"
	fieldTo      = "to"
	fieldAt      = "at"
	fieldPeriod  = "period" // of those who count without reading
	fieldBelow   = "below"
	fieldWhere   = "w." // and a part

	unsaid = "-" // in an address: the part has no value
)

// room serves the pages.
type room struct {
	g     *figures.Register
	s     *web.Server
	words *Words
}

// Register adds the pages to a server.
func Register(s *web.Server, g *figures.Register) {
	m := &room{g: g, s: s, words: NewWords(s.Directory)}
	s.Handle("GET "+Href, m.home)
	s.Handle("GET "+tableHref, m.table)
	s.Handle("GET "+tableHref+".csv", m.csv)
	s.Handle("GET "+tableHref+".xlsx", m.xlsx)
	s.Handle("GET "+casesHref, m.cases)
}

// asked is what stands in the address.
type asked struct {
	figures.Question
	table    string // the standing one that is asked for just so; "" for a question of one's own
	period   string // of those who count without reading
	from, to string // as they were typed
	below    int64
	count    *figures.Count
	bad      []ui.FieldError
}

// noPage is answered to an address that no page of ours leads to.
func noPage(why error) error { return fault.New(fault.NotFound, "fault.no_page", nil).Because(why) }

// read reads the address. What one question has and another has not is left out: whoever chooses another thing to be counted need not clear the rest.
func (m *room) read(r *web.Request) (*asked, error) {
	q := r.URL.Query()
	if m.g.CountsOnly(r.Actor()) {
		return m.standing(r, q)
	}
	a := &asked{from: q.Get(fieldFrom), to: q.Get(fieldTo)}
	law := m.g.Law(q.Get(fieldLaw))
	if law == nil || law.Count(q.Get(fieldCount)) == nil {
		return nil, noPage(errors.New("law or count"))
	}
	a.count = law.Count(q.Get(fieldCount))
	a.Law, a.Count, a.Office = law.Name, a.count.Name, q.Get(fieldOffice)
	parts := a.count.PartNames()
	if a.Rows = q.Get(fieldRows); !slices.Contains(parts, a.Rows) {
		a.Rows = "office"
	}
	if a.Columns = q.Get(fieldColumns); !slices.Contains(parts, a.Columns) || a.Columns == a.Rows {
		a.Columns = ""
	}
	for _, sum := range q[fieldSum] {
		if a.count.Sum(sum) != nil && !slices.Contains(a.Sums, sum) {
			a.Sums = append(a.Sums, sum)
		}
	}
	if len(a.Sums) > 1 {
		a.Columns = ""
	}
	a.Where = map[string]string{}
	for _, part := range parts {
		switch value := q.Get(fieldWhere + part); value {
		case "":
		case unsaid:
			a.Where[part] = ""
		default:
			a.Where[part] = value
		}
	}
	if a.Office != "" && !m.s.Docket.MayList(r.Actor(), a.Office) {
		return nil, noPage(errors.New("office"))
	}
	var err1, err2 error
	a.At, err1 = number(q.Get(fieldAt))
	a.below, err2 = number(q.Get(fieldBelow))
	if err := errors.Join(err1, err2); err != nil {
		return nil, noPage(err)
	}
	a.From, a.To = m.day(r, a, fieldFrom, a.from), m.day(r, a, fieldTo, a.to)
	if t := law.Table(q.Get(fieldTable)); t != nil && t.Count == a.Count && t.Rows == a.Rows && t.Columns == a.Columns && slices.Equal(t.Sums, a.Sums) {
		a.table = t.Name
	}
	return a, nil
}

// standing reads what somebody asks who counts without reading: a table and a period.
func (m *room) standing(r *web.Request, q url.Values) (*asked, error) {
	law := m.g.Law(q.Get(fieldLaw))
	if law == nil || law.Table(q.Get(fieldTable)) == nil {
		return nil, noPage(errors.New("law or table"))
	}
	t := law.Table(q.Get(fieldTable))
	a := &asked{table: t.Name, period: q.Get(fieldPeriod), count: law.Count(t.Count)}
	a.Law, a.Count, a.Rows, a.Columns = law.Name, t.Count, t.Rows, t.Columns
	if a.period == "" {
		periods, err := m.g.Periods(r.Context())
		if err != nil {
			return nil, err
		}
		if len(periods) > 0 {
			a.period = periods[0]
		}
	}
	return a, nil
}

// day reads a date.
func (m *room) day(r *web.Request, a *asked, field, typed string) calendar.Date {
	if typed == "" {
		return 0
	}
	v, key := fact.Parse(fact.Date, typed, m.s.Zone)
	if key != "" {
		a.bad = append(a.bad, ui.FieldError{Field: field, Text: r.Words.T(key)})
		return 0
	}
	return calendar.Date(v.Num)
}

// number reads a whole number that is not negative; "" is 0.
func number(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(s, 10, 62)
	return int64(n), err
}

// address of a page of what is asked; change replaces some of it, "" takes away.
func (a *asked) address(page string, change map[string]string) string {
	q := url.Values{}
	all := map[string]string{fieldLaw: a.Law, fieldTable: a.table, fieldCount: a.Count, fieldRows: a.Rows, fieldColumns: a.Columns, fieldOffice: a.Office, fieldFrom: a.from, fieldTo: a.to, fieldPeriod: a.period}
	if a.At != 0 {
		all[fieldAt] = strconv.FormatInt(a.At, 10)
	}
	for part, value := range a.Where {
		all[fieldWhere+part] = said(value)
	}
	for name, value := range change {
		all[name] = value
	}
	for name, value := range all {
		if value != "" {
			q.Set(name, value)
		}
	}
	for _, sum := range a.Sums {
		q.Add(fieldSum, sum)
	}
	return page + "?" + q.Encode()
}

// said is the value of a part as an address has it.
func said(value string) string {
	if value == "" {
		return unsaid
	}
	return value
}

// answer asks, and records who looks at officers.
func (m *room) answer(r *web.Request, a *asked, kind string) (*grid, error) {
	var answer *figures.Answer
	var err error
	if m.g.CountsOnly(r.Actor()) {
		answer, err = m.g.Standing(r.Context(), r.Actor(), a.Law, a.table, a.period)
	} else {
		answer, err = m.g.Answer(r.Context(), r.Actor(), a.Question)
	}
	if err != nil {
		return nil, err
	}
	if n := Officers(a.count, &a.Question, answer); n > 0 || kind == look.Download {
		if err := r.LookedAtOfficers(kind, a.Office, max(n, len(answer.Rows))); err != nil {
			return nil, err
		}
	}
	return m.grid(r, a, answer)
}

// taken asks for a table that is taken away.
func (m *room) taken(r *web.Request) (*asked, *grid, error) {
	a, err := m.read(r)
	if err != nil {
		return nil, nil, err
	}
	if len(a.bad) > 0 {
		return nil, nil, noPage(errors.New("dates"))
	}
	if refused := m.mayTake(r, a); refused != nil {
		return nil, nil, refused
	}
	g, err := m.answer(r, a, look.Download)
	return a, g, err
}

// mayTake reports why the officer may not take a table away; nil if he may. One of all that he may see is of his own office.
func (m *room) mayTake(r *web.Request, a *asked) *fault.Error {
	office := a.Office
	if office == "" {
		office = r.Actor().Office
	}
	return m.s.Docket.MayTakeFigures(r.Actor(), office)
}

// file is the name of a file with what is asked.
func (a *asked) file(ending string, g *grid) string {
	name := a.table
	if name == "" {
		name = a.Count
	}
	return strings.ReplaceAll(name, "_", "-") + "-" + strconv.FormatInt(g.As.At, 10) + ending
}

func (m *room) csv(w http.ResponseWriter, r *web.Request) error {
	return m.take(w, r, ".csv", "text/csv; charset=utf-8", (*grid).csv)
}

func (m *room) xlsx(w http.ResponseWriter, r *web.Request) error {
	return m.take(w, r, ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (*grid).xlsx)
}

// take gives a table out as a file.
func (m *room) take(w http.ResponseWriter, r *web.Request, ending, kind string, as func(*grid) ([]byte, error)) error {
	a, g, err := m.taken(r)
	if err != nil {
		return err
	}
	data, err := as(g)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+a.file(ending, g)+`"`)
	_, err = w.Write(data)
	return err
}
