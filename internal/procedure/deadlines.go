package procedure

import "nazorat/internal/calendar"

// deadlines carries out what the act does to terms, in this order: duties that
// it does, duties that fall away, longer terms, clocks that stop or go on, new
// terms. So an act that ends one term and starts the next does both.
func (d *decision) deadlines() {
	r := d.rule
	if len(d.state.Deadlines) > 0 {
		for _, t := range r.meets {
			d.close(t, Met)
		}
		for _, t := range r.ends {
			d.close(t, Ended)
		}
		for _, x := range r.extends {
			d.extend(x)
		}
		for _, t := range r.stops {
			d.stop(t)
		}
		for _, t := range r.resumes {
			d.resume(t)
		}
	}
	for _, t := range r.starts {
		d.start(t)
	}
	if d.final {
		d.finals()
	}
}

// close ends the running deadlines of a term that the act bears on.
func (d *decision) close(t *Term, how EffectKind) {
	s := d.state
	kept := s.Deadlines[:0]
	var fallen [8]int32 // things whose deadline of this term closed: terms before it fall away
	things := fallen[:0]
	for _, dl := range s.Deadlines {
		if dl.Term != t.ID || !s.related(dl.Thing, d.thing) {
			kept = append(kept, dl)
			continue
		}
		d.out = append(d.out, Effect{Kind: how, Deadline: dl, Thing: dl.Thing, Late: how == Met && !t.AtOnce && dl.Stopped == 0 && d.act.Done > dl.Due})
		if len(t.befores) > 0 {
			things = append(things, dl.Thing)
		}
	}
	s.Deadlines = kept
	for _, thing := range things {
		d.dropBefores(t, thing)
	}
}

// dropBefores ends the terms that would have ended before one that is over.
func (d *decision) dropBefores(t *Term, thing int32) {
	s := d.state
	for _, b := range t.befores {
		kept := s.Deadlines[:0]
		dropped := false
		for _, dl := range s.Deadlines {
			if dl.Term != b.ID || dl.Thing != thing {
				kept = append(kept, dl)
				continue
			}
			dropped = true
			d.out = append(d.out, Effect{Kind: Ended, Deadline: dl, Thing: dl.Thing})
		}
		s.Deadlines = kept
		if dropped {
			d.dropBefores(b, thing)
		}
	}
}

func (d *decision) extend(x extension) {
	s := d.state
	for i := range s.Deadlines {
		dl := &s.Deadlines[i]
		if dl.Term != x.term.ID || !s.related(dl.Thing, d.thing) || dl.Stopped == 0 && d.act.Done > dl.Due {
			continue
		}
		n := d.extended(dl, x)
		if n == *dl {
			continue
		}
		was := dl.Due
		*dl = n
		d.out = append(d.out, Effect{Kind: Extended, Deadline: n, Thing: n.Thing, Was: was})
		d.shiftBefores(x.term, n.Thing, n.Due, n.Stopped)
	}
}

// shiftBefores moves the terms that end before another when that one's end moves.
// One whose request was already made starts anew: the new end may be asked to
// be moved again. It stands still where that clock does.
func (d *decision) shiftBefores(t *Term, thing int32, end, stopped calendar.Moment) {
	for _, b := range t.befores {
		due := d.edition.Days.Before(end, b.By)
		found := false
		for i := range d.state.Deadlines {
			dl := &d.state.Deadlines[i]
			if dl.Term != b.ID || dl.Thing != thing {
				continue
			}
			found = true
			was := dl.Due
			dl.Due = due
			d.out = append(d.out, Effect{Kind: Extended, Deadline: *dl, Thing: thing, Was: was})
		}
		if !found {
			d.begin(b, thing, d.act.Done, calendar.Span{}, due)
			if stopped != 0 {
				d.halt(&d.state.Deadlines[len(d.state.Deadlines)-1])
			}
		}
		d.shiftBefores(b, thing, due, stopped)
	}
}

// stop halts the clock of a term. One that is over cannot be saved that way.
func (d *decision) stop(t *Term) {
	s := d.state
	for i := range s.Deadlines {
		dl := &s.Deadlines[i]
		if dl.Term != t.ID || dl.Stopped != 0 || d.act.Done > dl.Due || !s.related(dl.Thing, d.thing) {
			continue
		}
		d.halt(dl)
		d.haltBefores(t, dl.Thing, true)
	}
}

func (d *decision) halt(dl *Deadline) {
	dl.Stopped = d.act.Done
	d.out = append(d.out, Effect{Kind: Stopped, Deadline: *dl, Thing: dl.Thing})
}

func (d *decision) resume(t *Term) {
	s, e := d.state, d.edition
	for i := range s.Deadlines {
		dl := &s.Deadlines[i]
		if dl.Term != t.ID || dl.Stopped == 0 || !s.related(dl.Thing, d.thing) {
			continue
		}
		// Whole days for terms in days: the day of the stop and the day of going on count once.
		on := max(d.act.Done, dl.Stopped) // observed, it may claim to have gone on before it stood still
		switch dl.Span.Within.Unit {
		case calendar.Hours, calendar.Minutes:
			dl.Span.StoppedFor += on - dl.Stopped
		case calendar.WorkingDays:
			dl.Span.StoppedDays += e.Days.WorkingBetween(dl.Stopped, on)
		default:
			dl.Span.StoppedDays += e.Days.DaysBetween(dl.Stopped, on)
		}
		was := dl.Due
		dl.Stopped = 0
		e.count(dl, t)
		d.out = append(d.out, Effect{Kind: Resumed, Deadline: *dl, Thing: dl.Thing, Was: was})
		d.haltBefores(t, dl.Thing, false)
		d.shiftBefores(t, dl.Thing, dl.Due, 0)
	}
}

// haltBefores stops or resumes the clocks of terms that end before another.
func (d *decision) haltBefores(t *Term, thing int32, stop bool) {
	for _, b := range t.befores {
		for i := range d.state.Deadlines {
			dl := &d.state.Deadlines[i]
			if dl.Term != b.ID || dl.Thing != thing {
				continue
			}
			switch {
			case stop && dl.Stopped == 0 && d.act.Done <= dl.Due:
				d.halt(dl)
			case !stop && dl.Stopped != 0:
				dl.Stopped = 0
				d.out = append(d.out, Effect{Kind: Resumed, Deadline: *dl, Thing: thing, Was: dl.Due})
			}
		}
		d.haltBefores(b, thing, stop)
	}
}

// start begins a term, if its condition holds.
func (d *decision) start(t *Term) {
	s, e := d.state, d.edition
	thing := d.thingFor(t.Per)
	if thing < 0 {
		return
	}
	if w := t.When.of(d.rule.ID); w != nil {
		ok, err := w.holds(&d.scope)
		if err != nil {
			d.undecided(t, err)
		}
		if err != nil || !ok {
			return
		}
	}
	from := d.act.Done
	if at := t.At.of(d.rule.ID); at != nil {
		m, err := at.moment(&d.scope)
		if err != nil {
			d.undecided(t, err)
			return
		}
		from = m
	}
	if t.Again != Each {
		for i := range s.Deadlines {
			if dl := &s.Deadlines[i]; dl.Term == t.ID && dl.Thing == thing {
				if t.Again == KeepFirst {
					return
				}
				old := *dl
				s.Deadlines = append(s.Deadlines[:i], s.Deadlines[i+1:]...)
				d.out = append(d.out, Effect{Kind: Ended, Deadline: old, Thing: thing})
				d.dropBefores(t, thing)
				break
			}
		}
	}
	span := calendar.Span{Within: t.Within}
	due := e.Days.End(t.Rule, from, span).Due
	d.begin(t, thing, from, span, due)
	d.shiftBefores(t, thing, due, 0)
}

// undecided records that a term did not start for want of a fact: what is not
// known must not pass for a duty that there is not.
func (d *decision) undecided(t *Term, err error) {
	d.out = append(d.out, Effect{Kind: Undecided, Thing: d.thing, Refusal: &Refusal{Reason: Undecidable, Act: d.rule.Name, Rule: t.Name, Article: t.Article,
		Term: t.Name, Zone: d.edition.Days.Zone(), Cause: err}})
}

func (d *decision) begin(t *Term, thing int32, from calendar.Moment, span calendar.Span, due calendar.Moment) {
	s := d.state
	s.Started++
	dl := Deadline{No: s.Started, Term: t.ID, Thing: thing, Edition: int16(d.edition.Index), By: d.rule.ID, Start: from, Span: span, Due: due}
	s.Deadlines = append(s.Deadlines, dl)
	d.out = append(d.out, Effect{Kind: Started, Deadline: dl, Thing: thing})
}

// thingFor is the thing that a term per kind runs for: the one the act adds,
// the one it is done on, or the one that this belongs to.
func (d *decision) thingFor(kind KindID) int32 {
	s := d.state
	if d.added >= 0 && s.Things[d.added].Kind == kind {
		return d.added
	}
	for i := d.thing; i >= 0; i = s.Things[i].Of {
		if s.Things[i].Kind == kind {
			return i
		}
	}
	return None
}

// finals lets duties fall away whose thing has come to its end.
func (d *decision) finals() {
	s, e := d.state, d.edition
	kept := s.Deadlines[:0]
	for _, dl := range s.Deadlines {
		over := false
		for i := dl.Thing; i >= 0; i = s.Things[i].Of {
			over = over || e.final(s.Things[i].Kind, s.Things[i].State)
		}
		if !over || dl.No > d.began {
			kept = append(kept, dl)
			continue
		}
		d.out = append(d.out, Effect{Kind: Ended, Deadline: dl, Thing: dl.Thing})
	}
	s.Deadlines = kept
}
