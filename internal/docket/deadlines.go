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

// What a row of a deadline may have changed in it.
const (
	counted = 1 << iota // its end, status, when it closed and why
	handed              // the officer who owes it; the office and who supervises that stay
	owned               // who owes it, and who supervises that
	whole               // everything: it has just started, or is counted anew
	begun               // it has just started: there is no row of it
)

// deadlineRow is a row of the table deadline as it is after an act.
type deadlineRow struct {
	proceeding             string
	no                     int32
	changed                int // counted, owned, whole
	dropped                bool
	law, term              string
	thing                  int32
	role                   string
	officer, office, super string
	breach                 string
	steps                  int
	started, due, closed   calendar.Moment
	status                 string
	basis                  []byte
}

// follow is the row after a later act of the same batch, of which only the part that it changed is new.
func (d *deadlineRow) follow(later *deadlineRow) *deadlineRow {
	if later.dropped || later.changed&whole != 0 || d.dropped {
		return later
	}
	next := *d
	next.changed |= later.changed
	if later.changed&counted != 0 {
		next.due, next.status, next.closed, next.basis = later.due, later.status, later.closed, later.basis
	}
	if later.changed&(owned|handed) != 0 {
		next.officer, next.office, next.super = later.officer, later.office, later.super
	}
	return &next
}

// breachOf is what the rows say of a term that is over: what its breach means,
// or that it was due at once, and so is never over by a number.
func breachOf(t *procedure.Term) string {
	if t.AtOnce {
		return "at_once"
	}
	return t.Breach.String()
}

// owner says who owes a deadline: the officer, if it is one, and the office.
func (k *Docket) owner(law *procedure.Law, s *procedure.State, d *procedure.Deadline) (officer, office string) {
	t := termOf(law, d)
	if t.OwedBy == procedure.InCharge {
		return s.InCharge, s.Office
	}
	return "", k.dir.Tree().Competent(s.Office, t.OwedBy)
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
	owned     bool // somebody else owes it; nothing else changed
	status    string
	closed    calendar.Moment
}

// touches collects what the effects did to deadlines, each once, in the order in which they were first touched.
// One that is counted by another edition than before is counted anew, whether or not its end moved: who owes it
// and what follows is as that edition says.
func touches(w *work) []*touched {
	byNo := map[int32]*touched{}
	edition := make(map[int32]int16, len(w.was.state.Deadlines))
	for i := range w.was.state.Deadlines {
		edition[w.was.state.Deadlines[i].No] = w.was.state.Deadlines[i].Edition
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
		by, ran := edition[x.deadline.No]
		x.recounted = x.recounted || ran && by != x.deadline.Edition
	}
	for i := range w.next.Deadlines {
		d := &w.next.Deadlines[i]
		if by, ran := edition[d.No]; !ran || by == d.Edition || byNo[d.No] != nil {
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

// storeDeadlines notes what the act did to deadlines. A time of waiting is
// nobody's duty and has no row: what lists and boards read are duties.
func (k *Docket) storeDeadlines(w *work, now *held) error {
	for _, x := range touches(w) {
		row, err := k.row(w, now, x)
		if err != nil {
			return err
		}
		if row != nil {
			w.t.deadlines = append(w.t.deadlines, row)
		}
	}
	if w.was.version == 0 || now.charge == w.was.charge && now.office == w.was.office && now.super == w.was.super {
		return nil
	}
	for i := range w.next.Deadlines {
		d := &w.next.Deadlines[i]
		if termOf(w.law, d).Waiting() {
			continue
		}
		row, err := k.row(w, now, &touched{deadline: *d, owned: true})
		if err != nil {
			return err
		}
		w.t.deadlines = append(w.t.deadlines, row)
	}
	return nil
}

// row of a deadline that was touched; nil if it has none.
func (k *Docket) row(w *work, now *held, x *touched) (*deadlineRow, error) {
	d := &x.deadline
	t := termOf(w.law, d)
	if t.Waiting() {
		if !x.recounted {
			return nil, nil
		}
		return &deadlineRow{proceeding: now.id, no: d.No, dropped: true}, nil // it may have been a duty before
	}
	basis, err := json.Marshal(stored.EncodeDeadline(w.law, d))
	if err != nil {
		return nil, fmt.Errorf("deadline: %w", err)
	}
	r := &deadlineRow{proceeding: now.id, no: d.No, law: w.law.Name, term: t.Name, thing: d.Thing, role: t.OwedBy, super: now.super, breach: breachOf(t), steps: stepsOf(t),
		started: d.Start, due: d.Due, status: x.status, closed: x.closed, basis: basis}
	r.officer, r.office = k.owner(w.law, &w.next, d)
	switch {
	case x.started && !x.recounted:
		r.changed = whole | begun
	case x.started || x.recounted:
		r.changed = whole
	case x.owned:
		r.changed = owned
		if t.OwedBy == procedure.InCharge && now.office == w.was.office && now.super == w.was.super {
			r.changed = handed // of a duty that another office owes, the directory may have changed which
		}
		if r.status = Running; d.Stopped != 0 {
			r.status = Stopped
		}
	default:
		r.changed = counted
	}
	return r, nil
}

// termOf is the term of a deadline, in the edition that counts it.
func termOf(law *procedure.Law, d *procedure.Deadline) *procedure.Term {
	return law.Editions[d.Edition].Terms[d.Term]
}
