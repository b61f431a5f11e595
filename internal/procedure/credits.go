package procedure

import (
	"slices"
	"strconv"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
)

// Credit is time that counts toward a term: periods in which things of a kind were in certain states before the term began.
type Credit struct {
	Kind    KindID
	Article string
	Begins  FieldID // the fact that says when a period began; None: when the thing came into the state
	Ends    FieldID // the fact that says when it ended; None: when the thing left the state
	Ratios  []Ratio // by StateID: what a day is worth; the zero Ratio: nothing
}

// Ratio is a fraction: so many days for so many. The zero Ratio is none.
type Ratio struct{ Num, Den int }

// Of is the fraction of a number of days, a broken day made whole.
func (r Ratio) Of(days int) int { return (days*r.Num + r.Den - 1) / r.Den }

// String writes it as a law does: "2/3", "1".
func (r Ratio) String() string {
	if r.Den == 1 {
		return strconv.Itoa(r.Num)
	}
	return strconv.Itoa(r.Num) + "/" + strconv.Itoa(r.Den)
}

func (r Ratio) more(o Ratio) bool { return o.Den == 0 || r.Num*o.Den > o.Num*r.Den }

// Lengths are the fields of a form that say how long a term is, by the units of which they are numbers; None where it has no such field.
type Lengths struct{ Years, Months, Days FieldID }

// Past is a period for which a thing was in a state that counts toward a term, and is no more. It stays on record with what
// the thing belonged to, also where the thing itself does not go along into another proceeding.
type Past struct {
	Kind     KindID
	State    StateID
	Thing    int32 // None: it stayed in the proceeding that this one took over from
	Of       int32
	From, To calendar.Moment
}

// Counted is a period as it counts toward a term: days that follow each other, none of which another period counts too.
type Counted struct {
	Kind     KindID
	State    StateID
	Thing    int32 // None where it came from another proceeding without the thing
	Article  string
	From, To calendar.Date // the first and the last day
	Ratio    Ratio
	Days     int // of the term
}

// mostCredited bounds how far back time counts: a hundred years.
const mostCredited = 36525

// Credits are the periods that count toward a term of a thing that begins at a moment, the earliest first. A day counts once, by the period in which it is worth
// most; the day on which the term begins is the term's own. Of each period a broken day is made whole, for the person. Pure.
func (e *Edition) Credits(s *State, t *Term, thing int32, start calendar.Moment) []Counted {
	if len(t.Credits) == 0 {
		return nil
	}
	zone := e.Days.Zone()
	before := zone.Date(start) - 1
	var all []Counted
	add := func(c *Credit, kind KindID, state StateID, no int32, from, to calendar.Moment) {
		if int(state) >= len(c.Ratios) || c.Ratios[state].Den == 0 || to < from {
			return
		}
		p := Counted{Kind: kind, State: state, Thing: no, Article: c.Article, From: max(zone.Date(from), before-mostCredited), To: min(zone.Date(to), before), Ratio: c.Ratios[state]}
		if p.From <= p.To {
			all = append(all, p)
		}
	}
	for i := range t.Credits {
		c := &t.Credits[i]
		owner := s.upTo(thing, e.Kinds[c.Kind].Of)
		for j := range s.Past {
			if p := &s.Past[j]; p.Kind == c.Kind && c.Ends == None && s.Under(p.Of, owner) {
				add(c, p.Kind, p.State, p.Thing, p.From, p.To)
			}
		}
		for no := range s.Things {
			th := &s.Things[no]
			if th.Withheld() || th.Kind != c.Kind || !s.Under(int32(no), owner) {
				continue
			}
			if c.Ends == None {
				add(c, th.Kind, th.State, int32(no), e.periodBegan(s, c, int32(no)), start)
			} else if to := e.momentOf(th.Field(c.Ends)); to != 0 {
				add(c, th.Kind, th.State, int32(no), e.periodBegan(s, c, int32(no)), to)
			}
		}
	}
	return apart(all)
}

// apart lets each day count once, and puts the days that follow each other together.
func apart(all []Counted) []Counted {
	if len(all) == 0 {
		return nil
	}
	first, last := all[0].From, all[0].To
	for i := range all {
		first, last = min(first, all[i].From), max(last, all[i].To)
	}
	by := make([]int32, last-first+1) // by day: the period that counts it, from 1
	for i := range all {
		for day := all[i].From; day <= all[i].To; day++ {
			at := &by[day-first]
			if *at == 0 || all[i].Ratio.more(all[*at-1].Ratio) {
				*at = int32(i + 1)
			}
		}
	}
	var out []Counted
	for i := 0; i < len(by); {
		j := i + 1
		for j < len(by) && by[j] == by[i] {
			j++
		}
		if by[i] > 0 {
			p := all[by[i]-1]
			p.From, p.To = first+calendar.Date(i), first+calendar.Date(j-1)
			p.Days = p.Ratio.Of(j - i)
			out = append(out, p)
		}
		i = j
	}
	return out
}

func (e *Edition) momentOf(v fact.Value) calendar.Moment {
	switch v.Type {
	case fact.Moment:
		return calendar.Moment(v.Num)
	case fact.Date:
		return e.Days.Zone().Moment(calendar.Date(v.Num), 0)
	}
	return 0
}

// periodBegan is when the present state of a thing began to count.
func (e *Edition) periodBegan(s *State, c *Credit, no int32) calendar.Moment {
	th := &s.Things[no]
	from := th.Since
	if c.Begins != None {
		if m := e.momentOf(th.Field(c.Begins)); m != 0 {
			from = m
		}
	}
	for i := range s.Past { // the fact may still be that of the state before
		if p := &s.Past[i]; p.Thing == no {
			from = max(from, p.To)
		}
	}
	return from
}

// leave keeps on record that a thing was in its state until now, where that counts toward a term.
func (d *decision) leave(thing int32) {
	s, e := d.state, d.edition
	th := &s.Things[thing]
	for _, c := range e.credits {
		if c.Kind == th.Kind && c.Ends == None && int(th.State) < len(c.Ratios) && c.Ratios[th.State].Den > 0 {
			if from := e.periodBegan(s, c, thing); from <= d.act.Done {
				s.Past = append(s.Past, Past{Kind: th.Kind, State: th.State, Thing: thing, Of: th.Of, From: from, To: d.act.Done})
			}
			return
		}
	}
}

// recredit counts running terms anew whose credits have changed by the act.
func (d *decision) recredit() {
	s := d.state
	for i := range s.Deadlines {
		dl := &s.Deadlines[i]
		e := d.edition.Law.Editions[dl.Edition]
		t := e.Terms[dl.Term]
		if len(t.Credits) == 0 || dl.Span.Within.IsZero() {
			continue
		}
		days := Sum(e.Credits(s, t, dl.Thing, dl.Start))
		if days == dl.Span.SpentDays {
			continue
		}
		was := dl.Due
		dl.Span.SpentDays = days
		e.Law.count(dl)
		d.out = append(d.out, Effect{Kind: Credited, Deadline: *dl, Thing: dl.Thing, Was: was})
		d.shiftHangers(t, dl.Thing, dl.Due, dl.Stopped, false)
	}
}

// Sum is how many days of a term periods come to.
func Sum(list []Counted) (days int) {
	for i := range list {
		days += list[i].Days
	}
	return days
}

// given is the length of a term as a form says it; ok is false where it says none.
func (d *decision) given(t *Term) (span calendar.Span, ok bool) {
	l := t.Lengths[d.rule.ID]
	of := func(id FieldID, unit calendar.Unit) calendar.Period {
		return calendar.Period{N: int(min(max(d.act.Fact(id, fact.Number).Num, 0), mostOfLength)), Unit: unit} // observed, it may be anything
	}
	years, months, days := of(l.Years, calendar.Years), of(l.Months, calendar.Months), of(l.Days, calendar.DaysUnit)
	switch {
	case years.N > 0 && months.N > 0: // counted at once: a year from the first of March, and a month, end on the last of March
		span.Within = calendar.Period{N: 12*years.N + months.N, Unit: calendar.Months}
	case years.N > 0:
		span.Within = years
	case months.N > 0:
		span.Within = months
	case days.N > 0:
		span.Within, days.N = days, 0
	default:
		return span, false
	}
	if days.N > 0 {
		span.Added = span.Added.Plus(days)
	}
	return span, true
}

// checkLengths: what a form says of the length of a term that the act starts is a length, and some.
func (d *decision) checkLengths() error {
	var wrong map[string]string
	for _, t := range d.rule.starts {
		if t.Lengths == nil {
			continue
		}
		l := t.Lengths[d.rule.ID]
		for _, id := range []FieldID{l.Years, l.Months, l.Days} {
			if n := d.act.Fact(id, fact.Number).Num; n < 0 || n > mostOfLength {
				if wrong == nil {
					wrong = map[string]string{}
				}
				wrong[d.rule.Form[id].Name] = FieldNoLength
			}
		}
	}
	if wrong == nil {
		return nil
	}
	return d.wrong(&Refusal{Reason: BadForm, Fields: wrong})
}

// mostOfLength is the most of one unit that a form can give a term: more is a slip.
const mostOfLength = 2500

// share cuts a length down to a part of it, in days.
func (e *Edition) share(t *Term, start calendar.Moment, span calendar.Span) calendar.Span {
	if t.Share.Den == 0 {
		return span
	}
	zone := e.Days.Zone()
	days := int(zone.Date(e.Days.End(t.Rule, start, span).Due) - zone.Date(start))
	if t.Rule.Counts == calendar.FromDay {
		days++
	}
	return calendar.Span{Within: calendar.Period{N: t.Share.Of(days), Unit: calendar.DaysUnit}}
}

// credited lists what counts toward any term of the edition.
func (e *Edition) credited(order []*Term) {
	for _, t := range order {
		for i := range t.Credits {
			c := &t.Credits[i]
			if !slices.ContainsFunc(e.credits, func(x *Credit) bool { return x.Kind == c.Kind && slices.Equal(x.Ratios, c.Ratios) }) {
				e.credits = append(e.credits, c)
			}
		}
	}
}
