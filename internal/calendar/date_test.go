package calendar_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"nazorat/internal/calendar"
)

func drawDate(t *rapid.T) (calendar.Date, time.Time) {
	d := calendar.Date(rapid.IntRange(-600_000, 2_900_000).Draw(t, "day")) // the years 327 to 9909
	return d, time.Unix(int64(d)*86400, 0).UTC()
}

func TestCivilDatesAgreeWithPackageTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, tm := drawDate(t)
		y, m, day := d.Civil()
		if ty, tmo, td := tm.Date(); y != ty || m != int(tmo) || day != td {
			t.Fatalf("%d: %d-%d-%d, package time says %v", d, y, m, day, tm)
		}
		if d.Weekday() != tm.Weekday() {
			t.Fatalf("%s: %v, package time says %v", d, d.Weekday(), tm.Weekday())
		}
		if got, want := d.String(), tm.Format("2006-01-02"); got != want {
			t.Fatalf("%s, package time says %s", got, want)
		}
		if back, err := calendar.ParseDate(d.String()); err != nil || back != d || calendar.DateOf(y, m, day) != d {
			t.Fatalf("%s reads back as %s, %v", d, back, err)
		}
	})
}

func TestMonthsAreAddedToTheSameDayOrTheLastOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, tm := drawDate(t)
		n := rapid.IntRange(-2000, 2000).Draw(t, "months")
		first := time.Date(tm.Year(), tm.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		last := first.AddDate(0, 1, -1)
		want := first.AddDate(0, 0, min(tm.Day(), last.Day())-1)
		if got := d.AddMonths(n); got.String() != want.Format("2006-01-02") {
			t.Fatalf("%s and %d months: %s, want %s", d, n, got, want.Format("2006-01-02"))
		}
	})
}

func TestMonthsEndWhereTheLawSaysTheyDo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2026-01-31", 1, "2026-02-28"}, {"2024-01-31", 1, "2024-02-29"}, {"2024-01-30", 1, "2024-02-29"}, {"2026-01-31", 3, "2026-04-30"},
		{"2024-02-29", 12, "2025-02-28"}, {"2024-02-29", 48, "2028-02-29"}, {"2096-02-29", 48, "2100-02-28"}, {"2026-12-31", 2, "2027-02-28"},
		{"2026-03-31", -1, "2026-02-28"}, {"2026-01-15", -1, "2025-12-15"}, {"2026-05-31", 0, "2026-05-31"},
	} {
		d, err := calendar.ParseDate(c.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.AddMonths(c.months).String(); got != c.want {
			t.Errorf("%s and %d months: %s, want %s", c.from, c.months, got, c.want)
		}
	}
}

func TestWhatIsNoDateIsRefused(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "2026-02-29", "2026-13-01", "2026-00-10", "26-01-01", "2026-1-1", "2026/01/01", "2026-01-01 ", "2026-01-01T00:00"} {
		if d, err := calendar.ParseDate(s); err == nil {
			t.Errorf("%q reads as %s", s, d)
		}
	}
}
