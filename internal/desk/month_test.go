package desk

import (
	"fmt"
	"slices"
	"testing"

	"nazorat/internal/explain"
	"nazorat/internal/journal"
	"nazorat/internal/lived"
	"nazorat/internal/picture"
	"nazorat/internal/stored"
)

func TestMonthsNumberTheDaysCounted(t *testing.T) {
	law := lived.Law(t, "uz/criminal")
	l := lived.New(t, law)
	lived.Vectors()[1].Live(l) // from 11 March, ten days, over Navruz to the 24th
	v := monthsOf(t, l, "decide_on_report", "2026-03-16 10:00")
	if len(v.Months) != 1 {
		t.Fatalf("%d months", len(v.Months))
	}
	var got []string
	for _, week := range v.Months[0].Weeks {
		if len(week) != 7 {
			t.Errorf("a week of %d days", len(week))
		}
		for _, d := range week {
			if d.Class != "" {
				got = append(got, fmt.Sprintf("%d %s %d", d.Day, d.Class, d.Count))
			}
			if d.Today != (d.Day == 16) {
				t.Errorf("day %d: today is %v", d.Day, d.Today)
			}
		}
	}
	// The day of receipt counts, as long as the law does not say otherwise; 20 March is a day off that Navruz moved.
	want := []string{"11 counted 1", "12 counted 2", "13 counted 3", "14 off 4", "15 off 5", "16 counted 6", "17 counted 7", "18 counted 8", "19 counted 9",
		"20 skipped 10", "21 skipped 0", "22 skipped 0", "23 skipped 0", "24 end 0"}
	if !slices.Equal(got, want) {
		t.Errorf("days %q\nwant %q", got, want)
	}
}

func TestMonthsShowWhenTheClockStoodStill(t *testing.T) {
	law := lived.Law(t, "uz/criminal")
	l := lived.New(t, law)
	l.Do("2026-02-15 11:00 duty_officer register_report", lived.Report())
	l.Do("2026-02-15 12:00 investigator open_inquiry", lived.Crime())
	l.Do("2026-02-20 12:00 investigator suspend", lived.Form{"ground": "illness"})
	l.Do("2026-02-25 12:00 investigator resume_inquiry", nil)
	v := monthsOf(t, l, "inquiry", "2026-03-01 10:00")
	stood := 0
	for _, m := range v.Months {
		for _, week := range m.Weeks {
			for _, d := range week {
				if d.Class == "stood" {
					stood++
				}
			}
		}
	}
	if stood != 5 {
		t.Errorf("%d days stood still, the law left out 5", stood)
	}
}

func TestTermsInHoursAndLongTermsHaveNoMonths(t *testing.T) {
	law := lived.Law(t, "uz/criminal")
	l := lived.New(t, law)
	lived.Vectors()[4].Live(l)
	for _, term := range []string{"detention", "custody", "custody_motion", "draw_up_detention_protocol"} {
		if v := monthsOf(t, l, term, "2026-02-01 10:00"); len(v.Months) > 0 {
			t.Errorf("%s is shown on %d months", term, len(v.Months))
		}
	}
}

func monthsOf(t *testing.T, l *lived.Proceeding, term, now string) daysCounted {
	t.Helper()
	dl := l.Deadline(term)
	d, err := stored.DecodeDeadline(l.Law, dl.Basis)
	if err != nil {
		t.Fatal(err)
	}
	var entries []*journal.Entry
	for i := range l.History {
		entries = append(entries, &l.History[i].Entry)
	}
	return termMonths(lived.Words(t, l.Law, explain.Texts, picture.Texts, Texts).In("en"), l.Law, l.Law.Explain(d), explain.StoryOf(l.Law, dl.No, entries), l.Moment(now))
}
