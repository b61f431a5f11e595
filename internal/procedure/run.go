package procedure

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
	effects, err := e.step(&r.work, &r.State, a, false, r.effects[:0])
	if err == nil {
		r.effects = effects
	}
	return effects, err
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
