package access

import (
	"fmt"
	"slices"

	"nazorat/internal/calendar"
)

// Policies change as laws do: one that is to be otherwise from a day on is said
// anew below itself, under the same name and with that day:
//
//	@id("read-own-and-below")
//	permit (...);
//
//	@id("read-own-and-below")
//	@from("2027-01-01")
//	permit (...);
//
// The earlier one is in force until the eve of that day. What nothing follows ends
// with @until, its last day. What is not dated is always in force. A day begins at
// midnight where the service is: who asks says which day it is.

// Edition is the policies as they are in force on some days on end. Read-only. A nil
// Edition allows nothing.
type Edition struct {
	From  calendar.Date // the first day; 0: there is none before
	Until calendar.Date // the last day; 0: none is known to follow

	all  []*Policy
	sets map[string]map[Action]*asking // by law; "" has those of every law alone
}

// Annotations of days.
const (
	fromDay  = "from"
	untilDay = "until"
)

// On gives the policies that are in force on a day. The same day has the same
// Edition, and so has the next one if nothing changes: what is remembered for it
// stays. A nil Policies has none.
func (p *Policies) On(day calendar.Date) *Edition {
	if p == nil {
		return nil
	}
	last := len(p.editions) - 1
	for last > 0 && p.editions[last].From > day {
		last--
	}
	return p.editions[last]
}

// Editions lists them, the earliest first; there is one at least.
func (p *Policies) Editions() []*Edition { return p.editions }

// All lists the policies in force: those of every law first, in the order of the files.
func (e *Edition) All() []*Policy {
	if e == nil {
		return nil
	}
	return e.all
}

// Named finds the policy of a name; nil if none of that name is in force.
func (e *Edition) Named(id string) *Policy {
	i := slices.IndexFunc(e.All(), func(x *Policy) bool { return x.ID == id })
	if i < 0 {
		return nil
	}
	return e.all[i]
}

// Holds reports whether the policy is in force on a day.
func (p *Policy) Holds(day calendar.Date) bool {
	return p.From <= day && (p.Until == 0 || day <= p.Until)
}

// editions divides time at the days on which something begins or has ended.
func editions(all []*Policy) (out []*Edition) {
	days := []calendar.Date{0}
	for _, x := range all {
		days = append(days, x.From)
		if x.Until != 0 {
			days = append(days, x.Until+1)
		}
	}
	slices.Sort(days)
	days = slices.Compact(days)
	for i, from := range days {
		e := &Edition{From: from}
		if i+1 < len(days) {
			e.Until = days[i+1] - 1
		}
		for _, x := range all {
			if x.Holds(from) {
				e.all = append(e.all, x)
			}
		}
		e.arrange(all)
		out = append(out, e)
	}
	return out
}

// arrange puts each policy where it is asked. A law that has policies on any day has a place on every day.
func (e *Edition) arrange(all []*Policy) {
	e.sets = map[string]map[Action]*asking{"": {}}
	for _, x := range all {
		e.sets[x.Law] = map[Action]*asking{}
	}
	for law, set := range e.sets {
		for _, x := range e.all {
			if x.Law != "" && x.Law != law {
				continue
			}
			for _, do := range x.Actions {
				if set[do] == nil {
					set[do] = &asking{}
				}
				set[do].add(x)
			}
		}
	}
}

// days reads from when and until when a policy is in force.
func (l *loader) days(p *Policy, from, until string) {
	read := func(name, text string) calendar.Date {
		if text == "" {
			return 0
		}
		day, err := calendar.ParseDate(text)
		if err != nil || day <= 0 {
			l.bad(p.File, p.Line, fmt.Sprintf("the policy %q: @%s(%q) is no date", p.ID, name, text), `a day such as "2027-01-01"`)
		}
		return max(day, 0)
	}
	p.From, p.Until = read(fromDay, from), read(untilDay, until)
	if p.Until != 0 && p.Until < p.From {
		l.bad(p.File, p.Line, fmt.Sprintf("the policy %q ends on %s, before it begins on %s", p.ID, p.Until, p.From), "")
	}
}

// follows holds a later edition of a policy against the one before, which it ends.
func (l *loader) follows(p, before *Policy) {
	there := fmt.Sprintf("at %s:%d", before.File, before.Line)
	switch {
	case p.File != before.File && (p.From != 0 || before.From != 0):
		l.bad(p.File, p.Line, fmt.Sprintf("the editions of %q stand in one file", p.ID), there)
	case p.From == 0:
		l.bad(p.File, p.Line, fmt.Sprintf("the name %q was given before", p.ID), there)
	case p.From <= before.From:
		l.bad(p.File, p.Line, fmt.Sprintf("the edition of %q from %s stands below the one from %s: the earliest comes first, and each has its day", p.ID, p.From, before.From), there)
	case before.Until != 0 && p.From <= before.Until:
		l.bad(p.File, p.Line, fmt.Sprintf("from %s to %s two editions of %q are in force", p.From, before.Until, p.ID), there)
	case before.Until != 0 && p.From > before.Until+1:
		l.bad(p.File, p.Line, fmt.Sprintf("from %s to %s no edition of %q is in force: where that is meant, the later one has a name of its own", before.Until+1, p.From-1, p.ID), there)
	default:
		before.Until = p.From - 1
	}
}
