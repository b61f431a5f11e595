// Package stored is how states, deadlines, forms, cargo and effects are kept outside of
// memory: in the database, in the journal, in what is sent.
//
// Beside the forms themselves it has what rows say of deadlines, and what entries have that nobody
// sent a form for: all that whoever writes, reads and verifies must agree on.
//
// What is kept holds names, never the numbers of a loaded law: it must still be read when
// an edition has been added. Times are microseconds UTC. The package writes what the
// engine made and reads it back to the same; it holds nothing against the law again, and
// fails on a name that the law does not have.
package stored

import (
	"encoding/json"
	"fmt"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/procedure"
)

// stateJSON is how a State is stored.
type stateJSON struct {
	Things    []thingJSON `json:"things"`
	Deadlines []Deadline  `json:"deadlines,omitempty"`
	Started   int32       `json:"started,omitempty"`
	InCharge  string      `json:"in_charge,omitempty"`
	Office    string      `json:"office,omitempty"`
	Edition   string      `json:"edition,omitempty"`
	Spent     []spentJSON `json:"spent,omitempty"`
	Past      []pastJSON  `json:"past,omitempty"`
}

// pastJSON is a period for which a thing was in a state that counts toward a term.
type pastJSON struct {
	Kind  string          `json:"kind"`
	State string          `json:"state"`
	Thing int32           `json:"thing"`
	Of    int32           `json:"of"`
	From  calendar.Moment `json:"from"`
	To    calendar.Moment `json:"to"`
}

type spentJSON struct {
	Term  string          `json:"term"`
	Thing int32           `json:"thing"`
	Days  int             `json:"days,omitempty"`
	For   calendar.Moment `json:"for,omitempty"`
}

type thingJSON struct {
	Kind   string               `json:"kind"`
	State  string               `json:"state"`
	Of     int32                `json:"of"`
	Came   calendar.Moment      `json:"came"`
	Since  calendar.Moment      `json:"since"`
	Fields map[string]fact.JSON `json:"fields,omitempty"`
}

// Deadline is a deadline as stored: all that an explanation needs.
type Deadline struct {
	No      int32           `json:"no"`
	Term    string          `json:"term"`
	Thing   int32           `json:"thing"`
	Edition string          `json:"edition"`
	By      string          `json:"by"`
	Start   calendar.Moment `json:"start"`
	Within  string          `json:"within,omitempty"`
	Added   string          `json:"added,omitempty"`
	Times   int16           `json:"times,omitempty"`
	Days    int             `json:"stopped_days,omitempty"`
	For     calendar.Moment `json:"stopped_for,omitempty"`
	Spent   int             `json:"spent_days,omitempty"`
	Used    calendar.Moment `json:"spent_for,omitempty"`
	Until   calendar.Moment `json:"until,omitempty"`
	Stopped calendar.Moment `json:"stopped,omitempty"`
	Due     calendar.Moment `json:"due"`
}

// grow lengthens a list until it has a place for an id.
func grow[T any](list []T, id int) []T {
	for len(list) <= id {
		var zero T
		list = append(list, zero)
	}
	return list
}

// EncodeState writes a state for storage.
func EncodeState(l *procedure.Law, s *procedure.State) ([]byte, error) {
	return json.Marshal(stateForm(l, s))
}

func stateForm(l *procedure.Law, s *procedure.State) *stateJSON {
	j := &stateJSON{Things: make([]thingJSON, len(s.Things)), Started: s.Started, InCharge: s.InCharge, Office: s.Office}
	if root := s.Root(); root != nil && root.Kind == 0 { // also of the first edition: an older one may be added later; cargo has none
		j.Edition = l.Editions[s.Edition].Name
	}
	for _, sp := range s.Spent {
		j.Spent = append(j.Spent, spentJSON{l.TermName(sp.Term), sp.Thing, sp.Days, sp.For})
	}
	for _, p := range s.Past {
		j.Past = append(j.Past, pastJSON{l.KindName(p.Kind), l.StateName(p.Kind, p.State), p.Thing, p.Of, p.From, p.To})
	}
	for i := range s.Things {
		t := &s.Things[i]
		j.Things[i] = thingJSON{Kind: l.KindName(t.Kind), State: l.StateName(t.Kind, t.State), Of: t.Of, Came: t.Came, Since: t.Since}
		for id, v := range t.Fields {
			if v.Given() {
				if j.Things[i].Fields == nil {
					j.Things[i].Fields = make(map[string]fact.JSON, len(t.Fields))
				}
				j.Things[i].Fields[l.Names.Fields[t.Kind].List[id]] = fact.Encode(v)
			}
		}
	}
	for i := range s.Deadlines {
		j.Deadlines = append(j.Deadlines, EncodeDeadline(l, &s.Deadlines[i]))
	}
	return j
}

// EncodeCargo writes what goes from one proceeding to another, for storage; nil for nothing.
func EncodeCargo(l *procedure.Law, c *procedure.Cargo) (json.RawMessage, error) {
	if c == nil {
		return nil, nil
	}
	s := procedure.State{Things: c.Things, Deadlines: c.Deadlines, Spent: c.Spent, Past: c.Past}
	return json.Marshal(stateForm(l, &s))
}

// DecodeCargo reads a stored cargo.
func DecodeCargo(l *procedure.Law, data json.RawMessage) (*procedure.Cargo, error) {
	if len(data) == 0 {
		return nil, nil
	}
	s, err := DecodeState(l, data)
	if err != nil {
		return nil, fmt.Errorf("cargo: %w", err)
	}
	for i := range s.Things {
		if int(s.Things[i].Of) >= i {
			return nil, fmt.Errorf("cargo: thing %d belongs to a later one", i)
		}
	}
	return &procedure.Cargo{Things: s.Things, Deadlines: s.Deadlines, Spent: s.Spent, Past: s.Past}, nil
}

// DecodeState reads a stored state. It fails on a name that the law does not have.
func DecodeState(l *procedure.Law, data []byte) (procedure.State, error) {
	var j stateJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return procedure.State{}, fmt.Errorf("state of %s: %w", l.Name, err)
	}
	s := procedure.State{Things: make([]procedure.Thing, len(j.Things)), Started: j.Started, InCharge: j.InCharge, Office: j.Office}
	for i, t := range j.Things {
		kind := l.Kind(t.Kind)
		if kind < 0 {
			return procedure.State{}, fmt.Errorf("state: %s has no kind %q", l.Name, t.Kind)
		}
		state := l.Names.States[kind].Find(t.State)
		if state < 0 || int(t.Of) >= len(j.Things) {
			return procedure.State{}, fmt.Errorf("state: a %s of %s cannot be %q of %d", t.Kind, l.Name, t.State, t.Of)
		}
		s.Things[i] = procedure.Thing{Kind: kind, State: procedure.StateID(state), Of: t.Of, Came: t.Came, Since: t.Since}
		for name, v := range t.Fields {
			id := l.Names.Fields[kind].Find(name)
			if id < 0 {
				return procedure.State{}, fmt.Errorf("state: a %s of %s has no field %q", t.Kind, l.Name, name)
			}
			val, err := fact.Decode(v)
			if err != nil {
				return procedure.State{}, fmt.Errorf("state: %s.%s: %w", t.Kind, name, err)
			}
			s.Things[i].Fields = grow(s.Things[i].Fields, id)
			s.Things[i].Fields[id] = val
		}
	}
	if j.Edition != "" {
		e := l.Edition(j.Edition)
		if e == nil {
			return procedure.State{}, fmt.Errorf("state: %s has no edition %q", l.Name, j.Edition)
		}
		s.Edition = int16(e.Index)
	}
	for _, sp := range j.Spent {
		term := l.Term(sp.Term)
		if term < 0 || int(sp.Thing) >= len(s.Things) {
			return procedure.State{}, fmt.Errorf("state: %s has no term %q of %d", l.Name, sp.Term, sp.Thing)
		}
		s.Spent = append(s.Spent, procedure.Spent{Term: term, Thing: sp.Thing, Days: sp.Days, For: sp.For})
	}
	for _, p := range j.Past {
		kind := l.Kind(p.Kind)
		if kind < 0 || p.Of < 0 || int(p.Of) >= len(s.Things) || p.Thing < procedure.None || int(p.Thing) >= len(s.Things) {
			return procedure.State{}, fmt.Errorf("state: %s has no %q of %d", l.Name, p.Kind, p.Of)
		}
		state := l.Names.States[kind].Find(p.State)
		if state < 0 {
			return procedure.State{}, fmt.Errorf("state: a %s of %s is never %q", p.Kind, l.Name, p.State)
		}
		s.Past = append(s.Past, procedure.Past{Kind: kind, State: procedure.StateID(state), Thing: p.Thing, Of: p.Of, From: p.From, To: p.To})
	}
	for _, d := range j.Deadlines {
		dl, err := DecodeDeadline(l, d)
		if err != nil {
			return procedure.State{}, err
		}
		if dl.Thing < 0 || int(dl.Thing) >= len(s.Things) {
			return procedure.State{}, fmt.Errorf("state: the deadline %s belongs to thing %d of %d", d.Term, d.Thing, len(s.Things))
		}
		s.Deadlines = append(s.Deadlines, dl)
	}
	return s, nil
}

// EncodeDeadline writes a deadline for storage.
func EncodeDeadline(l *procedure.Law, d *procedure.Deadline) Deadline {
	return Deadline{No: d.No, Term: l.TermName(d.Term), Thing: d.Thing, Edition: l.Editions[d.Edition].Name, By: l.ActName(d.By), Start: d.Start,
		Within: d.Span.Within.String(), Added: d.Span.Added.String(), Times: d.Times, Days: d.Span.StoppedDays, For: d.Span.StoppedFor, Spent: d.Span.SpentDays, Used: d.Span.SpentFor,
		Until: d.Until, Stopped: d.Stopped, Due: d.Due}
}

// DecodeDeadline reads a stored deadline.
func DecodeDeadline(l *procedure.Law, j Deadline) (procedure.Deadline, error) {
	d := procedure.Deadline{No: j.No, Term: l.Term(j.Term), Thing: j.Thing, By: l.Act(j.By), Start: j.Start, Times: j.Times, Until: j.Until, Stopped: j.Stopped, Due: j.Due}
	d.Span.StoppedDays, d.Span.StoppedFor, d.Span.SpentDays, d.Span.SpentFor = j.Days, j.For, j.Spent, j.Used
	e := l.Edition(j.Edition)
	if d.Term < 0 || d.By < 0 || e == nil || e.Terms[d.Term] == nil {
		return d, fmt.Errorf("deadline: %s has no term %q started by %q in the edition %q", l.Name, j.Term, j.By, j.Edition)
	}
	d.Edition = int16(e.Index)
	var err error
	if j.Within != "" {
		if d.Span.Within, err = calendar.ParsePeriod(j.Within); err != nil {
			return d, fmt.Errorf("deadline %s: %w", j.Term, err)
		}
	}
	if d.Span.Added, err = calendar.ParseSum(j.Added); err != nil {
		return d, fmt.Errorf("deadline %s: %w", j.Term, err)
	}
	return d, nil
}

// EncodeForm gives a form by field names, as stored. Fields that were not given are left out.
func EncodeForm(l *procedure.Law, act procedure.ActID, form []fact.Value) map[string]fact.JSON {
	out := make(map[string]fact.JSON, len(form))
	for id, v := range form {
		if v.Given() {
			out[l.Names.Forms[act].List[id]] = fact.Encode(v)
		}
	}
	return out
}

// DecodeForm reads a stored form.
func DecodeForm(l *procedure.Law, act procedure.ActID, form map[string]fact.JSON) ([]fact.Value, error) {
	var out []fact.Value
	for name, j := range form {
		var err error
		if out, err = put(l, act, out, name, j); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Effect is an effect by names, as the journal keeps it.
type Effect struct {
	Effect   string     `json:"effect"`
	Thing    int32      `json:"thing"`
	Of       *int32     `json:"of,omitempty"`
	Kind     string     `json:"kind,omitempty"`
	From     string     `json:"from,omitempty"`
	To       string     `json:"to,omitempty"`
	Field    string     `json:"field,omitempty"`
	Value    *fact.JSON `json:"value,omitempty"`
	Deadline *Deadline  `json:"deadline,omitempty"`
	Was      int64      `json:"was,omitempty"`
	Late     bool       `json:"late,omitempty"`
	Call     *Call      `json:"call,omitempty"`
	Record   *Record    `json:"record,omitempty"`
	Rule     string     `json:"rule,omitempty"`
	Reason   string     `json:"reason,omitempty"`
}

// Call is an act on another proceeding, as the journal keeps it: what was done
// there stands in that proceeding's own entry.
type Call struct {
	Procedure string `json:"procedure"`
	Act       string `json:"act"`
	To        string `json:"to,omitempty"`
}

// Record is what the directory of the service has from now on, as the journal keeps it.
type Record struct {
	Does   string               `json:"does"`
	Values map[string]fact.JSON `json:"values"`
}

// EncodeRecord writes a record for storage.
func EncodeRecord(r *procedure.Record) *Record {
	out := &Record{Does: r.Does, Values: make(map[string]fact.JSON, len(r.Values))}
	for slot, v := range r.Values {
		out.Values[slot] = fact.Encode(v)
	}
	return out
}

// DecodeRecord reads a stored record.
func DecodeRecord(r *Record) (*procedure.Record, error) {
	out := &procedure.Record{Does: r.Does, Values: make(map[string]fact.Value, len(r.Values))}
	for slot, j := range r.Values {
		v, err := fact.Decode(j)
		if err != nil {
			return nil, fmt.Errorf("record %s, %s: %w", r.Does, slot, err)
		}
		out.Values[slot] = v
	}
	return out, nil
}

// Effects gives effects by names, for storage.
func Effects(l *procedure.Law, effects []procedure.Effect) []Effect {
	out := make([]Effect, 0, len(effects))
	for i := range effects {
		f := &effects[i]
		r := Effect{Effect: f.Kind.String(), Thing: f.Thing, Was: int64(f.Was), Late: f.Late}
		switch f.Kind {
		case procedure.Opened, procedure.Added:
			of := f.Of
			r.Of, r.Kind, r.To = &of, l.KindName(f.KindOf), l.StateName(f.KindOf, f.To)
		case procedure.Moved:
			r.Kind, r.From, r.To = l.KindName(f.KindOf), l.StateName(f.KindOf, f.From), l.StateName(f.KindOf, f.To)
		case procedure.Set:
			v := fact.Encode(f.Value)
			r.Kind, r.Field, r.Value = l.KindName(f.KindOf), l.Names.Fields[f.KindOf].List[f.Field], &v
		case procedure.Charged, procedure.Handed, procedure.Copied, procedure.StoodIn:
			v := fact.Encode(f.Value)
			r.Value = &v
		case procedure.Entered:
			r.Record = EncodeRecord(f.Record)
		case procedure.Linked:
			r.Call = &Call{Procedure: f.Call.Procedure, Act: f.Call.Act, To: f.Call.To}
		case procedure.Started, procedure.Met, procedure.Ended, procedure.Extended, procedure.Stopped, procedure.Resumed, procedure.Recounted, procedure.Credited:
			d := EncodeDeadline(l, &f.Deadline)
			r.Deadline = &d
		case procedure.Deviates, procedure.Undecided:
			r.Rule, r.Reason = f.Refusal.Rule, f.Refusal.Reason.String()
		}
		out = append(out, r)
	}
	return out
}
