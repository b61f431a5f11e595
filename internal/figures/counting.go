package figures

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/fault"
	"nazorat/internal/lawtext"
)

// Who may count and not read is told less than who reads what he counts: standing tables alone, those that the law says; of all that he may count; of
// whole periods, as of their ends; and nothing of few. What he could ask otherwise, by days, offices and leaves of his choice, would tell
// by the difference of two answers what each of them holds back.

// countingFile stands beside the policies.
const countingFile = "policies/counting.yaml"

// Counting are the bounds of what is told to those who count without reading.
type Counting struct {
	Few   int64  // what fewer proceedings stand behind is held back; 0: nothing is told
	Every string // the periods: month, quarter or year
}

// mostFew is what nobody can mean.
const mostFew = 1000

func readCounting(s *lawtext.Source) (c Counting) {
	if !slices.Contains(s.Files("policies", ".yaml"), countingFile) {
		return c
	}
	top, ok := s.Read(countingFile)
	if !ok {
		return c
	}
	k := s.Keys(top, "few", "every")
	few, err := strconv.ParseInt(k["few"].Word(), 10, 64)
	if c.Few = few; err != nil || few < 2 || few > mostFew {
		s.Bad(k["few"].Or(top), "few is a number from 2 to %d", mostFew)
		c.Few = 0
	}
	periods := []string{"month", "quarter", "year"}
	c.Every = periods[s.OneOf(k["every"], "every", periods...)]
	return c
}

// CountsOnly reports whether an actor may count proceedings and read none: he is told standing tables, without what is told of few.
func (g *Register) CountsOnly(who access.Actor) bool {
	if g.counting.Few == 0 {
		return false
	}
	if _, reads := g.reader.CopiedQuery(who).Readable(); reads {
		return false
	}
	_, counts := g.reader.CountingQuery(who).Readable()
	return counts
}

// CountingRules are the bounds of what such an actor is told.
func (g *Register) CountingRules() Counting { return g.counting }

// All stands in the place of a row's or a column's value in what the whole column, row or table has.
const All = "*"

const (
	selectPeriods = `SELECT month FROM figures_month WHERE (month + 1) % $1 = 0 ORDER BY month DESC LIMIT 40`
	selectPeriod  = `SELECT leaf, ends FROM figures_month WHERE month = $1`
)

// Periods are those that are over, of which tables are told without reading, the newest first.
func (g *Register) Periods(ctx context.Context) (out []string, err error) {
	rows, err := g.db.Query(ctx, selectPeriods, everyMonths[g.counting.Every+"_end"])
	if err != nil {
		return nil, fmt.Errorf("read months: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var month int
		if err := rows.Scan(&month); err != nil {
			return nil, err
		}
		out = append(out, period(g.counting.Every, month))
	}
	return out, rows.Err()
}

// Standing is a standing table for an actor who counts without reading: of a period that is over, as of its end. Flows are what was entered by then of what was
// done in it, stocks what was there at its end. Of what the answer has no figure, held back is told by Back; sums are among the cells, under All.
func (g *Register) Standing(ctx context.Context, who access.Actor, law, table, of string) (*Answer, error) {
	none := fault.New(fault.NotFound, "fault.no_page", nil).Because(errQuestion)
	l := g.Law(law)
	if l == nil || g.counting.Few == 0 {
		return nil, none
	}
	t := l.Table(table)
	from, to, ok := months(g.counting.Every, of)
	if t == nil || !t.Counting || !ok {
		return nil, none
	}
	var leaf int64
	var ends calendar.Moment
	err := g.db.QueryRow(ctx, selectPeriod, to).Scan(&leaf, &ends)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.Invalid, "figures.not_over", map[string]any{"period": of})
	}
	if err != nil {
		return nil, fmt.Errorf("read months: %w", err)
	}
	q := Question{Law: law, Count: t.Count, Rows: t.Rows, Columns: t.Columns, At: leaf}
	if c := l.Count(t.Count); !c.Stock() {
		q.From, q.To = calendar.DateOf(from/12, from%12+1, 1), calendar.DateOf(to/12, to%12+2, 1)-1
	}
	by := g.asker(who, q)
	by.question = "without reading: " + by.question
	if a := g.answers.known(by, leaf, time.Now()); a != nil {
		return a, nil
	}
	start := time.Now()
	a, err := g.standing(ctx, who, q, ends)
	if err == nil {
		g.answers.keep(by, a, start, time.Since(start))
	}
	return a, err
}

func (g *Register) standing(ctx context.Context, who access.Actor, q Question, ends calendar.Moment) (*Answer, error) {
	out, err := g.asOf(ctx, q.At)
	if err != nil {
		return nil, err
	}
	out.Back = map[[2]string]bool{}
	a := &asked{g: g, c: g.Law(q.Law).Count(q.Count), q: &q, query: g.reader.CountingQuery(who)}
	from, some, err := a.from(ctx, ends)
	if err != nil || !some {
		return out, err
	}
	columns := "''"
	if q.Columns != "" {
		columns = a.folded(q.Columns)
	}
	// How many proceedings stand behind a figure is no sum of how many stand behind others.
	text := `WITH f AS (SELECT ` + a.folded(q.Rows) + ` AS r, ` + columns + ` AS c, w.no AS no, count(*) AS n` + from + ` GROUP BY 1, 2, 3)
SELECT 0, r, c, CAST(sum(n) AS BIGINT), count(DISTINCT no) FROM f GROUP BY r, c
UNION ALL SELECT 1, r, '', CAST(sum(n) AS BIGINT), count(DISTINCT no) FROM f GROUP BY r
UNION ALL SELECT 2, '', c, CAST(sum(n) AS BIGINT), count(DISTINCT no) FROM f GROUP BY c
UNION ALL SELECT 3, '', '', CAST(sum(n) AS BIGINT), count(DISTINCT no) FROM f HAVING count(*) > 0
LIMIT ` + strconv.Itoa(mostHeld+1)
	list, err := g.db.QueryMuch(ctx, text, a.query.Values()...)
	if err != nil {
		return nil, fmt.Errorf("count %s of %s without reading: %w", q.Count, q.Law, err)
	}
	defer list.Close()
	behind := map[[2]string]int64{}
	for list.Next() {
		var sum int
		var at [2]string
		var cell Cell
		var cases int64
		if err := list.Scan(&sum, &at[0], &at[1], &cell.N, &cases); err != nil {
			return nil, err
		}
		if sum == 0 {
			out.Rows, out.Columns = append(out.Rows, at[0]), append(out.Columns, at[1])
		}
		for i, is := range []bool{sum >= 2, sum == 1 || sum == 3} {
			if is {
				at[i] = All
			}
		}
		out.Cells[at], behind[at] = cell, cases
		if len(out.Cells) > mostHeld {
			return nil, fault.New(fault.Invalid, "figures.too_many", nil)
		}
	}
	if err := list.Err(); err != nil {
		return nil, err
	}
	out.Rows, out.Columns = a.ordered(q.Rows, out.Rows), a.ordered(q.Columns, out.Columns)
	out.holdBack(behind, g.counting.Few)
	return out, g.still(ctx, out.At)
}

// mostHeld bounds a table of which something is held back: what is, is reckoned for each of its figures.
const mostHeld = 4_000

// folded is the column of a part by what people ask for: of an office its region.
func (a *asked) folded(part string) string {
	if part != "region" {
		return a.c.column(part)
	}
	offices := map[string][]string{}
	var regions []string
	for _, o := range a.g.dir.Tree().Offices() {
		region := regionOf(o.Place)
		if region == "" {
			continue
		}
		regions = appendNew(regions, region)
		offices[region] = append(offices[region], o.ID)
	}
	if len(regions) == 0 {
		return "''"
	}
	var b strings.Builder
	b.WriteString("CASE")
	for _, region := range regions {
		b.WriteString(" WHEN w.office IN " + a.query.Args(offices[region]) + " THEN '" + strings.ReplaceAll(region, "'", "''") + "'")
	}
	b.WriteString(" ELSE '' END")
	return b.String()
}

// holdBack takes out of an answer what is told of few, and what would tell of that.
func (a *Answer) holdBack(behind map[[2]string]int64, few int64) {
	rows, columns := append(slices.Clone(a.Rows), All), append(slices.Clone(a.Columns), All)
	n, of := make([][]int64, len(rows)), make([][]bool, len(rows))
	for i, row := range rows {
		n[i], of[i] = make([]int64, len(columns)), make([]bool, len(columns))
		for j, column := range columns {
			at := [2]string{row, column}
			n[i][j], of[i][j] = a.Cells[at].N, behind[at] > 0 && behind[at] < few
		}
	}
	for i, hidden := range hold(n, of, few) {
		for j, is := range hidden {
			if is {
				at := [2]string{rows[i], columns[j]}
				a.Back[at] = true
				delete(a.Cells, at)
			}
		}
	}
}
