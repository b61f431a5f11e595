package demo

import (
	"errors"
	"fmt"
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/docket"
	"nazorat/internal/procedure"
)

// step is one act on its way to the docket, with what it does in other lives.
type step struct {
	life    *life
	at      calendar.Moment
	opens   bool
	version int64 // of the proceeding before it
	command docket.Command
	refused *procedure.Refusal // what the law will answer, if it will not allow it
	done    []outcome          // its own first
	papers  map[string][]byte  // that the act names, by hash
}

// outcome is what an act did in one life.
type outcome struct {
	life    *life
	rule    *procedure.ActRule
	act     procedure.Act
	next    *procedure.State // nil: done in place
	effects []procedure.Effect
}

// mostLinks bounds how far one act leads on to others; the docket goes no further.
const mostLinks = 3

// carryOut does an act in thought, and those that it leads to in other lives:
// all of them, or none. What leads nowhere is done in place.
func (l *life) carryOut(edition *procedure.Edition, a *procedure.Act, depth int) ([]outcome, error) {
	rule := edition.Acts[a.Act]
	state := l.run.State
	if rule.Opens {
		state.Office = a.Office
	}
	if len(rule.Links) == 0 && depth == 0 {
		l.run.State.Office = state.Office
		effects, err := l.run.Apply(edition, a)
		if err != nil {
			return nil, err
		}
		return []outcome{{life: l, rule: rule, act: *a, effects: append([]procedure.Effect(nil), effects...)}}, nil
	}
	next, effects, err := edition.Apply(state, *a)
	if err != nil {
		return nil, err
	}
	out := []outcome{{life: l, rule: rule, act: *a, next: &next, effects: effects}}
	for i := range effects {
		if effects[i].Kind != procedure.Linked {
			continue
		}
		more, err := l.call(effects[i].Call, a, depth)
		if err != nil {
			return nil, &procedure.Refusal{Reason: procedure.LinkFails, Act: rule.Name, Cause: err, Zone: edition.Days.Zone()}
		}
		out = append(out, more...)
	}
	return out, nil
}

// call does what an act leads to: in the life that has the number, or in a new one.
func (l *life) call(c *procedure.Call, a *procedure.Act, depth int) ([]outcome, error) {
	if depth == mostLinks {
		return nil, errors.New("an act leads on to too many others")
	}
	law := l.book.laws[c.Procedure]
	if law == nil {
		return nil, fmt.Errorf("%s is not applied", c.Procedure)
	}
	var to *life
	if c.To == "" {
		l.linked++
		to = l.newborn(law, linkedIndex+l.linked, mix(l.key^uint64(l.seq)<<8^key(c.Act)), l.beat, nil, l.lapsed)
		if law == l.law {
			to.crime = l.crime
		}
	} else if to = l.numbers[c.To]; to == nil || to.law != law || to == l {
		return nil, fmt.Errorf("no other proceeding has the number %q", c.To)
	}
	edition := law.At(a.Done)
	rule := edition.Act(c.Act)
	if rule == nil {
		return nil, fmt.Errorf("%s has no act %s", law.Name, c.Act)
	}
	form, bad := edition.ReadForm(rule, c.Form)
	if len(bad) > 0 {
		return nil, fmt.Errorf("%s: form %v", c.Act, bad)
	}
	return to.carryOut(edition, &procedure.Act{Act: rule.ID, Done: a.Done, Recorded: a.Recorded, Officer: a.Officer, Role: a.Role, Office: a.Office, Form: form, Cargo: c.Cargo}, depth+1)
}

// keep makes an outcome the life's own.
func (o *outcome) keep(at calendar.Moment) {
	l := o.life
	if o.next != nil {
		l.run.State = *o.next
	}
	l.at = at
	l.seq++
	l.did[o.rule.Name]++
}

// neighbour is the number of another case of the same office with which this
// one can be joined; "" if there is none.
func (l *life) neighbour() string {
	for _, n := range l.near[l.law.Name+" "+l.run.State.Office] {
		if n != l && n.here(l) && n.place >= 0 && n.root() == l.root() && n.plan["punctual"] == "" && n.did[joined(l.law)] == 0 && n.onTime() {
			return n.number
		}
	}
	return ""
}

// here reports whether a case has a number and is known to all who work for the office of another: one that was handed over to others, or closed, is not.
func (l *life) here(with *life) bool {
	return l.number != "" && l.run.State.Office == with.run.State.Office && l.law.Secrecy(&l.run.State) == ""
}

// same is the number of a case of the same office and the same article which may yet do what this one's act leads to; "" if there is none.
func (l *life) same(i *intention) string {
	rule := l.rule(i.habit)
	for _, n := range l.near[l.law.Name+" "+l.run.State.Office] {
		if n == l || !n.here(l) || n.crime.article != l.crime.article || n.plan["punctual"] != "" {
			continue
		}
		for _, k := range rule.Links {
			to := l.law.At(i.at).Act(k.Act)
			if x := n.run.State.Root(); to != nil && x != nil && slices.Contains(to.From, x.State) {
				return n.number
			}
		}
	}
	return ""
}

// joined is the act by which a case takes another one in: the one that a link with cargo leads to in a case that exists.
func joined(law *procedure.Law) string {
	for _, rule := range law.Editions[len(law.Editions)-1].Acts {
		if rule == nil {
			continue
		}
		for _, k := range rule.Links {
			if k.To != procedure.None && len(k.Carries) > 0 {
				return k.Act
			}
		}
	}
	return ""
}

// onTime reports whether the life goes on, and none of the proceeding's own deadlines stands still or is over by then.
func (l *life) onTime() bool {
	at, more := l.next()
	for i := range l.run.State.Deadlines {
		if d := &l.run.State.Deadlines[i]; d.Thing == 0 && (d.Stopped != 0 || d.Due <= at) {
			return false
		}
	}
	return more
}

// otherOffice is another body of the same region, with its own supervisor; the life moves there.
func (l *life) otherOffice() string {
	for k := range l.beats {
		if b := &l.beats[(k+l.r.IntN(len(l.beats)))%len(l.beats)]; b.region == l.beat.region && b.office != l.run.State.Office && b.office != l.beat.office {
			l.beat = b
			return b.office
		}
	}
	return ""
}
