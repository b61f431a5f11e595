package procedure

// VerdictsOneByOne is Verdicts as each thing would be judged by itself, over the whole state.
func (e *Edition) VerdictsOneByOne(s State, actor Act) (out []Verdict) {
	for _, v := range e.Verdicts(s, actor) {
		out = append(out, e.verdict(&s, nil, v.Rule, v.Thing, actor))
	}
	return out
}

// Overlooked are the deadlines of a run that its last act would not have found, had it looked
// for their terms; narrowed says whether it looked for some terms only.
func (r *Run) Overlooked() (missed []Deadline, narrowed bool) {
	for i := range r.State.Deadlines {
		if dl := r.State.Deadlines[i]; !r.work.running.has(dl.Term) {
			missed = append(missed, dl)
		}
	}
	return missed, r.work.running.told
}
