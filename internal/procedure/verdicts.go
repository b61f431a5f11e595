package procedure

import (
	"errors"
	"slices"
)

// Verdict is whether an act may be done now, and if not, why not.
type Verdict struct {
	Rule    *ActRule
	Thing   int32
	Refusal *Refusal // nil: it may be done
	// Owes are the running deadlines that the act would meet.
	Owes []Deadline
}

// Verdicts says of every act, on every thing that it can be done on, whether
// the actor may do it now; a form is not looked at. The actor's act gives
// Done, Recorded, Officer, Role and Office. Acts that open a proceeding are
// left out of one that is open. For a thing in the wrong state or a role that
// may never, the refusal says what would have been allowed.
func (e *Edition) Verdicts(s State, actor Act) []Verdict {
	return e.VerdictsOf(s, actor, func(*ActRule, int32) bool { return true })
}

// VerdictsOf is Verdicts of some acts on some things alone: of is asked of each act with each thing that it can be done on.
// A page that shows fifty things of five thousand so asks about fifty.
func (e *Edition) VerdictsOf(s State, actor Act, of func(r *ActRule, thing int32) bool) []Verdict {
	var out []Verdict
	near := nearness(&s)
	for _, r := range e.Acts {
		if r == nil || r.Opens != (len(s.Things) == 0) {
			continue
		}
		if r.Opens {
			if of(r, 0) {
				out = append(out, e.verdict(&s, nil, r, 0, actor))
			}
			continue
		}
		for i := range s.Things {
			if s.Things[i].Kind == r.On && of(r, int32(i)) {
				seen := s
				seen.Deadlines = near.deadlines[i]
				out = append(out, e.verdict(&seen, near.counts, r, int32(i), actor))
			}
		}
	}
	return out
}

func (e *Edition) verdict(s *State, counts counts, r *ActRule, thing int32, actor Act) Verdict {
	v := Verdict{Rule: r, Thing: thing}
	actor.Act, actor.Thing, actor.Form = r.ID, thing, nil
	d := decision{Scope: Scope{edition: e, state: s, act: &actor, thing: thing, rule: r, counts: counts, ahead: true}}
	for _, t := range r.meets {
		for i := range s.Deadlines {
			if dl := s.Deadlines[i]; dl.Term == t.ID && s.related(dl.Thing, thing) {
				v.Owes = append(v.Owes, dl)
			}
		}
	}
	if err := d.checkThing(); errors.As(err, &v.Refusal) {
		return v
	}
	if err := d.checkWho(); errors.As(err, &v.Refusal) {
		return v
	}
	if err := d.checkCargo(); errors.As(err, &v.Refusal) {
		return v
	}
	for _, t := range r.barred {
		if err := d.checkBar(t); errors.As(err, &v.Refusal) {
			return v
		}
	}
	for i := range r.When {
		// A condition that looks at the form cannot be decided yet; that is no refusal.
		if ok, err := r.When[i].If.holds(&d.Scope); err == nil && !ok {
			v.Refusal = &Refusal{Reason: ConditionFails, Act: r.Name, Rule: r.When[i].Rule, Article: r.When[i].Article, Zone: e.Days.Zone()}
			return v
		}
	}
	for _, x := range r.extends {
		if x.rule.Until != nil {
			continue
		}
		if err := d.checkExtension(x); errors.As(err, &v.Refusal) {
			return v
		}
	}
	return v
}

// Role reports whether a role may ever do the act.
func (r *ActRule) Role(role string) bool {
	return slices.Contains(r.By, role) || slices.Contains(r.By, InCharge)
}

// near is what bears on each thing of a state, sorted out once: to ask of every thing what
// may be done on it would else be to look at every thing and deadline for each.
type near struct {
	deadlines [][]Deadline // by thing: those that run for it, for what belongs to it, and for what it belongs to
	counts    counts
}

func nearness(s *State) near {
	own, under := make([][]int32, len(s.Things)), make([][]int32, len(s.Things))
	for i := range s.Deadlines {
		thing := s.Deadlines[i].Thing
		own[thing] = append(own[thing], int32(i))
		for a := thing; a >= 0; a = s.Things[a].Of {
			under[a] = append(under[a], int32(i))
		}
	}
	n := near{deadlines: make([][]Deadline, len(s.Things)), counts: make(counts)}
	for i := range s.Things {
		t := &s.Things[i]
		list := under[i]
		for a := t.Of; a >= 0; a = s.Things[a].Of {
			list = append(list, own[a]...)
		}
		slices.Sort(list) // in the order started, as in the state
		n.deadlines[i] = make([]Deadline, len(list))
		for k, j := range list {
			n.deadlines[i][k] = s.Deadlines[j]
		}
		n.counts.add(t, None)
		for a := int32(i); a >= 0; a = s.Things[a].Of {
			n.counts.add(t, a)
		}
	}
	return n
}

// counts are how many things there are, by kind and state, of all and of those below each thing.
type counts map[counted]int

type counted struct {
	kind  KindID
	state StateID // None: any
	under int32   // None: anywhere
}

func (c counts) add(t *Thing, under int32) {
	c[counted{t.Kind, t.State, under}]++
	c[counted{t.Kind, None, under}]++
}
