package calendar_test

import (
	"testing"
	"time"

	"nazorat/internal/calendar"
)

// A clock of working days that stood still over a weekend goes on by working days, and ends on one.
func TestStoppedWorkingDaysAreWorkingDays(t *testing.T) {
	t.Parallel()
	zone, err := calendar.LoadZone("Asia/Tashkent")
	if err != nil {
		t.Fatal(err)
	}
	days, err := calendar.NewDays(zone, []time.Weekday{time.Saturday, time.Sunday}, 18*calendar.Hour, 2026, 2026, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	monday := zone.Moment(calendar.DateOf(2026, 6, 1), 10*calendar.Hour)
	tuesday, sunday := monday+24*calendar.Hour, monday+6*24*calendar.Hour
	if n := days.WorkingBetween(tuesday, sunday); n != 3 {
		t.Errorf("%d working days from Tuesday to Sunday, want 3", n)
	}
	end := days.End(calendar.Rule{}, monday, calendar.Span{Within: calendar.Period{N: 5, Unit: calendar.WorkingDays}, StoppedDays: 3})
	if got := zone.Format(end.Due); got != "2026-06-11 24:00" { // five working days end on Monday the 8th, three more on Thursday
		t.Errorf("ends %s", got)
	}
}

func TestWhatCanBeAddedToWhat(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		add, within string
		ok          bool
	}{{"48h", "48h", true}, {"2d", "48h", true}, {"1mo", "48h", false}, {"20d", "1mo", true}, {"12h", "10d", false}, {"5wd", "10d", true}} {
		add, err1 := calendar.ParsePeriod(c.add)
		within, err2 := calendar.ParsePeriod(c.within)
		if err1 != nil || err2 != nil || add.GoesWith(within) != c.ok {
			t.Errorf("%s to %s: %v", c.add, c.within, add.GoesWith(within))
		}
	}
}
