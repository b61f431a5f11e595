package api

import (
	"maps"
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

// Figures as the pages of statistics have them: standing tables, questions of one's own, and the cases behind a figure. What is counted for whom is package
// figures' to say; who counts without reading is told standing tables of a period alone.

// countedJSON is what can be asked about figures.
type countedJSON struct {
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
	named
	Parts []named `json:"parts" doc:"By what its figures can be told apart."`
	Sums  []named `json:"sums" doc:"The amounts that can be added up."`
}

type tableJSON struct {
	named
	URL string `json:"url"`
}

// figuresJSON is an answer: the figures of a table, row by row.
type figuresJSON struct {
	Law     string       `json:"law"`
	Table   *named       `json:"table,omitempty"`
	Count   named        `json:"count"`
	Rows    named        `json:"rows"`
	Columns *named       `json:"columns,omitempty"`
	Sums    []named      `json:"sums"`
	Period  string       `json:"period,omitempty"`
	Figures []figureJSON `json:"figures" doc:"Those that are not 0. Of those who count without reading also the sums of rows and columns, which have * in the place of a value."`
	Other   int64        `json:"other_currency" doc:"How many have amounts in another currency, which are in no sum."`
	At      int64        `json:"at" doc:"The size of the journal's tree as of which it was counted: sent back as at, the answer is the same."`
	Root    string       `json:"root" doc:"The root of the tree of that size, in hexadecimal digits."`
	Moment  string       `json:"moment,omitempty" is:"date-time" doc:"When the last of those entries was recorded."`
}

// figureJSON is one figure.
type figureJSON struct {
	Row    named             `json:"row"`
	Column *named            `json:"column,omitempty"`
	N      int64             `json:"n" doc:"How many."`
	Sums   map[string]string `json:"sums,omitempty"`
	Back   bool              `json:"held_back,omitempty" doc:"It is not told, and n is 0."`
	Cases  string            `json:"cases,omitempty" doc:"Where the proceedings that it counts are listed, as far as they may be read now."`
}

// behindJSON is a page of the proceedings that a figure counts, the newest first.
type behindJSON struct {
	Proceedings []behindOneJSON `json:"proceedings"`
	At          int64           `json:"at" doc:"The size of the journal's tree as of which they are counted."`
	pageJSON
}

type behindOneJSON struct {
	ID     string     `json:"id"`
	Number string     `json:"number"`
	Title  string     `json:"title"`
	State  named      `json:"state"`
	Office officeJSON `json:"office"`
	Opened string     `json:"opened" is:"date-time"`
}

const figuresPath = "/api/v1/figures"

// figuresRoom answers.
type figuresRoom struct {
	docket  *docket.Docket
	dir     *directory.Directory
	figures *figures.Register
	words   *statistics.Words
}

// newFiguresRoom answers of a register of figures.
func newFiguresRoom(d *docket.Docket, dir *directory.Directory, register *figures.Register) *figuresRoom {
	return &figuresRoom{docket: d, dir: dir, figures: register, words: statistics.NewWords(dir)}
}

// counted tells what can be asked.
func (a *figuresRoom) counted(w http.ResponseWriter, r *web.Request) error {
	t := r.Words
	j := countedJSON{Laws: []countedLawJSON{}}
	only := a.figures.CountsOnly(r.Actor())
	if only {
		var err error
		if j.Periods, err = a.figures.Periods(r.Context()); err != nil {
			return err
		}
		j.Few = a.figures.CountingRules().Few
	}
	for _, l := range a.figures.Laws() {
		lj := countedLawJSON{Law: l.Name, Label: t.Law(l.Name).Law, Counts: []countJSON{}, Tables: []tableJSON{}}
		for _, c := range l.Counts {
			if only {
				break
			}
			cj := countJSON{named: named{c.Name, statistics.Called(t, c.Called)}, Parts: []named{}, Sums: []named{}}
			for _, part := range c.PartNames() {
				cj.Parts = append(cj.Parts, named{part, a.words.Part(t, c, part)})
			}
			for _, s := range c.Sums {
				cj.Sums = append(cj.Sums, named{s.Name, a.words.Sum(t, c, s.Name)})
			}
			lj.Counts = append(lj.Counts, cj)
		}
		for _, table := range l.Tables {
			if table.Counting || !only {
				lj.Tables = append(lj.Tables, tableJSON{named{table.Name, statistics.Called(t, table.Called)}, figuresPath + "/" + l.Name + "/tables/" + table.Name})
			}
		}
		j.Laws = append(j.Laws, lj)
	}
	return write(w, r, j)
}

// table answers with a standing one.
func (a *figuresRoom) table(w http.ResponseWriter, r *web.Request) error {
	law := a.figures.Law(r.PathValue("country") + "/" + r.PathValue("procedure"))
	if law == nil || law.Table(r.PathValue("table")) == nil {
		return fault.New(fault.NotFound, "api.none", nil)
	}
	t := law.Table(r.PathValue("table"))
	q := figures.Question{Law: law.Name, Count: t.Count, Rows: t.Rows, Columns: t.Columns, Sums: t.Sums, Where: map[string]string{}}
	label := &named{t.Name, statistics.Called(r.Words, t.Called)}
	only := a.figures.CountsOnly(r.Actor())
	others := []string{"period"} // what this one cannot ask for
	if only {
		others = []string{"of_office", "from", "to", "at"}
	}
	for _, name := range others {
		if r.URL.Query().Has(name) {
			return badMember(name, "api.field.parameter")
		}
	}
	if only {
		of := r.URL.Query().Get("period")
		if of == "" {
			return badMember("period", "field.missing")
		}
		answer, err := a.figures.Standing(r.Context(), r.Actor(), law.Name, t.Name, of)
		if err != nil {
			return err
		}
		j, err := a.told(r, law.Count(t.Count), &q, answer)
		if err != nil {
			return err
		}
		j.Table, j.Period = label, of
		return write(w, r, j)
	}
	if err := a.bounds(r, &q); err != nil {
		return err
	}
	j, err := a.answer(r, law.Count(t.Count), &q)
	if err != nil {
		return err
	}
	j.Table = label
	return write(w, r, j)
}

// question answers a question of one's own.
func (a *figuresRoom) question(w http.ResponseWriter, r *web.Request) error {
	c, q, err := a.asks(r)
	if err != nil {
		return err
	}
	j, err := a.answer(r, c, q)
	if err != nil {
		return err
	}
	return write(w, r, j)
}

// asks reads a question of one's own.
func (a *figuresRoom) asks(r *web.Request) (*figures.Count, *figures.Question, error) {
	law := a.figures.Law(r.PathValue("country") + "/" + r.PathValue("procedure"))
	if law == nil || law.Count(r.PathValue("count")) == nil {
		return nil, nil, fault.New(fault.NotFound, "api.none", nil)
	}
	c, query := law.Count(r.PathValue("count")), r.URL.Query()
	q := &figures.Question{Law: law.Name, Count: c.Name, Rows: query.Get("rows"), Columns: query.Get("columns"), Where: map[string]string{}}
	parts := c.PartNames()
	for name, part := range map[string]string{"rows": q.Rows, "columns": q.Columns} {
		if part != "" && !slices.Contains(parts, part) || part == "" && name == "rows" || name == "columns" && part == q.Rows {
			return nil, nil, badMember(name, "api.field.parameter")
		}
	}
	for _, sum := range list(query.Get("sums")) {
		if c.Sum(sum) == nil || slices.Contains(q.Sums, sum) {
			return nil, nil, badMember("sums", "api.field.parameter")
		}
		q.Sums = append(q.Sums, sum)
	}
	for _, is := range list(query.Get("where")) {
		part, value, ok := strings.Cut(is, ":")
		if _, twice := q.Where[part]; !ok || twice || !slices.Contains(parts, part) {
			return nil, nil, badMember("where", "api.field.parameter")
		}
		q.Where[part] = value
	}
	if err := a.bounds(r, q); err != nil {
		return nil, nil, err
	}
	if q.Columns != "" && len(q.Sums) > 1 { // several sums stand in the place of columns
		return nil, nil, badMember("sums", "api.field.parameter")
	}
	return c, q, a.figures.Asks(q)
}

// list are the parts of a parameter; none of an empty one.
func list(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// bounds reads the office, the days and the size of the tree.
func (a *figuresRoom) bounds(r *web.Request, q *figures.Question) error {
	query := r.URL.Query()
	if q.Office = query.Get("of_office"); q.Office != "" && !a.docket.MayList(r.Actor(), q.Office) {
		return fault.New(fault.NotFound, "office.none", nil)
	}
	for name, into := range map[string]*calendar.Date{"from": &q.From, "to": &q.To} {
		if text := query.Get(name); text != "" {
			v, key := fact.Parse(fact.Date, text, a.docket.Zone())
			if key != "" {
				return badMember(name, key)
			}
			*into = calendar.Date(v.Num)
		}
	}
	if text := query.Get("at"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 {
			return badMember("at", "api.field.parameter")
		}
		q.At = n
	}
	return nil
}

// answer asks as the officer.
func (a *figuresRoom) answer(r *web.Request, c *figures.Count, q *figures.Question) (*figuresJSON, error) {
	answer, err := a.figures.Answer(r.Context(), r.Actor(), *q)
	if err != nil {
		return nil, err
	}
	if n := statistics.Officers(c, q, answer); n > 0 {
		if err := r.LookedAtOfficers(look.List, q.Office, n); err != nil {
			return nil, err
		}
	}
	return a.told(r, c, q, answer)
}

// told puts an answer into words.
func (a *figuresRoom) told(r *web.Request, c *figures.Count, q *figures.Question, as *figures.Answer) (*figuresJSON, error) {
	t := r.Words
	names, err := a.words.Names(r.Context(), c, q, as)
	if err != nil {
		return nil, err
	}
	j := &figuresJSON{Law: q.Law, Count: named{c.Name, statistics.Called(t, c.Called)}, Rows: named{q.Rows, a.words.Part(t, c, q.Rows)}, Sums: []named{}, Figures: []figureJSON{},
		Other: as.Other, At: as.At, Root: as.Root.String()}
	if q.Columns != "" {
		j.Columns = &named{q.Columns, a.words.Part(t, c, q.Columns)}
	}
	for _, sum := range q.Sums {
		j.Sums = append(j.Sums, named{sum, a.words.Sum(t, c, sum)})
	}
	if as.Moment != 0 {
		j.Moment = moment(a.docket.Zone(), as.Moment)
	}
	value := func(part, v string) named {
		if v == figures.All {
			return named{v, t.T("statistics.total")}
		}
		return named{v, a.words.Value(t, c, names, part, v)}
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
	return figuresPath + "/" + q.Law + "/counts/" + q.Count + "/cases?" + v.Encode()
}

// behind lists the proceedings that a figure counts.
func (a *figuresRoom) behind(w http.ResponseWriter, r *web.Request) error {
	_, q, err := a.asks(r)
	if err != nil {
		return err
	}
	below := int64(0)
	if c, err := cursorOf(r, 2); err != nil {
		return err
	} else if c != nil {
		below = c.whole(0)
		if at := c.whole(1); q.At == 0 {
			q.At = at
		}
		if below < 0 || q.At < 0 {
			c.spoil()
		}
		if err := c.bad(); err != nil {
			return err
		}
	}
	found, as, next, err := a.figures.Cases(r.Context(), r.Actor(), *q, below, mostListed)
	if err != nil {
		return err
	}
	if err := r.LookedAtList(q.Office, len(found)); err != nil {
		return err
	}
	j := behindJSON{Proceedings: []behindOneJSON{}, At: as.At}
	law := a.docket.Law(q.Law)
	for i := range found {
		c := &found[i]
		j.Proceedings = append(j.Proceedings, behindOneJSON{ID: c.ID, Number: c.Number, Title: r.Words.Name(c.Title), State: named{c.Stage, r.Words.Law(q.Law).State(law.KindName(0), c.Stage)},
			Office: officeOf(r.Words, a.dir, c.Office), Opened: moment(a.docket.Zone(), c.Opened)})
	}
	if next != 0 {
		j.Next = cursor(next, as.At)
	}
	return write(w, r, j)
}
