package procedure

// Link lists with each act the terms that it has to do with, as the engine asks for
// them. Whoever loads a law calls it once for each edition, when all its rules stand;
// order are the terms as they are written.
func (e *Edition) Link(order []*Term) {
	for _, t := range order {
		for _, id := range t.StartedBy {
			e.Acts[id].starts = append(e.Acts[id].starts, t)
		}
		for _, id := range t.MetBy {
			e.Acts[id].meets = append(e.Acts[id].meets, t)
		}
		for _, id := range t.EndedBy {
			e.Acts[id].ends = append(e.Acts[id].ends, t)
		}
		for _, id := range t.StoppedBy {
			e.Acts[id].stops = append(e.Acts[id].stops, t)
		}
		for _, id := range t.ResumedBy {
			e.Acts[id].resumes = append(e.Acts[id].resumes, t)
		}
		for i := range t.Extended {
			x := &t.Extended[i]
			e.Acts[x.Act].extends = append(e.Acts[x.Act].extends, extension{t, x})
		}
		if base := t.Base(); base != None {
			e.Terms[base].hangers = append(e.Terms[base].hangers, t)
		}
		for _, id := range t.Bars {
			e.Acts[id].barred = append(e.Acts[id].barred, t)
		}
	}
	e.credited(order)
	e.sizes()
}

// sizes works out how much can follow from each act.
func (e *Edition) sizes() {
	var under func(t *Term) int
	under = func(t *Term) int {
		n := 1
		for _, b := range t.hangers {
			n += under(b)
		}
		return n
	}
	for _, r := range e.Acts {
		if r == nil {
			continue
		}
		for _, t := range r.starts {
			r.mostStarts += under(t)
		}
		for _, x := range r.extends {
			r.mostStarts += under(x.term)
		}
		for _, t := range r.meets {
			if t.Repeats {
				r.mostStarts += under(t)
			}
		}
		r.mostEffects = 3 + len(r.Sets) + len(r.AddsSets) + r.mostStarts + len(r.meets) + len(r.ends)
	}
}

// Base is the term that this one hangs on; None if it stands by itself.
func (t *Term) Base() TermID {
	if t.Before != None {
		return t.Before
	}
	return t.After
}

// Reaches reports whether an act gives a term its thing: the one it adds, the
// one it is done on, or one that this belongs to.
func (e *Edition) Reaches(r *ActRule, per KindID) bool {
	if r.Adds == per {
		return true
	}
	for k := r.On; k != None; k = e.Kinds[k].Of {
		if k == per {
			return true
		}
	}
	return false
}

// Enters reports whether an act of the edition brings a thing of the kind into the state.
func (e *Edition) Enters(k *Kind, s StateID) bool {
	for _, r := range e.Acts {
		if r == nil {
			continue
		}
		if r.On == k.ID && r.To == s || r.Adds == k.ID && r.AddsState == s {
			return true
		}
		for _, m := range r.Moves {
			if m.Kind == k.ID && m.To == s {
				return true
			}
		}
	}
	return false
}
