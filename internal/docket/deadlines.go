package docket

import (
	"encoding/json"
	"fmt"

	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
)

// The states of a deadline as stored.
const (
	Running = "running"
	Stopped = "stopped"
	Met     = "met"
	Late    = "late"
	Ended   = "ended"   // fell away
	Waiting = "waiting" // a time of waiting: nobody's duty, and never stored as a row
)

const (
	insertDeadline = `INSERT INTO deadline (proceeding, no, law, term, thing, role, office, officer, supervisor, breach, started, due, status, closed, basis, steps)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`
	// Counted anew, a deadline is owed and escalated as the new edition says.
	recountDeadline = insertDeadline + ` ON CONFLICT (proceeding, no) DO UPDATE SET role = excluded.role, office = excluded.office, officer = excluded.officer,
supervisor = excluded.supervisor, breach = excluded.breach, due = excluded.due, status = excluded.status, closed = excluded.closed, basis = excluded.basis, steps = excluded.steps`
	dropDeadline   = `DELETE FROM deadline WHERE proceeding = $1 AND no = $2`
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
	t := termOf(w.law, d)
	if t.OwedBy == procedure.InCharge {
		return w.next.InCharge, w.next.Office
	}
	return "", k.dir.Tree().Competent(w.next.Office, t.OwedBy)
}

// stepsOf says in a row whether anybody is told or the matter is escalated when
// the term runs out, so that those rows are found without the others.
func stepsOf(t *procedure.Term) int {
	if len(t.Steps) == 0 {
		return 0
	}
	return 1
}

// touched is a deadline that an act did something to, as it is afterwards.
type touched struct {
	deadline  procedure.Deadline
	started   bool
	recounted bool
	status    string
	closed    calendar.Moment
}

// touches collects what the effects did to deadlines, each once, in the order in which they were first touched.
// One that is counted by another edition than before is counted anew, whether or not its end moved: who owes it
// and what follows is as that edition says.
func touches(w *work) []*touched {
	byNo := map[int32]*touched{}
	counted := make(map[int32]int16, len(w.state.Deadlines))
	for i := range w.state.Deadlines {
		counted[w.state.Deadlines[i].No] = w.state.Deadlines[i].Edition
	}
	var order []*touched
	for i := range w.effects {
		f := &w.effects[i]
		if f.Deadline.No == 0 {
			continue
		}
		x := byNo[f.Deadline.No]
		if x == nil {
			x = &touched{}
			byNo[f.Deadline.No] = x
			order = append(order, x)
		}
		x.deadline = f.Deadline
		x.started = x.started || f.Kind == procedure.Started
		x.recounted = x.recounted || f.Kind == procedure.Recounted
		switch f.Kind {
		case procedure.Met:
			x.status, x.closed = Met, w.act.Done
			if f.Late {
				x.status = Late
			}
		case procedure.Ended:
			x.status, x.closed = Ended, w.act.Done
		default: // also one that has just started: what comes along from another proceeding may stand still
			x.status = Running
			if f.Deadline.Stopped != 0 {
				x.status = Stopped
			}
		}
	}
	for _, x := range order {
		edition, ran := counted[x.deadline.No]
		x.recounted = x.recounted || ran && edition != x.deadline.Edition
	}
	for i := range w.next.Deadlines {
		d := &w.next.Deadlines[i]
		if edition, ran := counted[d.No]; !ran || edition == d.Edition || byNo[d.No] != nil {
			continue
		}
		x := &touched{deadline: *d, recounted: true, status: Running}
		if d.Stopped != 0 {
			x.status = Stopped
		}
		order = append(order, x)
	}
	return order
}

// storeDeadlines writes what the act did to deadlines. A time of waiting is
// nobody's duty and has no row: what lists and boards read are duties.
func (k *Docket) storeDeadlines(w *work, super string) error {
	for _, x := range touches(w) {
		if err := k.storeDeadline(w, x, super); err != nil {
			return err
		}
	}
	if w.version == 0 || w.next.InCharge == w.charge && w.next.Office == w.office {
		return nil
	}
	for i := range w.next.Deadlines {
		d := &w.next.Deadlines[i]
		if termOf(w.law, d).Waiting() {
			continue
		}
		officer, office := k.owner(w, d)
		if _, err := w.tx.Exec(updateOwner, officer, office, super, w.id, d.No); err != nil {
			return fmt.Errorf("hand over deadline: %w", err)
		}
	}
	return nil
}

func (k *Docket) storeDeadline(w *work, x *touched, super string) error {
	d := &x.deadline
	t := termOf(w.law, d)
	if t.Waiting() {
		if x.recounted { // it may have been a duty before
			if _, err := w.tx.Exec(dropDeadline, w.id, d.No); err != nil {
				return fmt.Errorf("drop deadline: %w", err)
			}
		}
		return nil
	}
	basis, err := json.Marshal(stored.EncodeDeadline(w.law, d))
	if err != nil {
		return fmt.Errorf("deadline: %w", err)
	}
	if !x.started && !x.recounted {
		n, err := w.tx.Exec(updateDeadline, d.Due, x.status, x.closed, string(basis), w.id, d.No)
		if err != nil || n != 1 {
			return fmt.Errorf("change deadline %d of %s: %d rows: %w", d.No, w.id, n, err)
		}
		return nil
	}
	text := insertDeadline
	if x.recounted {
		text = recountDeadline
	}
	officer, office := k.owner(w, d)
	_, err = w.tx.Exec(text, w.id, d.No, w.law.Name, t.Name, d.Thing, t.OwedBy, office, officer, super, breachOf(t), d.Start, d.Due, x.status, x.closed, string(basis), stepsOf(t))
	if err != nil {
		return fmt.Errorf("start deadline: %w", err)
	}
	return nil
}

// termOf is the term of a deadline, in the edition that counts it.
func termOf(law *procedure.Law, d *procedure.Deadline) *procedure.Term {
	return law.Editions[d.Edition].Terms[d.Term]
}
