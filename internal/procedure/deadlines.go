package procedure

import (
	"slices"

	"nazorat/internal/calendar"
)

// deadlines carries out what the act does to terms, in this order: duties that
// it does, duties that fall away, longer terms, clocks that stop or go on, new
// terms. So an act that ends one term and starts the next does both.
func (d *decision) deadlines() {
	r := d.rule
	if len(d.state.Deadlines) > 0 {
		for _, t := range r.barred {
			d.waited(t)
		}
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
	for _, a := range d.again {
		d.repeat(a)
	}
	if len(d.gone) > 0 {
		d.finals()
	}
}

// close ends the running deadlines of a term that the act bears on.
func (d *decision) close(t *Term, how EffectKind) {
	var fallen [8]int32 // things whose deadline of this term closed: terms that hang on it fall away
	things := fallen[:0]
	d.sift(d.among(t.ID), func(dl *Deadline) bool {
		if dl.Term != t.ID || !d.state.related(dl.Thing, d.thing) {
			return true
		}
		d.over(dl, how)
		if how == Met && t.Repeats {
			d.again = append(d.again, again{t, dl.Thing})
		}
		if len(t.hangers) > 0 {
			things = append(things, dl.Thing)
		}
		return false
	})
	for _, thing := range things {
		d.dropHangers(t, thing)
	}
}

// sift takes the deadlines out of the state that are not kept, in their order: of all, or of
// those among which they are. Mostly there are none, and then nothing is moved.
func (d *decision) sift(list []Deadline, keep func(*Deadline) bool) {
	n := 0
	for i := range list {
		if !keep(&list[i]) {
			continue
		}
		if n < i {
			list[n] = list[i]
		}
		n++
	}
	if n < len(list) {
		d.state.Deadlines = list[:n]
	}
}

// over books the end of a deadline that is taken out of the state.
func (d *decision) over(dl *Deadline, how EffectKind) {
	t := d.edition.Terms[dl.Term]
	if t == nil { // dropped by this edition, ended by its transition rule
		t = d.edition.Law.Editions[dl.Edition].Terms[dl.Term]
	}
	d.spend(t, dl)
	d.out = append(d.out, Effect{Kind: how, Deadline: *dl, Thing: dl.Thing, Late: how == Met && !t.AtOnce && dl.Stopped == 0 && d.act.Done > dl.Due})
}

// again is a term that was met and begins again.
type again struct {
	term  *Term
	thing int32
}

// repeat begins a term again that repeats, unless what it runs for has come to its end.
func (d *decision) repeat(a again) {
	s := d.state
	for i := a.thing; i >= 0; i = s.Things[i].Of {
		if d.edition.final(s.Things[i].Kind, s.Things[i].State) {
			return
		}
	}
	for i := range d.among(a.term.ID) {
		if dl := &s.Deadlines[i]; dl.Term == a.term.ID && dl.Thing == a.thing {
			return // the act started it by itself
		}
	}
	span := calendar.Span{Within: a.term.Within}
	due := d.edition.Days.End(a.term.Rule, d.act.Done, span).Due
	d.begin(a.term, a.thing, d.act.Done, span, 0, due)
	d.shiftHangers(a.term, a.thing, due, 0, true)
}

// waited ends times of waiting that are over: what they barred has been done.
func (d *decision) waited(t *Term) {
	d.sift(d.among(t.ID), func(dl *Deadline) bool {
		if dl.Term != t.ID || !t.passed(dl, d.act.Done) || !d.state.related(dl.Thing, d.thing) {
			return true
		}
		d.over(dl, Ended)
		return false
	})
}

// dropHangers ends the terms that hang on the end of one that is over.
func (d *decision) dropHangers(t *Term, thing int32) {
	for _, b := range t.hangers {
		dropped := false
		d.sift(d.among(b.ID), func(dl *Deadline) bool {
			if dl.Term != b.ID || dl.Thing != thing {
				return true
			}
			dropped = true
			d.over(dl, Ended)
			return false
		})
		if dropped {
			d.dropHangers(b, thing)
		}
	}
}

func (d *decision) extend(x extension) {
	s := d.state
	for i := range d.among(x.term.ID) {
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
		d.shiftHangers(x.term, n.Thing, n.Due, n.Stopped, false)
	}
}

// shiftHangers moves the terms that hang on the end of another when that end
// moves, and begins them when it begins. A request before an end that was already
// made starts anew: the new end may be asked to be moved again. What runs from the
// end and is done stays done. A hanger stands still where the other's clock does.
func (d *decision) shiftHangers(t *Term, thing int32, end, stopped calendar.Moment, first bool) {
	for _, b := range t.hangers {
		due := d.edition.hang(b, end)
		found := false
		for i := range d.among(b.ID) {
			dl := &d.state.Deadlines[i]
			if dl.Term != b.ID || dl.Thing != thing {
				continue
			}
			found = true
			was := dl.Due
			if dl.Due = due; b.After != None {
				dl.Start = end
				d.edition.Law.count(dl)
				due = dl.Due
			}
			d.out = append(d.out, Effect{Kind: Extended, Deadline: *dl, Thing: thing, Was: was})
		}
		switch {
		case found:
		case b.After != None && !first:
			continue
		case b.After != None:
			d.begin(b, thing, end, calendar.Span{Within: b.Within}, 0, due)
		default:
			d.begin(b, thing, d.act.Done, calendar.Span{}, 0, due)
		}
		if !found && stopped != 0 {
			d.halt(&d.state.Deadlines[len(d.state.Deadlines)-1])
		}
		d.shiftHangers(b, thing, due, stopped, first)
	}
}

// hang is the end of a term that hangs on the end of another.
func (e *Edition) hang(b *Term, end calendar.Moment) calendar.Moment {
	if b.After != None {
		return e.Days.End(b.Rule, end, calendar.Span{Within: b.Within}).Due
	}
	return e.Days.Before(end, b.By)
}

// stop halts the clock of a term. One that is over cannot be saved that way.
func (d *decision) stop(t *Term) {
	s := d.state
	for i := range d.among(t.ID) {
		dl := &s.Deadlines[i]
		if dl.Term != t.ID || dl.Stopped != 0 || d.act.Done > dl.Due || !s.related(dl.Thing, d.thing) {
			continue
		}
		d.halt(dl)
		d.haltHangers(t, dl.Thing, true)
	}
}

func (d *decision) halt(dl *Deadline) {
	dl.Stopped = d.act.Done
	d.out = append(d.out, Effect{Kind: Stopped, Deadline: *dl, Thing: dl.Thing})
}

func (d *decision) resume(t *Term) {
	s, e := d.state, d.edition
	for i := range d.among(t.ID) {
		dl := &s.Deadlines[i]
		if dl.Term != t.ID || dl.Stopped == 0 || !s.related(dl.Thing, d.thing) {
			continue
		}
		// Whole days for terms in days: the day of the stop and the day of going on count once.
		on := max(d.act.Done, dl.Stopped) // observed, it may claim to have gone on before it stood still
		days := e.Days.DaysBetween(dl.Stopped, on)
		switch dl.Span.Within.Unit {
		case calendar.Hours, calendar.Minutes:
			dl.Span.StoppedFor += on - dl.Stopped
		case calendar.WorkingDays:
			dl.Span.StoppedDays += e.Days.WorkingBetween(dl.Stopped, on)
		default:
			dl.Span.StoppedDays += days
		}
		switch { // a moment to which it was extended moves too
		case dl.Until == 0 || dl.Span.Within.IsZero():
		case byClock(dl.Span.Within):
			dl.Until += on - dl.Stopped
		default:
			dl.Until = e.Days.Later(dl.Until, days)
		}
		was := dl.Due
		dl.Stopped = 0
		e.Law.count(dl)
		d.out = append(d.out, Effect{Kind: Resumed, Deadline: *dl, Thing: dl.Thing, Was: was})
		d.haltHangers(t, dl.Thing, false)
		d.shiftHangers(t, dl.Thing, dl.Due, 0, false)
	}
}

// haltHangers stops or resumes the clocks of terms that end before another.
func (d *decision) haltHangers(t *Term, thing int32, stop bool) {
	for _, b := range t.hangers {
		for i := range d.among(b.ID) {
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
		d.haltHangers(b, thing, stop)
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
		ok, err := w.holds(&d.Scope)
		if err != nil {
			d.undecided(t, err)
		}
		if err != nil || !ok {
			return
		}
	}
	from := d.act.Done
	if at := t.At.of(d.rule.ID); at != nil {
		m, err := at.moment(&d.Scope)
		if err != nil {
			d.undecided(t, err)
			return
		}
		from = m
	}
	span, until := calendar.Span{Within: t.Length(d.rule.ID)}, calendar.Moment(0)
	if t.Lengths != nil {
		given, ok := d.given(t)
		if !ok {
			return // the form gives no length: it has none, and the form says whether it may
		}
		span = e.share(t, from, given)
		span.SpentDays = Sum(e.Credits(s, t, thing, from))
	}
	u := t.Until.of(d.rule.ID)
	if u != nil {
		m, err := u.end(&d.Scope)
		if err != nil {
			d.undecided(t, err) // and what runs goes on
			return
		}
		span, until = calendar.Span{}, m
	}
	if t.Again != Each {
		for i := range d.among(t.ID) {
			if dl := &s.Deadlines[i]; dl.Term == t.ID && dl.Thing == thing {
				if t.Again == KeepFirst && !t.passed(dl, d.act.Done) {
					return
				}
				old := *dl
				s.Deadlines = append(s.Deadlines[:i], s.Deadlines[i+1:]...)
				d.over(&old, Ended)
				d.dropHangers(t, thing)
				break
			}
		}
	}
	if u != nil {
		if err := d.checkEnd(t, thing, from, until); err != nil && d.refused == nil {
			d.refused = err
		}
	}
	dl := Deadline{Term: t.ID, Thing: thing, Edition: int16(e.Index), Start: from, Span: d.withSpent(t, thing, span), Until: until}
	e.Law.count(&dl)
	if t.Lengths != nil && !t.Waiting() && dl.Due <= d.act.Done && d.refused == nil {
		d.refused = d.wrong(&Refusal{Reason: OverAlready, Term: t.Name, Article: t.Article, Due: dl.Due})
	}
	d.begin(t, thing, from, dl.Span, until, dl.Due)
	d.shiftHangers(t, thing, dl.Due, 0, true)
}

// withSpent takes off what earlier periods used up.
func (d *decision) withSpent(t *Term, thing int32, span calendar.Span) calendar.Span {
	if t.Sums != None && !span.Within.IsZero() {
		used := d.state.usedUp(t.ID, d.state.upTo(thing, t.Sums))
		span.SpentDays, span.SpentFor = used.Days, used.For
	}
	return span
}

// undecided records that a term did not start for want of a fact: what is not
// known must not pass for a duty that there is not.
func (d *decision) undecided(t *Term, err error) {
	d.out = append(d.out, Effect{Kind: Undecided, Thing: d.thing, Refusal: &Refusal{Reason: Undecidable, Act: d.rule.Name, Rule: t.Name, Article: t.Article,
		Term: t.Name, Zone: d.edition.Days.Zone(), Cause: err}})
}

func (d *decision) begin(t *Term, thing int32, from calendar.Moment, span calendar.Span, until, due calendar.Moment) {
	s := d.state
	s.Started++
	dl := Deadline{No: s.Started, Term: t.ID, Thing: thing, Edition: int16(d.edition.Index), By: d.by, Start: from, Span: span, Until: until, Due: due}
	s.Deadlines = append(s.Deadlines, dl)
	d.running.add(t.ID)
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

// finals lets duties fall away whose thing, or what it belongs to, has come to its
// end by this act. What the act itself starts, and what is started later for what is
// over already, the law means.
func (d *decision) finals() {
	s := d.state
	var fallen []Deadline // on which others hang, that the act may have begun anew
	d.sift(s.Deadlines, func(dl *Deadline) bool {
		over := false
		for i := dl.Thing; i >= 0; i = s.Things[i].Of {
			over = over || slices.Contains(d.gone, i)
		}
		if !over || dl.No > d.began {
			return true
		}
		d.over(dl, Ended)
		if t := d.edition.Terms[dl.Term]; t != nil && len(t.hangers) > 0 {
			fallen = append(fallen, *dl)
		}
		return false
	})
	for i := range fallen {
		d.dropHangers(d.edition.Terms[fallen[i].Term], fallen[i].Thing)
	}
}
