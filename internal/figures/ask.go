package figures

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fault"
	"nazorat/internal/follow"
	"nazorat/internal/journal"
	"nazorat/internal/proceedings"
)

// Question is what is asked. What is "" or 0 is any.
type Question struct {
	Law, Count    string
	Sums          []string          // amounts to be added up, side by side in the place of columns where there are several; none: it is counted how many there are
	Rows, Columns string            // parts; Columns may be ""
	Where         map[string]string // values of parts that are meant alone
	Office        string            // and those below it, with what they supervise
	From, To      calendar.Date     // days on which something was done, came into its state or ended, both included
	At            int64             // size of the tree as of which it is asked; 0: the newest that is followed
}

// Answer is what was counted.
type Answer struct {
	At     int64           // size of the tree
	Root   journal.Hash    // of the tree of that size
	Moment calendar.Moment // when the last of its entries was recorded: what is overdue is so then
	Lag    follow.Lag

	Rows, Columns []string // values of the parts, in order; one "" where there are no columns
	Cells         map[[2]string]Cell
	Other         int64 // how many have amounts in another currency, which are in no sum

	// Back is what is held back from somebody who counts without reading: see Standing. nil for those who read.
	Back map[[2]string]bool
}

// Cell is one figure: how many there are, and the sums that were asked for.
type Cell struct {
	N    int64
	Sums [mostSums]int64
}

// Bounds of an answer.
const (
	mostGroups = 20_000
	mostLines  = 2_000
)

var (
	errQuestion = errors.New("no such question")
	selectLast  = `SELECT recorded FROM entry WHERE leaf < $1 ORDER BY leaf DESC LIMIT 1`
)

// column of a part, as a query has it; "" for none that the count has.
func (c *Count) column(part string) string {
	switch part {
	case "office", "region":
		return "w.office"
	case "officer":
		return "w.officer"
	case "month", "quarter", "year":
		return "w.month"
	}
	if c.Stock() && IsEnd(part) {
		return "m.month"
	}
	p := c.Part(part)
	switch {
	case p == nil:
		return ""
	case p.From == TheEnd:
		return `CASE w.state WHEN 'met' THEN 'kept' WHEN 'late' THEN 'late' ELSE 'overdue' END`
	}
	return "w." + p.column
}

// Asks reports what is wrong with a question; nil for nothing.
func (g *Register) Asks(q *Question) error {
	l := g.Law(q.Law)
	if l == nil || l.Count(q.Count) == nil || q.At < 0 {
		return fault.New(fault.NotFound, "fault.no_page", nil).Because(errQuestion)
	}
	c := l.Count(q.Count)
	ok := c.column(q.Rows) != "" && (q.Columns == "" || c.column(q.Columns) != "" && q.Columns != q.Rows && len(q.Sums) < 2) && len(q.Sums) <= mostSums
	for part, value := range q.Where {
		ok = ok && c.column(part) != "" && db.Storable(value) // what nothing can have is no figure of ours
	}
	for _, sum := range q.Sums {
		ok = ok && c.Sum(sum) != nil
	}
	if !ok || q.Office != "" && g.dir.Tree().Office(q.Office) == nil {
		return fault.New(fault.NotFound, "fault.no_page", nil).Because(errQuestion)
	}
	return nil
}

// asked is a question under way.
type asked struct {
	g     *Register
	c     *Count
	q     *Question
	query *proceedings.Query
	at    string // the size of the tree as of which a row counts: one for all, or that of the end of a month
	ends  bool   // the ends of months are asked for
}

// Answer counts what the asker may read, as of the size that is asked for. Invalid where that is larger than what is followed. The answer is shared:
// nobody changes it. As of the newest leaves an answer that took long is given again for a while, and says as of which they were.
func (g *Register) Answer(ctx context.Context, who access.Actor, q Question) (*Answer, error) {
	if err := g.Asks(&q); err != nil {
		return nil, err
	}
	of := g.asker(who, q)
	if a := g.answers.known(of, q.At, time.Now()); a != nil {
		return a, nil
	}
	start := time.Now()
	a, err := g.count(ctx, who, q)
	if err == nil {
		g.answers.keep(of, a, start, time.Since(start))
	}
	return a, err
}

// count answers a question that nobody has the answer of.
func (g *Register) count(ctx context.Context, who access.Actor, q Question) (*Answer, error) {
	out, err := g.asOf(ctx, q.At)
	if err != nil {
		return nil, err
	}
	q.At = out.At
	a := &asked{g: g, c: g.Law(q.Law).Count(q.Count), q: &q, query: g.reader.CopiedQuery(who)}
	rows := a.c.column(q.Rows)
	columns := "''"
	if q.Columns != "" {
		columns = a.c.column(q.Columns)
	}
	sums := ""
	for i := range a.c.kept() { // in halves: many amounts are more than the databases add up
		sums += fmt.Sprintf(`, coalesce(CAST(sum(w.n%d / 1000000000) AS BIGINT), 0), coalesce(CAST(sum(w.n%d %% 1000000000) AS BIGINT), 0)`, i+1, i+1)
	}
	from, some, err := a.from(ctx, out.Moment)
	if err != nil || !some {
		return out, err
	}
	text := `SELECT ` + rows + `, ` + columns + `, count(*), count(CASE WHEN w.other <> 0 THEN 1 END)` + sums + from + ` GROUP BY 1, 2 LIMIT ` + strconv.Itoa(mostGroups+1)
	list, err := g.db.QueryMuch(ctx, text, a.query.Values()...)
	if err != nil {
		return nil, fmt.Errorf("count %s of %s: %w", q.Count, q.Law, err)
	}
	defer list.Close()
	if err := a.scan(list, out); err != nil {
		return nil, err
	}
	return out, g.still(ctx, out.At)
}

// still errs where the register is no longer as far as it was when a question was begun: it is being written anew, and what was counted may be a part.
func (g *Register) still(ctx context.Context, at int64) error {
	lag, err := g.Lag(ctx)
	if err == nil && (lag.Emptying || lag.Next < at) {
		err = fault.New(fault.Invalid, "figures.not_yet", map[string]any{"at": at, "next": int64(0)})
	}
	return err
}

// asOf finds out as of which size an answer is.
func (g *Register) asOf(ctx context.Context, at int64) (*Answer, error) {
	out := &Answer{At: at, Cells: map[[2]string]Cell{}}
	var err error
	if out.Lag, err = g.Lag(ctx); err != nil {
		return nil, err
	}
	done := out.Lag.Next
	if out.Lag.Emptying {
		done = 0
	}
	switch {
	case at > done:
		return nil, fault.New(fault.Invalid, "figures.not_yet", map[string]any{"at": at, "next": done})
	case at == 0:
		out.At = done
	}
	if out.At == 0 {
		return out, nil
	}
	if out.Root, err = g.tree.Root(ctx, out.At); err != nil {
		return nil, err
	}
	err = g.db.QueryRow(ctx, selectLast, out.At).Scan(&out.Moment)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("read the last entry: %w", err)
	}
	return out, nil
}

const selectCount = `SELECT id FROM figures_count WHERE law = $1 AND name = $2`

// from is the rest of a query for what is asked: some is false where there can be nothing.
func (a *asked) from(ctx context.Context, moment calendar.Moment) (text string, some bool, err error) {
	var id int64
	err = a.g.db.QueryRow(ctx, selectCount, a.c.Law, a.c.Name).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("read counts: %w", err)
	}
	sources, err := a.g.sources(ctx)
	if err != nil {
		return "", false, err
	}
	q := a.query
	a.at = q.Arg(a.q.At)
	text = ` FROM figures_fact w`
	over := func() string { return q.Arg(moment) } // what is due before that is
	where := ""
	if a.endsAsked() {
		if where, err = a.monthsOver(moment); err != nil {
			return "", false, err
		}
		over = func() string { return "m.ends" }
		a.at, text = "m.leaf", ` FROM figures_month m JOIN figures_fact w ON w.since < m.leaf AND w.until >= m.leaf`
	}
	count := `w.count`
	if _, few := a.offices(); few {
		count = `+w.count` // by the offices, which are few, and not by the count, which is long
	}
	where = ` WHERE ` + count + ` = ` + q.Arg(id) + where + ` AND w.since < ` + a.at + ` AND w.until >= ` + a.at
	seen, asks := sources.Seen(q, "w", "w.did = ?", "p.shown = 1")
	where += seen
	where += a.filters(over)
	read, some := q.Readable()
	if asks || read != "" {
		text += ` JOIN figures_case p ON p.no = w.no AND p.since < ` + a.at + ` AND p.until >= ` + a.at
	}
	return text + where + read, some, nil
}

// filters are the conditions that the question names.
func (a *asked) filters(over func() string) (text string) {
	q, c := a.query, a.c
	if len(c.While) > 0 {
		text += ` AND w.state IN ` + q.Args(c.While)
	}
	switch {
	case c.Open:
		text += ` AND w.state = 'running' AND w.due < ` + over()
	case c.Of == Terms:
		text += ` AND (w.state IN ('met', 'late') OR w.state = 'running' AND w.due < ` + over() + `)`
	}
	if a.q.From != 0 && !a.ends {
		text += ` AND w.day >= ` + q.Arg(int64(a.q.From))
	}
	if a.q.To != 0 && !a.ends {
		text += ` AND w.day <= ` + q.Arg(int64(a.q.To))
	}
	if offices, few := a.offices(); offices != nil {
		column := `w.office`
		if !few { // what holds is read in one go, not by an index for each
			column = `w.office || ''`
		}
		text += ` AND ` + column + ` IN ` + q.Args(offices)
	}
	for _, part := range slices.Sorted(maps.Keys(a.q.Where)) {
		text += a.is(part, a.q.Where[part])
	}
	return text
}

// Bounds of the ends of periods: so many are told where the question names no first day, and may be asked for.
const (
	fewEnds  = 12
	mostEnds = 60
)

// months that an end of a period is of.
var everyMonths = map[string]int64{"month_end": 1, "quarter_end": 3, "year_end": 12}

// endsAsked reports whether what was there at the ends of periods is asked for.
func (a *asked) endsAsked() bool {
	a.ends = IsEnd(a.q.Rows) || IsEnd(a.q.Columns)
	for part := range a.q.Where {
		a.ends = a.ends || IsEnd(part)
	}
	return a.ends
}

// monthsOver is the condition that a month is over as of the size of the question, ends such a period, and lies within its days.
func (a *asked) monthsOver(moment calendar.Moment) (text string, err error) {
	q := a.query
	over := ` AND m.leaf < ` + a.at
	every := int64(1)
	named := false
	for _, part := range append([]string{a.q.Rows, a.q.Columns}, slices.Sorted(maps.Keys(a.q.Where))...) {
		every = max(every, everyMonths[part])
		_, is := a.q.Where[part]
		named = named || is && IsEnd(part)
	}
	if every > 1 {
		over += ` AND (m.month + 1) % ` + strconv.FormatInt(every, 10) + ` = 0`
	}
	last := monthOf(a.g.reader.Zone().Date(moment))
	if a.q.To != 0 {
		last = monthOf(a.q.To)
		if next := a.q.To + 1; monthOf(next) == last { // the month is not over by that day
			last--
		}
		over += ` AND m.month <= ` + q.Arg(last)
	}
	switch {
	case a.q.From != 0 && (last-monthOf(a.q.From))/every >= mostEnds:
		return "", fault.New(fault.Invalid, "figures.too_many", nil)
	case a.q.From != 0:
		over += ` AND m.month >= ` + q.Arg(monthOf(a.q.From))
	case !named:
		over += ` AND m.month > ` + q.Arg(last-fewEnds*every)
	}
	return over, nil
}

// is is the condition that a part has a value.
func (a *asked) is(part, value string) string {
	q := a.query
	switch part {
	case "region":
		return ` AND w.office IN ` + q.Args(a.g.inRegion(value))
	case "month", "quarter", "year":
		from, to, ok := months(part, value)
		if !ok {
			return ` AND 1 = 0`
		}
		return ` AND w.month >= ` + q.Arg(from) + ` AND w.month <= ` + q.Arg(to)
	case "month_end", "quarter_end", "year_end":
		_, to, ok := months(strings.TrimSuffix(part, "_end"), value)
		if !ok {
			return ` AND 1 = 0`
		}
		return ` AND m.month = ` + q.Arg(to)
	}
	return ` AND ` + a.c.column(part) + ` = ` + q.Arg(value)
}

// offices are those that the question names, nil for all; few of them, or most that there are.
func (a *asked) offices() (list []string, few bool) {
	if a.q.Office == "" {
		return nil, false
	}
	list = a.g.Offices(a.q.Office)
	all := len(a.g.dir.Tree().Offices())
	if len(list) == all {
		return nil, false
	}
	return list, 2*len(list) < all
}

// Offices are an office and those below it, and the offices that they supervise: as the lists of an office have them.
func (g *Register) Offices(office string) (out []string) {
	tree := g.dir.Tree()
	for _, id := range tree.Under(office) {
		out = appendNew(out, id)
		if tree.Supervises(id) {
			for _, served := range tree.Serves(id) {
				if tree.Supervisor(served) == id {
					out = appendNew(out, served)
				}
			}
		}
	}
	return out
}

// inRegion are the offices of a region; of "" those that lie in none.
func (g *Register) inRegion(region string) (out []string) {
	for _, o := range g.dir.Tree().Offices() {
		if regionOf(o.Place) == region {
			out = append(out, o.ID)
		}
	}
	return out
}

// regionOf is the region in which a place lies; "" for the whole country.
func regionOf(place string) string {
	if len(place) < regionDigits {
		return ""
	}
	return place[:regionDigits]
}

// sources reads what rows were made from.
func (g *Register) sources(ctx context.Context) (*proceedings.Sources, error) {
	rows, err := g.db.Query(ctx, selectSources)
	if err != nil {
		return nil, fmt.Errorf("read sources: %w", err)
	}
	defer rows.Close()
	all := map[int64]proceedings.Source{}
	for rows.Next() {
		id, s, err := scanSource(rows)
		if err != nil {
			return nil, err
		}
		all[id] = s
	}
	return g.reader.Sources(all), rows.Err()
}

// fold is the value of a part as people ask for it, from what the column has.
func (g *Register) fold(part, value string) string {
	switch part {
	case "region":
		if o := g.dir.Tree().Office(value); o != nil {
			return regionOf(o.Place)
		}
		return ""
	case "month", "quarter", "year", "month_end", "quarter_end", "year_end":
		n, err := strconv.Atoi(value)
		if err != nil {
			return value
		}
		return period(strings.TrimSuffix(part, "_end"), n)
	}
	return value
}

// period is a month of the count as it is written: 2026-03, 2026-Q1, 2026.
func period(part string, month int) string {
	y, m := month/12, month%12
	switch part {
	case "year":
		return fmt.Sprintf("%04d", y)
	case "quarter":
		return fmt.Sprintf("%04d-Q%d", y, m/3+1)
	}
	return fmt.Sprintf("%04d-%02d", y, m+1)
}

// months are those of a period, the first and the last.
func months(part, value string) (from, to int, ok bool) {
	year, rest, _ := strings.Cut(value, "-")
	y, err := strconv.Atoi(year)
	if err != nil || y < 0 || y > 9999 {
		return 0, 0, false
	}
	switch part {
	case "year":
		return 12 * y, 12*y + 11, rest == ""
	case "quarter":
		n, err := strconv.Atoi(strings.TrimPrefix(rest, "Q"))
		return 12*y + 3*(n-1), 12*y + 3*(n-1) + 2, err == nil && n >= 1 && n <= 4
	}
	n, err := strconv.Atoi(rest)
	return 12*y + n - 1, 12*y + n - 1, err == nil && n >= 1 && n <= 12
}

// errTooLarge means that a sum is more than can be written.
var errTooLarge = fault.New(fault.Invalid, "figures.too_large", nil)

// scan reads the groups and puts them in order.
func (a *asked) scan(list *sql.Rows, out *Answer) error {
	kept := a.c.kept()
	at := func(name string) int { return slices.IndexFunc(kept, func(s Sum) bool { return s.Name == name }) }
	for groups := 0; list.Next(); groups++ {
		var row, column string
		var n, other int64
		halves := make([][2]int64, len(kept))
		into := []any{&row, &column, &n, &other}
		for i := range halves {
			into = append(into, &halves[i][0], &halves[i][1])
		}
		if err := list.Scan(into...); err != nil {
			return err
		}
		row, column = a.g.fold(a.q.Rows, row), a.g.fold(a.q.Columns, column)
		cell := out.Cells[[2]string{row, column}]
		cell.N += n
		for i, name := range a.q.Sums {
			of, without := []string{name}, []string(nil)
			if s := a.c.Sum(name); s.Of != nil {
				of, without = s.Of, s.Without
			}
			half := [2]int64{}
			for _, of := range of {
				half[0], half[1] = half[0]+halves[at(of)][0], half[1]+halves[at(of)][1]
			}
			for _, without := range without {
				half[0], half[1] = half[0]-halves[at(without)][0], half[1]-halves[at(without)][1]
			}
			sum, ok := whole(half)
			if cell.Sums[i] += sum; !ok || cell.Sums[i] > largest || cell.Sums[i] < -largest {
				return errTooLarge
			}
		}
		out.Cells[[2]string{row, column}] = cell
		out.Other += other
		out.Rows, out.Columns = append(out.Rows, row), append(out.Columns, column)
		if groups == mostGroups {
			return fault.New(fault.Invalid, "figures.too_many", nil)
		}
	}
	if err := list.Err(); err != nil {
		return err
	}
	if len(a.q.Sums) == 0 {
		out.Other = 0
	}
	out.Rows, out.Columns = a.ordered(a.q.Rows, out.Rows), a.ordered(a.q.Columns, out.Columns)
	if len(out.Rows) > mostLines || len(out.Columns) > mostLines {
		return fault.New(fault.Invalid, "figures.too_many", nil)
	}
	return nil
}

// largest is the sum that can be written: of two such an int64 has room for the sum.
const largest = 1 << 62

// whole puts the halves of a sum together.
func whole(halves [2]int64) (sum int64, ok bool) {
	negative := halves[0] < 0
	if negative {
		halves[0] = -halves[0]
	}
	high, low := bits.Mul64(uint64(halves[0]), 1_000_000_000)
	if high != 0 || low > largest-1_000_000_000_000_000 {
		return 0, false
	}
	sum = int64(low)
	if negative {
		sum = -sum
	}
	return sum + halves[1], halves[1] < 1_000_000_000_000_000 && halves[1] > -1_000_000_000_000_000
}

// ordered are the values of a part, each once: those that the law orders in its order, offices as their tree has them, all others by what they say.
func (a *asked) ordered(part string, values []string) []string {
	rank := map[string]int{}
	switch part {
	case "office":
		for i, o := range a.g.dir.Tree().Offices() {
			rank[o.ID] = i + 1
		}
	default:
		if p := a.c.Part(part); p != nil {
			for i, choice := range p.Choices {
				rank[choice] = i + 1
			}
		}
	}
	slices.SortFunc(values, func(x, y string) int {
		if rank[x] != rank[y] {
			if rank[x] == 0 || rank[y] == 0 {
				return rank[y] - rank[x]
			}
			return rank[x] - rank[y]
		}
		return natural(x, y)
	})
	return slices.Compact(values)
}

// natural orders texts with numbers in them by the numbers: CC 97 before CC 169.
func natural(x, y string) int {
	digits := func(s string) int {
		return len(s) - len(strings.TrimLeft(s, "0123456789"))
	}
	for x != "" && y != "" {
		if n, m := digits(x), digits(y); n > 0 && m > 0 {
			if n != m {
				return n - m
			}
			if c := strings.Compare(x[:n], y[:m]); c != 0 {
				return c
			}
			x, y = x[n:], y[m:]
			continue
		}
		if x[0] != y[0] {
			return int(x[0]) - int(y[0])
		}
		x, y = x[1:], y[1:]
	}
	return len(x) - len(y)
}
