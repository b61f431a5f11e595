package docket_test

import (
	"fmt"
	"strings"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
)

// escalated pages through all that has come to somebody, two at a time.
func (h *house) escalated(t *testing.T, who access.Actor) (out []proceedings.Escalated) {
	t.Helper()
	var after proceedings.EscalatedAfter
	for range 50 {
		list, next, more, err := h.Escalated(ctx, who, after, h.Now(), 2)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, list...)
		if !more {
			return out
		}
		after = next
	}
	t.Fatal("the list does not end")
	return nil
}

func words(list []proceedings.Escalated) string {
	var out []string
	for _, e := range list {
		out = append(out, fmt.Sprintf("%s %s %d/%d %v %v", e.Title, e.Term, e.Step+1, e.Steps, e.Matter, e.Release))
	}
	return strings.Join(out, "; ")
}

func TestWhatIsNotDoneGoesFromStepToStep(t *testing.T) {
	each(t, court, whatIsNotDoneGoesFromStepToStep)
}

func whatIsNotDoneGoesFromStepToStep(t *testing.T, h *house) {
	r := h.opened(t, "bricks") // to be answered by the end of 12 March, a Thursday
	for _, x := range []struct {
		when                string
		prosecutor, general string
	}{
		{"2026-03-12 23:59", "", ""},
		{"2026-03-13 01:59", "", ""},
		{"2026-03-13 02:00", "bricks answer 2/3 true false", ""},
		{"2026-03-14 23:59", "bricks answer 2/3 true false", ""},
		{"2026-03-15 00:00", "bricks answer 2/3 true false", "bricks answer 3/3 true false"},
	} {
		h.set(at(t, x.when))
		if got := words(h.escalated(t, prosecutor)); got != x.prosecutor {
			t.Errorf("%s, the prosecutor: %q", x.when, got)
		}
		if got := words(h.escalated(t, general)); got != x.general {
			t.Errorf("%s, the prosecutor general: %q", x.when, got)
		}
	}
	if list := h.escalated(t, prosecutor); list[0].Since != at(t, "2026-03-13 02:00") || list[0].Number != r.Number {
		t.Errorf("%+v", list)
	}
	for _, who := range []access.Actor{stranger, duty, inquirer} {
		if got := words(h.escalated(t, who)); got != "" {
			t.Errorf("%s is told %q", who.Officer, got)
		}
	}
	// A clock that stands still escalates nothing, and what is done is done.
	h.do(t, r, inquirer, "close", 0, nil)
	if got := words(h.escalated(t, prosecutor)); got != "" {
		t.Errorf("after the act: %q", got)
	}
}

func TestReleasesStandFirstOnEveryList(t *testing.T) { each(t, court, releasesStandFirstOnEveryList) }

func releasesStandFirstOnEveryList(t *testing.T, h *house) {
	for i := range 5 {
		h.opened(t, fmt.Sprintf("c%d", i))
	}
	h.set(at(t, "2026-03-12 10:00"))
	r := h.opened(t, "person")
	h.do(t, r, inquirer, "add", 0, map[string]string{"name": "A"})
	h.do(t, r, inquirer, "hold", 1, map[string]string{"cell": "4"})
	h.set(at(t, "2026-03-14 12:00")) // five answers are a day late, the hold two hours
	want := "person held 1/2 false true; c0 answer 2/3 true false; c1 answer 2/3 true false; c2 answer 2/3 true false; c3 answer 2/3 true false; c4 answer 2/3 true false"
	if got := words(h.escalated(t, prosecutor)); got != want {
		t.Errorf("the prosecutor: %q", got)
	}
	if got := words(h.escalated(t, general)); got != "person held 2/2 true true" {
		t.Errorf("the prosecutor general: %q", got)
	}
}

func TestCopiesGoToTheOfficeThatSupervises(t *testing.T) {
	each(t, court, copiesGoToTheOfficeThatSupervises)
}

func copiesGoToTheOfficeThatSupervises(t *testing.T, h *house) {
	first := h.opened(t, "bricks")
	h.set(at(t, "2026-03-03 09:00"))
	second := h.opened(t, "tiles")
	h.do(t, second, inquirer, "add", 0, map[string]string{"name": "A"})
	h.set(at(t, "2026-03-04 09:00"))
	h.do(t, second, inquirer, "hold", 1, map[string]string{"cell": "4"})

	var got []string
	var after proceedings.CopiesAfter
	for {
		page, err := h.Copies(ctx, prosecutor, after, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range page {
			got = append(got, fmt.Sprintf("%s %s %v %v", c.Title, c.Act, c.New, c.Readable))
		}
		if len(page) < 2 {
			break
		}
		after = proceedings.CopiesAfter{At: page[1].At, Proceeding: page[1].Proceeding, Seq: page[1].Seq}
	}
	if want := "tiles hold true true; tiles register true true; bricks register true true"; strings.Join(got, "; ") != want {
		t.Errorf("copies: %v", got)
	}
	for _, who := range []access.Actor{stranger, general, inquirer} {
		if list, err := h.Copies(ctx, who, proceedings.CopiesAfter{}, 10); err != nil || len(list) != 0 {
			t.Errorf("%s received %+v, %v", who.Officer, list, err)
		}
	}
	if n, err := h.NewCopies(ctx, prosecutor, 99); err != nil || n != 3 {
		t.Errorf("%d new, %v", n, err)
	}
	if n, err := h.NewCopies(ctx, prosecutor, 2); err != nil || n != 2 {
		t.Errorf("%d new of at most 2, %v", n, err)
	}
	for _, by := range []calendar.Moment{at(t, "2026-03-03 12:00"), at(t, "2026-03-01 12:00")} { // the second is older, and takes nothing back
		if err := h.NoteCopies(ctx, prosecutor, by); err != nil {
			t.Fatal(err)
		}
		if n, err := h.NewCopies(ctx, prosecutor, 99); err != nil || n != 1 {
			t.Errorf("%d new, %v", n, err)
		}
	}
	list, err := h.Copies(ctx, prosecutor, proceedings.CopiesAfter{}, 10)
	if err != nil || len(list) != 3 || !list[0].New || list[1].New || list[2].Proceeding != first.Proceeding {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestATimeOfWaitingIsNobodysDuty(t *testing.T) { each(t, court, aTimeOfWaitingIsNobodysDuty) }

func aTimeOfWaitingIsNobodysDuty(t *testing.T, h *house) {
	r := h.opened(t, "bricks")
	if n := h.count(t, `SELECT count(*) FROM deadline WHERE term = 'wait'`); n != 0 {
		t.Errorf("%d rows", n)
	}
	p := h.read(t, r.Proceeding)
	list, _, err := h.Deadlines(ctx, p)
	if err != nil || list[0].Term != "wait" || list[0].Status != stored.Waiting {
		t.Fatalf("deadlines: %+v, %v", list, err)
	}
	one, err := h.Deadline(ctx, p, list[0].No)
	if err != nil || one.Term != "wait" || one.Due != at(t, "2026-03-08 00:00")-1 {
		t.Errorf("%+v, %v", one, err)
	}
	h.set(at(t, "2026-03-09 09:00"))
	h.do(t, r, inquirer, "ask_again", 0, nil)
	list, _, err = h.Deadlines(ctx, h.read(t, r.Proceeding))
	if err != nil || list[0].Term != "wait" || list[0].No != 4 || len(list) != 3 {
		t.Errorf("it begins again: %+v, %v", list, err)
	}
}
