package statistics

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"

	"nazorat/internal/fact"
	"nazorat/internal/figures"
	"nazorat/internal/web"
)

// grid is an answer in words: what a page, a file and a chart show.
type grid struct {
	Title   string
	AsOf    [][2]string // what it was computed at, and what it is of: names and values
	RowsAre string      // what the rows are
	Columns []column
	Rows    []row
	Totals  []int64
	As      *figures.Answer
	Total   string
	Other   string // that some amounts are in no sum; "" for none
}

// column of figures. Key is the value of the part; Sum is the total of a row.
type column struct {
	Key, Label string
	Money, Sum bool
}

type row struct {
	Key, Label string
	Values     []int64
}

// grid puts an answer into words.
func (m *room) grid(r *web.Request, a *asked, as *figures.Answer) (*grid, error) {
	t := r.Words
	g := &grid{Title: m.title(t, a), Total: t.T("statistics.total"), RowsAre: m.partName(t, a.count, a.Rows), As: as}
	values, err := m.values(r, a, as)
	if err != nil {
		return nil, err
	}
	money := func(sum string) bool {
		for _, s := range a.count.Sums {
			if s.Name == sum {
				return s.Money
			}
		}
		return false
	}
	words := t.Law(a.Law)
	switch {
	case len(a.Sums) > 1 || len(a.Sums) == 1 && a.Columns == "":
		g.Columns = append(g.Columns, column{Label: t.T("statistics.how_many")})
		for _, sum := range a.Sums {
			g.Columns = append(g.Columns, column{Label: words.Field(a.count.Kind, sum), Money: money(sum)})
		}
	case a.Columns == "":
		g.Columns = append(g.Columns, column{Label: t.T("statistics.how_many")})
	default:
		of := len(a.Sums) == 1 && money(a.Sums[0])
		g.Columns = append(g.Columns, column{Label: t.T("statistics.total"), Money: of, Sum: true}) // first: of many columns the last are out of sight
		for _, key := range as.Columns {
			g.Columns = append(g.Columns, column{Key: key, Label: values(a.Columns, key), Money: of})
		}
	}
	g.Totals = make([]int64, len(g.Columns))
	for _, key := range as.Rows {
		line := row{Key: key, Label: values(a.Rows, key), Values: make([]int64, len(g.Columns))}
		for _, c := range as.Columns {
			a.fill(&line, g, as.Cells[[2]string{key, c}], c)
		}
		for i, n := range line.Values {
			g.Totals[i] += n
		}
		g.Rows = append(g.Rows, line)
	}
	g.AsOf = m.asOf(t, a, as, values)
	if as.Other > 0 {
		g.Other = t.T("statistics.other_currency", "n", as.Other)
	}
	return g, nil
}

// main is the column that charts and maps draw: the total, or the first of several sums.
func (g *grid) main() int {
	if g.Columns[0].Sum {
		return 0
	}
	return min(1, len(g.Columns)-1)
}

// fill puts a figure into its places of a line.
func (a *asked) fill(line *row, g *grid, cell figures.Cell, key string) {
	if a.Columns == "" {
		line.Values[0] += cell.N
		for i := range a.Sums {
			line.Values[1+i] += cell.Sums[i]
		}
		return
	}
	n := cell.N
	if len(a.Sums) == 1 {
		n = cell.Sums[0]
	}
	for i, c := range g.Columns {
		if c.Sum || c.Key == key {
			line.Values[i] += n
		}
	}
}

// title is the name of a standing table, or what is counted.
func (m *room) title(t *web.Words, a *asked) string {
	if table := m.g.Law(a.Law).Table(a.table); table != nil && table.Count == a.Count && table.Rows == a.Rows && table.Columns == a.Columns {
		return called(t, table.Called)
	}
	a.table = ""
	title := called(t, a.count.Called)
	if a.Columns != "" {
		return t.T("statistics.table.by_two", "what", title, "rows", m.partName(t, a.count, a.Rows), "columns", m.partName(t, a.count, a.Columns))
	}
	return t.T("statistics.table.by", "what", title, "rows", m.partName(t, a.count, a.Rows))
}

// called is a name that a law's file has in each language.
func called(t *web.Words, names map[string]string) string {
	if t.Lang == "uz-Cyrl" {
		return t.Name(names["uz"])
	}
	return names[t.Lang]
}

// asOf says what a table is of, and at what it was computed.
func (m *room) asOf(t *web.Words, a *asked, as *figures.Answer, values func(part, value string) string) (out [][2]string) {
	add := func(key, value string) { out = append(out, [2]string{t.T(key), value}) }
	if a.Office != "" {
		add("statistics.office", values("office", a.Office))
	}
	if a.From != 0 {
		add("statistics.from", t.Date(a.From))
	}
	if a.To != 0 {
		add("statistics.to", t.Date(a.To))
	}
	for _, part := range partsOf(a.count) {
		if value, asked := a.Where[part]; asked {
			out = append(out, [2]string{m.partName(t, a.count, part), values(part, value)})
		}
	}
	add("statistics.leaves", strconv.FormatInt(as.At, 10))
	add("statistics.root", as.Root.String())
	if as.Moment != 0 {
		add("statistics.moment", t.Moment(m.s.Zone, as.Moment))
	}
	return out
}

// partName is what a part is called.
func (m *room) partName(t *web.Words, c *figures.Count, part string) string {
	p := c.Part(part)
	if p == nil {
		return t.T("statistics.part." + part)
	}
	switch p.From {
	case figures.TheAct:
		return t.T("statistics.part.act")
	case figures.TheState:
		return t.T("statistics.part.state")
	case figures.TheTerm:
		return t.T("statistics.part.term")
	case figures.TheEnd:
		return t.T("statistics.part.kept")
	case figures.TheRole:
		return t.T("statistics.part.owed_by")
	}
	return t.Law(c.Law).Field(p.Words[0], p.Field)
}

// values gives what the values of parts are called. Officers' names are read at once.
func (m *room) values(r *web.Request, a *asked, as *figures.Answer) (func(part, value string) string, error) {
	t := r.Words
	var ids []string
	for part, list := range map[string][]string{a.Rows: as.Rows, a.Columns: as.Columns} {
		if m.ofOfficers(a.count, part) {
			ids = append(ids, list...)
		}
	}
	for part, value := range a.Where {
		if m.ofOfficers(a.count, part) {
			ids = append(ids, value)
		}
	}
	names, err := m.s.Directory.Names(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	return func(part, value string) string { return m.value(t, a.count, names, part, value) }, nil
}

func (m *room) ofOfficers(c *figures.Count, part string) bool {
	p := c.Part(part)
	return part == "officer" || p != nil && p.Type == fact.Officer
}

// value is what a value of a part is called.
func (m *room) value(t *web.Words, c *figures.Count, names map[string]string, part, value string) string {
	lb := t.Law(c.Law)
	if value == "" && part == "region" {
		return t.T("statistics.no_region")
	}
	if value == "" {
		return t.T("statistics.unsaid")
	}
	p := c.Part(part)
	switch {
	case part == "office" || p != nil && p.Type == fact.Office:
		if o := m.s.Directory.Tree().Office(value); o != nil {
			return t.Office(o)
		}
		return value
	case m.ofOfficers(c, part):
		if name := names[value]; name != "" {
			return t.Name(name)
		}
		return value
	case part == "region" || p != nil && p.Type == fact.Place:
		return lb.Place(value)
	case p == nil:
		return period(t, part, value)
	}
	switch p.From {
	case figures.TheAct:
		return lb.Act(value)
	case figures.TheState:
		return lb.State(c.Kind, value)
	case figures.TheTerm:
		return lb.Term(value)
	case figures.TheEnd:
		return t.T("statistics.kept." + value)
	case figures.TheRole:
		return t.Role(value)
	}
	switch p.Type {
	case fact.Choice:
		return lb.Choice(p.Words[0], p.Field, value)
	case fact.YesNo:
		return t.T("value." + value)
	}
	return lb.Article(value)
}

// period is a year, a quarter or a month in words.
func period(t *web.Words, part, value string) string {
	year, rest, _ := strings.Cut(value, "-")
	switch part {
	case "quarter":
		return t.T("statistics.quarter", "n", strings.TrimPrefix(rest, "Q"), "year", year)
	case "month":
		return rest + "." + year
	}
	return value
}

// plain is a figure as files have it: without anything between its digits.
func (c *column) plain(n int64) string {
	if !c.Money {
		return strconv.FormatInt(n, 10)
	}
	return fact.NumberOf(fact.Money, n).String()
}

// written is a figure as pages have it.
func (c *column) written(t *web.Words, n int64) string {
	if c.Money {
		return t.Amount(n)
	}
	return t.Number(n)
}

// lines are the grid as rows of texts, figures as in files; its head is at from.
func (g *grid) lines() (out [][]string, from int) {
	out = append(out, []string{g.Title})
	for _, as := range g.AsOf {
		out = append(out, []string{as[0], as[1]})
	}
	if g.Other != "" {
		out = append(out, []string{g.Other})
	}
	out = append(out, nil)
	from = len(out)
	head := []string{g.RowsAre}
	for i := range g.Columns {
		head = append(head, g.Columns[i].Label)
	}
	out = append(out, head)
	for _, r := range append(g.Rows, row{Label: g.Total, Values: g.Totals}) {
		line := []string{r.Label}
		for i, n := range r.Values {
			line = append(line, g.Columns[i].plain(n))
		}
		out = append(out, line)
	}
	return out, from
}

// csv is the grid as a file. The same question as of the same leaf gives the same bytes.
func (g *grid) csv() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff") // so that spreadsheets read it as UTF-8
	w := csv.NewWriter(&b)
	lines, from := g.lines()
	for n, line := range lines {
		for i := range line {
			if n <= from || i == 0 { // a label is none of ours alone: no spreadsheet takes it for a formula
				line[i] = guarded(line[i])
			}
		}
		if err := w.Write(line); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

func guarded(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r'", rune(s[0])) {
		return "'" + s
	}
	return s
}
