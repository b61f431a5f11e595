package calendar_test

import (
	"testing"
	"time"

	"nazorat/internal/calendar"
)

func TestOnlyDecreedYearsAreKnown(t *testing.T) {
	t.Parallel()
	c := days(t)
	for _, x := range []struct {
		date           string
		known, working bool
		why            string
	}{
		{"2025-12-31", false, true, ""},  // a Wednesday of a year without a decree
		{"2025-12-28", false, false, ""}, // its Sunday is off all the same
		{"2026-01-01", true, true, ""},   // not in this table
		{"2026-12-31", true, true, ""},
		{"2027-01-01", false, true, ""},
		{"2026-03-09", true, false, "women"},
		{"2026-03-20", true, false, "hayit"},
		{"2026-03-14", true, true, ""}, // a Saturday moved to work
		{"2026-03-15", true, false, ""},
		{"1970-01-01", false, true, ""}, // before the table by far
	} {
		d, err := calendar.ParseDate(x.date)
		if err != nil {
			t.Fatal(err)
		}
		off, isOff := c.Why(d)
		if c.Known(d) != x.known || c.Working(d) != x.working || isOff == x.working || off.Name != x.why {
			t.Errorf("%s: known %v, working %v, why %q", x.date, c.Known(d), c.Working(d), off.Name)
		}
	}
	if off, _ := c.Why(calendar.DateOf(2026, 3, 9)); off.Source != "the law" {
		t.Errorf("the source of a day off is %q", off.Source)
	}
}

func TestTheNextAndPreviousWorkingDayPassOverDaysOff(t *testing.T) {
	t.Parallel()
	c := days(t)
	for _, x := range []struct{ date, next, previous string }{
		{"2026-03-06", "2026-03-06", "2026-03-06"},
		{"2026-03-07", "2026-03-10", "2026-03-06"},
		{"2026-03-09", "2026-03-10", "2026-03-06"},
		{"2026-03-14", "2026-03-14", "2026-03-14"},
		{"2026-03-15", "2026-03-16", "2026-03-14"},
		{"2026-03-20", "2026-03-23", "2026-03-19"},
		{"2027-01-02", "2027-01-04", "2027-01-01"},
	} {
		d, err := calendar.ParseDate(x.date)
		if err != nil {
			t.Fatal(err)
		}
		if c.Next(d).String() != x.next || c.Previous(d).String() != x.previous {
			t.Errorf("%s: next %s, previous %s", x.date, c.Next(d), c.Previous(d))
		}
	}
}

func TestTablesOfDaysThatContradictThemselvesAreRefused(t *testing.T) {
	t.Parallel()
	z := zone(t, "Asia/Tashkent")
	every := []time.Weekday{0, 1, 2, 3, 4, 5, 6}
	day := calendar.DateOf(2026, 3, 9)
	for _, x := range []struct {
		what     string
		weekend  []time.Weekday
		from, to int
		off      []calendar.Off
		work     []calendar.Date
	}{
		{"no working day", every, 2026, 2026, nil, nil},
		{"years backwards", every[:1], 2027, 2026, nil, nil},
		{"a day off outside the years", every[:1], 2027, 2027, []calendar.Off{{Date: day}}, nil},
		{"off and worked", every[:1], 2026, 2026, []calendar.Off{{Date: day}}, []calendar.Date{day}},
	} {
		if _, err := calendar.NewDays(z, x.weekend, closes, x.from, x.to, x.off, x.work); err == nil {
			t.Errorf("%s: accepted", x.what)
		}
	}
}

func TestDaysBetweenAreMidnightsOnTheWall(t *testing.T) {
	t.Parallel()
	c := days(t)
	z := c.Zone()
	for _, x := range []struct {
		a, b string
		want int
	}{
		{"2026-03-06 23:59", "2026-03-07 00:00", 1}, {"2026-03-06 00:00", "2026-03-06 23:59", 0},
		{"2026-03-07 00:00", "2026-03-06 23:59", -1}, {"2026-02-28 12:00", "2026-03-01 12:00", 1},
	} {
		if got := c.DaysBetween(moment(t, z, x.a), moment(t, z, x.b)); got != x.want {
			t.Errorf("%s to %s: %d", x.a, x.b, got)
		}
	}
}
