package notice

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"nazorat/internal/calendar"
)

// Where the clocks never change, where they do, with working days, long holidays and none: a deadline of which a moment came within a look lies
// within what the look reads, and what it reads is no longer than it must be.
func TestALookReadsWhatHasAMomentInItAndNoMore(t *testing.T) {
	t.Parallel()
	var all []*calendar.Days
	for _, zone := range []string{"Asia/Tashkent", "Europe/Berlin", "America/Sao_Paulo"} {
		z, err := calendar.LoadZone(zone)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, holidays(t, z))
	}
	units := []calendar.Unit{calendar.NoUnit, calendar.Minutes, calendar.Hours, calendar.DaysUnit, calendar.WorkingDays, calendar.Months, calendar.Years}
	rapid.Check(t, func(t *rapid.T) {
		s := span{days: rapid.SampledFrom(all).Draw(t, "days"), behind: rapid.Bool().Draw(t, "behind")}
		if u := rapid.SampledFrom(units).Draw(t, "unit"); u != calendar.NoUnit {
			s.period = calendar.Period{N: rapid.IntRange(1, 40).Draw(t, "n"), Unit: u}
		} else {
			s.behind = true // the end itself
		}
		z := s.days.Zone()
		due := z.Moment(calendar.DateOf(2024, 1, 1)+calendar.Date(rapid.IntRange(0, 900).Draw(t, "day")), calendar.Moment(rapid.Int64Range(0, int64(24*calendar.Hour)-1).Draw(t, "time")))
		if rapid.Bool().Draw(t, "midnight") {
			due = z.EndOfDay(z.Date(due))
		}
		at := s.of(due)
		from := at - calendar.Moment(rapid.Int64Range(1, int64(30*calendar.Hour)).Draw(t, "before"))
		to := at + calendar.Moment(rapid.Int64Range(0, int64(30*calendar.Hour)).Draw(t, "after"))
		list := s.ends(from, to)
		within := 0
		for _, x := range list {
			if x.from < due && due <= x.to {
				within++
			}
			// What stands at either end of a stretch has its moment in the look, unless the clocks change on that day.
			for _, edge := range []calendar.Moment{x.from + 1, x.to} {
				if at := s.of(edge); (at <= from || at > to) && !changes(z, edge) && !changes(z, at-1) && !changes(z, at) {
					t.Fatalf("%s of %s: what ends at %s is read for %s to %s, though its moment is %s", s.period, z.Name(), z.Format(edge), z.Format(from), z.Format(to), z.Format(at))
				}
			}
		}
		if within != 1 {
			t.Fatalf("%s of %s: what ends at %s has its moment at %s, and is read %d times for %s to %s", s.period, z.Name(), z.Format(due), z.Format(at), within, z.Format(from), z.Format(to))
		}
	})
}

// of is this moment of what ends at due, as moments reckons it.
func (s span) of(due calendar.Moment) calendar.Moment {
	switch {
	case !s.behind:
		return s.days.Before(due, s.period)
	case s.period.N == 0:
		return due + 1
	}
	return s.days.End(calendar.Rule{Counts: calendar.FromMoment}, due, calendar.Span{Within: s.period}).Due + 1
}

// changes reports whether the clocks change on the day of a moment.
func changes(z *calendar.Zone, m calendar.Moment) bool {
	day := z.Date(m)
	return z.EndOfDay(day)-z.Moment(day, 0) != 24*calendar.Hour-1
}

// holidays are days with a week off in March, and days off that are worked.
func holidays(t *testing.T, z *calendar.Zone) *calendar.Days {
	t.Helper()
	var off []calendar.Off
	var work []calendar.Date
	for year := 2023; year <= 2027; year++ {
		for d := range calendar.Date(9) {
			off = append(off, calendar.Off{Date: calendar.DateOf(year, 3, 20) + d})
		}
		off = append(off, calendar.Off{Date: calendar.DateOf(year, 9, 1)})
		for d := calendar.DateOf(year, 5, 1); len(work) <= year-2023; d++ {
			if d.Weekday() == time.Saturday {
				work = append(work, d)
			}
		}
	}
	days, err := calendar.NewDays(z, []time.Weekday{time.Saturday, time.Sunday}, 18*calendar.Hour, 2023, 2027, off, work)
	if err != nil {
		t.Fatal(err)
	}
	return days
}
