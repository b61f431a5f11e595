package figures

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fact"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
)

const (
	selectEntries = `SELECT e.leaf, e.proceeding, e.seq, e.law, e.edition, e.act, e.officer, e.office, e.done, e.form, e.effects, e.recorded, p.supervisor FROM entry e JOIN proceeding p ON p.id = e.proceeding
WHERE e.leaf >= $1 AND e.leaf < $2 ORDER BY e.leaf`
	selectCases   = `SELECT no, since, id, law, office, supervisor, in_charge, root_state, secrecy, shown, facts FROM figures_case WHERE until = 4611686018427387904 AND id IN `
	factColumns   = `count, no, item, since, until, source, day, month, due, state, office, officer, did, a, b, c, d, n1, n2, n3, other`
	selectFacts   = `SELECT ` + factColumns + ` FROM figures_fact WHERE until = 4611686018427387904 AND count IN %s AND no IN %s AND NOT (due > 0 AND state IN ('met', 'late'))`
	selectCounts  = `SELECT id, law, name FROM figures_count`
	selectSources = `SELECT id, law, act, kinds, deadline FROM figures_source`
	selectMonth   = `SELECT coalesce(max(month), -1) FROM figures_month`
	selectFirst   = `SELECT recorded FROM entry WHERE leaf = (SELECT min(no) FROM figures_case)`
)

var (
	insertCases   = db.NewRows(`INSERT INTO figures_case (no, since, until, id, law, office, supervisor, in_charge, root_state, secrecy, shown, facts)`, 12, "ON CONFLICT (no, since) DO UPDATE SET until = excluded.until")
	insertFacts   = db.NewRows(`INSERT INTO figures_fact (`+factColumns+`)`, 21, "ON CONFLICT (count, no, item, since) DO UPDATE SET until = excluded.until")
	insertCounts  = db.NewRows(`INSERT INTO figures_count (id, law, name)`, 3, "")
	insertSources = db.NewRows(`INSERT INTO figures_source (id, law, act, kinds, deadline)`, 5, "")
	insertMonths  = db.NewRows(`INSERT INTO figures_month (month, leaf, ends)`, 3, "")
)

// entry is one as the register reads it.
type entry struct {
	leaf, seq                     int64
	proceeding, law, edition, act string
	officer, office, supervisor   string
	done, recorded                calendar.Moment
	form                          map[string]fact.JSON
	effects                       []stored.Effect
}

// version of a proceeding.
type version struct {
	no, since, until                                             int64
	id, law, office, supervisor, inCharge, state, secrecy, facts string
	shown                                                        bool
}

// item is one thing that is counted.
type item struct {
	count, no, item int64
	since, until    int64
	source          int64
	day             calendar.Date
	due             calendar.Moment
	state           string
	office, officer string
	did             string
	parts           [mostParts]string
	sums            [mostSums]int64
	other           int64
}

// file is a proceeding under way: as the leaves so far left it.
type file struct {
	of    *followed
	now   version
	facts map[string]string // of the proceeding, by which something is told apart
	items map[place]*item   // that can still change
}

// place of an item among those of its proceeding.
type place struct{ count, item int64 }

// key of a version.
type key struct {
	place
	no, since int64
}

// batch is what follows from a range of leaves, before it is written.
type batch struct {
	g        *Register
	entries  []entry
	counts   map[*Count]int64
	running  map[int64]bool // those of terms that run
	sources  map[proceedings.Source]int64
	newCount []any
	newFrom  []any
	months   []any
	files    map[string]*file
	cases    map[[2]int64]version
	facts    map[key]item
	zone     *calendar.Zone
}

// Follow writes what follows from the leaves [from, to): see follow.Follower.
func (g *Register) Follow(_ context.Context, tx *db.Tx, from, to int64) error {
	b := &batch{g: g, counts: map[*Count]int64{}, running: map[int64]bool{}, sources: map[proceedings.Source]int64{}, files: map[string]*file{}, cases: map[[2]int64]version{}, facts: map[key]item{}, zone: g.reader.Zone()}
	if err := b.read(tx, from, to); err != nil || len(b.entries) == 0 {
		return err
	}
	if err := b.over(tx); err != nil {
		return err
	}
	if err := b.numbers(tx); err != nil {
		return err
	}
	if err := b.open(tx); err != nil {
		return err
	}
	for i := range b.entries {
		if err := b.take(&b.entries[i]); err != nil {
			return fmt.Errorf("entry %s/%d: %w", b.entries[i].proceeding, b.entries[i].seq, err)
		}
	}
	return b.write(tx)
}

// rows reads rows to their end.
func rows(tx *db.Tx, text string, args []any, scan func(*sql.Rows) error) error {
	list, err := tx.Query(text, args...)
	if err != nil {
		return err
	}
	defer list.Close()
	for list.Next() {
		if err := scan(list); err != nil {
			return err
		}
	}
	return list.Err()
}

// over finds the months that are over with one of the entries. Those of laws of which nothing is counted end none: no fact lies between.
func (b *batch) over(tx *db.Tx) error {
	var last int64
	if err := tx.QueryRow(selectMonth).Scan(&last); err != nil {
		return fmt.Errorf("read months: %w", err)
	}
	if last < 0 { // none is over yet: it began with the first of all proceedings
		first := b.entries[0].recorded
		if err := tx.QueryRow(selectFirst).Scan(&first); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("read the first entry: %w", err)
		}
		last = monthOf(b.zone.Date(first)) - 1
	}
	for i := range b.entries {
		e := &b.entries[i]
		for month := monthOf(b.zone.Date(e.recorded)); last+1 < month; {
			last++
			next := calendar.DateOf(int((last+1)/12), int((last+1)%12)+1, 1)
			b.months = append(b.months, last, e.leaf, int64(b.zone.Moment(next, 0)))
		}
	}
	return nil
}

// monthOf is the month of a day, as it is reckoned here: twelve times the year, and the month from 0.
func monthOf(d calendar.Date) int64 {
	y, m, _ := d.Civil()
	return int64(12*y + m - 1)
}

// read reads the entries of laws of which something is counted.
func (b *batch) read(tx *db.Tx, from, to int64) error {
	err := rows(tx, selectEntries, []any{from, to}, func(r *sql.Rows) error {
		var e entry
		var form, effects []byte
		if err := r.Scan(&e.leaf, &e.proceeding, &e.seq, &e.law, &e.edition, &e.act, &e.officer, &e.office, &e.done, &form, &effects, &e.recorded, &e.supervisor); err != nil {
			return err
		}
		f := b.g.of[e.law]
		if f == nil {
			return nil
		}
		if len(f.acts[e.act]) > 0 {
			if err := json.Unmarshal(form, &e.form); err != nil {
				return fmt.Errorf("entry %s/%d: form: %w", e.proceeding, e.seq, err)
			}
		}
		if err := json.Unmarshal(effects, &e.effects); err != nil {
			return fmt.Errorf("entry %s/%d: effects: %w", e.proceeding, e.seq, err)
		}
		b.entries = append(b.entries, e)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read entries: %w", err)
	}
	return nil
}

// numbers reads those of counts and sources, and gives new counts theirs.
func (b *batch) numbers(tx *db.Tx) error {
	next := int64(0)
	err := rows(tx, selectCounts, nil, func(r *sql.Rows) error {
		var id int64
		var law, name string
		if err := r.Scan(&id, &law, &name); err != nil {
			return err
		}
		if l := b.g.Law(law); l != nil && l.Count(name) != nil {
			b.counts[l.Count(name)] = id
		}
		next = max(next, id+1)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read counts: %w", err)
	}
	for _, l := range b.g.laws {
		for _, c := range l.Counts {
			if _, known := b.counts[c]; !known {
				b.counts[c] = next
				b.newCount = append(b.newCount, next, c.Law, c.Name)
				next++
			}
			b.running[b.counts[c]] = c.Open
		}
	}
	err = rows(tx, selectSources, nil, func(r *sql.Rows) error {
		id, s, err := scanSource(r)
		b.sources[s] = id
		return err
	})
	if err != nil {
		return fmt.Errorf("read sources: %w", err)
	}
	return nil
}

func scanSource(r *sql.Rows) (id int64, s proceedings.Source, err error) {
	var deadline int
	err = r.Scan(&id, &s.Law, &s.Act, &s.Kinds, &deadline)
	s.Deadline = deadline == 1
	return id, s, err
}

// source gives the number of a source.
func (b *batch) source(s proceedings.Source) int64 {
	id, known := b.sources[s]
	if !known {
		id = int64(len(b.sources))
		b.sources[s] = id
		b.newFrom = append(b.newFrom, id, s.Law, s.Act, s.Kinds, number(s.Deadline))
	}
	return id
}

func number(is bool) int {
	if is {
		return 1
	}
	return 0
}

// open reads the proceedings that began before as they are kept.
func (b *batch) open(tx *db.Tx) error {
	var known []string
	for i := range b.entries {
		e := &b.entries[i]
		if b.files[e.proceeding] == nil {
			b.files[e.proceeding] = &file{of: b.g.of[e.law], facts: map[string]string{}, items: map[place]*item{}}
			if e.seq > 1 {
				known = append(known, e.proceeding)
			}
		}
	}
	if len(known) == 0 {
		return nil
	}
	byNo := map[int64]*file{}
	keys := db.Keys(known)
	err := rows(tx, selectCases+db.In(len(keys), 1), keys, func(r *sql.Rows) error {
		v := version{until: still}
		var shown int
		if err := r.Scan(&v.no, &v.since, &v.id, &v.law, &v.office, &v.supervisor, &v.inCharge, &v.state, &v.secrecy, &shown, &v.facts); err != nil {
			return err
		}
		v.shown = shown == 1
		f := b.files[v.id]
		f.now, byNo[v.no] = v, f
		return json.Unmarshal([]byte(v.facts), &f.facts)
	})
	if err != nil {
		return fmt.Errorf("read proceedings: %w", err)
	}
	if len(byNo) != len(known) {
		return fmt.Errorf("%d proceedings go on that never began", len(known)-len(byNo))
	}
	var moving []any
	for c, id := range b.counts {
		if c.Of != Acts { // what was done is done
			moving = append(moving, id)
		}
	}
	if len(moving) == 0 {
		return nil
	}
	args := slices.Clone(moving)
	for _, no := range slices.Sorted(maps.Keys(byNo)) {
		args = append(args, no)
	}
	for n := len(args) - len(moving); n&(n-1) != 0; n++ {
		args = append(args, args[len(args)-1])
	}
	err = rows(tx, fmt.Sprintf(selectFacts, db.In(len(moving), 1), db.In(len(args)-len(moving), len(moving)+1)), args, func(r *sql.Rows) error {
		it := &item{}
		var month int64
		if err := r.Scan(&it.count, &it.no, &it.item, &it.since, &it.until, &it.source, &it.day, &month, &it.due, &it.state, &it.office, &it.officer, &it.did,
			&it.parts[0], &it.parts[1], &it.parts[2], &it.parts[3], &it.sums[0], &it.sums[1], &it.sums[2], &it.other); err != nil {
			return err
		}
		byNo[it.no].items[place{it.count, it.item}] = it
		return nil
	})
	if err != nil {
		return fmt.Errorf("read facts: %w", err)
	}
	return nil
}

// write writes all of it.
func (b *batch) write(tx *db.Tx) error {
	var cases, facts []any
	for _, k := range slices.SortedFunc(maps.Keys(b.cases), func(x, y [2]int64) int { return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1])) }) {
		v := b.cases[k]
		cases = append(cases, v.no, v.since, v.until, v.id, v.law, v.office, v.supervisor, v.inCharge, v.state, v.secrecy, number(v.shown), v.facts)
	}
	order := func(x, y key) int {
		return cmp.Or(cmp.Compare(x.count, y.count), cmp.Compare(x.no, y.no), cmp.Compare(x.item, y.item), cmp.Compare(x.since, y.since))
	}
	for _, k := range slices.SortedFunc(maps.Keys(b.facts), order) {
		it := b.facts[k]
		facts = append(facts, it.count, it.no, it.item, it.since, it.until, it.source, int64(it.day), monthOf(it.day), int64(it.due), it.state, it.office, it.officer, it.did,
			it.parts[0], it.parts[1], it.parts[2], it.parts[3], it.sums[0], it.sums[1], it.sums[2], it.other)
	}
	for _, rows := range []struct {
		into *db.Rows
		args []any
	}{{insertCounts, b.newCount}, {insertSources, b.newFrom}, {insertMonths, b.months}, {insertCases, cases}, {insertFacts, facts}} {
		if _, err := tx.ExecRows(rows.into, rows.args); err != nil {
			return err
		}
	}
	return nil
}

// empties take away a part of each table.
var empties = []string{
	`DELETE FROM figures_fact WHERE (count, no, item, since) IN (SELECT count, no, item, since FROM figures_fact LIMIT 5000)`,
	`DELETE FROM figures_case WHERE (no, since) IN (SELECT no, since FROM figures_case LIMIT 5000)`,
	`DELETE FROM figures_count`,
	`DELETE FROM figures_source`,
	`DELETE FROM figures_month`,
}

// Empty takes away a bounded part of the tables: see follow.Follower.
func (g *Register) Empty(_ context.Context, tx *db.Tx) (more bool, err error) {
	for _, text := range empties {
		n, err := tx.Exec(text)
		if err != nil {
			return false, err
		}
		if n >= 5000 {
			return true, nil
		}
	}
	return false, nil
}

// told is the value of a part as it is kept: of an article the code and the number, of a place the region.
func told(v fact.Value) string {
	text := v.String()
	switch v.Type {
	case fact.Article:
		at := strings.IndexByte(text, ' ')
		if end := strings.IndexAny(text[at+1:], " (,"); end > 0 {
			text = text[:at+1+end]
		}
	case fact.Place:
		text = text[:min(len(text), regionDigits)]
	case fact.NoType:
		return ""
	}
	return text
}

// regionDigits are those of a place's code that say in which region it lies.
const regionDigits = 4
