package procedure

import (
	"slices"

	"nazorat/internal/lawtext"
)

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

// stateNames gives states of a kind by name.
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

// FieldNames are the names of a form's or a kind's fields, in the order of the law.
func FieldNames(fields []*Field) (out []string) {
	for _, f := range fields {
		if f != nil {
			out = append(out, f.Name)
		}
	}
	return out
}

// labelled lists what of a law wants a label.
func (l *loader) labelled() *lawtext.Labelled {
	k := &lawtext.Labelled{Roles: map[string]bool{InCharge: true}, Kinds: map[string]bool{}, Acts: map[string]bool{}, Terms: map[string]bool{}, Rules: map[string]bool{}, Switches: map[string]bool{},
		Fields: map[string]bool{}, Choices: map[string]bool{}, States: map[string]map[string]bool{}}
	for _, e := range l.law.Editions {
		for _, r := range e.Roles {
			k.Roles[r] = true
		}
		for _, kind := range e.Kinds {
			if kind == nil {
				continue
			}
			k.Kinds[kind.Name] = true
			if k.States[kind.Name] == nil {
				k.States[kind.Name] = map[string]bool{}
			}
			for _, s := range e.stateNames(kind.ID, kind.States) {
				k.States[kind.Name][s] = true
			}
			for _, f := range kind.Fields {
				if f == nil {
					continue
				}
				k.Fields[f.Name] = true
				for _, ch := range f.Choices {
					k.Choices[f.Name+"."+ch] = true
					k.ActChoices = append(k.ActChoices, kind.Name+"."+f.Name+"."+ch)
				}
			}
		}
		for i := range e.Switches {
			k.Switches[e.Switches[i].Name] = true
		}
		for _, t := range e.Terms {
			if t != nil {
				k.Terms[t.Name] = true
			}
		}
		for _, r := range e.Acts {
			if r == nil {
				continue
			}
			k.Acts[r.Name] = true
			for _, w := range r.When {
				if w.Rule != r.Name {
					k.Rules[w.Rule] = true
				}
			}
			for _, f := range r.Form {
				if f == nil {
					continue
				}
				k.Fields[f.Name] = true
				k.ActFields = append(k.ActFields, r.Name+"."+f.Name)
				for _, ch := range f.Choices {
					k.Choices[f.Name+"."+ch] = true
					k.ActChoices = append(k.ActChoices, r.Name+"."+f.Name+"."+ch)
				}
			}
		}
	}
	return k
}
