package procedure

import "slices"

// Every act makes a sheet of the file. Which of them a reader sees is not the engine's business, as
// with whole proceedings: the law says of what class a sheet is, and who sees a class is asked elsewhere.
//
// Classes are those of one edition, for all that is in a file: the one in force when it is read. An entry
// that was made under an earlier one has the class that its act has now, so that facts and the sheets that set them are
// told apart by one rule, which was checked as a whole when the law was loaded.

// OpeningRule names the fact of a proceeding that says that its file was opened to the parties.
type OpeningRule struct{ Opened FieldID }

// Classed reports whether an edition tells sheets apart at all.
func (e *Edition) Classed() bool { return len(e.Sheets) > 0 }

// SheetOf is the class of the sheets that an act makes; "" for none. Of an act that the edition has no more it is
// that of the last one before it.
func (e *Edition) SheetOf(act ActID) string {
	if act < 0 {
		return ""
	}
	for i := e.Index; i >= 0; i-- {
		if r := e.Law.Editions[i].Acts[act]; r != nil {
			return r.Sheet
		}
	}
	return ""
}

// SheetOfKind is the class of the things of a kind; "" for none. As SheetOf for a kind that there is no more.
func (e *Edition) SheetOfKind(kind KindID) string {
	if kind < 0 {
		return ""
	}
	for i := e.Index; i >= 0; i-- {
		if k := e.Law.Editions[i].Kinds[kind]; k != nil {
			return k.Sheet
		}
	}
	return ""
}

// SheetsOf are the classes of all that tells of a thing: its own, and those of what it belongs to.
func (e *Edition) SheetsOf(s *State, thing int32) (out []string) {
	for no := thing; no > 0 && int(no) < len(s.Things); no = s.Things[no].Of {
		if class := e.SheetOfKind(s.Things[no].Kind); class != "" {
			out = append(out, class)
		}
	}
	return out
}

// SheetsOfDeadline are the classes of all that tells of a deadline: of the act that started it, and of the thing that it runs for.
func (e *Edition) SheetsOfDeadline(s *State, by ActID, thing int32) []string {
	out := e.SheetsOf(s, thing)
	if class := e.SheetOf(by); class != "" {
		out = append(out, class)
	}
	return out
}

// Opened reports whether the file of a proceeding was opened to the parties.
func (e *Edition) Opened(s *State) bool {
	root := s.Root()
	if root == nil || e.Kinds[0] == nil || e.Kinds[0].Opening == nil {
		return false
	}
	return root.Field(e.Kinds[0].Opening.Opened).Num != 0
}

// Reading is the fact of a proceeding, by its name, that holds while the parties read the finished file, the acts of any edition that set it, and the roles
// in which a thing makes somebody a party. "" where the law says nothing of that.
func (l *Law) Reading() (field string, acts, parties []string) {
	id := FieldID(None)
	for _, e := range l.Editions {
		if k := e.Kinds[0]; k != nil && k.Reading != None {
			id = k.Reading
		}
	}
	if id == None {
		return "", nil, nil
	}
	sets := func(a Assign) bool { return a.Field == id }
	for _, e := range l.Editions {
		for _, r := range e.Acts {
			if r != nil && (slices.ContainsFunc(r.RootSets, sets) || r.On <= 0 && slices.ContainsFunc(r.Sets, sets)) {
				acts = append(acts, r.Name)
			}
		}
		for _, k := range e.Kinds {
			if k != nil && k.Party != nil {
				parties = append(parties, k.Party.As)
			}
		}
	}
	slices.Sort(acts)
	slices.Sort(parties)
	return l.Names.Fields[0].List[id], slices.Compact(acts), slices.Compact(parties)
}

// Withhold gives the state without the things and deadlines that a reader does not see. Things keep their numbers: in the
// place of one that is hidden stands one of which nothing is known (see Thing.Withheld). The state itself is not changed.
func (s *State) Withhold(thing func(no int32) bool, deadline func(*Deadline) bool) State {
	out := *s
	out.Things = make([]Thing, len(s.Things))
	for i := range s.Things {
		if i > 0 && thing(int32(i)) {
			out.Things[i] = Thing{State: None, Of: None}
			continue
		}
		out.Things[i] = s.Things[i]
	}
	out.Deadlines, out.Spent, out.Past = nil, nil, nil
	for i := range s.Deadlines {
		if !deadline(&s.Deadlines[i]) {
			out.Deadlines = append(out.Deadlines, s.Deadlines[i])
		}
	}
	for _, sp := range s.Spent {
		if !out.Things[sp.Thing].Withheld() {
			out.Spent = append(out.Spent, sp)
		}
	}
	for _, p := range s.Past {
		if !out.Things[p.Of].Withheld() && (p.Thing == None || !out.Things[p.Thing].Withheld()) {
			out.Past = append(out.Past, p)
		}
	}
	return out
}

// Withheld reports whether the thing stands in the place of one that its reader does not see.
func (t *Thing) Withheld() bool { return t.State == None }
