package procedure

import (
	"errors"
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
)

// Condition is a CEL expression of a law file, compiled when the law is
// loaded. It sees these objects, all of them typed, so that a name that does
// not exist is found when the law is loaded and not when somebody acts:
//
//	act         the form of the act; act.done and act.recorded are moments
//	thing       the thing that the act is done on: its fields, thing.state
//	proceeding  the proceeding itself: its fields, proceeding.state
//	officer     officer.role, officer.office, officer.in_charge
//	parent      the thing that it belongs to, where it belongs to one
//	count       count.measure.applied: how many things of a kind are in a state
//	below       the same, of those that belong to the act's thing
//	running     running.detention: whether a term runs for this thing
//	due, began  due.detention: when it ends; began.detention: when it started
//
// and days(a, b) and years(a, b), the calendar days and whole years from a to b in
// the law's zone, and plus(a, '10d'), the moment a period later.
// A fact that was not given makes the condition undecidable, never false:
// has(act.x) asks whether it was.
type Condition struct {
	Source  string
	program cel.Program
	field   FieldID   // the form's field, where the source is just act.<field>
	of      fact.Type // the type of that field, or of that fact
	whose   string    // "thing", "parent" or "proceeding", where the source is just a fact of it
	kind    KindID    // its kind
	fact    FieldID   // and which of its facts
	done    bool      // the source is just act.done
}

// errUndecided: a fact that the condition needs was not given.
var errUndecided = errors.New("a fact is missing")

func (c *Condition) eval(s *scope) (ref.Val, error) {
	out, _, err := c.program.Eval(s)
	if err != nil {
		// Inside a checked expression only a missing fact or a sum out of range can fail.
		return nil, fmt.Errorf("%w: %w", errUndecided, err)
	}
	return out, nil
}

// holds decides the condition.
func (c *Condition) holds(s *scope) (bool, error) {
	out, err := c.eval(s)
	if err != nil {
		return false, err
	}
	return out == types.True, nil
}

// moment gives the condition's moment.
func (c *Condition) moment(s *scope) (calendar.Moment, error) {
	switch {
	case c.done:
		return s.act.Done, nil
	case c.field >= 0:
		v := s.act.fact(c.field, c.of)
		switch v.Type {
		case fact.Moment:
			return calendar.Moment(v.Num), nil
		case fact.Date:
			return s.edition.Days.Zone().Moment(calendar.Date(v.Num), 0), nil
		}
		return 0, errUndecided
	}
	out, err := c.eval(s)
	if err != nil {
		return 0, err
	}
	return calendar.At(out.(types.Timestamp).Time), nil
}

// end is the condition's moment as an end: of a day, the last instant of it.
func (c *Condition) end(s *scope) (calendar.Moment, error) {
	m, err := c.moment(s)
	if err == nil && c.of == fact.Date {
		zone := s.edition.Days.Zone()
		return zone.EndOfDay(zone.Date(m)), nil
	}
	return m, err
}

// stated is the value of the field or the fact that the source just names; ok is false
// where it says more than that.
func (c *Condition) stated(s *scope) (v fact.Value, ok bool) {
	if c.field >= 0 {
		return s.act.fact(c.field, c.of), true
	}
	if c.whose == "" {
		return v, false
	}
	n := int32(0)
	if c.whose != "proceeding" {
		n = s.thing
	}
	if c.whose == "parent" && n >= 0 && int(n) < len(s.state.Things) {
		n = s.state.Things[n].Of
	}
	if n >= 0 && int(n) < len(s.state.Things) && s.state.Things[n].Kind == c.kind {
		v = s.state.Things[n].Field(c.fact)
	}
	if v.Type != c.of {
		return fact.Value{}, true
	}
	return v, true
}

// text gives the condition's value as a form holds it. A sum names its currency: the form
// may be one of another law.
func (c *Condition) text(s *scope) (string, error) {
	if v, ok := c.stated(s); ok {
		if v.Type == fact.Money && v.Text == "" {
			v.Text = s.edition.Currency
		}
		return v.String(), nil
	}
	out, err := c.eval(s)
	if err != nil {
		return "", err
	}
	switch x := out.(type) {
	case types.Int:
		return fact.NumberOf(fact.Number, int64(x)).String(), nil
	case types.Bool:
		if x {
			return "yes", nil
		}
		return "no", nil
	case types.Timestamp:
		return fact.MomentOf(calendar.At(x.Time)).String(), nil
	case types.String:
		return string(x), nil
	}
	return "", fmt.Errorf("%w: %v", errUndecided, out.Type())
}

// value gives the condition's value as a fact of a type.
func (c *Condition) value(s *scope, t fact.Type) (fact.Value, error) {
	if v, ok := c.stated(s); ok {
		if v.Given() && (t == fact.Money || v.Type != fact.Money || v.Text == "") { // a sum in another currency is no number
			return s.edition.as(t, v), nil
		}
		return fact.Value{}, errUndecided
	}
	if c.done {
		return s.edition.as(t, fact.MomentOf(s.act.Done)), nil
	}
	out, err := c.eval(s)
	if err != nil {
		return fact.Value{}, err
	}
	switch x := out.(type) {
	case types.Int:
		return fact.NumberOf(t, int64(x)), nil
	case types.Bool:
		if x {
			return fact.NumberOf(t, 1), nil
		}
		return fact.NumberOf(t, 0), nil
	case types.Timestamp:
		return s.edition.as(t, fact.MomentOf(calendar.At(x.Time))), nil
	case types.String:
		return fact.TextOf(t, string(x)), nil
	}
	return fact.Value{}, fmt.Errorf("%w: %v", errUndecided, out.Type())
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
