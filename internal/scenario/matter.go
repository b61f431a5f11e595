package scenario

import (
	"errors"
	"fmt"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
)

// mainCase is what the first proceeding of a scenario is called.
const mainCase = "case"

// mostLinks bounds how far one act leads on to others.
const mostLinks = 4

// matter is one proceeding of a scenario.
type matter struct {
	name   string
	law    *procedure.Law
	state  procedure.State
	alias  map[string]int32
	closed []closing // in the order in which they closed
}

func newMatter(name string, law *procedure.Law) *matter {
	return &matter{name: name, law: law, alias: map[string]int32{"case": 0}}
}

// closing is how a deadline came to its end: met, late or ended.
type closing struct {
	deadline procedure.Deadline
	how      string
}

// thing is the number of what is called so; in the form of an act another proceeding is called by its name.
func (m *matter) thing(name string) (int32, bool) {
	n, known := m.alias[name]
	return n, known && (n == 0 || int(n) < len(m.state.Things))
}

// done is an act that the law allowed, on its way to being kept.
type done struct {
	m       *matter
	next    procedure.State
	effects []procedure.Effect
	rule    *procedure.ActRule
	edition *procedure.Edition
	as      string
	cargo   map[string]int32 // by name: the place in the cargo
	first   int32            // number of the first thing that comes along
}

// carryOut applies an act and what it links to; a link that leads to the same proceeding finds it as it
// then is. Whoever calls it takes all back if any of it is refused.
func (s *runner) carryOut(m *matter, e *procedure.Edition, a procedure.Act, as, opens string, cargo map[string]int32, depth int) ([]done, error) {
	if depth > mostLinks {
		return nil, errors.New("an act leads on to too many others")
	}
	next, effects, err := e.Apply(m.state, a)
	if err != nil {
		return nil, err
	}
	if depth == 0 {
		if why := notOffered(e, m.state, a); why != nil {
			return nil, fmt.Errorf("the act can be done, and yet nobody is shown its form: %w", why)
		}
	}
	out := []done{{m: m, next: next, effects: effects, rule: e.Acts[a.Act], edition: e, as: as, cargo: cargo, first: int32(len(m.state.Things))}}
	if len(m.state.Things) == 0 {
		out[0].first = 1
	}
	m.state = next
	for i := range effects {
		call := effects[i].Call
		if effects[i].Kind != procedure.Linked {
			continue
		}
		more, err := s.call(m, call, a, opens, depth)
		if err != nil {
			var inner *procedure.Refusal
			if errors.As(err, &inner) {
				return nil, &procedure.Refusal{Reason: procedure.LinkFails, Act: call.Act, Cause: err, Zone: e.Days.Zone()}
			}
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// notOffered is why whoever does an act was not shown its form; nil if he was.
func notOffered(e *procedure.Edition, s procedure.State, a procedure.Act) error {
	of := e.VerdictsOf(s, a, func(r *procedure.ActRule, thing int32) bool { return r.ID == a.Act && thing == a.Thing })
	switch {
	case len(of) != 1:
		return fmt.Errorf("it is asked about %d times", len(of))
	case of[0].Refusal != nil:
		return of[0].Refusal
	}
	return nil
}

// call does a linked act in the proceeding that it names, or opens one.
func (s *runner) call(m *matter, call *procedure.Call, a procedure.Act, opens string, depth int) ([]done, error) {
	var to *matter
	if call.To != "" {
		if to = s.matters[call.To]; to == nil {
			return nil, fmt.Errorf("no proceeding is called %q here", call.To)
		}
	} else {
		law, err := s.laws(call.Procedure)
		if err != nil {
			return nil, err
		}
		if opens == "" {
			opens = fmt.Sprintf("#%d", len(s.matters))
		}
		to = newMatter(opens, law)
		s.opened = append(s.opened, to)
	}
	e := to.law.At(a.Done)
	r := e.Act(call.Act)
	if r == nil {
		return nil, fmt.Errorf("%s has no act %q", call.Procedure, call.Act)
	}
	form, bad := e.ReadForm(r, call.Form)
	for f, key := range bad {
		return nil, fmt.Errorf("%s of %s: %s: %s", call.Act, call.Procedure, f, key)
	}
	names := map[string]int32{}
	if call.Cargo != nil {
		for alias, n := range m.alias {
			for place, from := range call.Cargo.From {
				if from == n {
					names[alias] = int32(place)
				}
			}
		}
	}
	b := procedure.Act{Act: r.ID, Done: a.Done, Recorded: a.Recorded, Officer: a.Officer, Role: a.Role, Office: a.Office, Form: form, Cargo: call.Cargo}
	return s.carryOut(to, e, b, "", "", names, depth+1)
}

// deadline says what a term has come to, for a thing or what belongs to it: its
// end where it runs, else how it last closed.
func (m *matter) deadline(term procedure.TermID, thing int32) (string, *procedure.Deadline) {
	for i := range m.state.Deadlines {
		d := &m.state.Deadlines[i]
		if d.Term != term || !m.state.Under(d.Thing, thing) {
			continue
		}
		if d.Stopped != 0 {
			return "stopped", d
		}
		return m.law.Editions[0].Days.Zone().Format(d.Due), d
	}
	for i := len(m.closed) - 1; i >= 0; i-- {
		if c := &m.closed[i]; c.deadline.Term == term && m.state.Under(c.deadline.Thing, thing) {
			return c.how, &c.deadline
		}
	}
	return "none", nil
}

// step finds a step of what follows when a deadline is not met.
func (m *matter) step(d *procedure.Deadline, does, role string) (calendar.Moment, bool) {
	for _, st := range m.law.Steps(*d) {
		if st.Escalate != (does == "escalate") {
			continue
		}
		for _, to := range st.To {
			if to == role {
				return st.At, true
			}
		}
	}
	return 0, false
}

// proceedingOf splits "B:detain" into the proceeding and the act.
func proceedingOf(word string) (name, act string) {
	if name, act, ok := strings.Cut(word, ":"); ok {
		return name, act
	}
	return mainCase, word
}
