package procedure

import (
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
)

// Link is an act on another proceeding that an act does along with itself: one
// that it opens there, or one that exists.
type Link struct {
	Procedure string // the law of the other proceeding
	Act       string
	To        FieldID    // the field of the form that names the proceeding; None: the act opens one
	When      *Condition // nil: always
	Form      []LinkField
	Carries   []KindID // kinds of things that go along
	Line      int
}

// LinkField is what a link fills into one field of the other act's form.
type LinkField struct {
	Name  string
	Value *Condition
}

// Call is a link as it came out: what is to be done where. Whoever keeps
// proceedings carries it out in the same transaction, by the same officer at the same moment.
type Call struct {
	Procedure string
	Act       string
	To        string            // number of the proceeding; "" where the act opens one
	Form      map[string]string // canonical texts, by field
	Cargo     *Cargo
}

// Cargo is what goes from one proceeding to another of the same law: things
// with their facts, the deadlines that run for them, and what those have used up.
// Numbers of things count within the cargo, from 0, and facts that name one from 1; Of is None for what belongs to the
// proceeding. A fact that names a thing which does not go along is not known any more.
type Cargo struct {
	Things    []Thing
	Deadlines []Deadline
	Spent     []Spent
	Past      []Past
	From      []int32 // by thing: its number in the proceeding that gives it; not stored
}

// cargo takes up things of some kinds at or below a thing that have not come to
// their end. The state is not changed.
func (e *Edition) cargo(s *State, kinds []KindID, thing int32) *Cargo {
	place := map[int32]int32{}
	c := &Cargo{}
	for i := range s.Things {
		t := s.Things[i]
		if i == 0 || !slices.Contains(kinds, t.Kind) || !s.Under(int32(i), thing) || e.final(t.Kind, t.State) {
			continue
		}
		of, along := place[t.Of]
		if t.Of > 0 && !along && slices.Contains(kinds, s.Things[t.Of].Kind) {
			continue // what it belongs to has come to its end
		}
		place[int32(i)] = int32(len(c.Things))
		if !along {
			of = None
		}
		t.Of, t.Fields = of, slices.Clone(t.Fields)
		c.Things = append(c.Things, t)
		c.From = append(c.From, int32(i))
	}
	for i := range c.Things {
		for j, v := range c.Things[i].Fields {
			if v.Type != fact.Thing {
				continue
			}
			if to, along := place[int32(v.Num)]; along {
				c.Things[i].Fields[j] = fact.NumberOf(fact.Thing, int64(to)+1)
			} else {
				c.Things[i].Fields[j] = fact.Value{} // what it names stays behind
			}
		}
	}
	for _, d := range s.Deadlines {
		if to, ok := place[d.Thing]; ok {
			d.Thing = to
			c.Deadlines = append(c.Deadlines, d)
		}
	}
	for _, sp := range s.Spent {
		if to, ok := place[sp.Thing]; ok {
			sp.Thing = to
			c.Spent = append(c.Spent, sp)
		}
	}
	for _, p := range s.Past {
		of, along := place[p.Of]
		if !along {
			continue
		}
		no, along := place[p.Thing]
		if p.Of = of; !along {
			no = None
		}
		p.Thing = no
		c.Past = append(c.Past, p)
	}
	return c
}

// checkLinks works out what the act does elsewhere, over the state before it.
func (d *decision) checkLinks() error {
	for i := range d.rule.Links {
		l := &d.rule.Links[i]
		if l.When != nil {
			ok, err := l.When.holds(&d.Scope)
			if err != nil {
				if err := d.wrong(&Refusal{Reason: Undecidable, Rule: l.Act, Cause: err}); err != nil {
					return err
				}
			}
			if !ok {
				continue
			}
		}
		call := &Call{Procedure: l.Procedure, Act: l.Act, Form: make(map[string]string, len(l.Form))}
		if l.To != None {
			if call.To = d.act.Value(l.To).Text; call.To == "" {
				continue
			}
		}
		for _, f := range l.Form {
			if text, err := f.Value.text(&d.Scope); err == nil { // what is not known is left out: the other act's form says whether it may be
				call.Form[f.Name] = text
			}
		}
		if len(l.Carries) > 0 {
			call.Cargo = d.edition.cargo(d.state, l.Carries, d.thing)
		}
		d.calls = append(d.calls, call)
	}
	return nil
}

// checkCargo: what comes along must be of the kinds that the act takes; and what the
// law leaves to a link is never done by hand.
func (d *decision) checkCargo() error {
	if d.act.Cargo == nil {
		if d.rule.OnlyByLink {
			return d.wrong(&Refusal{Reason: NotByHand})
		}
		return nil
	}
	for i := range d.act.Cargo.Things {
		if !slices.Contains(d.rule.Takes, d.act.Cargo.Things[i].Kind) {
			return d.wrong(&Refusal{Reason: NotTaken})
		}
	}
	return nil
}

// take lets things in that come from another proceeding. Their clocks go on.
func (d *decision) take(c *Cargo) {
	s := d.state
	first := int32(len(s.Things))
	for _, t := range c.Things {
		if !slices.Contains(d.rule.Takes, t.Kind) {
			return // observed: a deviation was recorded
		}
		fields := t.Fields
		of := int32(0)
		if t.Of != None {
			of = first + t.Of
		}
		t.Of, t.Fields = of, nil
		n := int32(len(s.Things))
		s.append(t)
		d.out = append(d.out, Effect{Kind: Added, Thing: n, Of: of, KindOf: t.Kind, To: t.State})
		for id, v := range fields {
			if v.Type == fact.Thing {
				v.Num += int64(first) - 1
			}
			d.set(n, FieldID(id), v)
		}
	}
	for _, dl := range c.Deadlines {
		s.Started++
		dl.No, dl.Thing = s.Started, first+dl.Thing
		s.Deadlines = append(s.Deadlines, dl)
		d.running.add(dl.Term)
		d.out = append(d.out, Effect{Kind: Started, Deadline: dl, Thing: dl.Thing})
	}
	for _, sp := range c.Spent {
		sp.Thing += first
		s.Spent = append(s.Spent, sp)
	}
	for _, p := range c.Past {
		if p.Of += first; p.Thing != None {
			p.Thing += first
		}
		s.Past = append(s.Past, p)
	}
}

// spend books what a period that is over used up of a term that sums.
func (d *decision) spend(t *Term, dl *Deadline) {
	if t.Sums == None {
		return
	}
	end := d.act.Done
	if dl.Stopped != 0 && dl.Stopped < end {
		end = dl.Stopped
	}
	if end <= dl.Start {
		return
	}
	sp, days := d.state.spentOn(t.ID, d.state.upTo(dl.Thing, t.Sums)), d.edition.Days
	switch {
	case byClock(t.Within):
		sp.For += end - dl.Start - dl.Span.StoppedFor
		return
	case t.Rule.Counts == calendar.FromMoment && t.Within.Unit != calendar.WorkingDays:
		// Held by the clock, spent by the clock: a broken day is not given away.
		sp.For += end - dl.Start - calendar.Moment(dl.Span.StoppedDays)*24*calendar.Hour
		return
	case t.Within.Unit == calendar.WorkingDays:
		sp.Days += days.WorkingBetween(dl.Start, end) - dl.Span.StoppedDays
	default:
		sp.Days += days.DaysBetween(dl.Start, end) - dl.Span.StoppedDays
	}
	if first := days.Zone().Date(dl.Start); t.Rule.Counts == calendar.FromDay && (t.Within.Unit != calendar.WorkingDays || days.Working(first)) {
		sp.Days++ // its first day counts
	}
}

func byClock(p calendar.Period) bool { return p.Unit == calendar.Hours || p.Unit == calendar.Minutes }

// spentOn is the account of a term for a thing, made if there is none.
func (s *State) spentOn(t TermID, thing int32) *Spent {
	for i := range s.Spent {
		if s.Spent[i].Term == t && s.Spent[i].Thing == thing {
			return &s.Spent[i]
		}
	}
	s.Spent = append(s.Spent, Spent{Term: t, Thing: thing})
	return &s.Spent[len(s.Spent)-1]
}

// usedUp is what earlier periods used up; nothing where there is no account.
func (s *State) usedUp(t TermID, thing int32) Spent {
	for i := range s.Spent {
		if s.Spent[i].Term == t && s.Spent[i].Thing == thing {
			return s.Spent[i]
		}
	}
	return Spent{}
}

// upTo is the thing itself or the one that it belongs to, of a kind; the proceeding if there is none.
func (s *State) upTo(thing int32, kind KindID) int32 {
	for i := thing; i >= 0 && int(i) < len(s.Things); i = s.Things[i].Of {
		if s.Things[i].Kind == kind {
			return i
		}
	}
	return 0
}
