package eventlog

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"nazorat/internal/fault"
)

// rows holds the rows of a CSV, compactly: fixed-size records in chunks, each
// text once, until all are read and can be grouped by case.
type rows struct {
	o       CSVOptions
	columns []*column
	chunks  []chunk
	n       int
	held    int64 // estimated bytes

	cases      map[string]uint32
	caseNames  []string
	perCase    []uint32 // rows of each case
	firstLine  []int
	activities map[string]uint32
	names      []string
	cells      []uint32 // of the row being read
}

// row is one event. The cells of its kept columns lie beside it in the chunk.
type row struct {
	at             int64
	ofCase, action uint32
	line           uint32
	zone           int16
	hasZone        bool
}

type chunk struct {
	rows  []row
	cells []uint32
}

// column holds the distinct values of a kept column; number 0 is an empty field.
type column struct {
	Column
	ids   map[string]uint32
	attrs []Attr
}

const (
	rowsOfChunk = 1 << 14
	bytesOfRow  = 24 + 4       // and its place in the order of the cases
	bytesOfText = 16 + 16 + 24 // a string, its number and its share of a map
	bytesOfAttr = 80
)

func newRows(wanted []Column, o CSVOptions) *rows {
	r := &rows{o: o, cases: make(map[string]uint32), activities: make(map[string]uint32)}
	for _, w := range wanted {
		r.columns = append(r.columns, &column{Column: w, ids: make(map[string]uint32), attrs: make([]Attr, 1)})
	}
	r.cells = make([]uint32, len(wanted))
	return r
}

func (r *rows) eventsOf(id string) int {
	if n, ok := r.cases[id]; ok {
		return int(r.perCase[n])
	}
	return 0
}

// cell takes up the value of a kept column for the row being read. Its error
// has no place.
func (r *rows) cell(k int, s string) *Error {
	r.cells[k] = 0
	if s == "" {
		return nil
	}
	c := r.columns[k]
	id, ok := c.ids[s]
	if !ok {
		s = strings.Clone(s)
		a := Attr{Key: c.Name, Kind: c.Kind}
		if key, want := setValue(&a, []byte(strings.TrimSpace(s)), r.o.Options, true); key != "" {
			return &Error{Key: key, Args: fault.Args{"key": quoted(c.Name), "value": quoted(s), "want": want}}
		}
		if c.Kind == String || c.Kind == ID {
			a.Str = s // as written, blanks and all
		}
		id = uint32(len(c.attrs))
		c.ids[s] = id
		c.attrs = append(c.attrs, a)
		r.held += int64(len(s) + bytesOfText + bytesOfAttr)
	}
	r.cells[k] = id
	return nil
}

// add takes up the row whose cells were given. Its error has no place.
func (r *rows) add(id, activity string, m moment, line int) *Error {
	of, ok := r.cases[id]
	if !ok {
		id = strings.Clone(id)
		of = uint32(len(r.caseNames))
		r.cases[id] = of
		r.caseNames = append(r.caseNames, id)
		r.perCase = append(r.perCase, 0)
		r.firstLine = append(r.firstLine, line)
		r.held += int64(len(id) + bytesOfText + 16)
	}
	act, ok := r.activities[activity]
	if !ok {
		activity = strings.Clone(activity)
		act = uint32(len(r.names))
		r.activities[activity] = act
		r.names = append(r.names, activity)
		r.held += int64(len(activity) + bytesOfText)
	}
	r.held += int64(bytesOfRow + 4*len(r.cells))
	switch {
	case r.n >= r.o.MaxRows:
		return &Error{Key: "log.too_many_rows", Args: fault.Args{"max": r.o.MaxRows}}
	case r.held > r.o.MaxHeld:
		return &Error{Key: "log.too_much_held", Args: fault.Args{"max": r.o.MaxHeld}}
	case int(r.perCase[of]) >= r.o.MaxEvents:
		return &Error{Key: "log.too_many_events", Args: fault.Args{"max": r.o.MaxEvents}}
	}
	if r.n%rowsOfChunk == 0 {
		r.chunks = append(r.chunks, chunk{make([]row, 0, rowsOfChunk), make([]uint32, 0, rowsOfChunk*len(r.cells))})
	}
	c := &r.chunks[r.n/rowsOfChunk]
	c.rows = append(c.rows, row{at: m.micros, ofCase: of, action: act, line: uint32(line), zone: m.zone, hasZone: m.hasZone})
	c.cells = append(c.cells, r.cells...)
	r.perCase[of]++
	r.n++
	return nil
}

func (r *rows) row(i uint32) *row { return &r.chunks[i/rowsOfChunk].rows[i%rowsOfChunk] }

// deliver hands the cases over.
func (r *rows) deliver(ctx context.Context, sum *Summary, each func(*Trace) error) error {
	// Counting sort: the rows of case n are order[begin[n]:begin[n+1]], in the
	// order of the file.
	order := make([]uint32, r.n)
	next := make([]uint32, len(r.perCase))
	for i := 1; i < len(next); i++ {
		next[i] = next[i-1] + r.perCase[i-1]
	}
	for i := range uint32(r.n) {
		of := r.row(i).ofCase
		order[next[of]] = i
		next[of]++
	}
	var t Trace
	var attrs []Attr
	for n, name := range r.caseNames {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		mine := order[next[n]-r.perCase[n] : next[n]]
		byMoment := func(a, b uint32) int { return cmp.Compare(r.row(a).at, r.row(b).at) }
		if !slices.IsSortedFunc(mine, byMoment) {
			slices.SortStableFunc(mine, byMoment)
		}
		t = Trace{ID: name, Line: r.firstLine[n], Events: t.Events[:0]}
		attrs = attrs[:0]
		for _, i := range mine {
			w := r.row(i)
			e := Event{Activity: r.names[w.action], At: w.at, Zone: w.zone, HasZone: w.hasZone, Line: int(w.line)}
			from := len(attrs)
			cells := r.chunks[i/rowsOfChunk].cells[int(i%rowsOfChunk)*len(r.columns):][:len(r.columns)]
			for k, cell := range cells {
				if cell != 0 {
					attrs = append(attrs, r.columns[k].attrs[cell])
				}
			}
			e.Attrs = attrs[from:len(attrs):len(attrs)]
			t.Events = append(t.Events, e)
		}
		if err := each(&t); err != nil {
			return err
		}
		sum.count(&t)
	}
	return nil
}
