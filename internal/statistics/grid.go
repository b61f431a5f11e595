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
	Total   *row // what the rows are together; nil where that says nothing
	As      *figures.Answer
	Notes   []string
}

// column of figures. Key is the value of the part; Sum is the total of a row.
type column struct {
	Key, Label string
	Money, Sum bool
}

type row struct {
	Key, Label string
	Values     []int64
	Back       []bool // held back; nil where nothing is
}

// back reports whether a figure of a line is held back.
func (r *row) back(i int) bool { return r.Back != nil && r.Back[i] }

// heldBack stands in the place of a figure that is.
const heldBack = "…"

// grid puts an answer into words.
func (m *room) grid(r *web.Request, a *asked, as *figures.Answer) (*grid, error) {
	t := r.Words
	g := &grid{Title: m.title(t, a), RowsAre: m.words.Part(t, a.count, a.Rows), As: as}
	names, err := m.words.Names(r.Context(), a.count, &a.Question, as)
	if err != nil {
		return nil, err
	}
	values := func(part, value string) string { return m.words.Value(t, a.count, names, part, value) }
	money := func(sum string) bool { return a.count.Sum(sum).Money }
	switch {
	case a.Columns == "":
		g.Columns = append(g.Columns, column{Label: t.T("statistics.how_many")})
		for _, sum := range a.Sums {
			g.Columns = append(g.Columns, column{Label: m.words.Sum(t, a.count, sum), Money: money(sum)})
		}
	default:
		of := len(a.Sums) == 1 && money(a.Sums[0])
		if !figures.IsEnd(a.Columns) { // what was there at several moments is not there together
			g.Columns = append(g.Columns, column{Label: t.T("statistics.total"), Money: of, Sum: true}) // first: of many columns the last are out of sight
		}
		for _, key := range as.Columns {
			g.Columns = append(g.Columns, column{Key: key, Label: values(a.Columns, key), Money: of})
		}
	}
	if !figures.IsEnd(a.Rows) {
		g.Total = &row{Key: figures.All, Label: t.T("statistics.total"), Values: make([]int64, len(g.Columns))}
	}
	for _, key := range as.Rows {
		line := row{Key: key, Label: values(a.Rows, key), Values: make([]int64, len(g.Columns))}
		for _, c := range as.Columns {
			a.fill(&line, g, as.Cells[[2]string{key, c}], c)
		}
		if g.Total != nil {
			for i, n := range line.Values {
				g.Total.Values[i] += n
			}
		}
		g.Rows = append(g.Rows, line)
	}
	g.AsOf = m.asOf(t, a, as, values)
	if as.Back != nil {
		g.holdBack()
		g.Notes = append(g.Notes, t.T("statistics.held_back", "few", m.g.CountingRules().Few))
	}
	if as.Other > 0 {
		g.Notes = append(g.Notes, t.T("statistics.other_currency", "n", as.Other))
	}
	return g, nil
}

// holdBack takes sums from the answer, which are no sums of what is told, and marks what is held back.
func (g *grid) holdBack() {
	for _, line := range append(pointers(g.Rows), g.Total) {
		line.Back = make([]bool, len(g.Columns))
		for i := range g.Columns {
			at := [2]string{line.Key, g.Columns[i].Key}
			if g.Columns[i].Sum {
				at[1] = figures.All
			}
			line.Values[i], line.Back[i] = g.As.Cells[at].N, g.As.Back[at]
		}
	}
}

func pointers(rows []row) (out []*row) {
	for i := range rows {
		out = append(out, &rows[i])
	}
	return out
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
	if a.table != "" {
		return Called(t, m.g.Law(a.Law).Table(a.table).Called)
	}
	title := Called(t, a.count.Called)
	if a.Columns != "" {
		return t.T("statistics.table.by_two", "what", title, "rows", m.words.Part(t, a.count, a.Rows), "columns", m.words.Part(t, a.count, a.Columns))
	}
	return t.T("statistics.table.by", "what", title, "rows", m.words.Part(t, a.count, a.Rows))
}

// asOf says what a table is of, and at what it was computed.
func (m *room) asOf(t *web.Words, a *asked, as *figures.Answer, values func(part, value string) string) (out [][2]string) {
	add := func(key, value string) { out = append(out, [2]string{t.T(key), value}) }
	if a.Office != "" {
		add("statistics.office", values("office", a.Office))
	}
	if a.period != "" {
		add("statistics.period", period(t, m.g.CountingRules().Every, a.period))
	}
	if a.From != 0 {
		add("statistics.from", t.Date(a.From))
	}
	if a.To != 0 {
		add("statistics.to", t.Date(a.To))
	}
	for _, part := range a.count.PartNames() {
		if value, asked := a.Where[part]; asked {
			out = append(out, [2]string{m.words.Part(t, a.count, part), values(part, value)})
		}
	}
	add("statistics.leaves", strconv.FormatInt(as.At, 10))
	add("statistics.root", as.Root.String())
	if as.Moment != 0 {
		add("statistics.moment", t.Moment(m.s.Zone, as.Moment))
	}
	return out
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
	for _, note := range g.Notes {
		out = append(out, []string{note})
	}
	out = append(out, nil)
	from = len(out)
	head := []string{g.RowsAre}
	for i := range g.Columns {
		head = append(head, g.Columns[i].Label)
	}
	out = append(out, head)
	all := pointers(g.Rows)
	if g.Total != nil {
		all = append(all, g.Total)
	}
	for _, r := range all {
		line := []string{r.Label}
		for i, n := range r.Values {
			if r.back(i) {
				line = append(line, heldBack)
				continue
			}
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
