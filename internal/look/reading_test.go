package look_test

import (
	"path/filepath"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/journal"
	"nazorat/internal/look"
)

// How long somebody read is a sum over the sheets that he opened while the file was open: a pause counts as far as the rules have it, what he opened
// elsewhere, before or after counts nothing, and whoever is no party is not measured.
func TestReadingIsMeasuredFromSheetToSheet(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		readingOf(t, begun(t, create(t, location), filepath.Join(t.TempDir(), "looks")))
	})
}

func readingOf(t *testing.T, k *look.Keeper) {
	t.Helper()
	minute := int64(calendar.Minute)
	sheet := func(officer, role, proceeding, about string, at int64) journal.Look {
		l := view(officer, proceeding, at*minute)
		l.Role, l.About = role, about
		return l
	}
	pause := int64(k.Rules().Pause) / minute
	for _, l := range []journal.Look{
		sheet("bek", "counsel", "p", "1", 5),          // before it was opened
		sheet("bek", "counsel", "p", "1", 10),         //
		sheet("bek", "counsel", "p", "2", 13),         // 3
		sheet("bek", "counsel", "p", "2", 14),         // 1, the same sheet
		sheet("bek", "counsel", "p", "3", 14+3*pause), // he was away: the pause
		sheet("bek", "counsel", "p", "", 15+3*pause),  // no sheet
		sheet("bek", "counsel", "q", "9", 15+3*pause), // another case
		sheet("bek", "counsel", "p", "4", 1000),       // a second time of reading: nothing between the two counts
		sheet("bek", "counsel", "p", "5", 1002),       // 2
		sheet("bek", "counsel", "p", "6", 1100),       // it is over
		sheet("dilya", "inquirer", "p", "1", 11),      // no party
		sheet("anna", "counsel", "p", "7", 20),        // one sheet: no time
	} {
		if err := k.Add(l); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	at := func(m int64) calendar.Moment { return calendar.Moment(m * minute) }
	got, err := k.Reading(ctx, "p", []string{"counsel", "civil_party"}, []look.Span{{From: at(10), To: at(500)}, {From: at(1000), To: at(1100)}})
	if err != nil {
		t.Fatal(err)
	}
	want := []look.Read{{Officer: "anna", Role: "counsel", Sheets: 1, First: at(20), Last: at(20)},
		{Officer: "bek", Role: "counsel", Time: at(3 + 1 + pause + 2), Sheets: 5, First: at(10), Last: at(1002)}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got, err := k.Reading(ctx, "p", nil, []look.Span{{From: 0, To: at(2000)}}); err != nil || got != nil {
		t.Errorf("no role: %v, %v", got, err)
	}
}
