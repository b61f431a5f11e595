// Package counted tells figures as JSON, as the pages of statistics have them: standing tables, questions of one's own, and the cases behind
// a figure. What is counted for whom is package figures' to say; who counts without reading is told standing tables of a period alone.
package counted

import (
	"maps"
	"nazorat/internal/api/wire"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/figures"
	"nazorat/internal/look"
	"nazorat/internal/statistics"
	"nazorat/internal/web"
)

// CountedJSON is what can be asked about figures.
type CountedJSON struct {
	Laws    []countedLawJSON `json:"laws"`
	Periods []string         `json:"periods,omitempty" doc:"Of those who count without reading alone: those of which they are told, the newest first."`
	Few     int64            `json:"few,omitempty" doc:"Of those who count without reading alone: what fewer proceedings stand behind is held back."`
}

type countedLawJSON struct {
	Law    string      `json:"law"`
	Label  string      `json:"label"`
	Counts []countJSON `json:"counts" doc:"What can be counted by questions of one's own."`
	Tables []tableJSON `json:"tables" doc:"The standing tables."`
}

type countJSON struct {
	wire.Named
	Parts []wire.Named `json:"parts" doc:"By what its figures can be told apart."`
	Sums  []wire.Named `json:"sums" doc:"The amounts that can be added up."`
}

type tableJSON struct {
	wire.Named
	URL string `json:"url"`
}

// FiguresJSON is an answer: the figures of a table, row by row.
type FiguresJSON struct {
	Law     string       `json:"law"`
	Table   *wire.Named  `json:"table,omitempty"`
	Count   wire.Named   `json:"count"`
	Rows    wire.Named   `json:"rows"`
	Columns *wire.Named  `json:"columns,omitempty"`
	Sums    []wire.Named `json:"sums"`
	Period  string       `json:"period,omitempty"`
	Figures []figureJSON `json:"figures" doc:"Those that are not 0. Of those who count without reading also the sums of rows and columns, which have * in the place of a value."`
	Other   int64        `json:"other_currency" doc:"How many have amounts in another currency, which are in no sum."`
	At      int64        `json:"at" doc:"The size of the journal's tree as of which it was counted: sent back as at, the answer is the same."`
	Root    string       `json:"root" doc:"The root of the tree of that size, in hexadecimal digits."`
	Moment  string       `json:"moment,omitempty" is:"date-time" doc:"When the last of those entries was recorded."`
}

// figureJSON is one figure.
type figureJSON struct {
	Row    wire.Named        `json:"row"`
	Column *wire.Named       `json:"column,omitempty"`
	N      int64             `json:"n" doc:"How many."`
	Sums   map[string]string `json:"sums,omitempty"`
	Back   bool              `json:"held_back,omitempty" doc:"It is not told, and n is 0."`
	Cases  string            `json:"cases,omitempty" doc:"Where the proceedings that it counts are listed, as far as they may be read now."`
}

// BehindJSON is a page of the proceedings that a figure counts, the newest first.
type BehindJSON struct {
	Proceedings []behindOneJSON `json:"proceedings"`
	At          int64           `json:"at" doc:"The size of the journal's tree as of which they are counted."`
	wire.Page
}

type behindOneJSON struct {
	ID     string      `json:"id"`
	Number string      `json:"number"`
	Title  string      `json:"title"`
	State  wire.Named  `json:"state"`
	Office wire.Office `json:"office"`
	Opened string      `json:"opened" is:"date-time"`
}

const Path = "/api/v1/figures"

// Room answers.
type Room struct {
	docket  *docket.Docket
	dir     *directory.Directory
	figures *figures.Register
	words   *statistics.Words
}

// New answers of a register of figures.
func New(d *docket.Docket, dir *directory.Directory, register *figures.Register) *Room {
	return &Room{docket: d, dir: dir, figures: register, words: statistics.NewWords(dir)}
}

// Counted tells what can be asked.
func (ro *Room) Counted(w http.ResponseWriter, r *web.Request) error {
	t := r.Words
	j := CountedJSON{Laws: []countedLawJSON{}}
	only := ro.figures.CountsOnly(r.Actor())
	if only {
		var err error
		if j.Periods, err = ro.figures.Periods(r.Context()); err != nil {
			return err
		}
		j.Few = ro.figures.CountingRules().Few
	}
	for _, l := range ro.figures.Laws() {
		lj := countedLawJSON{Law: l.Name, Label: t.Law(l.Name).Law, Counts: []countJSON{}, Tables: []tableJSON{}}
		for _, c := range l.Counts {
			if only {
				break
			}
			cj := countJSON{Named: wire.Named{Name: c.Name, Label: statistics.Called(t, c.Called)}, Parts: []wire.Named{}, Sums: []wire.Named{}}
			for _, part := range c.PartNames() {
				cj.Parts = append(cj.Parts, wire.Named{Name: part, Label: ro.words.Part(t, c, part)})
			}
			for _, s := range c.Sums {
				cj.Sums = append(cj.Sums, wire.Named{Name: s.Name, Label: ro.words.Sum(t, c, s.Name)})
			}
			lj.Counts = append(lj.Counts, cj)
		}
		for _, table := range l.Tables {
			if table.Counting || !only {
				lj.Tables = append(lj.Tables, tableJSON{wire.Named{Name: table.Name, Label: statistics.Called(t, table.Called)}, Path + "/" + l.Name + "/tables/" + table.Name})
			}
		}
		j.Laws = append(j.Laws, lj)
	}
	return wire.Write(w, r, j)
}

// Table answers with a standing one.
func (ro *Room) Table(w http.ResponseWriter, r *web.Request) error {
	law := ro.figures.Law(r.PathValue("country") + "/" + r.PathValue("procedure"))
	if law == nil || law.Table(r.PathValue("table")) == nil {
		return fault.New(fault.NotFound, "api.none", nil)
	}
	t := law.Table(r.PathValue("table"))
	q := figures.Question{Law: law.Name, Count: t.Count, Rows: t.Rows, Columns: t.Columns, Sums: t.Sums, Where: map[string]string{}}
	label := &wire.Named{Name: t.Name, Label: statistics.Called(r.Words, t.Called)}
	only := ro.figures.CountsOnly(r.Actor())
	others := []string{"period"} // what this one cannot ask for
	if only {
		others = []string{"of_office", "from", "to", "at"}
	}
	for _, name := range others {
		if r.URL.Query().Has(name) {
			return wire.BadMember(name, "api.field.parameter")
		}
	}
	if only {
		of := r.URL.Query().Get("period")
		if of == "" {
			return wire.BadMember("period", "field.missing")
		}
		answer, err := ro.figures.Standing(r.Context(), r.Actor(), law.Name, t.Name, of)
		if err != nil {
			return err
		}
		j, err := ro.told(r, law.Count(t.Count), &q, answer)
		if err != nil {
			return err
		}
		j.Table, j.Period = label, of
		return wire.Write(w, r, j)
	}
	if err := ro.bounds(r, &q); err != nil {
		return err
	}
	j, err := ro.answer(r, law.Count(t.Count), &q)
	if err != nil {
		return err
	}
	j.Table = label
	return wire.Write(w, r, j)
}

// Question answers a question of one's own.
func (ro *Room) Question(w http.ResponseWriter, r *web.Request) error {
	c, q, err := ro.asks(r)
	if err != nil {
		return err
	}
	j, err := ro.answer(r, c, q)
	if err != nil {
		return err
	}
	return wire.Write(w, r, j)
}

// asks reads a question of one's own.
func (ro *Room) asks(r *web.Request) (*figures.Count, *figures.Question, error) {
	law := ro.figures.Law(r.PathValue("country") + "/" + r.PathValue("procedure"))
	if law == nil || law.Count(r.PathValue("count")) == nil {
		return nil, nil, fault.New(fault.NotFound, "api.none", nil)
	}
	c, query := law.Count(r.PathValue("count")), r.URL.Query()
	q := &figures.Question{Law: law.Name, Count: c.Name, Rows: query.Get("rows"), Columns: query.Get("columns"), Where: map[string]string{}}
	parts := c.PartNames()
	for name, part := range map[string]string{"rows": q.Rows, "columns": q.Columns} {
		if part != "" && !slices.Contains(parts, part) || part == "" && name == "rows" || name == "columns" && part == q.Rows {
			return nil, nil, wire.BadMember(name, "api.field.parameter")
		}
	}
	for _, sum := range list(query.Get("sums")) {
		if c.Sum(sum) == nil || slices.Contains(q.Sums, sum) {
			return nil, nil, wire.BadMember("sums", "api.field.parameter")
		}
		q.Sums = append(q.Sums, sum)
	}
	for _, is := range list(query.Get("where")) {
		part, value, ok := strings.Cut(is, ":")
		if _, twice := q.Where[part]; !ok || twice || !slices.Contains(parts, part) {
			return nil, nil, wire.BadMember("where", "api.field.parameter")
		}
		q.Where[part] = value
	}
	if err := ro.bounds(r, q); err != nil {
		return nil, nil, err
	}
	if q.Columns != "" && len(q.Sums) > 1 { // several sums stand in the place of columns
		return nil, nil, wire.BadMember("sums", "api.field.parameter")
	}
	return c, q, ro.figures.Asks(q)
}

// list are the parts of a parameter; none of an empty one.
func list(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// bounds reads the office, the days and the size of the tree.
func (ro *Room) bounds(r *web.Request, q *figures.Question) error {
	query := r.URL.Query()
	if q.Office = query.Get("of_office"); q.Office != "" && !ro.docket.MayList(r.Actor(), q.Office) {
		return fault.New(fault.NotFound, "office.none", nil)
	}
	for name, into := range map[string]*calendar.Date{"from": &q.From, "to": &q.To} {
		if text := query.Get(name); text != "" {
			v, key := fact.Parse(fact.Date, text, ro.docket.Zone())
			if key != "" {
				return wire.BadMember(name, key)
			}
			*into = calendar.Date(v.Num)
		}
	}
	if text := query.Get("at"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 {
			return wire.BadMember("at", "api.field.parameter")
		}
		q.At = n
	}
	return nil
}

// answer asks as the officer.
func (ro *Room) answer(r *web.Request, c *figures.Count, q *figures.Question) (*FiguresJSON, error) {
	answer, err := ro.figures.Answer(r.Context(), r.Actor(), *q)
	if err != nil {
		return nil, err
	}
	if n := statistics.Officers(c, q, answer); n > 0 {
		if err := r.LookedAtOfficers(look.List, q.Office, n); err != nil {
			return nil, err
		}
	}
	return ro.told(r, c, q, answer)
}

// told puts an answer into words.
func (ro *Room) told(r *web.Request, c *figures.Count, q *figures.Question, as *figures.Answer) (*FiguresJSON, error) {
	t := r.Words
	names, err := ro.words.Names(r.Context(), c, q, as)
	if err != nil {
		return nil, err
	}
	j := &FiguresJSON{Law: q.Law, Count: wire.Named{Name: c.Name, Label: statistics.Called(t, c.Called)}, Rows: wire.Named{Name: q.Rows, Label: ro.words.Part(t, c, q.Rows)}, Sums: []wire.Named{}, Figures: []figureJSON{},
		Other: as.Other, At: as.At, Root: as.Root.String()}
	if q.Columns != "" {
		j.Columns = &wire.Named{Name: q.Columns, Label: ro.words.Part(t, c, q.Columns)}
	}
	for _, sum := range q.Sums {
		j.Sums = append(j.Sums, wire.Named{Name: sum, Label: ro.words.Sum(t, c, sum)})
	}
	if as.Moment != 0 {
		j.Moment = wire.Moment(ro.docket.Zone(), as.Moment)
	}
	value := func(part, v string) wire.Named {
		if v == figures.All {
			return wire.Named{Name: v, Label: t.T("statistics.total")}
		}
		return wire.Named{Name: v, Label: ro.words.Value(t, c, names, part, v)}
	}
	rows, columns := as.Rows, as.Columns
	if as.Back != nil {
		rows = append(slices.Clone(rows), figures.All)
		if q.Columns != "" {
			columns = append(slices.Clone(columns), figures.All)
		}
	}
	for _, row := range rows {
		for _, column := range columns {
			at := [2]string{row, column}
			cell, is := as.Cells[at]
			if !is && !as.Back[at] {
				continue
			}
			f := figureJSON{Row: value(q.Rows, row), N: cell.N, Back: as.Back[at]}
			if q.Columns != "" {
				v := value(q.Columns, column)
				f.Column = &v
			}
			for i, sum := range q.Sums {
				if f.Sums == nil {
					f.Sums = map[string]string{}
				}
				if f.Sums[sum] = strconv.FormatInt(cell.Sums[i], 10); c.Sum(sum).Money {
					f.Sums[sum] = fact.NumberOf(fact.Money, cell.Sums[i]).String()
				}
			}
			if as.Back == nil {
				f.Cases = casesOf(q, as.At, row, column)
			}
			j.Figures = append(j.Figures, f)
		}
	}
	return j, nil
}

// casesOf is where the proceedings behind a figure are listed.
func casesOf(q *figures.Question, at int64, row, column string) string {
	where := maps.Clone(q.Where)
	where[q.Rows] = row
	v := url.Values{"rows": {q.Rows}, "at": {strconv.FormatInt(at, 10)}}
	if q.Columns != "" {
		where[q.Columns] = column
		v.Set("columns", q.Columns)
	}
	var parts []string
	for _, part := range slices.Sorted(maps.Keys(where)) {
		parts = append(parts, part+":"+where[part])
	}
	v.Set("where", strings.Join(parts, ","))
	if q.Office != "" {
		v.Set("of_office", q.Office)
	}
	if q.From != 0 {
		v.Set("from", q.From.String())
	}
	if q.To != 0 {
		v.Set("to", q.To.String())
	}
	return Path + "/" + q.Law + "/counts/" + q.Count + "/cases?" + v.Encode()
}

// Behind lists the proceedings that a figure counts.
func (ro *Room) Behind(w http.ResponseWriter, r *web.Request) error {
	_, q, err := ro.asks(r)
	if err != nil {
		return err
	}
	below := int64(0)
	if c, err := wire.CursorOf(r, 2); err != nil {
		return err
	} else if c != nil {
		below = c.Whole(0)
		if at := c.Whole(1); q.At == 0 {
			q.At = at
		}
		if below < 0 || q.At < 0 {
			c.Spoil()
		}
		if err := c.Bad(); err != nil {
			return err
		}
	}
	found, as, next, err := ro.figures.Cases(r.Context(), r.Actor(), *q, below, wire.MostListed)
	if err != nil {
		return err
	}
	if err := r.LookedAtList(q.Office, len(found)); err != nil {
		return err
	}
	j := BehindJSON{Proceedings: []behindOneJSON{}, At: as.At}
	law := ro.docket.Law(q.Law)
	for i := range found {
		c := &found[i]
		j.Proceedings = append(j.Proceedings, behindOneJSON{ID: c.ID, Number: c.Number, Title: r.Words.Name(c.Title), State: wire.Named{Name: c.Stage, Label: r.Words.Law(q.Law).State(law.KindName(0), c.Stage)},
			Office: wire.OfficeOf(r.Words, ro.dir, c.Office), Opened: wire.Moment(ro.docket.Zone(), c.Opened)})
	}
	if next != 0 {
		j.Next = wire.Cursor(next, as.At)
	}
	return wire.Write(w, r, j)
}
