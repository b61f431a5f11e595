package docket_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/docket"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
)

var ctx = context.Background()

func TestActWritesEntryStateAndDeadlineTogether(t *testing.T) {
	each(t, open, actWritesEntryStateAndDeadlineTogether)
}

func actWritesEntryStateAndDeadlineTogether(t *testing.T, h *house) {
	r := h.must(t, register("sardor"))
	if r.Number != "1726-2026-000001" || r.Seq != 1 {
		t.Errorf("receipt: number %s, seq %d", r.Number, r.Seq)
	}
	p, err := h.Proceeding(ctx, inquirer, r.Proceeding)
	if err != nil {
		t.Fatal(err)
	}
	if p.RootState != "check" || p.InCharge != "sardor" || p.Supervisor != "pr-1" || p.Version != 1 || p.Title != "A bicycle was stolen from the yard" {
		t.Errorf("proceeding: %+v", p)
	}
	mine, err := h.Mine(ctx, inquirer, proceedings.After{}, 10)
	if err != nil || len(mine) != 1 || mine[0].Term != "decide_on_report" || mine[0].Due != at(t, "2026-03-12 00:00")-1 {
		t.Errorf("the inquirer's work: %+v, %v", mine, err)
	}
	if err := h.Check(ctx, p); err != nil {
		t.Error(err)
	}
}

func TestRefusalNamesTheArticleAndChangesNothing(t *testing.T) {
	each(t, open, refusalNamesTheArticleAndChangesNothing)
}

func refusalNamesTheArticleAndChangesNothing(t *testing.T, h *house) {
	r := h.must(t, register("sardor"))
	_, err := h.Act(ctx, docket.Command{Proceeding: r.Proceeding, Act: "extend_check", Actor: inquirer, Form: map[string]string{"reason": "new_facts"}})
	f := fault.Of(err)
	if f.Kind != fault.Forbidden || f.Key != "refusal.wrong_role" || f.Article != "CPC 329" {
		t.Errorf("fault: %v", f)
	}
	var refusal *procedure.Refusal
	if !errors.As(err, &refusal) || len(refusal.Roles) != 1 || refusal.Roles[0] != "prosecutor" {
		t.Errorf("who would have been allowed: %v", err)
	}
	p, err := h.Proceeding(ctx, prosecutor, r.Proceeding)
	if err != nil || p.Version != 1 {
		t.Errorf("version %d, %v", p.Version, err)
	}
	h.must(t, docket.Command{Proceeding: r.Proceeding, Version: 1, Act: "extend_check", Actor: prosecutor, Form: map[string]string{"reason": "new_facts"}})
	mine, err := h.Mine(ctx, inquirer, proceedings.After{}, 10)
	if err != nil || len(mine) != 1 || mine[0].Due != at(t, "2026-04-02 00:00")-1 {
		t.Errorf("the deadline did not move: %+v, %v", mine, err)
	}
}

func TestStaleActConflicts(t *testing.T) { each(t, open, staleActConflicts) }

func staleActConflicts(t *testing.T, h *house) {
	r := h.must(t, register("sardor"))
	h.must(t, docket.Command{Proceeding: r.Proceeding, Version: 1, Act: "add_victim", Actor: inquirer, Form: map[string]string{"name": "A. Karimov"}})
	_, err := h.Act(ctx, docket.Command{Proceeding: r.Proceeding, Version: 1, Act: "extend_check", Actor: prosecutor, Form: map[string]string{"reason": "new_facts"}})
	if f := fault.Of(err); f.Kind != fault.Conflict {
		t.Errorf("a stale act: %v", err)
	}
}

// Of many who saw the same version, exactly one wins.
func TestOfManyWritersExactlyOneWins(t *testing.T) { each(t, open, ofManyWritersExactlyOneWins) }

func ofManyWritersExactlyOneWins(t *testing.T, h *house) {
	r := h.must(t, register("sardor"))
	const writers = 24
	errs := make([]error, writers)
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			_, errs[i] = h.Act(ctx, docket.Command{Proceeding: r.Proceeding, Version: 1, Act: "open_inquiry", Actor: inquirer, Form: map[string]string{"crime_article": "CC 169"}})
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !fault.Is(err, fault.Conflict):
			t.Errorf("a loser was told %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d won", won)
	}
	p, err := h.Proceeding(ctx, inquirer, r.Proceeding)
	if err != nil || p.Version != 2 {
		t.Fatalf("version %d, %v", p.Version, err)
	}
	if err := h.Check(ctx, p); err != nil {
		t.Error(err)
	}
}

func TestSecondSubmissionOfAFormIsDoneOnce(t *testing.T) {
	each(t, open, secondSubmissionOfAFormIsDoneOnce)
}

func secondSubmissionOfAFormIsDoneOnce(t *testing.T, h *house) {
	c := register("sardor")
	c.Submission = "form-1"
	first := h.must(t, c)
	again := h.must(t, c)
	if !again.Repeated || again.Proceeding != first.Proceeding || again.Hash != first.Hash || again.Number != first.Number {
		t.Errorf("first %+v, again %+v", first, again)
	}
	list, err := h.OfOffice(ctx, inquirer, "iib-1", proceedings.Behind{}, 10)
	if err != nil || len(list) != 1 {
		t.Errorf("%d proceedings, %v", len(list), err)
	}
	c.Actor = inquirer
	if _, err := h.Act(ctx, c); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody else's submission id: %v", err)
	}
}

// Also where both sendings come together: the second answer is the first one's, leaf and all.
func TestTwoSendingsInOneTransactionAreOneAct(t *testing.T) {
	each(t, open, twoSendingsInOneTransactionAreOneAct)
}

func twoSendingsInOneTransactionAreOneAct(t *testing.T, h *house) {
	h.must(t, register("sardor"))
	c := register("sardor")
	c.Submission = "the same form"
	both, err := h.ActAll(ctx, []docket.Command{c, c})
	if err != nil {
		t.Fatal(err)
	}
	first, again := both[0], both[1]
	if first.Leaf != 1 || !again.Repeated || again.Leaf != first.Leaf || again.Hash != first.Hash || again.Number != first.Number {
		t.Errorf("%+v, then %+v", first, again)
	}
	later := h.must(t, c)
	if !later.Repeated || later.Leaf != first.Leaf || later.Hash != first.Hash {
		t.Errorf("later %+v", later)
	}
}

func TestRefusedActDoesNotHarmItsNeighboursInTheBatch(t *testing.T) {
	each(t, open, refusedActDoesNotHarmItsNeighboursInTheBatch)
}

func refusedActDoesNotHarmItsNeighboursInTheBatch(t *testing.T, h *house) {
	const n = 200
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			c := register("sardor")
			if i%3 == 0 {
				c.Form["source"] = "rumour"
			}
			_, errs[i] = h.Act(ctx, c)
		})
	}
	wg.Wait()
	for i, err := range errs {
		if bad := i%3 == 0; bad != (err != nil) {
			t.Errorf("act %d: %v", i, err)
		}
	}
	for _, office := range []string{"iib-1", "gp"} { // of both together only that of the supervisor counts
		board, err := h.Board(ctx, general, []string{office}, h.Now(), h.Now())
		if err != nil {
			t.Fatal(err)
		}
		if got := board[0].States["uz/criminal check"]; got != n-(n+2)/3 {
			t.Errorf("board of %s counts %d", office, got)
		}
	}
}

func TestBadFormNamesEveryField(t *testing.T) { each(t, open, badFormNamesEveryField) }

func badFormNamesEveryField(t *testing.T, h *house) {
	c := register("nobody-of-that-name")
	_, err := h.Act(ctx, c)
	if f := fault.Of(err); f.Kind != fault.Invalid || f.Fields["assign_to"].Key != procedure.FieldNotChoice {
		t.Errorf("a forged officer: %v", err)
	}
	r := h.must(t, register("sardor"))
	h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "open_inquiry", Actor: inquirer, Form: map[string]string{"crime_article": "CC 169"}})
	h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "add_suspect", Actor: inquirer, Form: map[string]string{"name": "B. Tursunov"}})
	_, err = h.Act(ctx, docket.Command{Proceeding: r.Proceeding, Act: "detain", Thing: 1, Actor: inquirer,
		Form: map[string]string{"detained_at": "2027-01-01T10:00", "extra": "x"}})
	f := fault.Of(err)
	for field, key := range map[string]string{"detained_at": procedure.FieldFuture, "place": procedure.FieldMissing, "extra": procedure.FieldUnknown} {
		if f.Fields[field].Key != key {
			t.Errorf("%s: %q, want %q (%v)", field, f.Fields[field].Key, key, f)
		}
	}
	_, err = h.Act(ctx, docket.Command{Proceeding: r.Proceeding, Act: "detain", Thing: 99, Actor: inquirer, Form: map[string]string{"detained_at": "2026-03-02T10:00", "place": "Post 4"}})
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("a forged thing: %v", err)
	}
}

func TestStrangerLearnsNothing(t *testing.T) { each(t, open, strangerLearnsNothing) }

func strangerLearnsNothing(t *testing.T, h *house) {
	r := h.must(t, register("sardor"))
	_, missing := h.Proceeding(ctx, stranger, "no-such-id")
	_, hidden := h.Proceeding(ctx, stranger, r.Proceeding)
	if !fault.Is(hidden, fault.NotFound) || hidden.Error() != missing.Error() {
		t.Errorf("hidden: %v, missing: %v", hidden, missing)
	}
	_, err := h.Act(ctx, docket.Command{Proceeding: r.Proceeding, Act: "extend_check", Actor: stranger, Form: map[string]string{"reason": "new_facts"}})
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("an act on a hidden proceeding: %v", err)
	}
	if _, err := h.ByNumber(ctx, stranger, r.Number); !fault.Is(err, fault.NotFound) {
		t.Errorf("a number: %v", err)
	}
	if _, err := h.OfOffice(ctx, stranger, "iib-1", proceedings.Behind{}, 10); !fault.Is(err, fault.NotFound) {
		t.Errorf("a list: %v", err)
	}
}

// What a stranger types into an address may be no text at all.
func TestNameThatCannotBeStoredNamesNothing(t *testing.T) {
	each(t, open, nameThatCannotBeStoredNamesNothing)
}

func nameThatCannotBeStoredNamesNothing(t *testing.T, h *house) {
	for _, name := range []string{"a\x00", "\xff"} {
		if _, err := h.Proceeding(ctx, inquirer, name); !fault.Is(err, fault.NotFound) {
			t.Errorf("proceeding %q: %v", name, err)
		}
		if _, err := h.ByNumber(ctx, inquirer, name); !fault.Is(err, fault.NotFound) {
			t.Errorf("number %q: %v", name, err)
		}
		if _, err := h.Act(ctx, docket.Command{Proceeding: name, Act: "refuse", Actor: inquirer}); !fault.Is(err, fault.NotFound) {
			t.Errorf("act on %q: %v", name, err)
		}
		mine, err1 := h.Mine(ctx, inquirer, proceedings.After{Proceeding: name}, 9)
		list, err2 := h.InCharge(ctx, inquirer, proceedings.Behind{ID: name}, 9)
		copies, err3 := h.Copies(ctx, inquirer, proceedings.CopiesAfter{Proceeding: name}, 9)
		escalated, _, _, err4 := h.Escalated(ctx, prosecutor, proceedings.EscalatedAfter{After: proceedings.After{Proceeding: name}}, h.Now(), 9)
		if err := errors.Join(err1, err2, err3, err4); err != nil || len(mine)+len(list)+len(copies)+len(escalated) > 0 {
			t.Errorf("what follows %q: %v", name, err)
		}
		c := register(name)
		if _, err := h.Act(ctx, c); fault.Of(err).Fields["assign_to"].Key != fact.BadText {
			t.Errorf("assigned to %q: %v", name, err)
		}
		c = register("sardor")
		c.Submission = name
		if _, err := h.Act(ctx, c); !fault.Is(err, fault.Invalid) {
			t.Errorf("submission %q: %v", name, err)
		}
	}
}

func TestSecondInquirerMaySeeAndMayNotAct(t *testing.T) {
	each(t, open, secondInquirerMaySeeAndMayNotAct)
}

func secondInquirerMaySeeAndMayNotAct(t *testing.T, h *house) {
	r := h.must(t, register("sardor"))
	if _, err := h.Proceeding(ctx, second, r.Proceeding); err != nil {
		t.Errorf("a colleague cannot see it: %v", err)
	}
	_, err := h.Act(ctx, docket.Command{Proceeding: r.Proceeding, Act: "add_victim", Actor: second, Form: map[string]string{"name": "A"}})
	if f := fault.Of(err); f.Key != "refusal.not_in_charge" {
		t.Errorf("a colleague's act: %v", err)
	}
}

func TestHandedOverWorkFollowsTheCase(t *testing.T) { each(t, open, handedOverWorkFollowsTheCase) }

func handedOverWorkFollowsTheCase(t *testing.T, h *house) {
	r := h.must(t, register("sardor"))
	h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "assign", Actor: duty, Form: map[string]string{"assign_to": "malika"}})
	for who, want := range map[access.Actor]int{inquirer: 0, second: 1} {
		list, err := h.Mine(ctx, who, proceedings.After{}, 10)
		if err != nil || len(list) != want {
			t.Errorf("%s has %d, %v", who.Officer, len(list), err)
		}
	}
}

func TestJournalRefusesUpdateAndDelete(t *testing.T) { each(t, open, journalRefusesUpdateAndDelete) }

func journalRefusesUpdateAndDelete(t *testing.T, h *house) {
	h.must(t, register("sardor"))
	for _, text := range []string{`UPDATE entry SET officer = 'x'`, `DELETE FROM entry`, `UPDATE entry SET hash = hash WHERE seq = 1`,
		`REPLACE INTO entry SELECT leaf, proceeding, seq + 1, law, edition, act, thing, 'x', role, mandate, office, client, done, recorded, form, cargo, 'other', previous, hash, salt, effects FROM entry`,
		`REPLACE INTO entry SELECT leaf + 1, proceeding, seq, law, edition, act, thing, 'x', role, mandate, office, client, done, recorded, form, cargo, 'other', previous, hash, salt, effects FROM entry`,
		`REPLACE INTO entry SELECT leaf + 1, proceeding, seq + 1, law, edition, act, thing, 'x', role, mandate, office, client, done, recorded, form, cargo, submission, previous, hash, salt, effects FROM entry`} {
		if h.db.Dialect.Name != db.SQLite.Name && strings.HasPrefix(text, "REPLACE") {
			text = `TRUNCATE entry CASCADE` // it knows no REPLACE, and has this instead
		}
		err := h.db.Write(ctx, func(tx *dbTx) error { _, err := tx.Exec(text); return err })
		if err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestCheckFindsWhatWasChangedBehindTheJournalsBack(t *testing.T) {
	each(t, open, checkFindsWhatWasChangedBehindTheJournalsBack)
}

func checkFindsWhatWasChangedBehindTheJournalsBack(t *testing.T, h *house) {
	r := h.must(t, register("sardor"))
	h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "extend_check", Actor: prosecutor, Form: map[string]string{"reason": "new_facts"}})
	err := h.db.Write(ctx, func(tx *dbTx) error {
		_, err := tx.Exec(`UPDATE proceeding SET state = replace(state, '"check"', '"refused"')`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	p, err := h.Proceeding(ctx, prosecutor, r.Proceeding)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Check(ctx, p); err == nil {
		t.Error("a changed state was not found")
	}
}

func TestWatcherIsToldAfterTheCommit(t *testing.T) { each(t, open, watcherIsToldAfterTheCommit) }

func watcherIsToldAfterTheCommit(t *testing.T, h *house) {
	changes, stop := h.Watch()
	defer stop()
	r := h.must(t, register("sardor"))
	c := <-changes
	if c.Proceeding != r.Proceeding || strings.Join(c.Offices, " ") != "iib-1 pr-1" {
		t.Errorf("change: %+v", c)
	}
}

func TestHistoryIsNewestFirstAndPaged(t *testing.T) { each(t, open, historyIsNewestFirstAndPaged) }

func historyIsNewestFirstAndPaged(t *testing.T, h *house) {
	r := h.must(t, register("sardor"))
	for range 4 {
		h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "add_victim", Actor: inquirer, Form: map[string]string{"name": "A. Karimov"}})
	}
	p, err := h.Proceeding(ctx, inquirer, r.Proceeding)
	if err != nil {
		t.Fatal(err)
	}
	page, err := h.History(ctx, p, 4, 2)
	if err != nil || len(page) != 2 || page[0].Seq != 3 || page[1].Seq != 2 {
		t.Errorf("history: %+v, %v", page, err)
	}
}

func TestBoardCountsWhatIsLate(t *testing.T) { each(t, open, boardCountsWhatIsLate) }

func boardCountsWhatIsLate(t *testing.T, h *house) {
	h.must(t, register("sardor"))
	h.set(at(t, "2026-03-14 09:00"))
	h.must(t, register("sardor"))
	day := 24 * calendar.Hour
	for _, office := range []string{"gp", "pr-1", "iib-1"} {
		board, err := h.Board(ctx, general, []string{office}, h.Now(), h.Now()+11*day)
		if err != nil {
			t.Fatal(err)
		}
		if board[0].Overdue != 1 || board[0].Soon != 1 {
			t.Errorf("%s: %+v", office, board[0])
		}
		late, err := h.OverdueOf(ctx, general, office, h.Now(), 10)
		if err != nil || len(late) != 1 {
			t.Errorf("overdue of %s: %+v, %v", office, late, err)
		}
	}
	// The lines below an office and what is left for itself add up to its own line.
	own, err1 := h.Board(ctx, general, []string{"gp"}, h.Now(), h.Now()+11*day)
	lines, err2 := h.Board(ctx, general, []string{"pr-1", "pr-2", "gp"}, h.Now(), h.Now()+11*day)
	if sum := proceedings.Sum("gp", lines); err1 != nil || err2 != nil || !reflect.DeepEqual(sum, own[0]) || lines[0].Overdue != 1 || lines[2].Overdue != 0 {
		t.Errorf("the lines %+v add up to %+v, not to %+v; %v, %v", lines, sum, own, err1, err2)
	}
	late, err := h.Overdue(ctx, prosecutor, h.Now(), 10)
	if err != nil || len(late) != 1 {
		t.Errorf("overdue: %+v, %v", late, err)
	}
}

type dbTx = db.Tx

// A form sent again with other answers is another form: its sender must not be told "done".
func TestSubmissionWithOtherAnswersIsNotTakenForTheFirst(t *testing.T) {
	each(t, open, submissionWithOtherAnswersIsNotTakenForTheFirst)
}

func submissionWithOtherAnswersIsNotTakenForTheFirst(t *testing.T, h *house) {
	c := register("sardor")
	c.Submission = "form-1"
	r := h.must(t, c)
	other := register("sardor")
	other.Submission, other.Form["summary"] = "form-1", "A window was broken"
	if _, err := h.Act(ctx, other); fault.Of(err).Key != "conflict.other_form" {
		t.Errorf("another summary: %v", err)
	}
	_, err := h.Act(ctx, docket.Command{Proceeding: r.Proceeding, Act: "open_inquiry", Actor: duty, Submission: "form-1", Form: map[string]string{"crime_article": "CC 169"}})
	if fault.Of(err).Key != "conflict.other_form" {
		t.Errorf("another act: %v", err)
	}
	if again := h.must(t, c); !again.Repeated {
		t.Error("the same form was not recognised")
	}
}

// Whoever acts for another office now sees nothing of the one that he left.
func TestListsFollowTheMandate(t *testing.T) { each(t, open, listsFollowTheMandate) }

func listsFollowTheMandate(t *testing.T, h *house) {
	h.must(t, register("sardor"))
	moved := access.Actor{Officer: "sardor", Role: "prosecutor", Office: "pr-2", Mandate: "x"}
	mine, err1 := h.Mine(ctx, moved, proceedings.After{}, 10)
	cases, err2 := h.InCharge(ctx, moved, proceedings.Behind{}, 10)
	if err1 != nil || err2 != nil || len(mine) != 0 || len(cases) != 0 {
		t.Errorf("%d duties, %d cases; %v, %v", len(mine), len(cases), err1, err2)
	}
	if cases, err := h.InCharge(ctx, inquirer, proceedings.Behind{}, 10); err != nil || len(cases) != 1 {
		t.Errorf("his own: %d, %v", len(cases), err)
	}
}

// What is due at once heads the list of work, and nobody is called late by a number that no law gives.
func TestWhatIsDueAtOnceIsNotOverdueAMinuteLater(t *testing.T) {
	each(t, open, whatIsDueAtOnceIsNotOverdueAMinuteLater)
}

func whatIsDueAtOnceIsNotOverdueAMinuteLater(t *testing.T, h *house) {
	r := h.must(t, register("sardor"))
	do := func(act string, thing int32, form map[string]string) {
		h.must(t, docket.Command{Proceeding: r.Proceeding, Act: act, Thing: thing, Actor: inquirer, Form: form})
	}
	do("open_inquiry", 0, map[string]string{"crime_article": "CC 169"})
	do("add_suspect", 0, map[string]string{"name": "B. Tursunov"})
	do("detain", 1, map[string]string{"detained_at": "2026-03-02T14:00", "place": "Post 4"})
	h.set(h.Now() + calendar.Hour)
	board, err := h.Board(ctx, general, []string{"pr-1"}, h.Now(), h.Now()+calendar.Hour)
	if err != nil || board[0].Overdue != 0 {
		t.Errorf("overdue: %+v, %v", board, err)
	}
	mine, err := h.Mine(ctx, inquirer, proceedings.After{}, 20)
	if err != nil || len(mine) < 4 || mine[0].Breach != "at_once" {
		t.Errorf("work: %+v, %v", mine, err)
	}
	p, err := h.Proceeding(ctx, inquirer, r.Proceeding)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Check(ctx, p); err != nil {
		t.Error(err)
	}
}

// A slip in the year would number a case of 2026 among those of another century, for ever.
func TestNothingIsDoneBeforeTheFirstEdition(t *testing.T) {
	each(t, open, nothingIsDoneBeforeTheFirstEdition)
}

func nothingIsDoneBeforeTheFirstEdition(t *testing.T, h *house) {
	c := register("sardor")
	c.Done = at(t, "1999-03-02 14:00")
	if _, err := h.Act(ctx, c); fault.Of(err).Fields["done"].Key != procedure.FieldTooEarly {
		t.Errorf("%v", err)
	}
}

// A possibility that is gone is nobody's work: no list of work has it and no board counts it, but the page of its proceeding shows it.
func TestWhatLapsedLeavesTheListsOfWork(t *testing.T) { each(t, open, whatLapsedLeavesTheListsOfWork) }

func whatLapsedLeavesTheListsOfWork(t *testing.T, h *house) {
	r := h.must(t, register("sardor"))
	do := func(act string, thing int32, form map[string]string) {
		h.must(t, docket.Command{Proceeding: r.Proceeding, Act: act, Thing: thing, Actor: inquirer, Form: form})
	}
	do("open_inquiry", 0, map[string]string{"crime_article": "CC 169"})
	do("add_suspect", 0, map[string]string{"name": "B. Tursunov"})
	do("detain", 1, map[string]string{"detained_at": "2026-03-02T14:00", "place": "Post 4"})
	work := func() (lapsing, all int) {
		for _, list := range []func() ([]proceedings.Deadline, error){
			func() ([]proceedings.Deadline, error) { return h.Mine(ctx, inquirer, proceedings.After{}, 50) },
			func() ([]proceedings.Deadline, error) { return h.OfRole(ctx, inquirer, proceedings.After{}, 50) },
			func() ([]proceedings.Deadline, error) { return h.OfRole(ctx, prosecutor, proceedings.After{}, 50) },
		} {
			rows, err := list()
			if err != nil {
				t.Fatal(err)
			}
			all += len(rows)
			for _, d := range rows {
				if d.Breach == "lapse" {
					lapsing++
				}
			}
		}
		return lapsing, all
	}
	lapsing, all := work()
	if lapsing == 0 {
		t.Fatal("nothing that can lapse is in the lists")
	}
	board, err := h.Board(ctx, general, []string{"pr-1"}, h.Now(), h.Now())
	if err != nil {
		t.Fatal(err)
	}
	h.set(h.Now() + 100*24*calendar.Hour)
	if gone, left := work(); gone != 0 || left != all-lapsing {
		t.Errorf("%d that lapsed are in the lists, and %d of %d in all", gone, left, all)
	}
	p, err := h.Proceeding(ctx, inquirer, r.Proceeding)
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := h.Deadlines(ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	lapsed, late := 0, 0
	for _, d := range list {
		switch {
		case d.Breach == "lapse" && d.Status == stored.Running && d.Due < h.Now():
			lapsed++
		case d.Breach != "at_once" && d.Status == stored.Running && d.Due < h.Now():
			late++
		}
	}
	if after, err := h.Board(ctx, general, []string{"pr-1"}, h.Now(), h.Now()); err != nil || lapsed < lapsing || after[0].Overdue != late || board[0].Overdue != 0 {
		t.Errorf("%d lapsed on the page of the proceeding of %d, %d overdue on the board of %d, %v", lapsed, lapsing, after[0].Overdue, late, err)
	}
}
