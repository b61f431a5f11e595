package proceedings_test

import (
	"strings"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/proceedings"
)

// Whoever watches the clock asks for many stretches of time in one question: each is one range of the index of running deadlines.
func TestWhatEndsWithinSomeRangesIsFoundByTheIndexOfEnds(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		d, dir := bare(t, location)
		k := proceedings.Open(d, dir, nil, proceedings.Options{Now: noon})
		var ranges []proceedings.Range
		for i := range calendar.Moment(30) {
			ranges = append(ranges, proceedings.Range{From: noon() + i*calendar.Hour, To: noon() + i*calendar.Hour + 5*calendar.Second, Release: i == 0})
		}
		q := proceedings.EndingQuery(ranges)
		all := plan(t, d, q.Text, q.Args...)
		want := "INDEX deadline_due (due>? AND due<?)"
		if d.Dialect.Name == db.Postgres.Name {
			want = "deadline_due"
		}
		// Releases have an index of their own.
		if n := strings.Count(all, want) + strings.Count(all, strings.Replace(want, "deadline_due", "deadline_held", 1)); n != len(ranges) || strings.Contains(all, "Seq Scan") {
			t.Errorf("%d of %d ranges by the index:\n%s", n, len(ranges), all)
		}
		if list, err := k.Ending(t.Context(), ranges, 10); err != nil || len(list) != 0 {
			t.Errorf("%v, %v", list, err)
		}
	})
}
