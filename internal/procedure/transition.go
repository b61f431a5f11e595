package procedure

import (
	"slices"

	"nazorat/internal/calendar"
)

// ComesIntoForce is what the journal calls the entry by which an edition takes hold of
// an open proceeding. No act of a law may be called so.
const ComesIntoForce = "comes_into_force"

// Transition is what becomes of open proceedings when an edition comes into force.
type Transition struct {
	Recount []TermID                 // running deadlines counted anew, from their own start
	End     []TermID                 // running deadlines that fall away
	States  map[KindID][]StateChange // states that are no more
}

// StateChange is the state that a thing goes to whose state is no more.
type StateChange struct{ From, To StateID }

func (t *Transition) empty() bool { return len(t.Recount)+len(t.End)+len(t.States) == 0 }

// ComeIntoForce lets the edition take hold of an open proceeding at a moment: the
// editions since the one that last did follow each other, each by its transition
// rule. What no rule names ends as its own edition counted it. The state given is
// never changed; without effects nothing but State.Edition differs. Pure; safe for concurrent use.
func (e *Edition) ComeIntoForce(s State, at calendar.Moment) (State, []Effect) {
	if len(s.Things) == 0 || int(s.Edition) >= e.Index {
		return s, nil
	}
	next := s.Clone()
	a := Act{Done: at, Recorded: at, Act: None}
	d := decision{Scope: Scope{edition: e, state: &next, act: &a}, added: None, began: next.Started}
	d.transit()
	return next, d.out
}

// Start is the moment at which the edition comes into force.
func (e *Edition) Start() calendar.Moment { return e.Days.Zone().Moment(e.InForce, 0) }

// Over reports whether a proceeding has come to its end, in the words of the
// edition that last took hold of it, and nobody owes anything in it any more.
func (l *Law) Over(s *State) bool {
	root := s.Root()
	if root == nil || len(s.Deadlines) > 0 {
		return root == nil
	}
	return l.Editions[s.Edition].final(0, root.State)
}

// transit lets every edition since the last one take hold, one after the other.
func (d *decision) transit() {
	s, to, act := d.state, d.edition, d.act
	for int(s.Edition) < to.Index {
		s.Edition++
		if next := to.Law.Editions[s.Edition]; !next.Transition.empty() {
			// It takes hold on its own day, whenever that is entered.
			day := *act
			day.Done = next.Start()
			d.edition, d.act = next, &day
			d.follow(&next.Transition, 0)
		}
	}
	d.edition, d.act = to, act
}

// catchUp lets what an act starts that is entered only now, though it was done under an
// earlier edition, follow the editions that have taken hold since.
func (d *decision) catchUp() {
	act := d.edition
	for i := act.Index + 1; i <= int(d.state.Edition); i++ {
		if next := act.Law.Editions[i]; !next.Transition.empty() {
			d.edition = next
			d.follow(&next.Transition, d.began)
		}
	}
	d.edition = act
}

// follow carries a transition rule out, for deadlines started after the one with a number.
func (d *decision) follow(t *Transition, after int32) {
	s, e := d.state, d.edition
	for i := range s.Things {
		th := &s.Things[i]
		for _, p := range t.States[th.Kind] {
			if th.State == p.From {
				d.move(int32(i), p.To)
				break
			}
		}
	}
	for _, id := range t.End {
		d.fallAway(id, after)
	}
	for _, id := range t.Recount {
		rule := e.Terms[id]
		for i := range d.among(id) {
			dl := &s.Deadlines[i]
			if dl.Term != id || dl.No <= after || int(dl.Edition) >= e.Index {
				continue
			}
			was, old := dl.Due, e.Law.Editions[dl.Edition].Terms[id]
			if dl.Span.Within == old.Length(dl.By) { // else an extension gave it another total, which holds
				dl.Span.Within = rule.Length(dl.By)
			}
			dl.Edition = int16(e.Index)
			e.Law.count(dl)
			if dl.Due == was && rule.sameDuty(old) {
				continue
			}
			d.out = append(d.out, Effect{Kind: Recounted, Deadline: *dl, Thing: dl.Thing, Was: was})
			d.by = dl.By
			d.shiftHangers(rule, dl.Thing, dl.Due, dl.Stopped, false)
		}
	}
	if len(d.gone) > 0 {
		d.finals()
	}
}

// sameDuty reports whether two editions' rules of a term have the same one owe it, and the same follow.
func (t *Term) sameDuty(o *Term) bool {
	return t.OwedBy == o.OwedBy && t.Breach == o.Breach && t.AtOnce == o.AtOnce && t.Waiting() == o.Waiting() &&
		slices.EqualFunc(t.Steps, o.Steps, func(a, b Step) bool {
			return a.After == b.After && a.Escalate == b.Escalate && slices.Equal(a.To, b.To)
		})
}

// Recounting reports whether counting running deadlines of a term anew under the edition
// can change any that an earlier edition may have begun.
func (e *Edition) Recounting(id TermID) bool {
	t := e.Terms[id]
	return slices.ContainsFunc(e.Law.Editions[:e.Index], func(b *Edition) bool {
		old := b.Terms[id]
		return old != nil && (b.Days != e.Days || old.Rule != t.Rule || old.Within != t.Within || !slices.Equal(old.Withins, t.Withins) || !slices.Equal(old.Switches, t.Switches) || !t.sameDuty(old))
	})
}

// fallAway ends the running deadlines of a term, and of what hangs on them.
func (d *decision) fallAway(id TermID, after int32) {
	type hung struct {
		term  *Term
		thing int32
	}
	var gone []hung
	d.sift(d.among(id), func(dl *Deadline) bool {
		if dl.Term != id || dl.No <= after {
			return true
		}
		d.over(dl, Ended)
		if t := d.edition.Law.Editions[dl.Edition].Terms[id]; len(t.hangers) > 0 {
			gone = append(gone, hung{t, dl.Thing})
		}
		return false
	})
	for _, g := range gone {
		d.dropHangers(g.term, g.thing)
	}
}

// Length is how long the term is when an act starts it.
func (t *Term) Length(act ActID) calendar.Period {
	if int(act) < len(t.Withins) && act >= 0 && !t.Withins[act].IsZero() {
		return t.Withins[act]
	}
	return t.Within
}

// Recounts, Ends and StateChanges say what the edition's transition rule names, by name.
func (e *Edition) Recounts() []string { return e.termNames(e.Transition.Recount) }

// Ends lists the terms that fall away in open proceedings when the edition comes into force.
func (e *Edition) Ends() []string { return e.termNames(e.Transition.End) }

func (e *Edition) termNames(ids []TermID) (out []string) {
	for _, id := range ids {
		out = append(out, e.Law.TermName(id))
	}
	return out
}

// Dropped lists what an edition lacks that the one before it had, and of which its
// transition rule does not say what becomes.
func (e *Edition) Dropped(before *Edition) (terms []string, states [][2]string) {
	for _, t := range before.Terms {
		if t != nil && e.Terms[t.ID] == nil && !slices.Contains(e.Transition.End, t.ID) {
			terms = append(terms, t.Name)
		}
	}
	for _, k := range before.Kinds {
		if k == nil {
			continue
		}
		for _, s := range k.States {
			if now := e.Kinds[k.ID]; now != nil && slices.Contains(now.States, s) {
				continue
			}
			if !slices.ContainsFunc(e.Transition.States[k.ID], func(p StateChange) bool { return p.From == s }) {
				states = append(states, [2]string{k.Name, e.Law.StateName(k.ID, s)})
			}
		}
	}
	return terms, states
}
