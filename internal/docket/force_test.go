package docket_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"nazorat/internal/directory"
	"nazorat/internal/docket"
	lease "nazorat/internal/duty"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/look"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
)

// opened before July 2026, paused, with a stopped, a running and an old duty: what the new edition finds.
func acrossEditions(t *testing.T, h *house) *docket.Receipt {
	t.Helper()
	h.set(at(t, "2026-06-26 10:00"))
	r := h.opened(t, "bricks")
	h.do(t, r, inquirer, "pause", 0, nil)
	h.read(t, r.Proceeding)
	return r
}

// followed checks that the case is as the transition rule of July 2026 says.
func followed(t *testing.T, h *house, id string) *proceedings.Proceeding {
	t.Helper()
	p := h.read(t, id)
	if p.RootState != "open" || p.Edition != "2026-07-01" {
		t.Errorf("stage %s, edition %s", p.RootState, p.Edition)
	}
	list, _, err := h.Deadlines(ctx, p)
	if err != nil || len(list) != 3 {
		t.Fatalf("deadlines: %+v, %v", list, err)
	}
	if d := list[1]; d.Term != "old_duty" || d.Status != stored.Ended {
		t.Errorf("the duty that is no more: %+v", d)
	}
	if d := list[2]; d.Term != "answer" || d.Due != at(t, "2026-07-17 00:00")-1 || d.Status != stored.Running || d.Role != "inquirer" || d.Officer != "" || d.Basis.Edition != "2026-07-01" {
		t.Errorf("counted anew: %+v", d)
	}
	board, err := h.Board(ctx, general, []string{"iib-1"}, h.Now(), h.Now())
	if err != nil || board[0].States["xx/court open"] != 1 || board[0].States["xx/court paused"] != 0 {
		t.Errorf("board: %+v, %v", board, err)
	}
	return p
}

func (h *house) force(t *testing.T) docket.Took {
	t.Helper()
	took, err := h.ComeIntoForce(ctx, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	return took
}

func TestAnEditionTakesHoldOfWhatIsOpen(t *testing.T) { each(t, court, anEditionTakesHoldOfWhatIsOpen) }

func anEditionTakesHoldOfWhatIsOpen(t *testing.T, h *house) {
	r := acrossEditions(t, h)
	if took := h.force(t); took != (docket.Took{}) {
		t.Errorf("before its day: %+v", took)
	}
	h.set(at(t, "2026-07-01 03:00"))
	changes, stop := h.Watch()
	defer stop()
	if took := h.force(t); took != (docket.Took{Entries: 1}) {
		t.Errorf("on its day: %+v", took)
	}
	if c := <-changes; c.Proceeding != r.Proceeding {
		t.Errorf("told of %+v", c)
	}
	p := followed(t, h, r.Proceeding)
	list, err := h.History(ctx, p, 4, 1)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	e := list[0]
	if e.Act != procedure.ComesIntoForce || e.Officer != "" || e.Role != "" || e.Edition != "2026-07-01" || e.Done != at(t, "2026-07-01 00:00") || e.Recorded != at(t, "2026-07-01 03:00") {
		t.Errorf("entry: %+v", e)
	}
	if took := h.force(t); took != (docket.Took{}) {
		t.Errorf("a second time: %+v", took)
	}
}

func TestAnActLetsTheEditionTakeHoldByItself(t *testing.T) {
	each(t, court, anActLetsTheEditionTakeHoldByItself)
}

func anActLetsTheEditionTakeHoldByItself(t *testing.T, h *house) {
	r := acrossEditions(t, h)
	h.set(at(t, "2026-07-02 09:00"))
	done := h.do(t, r, inquirer, "note", 0, map[string]string{"text": "x"})
	if done.Seq != 3 || done.Effects[0].Effect != "moved" {
		t.Errorf("its effects: %+v", done.Effects)
	}
	p := followed(t, h, r.Proceeding)
	if took := h.force(t); took != (docket.Took{}) || p.Version != 3 {
		t.Errorf("there was nothing left to do: %+v, version %d", took, p.Version)
	}
}

func TestARefusedActLeavesTheEditionToTakeHoldLater(t *testing.T) {
	each(t, court, aRefusedActLeavesTheEditionToTakeHoldLater)
}

func aRefusedActLeavesTheEditionToTakeHoldLater(t *testing.T, h *house) {
	r := acrossEditions(t, h)
	h.set(at(t, "2026-07-02 09:00"))
	if _, err := h.Act(ctx, docket.Command{Proceeding: r.Proceeding, Act: "note", Actor: second, Form: nil}); err == nil {
		t.Fatal("it was not refused")
	}
	if p := h.read(t, r.Proceeding); p.Version != 2 || p.RootState != "paused" {
		t.Errorf("version %d, %s", p.Version, p.RootState)
	}
	h.force(t)
	followed(t, h, r.Proceeding)
}

// What an edition leaves as it is gets no entry, and is not looked at again.
func TestWhereNothingChangesThereIsNoEntry(t *testing.T) {
	each(t, court, whereNothingChangesThereIsNoEntry)
}

func whereNothingChangesThereIsNoEntry(t *testing.T, h *house) {
	w := h.must(t, docket.Command{Law: "xx/watch", Act: "open_watch", Actor: inquirer, Form: map[string]string{"about": "a law of one edition"}})
	r := h.opened(t, "bricks")
	h.do(t, r, inquirer, "close", 0, nil)
	h.set(at(t, "2026-07-01 03:00"))
	if took := h.force(t); took != (docket.Took{Plain: 1}) {
		t.Errorf("%+v", took)
	}
	if p := h.read(t, r.Proceeding); p.Version != 2 || p.Edition != "2026-07-01" {
		t.Errorf("version %d, edition %s", p.Version, p.Edition)
	}
	if p := h.read(t, w.Proceeding); p.Edition != "2025-01-01" {
		t.Errorf("edition %s", p.Edition)
	}
	if took := h.force(t); took != (docket.Took{}) {
		t.Errorf("again: %+v", took)
	}
}

// An act of June that is written down in July is decided under June's edition.
// The new one has taken hold already; what the late entry starts is not lost.
func TestAnActOfTheOldTimeWrittenDownLater(t *testing.T) {
	each(t, court, anActOfTheOldTimeWrittenDownLater)
}

func anActOfTheOldTimeWrittenDownLater(t *testing.T, h *house) {
	r := acrossEditions(t, h)
	h.set(at(t, "2026-07-02 09:00"))
	h.force(t)
	h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "note", Actor: inquirer, Form: map[string]string{"text": "x"}, Done: at(t, "2026-06-29 10:00")})
	if p := h.read(t, r.Proceeding); p.Version != 4 || p.Edition != "2026-07-01" {
		t.Errorf("version %d, edition %s", p.Version, p.Edition)
	}
	opened := h.must(t, docket.Command{Law: "xx/court", Act: "register", Actor: duty, Form: map[string]string{"about": "late", "assign_to": "sardor"}, Done: at(t, "2026-06-29 10:00")})
	if p := h.read(t, opened.Proceeding); p.Edition != "2025-01-01" {
		t.Errorf("opened under %s", p.Edition)
	}
	if took := h.force(t); took != (docket.Took{Entries: 1}) {
		t.Errorf("%+v", took)
	}
	h.read(t, opened.Proceeding)
}

// Beside live acts, over more proceedings than one transaction takes: each is taken once, and every check passes.
func TestAnEditionTakesHoldBesideLiveActs(t *testing.T) {
	each(t, court, anEditionTakesHoldBesideLiveActs)
}

func anEditionTakesHoldBesideLiveActs(t *testing.T, h *house) {
	h.set(at(t, "2026-06-26 10:00"))
	const n = 230
	var ids []string
	for range n {
		ids = append(ids, h.opened(t, "bricks").Proceeding)
	}
	h.set(at(t, "2026-07-01 00:00"))
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if _, err := h.ComeIntoForce(ctx, h.Now()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Go(func() {
		for i := 0; i < n; i += 5 {
			if _, err := h.Act(ctx, docket.Command{Proceeding: ids[i], Act: "note", Actor: inquirer, Form: map[string]string{"text": "x"}}); err != nil {
				t.Error(err)
			}
		}
	})
	wg.Wait()
	for i, id := range ids {
		p, err := h.Proceeding(ctx, prosecutor, id)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Check(ctx, p); err != nil || p.Edition != "2026-07-01" {
			t.Errorf("%d: %s, %v", i, p.Edition, err)
		}
	}
}

// One that cannot follow is named, and the others follow.
func TestOneThatCannotFollowDoesNotHoldUpTheOthers(t *testing.T) {
	each(t, court, oneThatCannotFollowDoesNotHoldUpTheOthers)
}

func oneThatCannotFollowDoesNotHoldUpTheOthers(t *testing.T, h *house) {
	h.set(at(t, "2026-06-26 10:00"))
	broken, whole := h.opened(t, "bricks"), h.opened(t, "tiles")
	if err := h.db.Write(ctx, func(tx *dbTx) error {
		_, err := tx.Exec(`UPDATE proceeding SET state = '{"things":[{"kind":"ghost"}]}' WHERE id = $1`, broken.Proceeding)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	h.Forget()
	h.set(at(t, "2026-07-01 00:00"))
	took, err := h.ComeIntoForce(ctx, h.Now())
	if took.Entries != 1 || err == nil || !strings.Contains(err.Error(), broken.Proceeding) {
		t.Errorf("%+v, %v", took, err)
	}
	if p := h.read(t, whole.Proceeding); p.Edition != "2026-07-01" {
		t.Errorf("edition %s", p.Edition)
	}
}

func TestComingIntoForceStopsWhenItIsTold(t *testing.T) {
	each(t, court, comingIntoForceStopsWhenItIsTold)
}

func comingIntoForceStopsWhenItIsTold(t *testing.T, h *house) {
	r := acrossEditions(t, h)
	h.set(at(t, "2026-07-01 00:00"))
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := h.ComeIntoForce(stopped, h.Now()); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if p := h.read(t, r.Proceeding); p.Version != 2 {
		t.Errorf("version %d", p.Version)
	}
}

// Nothing moves without an entry: a row that says that an edition took hold, with nothing to show for it, is found.
func TestCheckFindsAnEditionThatTookHoldWithoutAnEntry(t *testing.T) {
	each(t, court, checkFindsAnEditionThatTookHoldWithoutAnEntry)
}

func checkFindsAnEditionThatTookHoldWithoutAnEntry(t *testing.T, h *house) {
	r := acrossEditions(t, h)
	for _, text := range []string{`UPDATE proceeding SET edition = '2026-07-01'`, `UPDATE proceeding SET edition = ''`} {
		if err := h.db.Write(ctx, func(tx *dbTx) error { _, err := tx.Exec(text); return err }); err != nil {
			t.Fatal(err)
		}
		p, err := h.Proceeding(ctx, prosecutor, r.Proceeding)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Check(ctx, p); !errors.Is(err, journal.ErrBroken) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// What cannot be written for one proceeding is found out one by one, and the others follow.
func TestOneThatCannotBeWrittenDoesNotHoldUpTheOthers(t *testing.T) {
	each(t, court, oneThatCannotBeWrittenDoesNotHoldUpTheOthers)
}

func oneThatCannotBeWrittenDoesNotHoldUpTheOthers(t *testing.T, h *house) {
	h.set(at(t, "2026-06-26 10:00"))
	var list []*docket.Receipt
	for range 5 {
		list = append(list, h.opened(t, "bricks"))
	}
	h.do(t, list[2], inquirer, "note", 0, map[string]string{"text": "x"})
	if err := h.db.Write(ctx, func(tx *dbTx) error { // its next entry has a number that is taken
		_, err := tx.Exec(`UPDATE proceeding SET version = 1 WHERE id = $1`, list[2].Proceeding)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	h.Forget()
	h.set(at(t, "2026-07-01 00:00"))
	took, err := h.ComeIntoForce(ctx, h.Now())
	if took.Entries != 4 || err == nil || !strings.Contains(err.Error(), list[2].Proceeding) {
		t.Errorf("%+v, %v", took, err)
	}
	for i, r := range list {
		if i != 2 {
			if p := h.read(t, r.Proceeding); p.Edition != "2026-07-01" {
				t.Errorf("%d: edition %s", i, p.Edition)
			}
		}
	}
}

// The name that an entry of nobody's will have can be guessed. Whoever sends a
// form under it would keep the edition from taking hold.
func TestNobodyTakesTheNameOfAnEntryOfOurs(t *testing.T) {
	each(t, court, nobodyTakesTheNameOfAnEntryOfOurs)
}

func nobodyTakesTheNameOfAnEntryOfOurs(t *testing.T, h *house) {
	r := acrossEditions(t, h)
	for _, name := range []string{procedure.ComesIntoForce + "/" + r.Proceeding + "/2026-07-01", "link-0123456789abcdef0123456789abcdef01234567"} {
		_, err := h.Act(ctx, docket.Command{Proceeding: r.Proceeding, Act: "note", Actor: inquirer, Form: map[string]string{"text": "x"}, Submission: name})
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	h.set(at(t, "2026-07-01 03:00"))
	if took := h.force(t); took != (docket.Took{Entries: 1}) {
		t.Errorf("%+v", took)
	}
	followed(t, h, r.Proceeding)
}

// A process that stood still while its duty passed on lets no edition take hold under it.
func TestWhoHasLostTheDutyLetsNothingTakeHold(t *testing.T) {
	each(t, court, whoHasLostTheDutyLetsNothingTakeHold)
}

func whoHasLostTheDutyLetsNothingTakeHold(t *testing.T, h *house) {
	if err := h.db.Migrate(ctx, slices.Concat(directory.Migrations, docket.Migrations, look.Migrations, lease.Migrations)); err != nil {
		t.Fatal(err)
	}
	r := acrossEditions(t, h)
	h.set(at(t, "2026-07-01 03:00"))
	work := func(ctx context.Context) error {
		if err := h.db.Write(ctx, func(tx *dbTx) error { _, err := tx.Exec(`UPDATE duty SET holder = 'another'`); return err }); err != nil {
			t.Error(err)
		}
		if took, err := h.ComeIntoForce(ctx, h.Now()); !errors.Is(err, lease.ErrLost) || took != (docket.Took{}) {
			t.Errorf("%+v, %v", took, err)
		}
		return nil
	}
	lease.New(h.db, "a").Keep(ctx, slog.New(slog.DiscardHandler), "in_force", work)
	if p := h.read(t, r.Proceeding); p.Version != 2 {
		t.Errorf("version %d", p.Version)
	}
	if took := h.force(t); took != (docket.Took{Entries: 1}) { // of nobody's duty, as a command or a test does it
		t.Errorf("%+v", took)
	}
}
