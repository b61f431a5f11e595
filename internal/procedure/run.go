package procedure

import "slices"

// Run is one proceeding being lived through in place: Apply and Observe
// without the copying, for replays and simulations of many acts. It belongs to
// one goroutine. Its zero value is a proceeding that nobody has opened.
type Run struct {
	State   State
	effects []Effect
	work    decision
}

// Apply is Edition.Apply on the run's own state. The effects are valid until the next call.
func (r *Run) Apply(e *Edition, a *Act) ([]Effect, error) {
	var before State
	edition, late := r.State.Edition, e.refusesLate(&r.State, a.Act)
	if late {
		before = r.State.Clone()
	}
	effects, err := e.step(&r.work, &r.State, a, false, r.effects[:0])
	switch {
	case err == nil:
		r.effects = effects
	case late:
		r.State = before
	default:
		r.State.Edition = edition
	}
	return effects, err
}

// refusesLate reports whether an act may be refused when something has changed already:
// an edition took hold first, or the end of a term is held against what the act brings about.
func (e *Edition) refusesLate(s *State, act ActID) bool {
	for i := int(s.Edition) + 1; len(s.Things) > 0 && i <= e.Index; i++ {
		if !e.Law.Editions[i].Transition.empty() {
			return true
		}
	}
	if act < 0 || int(act) >= len(e.Acts) || e.Acts[act] == nil {
		return false
	}
	return slices.ContainsFunc(e.Acts[act].starts, func(t *Term) bool { return t.Until != nil || t.Lengths != nil })
}

// Observe is Edition.Observe on the run's own state. The effects are valid until the next call.
func (r *Run) Observe(e *Edition, a *Act) []Effect {
	r.effects, _ = e.step(&r.work, &r.State, a, true, r.effects[:0])
	return r.effects
}

// Reset makes the run a proceeding that nobody has opened, keeping its memory.
func (r *Run) Reset() {
	things, deadlines := r.State.Things[:0], r.State.Deadlines[:0]
	r.State = State{Things: things, Deadlines: deadlines}
}
