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
	fieldBelow   = "below"
	fieldWhere   = "w." // and a part

	unsaid = "-" // in an address: the part has no value
)

// room serves the pages.
type room struct {
	g *figures.Register
	s *web.Server
}

// Register adds the pages to a server.
func Register(s *web.Server, g *figures.Register) {
	m := &room{g: g, s: s}
	s.Handle("GET "+Href, m.home)
	s.Handle("GET "+tableHref, m.table)
	s.Handle("GET "+tableHref+".csv", m.csv)
	s.Handle("GET "+tableHref+".xlsx", m.xlsx)
	s.Handle("GET "+casesHref, m.cases)
}

// asked is what stands in the address.
type asked struct {
	figures.Question
	table    string
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
	a := &asked{table: q.Get(fieldTable), from: q.Get(fieldFrom), to: q.Get(fieldTo)}
	law := m.g.Law(q.Get(fieldLaw))
	if law == nil || law.Count(q.Get(fieldCount)) == nil {
		return nil, noPage(errors.New("law or count"))
	}
	a.count = law.Count(q.Get(fieldCount))
	a.Law, a.Count, a.Office = law.Name, a.count.Name, q.Get(fieldOffice)
	parts := partsOf(a.count)
	if a.Rows = q.Get(fieldRows); !slices.Contains(parts, a.Rows) {
		a.Rows = "office"
	}
	if a.Columns = q.Get(fieldColumns); !slices.Contains(parts, a.Columns) || a.Columns == a.Rows {
		a.Columns = ""
	}
	for _, sum := range q[fieldSum] {
		if slices.ContainsFunc(a.count.Sums, func(s figures.Sum) bool { return s.Name == sum }) && !slices.Contains(a.Sums, sum) {
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
	return a, nil
}

// partsOf are all by which the figures of a count can be told apart.
func partsOf(c *figures.Count) []string {
	var out []string
	for _, p := range c.Parts {
		out = append(out, p.Name)
	}
	return append(out, figures.Common...)
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
	all := map[string]string{fieldLaw: a.Law, fieldTable: a.table, fieldCount: a.Count, fieldRows: a.Rows, fieldColumns: a.Columns, fieldOffice: a.Office, fieldFrom: a.from, fieldTo: a.to}
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
	answer, err := m.g.Answer(r.Context(), r.Actor(), a.Question)
	if err != nil {
		return nil, err
	}
	if a.Rows == "officer" || a.Columns == "officer" || kind == look.Download {
		if err := r.LookedAtOfficers(kind, a.Office, len(answer.Rows)); err != nil {
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
	a, g, err := m.taken(r)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+a.file(".csv", g)+`"`)
	data, err := g.csv()
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

func (m *room) xlsx(w http.ResponseWriter, r *web.Request) error {
	a, g, err := m.taken(r)
	if err != nil {
		return err
	}
	data, err := g.xlsx()
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	h.Set("Content-Disposition", `attachment; filename="`+a.file(".xlsx", g)+`"`)
	_, err = w.Write(data)
	return err
}
