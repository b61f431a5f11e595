package procedure

import (
	"errors"
	"math"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
)

// Condition is what a law says in a formula about an act: whether something holds, or
// which fact follows. Many only name a fact; what they come to is read from the act or
// the state. The others are compiled when the law is loaded (package condition), which
// also says what a formula may see. A fact that was not given makes a condition
// undecidable, never false. Read-only and safe for concurrent use.
type Condition struct {
	Source  string
	Type    fact.Type // of what it comes to
	Texts   []string  // the texts that it can come to, where the law writes them out; nil: any
	Formula Formula   // nil where Names says all
	Names   Named     // the fact that the source just names, if it does
}

// Formula is a condition that was compiled.
type Formula interface {
	// Holds decides a formula that comes to a yes_no, as Eval does.
	Holds(*Scope) (bool, error)
	// Eval gives what the formula comes to for one act, of the condition's type. The error
	// wraps ErrUndecided.
	// Safe for concurrent use; the scope is not kept.
	Eval(*Scope) (fact.Value, error)
}

// ErrUndecided tells that a fact that a condition needs was not given.
var ErrUndecided = errors.New("a fact is missing")

// Whose says where a fact that a condition names is looked up.
type Whose uint8

// Where facts are.
const (
	Nowhere      Whose = iota // the condition does not just name a fact
	OfAct                     // in the act's form
	WhenDone                  // the moment at which the act was done
	OfThing                   // with the act's thing
	OfParent                  // with the thing that it belongs to
	OfProceeding              // with the proceeding itself
)

// Named is a fact that a condition just names.
type Named struct {
	Whose Whose
	Kind  KindID // of the thing that has it; not asked of an act's form
	Field FieldID
}

// Scope is what a condition is decided over: an act, and the state in which it was done.
// It is only looked at.
type Scope struct {
	edition *Edition
	rule    *ActRule
	state   *State
	act     *Act
	thing   int32
	counts  counts // nil: they are not counted beforehand
	ahead   bool   // nobody has filled in the form yet
}

// Act is the act that the condition is about.
func (s *Scope) Act() *Act { return s.act }

// Ahead reports whether the form of the act is still to be filled in: then it is not known of any of
// its fields whether it will be given, and what follows from one that is not may not be held against the act.
func (s *Scope) Ahead() bool { return s.ahead }

// State is what the proceeding is when the condition is decided.
func (s *Scope) State() *State { return s.state }

// Thing is the number of the thing that the act is done on. Observed, there may be none such.
func (s *Scope) Thing() int32 { return s.thing }

// InCharge reports whether the act is done by the officer in charge, or in his place.
func (s *Scope) InCharge() bool { return s.act.inCharge(s.state) }

// Parties are the officers who are parties to the proceeding in a role, in order.
func (s *Scope) Parties(as string) (out []string) {
	for _, p := range s.edition.Law.Parties(s.state) {
		if p.As == as {
			out = append(out, p.Officer)
		}
	}
	return out
}

// Count is how many things of a kind are in a state (None: in any), of all that there are
// or of those that belong to one of them, itself among them (under; None: all).
func (s *Scope) Count(kind KindID, state StateID, under int32) (n int) {
	if s.counts != nil {
		return s.counts[counted{kind, state, under}]
	}
	for i := range s.state.Things {
		t := &s.state.Things[i]
		if t.Kind == kind && (state < 0 || t.State == state) && (under < 0 || s.state.Under(int32(i), under)) {
			n++
		}
	}
	return n
}

// Sum adds up a field over all things of a kind that have not come to their end; one of which it is not known adds
// nothing. Undecided where one is of another type, as another edition may have said, or in another currency than the edition's, or the sum is out of range.
func (s *Scope) Sum(k *Kind, f *Field) (sum int64, err error) {
	for i := range s.state.Things {
		t := &s.state.Things[i]
		if t.Kind != k.ID || s.edition.final(t.Kind, t.State) {
			continue
		}
		v := t.Field(f.ID)
		if v.Given() && v.Type != f.Type || v.Text != "" || v.Num > 0 && sum > math.MaxInt64-v.Num || v.Num < 0 && sum < math.MinInt64-v.Num {
			return 0, ErrUndecided
		}
		sum += v.Num
	}
	return sum, nil
}

// Clock is the first running deadline of a term for the act's thing or one related to it; nil if
// there is none. Of a time of waiting that is over it still tells when that was.
func (s *Scope) Clock(term TermID) *Deadline {
	for i := range s.state.Deadlines {
		d := &s.state.Deadlines[i]
		if d.Term == term && s.bears(d) {
			return d
		}
	}
	return nil
}

// Runs reports whether a term runs for the act's thing or one related to it. A time of
// waiting is over by itself.
func (s *Scope) Runs(t *Term) bool {
	for i := range s.state.Deadlines {
		if d := &s.state.Deadlines[i]; d.Term == t.ID && s.bears(d) && !t.passed(d, s.act.Done) {
			return true
		}
	}
	return false
}

func (s *Scope) bears(d *Deadline) bool {
	return int(s.thing) >= len(s.state.Things) || s.state.related(d.Thing, s.thing)
}

// eval gives what the condition comes to.
func (c *Condition) eval(s *Scope) (fact.Value, error) {
	if c.Names.Whose == Nowhere {
		return c.Formula.Eval(s)
	}
	v := c.stated(s)
	if !v.Given() {
		return v, ErrUndecided
	}
	return v, nil
}

// holds decides the condition.
func (c *Condition) holds(s *Scope) (bool, error) {
	if c.Names.Whose == Nowhere {
		return c.Formula.Holds(s)
	}
	v, err := c.eval(s)
	return v.Num != 0, err
}

// moment gives the condition's moment; of a day, the first instant of it.
func (c *Condition) moment(s *Scope) (calendar.Moment, error) {
	v, err := c.eval(s)
	if err == nil && v.Type == fact.Date {
		return s.edition.Days.Zone().Moment(calendar.Date(v.Num), 0), nil
	}
	return calendar.Moment(v.Num), err
}

// end is the condition's moment as an end: of a day, the last instant of it.
func (c *Condition) end(s *Scope) (calendar.Moment, error) {
	v, err := c.eval(s)
	if err == nil && v.Type == fact.Date {
		return s.edition.Days.Zone().EndOfDay(calendar.Date(v.Num)), nil
	}
	return calendar.Moment(v.Num), err
}

// stated is the value of the fact that the source just names; not given where it is
// another's or of another type, which can be so under another edition.
func (c *Condition) stated(s *Scope) (v fact.Value) {
	n := int32(0)
	switch c.Names.Whose {
	case OfAct:
		return s.act.Fact(c.Names.Field, c.Type)
	case WhenDone:
		return fact.MomentOf(s.act.Done)
	case OfThing:
		n = s.thing
	case OfParent:
		if n = s.thing; n >= 0 && int(n) < len(s.state.Things) {
			n = s.state.Things[n].Of
		}
	}
	if n >= 0 && int(n) < len(s.state.Things) && s.state.Things[n].Kind == c.Names.Kind {
		v = s.state.Things[n].Field(c.Names.Field)
	}
	if v.Type != c.Type {
		return fact.Value{}
	}
	return v
}

// text gives the condition's value as a form holds it. A sum names its currency: the form
// may be one of another law.
func (c *Condition) text(s *Scope) (string, error) {
	v, err := c.eval(s)
	if v.Type == fact.Money && v.Text == "" {
		v.Text = s.edition.Currency
	}
	return v.String(), err
}

// value gives the condition's value as a fact of a type.
func (c *Condition) value(s *Scope, t fact.Type) (fact.Value, error) {
	v, err := c.eval(s)
	switch {
	case err != nil:
		return fact.Value{}, err
	case t != fact.Money && v.Type == fact.Money && v.Text != "": // a sum in another currency is no number
		return fact.Value{}, ErrUndecided
	}
	return s.edition.as(t, v), nil
}

// as turns a date into a moment or a moment into a date where the field wants the other one.
func (e *Edition) as(t fact.Type, v fact.Value) fact.Value {
	zone := e.Days.Zone()
	switch {
	case t == fact.Date && v.Type == fact.Moment:
		return fact.DateOf(zone.Date(calendar.Moment(v.Num)))
	case t == fact.Moment && v.Type == fact.Date:
		return fact.MomentOf(zone.Moment(calendar.Date(v.Num), 0))
	}
	v.Type = t
	return v
}
