package procedure

import "slices"

// KindNames are the kinds that this edition has, in the order of the law.
func (e *Edition) KindNames() (out []string) {
	for _, k := range e.Kinds {
		if k != nil {
			out = append(out, k.Name)
		}
	}
	return out
}

// ActNames are the acts that this edition has, in the order of the law.
func (e *Edition) ActNames() (out []string) {
	for _, r := range e.Acts {
		if r != nil {
			out = append(out, r.Name)
		}
	}
	return out
}

// TermNames are the terms that this edition has, in the order of the law.
func (e *Edition) TermNames() (out []string) {
	for _, t := range e.Terms {
		if t != nil {
			out = append(out, t.Name)
		}
	}
	return out
}

// StateNames gives states of a kind by name.
func (e *Edition) StateNames(k KindID, ids []StateID) (out []string) {
	for _, id := range ids {
		out = append(out, e.Law.StateName(k, id))
	}
	return out
}

// State by name, if this edition's kind has it; else None.
func (e *Edition) State(k KindID, name string) StateID {
	id := StateID(e.Law.Names.States[k].Find(name))
	if id >= 0 && slices.Contains(e.Kinds[k].States, id) {
		return id
	}
	return None
}

// FieldNames are the names of a form's or a kind's fields, in the order of the law.
func FieldNames(fields []*Field) (out []string) {
	for _, f := range fields {
		if f != nil {
			out = append(out, f.Name)
		}
	}
	return out
}
