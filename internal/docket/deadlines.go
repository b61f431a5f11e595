package docket

import (
	"encoding/json"
	"fmt"

	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
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
	secrecy                string // of the proceeding
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
		next.officer, next.office, next.super, next.secrecy = later.officer, later.office, later.super, later.secrecy
	}
	return &next
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
			x.status, x.closed = stored.Met, w.act.Done
			if f.Late {
				x.status = stored.Late
			}
		case procedure.Ended:
			x.status, x.closed = stored.Ended, w.act.Done
		default: // also one that has just started: what comes along from another proceeding may stand still
			x.status = stored.Running
			if f.Deadline.Stopped != 0 {
				x.status = stored.Stopped
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
		x := &touched{deadline: *d, recounted: true, status: stored.Running}
		if d.Stopped != 0 {
			x.status = stored.Stopped
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
	if w.was.version == 0 || now.charge == w.was.charge && now.office == w.was.office && now.super == w.was.super && now.secrecy == w.was.secrecy {
		return nil
	}
	for i := range w.next.Deadlines {
		d := &w.next.Deadlines[i]
		if w.law.TermOf(d).Waiting() {
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
	t := w.law.TermOf(d)
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
	r := &deadlineRow{proceeding: now.id, no: d.No, law: w.law.Name, term: t.Name, thing: d.Thing, role: t.OwedBy, super: now.super, secrecy: now.secrecy, breach: stored.Breach(t), steps: stored.Steps(t),
		started: d.Start, due: d.Due, status: x.status, closed: x.closed, basis: basis}
	r.officer, r.office = k.Owner(w.law, &w.next, d)
	switch {
	case x.started && !x.recounted:
		r.changed = whole | begun
	case x.started || x.recounted:
		r.changed = whole
	case x.owned:
		r.changed = owned
		if t.OwedBy == procedure.InCharge && now.office == w.was.office && now.super == w.was.super && now.secrecy == w.was.secrecy {
			r.changed = handed // of a duty that another office owes, the directory may have changed which
		}
		if r.status = stored.Running; d.Stopped != 0 {
			r.status = stored.Stopped
		}
	default:
		r.changed = counted
	}
	return r, nil
}
