package notice

import (
	"fmt"
	"slices"
	"sort"

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

// stretch of time in which deadlines end: behind from, up to to.
type stretch struct{ from, to calendar.Moment }

// changed is by how much the clocks on the wall are put back or forward at most: a time of day that they skip is an hour earlier, which may be the day before.
const changed = 2 * calendar.Hour

// ends gives where deadlines end of which this moment lies behind from, up to to: all of them, and no others but on days on which the clocks on
// the wall are put back or forward. What is counted in days keeps its time of day, so that of each day a piece of its own ends so:
// before a holiday comes what ends on it, on the day before it and on the day after it.
func (s span) ends(from, to calendar.Moment) (out []stretch) {
	if s.behind { // a moment behind an end is the one after its last microsecond
		from, to = from-1, to-1
	}
	if d, ok := s.fixed(); ok {
		return []stretch{{from + d, to + d}}
	}
	z := s.days.Zone()
	for day, last := s.window(z.Date(from-changed), z.Date(to+changed)); day <= last; day++ {
		then := s.moved(day)
		begin, end := z.Moment(day, 0), z.EndOfDay(day)
		thenBegins, thenEnds := z.Moment(then, 0), z.EndOfDay(then)
		away := thenBegins - begin
		x := stretch{max(from-away, begin-1), min(to-away, end)}
		if whole := 24*calendar.Hour - 1; end-begin != whole || thenEnds-thenBegins != whole {
			x = stretch{begin - 1, end} // the clocks change on one of the two: when it is to be told is asked of each deadline
		}
		if x.from < x.to && thenBegins <= to+changed && thenEnds > from-changed {
			out = append(out, x)
		}
	}
	return out
}

// fixed is how far an end lies from this moment where that is by the clock.
func (s span) fixed() (calendar.Moment, bool) {
	unit, ok := map[calendar.Unit]calendar.Moment{calendar.NoUnit: 0, calendar.Minutes: calendar.Minute, calendar.Hours: calendar.Hour}[s.period.Unit]
	if s.behind {
		unit = -unit
	}
	return calendar.Moment(s.period.N) * unit, ok
}

// moved is the day of this moment, of what ends on a day.
func (s span) moved(day calendar.Date) calendar.Date {
	noon := s.days.Zone().Moment(day, 12*calendar.Hour)
	if s.behind {
		noon = s.days.End(calendar.Rule{Counts: calendar.FromMoment}, noon, calendar.Span{Within: s.period}).Due
	} else {
		noon = s.days.Before(noon, s.period)
	}
	return s.days.Zone().Date(noon)
}

// window is the first and the last of the days on which ends what has this moment from one day to another: days move the way of time, so that they are found by halving.
func (s span) window(from, to calendar.Date) (first, last calendar.Date) {
	reach := calendar.Date(400 * (s.period.N + 1)) // no unit is longer than a year, and no number of days off
	if s.period.Unit == calendar.DaysUnit {
		reach = calendar.Date(s.period.N + 1)
	}
	low := func(of calendar.Date) calendar.Date {
		n := sort.Search(int(2*reach), func(i int) bool { return s.moved(of-reach+calendar.Date(i)) >= of })
		return of - reach + calendar.Date(n)
	}
	return low(from), low(to+1) - 1
}
