package procedure

import (
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
)

// State is what a proceeding is at one moment. Its zero value is a proceeding
// that nobody has opened. Apply never changes a State that it is given.
type State struct {
	Things    []Thing    // by number; Things[0] is the proceeding itself
	Deadlines []Deadline // those that run or stand still, in the order started
	Started   int32      // how many deadlines were ever started: the last one's number
	InCharge  string     // the officer in charge, by id
	Office    string     // the office that has the proceeding, by id
	Edition   int16      // of the law's editions, the one that came into force for it last
	Spent     []Spent    // what earlier periods used up of terms that sum
	Past      []Past     // periods in states that count toward a term
}

// Spent is how much of a term that sums was used up for a thing by periods that are over.
type Spent struct {
	Term  TermID
	Thing int32
	Days  int             // of terms in days or longer
	For   calendar.Moment // of terms in hours
}

// Thing is one thing of a proceeding.
type Thing struct {
	Kind   KindID
	State  StateID
	Of     int32           // number of the thing it belongs to; None for the proceeding
	Came   calendar.Moment // when it came in; of the proceeding itself, when it was opened
	Since  calendar.Moment // when it came into its present state
	Fields []fact.Value    // by FieldID of its kind
}

// Deadline is one running term: who owes what by which instant.
type Deadline struct {
	No      int32 // its number in the proceeding, from 1, in the order started
	Term    TermID
	Thing   int32
	Edition int16 // of the law's editions, the one under which it started
	By      ActID // the act that started it
	Start   calendar.Moment
	Span    calendar.Span
	Times   int16           // how often something was added
	Until   calendar.Moment // a moment to which it was extended; 0: none
	Stopped calendar.Moment // since when the clock stands still; 0: it runs
	Due     calendar.Moment // the last microsecond in time
}

// Root is the thing that is the proceeding itself; nil before it is opened.
func (s *State) Root() *Thing {
	if len(s.Things) == 0 {
		return nil
	}
	return &s.Things[0]
}

// Field is the value of a thing's field; not given where it has none.
func (t *Thing) Field(id FieldID) fact.Value {
	if int(id) >= len(t.Fields) || id < 0 {
		return fact.Value{}
	}
	return t.Fields[id]
}

// Under reports whether thing a is thing b or belongs to it.
func (s *State) Under(a, b int32) bool {
	for a >= 0 {
		if a == b {
			return true
		}
		a = s.Things[a].Of
	}
	return false
}

// related reports whether an act on one thing bears on a deadline of the
// other: the thing itself, what belongs to it, and what it belongs to.
func (s *State) related(a, b int32) bool { return s.Under(a, b) || s.Under(b, a) }

// Title is what lists call a proceeding: the first text known of it, at most 160 letters.
func (l *Law) Title(s *State) string {
	if root := s.Root(); root != nil {
		for _, v := range root.Fields {
			if v.Type == fact.Text && v.Text != "" {
				runes := []rune(v.Text)
				if len(runes) > 160 {
					return string(runes[:159]) + "…"
				}
				return v.Text
			}
		}
	}
	return ""
}

// Act is one procedural action, done by someone at a moment.
type Act struct {
	Act      ActID
	Thing    int32 // the thing that it is done on, by number; 0 is the proceeding
	Done     calendar.Moment
	Recorded calendar.Moment // when it is written down: nothing may lie after it
	Officer  string          // who did it, by id
	Role     string          // in which role; "" only in observe mode: unknown
	Office   string          // for which office
	For      string          // the officer in whose place he acts, by id; "": in nobody's
	Form     []fact.Value    // by FieldID of the act's form
	Cargo    *Cargo          // what comes along from another proceeding; nil: nothing
}

// Value of a form's field; not given where the form has none.
func (a *Act) Value(id FieldID) fact.Value {
	if id < 0 || int(id) >= len(a.Form) {
		return fact.Value{}
	}
	return a.Form[id]
}

// Fact is the value of a form's field if it is of the field's type. A value of
// another type, which only observed acts can have, is as good as none.
func (a *Act) Fact(id FieldID, t fact.Type) fact.Value {
	if v := a.Value(id); v.Type == t {
		return v
	}
	return fact.Value{}
}

// EffectKind says what an effect is.
type EffectKind uint8

// What an act can bring about.
const (
	Opened    EffectKind = iota + 1 // Thing, To: the proceeding began
	Added                           // Thing, Of, To: a thing came in
	Moved                           // Thing, From, To: a thing changed its state
	Set                             // Thing, Field, Value: a fact became known
	Charged                         // Value: another officer is in charge
	Handed                          // Value: another office has the proceeding
	Started                         // Deadline: a term began to run
	Met                             // Deadline, Late: a duty was done
	Ended                           // Deadline: a duty fell away
	Extended                        // Deadline, Due: a term was lengthened
	Stopped                         // Deadline: a clock stands still
	Resumed                         // Deadline, Due: it goes on
	Deviates                        // Rule, Reason: what happened departs from the law (observe mode)
	Undecided                       // Rule: a condition could not be decided for want of a fact; live only of a term, which did not start
	Copied                          // Value: the role to which a copy went
	Linked                          // Call: an act on another proceeding
	Recounted                       // Deadline, Was: a new edition counts it anew
	Entered                         // Record: what the directory of the service has from now on
	StoodIn                         // Value: the officer in charge in whose place the act was done
	Credited                        // Deadline, Was: what counts toward it has changed
)

var effectNames = [...]string{"", "opened", "added", "moved", "set", "charged", "handed", "started", "met", "ended", "extended", "stopped", "resumed", "deviates", "undecided",
	"copied", "linked", "recounted", "entered", "stood_in", "credited"}

func (k EffectKind) String() string { return effectNames[k] }

// Effect is one thing that follows from an act.
type Effect struct {
	Kind     EffectKind
	Thing    int32
	Of       int32
	KindOf   KindID // kind of the thing
	Field    FieldID
	From, To StateID
	Late     bool
	Value    fact.Value
	Deadline Deadline // as it is afterwards
	Was      calendar.Moment
	Call     *Call    // for Linked
	Record   *Record  // for Entered
	Refusal  *Refusal // for Deviates and Undecided: what a live act would have been told
}

// Clone makes a copy that shares no memory with s.
func (s *State) Clone() State {
	c := *s
	c.Things = slices.Clone(s.Things)
	for i := range c.Things {
		c.Things[i].Fields = slices.Clone(c.Things[i].Fields)
	}
	c.Deadlines = slices.Clone(s.Deadlines)
	c.Spent = slices.Clone(s.Spent)
	c.Past = slices.Clone(s.Past)
	return c
}
