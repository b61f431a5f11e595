package calendar_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"nazorat/internal/calendar"
)

func zone(t testing.TB, name string) *calendar.Zone {
	t.Helper()
	z, err := calendar.LoadZone(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func moment(t testing.TB, z *calendar.Zone, s string) calendar.Moment {
	t.Helper()
	m, err := z.ParseMoment(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// zones with every kind of change that a law can meet: none, an hour twice a
// year, half an hour, other hemispheres.
var zoneNames = []string{"Asia/Tashkent", "Europe/Rome", "America/Chicago", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC"}

// nearChange draws a second between 1970 and 2099, half of the time within a day of a change of the clock.
func nearChange(t *rapid.T, loc *time.Location) time.Time {
	tm := time.Unix(rapid.Int64Range(0, 4_102_444_799).Draw(t, "second"), 0).In(loc)
	if _, end := tm.ZoneBounds(); rapid.Bool().Draw(t, "near a change") && !end.IsZero() && end.Year() < 2099 {
		tm = end.Add(time.Duration(rapid.Int64Range(-90_000, 90_000).Draw(t, "off it")) * time.Second)
	}
	return tm
}

func TestTheClockOnTheWallAgreesWithPackageTime(t *testing.T) {
	t.Parallel()
	for _, name := range zoneNames {
		z := zone(t, name)
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			tm := nearChange(t, z.Location()).Add(time.Duration(rapid.IntRange(0, 999_999).Draw(t, "microseconds")) * time.Microsecond)
			d, tod := z.Local(calendar.At(tm))
			y, m, day := tm.Date()
			h, mi, s := tm.Clock()
			want := calendar.Moment(h)*calendar.Hour + calendar.Moment(mi)*calendar.Minute + calendar.Moment(s)*calendar.Second + calendar.Moment(tm.Nanosecond()/1000)
			if d != calendar.DateOf(y, int(m), day) || tod != want {
				t.Fatalf("%v: %s and %d, want %d", tm, d, tod, want)
			}
			if z.Date(calendar.At(tm)) != d {
				t.Fatalf("%v: Date and Local differ", tm)
			}
		}))
	}
}

func TestAMomentIsTheFirstAtWhichTheWallShowsIt(t *testing.T) {
	t.Parallel()
	for _, name := range zoneNames {
		z := zone(t, name)
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			tm := nearChange(t, z.Location())
			y, m, day := tm.Date()
			if rapid.Bool().Draw(t, "any time of day") {
				sec := rapid.IntRange(0, 86399).Draw(t, "time of day")
				tm = time.Date(y, m, day, 0, 0, 0, 0, time.UTC).Add(time.Duration(sec) * time.Second)
				tm = time.Date(y, m, day, tm.Hour(), tm.Minute(), tm.Second(), 0, z.Location())
			}
			h, mi, s := tm.Clock()
			y, m, day = tm.Date()
			d, tod := calendar.DateOf(y, int(m), day), calendar.Moment(h)*calendar.Hour+calendar.Moment(mi)*calendar.Minute+calendar.Moment(s)*calendar.Second
			got := z.Moment(d, tod)
			if gd, gt := z.Local(got); gd != d || gt != tod {
				t.Fatalf("%v: the wall shows %s %d", tm, gd, gt)
			}
			if got > calendar.At(tm) {
				t.Fatalf("%v: %v is later", tm, got.Time())
			}
			// An hour, or half of it, earlier the wall must not show the same.
			for _, back := range []calendar.Moment{calendar.Hour, calendar.Hour / 2} {
				if gd, gt := z.Local(got - back); gd == d && gt == tod {
					t.Fatalf("%v: the wall shows it already at %v", tm, (got - back).Time())
				}
			}
		}))
	}
}

func TestTimesThatTheWallSkipsOrShowsTwiceInRome(t *testing.T) {
	t.Parallel()
	z := zone(t, "Europe/Rome")
	for _, c := range []struct {
		date string
		hour calendar.Moment
		want string // UTC
	}{
		{"2026-03-29", 1, "2026-03-29T00:00:00Z"},
		{"2026-03-29", 2, "2026-03-29T01:00:00Z"}, // skipped: the offset before the change
		{"2026-03-29", 3, "2026-03-29T01:00:00Z"},
		{"2026-10-25", 1, "2026-10-24T23:00:00Z"},
		{"2026-10-25", 2, "2026-10-25T00:00:00Z"}, // shown twice: the first
		{"2026-10-25", 3, "2026-10-25T02:00:00Z"},
	} {
		d, err := calendar.ParseDate(c.date)
		if err != nil {
			t.Fatal(err)
		}
		if got := z.Moment(d, c.hour*calendar.Hour).Time().Format(time.RFC3339); got != c.want {
			t.Errorf("%s %02d:00: %s, want %s", c.date, c.hour, got, c.want)
		}
	}
	short, long := calendar.DateOf(2026, 3, 29), calendar.DateOf(2026, 10, 25)
	for d, hours := range map[calendar.Date]calendar.Moment{short: 23, long: 25, short + 1: 24} {
		if got := z.EndOfDay(d) + calendar.Microsecond - z.Moment(d, 0); got != hours*calendar.Hour {
			t.Errorf("%s has %v hours, want %d", d, float64(got)/float64(calendar.Hour), hours)
		}
	}
}

func TestMomentsAreReadAndWrittenInTheZone(t *testing.T) {
	t.Parallel()
	z := zone(t, "Asia/Tashkent")
	for _, s := range []string{"2026-03-06T23:10", "2026-03-06 23:10", "2026-03-06T23:10:00", "2026-03-06T18:10:00Z", "2026-03-06T21:10+03:00"} {
		m, err := z.ParseMoment(s)
		if err != nil || m.Time().Format(time.RFC3339) != "2026-03-06T18:10:00Z" {
			t.Errorf("%q: %v, %v", s, m.Time(), err)
		}
		if got := z.Format(m); got != "2026-03-06 23:10" {
			t.Errorf("%q is written %q", s, got)
		}
	}
	if got := z.Format(z.EndOfDay(calendar.DateOf(2026, 3, 12))); got != "2026-03-12 24:00" {
		t.Errorf("the end of a day is written %q", got)
	}
	if m := moment(t, z, "2026-03-06"); m != z.Moment(calendar.DateOf(2026, 3, 6), 0) {
		t.Error("a bare date is its midnight")
	}
	for _, s := range []string{"", "yesterday", "2026-02-30T10:00", "2026-03-06T25:00", "06.03.2026 23:10"} {
		if m, err := z.ParseMoment(s); err == nil {
			t.Errorf("%q reads as %v", s, m.Time())
		}
	}
	for _, name := range []string{"", "Local", "Asia/Tashkend", "../etc/passwd"} {
		if _, err := calendar.LoadZone(name); err == nil {
			t.Errorf("zone %q was found", name)
		}
	}
}

func TestWhatIsNoMomentIsToldWhy(t *testing.T) {
	t.Parallel()
	z := days(t).Zone()
	for text, want := range map[string]string{
		"2027-10-36 10:00": "there is no such day",
		"2027-02-29":       "there is no such day",
		"2027-10-36":       "there is no such day",
		"2026-12-31 24:00": "a day ends before 24:00; say 00:00 of 2027-01-01, or 23:59",
		"2026-12-31T24:01": "there is no such time of day",
		"2026-12-31 12:60": "there is no such time of day",
		"2026-12-31 noon":  "want YYYY-MM-DDTHH:MM",
		"tomorrow 10:00":   "want YYYY-MM-DDTHH:MM",
		"":                 "want YYYY-MM-DDTHH:MM",
		"2026-1-2 10:00":   "want YYYY-MM-DDTHH:MM",
	} {
		if m, err := z.ParseMoment(text); err == nil || !strings.HasSuffix(err.Error(), ": "+want) {
			t.Errorf("%q: %v, %v; want %s", text, m, err, want)
		}
	}
}
