package docket

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"nazorat/internal/db"
	"nazorat/internal/stored"
	"nazorat/internal/vault"
)

var (
	openProceedings = db.NewRows(`INSERT INTO proceeding (id, law, number, opened, office, supervisor, in_charge, edition, secrecy, parties, root_state, title, version, changed, state, head)`, 16, ``)
	// Most acts leave the proceeding where it is: then no index is touched.
	changeProceedings = db.NewUpdates("proceeding", whatChanges, byID)
	handProceedings   = db.NewUpdates("proceeding", slices.Concat(db.Columns("in_charge", "TEXT"), whatChanges), byID) // another officer of the same office
	moveProceedings   = db.NewUpdates("proceeding", slices.Concat(db.Columns("office", "TEXT", "supervisor", "TEXT", "in_charge", "TEXT", "edition", "TEXT", "secrecy", "TEXT", "parties", "TEXT"), whatChanges), byID)
	whatChanges       = db.Columns("root_state", "TEXT", "title", "TEXT", "version", "{int}", "changed", "{int}", "state", "TEXT", "head", "{bytes}")
	byID              = db.Columns("id", "TEXT")

	writeEntry = db.NewRows(`INSERT INTO entry (leaf, proceeding, seq, law, edition, act, thing, officer, role, mandate, office, client, done, recorded, form, cargo, effects, previous, hash, salt, submission)`, 21, ``)
	writeCopy  = db.NewRows(`INSERT INTO copy (office, role, at, proceeding, seq)`, 5, ``)
	writeLink  = db.NewRows(`INSERT INTO link (from_proceeding, from_seq, n, to_proceeding, to_seq)`, 5, ``)
	// A row that is there is found by its key; only the first of an office and state needs more.
	countTally = db.NewUpdates("tally", []db.Column{{Name: "n", Type: "{int}", Adds: true}}, db.Columns("office", "TEXT", "supervisor", "TEXT", "law", "TEXT", "state", "TEXT", "secrecy", "TEXT", "charged", "{int}"))
	countLast  = db.NewUpdates("numbering", db.Columns("last", "{int}"), db.Columns("office", "TEXT", "law", "TEXT", "year", "{int}"))
	writeTally = db.NewRows(`INSERT INTO tally (office, supervisor, law, state, secrecy, charged, n)`, 7, `ON CONFLICT (office, supervisor, law, state, secrecy, charged) DO UPDATE SET n = tally.n + excluded.n`)
	writeLast  = db.NewRows(`INSERT INTO numbering (office, law, year, last)`, 4, `ON CONFLICT (office, law, year) DO UPDATE SET last = excluded.last`)
)

const insertDeadline = `INSERT INTO deadline (proceeding, no, law, term, thing, started, due, status, closed, basis, officer, office, supervisor, secrecy, role, breach, steps)`

const dropDeadline = `DELETE FROM deadline WHERE proceeding = $1 AND no = $2`

var (
	startDeadlines = db.NewRows(insertDeadline, 17, ``)
	// Counted anew, a deadline is owed and escalated as the new edition says; the law, the term and the thing stay.
	recountDeadlines = db.NewRows(insertDeadline, 17, `ON CONFLICT (proceeding, no) DO UPDATE SET due = excluded.due, status = excluded.status, closed = excluded.closed, basis = excluded.basis,
officer = excluded.officer, office = excluded.office, supervisor = excluded.supervisor, secrecy = excluded.secrecy, role = excluded.role, breach = excluded.breach, steps = excluded.steps`)
	whatCounts    = db.Columns("due", "{int}", "status", "TEXT", "closed", "{int}", "basis", "TEXT")
	whoOwes       = db.Columns("officer", "TEXT", "office", "TEXT", "supervisor", "TEXT", "secrecy", "TEXT")
	deadlineKey   = db.Columns("proceeding", "TEXT", "no", "{int}")
	updateCounted = db.NewUpdates("deadline", whatCounts, deadlineKey)
	updateHanded  = db.NewUpdates("deadline", db.Columns("officer", "TEXT"), deadlineKey) // most often it is: then the indexes of offices are left alone
	updateOwned   = db.NewUpdates("deadline", whoOwes, deadlineKey)
	updateBoth    = db.NewUpdates("deadline", slices.Concat(whatCounts, whoOwes), deadlineKey)
)

// flush writes what is left of the sheet, and what stands for all of it.
func (s *sheet) flush() error {
	if err := s.part(); err != nil {
		return err
	}
	if _, err := s.reading(); err != nil { // the rest is little, and is written here
		return err
	}
	if err := s.tip.Append(s.tx, s.leaves); err != nil {
		return err
	}
	return s.flushRest()
}

// part hands over the rows that are gathered so far: what acts did to proceedings and deadlines, and their entries.
func (s *sheet) part() error {
	if err := s.flushProceedings(); err != nil {
		return err
	}
	if err := s.flushEntries(); err != nil {
		return err
	}
	return s.flushDeadlines()
}

func (s *sheet) flushProceedings() error {
	var opened, moved, handed, changed []any
	slices.Sort(s.dirty) // every batch takes rows in the same order
	for _, id := range slices.Compact(s.dirty) {
		h := s.held[id]
		state, err := stored.EncodeState(h.law, &h.state)
		if err != nil {
			return err
		}
		place := []any{h.office, h.super, h.charge, h.edition, h.secrecy, h.parties.Text()}
		what := []any{h.root, h.law.Title(&h.state), h.version, int64(h.changed), string(state), h.head[:]}
		switch {
		case h.fresh:
			opened = append(append(append(opened, h.id, h.law.Name, h.number, int64(h.opened)), place...), what...)
		case h.handed && !h.moved:
			handed = append(append(append(handed, h.charge), what...), h.id)
		case h.moved:
			moved = append(append(append(moved, place...), what...), h.id)
		default:
			changed = append(append(changed, what...), h.id)
		}
		written := *h
		written.fresh, written.moved, written.handed = false, false, false
		s.held[id], s.written[id] = &written, true
	}
	s.dirty = s.dirty[:0]
	return s.hand(func() error {
		if _, err := s.tx.ExecRows(openProceedings, opened); err != nil {
			return fmt.Errorf("open proceedings: %w", err)
		}
		if err := s.update(handProceedings, handed); err != nil {
			return fmt.Errorf("hand proceedings over: %w", err)
		}
		if err := s.update(moveProceedings, moved); err != nil {
			return fmt.Errorf("move proceedings: %w", err)
		}
		if err := s.update(changeProceedings, changed); err != nil {
			return fmt.Errorf("change proceedings: %w", err)
		}
		return nil
	})
}

// update changes rows that must be there.
func (s *sheet) update(u *db.Updates, args []any) error {
	n, err := s.tx.ExecUpdates(u, args)
	if err == nil && n != int64(len(args)/u.Columns) {
		return fmt.Errorf("%d rows of %d were there", n, len(args)/u.Columns)
	}
	return err
}

func (s *sheet) flushEntries() error {
	if len(s.entries) == 0 {
		return nil
	}
	args := make([]any, 0, len(s.entries)*writeEntry.Columns)
	for _, e := range s.entries {
		s.leaves = append(s.leaves, e.hash)
		args = append(args, e.receipt.Leaf, e.Proceeding, e.Seq, e.Law, e.Edition, e.Act, int64(e.Thing), e.Officer, e.Role, e.Mandate, e.Office, e.Client, int64(e.Done), int64(e.Recorded),
			string(e.form), string(e.Cargo), string(e.effects), e.Previous[:], e.hash[:], e.salt[:], e.submission)
	}
	s.entries = nil
	return s.hand(func() error {
		if _, err := s.tx.ExecRows(writeEntry, args); err != nil {
			return fmt.Errorf("append entries: %w", err)
		}
		return nil
	})
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
	s.deadlines = nil
	var dropped []*deadlineRow
	var started, recounted, both, counts, hands, owes []any
	for _, d := range list {
		c := []any{int64(d.due), d.status, int64(d.closed), string(d.basis)}
		o := []any{d.officer, d.office, d.super, d.secrecy}
		switch {
		case d.dropped:
			dropped = append(dropped, d)
		case d.changed&whole != 0:
			row := append(append([]any{d.proceeding, int64(d.no), d.law, d.term, int64(d.thing), int64(d.started)}, c...), o...)
			if row = append(row, d.role, d.breach, int64(d.steps)); d.changed&begun != 0 {
				started = append(started, row...)
			} else {
				recounted = append(recounted, row...)
			}
		case d.changed&counted != 0 && d.changed != counted:
			both = append(append(append(both, c...), o...), d.proceeding, int64(d.no))
		case d.changed == counted:
			counts = append(append(counts, c...), d.proceeding, int64(d.no))
		case d.changed == handed:
			hands = append(hands, d.officer, d.proceeding, int64(d.no))
		default:
			owes = append(append(owes, o...), d.proceeding, int64(d.no))
		}
	}
	return s.hand(func() error {
		for _, d := range dropped {
			if _, err := s.tx.Exec(dropDeadline, d.proceeding, d.no); err != nil {
				return fmt.Errorf("drop deadline: %w", err)
			}
		}
		if _, err := s.tx.ExecRows(startDeadlines, started); err != nil {
			return fmt.Errorf("start deadlines: %w", err)
		}
		if _, err := s.tx.ExecRows(recountDeadlines, recounted); err != nil {
			return fmt.Errorf("count deadlines anew: %w", err)
		}
		if err := errors.Join(s.update(updateBoth, both), s.update(updateCounted, counts), s.update(updateHanded, hands), s.update(updateOwned, owes)); err != nil {
			return fmt.Errorf("change deadlines: %w", err)
		}
		return nil
	})
}

func (s *sheet) flushRest() error {
	sums := map[tallyRow]int{}
	for _, t := range s.tallies {
		n := t.n
		t.n = 0
		sums[t] += n
	}
	var tallies, counted, last, followed, copies, links []any
	for t, n := range sums {
		switch _, there := s.k.memory.tallies[t]; {
		case n == 0:
		case there:
			counted = append(counted, int64(n), t.office, t.super, t.law, t.state, t.secrecy, int64(t.charged))
		default:
			tallies = append(tallies, t.office, t.super, t.law, t.state, t.secrecy, int64(t.charged), int64(n))
			s.tallied = append(s.tallied, t)
		}
	}
	for of, n := range s.last {
		if s.series[of] {
			followed = append(followed, n, of.office, of.law, int64(of.year))
		} else {
			last = append(last, of.office, of.law, int64(of.year), n)
		}
	}
	for _, c := range s.copies {
		copies = append(copies, c.office, c.role, int64(c.at), c.proceeding, c.seq)
	}
	for _, l := range s.links {
		links = append(links, l.from, l.fromSeq, int64(l.n), l.to, l.toSeq)
	}
	if err := errors.Join(s.update(countTally, counted), s.update(countLast, followed)); err != nil {
		return fmt.Errorf("count: %w", err)
	}
	for _, x := range []struct {
		what string
		rows *db.Rows
		args []any
	}{{"tallies", writeTally, tallies}, {"numbers", writeLast, last}, {"copies", writeCopy, copies}, {"links", writeLink, links}, {"parties", writeParty, s.partyArgs()}} {
		if _, err := s.tx.ExecRows(x.rows, x.args); err != nil {
			return fmt.Errorf("write %s: %w", x.what, err)
		}
	}
	if err := errors.Join(vault.Attach(s.tx, s.documents), vault.NoteErased(s.tx, s.erasures)); err != nil {
		return err
	}
	return say(s.tx, s.changes)
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
