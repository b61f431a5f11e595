package eventlog

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"nazorat/internal/fault"
)

// CSVOptions say which columns of a CSV hold what. The zero value looks for
// case_id, activity and timestamp, finds the delimiter out, and keeps every
// other column as a String.
type CSVOptions struct {
	Options

	Case     string // the column that says which case
	Activity string // what
	Time     string // when

	// Layouts are the forms of moments, as package time writes them, tried in
	// order. Without any, the ISO 8601 forms are read: a date, a date and a time
	// with T or a blank between, with or without seconds, fraction and offset. A
	// date alone is its midnight.
	Layouts []string

	// DayOnly reads of each moment only its day: what stands behind the first
	// blank or T is left aside, and the layouts must be of days. It is for logs
	// whose clock times mean nothing or were cut off.
	DayOnly bool

	// Delimiter between fields; 0 takes of , ; tab | the one by which the first
	// line names the most of the wanted columns.
	Delimiter rune

	// Columns are the other columns to keep; nil keeps all that Options.Keep
	// allows, as Strings.
	Columns []Column

	MaxRows int   // rows held
	MaxHeld int64 // bytes of memory for the rows and their distinct values, as estimated
}

// Column is a column to keep, with the kind of its values: any but List and Container.
type Column struct {
	Name string
	Kind Kind
}

func (o CSVOptions) withDefaults() CSVOptions {
	o.Options = o.Options.withDefaults()
	o.Case = cmp.Or(o.Case, "case_id")
	o.Activity = cmp.Or(o.Activity, "activity")
	o.Time = cmp.Or(o.Time, "timestamp")
	o.MaxRows = cmp.Or(o.MaxRows, DefaultMaxRows)
	o.MaxHeld = cmp.Or(o.MaxHeld, DefaultMaxHeld)
	return o
}

// ReadCSV reads a CSV log, plain or compressed with gzip, whose rows are events
// and whose first line names the columns. The rows of a case may be scattered:
// all are held (some 28 bytes and 4 for each kept column, and every distinct
// value once), then each is called with every case, in the order in which the
// cases first appear, its events by their moments, at the same moment in the
// order of the file. An empty field is an attribute that is not there.
//
// Errors are as those of ReadXES; nothing is handed over beside an error that
// was found while reading.
func ReadCSV(ctx context.Context, r io.Reader, o CSVOptions, each func(*Trace) error) (Summary, error) {
	o = o.withDefaults()
	src := newSource(ctx, r, o.Options)
	defer src.close()
	c := &csvReader{o: o, guard: &rowGuard{src: src, max: 4*int64(o.MaxAttribute) + slackOfTag}}
	err := c.read()
	if err == nil {
		err = c.rows.deliver(ctx, &c.sum, each)
	}
	return c.sum, err
}

// rowGuard bounds what encoding/csv may take for one row, which it holds whole.
type rowGuard struct {
	src  io.Reader
	max  int64
	used int64
}

var errRowTooLong = errors.New("row too long")

func (g *rowGuard) Read(p []byte) (int, error) {
	if g.used > g.max {
		return 0, errRowTooLong
	}
	n, err := g.src.Read(p)
	g.used += int64(n)
	return n, err
}

type csvReader struct {
	o     CSVOptions
	guard *rowGuard
	csv   *csv.Reader
	sum   Summary
	rows  *rows

	caseAt, activityAt, timeAt int
	kept                       []int // columns of the kept attributes
	width                      int
	line                       int
	rowNo                      int
}

func (c *csvReader) read() error {
	if err := c.readHead(); err != nil {
		return err
	}
	for {
		c.guard.used = 0
		record, err := c.csv.Read()
		if err == io.EOF {
			c.sum.Lines, c.sum.Bytes = c.line, c.csv.InputOffset()
			return nil
		}
		if err != nil {
			return c.ended(err)
		}
		c.line, _ = c.csv.FieldPos(0)
		c.rowNo++
		if err := c.row(record); err != nil {
			return err
		}
	}
}

// readHead finds the delimiter and the columns.
func (c *csvReader) readHead() error {
	b := bufio.NewReaderSize(c.guard, 64<<10)
	begin, err := b.Peek(64 << 10)
	if len(begin) == 0 {
		if err == io.EOF {
			return &Error{Key: "log.empty"}
		}
		return c.ended(err)
	}
	if name := utf16(begin); name != "" {
		return &Error{Line: 1, Key: "log.encoding", Args: fault.Args{"value": name}}
	}
	if bytes.HasPrefix(begin, []byte(byteOrderMark)) {
		begin = begin[len(byteOrderMark):]
		if _, err := b.Discard(len(byteOrderMark)); err != nil {
			return c.ended(err)
		}
	}
	delimiter := c.o.Delimiter
	if delimiter == 0 {
		delimiter = c.delimiter(begin)
	}
	c.csv = csv.NewReader(b)
	c.csv.Comma = delimiter
	c.csv.FieldsPerRecord = -1
	c.csv.ReuseRecord = true
	head, err := c.csv.Read()
	if err == io.EOF {
		return &Error{Key: "log.empty"}
	}
	if err != nil {
		return c.ended(err)
	}
	c.line, _ = c.csv.FieldPos(0)
	if e := c.check(head); e != nil {
		return e
	}
	names := make([]string, len(head))
	for i, h := range head {
		names[i] = strings.Clone(strings.TrimSpace(h))
	}
	c.sum.Head.Columns, c.sum.Head.Delimiter = names, delimiter
	return c.columns(names)
}

// delimiter is the one by which the first line names the most wanted columns,
// and then the most columns.
func (c *csvReader) delimiter(begin []byte) rune {
	best, bestFound, bestFields := ',', -1, 0
	for _, d := range []rune{',', ';', '\t', '|'} {
		r := csv.NewReader(bytes.NewReader(begin))
		r.Comma, r.FieldsPerRecord = d, -1
		head, err := r.Read()
		if err != nil {
			continue
		}
		found := 0
		for _, h := range head {
			if h = strings.TrimSpace(h); h == c.o.Case || h == c.o.Activity || h == c.o.Time {
				found++
			}
		}
		if found > bestFound || found == bestFound && len(head) > bestFields {
			best, bestFound, bestFields = d, found, len(head)
		}
	}
	return best
}

// columns finds the wanted columns among the names of the first line.
func (c *csvReader) columns(names []string) error {
	fail := func(key string, args fault.Args) error {
		return &Error{Line: c.line, Key: key, Args: args}
	}
	at := make(map[string]int, len(names))
	for i, n := range names {
		if n == "" {
			return fail("log.column_unnamed", fault.Args{"value": i + 1})
		}
		if first, twice := at[n]; twice {
			return fail("log.column_twice", fault.Args{"value": quoted(n), "first": first + 1, "second": i + 1})
		}
		at[n] = i
	}
	c.width = len(names)
	roles := make(map[int]string)
	find := func(name, role string) (int, error) {
		i, ok := at[name]
		if !ok {
			args := fault.Args{"value": quoted(name), "columns": listed(names)}
			if m := meant(name, names); m != "" {
				args["meant"] = quoted(m)
				return 0, fail("log.column_meant", args)
			}
			return 0, fail("log.column", args)
		}
		if other, taken := roles[i]; taken {
			return 0, fail("log.column_roles", fault.Args{"value": quoted(name), "first": other, "second": role})
		}
		roles[i] = role
		return i, nil
	}
	for _, w := range []struct {
		at         *int
		name, role string
	}{{&c.caseAt, c.o.Case, "Case"}, {&c.activityAt, c.o.Activity, "Activity"}, {&c.timeAt, c.o.Time, "Time"}} {
		i, err := find(w.name, w.role)
		if err != nil {
			return err
		}
		*w.at = i
	}
	wanted := c.o.Columns
	if wanted == nil {
		for i, n := range names {
			if roles[i] == "" && (c.o.Keep == nil || slices.Contains(c.o.Keep, n)) {
				wanted = append(wanted, Column{Name: n})
			}
		}
	}
	for _, w := range wanted {
		i, err := find(w.Name, "Columns")
		if err != nil {
			return err
		}
		if w.Kind >= List {
			return fail("log.kind", fault.Args{"key": quoted(w.Name), "value": w.Kind.String(), "want": "string, date, int, float, boolean or id"})
		}
		c.kept = append(c.kept, i)
	}
	c.rows = newRows(wanted, c.o)
	return nil
}

// listed shows the columns there are, as far as one wants to read them.
func listed(names []string) string {
	const most = 20
	var shown []string
	for _, n := range names[:min(most, len(names))] {
		shown = append(shown, quoted(n))
	}
	if len(names) > most {
		shown = append(shown, "…")
	}
	return strings.Join(shown, ", ")
}

// row takes one row up.
func (c *csvReader) row(record []string) error {
	if e := c.check(record); e != nil {
		return e
	}
	if len(record) != c.width {
		return c.spoil(c.fault("log.ragged", fault.Args{"fields": len(record), "want": c.width, "delimiter": quoted(string(c.csv.Comma))}), "")
	}
	id, activity, when := record[c.caseAt], record[c.activityAt], strings.TrimSpace(record[c.timeAt])
	switch {
	case id == "":
		return c.spoil(c.fault("log.no_case", fault.Args{"want": quoted(c.o.Case)}), "")
	case activity == "":
		return c.spoil(c.fault("log.no_activity", fault.Args{"want": quoted(c.o.Activity)}), id)
	case when == "":
		return c.spoil(c.fault("log.no_time", fault.Args{"want": quoted(c.o.Time)}), id)
	}
	m, key, want := c.moment(when)
	if key != "" {
		return c.spoil(c.fault(key, fault.Args{"key": quoted(c.o.Time), "value": quoted(when), "want": want}), id)
	}
	for k, at := range c.kept {
		if err := c.rows.cell(k, record[at]); err != nil {
			return c.spoil(c.fault(err.Key, err.Args), id)
		}
	}
	if e := c.rows.add(id, activity, m, c.line); e != nil {
		return c.place(c.fault(e.Key, e.Args), id)
	}
	return nil
}

// moment reads the moment of a row.
func (c *csvReader) moment(s string) (m moment, key, want string) {
	var ok bool
	if i := strings.IndexAny(s, " T"); c.o.DayOnly && i > 0 {
		s = s[:i]
	}
	if len(c.o.Layouts) == 0 {
		want = wantCSVDateTime
		m, ok = parseISO(s, true)
	} else {
		want = strings.Join(c.o.Layouts, " or ")
		m, ok = parseLayouts(s, c.o.Layouts)
	}
	switch {
	case !ok:
		return m, "log.date", want
	case !m.hasZone && c.o.Zone == nil:
		return m, "log.zone", want
	case !m.hasZone:
		m = m.in(c.o.Zone)
	}
	return m, "", ""
}

func parseLayouts(s string, layouts []string) (moment, bool) {
	for _, l := range layouts {
		t, err := time.Parse(l, s)
		if err != nil || t.Year() < 1 || t.Year() > 9999 {
			continue
		}
		m := moment{micros: t.UnixMicro(), hasZone: strings.Contains(l, "Z07") || strings.Contains(l, "-07")}
		if _, off := t.Zone(); m.hasZone {
			m.zone = int16(off / 60)
		}
		return m, true
	}
	return moment{}, false
}

// check refuses a row that no text may look like, whatever the caller allows.
func (c *csvReader) check(record []string) error {
	for i, f := range record {
		var e *Error
		switch {
		case len(f) > c.o.MaxAttribute:
			e = c.fault("log.long_value", fault.Args{"name": fmt.Sprintf("column %d", i+1), "max": c.o.MaxAttribute})
		case strings.IndexByte(f, 0) >= 0:
			e = c.fault("log.control_character", fault.Args{"value": quoted("\x00")})
		case !utf8.ValidString(f):
			e = c.fault("log.utf8", fault.Args{"value": hexOf(f[notUTF8(f):])})
		default:
			continue
		}
		e.Line, _ = c.csv.FieldPos(i)
		return e
	}
	return nil
}

func (c *csvReader) fault(key string, args fault.Args) *Error {
	return &Error{Line: c.line, Offset: c.csv.InputOffset(), Key: key, Args: args}
}

func (c *csvReader) place(e *Error, id string) *Error {
	if id != "" {
		e.Trace = strings.Clone(id)
		e.Event = c.rows.eventsOf(id) + 1
	}
	return e
}

// spoil leaves the row at hand out, if the caller allows it.
func (c *csvReader) spoil(e *Error, id string) error {
	_ = c.place(e, id) // it fills in e and gives it back
	if c.o.OnBad == nil {
		return e
	}
	if err := c.o.OnBad(e); err != nil {
		return err
	}
	c.sum.BadEvents++
	return nil
}

// ended says what an error of encoding/csv, or of what it reads from, means.
func (c *csvReader) ended(err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return &Error{Line: p.Line, Offset: c.csv.InputOffset(), Key: "log.quote", Args: fault.Args{"column": p.Column}, cause: err}
	}
	if errors.Is(err, errRowTooLong) {
		return &Error{Line: c.line + 1, Key: "log.long_row", Args: fault.Args{"max": c.guard.max}}
	}
	e, ok := sourceError(err, 0)
	if !ok {
		return err
	}
	e.Line = c.line + 1
	if e.Key == "log.truncated_gzip" {
		e.Key, e.Args = "log.truncated_csv", fault.Args{"rows": c.rowNo}
	}
	return e
}
