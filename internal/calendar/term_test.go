package calendar_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"nazorat/internal/calendar"
)

const closes = 18 * calendar.Hour

// days of the tests: Saturday and Sunday off, Monday 9 and Friday 20 March 2026
// off, Saturday 14 March worked; 2026 only.
func days(t testing.TB) *calendar.Days {
	t.Helper()
	c, err := calendar.NewDays(zone(t, "Asia/Tashkent"), []time.Weekday{time.Saturday, time.Sunday}, closes, 2026, 2026,
		[]calendar.Off{{Date: calendar.DateOf(2026, 3, 9), Name: "women", Source: "the law"}, {Date: calendar.DateOf(2026, 3, 20), Name: "hayit"}},
		[]calendar.Date{calendar.DateOf(2026, 3, 14)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func period(t testing.TB, s string) calendar.Period {
	t.Helper()
	if s == "" {
		return calendar.Period{}
	}
	p, err := calendar.ParsePeriod(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Each line: a start, a length, and for the three ways to count the end before
// rolling ("day" or "day time"), then the working days on or after and on or before it.
var ends = []struct {
	start, within string
	next          string // from_next: plain | rolled forwards | rolled backwards
	moment        string // from_moment
	day           string // from_day
}{
	{"2026-02-27 14:30:20", "30min", "2026-02-27 15:01 | 2026-02-27 15:01 | 2026-02-27 15:01", "2026-02-27 15:00:20 | 2026-02-27 15:00:20 | 2026-02-27 15:00:20", "2026-02-27 15:00:20 | 2026-02-27 15:00:20 | 2026-02-27 15:00:20"},
	{"2026-02-27 14:30", "24h", "2026-02-28 15:00 | 2026-03-02 15:00 | 2026-02-27 15:00", "2026-02-28 14:30 | 2026-03-02 14:30 | 2026-02-27 14:30", "2026-02-28 14:30 | 2026-03-02 14:30 | 2026-02-27 14:30"},
	{"2026-02-27 15:00", "24h", "2026-02-28 15:00 | 2026-03-02 15:00 | 2026-02-27 15:00", "2026-02-28 15:00 | 2026-03-02 15:00 | 2026-02-27 15:00", "2026-02-28 15:00 | 2026-03-02 15:00 | 2026-02-27 15:00"},
	{"2026-02-27 14:30", "8d", "2026-03-07 | 2026-03-10 | 2026-03-06", "2026-03-07 14:30 | 2026-03-10 14:30 | 2026-03-06 14:30", "2026-03-06 | 2026-03-06 | 2026-03-06"},
	{"2026-02-27 00:00", "8d", "2026-03-07 | 2026-03-10 | 2026-03-06", "2026-03-07 00:00 | 2026-03-10 00:00 | 2026-03-06 00:00", "2026-03-06 | 2026-03-06 | 2026-03-06"},
	{"2026-02-27 23:59:59", "1d", "2026-02-28 | 2026-03-02 | 2026-02-27", "2026-02-28 23:59:59 | 2026-03-02 23:59:59 | 2026-02-27 23:59:59", "2026-02-27 | 2026-02-27 | 2026-02-27"},
	{"2026-03-13 09:00", "1d", "2026-03-14 | 2026-03-14 | 2026-03-14", "2026-03-14 09:00 | 2026-03-14 09:00 | 2026-03-14 09:00", "2026-03-13 | 2026-03-13 | 2026-03-13"},
	{"2026-02-27 14:30", "5wd", "2026-03-06 | 2026-03-06 | 2026-03-06", "2026-03-06 14:30 | 2026-03-06 14:30 | 2026-03-06 14:30", "2026-03-05 | 2026-03-05 | 2026-03-05"},
	{"2026-03-06 14:30", "5wd", "2026-03-14 | 2026-03-14 | 2026-03-14", "2026-03-14 14:30 | 2026-03-14 14:30 | 2026-03-14 14:30", "2026-03-13 | 2026-03-13 | 2026-03-13"},
	{"2026-03-07 14:30", "1wd", "2026-03-10 | 2026-03-10 | 2026-03-10", "2026-03-10 14:30 | 2026-03-10 14:30 | 2026-03-10 14:30", "2026-03-10 | 2026-03-10 | 2026-03-10"},
	{"2026-02-27 14:30", "1mo", "2026-03-27 | 2026-03-27 | 2026-03-27", "2026-03-27 14:30 | 2026-03-27 14:30 | 2026-03-27 14:30", "2026-03-26 | 2026-03-26 | 2026-03-26"},
	{"2026-02-20 14:30", "1mo", "2026-03-20 | 2026-03-23 | 2026-03-19", "2026-03-20 14:30 | 2026-03-23 14:30 | 2026-03-19 14:30", "2026-03-19 | 2026-03-19 | 2026-03-19"},
	{"2026-01-31 10:00", "1mo", "2026-02-28 | 2026-03-02 | 2026-02-27", "2026-02-28 10:00 | 2026-03-02 10:00 | 2026-02-27 10:00", ""},
	{"2026-01-31 10:00", "3mo", "2026-04-30 | 2026-04-30 | 2026-04-30", "2026-04-30 10:00 | 2026-04-30 10:00 | 2026-04-30 10:00", ""},
	{"2024-02-29 10:00", "1y", "2025-02-28 | 2025-02-28 | 2025-02-28", "2025-02-28 10:00 | 2025-02-28 10:00 | 2025-02-28 10:00", ""},
	{"2024-02-29 10:00", "2y", "2026-02-28 | 2026-03-02 | 2026-02-27", "2026-02-28 10:00 | 2026-03-02 10:00 | 2026-02-27 10:00", ""},
	{"2025-03-15 10:00", "1y", "2026-03-15 | 2026-03-16 | 2026-03-14", "2026-03-15 10:00 | 2026-03-16 10:00 | 2026-03-14 10:00", "2026-03-14 | 2026-03-14 | 2026-03-14"},
}

func TestEveryUnitIsCountedRolledAndClosedAsWritten(t *testing.T) {
	t.Parallel()
	c := days(t)
	z := c.Zone()
	for _, row := range ends {
		start := moment(t, z, row.start)
		for counts, cell := range map[calendar.Counting]string{calendar.FromNext: row.next, calendar.FromMoment: row.moment, calendar.FromDay: row.day} {
			if cell == "" {
				continue
			}
			for rolls, text := range strings.Split(cell, " | ") { // never, next, previous: the order of the constants
				for _, closing := range []calendar.Closing{calendar.Midnight, calendar.CloseOfBusiness} {
					rule := calendar.Rule{Counts: counts, Rolls: calendar.Rolling(rolls), Ends: closing}
					want := moment(t, z, text)
					if byClock := strings.Contains(text, ":"); !byClock && closing == calendar.CloseOfBusiness {
						want += closes
					} else if !byClock {
						want = z.EndOfDay(z.Date(want))
					}
					end := c.End(rule, start, calendar.Span{Within: period(t, row.within)})
					if end.Due != want {
						t.Errorf("%s + %s, counts %d, rolls %d, closes %d: %s, want %s", row.start, row.within, counts, rolls, closing, end.Due.Time(), want.Time())
					}
					plain := moment(t, z, strings.Split(cell, " | ")[0])
					if end.Plain != z.Date(plain) || end.Plain+calendar.Date(end.Rolled) != z.Date(want) {
						t.Errorf("%s + %s, counts %d, rolls %d: plain %s and %d days rolled", row.start, row.within, counts, rolls, end.Plain, end.Rolled)
					}
				}
			}
		}
	}
}

func TestExtensionsAndStandstillsLengthenATermInItsOwnUnit(t *testing.T) {
	t.Parallel()
	c := days(t)
	z := c.Zone()
	office := calendar.Rule{Rolls: calendar.RollNext}
	held := calendar.Rule{Counts: calendar.FromMoment}
	for _, x := range []struct {
		what  string
		rule  calendar.Rule
		start string
		span  calendar.Span
		want  string
	}{
		{"an inquiry and twenty days more", office, "2026-02-15 11:00", calendar.Span{Within: period(t, "1mo"), Added: calendar.SumOf(period(t, "20d"))}, "2026-04-06 24:00"}, // 4 April is a Saturday
		{"a month more goes on from the end reached", office, "2026-01-31 11:00", calendar.Span{Within: period(t, "1mo"), Added: calendar.SumOf(period(t, "1mo"))}, "2026-03-30 24:00"},
		{"working days more", office, "2026-02-27 11:00", calendar.Span{Within: period(t, "7d"), Added: calendar.SumOf(period(t, "2wd"))}, "2026-03-11 24:00"},
		{"detention and 48 hours more", held, "2026-03-06 23:10", calendar.Span{Within: period(t, "48h"), Added: calendar.SumOf(period(t, "48h"))}, "2026-03-10 23:10"},
		{"a month more, and ten days", office, "2026-01-31 11:00", calendar.Span{Within: period(t, "1mo"), Added: calendar.SumOf(period(t, "1mo"), period(t, "10d"))}, "2026-04-07 24:00"},
		{"ten days more, and a month: the same", office, "2026-01-31 11:00", calendar.Span{Within: period(t, "1mo"), Added: calendar.SumOf(period(t, "10d"), period(t, "1mo"))}, "2026-04-07 24:00"},
		{"a month and a year", office, "2025-01-31 11:00", calendar.Span{Within: period(t, "1mo"), Added: calendar.SumOf(period(t, "1mo"), period(t, "1y"))}, "2026-03-30 24:00"},
		{"hours after months go on from the end of the day", office, "2026-02-15 11:00", calendar.Span{Within: period(t, "1mo"), Added: calendar.SumOf(period(t, "1mo"), period(t, "30h"))}, "2026-04-17 06:00"},
		{"and the end that they reach rolls", office, "2026-02-15 11:00", calendar.Span{Within: period(t, "1mo"), Added: calendar.SumOf(period(t, "1mo"), period(t, "60h"))}, "2026-04-20 12:00"},
		{"a day of hours more is the end of the next day", calendar.Rule{}, "2026-02-15 11:00", calendar.Span{Within: period(t, "10d"), Added: calendar.SumOf(period(t, "24h"))}, "2026-02-26 24:00"},
		{"hours after the close of business", calendar.Rule{Ends: calendar.CloseOfBusiness}, "2026-02-15 11:00", calendar.Span{Within: period(t, "10d"), Added: calendar.SumOf(period(t, "3h"))}, "2026-02-25 21:00"},
		{"a custody of months, and hours more", held, "2026-02-15 11:00", calendar.Span{Within: period(t, "1mo"), Added: calendar.SumOf(period(t, "1mo"), period(t, "24h"))}, "2026-04-16 11:00"},
		{"a detention of hours, and a month more", held, "2026-03-06 23:10", calendar.Span{Within: period(t, "48h"), Added: calendar.SumOf(period(t, "24h"), period(t, "1mo"))}, "2026-04-09 23:10"},
		{"a clock that stood still for days", office, "2026-02-27 11:00", calendar.Span{Within: period(t, "7d"), StoppedDays: 3}, "2026-03-10 24:00"},
		{"a clock that stood still for an hour", held, "2026-03-06 23:10", calendar.Span{Within: period(t, "12h"), StoppedFor: calendar.Hour}, "2026-03-07 12:10"},
		{"nothing at all", held, "2026-03-06 23:10", calendar.Span{Within: calendar.Period{Unit: calendar.Minutes}}, "2026-03-06 23:10"},
		{"nothing at all, the minute not counted", calendar.Rule{}, "2026-03-06 23:10:30", calendar.Span{Within: calendar.Period{Unit: calendar.Minutes}}, "2026-03-06 23:10"},
	} {
		if got := z.Format(c.End(x.rule, moment(t, z, x.start), x.span).Due); got != x.want {
			t.Errorf("%s: %s, want %s", x.what, got, x.want)
		}
	}
}

func TestARequestComesSoLongBeforeTheEnd(t *testing.T) {
	t.Parallel()
	c := days(t)
	z := c.Zone()
	for _, x := range []struct{ end, by, want string }{
		{"2026-03-08 23:10", "8h", "2026-03-08 15:10"},
		{"2026-03-08 23:10", "30min", "2026-03-08 22:40"},
		{"2026-04-30 10:00", "6d", "2026-04-24 10:00"},
		{"2026-03-11 10:00", "2wd", "2026-03-06 10:00"},
		{"2026-03-31 10:00", "1mo", "2026-02-28 10:00"},
		{"2026-03-31 10:00", "1y", "2025-03-31 10:00"},
	} {
		if got := z.Format(c.Before(moment(t, z, x.end), period(t, x.by))); got != x.want {
			t.Errorf("%s before %s: %s, want %s", x.by, x.end, got, x.want)
		}
	}
	if got := z.Format(c.Before(z.EndOfDay(calendar.DateOf(2026, 4, 10)), period(t, "10d"))); got != "2026-03-31 24:00" {
		t.Errorf("ten days before the end of a day: %s", got)
	}
}

func TestATermThatIsCountedDoesNotEndBeforeItStarts(t *testing.T) {
	t.Parallel()
	c := days(t)
	rapid.Check(t, func(t *rapid.T) {
		start := calendar.Moment(rapid.Int64Range(1_600_000_000_000_000, 2_000_000_000_000_000).Draw(t, "start"))
		p := calendar.Period{N: rapid.IntRange(1, 400).Draw(t, "n"), Unit: calendar.Unit(rapid.IntRange(int(calendar.Minutes), int(calendar.Years)).Draw(t, "unit"))}
		rule := calendar.Rule{Counts: calendar.Counting(rapid.IntRange(0, 2).Draw(t, "counts")), Rolls: calendar.Rolling(rapid.IntRange(0, 1).Draw(t, "rolls"))}
		end := c.End(rule, start, calendar.Span{Within: p})
		if end.Due < start {
			t.Fatalf("%v + %s ends at %v", start.Time(), p, end.Due.Time())
		}
		if rule.Rolls == calendar.RollNext && !c.Working(c.Zone().Date(end.Due)) {
			t.Fatalf("%v + %s ends on a day off: %v", start.Time(), p, end.Due.Time())
		}
		if rule.Rolls == calendar.RollNext && end.ByClock {
			return // a time of day is kept when the day moves, so an end at 23:00 on a Sunday falls after one at 1:00 on the Monday
		}
		if longer := c.End(rule, start, calendar.Span{Within: calendar.Period{N: p.N + 1, Unit: p.Unit}}); longer.Due < end.Due {
			t.Fatalf("%v: %s ends at %v, one more at %v", start.Time(), p, end.Due.Time(), longer.Due.Time())
		}
		if later := c.End(rule, start+calendar.Hour, calendar.Span{Within: p}); later.Due < end.Due {
			t.Fatalf("%v + %s ends at %v, begun an hour later at %v", start.Time(), p, end.Due.Time(), later.Due.Time())
		}
	})
}

func TestASumKeepsItsUnitsApartAndReadsBack(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", "20d 1mo": "1mo 20d", "1mo 1mo": "2mo", "30min 2wd 5h 1y 3d": "1y 2wd 3d 5h 30min", "0d": ""} {
		s, err := calendar.ParseSum(text)
		if err != nil || s.String() != want || s.IsZero() != (want == "") {
			t.Errorf("%q reads as %q, %v; want %q", text, s, err, want)
		}
		if back, err := calendar.ParseSum(s.String()); err != nil || back != s {
			t.Errorf("%q reads back as %q, %v", s, back, err)
		}
	}
	if s, err := calendar.ParseSum("1mo 3"); err == nil {
		t.Errorf("a number without a unit reads as %q", s)
	}
	all, some := calendar.SumOf(period(t, "1mo"), period(t, "10d"), period(t, "20d")), calendar.SumOf(period(t, "10d"), period(t, "1mo"))
	if got := all.Less(some); got != calendar.SumOf(period(t, "20d")) {
		t.Errorf("what is more is %q", got)
	}
}

func TestPeriodsAreReadAsLawsWriteThem(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"30min", "48h", "10d", "5wd", "3mo", "1y", "0h"} {
		if p := period(t, s); p.String() != s {
			t.Errorf("%q is written %q", s, p)
		}
	}
	for _, s := range []string{"", "10", "d", "-1d", "1.5h", "ten days", "2w", "1000000d", "99999999999999999999d", "1d1h"} {
		if p, err := calendar.ParsePeriod(s); err == nil {
			t.Errorf("%q reads as %s", s, p)
		}
	}
}
