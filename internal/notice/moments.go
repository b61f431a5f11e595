package notice

import (
	"fmt"
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
)

// moment of a deadline at which somebody is told.
type moment struct {
	name string // in the source of its notices
	kind Kind
	at   calendar.Moment
	to   []string // roles, or procedure.InCharge; nil: whoever owes it
	step int      // of the law's ladder; -1: none
}

// noStep is the step of a moment that is none.
const noStep = -1

// moments of a running deadline, in the order of the law. A possibility that lapses has warnings alone; what is due at once has
// no number to be late by, and none but the steps that its law names; a time of waiting is nobody's duty.
func moments(l *procedure.Law, d procedure.Deadline) (out []moment) {
	e := l.Editions[d.Edition]
	t := e.Terms[d.Term]
	if t.Waiting() {
		return nil
	}
	if !t.AtOnce {
		for _, w := range t.Warn {
			out = append(out, moment{name: "w" + w.String(), kind: Warning, at: e.Days.Before(d.Due, w), step: noStep})
		}
	}
	steps := l.Steps(d)
	if len(t.Steps) == 0 { // what the engine gives then is that whoever owes it is told
		steps = nil
	}
	owner := t.AtOnce || t.Breach == procedure.Lapse
	for i, s := range steps {
		kind := Told
		if s.Escalate {
			kind = Escalated
		}
		if s.At == d.Due+1 && !s.Escalate && slices.Contains(s.To, t.OwedBy) {
			owner = true
		}
		out = append(out, moment{name: fmt.Sprintf("s%d", i), kind: kind, at: s.At, to: s.To, step: i})
	}
	if !owner {
		out = append(out, moment{name: "due", kind: Due, at: d.Due + 1, step: noStep})
	}
	return out
}

// timely are the moments of a deadline that are told of now: those that came after from, up to now. Of its warnings the last alone, and none
// once it has run out: what the others say is no longer true. Moments after the end are told from ever, where all is set.
func timely(list []moment, due, from, now calendar.Moment, all bool) (out []moment) {
	last := -1
	for i := range list {
		m := &list[i]
		switch {
		case m.at > now:
		case m.kind == Warning:
			if m.at > from && now <= due && (last < 0 || m.at > list[last].at) {
				last = i
			}
		case all || m.at > from:
			out = append(out, *m)
		}
	}
	if last >= 0 {
		out = append(out, list[last])
	}
	return out
}

// span is how far from its end a moment of a deadline lies: so long before it, or behind it.
type span struct {
	period calendar.Period
	behind bool
	days   *calendar.Days
	table  string // of days off
}

// spans of all terms of all laws, each once; their number bounds what one look at the clock asks for.
func spans(k *proceedings.Reader) (out []span) {
	add := func(s span) {
		if !slices.ContainsFunc(out, func(x span) bool { return x.period == s.period && x.behind == s.behind && x.table == s.table }) {
			out = append(out, s)
		}
	}
	for _, name := range k.Laws() {
		for _, e := range k.Law(name).Editions {
			add(span{behind: true, days: e.Days, table: e.DayTable}) // the end itself
			for _, t := range e.Terms {
				if t == nil {
					continue
				}
				for _, w := range t.Warn {
					add(span{period: w, days: e.Days, table: e.DayTable})
				}
				for _, s := range t.Steps {
					if s.After.N > 0 {
						add(span{period: s.After, behind: true, days: e.Days, table: e.DayTable})
					}
				}
			}
		}
	}
	return out
}

const (
	hour = calendar.Hour
	day  = 24 * calendar.Hour
)

// ends gives where deadlines end of which this moment lies behind from, up to to: surely all of them, and few others.
func (s span) ends(from, to calendar.Moment) (after, upTo calendar.Moment) {
	n := calendar.Moment(s.period.N)
	var exact, most calendar.Moment // the time between, at least and at most
	switch s.period.Unit {
	case calendar.NoUnit:
	case calendar.Minutes:
		exact, most = n*calendar.Minute, n*calendar.Minute
	case calendar.Hours:
		exact, most = n*hour, n*hour
	case calendar.DaysUnit:
		if s.behind {
			n = -n
		}
		// A day is as long as the clocks on the wall say.
		lo, hi := s.days.Later(from, int(n)), s.days.Later(to, int(n))
		if s.days.Later(lo, -int(n)) != from || s.days.Later(hi, -int(n)) != to || lo-from != hi-to {
			lo, hi = lo-2*hour, hi+2*hour
		}
		return lo - 1, hi
	case calendar.WorkingDays: // holidays of up to three weeks lie between
		exact, most = n*day-2*hour, (n*7/5+23)*day
	case calendar.Months:
		exact, most = n*28*day-2*hour, n*31*day+2*hour
	default:
		exact, most = n*365*day-2*hour, n*366*day+2*hour
	}
	if s.behind {
		return from - most - 1, to - exact
	}
	return from + exact, to + most
}
