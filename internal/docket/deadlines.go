package docket

import (
	"encoding/json"
	"fmt"

	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
)

// The states of a deadline as stored.
const (
	Running = "running"
	Stopped = "stopped"
	Met     = "met"
	Late    = "late"
	Ended   = "ended" // fell away
)

const (
	insertDeadline = `INSERT INTO deadline (proceeding, no, law, term, thing, role, office, officer, supervisor, breach, started, due, status, closed, basis)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`
	updateDeadline = `UPDATE deadline SET due = $1, status = $2, closed = $3, basis = $4 WHERE proceeding = $5 AND no = $6`
	updateOwner    = `UPDATE deadline SET officer = $1, office = $2, supervisor = $3 WHERE proceeding = $4 AND no = $5`
)

// breachOf is what the rows say of a term that is over: what its breach means,
// or that it was due at once, and so is never over by a number.
func breachOf(t *procedure.Term) string {
	if t.AtOnce {
		return "at_once"
	}
	return t.Breach.String()
}

// owner says who owes a deadline: the officer, if it is one, and the office.
func (k *Docket) owner(w *work, d *procedure.Deadline) (officer, office string) {
	t := w.law.Editions[d.Edition].Terms[d.Term]
	if t.OwedBy == procedure.InCharge {
		return w.next.InCharge, w.next.Office
	}
	return "", k.dir.Tree().Competent(w.next.Office, t.OwedBy)
}

// storeDeadlines writes what the act did to deadlines: each that it touched
// once, as it is after the act.
func (k *Docket) storeDeadlines(w *work, super string) error {
	type final struct {
		deadline procedure.Deadline
		started  bool
		status   string
		closed   calendar.Moment
	}
	touched := map[int32]*final{}
	var order []int32
	for i := range w.effects {
		f := &w.effects[i]
		if f.Deadline.No == 0 {
			continue
		}
		x := touched[f.Deadline.No]
		if x == nil {
			x = &final{status: Running}
			touched[f.Deadline.No] = x
			order = append(order, f.Deadline.No)
		}
		x.deadline = f.Deadline
		switch f.Kind {
		case procedure.Started:
			x.started = true
		case procedure.Met:
			x.status, x.closed = Met, w.act.Done
			if f.Late {
				x.status = Late
			}
		case procedure.Ended:
			x.status, x.closed = Ended, w.act.Done
		default:
			x.status = Running
			if f.Deadline.Stopped != 0 {
				x.status = Stopped
			}
		}
	}
	for _, no := range order {
		x := touched[no]
		basis, err := json.Marshal(w.law.EncodeDeadline(&x.deadline))
		if err != nil {
			return fmt.Errorf("deadline: %w", err)
		}
		if !x.started {
			n, err := w.tx.Exec(updateDeadline, x.deadline.Due, x.status, x.closed, string(basis), w.id, no)
			if err != nil || n != 1 {
				return fmt.Errorf("change deadline %d of %s: %d rows: %w", no, w.id, n, err)
			}
			continue
		}
		t := w.law.Editions[x.deadline.Edition].Terms[x.deadline.Term]
		officer, office := k.owner(w, &x.deadline)
		_, err = w.tx.Exec(insertDeadline, w.id, no, w.law.Name, t.Name, x.deadline.Thing, t.OwedBy, office, officer, super, breachOf(t),
			x.deadline.Start, x.deadline.Due, x.status, x.closed, string(basis))
		if err != nil {
			return fmt.Errorf("start deadline: %w", err)
		}
	}
	if w.version == 0 || w.next.InCharge == w.charge && w.next.Office == w.office {
		return nil
	}
	for i := range w.next.Deadlines {
		d := &w.next.Deadlines[i]
		officer, office := k.owner(w, d)
		if _, err := w.tx.Exec(updateOwner, officer, office, super, w.id, d.No); err != nil {
			return fmt.Errorf("hand over deadline: %w", err)
		}
	}
	return nil
}
