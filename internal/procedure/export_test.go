package procedure

// VerdictsOneByOne is Verdicts as each thing would be judged by itself, over the whole state.
func (e *Edition) VerdictsOneByOne(s State, actor Act) (out []Verdict) {
	for _, v := range e.Verdicts(s, actor) {
		out = append(out, e.verdict(&s, nil, v.Rule, v.Thing, actor))
	}
	return out
}
