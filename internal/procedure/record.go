package procedure

import (
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
)

// RecordRule is what an act enters into the directory of the service: who is an
// officer, what he may do where and until when, which office has a role for another.
type RecordRule struct {
	Does  string     // one of RecordWords
	When  *Condition // nil: always
	Slots []Slot     // in the order of the word's own
	Line  int
}

// Slot is one of the facts that a record has.
type Slot struct {
	Name  string
	Value *Condition
}

// Record is a RecordRule as it came out. Whoever keeps the directory writes it in the same
// transaction. Beginnings and ends are moments: of a day given as the first, its first
// instant; of a day given as the last, the first instant of the next.
type Record struct {
	Does   string
	Values map[string]fact.Value
}

// Words of what an act may enter into the directory. Whom a record is about, where it does not
// name him, is the officer or the office whose file the proceeding is.
const (
	EnterOfficer   = "enter_officer"   // somebody becomes an officer, and this is his file
	FileOfOfficer  = "file_of_officer" // this becomes the file of an officer who is there
	GiveMandate    = "give_mandate"    // he, or the officer named, may act; the mandate is that of the act's thing
	CutMandate     = "cut_mandate"     // the mandate of the act's thing ends
	EndMandate     = "end_mandate"     // his mandate for a role and an office ends, and what others had of it
	EndAllMandates = "end_all_mandates"
	AdmitTo        = "admit_to"       // he may see what is of a level of secrecy, from a day until another
	EndAdmission   = "end_admission"  // and no longer
	NoteLeave      = "note_leave"     // he is away
	HandOver       = "hand_over"      // who he was in charge of has another officer from now on
	EnterOffice    = "enter_office"   // an office is founded, and this is its file
	FileOfOffice   = "file_of_office" // this becomes the file of an office that is there
	NameOffice     = "name_office"    // it is called otherwise
	MoveOffice     = "move_office"    // it stands under another office
	CloseOffice    = "close_office"   // it is no more; whoever works there and whatever it has must be elsewhere by then
	SetCompetence  = "set_competence" // another office has a role for it, against what follows from its place and kind
	EndCompetence  = "end_competence" // and no longer
	EraseDocument  = "erase_document" // the bytes of a document are taken away for ever; of this the vault has a row, not the directory
)

// SlotWord says of a slot what it takes.
type SlotWord struct {
	Name     string
	Type     fact.Type // Moment: a beginning, or, if Ends, an end
	Ends     bool
	Optional bool
}

// RecordWord is a word with its slots.
type RecordWord struct {
	Does  string
	Slots []SlotWord
}

// RecordWords are all words of what an act may enter into the directory.
func RecordWords() []RecordWord {
	from, to := SlotWord{Name: "from", Type: fact.Moment}, SlotWord{Name: "to", Type: fact.Moment, Ends: true}
	basis, role, office, officer := SlotWord{Name: "basis", Type: fact.Text}, SlotWord{Name: "role", Type: fact.Text}, SlotWord{Name: "office", Type: fact.Office}, SlotWord{Name: "officer", Type: fact.Officer}
	text := func(name string) SlotWord { return SlotWord{Name: name, Type: fact.Text} }
	may := func(w SlotWord) SlotWord { w.Optional = true; return w }
	return []RecordWord{
		{EnterOfficer, []SlotWord{text("name"), text("login")}},
		{FileOfOfficer, []SlotWord{text("login"), office}},
		{GiveMandate, []SlotWord{may(officer), role, office, from, may(to), basis, may(text("manner"))}},
		{CutMandate, nil},
		{EndMandate, []SlotWord{role, office}},
		{EndAllMandates, nil},
		{AdmitTo, []SlotWord{text("level"), from, to, basis}},
		{EndAdmission, []SlotWord{text("level")}},
		{NoteLeave, []SlotWord{from, to, basis, may(officer)}},
		{HandOver, []SlotWord{may(officer), may(office)}},
		{EnterOffice, []SlotWord{text("code"), text("kind"), may(SlotWord{Name: "parent", Type: fact.Office}), text("place"), text("name_uz"), may(text("name_ru")), may(text("name_en"))}},
		{FileOfOffice, []SlotWord{office}},
		{NameOffice, []SlotWord{text("name_uz"), may(text("name_ru")), may(text("name_en"))}},
		{MoveOffice, []SlotWord{{Name: "parent", Type: fact.Office}}},
		{CloseOffice, nil},
		{SetCompetence, []SlotWord{role, {Name: "competent", Type: fact.Office}, basis}},
		{EndCompetence, []SlotWord{role}},
		{EraseDocument, []SlotWord{text("document"), basis}},
	}
}

// RecordWordOf is a word by its name; false if there is none.
func RecordWordOf(does string) (RecordWord, bool) {
	list := RecordWords()
	i := slices.IndexFunc(list, func(w RecordWord) bool { return w.Does == does })
	if i < 0 {
		return RecordWord{}, false
	}
	return list[i], true
}

// Enters reports whether the act enters something of a word into the directory.
func (r *ActRule) Enters(does string) bool {
	return slices.ContainsFunc(r.Records, func(x RecordRule) bool { return x.Does == does })
}

// FieldOf is the field of the form that a slot of one of the act's records is filled from; "" if it is from none.
func (r *ActRule) FieldOf(does, slot string) string {
	for i := range r.Records {
		if r.Records[i].Does != does {
			continue
		}
		for _, s := range r.Records[i].Slots {
			if n := s.Value.Names; s.Name == slot && n.Whose == OfAct && int(n.Field) < len(r.Form) && r.Form[n.Field] != nil {
				return r.Form[n.Field].Name
			}
		}
	}
	return ""
}

// FactOf is the fact of the act's thing that a slot of one of the act's records is filled from; None if it is from none.
func (r *ActRule) FactOf(does, slot string) FieldID {
	for i := range r.Records {
		if r.Records[i].Does != does {
			continue
		}
		for _, s := range r.Records[i].Slots {
			if n := s.Value.Names; s.Name == slot && n.Whose == OfThing {
				return n.Field
			}
		}
	}
	return None
}

// checkRecords works out what the directory has from now on, over the state before the act.
func (d *decision) checkRecords() error {
	for i := range d.rule.Records {
		r := &d.rule.Records[i]
		if r.When != nil {
			ok, err := r.When.holds(&d.Scope)
			if err != nil {
				if err := d.wrong(&Refusal{Reason: Undecidable, Rule: r.Does, Cause: err}); err != nil {
					return err
				}
			}
			if !ok {
				continue
			}
		}
		word, _ := RecordWordOf(r.Does)
		record := &Record{Does: r.Does, Values: make(map[string]fact.Value, len(r.Slots))}
		for _, s := range r.Slots {
			k := slices.IndexFunc(word.Slots, func(w SlotWord) bool { return w.Name == s.Name })
			if k < 0 {
				continue // not reached: whoever loads a law looks
			}
			v, err := s.Value.eval(&d.Scope)
			switch {
			case err == nil:
				record.Values[s.Name] = d.edition.slot(&word.Slots[k], v)
			case !word.Slots[k].Optional:
				if err := d.wrong(&Refusal{Reason: Undecidable, Rule: r.Does, Cause: err}); err != nil {
					return err
				}
			}
		}
		d.records = append(d.records, record)
	}
	return nil
}

// slot is a value as a record has it.
func (e *Edition) slot(w *SlotWord, v fact.Value) fact.Value {
	if w.Type != fact.Moment {
		return fact.TextOf(w.Type, v.Text)
	}
	if v.Type != fact.Date {
		return v
	}
	day := calendar.Date(v.Num)
	if w.Ends {
		day++
	}
	return fact.MomentOf(e.Days.Zone().Moment(day, 0))
}

// about is the thing that a record is of: the one that the act added, or the one it is done on.
func (d *decision) about() int32 {
	if d.added != None {
		return d.added
	}
	return d.thing
}

// inCharge reports whether an act is done by the officer in charge, or in his place.
func (a *Act) inCharge(s *State) bool {
	return s.InCharge != "" && (a.Officer == s.InCharge || a.For == s.InCharge)
}

// ChangesHands is what the journal calls the entry by which a proceeding gets another
// officer in charge because the former one leaves. No law may have an act of this name.
const ChangesHands = "changes_hands"

// GiveOver puts another officer in charge of a proceeding. The state given is never changed.
// The edition is the one that took hold of the proceeding last: nothing else follows.
func (s *State) GiveOver(to string) (State, []Effect) {
	next := s.Clone()
	next.InCharge = to
	return next, []Effect{{Kind: Charged, Value: fact.TextOf(fact.Officer, to)}}
}
