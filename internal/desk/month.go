package desk

import (
	"strconv"

	"nazorat/internal/calendar"
	"nazorat/internal/explain"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
)

// mostPictured is how many days a term may last to be shown day by day.
const mostPictured = 75

// monthView is one month of the days counted, a table of weeks from Monday.
type monthView struct {
	Caption string
	Heads   []monthHead
	Weeks   [][]monthDay
}

type monthHead struct{ Short, Long string }

// monthDay is one day; Day is 0 outside the month. Says tells in words what the class shows.
type monthDay struct {
	Day   int
	Class string
	Count int // the how manieth day counted; 0: not counted
	Says  string
	Today bool
}

// monthKey explains one sign of the picture.
type monthKey struct{ Class, Text string }

// daysCounted is the picture of a term in days or longer.
type daysCounted struct {
	Months []monthView
	Key    []monthKey
}

// termMonths pictures the days of a term: where it began, which days were
// counted, which were not and why, where it ends. Empty for terms in hours and
// for long ones.
func termMonths(w *web.Words, law *procedure.Law, x procedure.Explanation, story explain.Story, now calendar.Moment) daysCounted {
	days := x.Edition.Days
	zone := days.Zone()
	first, last := zone.Date(x.Start), zone.Date(x.Deadline.Due)
	if unit := x.Span.Within.Unit; x.Before != nil || x.Given || x.Term.AtOnce || unit == calendar.Hours || unit == calendar.Minutes || last < first || last-first > mostPictured {
		return daysCounted{}
	}
	p := monthPicture{w: w, lb: w.Law(law.Name), x: x, days: days, first: first, last: last, today: zone.Date(now), used: map[string]bool{}}
	for _, s := range story.Stood(x.Deadline) {
		on := s[1]
		if on == 0 {
			on = now
		}
		p.stood = append(p.stood, [2]calendar.Date{zone.Date(s[0]) + 1, zone.Date(on)})
	}
	var v daysCounted
	y, m, _ := first.Civil()
	for month := calendar.DateOf(y, m, 1); month <= last; month = month.AddMonths(1) {
		v.Months = append(v.Months, p.month(month))
	}
	for _, class := range []string{"start", "counted", "off", "skipped", "stood", "end"} {
		if p.used[class] {
			v.Key = append(v.Key, monthKey{class, w.T("deadline.month." + class)})
		}
	}
	return v
}

type monthPicture struct {
	w           *web.Words
	lb          *procedure.Labels
	x           procedure.Explanation
	days        *calendar.Days
	first, last calendar.Date
	today       calendar.Date
	stood       [][2]calendar.Date
	counted     int
	used        map[string]bool
}

func (p *monthPicture) month(first calendar.Date) monthView {
	y, m, _ := first.Civil()
	v := monthView{Caption: MonthName(p.w, y, m)}
	for i := 1; i <= 7; i++ {
		v.Heads = append(v.Heads, monthHead{p.w.T("weekday.short." + strconv.Itoa(i%7)), p.w.T("weekday." + strconv.Itoa(i%7))})
	}
	next := first.AddMonths(1)
	for monday := first - calendar.Date((int(first.Weekday())+6)%7); monday < next; monday += 7 {
		var week []monthDay
		for day := monday; day < monday+7; day++ {
			if day < first || day >= next {
				week = append(week, monthDay{})
				continue
			}
			week = append(week, p.day(day))
		}
		v.Weeks = append(v.Weeks, week)
	}
	return v
}

func (p *monthPicture) day(day calendar.Date) monthDay {
	_, _, n := day.Civil()
	d := monthDay{Day: n, Today: day == p.today}
	off, isOff := p.days.Why(day)
	class := p.class(day, isOff)
	if class == "" {
		return d
	}
	p.used[class] = true
	d.Class = class
	d.Says = p.w.T("deadline.month." + class)
	if isOff {
		d.Says = p.w.T("deadline.month.and_off", "is", d.Says, "why", p.why(off))
	}
	if (class == "counted" || class == "off" || day == p.x.End.Plain) && class != "stood" && p.byDays() {
		p.counted++
		d.Count = p.counted
	}
	return d
}

// byDays reports whether each day counted has a number worth showing.
func (p *monthPicture) byDays() bool {
	u := p.x.Span.Within.Unit
	return (u == calendar.DaysUnit || u == calendar.WorkingDays) && p.x.Term.Rule.Counts != calendar.FromMoment
}

func (p *monthPicture) why(o calendar.Off) string {
	if o.Name == "" {
		return p.w.T("deadline.month.weekend")
	}
	return p.lb.Day(o.Name)
}

func (p *monthPicture) class(day calendar.Date, off bool) string {
	counts := p.x.Term.Rule.Counts
	switch {
	case day < p.first || day > p.last:
		return ""
	case day == p.last:
		return "end"
	case day == p.first && counts != calendar.FromDay:
		return "start"
	}
	for _, s := range p.stood {
		if day >= s[0] && day <= s[1] {
			return "stood"
		}
	}
	switch {
	case p.x.Span.Within.Unit == calendar.WorkingDays && off, day >= p.x.End.Plain && p.x.Until < p.x.End.Due:
		return "skipped"
	case off:
		return "off"
	}
	return "counted"
}
