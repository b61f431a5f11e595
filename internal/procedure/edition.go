package procedure

import "slices"

// What an edition has, by name, in the order written.
func (e *Edition) kindNames() (out []string) {
	for _, k := range e.Kinds {
		if k != nil {
			out = append(out, k.Name)
		}
	}
	return out
}

func (e *Edition) actNames() (out []string) {
	for _, r := range e.Acts {
		if r != nil {
			out = append(out, r.Name)
		}
	}
	return out
}

func (e *Edition) termNames() (out []string) {
	for _, t := range e.Terms {
		if t != nil {
			out = append(out, t.Name)
		}
	}
	return out
}

func (e *Edition) stateNames(k KindID, ids []StateID) (out []string) {
	for _, id := range ids {
		out = append(out, e.Law.StateName(k, id))
	}
	return out
}

// state by name, if this edition's kind has it; else None.
func (e *Edition) state(k KindID, name string) StateID {
	id := StateID(e.Law.states[k].find(name))
	if id >= 0 && slices.Contains(e.Kinds[k].States, id) {
		return id
	}
	return None
}

func fieldNames(fields []*Field) (out []string) {
	for _, f := range fields {
		if f != nil {
			out = append(out, f.Name)
		}
	}
	return out
}
