package docket

import (
	"cmp"
	"fmt"
	"slices"

	"nazorat/internal/db"
	"nazorat/internal/journal"
	"nazorat/internal/stored"
)

var (
	writeProceeding = db.NewRows(`INSERT INTO proceeding (id, law, number, office, supervisor, in_charge, root_state, title, version, opened, changed, state, edition, head)`, 14,
		onProceeding+`, office = excluded.office, supervisor = excluded.supervisor, in_charge = excluded.in_charge, edition = excluded.edition`)
	// Most acts leave the proceeding where it is: then no index is touched but the key's.
	writeState = db.NewRows(`INSERT INTO proceeding (id, law, number, office, supervisor, in_charge, root_state, title, version, opened, changed, state, edition, head)`, 14, onProceeding)
	writeEntry = db.NewRows(`INSERT INTO entry (leaf, proceeding, seq, law, edition, act, thing, officer, role, mandate, office, done, recorded, form, cargo, effects, previous, hash, salt, submission)`, 20, ``)
	writeCopy  = db.NewRows(`INSERT INTO copy (office, role, at, proceeding, seq)`, 5, ``)
	writeLink  = db.NewRows(`INSERT INTO link (from_proceeding, from_seq, n, to_proceeding, to_seq)`, 5, ``)
	writeTally = db.NewRows(`INSERT INTO tally (office, law, state, n)`, 4, `ON CONFLICT (office, law, state) DO UPDATE SET n = tally.n + excluded.n`)
	writeLast  = db.NewRows(`INSERT INTO numbering (office, law, year, last)`, 4, `ON CONFLICT (office, law, year) DO UPDATE SET last = excluded.last`)
)

const onProceeding = `ON CONFLICT (id) DO UPDATE SET root_state = excluded.root_state, title = excluded.title, version = excluded.version, changed = excluded.changed,
state = excluded.state, head = excluded.head`

const (
	insertDeadline = `INSERT INTO deadline (proceeding, no, law, term, thing, role, office, officer, supervisor, breach, started, due, status, closed, basis, steps)`
	deadlineWidth  = 16
	setCounted     = `due = excluded.due, status = excluded.status, closed = excluded.closed, basis = excluded.basis`
	setOwned       = `officer = excluded.officer, office = excluded.office, supervisor = excluded.supervisor`
	// Counted anew, a deadline is owed and escalated as the new edition says; the law, the term and the thing stay.
	setWhole     = setCounted + `, ` + setOwned + `, role = excluded.role, breach = excluded.breach, steps = excluded.steps`
	onDeadline   = `ON CONFLICT (proceeding, no) DO UPDATE SET `
	dropDeadline = `DELETE FROM deadline WHERE proceeding = $1 AND no = $2`
)

// writeDeadline by what changed: counted, owned, or both; whole.
var writeDeadline = map[int]*db.Rows{
	counted:         db.NewRows(insertDeadline, deadlineWidth, onDeadline+setCounted),
	owned:           db.NewRows(insertDeadline, deadlineWidth, onDeadline+setOwned),
	counted | owned: db.NewRows(insertDeadline, deadlineWidth, onDeadline+setCounted+`, `+setOwned),
	whole:           db.NewRows(insertDeadline, deadlineWidth, onDeadline+setWhole),
}

// flush writes the sheet, and gives each entry its number in the journal.
func (s *sheet) flush() error {
	if err := s.flushProceedings(); err != nil {
		return err
	}
	if err := s.flushEntries(); err != nil {
		return err
	}
	if err := s.flushDeadlines(); err != nil {
		return err
	}
	return s.flushRest()
}

func (s *sheet) flushProceedings() error {
	var moved, stayed []any
	for _, id := range sorted(s.held) {
		h := s.held[id]
		if !h.dirty {
			continue
		}
		state, err := stored.EncodeState(h.law, &h.state)
		if err != nil {
			return err
		}
		args := &stayed
		if h.moved {
			args = &moved
		}
		*args = append(*args, h.id, h.law.Name, h.number, h.office, h.super, h.charge, h.root, h.law.Title(&h.state), h.version, int64(h.opened), int64(h.changed), string(state), h.edition, h.head[:])
	}
	if _, err := s.tx.ExecRows(writeProceeding, moved); err != nil {
		return fmt.Errorf("write proceedings: %w", err)
	}
	if _, err := s.tx.ExecRows(writeState, stayed); err != nil {
		return fmt.Errorf("write proceedings: %w", err)
	}
	return nil
}

func (s *sheet) flushEntries() error {
	if len(s.entries) == 0 {
		return nil
	}
	args := make([]any, 0, len(s.entries)*writeEntry.Columns)
	leaves := make([]journal.Hash, len(s.entries))
	for i, e := range s.entries {
		e.receipt.Leaf = s.tip.Size + int64(i)
		leaves[i] = e.hash
		args = append(args, e.receipt.Leaf, e.Proceeding, e.Seq, e.Law, e.Edition, e.Act, int64(e.Thing), e.Officer, e.Role, e.Mandate, e.Office, int64(e.Done), int64(e.Recorded),
			string(e.form), string(e.Cargo), string(e.effects), e.Previous[:], e.hash[:], e.salt[:], e.submission)
	}
	if _, err := s.tx.ExecRows(writeEntry, args); err != nil {
		return fmt.Errorf("append entries: %w", err)
	}
	return s.tip.Append(s.tx, leaves)
}

func (s *sheet) flushDeadlines() error {
	type key struct {
		proceeding string
		no         int32
	}
	at := map[key]int{}
	var list []*deadlineRow
	for _, d := range s.deadlines {
		k := key{d.proceeding, d.no}
		if i, known := at[k]; known {
			list[i] = list[i].follow(d)
			continue
		}
		at[k] = len(list)
		list = append(list, d)
	}
	args := map[int][]any{}
	for _, d := range list {
		if d.dropped {
			if _, err := s.tx.Exec(dropDeadline, d.proceeding, d.no); err != nil {
				return fmt.Errorf("drop deadline: %w", err)
			}
			continue
		}
		how := d.changed
		if how&whole != 0 {
			how = whole
		}
		args[how] = append(args[how], d.proceeding, int64(d.no), d.law, d.term, int64(d.thing), d.role, d.office, d.officer, d.super, d.breach, int64(d.started), int64(d.due), d.status, int64(d.closed), string(d.basis), int64(d.steps))
	}
	for _, how := range sorted(args) {
		if _, err := s.tx.ExecRows(writeDeadline[how], args[how]); err != nil {
			return fmt.Errorf("write deadlines: %w", err)
		}
	}
	return nil
}

func (s *sheet) flushRest() error {
	sums := map[tallyRow]int{}
	for _, t := range s.tallies {
		n := t.n
		t.n = 0
		sums[t] += n
	}
	var tallies, last, copies, links []any
	for t, n := range sums {
		if n != 0 {
			tallies = append(tallies, t.office, t.law, t.state, int64(n))
		}
	}
	for of, n := range s.last {
		last = append(last, of.office, of.law, int64(of.year), n)
	}
	for _, c := range s.copies {
		copies = append(copies, c.office, c.role, int64(c.at), c.proceeding, c.seq)
	}
	for _, l := range s.links {
		links = append(links, l.from, l.fromSeq, int64(l.n), l.to, l.toSeq)
	}
	for _, x := range []struct {
		what string
		rows *db.Rows
		args []any
	}{{"tallies", writeTally, tallies}, {"numbers", writeLast, last}, {"copies", writeCopy, copies}, {"links", writeLink, links}} {
		if _, err := s.tx.ExecRows(x.rows, x.args); err != nil {
			return fmt.Errorf("write %s: %w", x.what, err)
		}
	}
	return nil
}

// sorted gives the keys of a map in order, so that every batch takes rows in the same order.
func sorted[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
