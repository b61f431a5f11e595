package lawload

import (
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// labelled lists what of a law wants a label.
func (l *loader) labelled() *lawtext.Labelled {
	k := &lawtext.Labelled{Roles: map[string]bool{procedure.InCharge: true}, Kinds: map[string]bool{}, Acts: map[string]bool{}, Terms: map[string]bool{}, Rules: map[string]bool{}, Switches: map[string]bool{}, Parts: map[string]bool{}, Sheets: map[string]bool{},
		Fields: map[string]bool{}, Choices: map[string]bool{}, Listed: map[string]string{}, States: map[string]map[string]bool{}}
	part := func(name string) {
		if name != "" {
			k.Parts[name] = true
		}
	}
	listed := func(of string, f *procedure.Field, choice string) {
		if list := l.lists[f]; list != "" {
			k.Choices[list+"."+choice] = true
			k.Listed[of+"."+f.Name+"."+choice] = list + "." + choice
		}
	}
	for _, e := range l.law.Editions {
		for _, r := range e.Roles {
			k.Roles[r] = true
		}
		for _, class := range e.Sheets {
			k.Sheets[class] = true
		}
		for _, kind := range e.Kinds {
			if kind == nil {
				continue
			}
			k.Kinds[kind.Name] = true
			if k.States[kind.Name] == nil {
				k.States[kind.Name] = map[string]bool{}
			}
			for _, s := range e.StateNames(kind.ID, kind.States) {
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
					listed(kind.Name, f, ch)
				}
			}
		}
		for i := range e.Switches {
			k.Switches[e.Switches[i].Name] = true
		}
		for _, t := range e.Terms {
			if t != nil {
				k.Terms[t.Name] = true
				part(t.Part)
			}
		}
		for _, r := range e.Acts {
			if r == nil {
				continue
			}
			k.Acts[r.Name] = true
			part(r.Part)
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
				if f.Question != nil {
					for i := range f.Question.Checks {
						k.Rules[f.Question.Checks[i].Rule] = true
					}
				}
				for _, ch := range f.Choices {
					k.Choices[f.Name+"."+ch] = true
					k.ActChoices = append(k.ActChoices, r.Name+"."+f.Name+"."+ch)
					listed(r.Name, f, ch)
				}
			}
		}
	}
	return k
}
