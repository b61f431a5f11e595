package find

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"nazorat/internal/db"
	"nazorat/internal/fact"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
)

const (
	selectEntries = `SELECT e.leaf, e.proceeding, e.seq, e.law, e.act, e.form, e.cargo, e.effects, p.number, p.office, p.supervisor, p.in_charge, p.parties FROM entry e JOIN proceeding p ON p.id = e.proceeding
WHERE e.leaf >= $1 AND e.leaf < $2 ORDER BY e.leaf`
	selectCases   = `SELECT proceeding, no FROM find_case WHERE proceeding IN `
	selectSources = `SELECT id, law, act, kinds FROM find_source`
	selectNames   = `SELECT name FROM find_name WHERE name IN `
	selectThings  = `SELECT no, thing, kinds FROM find_person WHERE no IN `
)

var (
	insertCases   = db.NewRows(`INSERT INTO find_case (no, proceeding, opened)`, 3, "ON CONFLICT (no) DO UPDATE SET opened = excluded.opened")
	insertWords   = db.NewRows(`INSERT INTO find_word (word, no, seq, source)`, 4, "")
	insertHas     = db.NewRows(`INSERT INTO find_word (word, no, seq, source)`, 4, "ON CONFLICT DO NOTHING")
	insertSources = db.NewRows(`INSERT INTO find_source (id, law, act, kinds)`, 4, "")
	insertThings  = db.NewRows(`INSERT INTO find_person (no, thing, seq, kinds, state, source)`, 6, "ON CONFLICT (no, thing) DO UPDATE SET state = excluded.state")
	insertNames   = db.NewRows(`INSERT INTO find_name (name, sound)`, 2, "")
	insertNear    = db.NewRows(`INSERT INTO find_near (part, name)`, 2, "ON CONFLICT DO NOTHING")
)

// entry is one as the index reads it.
type entry struct {
	leaf, seq                    int64
	proceeding, law, act, number string
	form, cargo, effects         []byte
	no                           int64
	did                          []effect

	// The proceeding as it is now, which may be later than the entry.
	office, supervisor, charge string
	parties                    stored.Parties
}

// Effects that the index follows, by the names that the journal has for them.
var effectAdded, effectMoved, effectSet = procedure.Added.String(), procedure.Moved.String(), procedure.Set.String()

// effect is what the index needs of an effect as the journal keeps it.
type effect struct {
	Effect string     `json:"effect"`
	Thing  int32      `json:"thing"`
	Of     *int32     `json:"of"`
	Kind   string     `json:"kind"`
	To     string     `json:"to"`
	Field  string     `json:"field"`
	Value  *fact.JSON `json:"value"`
}

// source is what made rows of the index.
type source struct{ law, act, kinds string }

// thing is one that an act brought or moved.
type thing struct {
	seq          int64
	kinds, state string
	source       int64
}

// at is the place of a thing: the number of its proceeding, and its own.
type at struct {
	no    int64
	thing int32
}

// batch is what follows from a range of leaves, before it is written.
type batch struct {
	x       *Index
	entries []entry
	sources map[source]int64
	next    int64 // number of the next source
	fresh   []any // new sources
	words   map[word]struct{}
	has     map[word]struct{} // who has a proceeding
	names   map[string]string // how names sound, by that in full
	opened  map[int64]bool    // new proceedings, and those of which that changed
	things  map[at]*thing     // new ones
	moved   map[at]string     // others that came into another state
	kinds   map[at]string     // of things, with those of what they belong to
}

// word is a row of the index.
type word struct {
	key     string
	no, seq int64
	source  int64
}

// Follow writes what follows from the leaves [from, to): see follow.Follower.
func (x *Index) Follow(_ context.Context, tx *db.Tx, from, to int64) error {
	b := &batch{x: x, sources: map[source]int64{}, words: map[word]struct{}{}, has: map[word]struct{}{}, names: map[string]string{}, opened: map[int64]bool{},
		things: map[at]*thing{}, moved: map[at]string{}, kinds: map[at]string{}}
	if err := b.read(tx, from, to); err != nil || len(b.entries) == 0 {
		return err
	}
	if err := b.numbered(tx); err != nil {
		return err
	}
	if err := b.above(tx); err != nil {
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

// read reads the entries, and the sources that are known.
func (b *batch) read(tx *db.Tx, from, to int64) error {
	err := rows(tx, selectEntries, []any{from, to}, func(r *sql.Rows) error {
		var e entry
		if err := r.Scan(&e.leaf, &e.proceeding, &e.seq, &e.law, &e.act, &e.form, &e.cargo, &e.effects, &e.number, &e.office, &e.supervisor, &e.charge, &e.parties); err != nil {
			return err
		}
		b.entries = append(b.entries, e)
		if err := json.Unmarshal(e.effects, &b.entries[len(b.entries)-1].did); err != nil {
			return fmt.Errorf("entry %s/%d: effects: %w", e.proceeding, e.seq, err)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read entries: %w", err)
	}
	err = rows(tx, selectSources, nil, func(r *sql.Rows) error {
		var id int64
		var s source
		if err := r.Scan(&id, &s.law, &s.act, &s.kinds); err != nil {
			return err
		}
		b.sources[s], b.next = id, max(b.next, id+1)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read sources: %w", err)
	}
	return nil
}

// numbered gives the entries the numbers of their proceedings.
func (b *batch) numbered(tx *db.Tx) error {
	no := map[string]int64{}
	for _, e := range b.entries {
		if e.seq == 1 {
			no[e.proceeding], b.opened[e.leaf] = e.leaf, false
		}
	}
	var unknown []string
	for _, e := range b.entries {
		if _, known := no[e.proceeding]; !known {
			no[e.proceeding] = -1
			unknown = append(unknown, e.proceeding)
		}
	}
	if len(unknown) > 0 {
		keys := db.Keys(unknown)
		err := rows(tx, selectCases+db.In(len(keys), 1), keys, func(r *sql.Rows) error {
			var id string
			var n int64
			if err := r.Scan(&id, &n); err != nil {
				return err
			}
			no[id] = n
			return nil
		})
		if err != nil {
			return fmt.Errorf("read proceedings: %w", err)
		}
	}
	for i := range b.entries {
		e := &b.entries[i]
		if e.no = no[e.proceeding]; e.no < 0 {
			return fmt.Errorf("entry %s/%d: its proceeding never began", e.proceeding, e.seq)
		}
	}
	return nil
}

// above reads the kinds of things of earlier batches to which new ones belong.
func (b *batch) above(tx *db.Tx) error {
	var cases []any
	for i := range b.entries {
		e := &b.entries[i]
		for _, f := range e.did {
			if f.Effect == effectAdded && f.Of != nil && *f.Of > 0 && !slices.Contains(cases, any(e.no)) {
				cases = append(cases, e.no)
			}
		}
	}
	for len(cases)&(len(cases)-1) != 0 {
		cases = append(cases, cases[0])
	}
	if len(cases) == 0 {
		return nil
	}
	return rows(tx, selectThings+db.In(len(cases), 1), cases, func(r *sql.Rows) error {
		var t at
		var kinds string
		if err := r.Scan(&t.no, &t.thing, &kinds); err != nil {
			return err
		}
		b.kinds[t] = kinds
		return nil
	})
}

// source gives the number of a source.
func (b *batch) source(s source) int64 {
	id, known := b.sources[s]
	if !known {
		id, b.next = b.next, b.next+1
		b.sources[s] = id
		b.fresh = append(b.fresh, id, s.law, s.act, s.kinds)
	}
	return id
}

// add adds a key.
func (b *batch) add(e *entry, from int64) func(key string) {
	return func(key string) {
		if name, is := strings.CutPrefix(key, asFull); is {
			full, sound, _ := strings.Cut(name, " ")
			b.names[full] = sound
			return
		}
		b.words[word{key, e.no, e.seq, from}] = struct{}{}
	}
}

// keep notes who has the proceeding of an entry. Each change of that is an entry of its own; what was before stays: it finds what policies then hold back.
func (b *batch) keep(e *entry) {
	add := func(key string) { b.has[word{key: key, no: e.no}] = struct{}{} }
	add(asHas + hasOffice + e.office)
	add(asHas + hasSupervisor + e.supervisor)
	if e.charge != "" {
		add(asHas + hasCharge + e.charge)
	}
	for _, p := range e.parties {
		if p.Office != "" {
			continue // of which something is asked: its officers do not search by that
		}
		add(asHas + hasParty + p.As + " " + p.Officer)
	}
}

// take takes an entry.
func (b *batch) take(e *entry) error {
	b.keep(e)
	if e.seq == 1 {
		numberKeys(e.number, b.add(e, b.source(source{law: e.law})))
	}
	var form map[string]fact.JSON
	if err := json.Unmarshal(e.form, &form); err != nil {
		return fmt.Errorf("form: %w", err)
	}
	if err := keysOfAll(form, b.add(e, b.source(source{law: e.law, act: e.act}))); err != nil {
		return err
	}
	for i := range e.did {
		if err := b.takeEffect(e, &e.did[i]); err != nil {
			return err
		}
	}
	return nil
}

func keysOfAll(values map[string]fact.JSON, add func(key string)) error {
	for name, stored := range values {
		v, err := fact.Decode(stored)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		keysOf(v, add)
	}
	return nil
}

// takeEffect takes what followed: which things there are and where they stand, whether the file was opened, and what is
// known of things that came along from another proceeding, which no form of this one says.
func (b *batch) takeEffect(e *entry, f *effect) error {
	this := at{e.no, f.Thing}
	switch f.Effect {
	case effectAdded:
		kinds := f.Kind
		if f.Of != nil && *f.Of > 0 {
			kinds += " " + b.kinds[at{e.no, *f.Of}]
		}
		b.kinds[this] = kinds
		b.things[this] = &thing{seq: e.seq, kinds: kinds, state: f.To, source: b.source(source{law: e.law, kinds: kinds})}
	case effectMoved:
		if t := b.things[this]; t != nil {
			t.state = f.To
		} else if f.Thing > 0 {
			b.moved[this] = f.To
		}
	case effectSet:
		return b.takeFact(e, f)
	}
	return nil
}

func (b *batch) takeFact(e *entry, f *effect) error {
	t := b.things[at{e.no, f.Thing}]
	came := len(e.cargo) > 0 && t != nil && t.seq == e.seq
	opens := f.Thing == 0 && slices.Contains(b.x.opening[e.law], f.Field)
	if f.Value == nil || !came && !opens {
		return nil
	}
	v, err := fact.Decode(*f.Value)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Field, err)
	}
	if opens {
		b.opened[e.no] = v.Num != 0
	}
	if came {
		keysOf(v, b.add(e, t.source))
	}
	return nil
}

// write writes all of it.
func (b *batch) write(tx *db.Tx) error {
	ids := map[int64]string{}
	for i := range b.entries {
		ids[b.entries[i].no] = b.entries[i].proceeding
	}
	var cases, things []any
	for _, no := range slices.Sorted(maps.Keys(b.opened)) {
		opened := 0
		if b.opened[no] {
			opened = 1
		}
		cases = append(cases, no, ids[no], opened)
	}
	inOrder := func(all map[word]struct{}) (out []any) { // by their keys: neighbours lie on one page
		list := slices.SortedFunc(maps.Keys(all), func(x, y word) int { return cmp.Or(strings.Compare(x.key, y.key), cmp.Compare(x.no, y.no)) })
		for _, w := range list {
			out = append(out, w.key, w.no, w.seq, w.source)
		}
		return out
	}
	for where, t := range b.things {
		things = append(things, where.no, where.thing, t.seq, t.kinds, t.state, t.source)
	}
	for where, state := range b.moved { // of a thing that nothing is known of but that it moved, no sheet tells
		things = append(things, where.no, where.thing, 0, "", state, 0)
	}
	for _, rows := range []struct {
		into *db.Rows
		args []any
	}{{insertCases, cases}, {insertSources, b.fresh}, {insertWords, inOrder(b.words)}, {insertHas, inOrder(b.has)}, {insertThings, things}} {
		if _, err := tx.ExecRows(rows.into, rows.args); err != nil {
			return err
		}
	}
	return b.writeNames(tx)
}

// mostNamed is how many names are asked for at once: SQLite takes 32,766 values, and a case of thousands of persons that comes along
// with another is one entry.
const mostNamed = 8192

// writeNames writes the names that were not met before.
func (b *batch) writeNames(tx *db.Tx) error {
	if len(b.names) == 0 {
		return nil
	}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(b.names)), mostNamed) {
		keys := db.Keys(some)
		err := rows(tx, selectNames+db.In(len(keys), 1), keys, func(r *sql.Rows) error {
			var name string
			if err := r.Scan(&name); err != nil {
				return err
			}
			delete(b.names, name)
			return nil
		})
		if err != nil {
			return fmt.Errorf("read names: %w", err)
		}
	}
	var names, near []any
	for _, name := range slices.Sorted(maps.Keys(b.names)) {
		names = append(names, name, b.names[name])
		for _, part := range parts(name) {
			near = append(near, part, b.names[name])
		}
	}
	if _, err := tx.ExecRows(insertNames, names); err != nil {
		return err
	}
	_, err := tx.ExecRows(insertNear, near)
	return err
}

// empties take away a part of each table.
var empties = []string{
	`DELETE FROM find_word WHERE (word, no, seq, source) IN (SELECT word, no, seq, source FROM find_word LIMIT 5000)`,
	`DELETE FROM find_near WHERE (part, name) IN (SELECT part, name FROM find_near LIMIT 5000)`,
	`DELETE FROM find_person WHERE (no, thing) IN (SELECT no, thing FROM find_person LIMIT 5000)`,
	`DELETE FROM find_case WHERE no IN (SELECT no FROM find_case LIMIT 5000)`,
	`DELETE FROM find_name WHERE name IN (SELECT name FROM find_name LIMIT 5000)`,
	`DELETE FROM find_source`,
}

// Empty takes away a bounded part of the index: see follow.Follower.
func (x *Index) Empty(_ context.Context, tx *db.Tx) (more bool, err error) {
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
