package calendar

import (
	"fmt"
	"strconv"
	"strings"
)

// Unit of a period.
type Unit uint8

// The units that laws count in.
const (
	NoUnit Unit = iota
	Minutes
	Hours
	DaysUnit
	WorkingDays
	Months
	Years
)

// Units are the suffixes of a written period: "48h", "10d", "5wd", "3mo", "1y".
var unitNames = [...]string{"", "min", "h", "d", "wd", "mo", "y"}

func (u Unit) String() string { return unitNames[u] }

// Period is a length as a law writes it: "3 months", "48 hours".
type Period struct {
	N    int
	Unit Unit
}

// ParsePeriod reads "48h", "10d", "5wd", "3mo", "1y", "30min".
func ParsePeriod(s string) (Period, error) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	n, err := strconv.Atoi(s[:i])
	if err == nil && n <= 100_000 {
		for u := Minutes; u <= Years; u++ {
			if strings.TrimSpace(s[i:]) == unitNames[u] {
				return Period{n, u}, nil
			}
		}
	}
	return Period{}, fmt.Errorf("period %q: want a number and one of min, h, d, wd, mo, y, such as 10d", s)
}

func (p Period) String() string {
	if p.Unit == NoUnit {
		return ""
	}
	return strconv.Itoa(p.N) + unitNames[p.Unit]
}

// IsZero reports whether there is no period.
func (p Period) IsZero() bool { return p.Unit == NoUnit }

// GoesWith reports whether a period can be added to a term of another one:
// hours to hours (days too, of 24 hours each), days and longer to days and longer.
func (p Period) GoesWith(within Period) bool {
	if within.Unit.byClock() {
		return p.Unit.byClock() || p.Unit == DaysUnit
	}
	return !p.Unit.byClock()
}

// byClock reports whether the unit is shorter than a day.
func (u Unit) byClock() bool { return u == Hours || u == Minutes }

// Counting says what is counted first.
type Counting uint8

const (
	// FromNext: the starting hour or day is not counted (CPC 315), the term
	// ends with the last hour or at 24:00 of the last day.
	FromNext Counting = iota
	// FromMoment: counted from the very moment (detention, custody: CPC 315),
	// ends at the same time of day.
	FromMoment
	// FromDay: the starting day is the first day.
	FromDay
)

// Rolling says what happens to an end on a day off.
type Rolling uint8

const (
	// RollNever: the end stays (detention, custody, house arrest, medical).
	RollNever Rolling = iota
	// RollNext: the end moves to the next working day.
	RollNext
	// RollPrevious: the end moves to the working day before.
	RollPrevious
)

// Closing says when a last day ends.
type Closing uint8

const (
	// Midnight: at 24:00.
	Midnight Closing = iota
	// CloseOfBusiness: when the office closes, for acts done at a court or prosecutor's office.
	CloseOfBusiness
)

// Rule is how one term is counted.
type Rule struct {
	Counts Counting
	Rolls  Rolling
	Ends   Closing
}

// Span is what is counted: a period, what extensions added to it, and how long the clock stood still.
type Span struct {
	Within      Period
	Added       Sum
	StoppedDays int    // for periods in days or longer; working days for periods in working days
	StoppedFor  Moment // for periods in hours
	SpentDays   int    // what earlier periods used up, where a law counts them together
	SpentFor    Moment // for periods in hours, and for longer ones that run from a moment
}

// End is the end of a term and how it came about.
type End struct {
	Due     Moment // the last microsecond in time
	Plain   Date   // the last day before rolling; the zero Date for a period in hours
	Rolled  int    // days that the end moved, negative for backwards
	ByClock bool   // the end is a time of day that follows from the start
}

// End counts a term from its start. Deterministic, allocates nothing, safe for concurrent use.
func (c *Days) End(r Rule, start Moment, s Span) End {
	if s.Within.Unit.byClock() {
		return c.endByClock(r, start, s)
	}
	day, tod := c.zone.Local(start)
	last := c.add(day, s.Within, r.Counts)
	if !s.Added.IsZero() {
		// An addition goes on from the end reached, whose own day is already counted.
		last = c.further(last, s.Added, Years, Months, DaysUnit, WorkingDays)
	}
	if s.Within.Unit == WorkingDays {
		last = c.add(last, Period{N: s.StoppedDays, Unit: WorkingDays}, FromNext)
		for n := s.SpentDays; n > 0 && last >= day; n-- {
			last = c.Previous(last - 1)
		}
	} else {
		last += Date(s.StoppedDays) - Date(s.SpentDays)
	}
	if !s.Added.IsZero() {
		last, tod, r = c.hoursMore(r, last, tod, s.Added.clock())
	}
	end := End{Plain: last, ByClock: r.Counts == FromMoment}
	moved := c.roll(last, r.Rolls)
	end.Rolled = int(moved - last)
	if end.Due = c.closing(r, moved, tod); r.Counts == FromMoment {
		end.Due -= s.SpentFor
	}
	return end
}

// hoursMore lets hours go on from the end reached: it is then a time of day.
func (c *Days) hoursMore(r Rule, last Date, tod, clock Moment) (Date, Moment, Rule) {
	switch {
	case clock == 0:
		return last, tod, r
	case r.Counts == FromMoment || r.Ends == CloseOfBusiness:
		last, tod = c.zone.Local(c.closing(r, last, tod) + clock)
	default:
		if last, tod = c.zone.Local(c.zone.Moment(last+1, clock)); tod == 0 {
			last, tod = last-1, dayLength-Microsecond // 24:00
		}
	}
	r.Counts = FromMoment
	return last, tod, r
}

// closing is when the last day of a term ends that began at a time of day.
func (c *Days) closing(r Rule, last Date, tod Moment) Moment {
	switch {
	case r.Counts == FromMoment:
		return c.zone.Moment(last, tod)
	case r.Ends == CloseOfBusiness:
		return c.zone.Moment(last, c.closes)
	}
	return c.zone.EndOfDay(last)
}

func (c *Days) endByClock(r Rule, start Moment, s Span) End {
	from := start
	if r.Counts == FromNext && s.Within.N > 0 {
		unit := Hour
		if s.Within.Unit == Minutes {
			unit = Minute
		}
		_, tod := c.zone.Local(start)
		if past := tod % unit; past > 0 {
			from = start - past + unit
		}
	}
	due := from + s.Within.duration()
	if !s.Added.IsZero() {
		if day, tod := c.zone.Local(due); s.Added.of(Years).N+s.Added.of(Months).N+s.Added.of(WorkingDays).N != 0 {
			due = c.zone.Moment(c.further(day, s.Added, Years, Months, WorkingDays), tod)
		}
		due += s.Added.of(DaysUnit).duration() + s.Added.clock()
	}
	due += s.StoppedFor + Moment(s.StoppedDays)*dayLength - s.SpentFor - Moment(s.SpentDays)*dayLength
	end := End{Due: due, ByClock: true}
	day, tod := c.zone.Local(due)
	end.Plain = day
	if moved := c.roll(day, r.Rolls); moved != day {
		end.Rolled = int(moved - day)
		end.Due = c.zone.Moment(moved, tod)
	}
	return end
}

// duration of a period in fixed units; days count 24 hours.
func (p Period) duration() Moment {
	switch p.Unit {
	case Minutes:
		return Moment(p.N) * Minute
	case Hours:
		return Moment(p.N) * Hour
	case DaysUnit:
		return Moment(p.N) * dayLength
	}
	return 0
}

// add gives the last day of a period that starts on day.
func (c *Days) add(day Date, p Period, counts Counting) Date {
	first := Date(0)
	if counts == FromDay {
		first = 1
	}
	switch p.Unit {
	case DaysUnit:
		return day + Date(p.N) - first
	case Months:
		return day.AddMonths(p.N) - first
	case Years:
		return day.AddMonths(12*p.N) - first
	case WorkingDays:
		n := p.N
		if counts == FromDay && c.Working(day) {
			n--
		}
		for ; n > 0; n-- {
			day = c.Next(day + 1)
		}
	}
	return day
}

func (c *Days) roll(d Date, r Rolling) Date {
	switch r {
	case RollNext:
		return c.Next(d)
	case RollPrevious:
		return c.Previous(d)
	}
	return d
}

// Before is the latest moment that lies a period before an end: a request that
// must come so long before a term runs out. A period in hours is taken off by
// the clock; longer ones move the day and keep the time of day. It never rolls
// forward: asking later than that is late.
func (c *Days) Before(end Moment, p Period) Moment {
	if p.Unit.byClock() {
		return end - p.duration()
	}
	day, tod := c.zone.Local(end)
	switch p.Unit {
	case DaysUnit:
		day -= Date(p.N)
	case Months:
		day = day.AddMonths(-p.N)
	case Years:
		day = day.AddMonths(-12 * p.N)
	case WorkingDays:
		for n := p.N; n > 0; n-- {
			day = c.Previous(day - 1)
		}
	}
	return c.zone.Moment(day, tod)
}

// Later moves a moment by days, keeping the time of day by the wall clock.
func (c *Days) Later(m Moment, days int) Moment {
	if days == 0 {
		return m
	}
	day, tod := c.zone.Local(m)
	return c.zone.Moment(day+Date(days), tod)
}

// WorkingBetween is the number of working days after the date of a until the date of b, that one included.
func (c *Days) WorkingBetween(a, b Moment) (n int) {
	for d := c.zone.Date(a) + 1; d <= c.zone.Date(b); d++ {
		if c.Working(d) {
			n++
		}
	}
	return n
}

// DaysBetween is the number of midnights by the wall clock between two moments.
func (c *Days) DaysBetween(a, b Moment) int { return int(c.zone.Date(b) - c.zone.Date(a)) }

// YearsBetween is the number of whole years by the wall clock between two moments, as an age is counted.
func (c *Days) YearsBetween(a, b Moment) int {
	ya, ma, da := c.zone.Date(a).Civil()
	yb, mb, db := c.zone.Date(b).Civil()
	n := yb - ya
	if mb < ma || mb == ma && db < da {
		n--
	}
	return n
}
