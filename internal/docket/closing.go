package docket

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"nazorat/internal/directory"
	"nazorat/internal/fault"
	"nazorat/internal/procedure"
)

// An office is closed when nothing is open there: each proceeding must have found another owner first, by the acts that
// its own law has for that. Files of officers and offices are no such proceedings: they stay, and those above read them.

const selectOpenAt = `SELECT p.id, p.law, p.root_state, p.number, EXISTS (SELECT 1 FROM deadline d WHERE d.proceeding = p.id AND d.status = 'running')
FROM proceeding p WHERE p.office = $1 ORDER BY p.number, p.id`

// OpenAt is a proceeding that an office has, and that has not come to its end or owes something still.
type OpenAt struct{ ID, Law, Number string }

// OpenAt lists what an office has open, by number: what must find another owner before the office can be closed. The caller has
// made sure that whoever asks administers the office.
func (k *Docket) OpenAt(ctx context.Context, office string) ([]OpenAt, error) {
	rows, err := k.db.Query(ctx, selectOpenAt, office)
	if err != nil {
		return nil, fmt.Errorf("read what an office has open: %w", err)
	}
	return k.openAt(rows)
}

func (k *Docket) openAt(rows *sql.Rows) (out []OpenAt, err error) {
	defer rows.Close()
	for rows.Next() {
		var x OpenAt
		var root string
		var owes bool
		if err := rows.Scan(&x.ID, &x.Law, &root, &x.Number, &owes); err != nil {
			return nil, err
		}
		open, err := k.isOpen(x.Law, root, owes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", x.ID, err)
		}
		if open {
			out = append(out, x)
		}
	}
	return out, rows.Err()
}

// isOpen reports whether a proceeding in a state keeps its office from being closed.
func (k *Docket) isOpen(law, root string, owes bool) (bool, error) {
	l := k.laws[law]
	if l == nil {
		return false, fmt.Errorf("the law %s is not loaded", law)
	}
	if inward(l) {
		return false, nil
	}
	state := l.Names.States[0].Find(root)
	for _, e := range l.Editions {
		if kind := e.Kinds[0]; !owes && state >= 0 && state < len(kind.Final) && kind.Final[state] {
			return false, nil
		}
	}
	return true, nil
}

// inward reports whether a law is about the service itself.
func inward(l *procedure.Law) bool { return l.Editions[len(l.Editions)-1].Inward }

// mayClose refuses to close an office that has something open, as the tables have it and as what the batch did before has it now.
func (k *Docket) mayClose(w *work, e directory.Entry) error {
	tx, err := w.t.s.reading()
	if err != nil {
		return err
	}
	office, err := directory.Filed(tx, e.Proceeding)
	if err != nil || office == "" { // whose file it is not, the directory says
		return err
	}
	rows, err := tx.Query(selectOpenAt, office)
	if err != nil {
		return fmt.Errorf("read what an office has open: %w", err)
	}
	list, err := k.openAt(rows)
	if err != nil {
		return fmt.Errorf("read what an office has open: %w", err)
	}
	for _, held := range []map[string]*held{w.t.s.held, w.t.held} {
		for id, h := range held {
			list = slices.DeleteFunc(list, func(x OpenAt) bool { return x.ID == id })
			if h.office == office && !inward(h.law) && len(h.state.Things) > 0 && !over(h.law.Editions[h.state.Edition], &h.state) {
				list = append(list, OpenAt{ID: id, Law: h.law.Name, Number: h.number})
			}
		}
	}
	if len(list) == 0 {
		return nil
	}
	var numbers []string
	for _, x := range list {
		numbers = append(numbers, x.Number)
	}
	slices.Sort(numbers)
	return fault.New(fault.Invalid, "directory.still_open", fault.Args{"n": len(list), "list": directory.Told(numbers)})
}
