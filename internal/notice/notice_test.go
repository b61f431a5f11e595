package notice_test

import (
	"slices"
	"strings"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/fault"
	"nazorat/internal/notice"
)

func TestWhoeverIsPutInChargeIsToldAndTakesNoteOfIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := h.register(t, "bricks", "sardor")
		h.tick(t)
		for who, want := range map[*access.Actor]string{&inquirer: "charge register answer", &second: "begun register desk", &prosecutor: "copy register", &dutyOfficer: "", &stranger: "", &general: ""} {
			if got := h.fresh(t, *who); got != want {
				t.Errorf("%s is told %q, want %q", who.Officer, got, want)
			}
		}
		list, _, err := h.notices.New(ctx, inquirer)
		if err != nil || len(list) != 1 || list[0].Number != r.Number || list[0].Actor != "dilshod" || list[0].Noted != 0 {
			t.Fatalf("%+v, %v", list, err)
		}
		n := list[0]
		// Somebody else's notice is none of his.
		wants(t, h.notices.Note(ctx, second, n.Proceeding, "e/99"), fault.NotFound)
		wants(t, h.notices.Note(ctx, stranger, n.Proceeding, n.Source), fault.NotFound)
		if got := h.fresh(t, inquirer); got == "" {
			t.Error("others took note of it")
		}
		for range 2 { // sent twice it is done once
			if err := h.notices.Note(ctx, inquirer, n.Proceeding, n.Source); err != nil {
				t.Fatal(err)
			}
		}
		if got := h.fresh(t, inquirer); got != "" {
			t.Errorf("still new: %q", got)
		}
		all, _, more, err := h.notices.All(ctx, inquirer, notice.After{}, 10)
		if err != nil || more || len(all) != 1 || all[0].Noted == 0 {
			t.Errorf("all: %+v, %v, %v", all, more, err)
		}
		// What was followed again, as after a restart, is not told again.
		h.next = 0
		h.tick(t)
		if got := h.fresh(t, inquirer); got != "" {
			t.Errorf("told again: %q", got)
		}
	})
}

func TestActsOfOthersInHisCaseAreTold(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := h.register(t, "bricks", "sardor")
		h.tick(t)
		h.read(t, inquirer)
		h.do(t, r, inquirer, "note", 0, map[string]string{"text": "mine"})
		h.do(t, r, prosecutor, "note", 0, map[string]string{"text": "his"})
		h.do(t, r, prosecutor, "instruct", 0, map[string]string{"text": "look again"})
		h.tick(t)
		if got := h.fresh(t, inquirer); got != "begun instruct instruction; act note" {
			t.Errorf("the inquirer is told %q", got)
		}
		// In another's hands: he is told, who had it is not.
		h.read(t, inquirer)
		h.do(t, r, prosecutor, "assign", 0, map[string]string{"assign_to": "malika"})
		h.read(t, second)
		h.tick(t)
		if got, was := h.fresh(t, second), h.fresh(t, inquirer); got != "charge assign" || was != "" {
			t.Errorf("who has it now is told %q, who had it %q", got, was)
		}
	})
}

func TestWhoeverStandsInIsToldToo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.change(t, `INSERT INTO mandate (id, officer, role, office, valid_from, valid_to, basis, manner, instead_of) VALUES ('sub', 'dilshod', 'inquirer', 'iib-1', 1, 0, 'o', 'substitution', 'sardor')`)
		r := h.register(t, "bricks", "sardor")
		h.do(t, r, prosecutor, "note", 0, map[string]string{"text": "his"})
		h.tick(t)
		for _, who := range []access.Actor{inquirer, dutyOfficer} {
			// The duty officer knows of the registration, since he did it; what he owes at his desk he owes as an inquirer.
			want := map[string]string{"sardor": "act note; charge register answer", "dilshod": "act note"}[who.Officer]
			if got := h.fresh(t, who); got != want {
				t.Errorf("%s is told %q, want %q", who.Officer, got, want)
			}
		}
		in := dutyOfficer
		in.Role, in.Mandate, in.For = "inquirer", "sub", "sardor"
		h.do(t, r, in, "note", 0, map[string]string{"text": "in his place"})
		h.read(t, inquirer)
		h.tick(t)
		if got := h.fresh(t, inquirer); got != "" {
			t.Errorf("what was done in his place: %q", got)
		}
	})
}

func TestNobodyIsToldWhatHeMayNotRead(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := h.register(t, "bricks", "sardor")
		h.tick(t)
		if got := h.fresh(t, second); got != "begun register desk" {
			t.Fatalf("the second inquirer is told %q", got)
		}
		h.do(t, r, inquirer, "shut", 0, nil)
		h.tick(t)
		if got := h.fresh(t, second); got != "" {
			t.Errorf("of a case that is closed to her: %q", got)
		}
		list, _, _, err := h.notices.All(ctx, second, notice.After{}, 10)
		if err != nil || len(list) != 0 {
			t.Errorf("among all: %+v, %v", list, err)
		}
		// The header still counts what she was told, so that it asks no policy; the inbox says how much is closed, and she takes note of that. By
		// a moment before it was made nothing happens.
		closes := func(by calendar.Moment) (listed, closed, counted int) {
			if err := h.notices.NoteClosed(ctx, second, by); err != nil {
				t.Fatal(err)
			}
			list, closed, err := h.notices.New(ctx, second)
			if err != nil {
				t.Fatal(err)
			}
			counted, err = h.notices.CountNew(ctx, second)
			if err != nil {
				t.Fatal(err)
			}
			return len(list), closed, counted
		}
		other := h.register(t, "tiles", "sardor")
		h.tick(t)
		if listed, closed, counted := closes(1); listed != 1 || closed != 1 || counted != 2 {
			t.Errorf("%d listed, %d closed, %d counted", listed, closed, counted)
		}
		if listed, closed, counted := closes(h.Now()); listed != 1 || closed != 0 || counted != 1 {
			t.Errorf("after she took note of what is closed: %d listed, %d closed, %d counted", listed, closed, counted)
		}
		h.do(t, other, inquirer, "close", 0, nil)
		h.read(t, second)
		// The warning of a term that her role owes comes to who may read the case, and is not even made for her.
		h.set(at(t, "2026-03-22 10:00"))
		h.tick(t)
		if got := h.fresh(t, inquirer); !strings.Contains(got, "warning desk") {
			t.Errorf("who is in charge is told %q", got)
		}
		var n int
		if err := h.db.QueryRow(ctx, `SELECT count(*) FROM notice WHERE officer = 'malika' AND proceeding = $1`, r.Proceeding).Scan(&n); err != nil || n != 1 {
			t.Errorf("%d notices were made for her, %v", n, err)
		}
	})
}

func TestWarningsComeAtTheirMomentsAndOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := h.register(t, "bricks", "sardor") // to be answered by the end of 12 March
		h.tick(t)
		h.read(t, inquirer)
		for _, x := range []struct{ when, want string }{
			{"2026-03-09 23:59", ""},
			{"2026-03-10 00:00", "warning answer"}, // three days before the end of the 12th
			{"2026-03-11 23:30", ""},
			{"2026-03-12 00:00", "warning answer"},
			{"2026-03-12 23:59", ""},
			{"2026-03-13 00:00", "due answer"},
			{"2026-03-13 01:00", ""},
		} {
			h.set(at(t, x.when))
			for range 2 {
				h.tick(t)
			}
			if got := h.read(t, inquirer); got != x.want {
				t.Errorf("%s: %q, want %q", x.when, got, x.want)
			}
		}
		h.set(at(t, "2026-03-13 02:00"))
		h.read(t, prosecutor)
		h.tick(t)
		if got := h.read(t, prosecutor); got != "escalated answer" {
			t.Errorf("the prosecutor: %q", got)
		}
		h.do(t, r, inquirer, "close", 0, nil)
		h.set(at(t, "2026-03-16 10:00"))
		h.tick(t)
		if got := h.fresh(t, general); got != "" {
			t.Errorf("after it was done: %q", got)
		}
	})
}

// The office slept for days: of two warnings the later one is true, and of one that has run out none is.
func TestAfterALongNightOnlyWhatIsStillTrueIsTold(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.register(t, "bricks", "sardor")
		h.tick(t)
		h.read(t, inquirer)
		h.set(at(t, "2026-03-12 12:00"))
		h.tick(t)
		list, _, err := h.notices.New(ctx, inquirer)
		if err != nil || len(list) != 1 || !strings.HasSuffix(list[0].Source, "/w1d") {
			t.Errorf("%+v, %v", list, err)
		}
		h.read(t, inquirer)
		h.register(t, "tiles", "sardor")
		h.tick(t)
		h.read(t, inquirer)
		h.set(at(t, "2026-03-30 12:00"))
		h.tick(t)
		if got := h.read(t, inquirer); strings.Contains(got, "warning") || strings.Count(got, "due") < 3 {
			t.Errorf("%q", got)
		}
	})
}

func TestATermThatMovedIsWarnedOfAtItsNewEnd(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := h.register(t, "bricks", "sardor")
		h.tick(t)
		h.read(t, inquirer)
		h.set(at(t, "2026-03-10 09:00"))
		h.tick(t)
		h.do(t, r, inquirer, "longer", 0, nil) // until the end of the 17th
		h.set(at(t, "2026-03-13 09:00"))
		h.tick(t)
		if got := h.read(t, inquirer); got != "warning answer" {
			t.Errorf("before its old end: %q", got)
		}
		h.set(at(t, "2026-03-15 09:00"))
		h.tick(t)
		list, _, err := h.notices.New(ctx, inquirer)
		if err != nil || len(list) != 1 || list[0].Due < at(t, "2026-03-17 23:59") {
			t.Errorf("%+v, %v", list, err)
		}
		h.read(t, inquirer)
		h.do(t, r, inquirer, "stop", 0, nil)
		h.set(at(t, "2026-03-18 09:00"))
		h.tick(t)
		if got := h.read(t, inquirer); got != "" {
			t.Errorf("while its clock stands still: %q", got)
		}
	})
}

func TestAReleaseGoesFromStepToStepFirstOfAllAndIsOnRecord(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := h.hold(t) // until 14:30 of the 4th
		h.register(t, "bricks", "sardor")
		h.tick(t)
		h.read(t, inquirer)
		h.read(t, prosecutor)
		for _, x := range []struct{ when, inquirer, warden, prosecutor, general string }{
			{"2026-03-04 02:30", "! warning held", "", "", ""},
			{"2026-03-04 10:30", "! warning held", "", "", ""},
			{"2026-03-04 14:30", "", "", "", ""}, // the last instant in time
			{"2026-03-04 14:31", "! due held", "! told held", "", ""},
			{"2026-03-04 15:31", "", "", "! escalated held", ""},
			{"2026-03-05 14:31", "", "", "", "! escalated held"},
			{"2026-03-06 14:31", "", "", "", ""},
		} {
			h.set(at(t, x.when))
			h.tick(t)
			for who, want := range map[*access.Actor]string{&inquirer: x.inquirer, &warden: x.warden, &prosecutor: x.prosecutor, &general: x.general, &stranger: ""} {
				if got := h.read(t, *who); got != want {
					t.Errorf("%s: %s is told %q, want %q", x.when, who.Officer, got, want)
				}
			}
		}
		list, steps, err := h.notices.Of(ctx, r.Proceeding, 3)
		if err != nil || len(list) != 6 || len(steps) != 3 {
			t.Fatalf("on record: %+v, %+v, %v", list, steps, err)
		}
		for _, x := range list {
			if x.Noted == 0 {
				t.Errorf("not noted: %+v", x)
			}
		}
		for i, want := range []int{2, 1, 1} {
			if steps[i].Receivers != want || steps[i].Step != i {
				t.Errorf("step %d: %+v", i, steps[i])
			}
		}
	})
}

func TestAReleaseIsNotPassedOverByTakingNoteOfAll(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := h.hold(t)
		h.register(t, "bricks", "sardor")
		h.set(at(t, "2026-03-04 15:00"))
		h.tick(t)
		if got := h.fresh(t, inquirer); !strings.HasPrefix(got, "! due held; ") {
			t.Fatalf("a release does not stand first: %q", got)
		}
		if err := h.notices.NoteAll(ctx, inquirer, h.Now()); err != nil {
			t.Fatal(err)
		}
		if got := h.fresh(t, inquirer); got != "! due held" {
			t.Errorf("left: %q", got)
		}
		if err := h.notices.NoteProceeding(ctx, inquirer, r.Proceeding, h.Now()); err != nil {
			t.Fatal(err)
		}
		if got := h.fresh(t, inquirer); got != "" {
			t.Errorf("left: %q", got)
		}
	})
}

// What is entered late has moments behind it that the clock has passed by.
func TestWhatIsEnteredWhenItHasRunOutIsToldAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := h.register(t, "person", "sardor")
		h.do(t, r, inquirer, "add", 0, map[string]string{"name": "A"})
		h.set(at(t, "2026-03-05 10:00"))
		h.tick(t)
		h.read(t, prosecutor)
		h.do(t, r, inquirer, "hold", 1, map[string]string{"cell": "4", "held_at": "2026-03-02T15:00"})
		h.tick(t)
		for who, want := range map[*access.Actor]string{&warden: "! told held", &prosecutor: "! escalated held", &general: ""} {
			if got := h.fresh(t, *who); got != want {
				t.Errorf("%s is told %q, want %q", who.Officer, got, want)
			}
		}
		if got := h.fresh(t, inquirer); !strings.HasPrefix(got, "! due held") || strings.Contains(got, "warning") {
			t.Errorf("who is in charge is told %q", got)
		}
	})
}

// There was nobody in the facility to be told; a day later there is.
func TestAStepOfAReleaseThatNobodyHeardOfIsToldWhenThereIsSomebody(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.change(t, `UPDATE mandate SET valid_to = 2 WHERE officer = 'nodir'`)
		r := h.hold(t)
		h.tick(t)
		h.set(at(t, "2026-03-04 16:00"))
		h.tick(t)
		h.change(t, `UPDATE mandate SET valid_to = 2 WHERE officer = 'aziz'`)
		h.set(at(t, "2026-03-05 16:00"))
		h.tick(t)
		_, steps, err := h.notices.Of(ctx, r.Proceeding, 3)
		if err != nil || len(steps) != 3 || steps[2].Receivers != 0 {
			t.Fatalf("%+v, %v", steps, err)
		}
		h.change(t, `UPDATE mandate SET valid_to = 0 WHERE officer = 'aziz'`)
		h.set(at(t, "2026-03-06 09:00"))
		h.tick(t)
		if got := h.fresh(t, general); got != "! escalated held" {
			t.Errorf("the prosecutor general is told %q", got)
		}
		if _, steps, err = h.notices.Of(ctx, r.Proceeding, 3); err != nil || steps[2].Receivers != 1 {
			t.Errorf("%+v, %v", steps, err)
		}
	})
}

func TestAnOfficeThatLooksForTheFirstTimeTellsOfReleasesAlone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.hold(t)
		h.register(t, "bricks", "sardor")
		h.change(t, `DELETE FROM notice_clock`)
		h.set(at(t, "2026-03-30 10:00"))
		if err := h.notices.Look(ctx); err != nil {
			t.Fatal(err)
		}
		if got := h.fresh(t, inquirer); got != "! due held" {
			t.Errorf("%q", got)
		}
	})
}

func TestAClockThatWasPutBackTellsNothingTwiceAndMissesNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.register(t, "bricks", "sardor")
		h.tick(t)
		h.read(t, inquirer)
		h.set(at(t, "2026-03-10 10:00"))
		h.tick(t)
		h.set(at(t, "2026-03-04 10:00")) // it had run ahead
		h.tick(t)
		h.register(t, "tiles", "sardor") // to be answered by the end of the 14th
		h.hold(t)                        // until the 6th
		h.tick(t)
		for _, when := range []string{"2026-03-05 23:00", "2026-03-06 06:00", "2026-03-10 10:00", "2026-03-11 23:00", "2026-03-12 10:00"} {
			h.set(at(t, when))
			h.tick(t)
		}
		list, _, _, err := h.notices.All(ctx, inquirer, notice.After{}, 50)
		if err != nil {
			t.Fatal(err)
		}
		var warned []string
		for _, n := range list {
			if n.Kind == notice.Warning {
				warned = append(warned, n.Title)
			}
		}
		slices.Sort(warned)
		if got := strings.Join(warned, " "); got != "bricks bricks person person person tiles" {
			t.Errorf("warned of %s", got)
		}
	})
}

func TestNoticesOfManyAreReadPageByPage(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var want []string
		for range 7 {
			want = append(want, h.register(t, "bricks", "sardor").Number)
		}
		h.tick(t)
		var got []string
		var after notice.After
		for {
			list, next, more, err := h.notices.All(ctx, inquirer, after, 3)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range list {
				got = append(got, n.Number)
			}
			if !more {
				break
			}
			after = next
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	})
}

// A machine that began with its clock at nothing is put right: decades are looked at in a moment.
func TestAClockThatStoodAtNothingIsFollowedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.register(t, "bricks", "sardor")
		h.tick(t)
		h.read(t, inquirer)
		h.set(1)
		if err := h.notices.Look(ctx); err != nil {
			t.Fatal(err)
		}
		h.set(at(t, "2026-03-12 12:00"))
		h.tick(t)
		if got := h.read(t, inquirer); got != "warning answer" {
			t.Errorf("%q", got)
		}
	})
}
