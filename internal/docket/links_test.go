package docket_test

import (
	"errors"
	"strings"
	"testing"

	"nazorat/internal/db/dbtest"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
)

func TestAnActOpensAProceedingOfAnotherLawAlongWithItself(t *testing.T) {
	each(t, court, anActOpensAProceedingOfAnotherLawAlongWithItself)
}

func anActOpensAProceedingOfAnotherLawAlongWithItself(t *testing.T, h *house) {
	r := h.opened(t, "bricks")
	asked := h.do(t, r, inquirer, "ask", 0, map[string]string{"about": "Damp bricks"})
	if len(asked.Linked) != 1 || asked.Linked[0].Law != "xx/watch" || asked.Linked[0].Act != "open_watch" || asked.Linked[0].Number != "W1726-2026-1" {
		t.Fatalf("linked: %+v", asked.Linked)
	}
	w := h.read(t, asked.Linked[0].Proceeding)
	if w.Office != "iib-1" || w.Title != "Damp bricks" || w.Law.Name != "xx/watch" {
		t.Errorf("opened: %+v", w)
	}
	entries, err := h.History(ctx, w, 2, 1)
	if err != nil || len(entries) != 1 || entries[0].Officer != "sardor" || entries[0].Role != "inquirer" || entries[0].Mandate != "sardor-1" || entries[0].Done != asked.Recorded {
		t.Errorf("its entry: %+v, %v", entries, err)
	}
	p := h.read(t, r.Proceeding)
	for _, x := range []struct {
		p     *proceedings.Proceeding
		out   bool
		other string
		act   string
	}{{p, true, w.Number, "open_watch"}, {w, false, p.Number, "ask"}} {
		links, err := h.Links(ctx, inquirer, x.p, 10)
		if err != nil || len(links) != 1 || links[0].Out != x.out || links[0].Number != x.other || links[0].Act != x.act {
			t.Errorf("links of %s: %+v, %v", x.p.Number, links, err)
		}
	}
}

func TestAnActIsDoneOnTheProceedingOfTheNumberGiven(t *testing.T) {
	each(t, court, anActIsDoneOnTheProceedingOfTheNumberGiven)
}

func anActIsDoneOnTheProceedingOfTheNumberGiven(t *testing.T, h *house) {
	r := h.opened(t, "bricks")
	w := h.do(t, r, inquirer, "ask", 0, map[string]string{"about": "Damp bricks"}).Linked[0]
	h.set(at(t, "2026-03-10 10:00"))
	again := h.do(t, r, inquirer, "ask", 0, map[string]string{"watch": w.Number})
	if len(again.Linked) != 1 || again.Linked[0].Proceeding != w.Proceeding || again.Linked[0].Seq != 2 {
		t.Fatalf("linked: %+v", again.Linked)
	}
	p := h.read(t, w.Proceeding)
	if due := p.State.Deadlines[0].Due; due != at(t, "2026-04-11 00:00")-1 {
		t.Errorf("the monthly look begins again: %v", due)
	}
	entries, err := h.History(ctx, p, 3, 1)
	if err != nil || entries[0].Form["seen"][1] != "by bricks" {
		t.Errorf("entry: %+v, %v", entries, err)
	}
}

// Whatever is refused elsewhere refuses the whole, and the officer is told where and why.
func TestWhatIsRefusedElsewhereIsNotDoneHere(t *testing.T) {
	each(t, court, whatIsRefusedElsewhereIsNotDoneHere)
}

func whatIsRefusedElsewhereIsNotDoneHere(t *testing.T, h *house) {
	r := h.opened(t, "bricks")
	w := h.do(t, r, inquirer, "ask", 0, map[string]string{"about": "Damp bricks"}).Linked[0]
	h.must(t, docket.Command{Proceeding: w.Proceeding, Act: "close", Actor: inquirer})
	_, err := h.Act(ctx, docket.Command{Proceeding: r.Proceeding, Act: "ask", Actor: inquirer, Form: map[string]string{"watch": w.Number}})
	var refusal *procedure.Refusal
	var failed *docket.LinkFailed
	f := fault.Of(err)
	if f.Kind != fault.Forbidden || f.Key != "refusal.link" || f.Article != "Watch 2" || !errors.As(err, &refusal) || refusal.Reason != procedure.LinkFails ||
		!errors.As(err, &failed) || failed.Number != w.Number || failed.Act != "look" || failed.Fault.Key != "refusal.wrong_state" {
		t.Errorf("closed there: %v", err)
	}
	_, err = h.Act(ctx, docket.Command{Proceeding: r.Proceeding, Act: "ask", Actor: inquirer, Form: map[string]string{"about": strings.Repeat("x", 41)}})
	if !errors.As(err, &failed) || failed.Number != "" || failed.Fault.Fields["about"].Key != procedure.FieldTooLong {
		t.Errorf("a form that does not fit there: %v", err)
	}
	// The second of two is refused: the first must not stay.
	_, err = h.Act(ctx, docket.Command{Proceeding: r.Proceeding, Act: "ask_prosecutor", Actor: inquirer, Form: map[string]string{"about": "x"}})
	if fault.Of(err).Key != "refusal.wrong_role" {
		t.Errorf("the wrong role: %v", err)
	}
	for what, number := range map[string]string{"none": "W1726-2026-99", "of another law": r.Number} {
		_, err = h.Act(ctx, docket.Command{Proceeding: r.Proceeding, Act: "ask", Actor: inquirer, Form: map[string]string{"watch": number}})
		if f := fault.Of(err); f.Kind != fault.NotFound || f.Fields["watch"].Key != docket.NoProceeding {
			t.Errorf("a number that is %s: %v", what, err)
		}
	}
	if p := h.read(t, r.Proceeding); p.Version != 2 {
		t.Errorf("version %d", p.Version)
	}
	if p := h.read(t, w.Proceeding); p.Version != 2 {
		t.Errorf("version there %d", p.Version)
	}
	if n := h.count(t, `SELECT count(*) FROM proceeding`); n != 2 {
		t.Errorf("%d proceedings", n)
	}
}

func TestALinkLeadsNowhereThatTheOfficerMayNotSee(t *testing.T) {
	each(t, court, aLinkLeadsNowhereThatTheOfficerMayNotSee)
}

func aLinkLeadsNowhereThatTheOfficerMayNotSee(t *testing.T, h *house) {
	r := h.opened(t, "bricks")
	far := h.must(t, docket.Command{Law: "xx/watch", Act: "open_watch", Actor: stranger, Form: map[string]string{"about": "far away"}})
	_, err := h.Act(ctx, docket.Command{Proceeding: r.Proceeding, Act: "ask", Actor: inquirer, Form: map[string]string{"watch": far.Number}})
	if f := fault.Of(err); f.Kind != fault.NotFound || f.Fields["watch"].Key != docket.NoProceeding {
		t.Errorf("%v", err)
	}
	// What the prosecutor opened along with an act here stands at his office, and the inquirer is told of the act alone.
	h.do(t, r, prosecutor, "ask_prosecutor", 0, map[string]string{"about": "why"})
	p := h.read(t, r.Proceeding)
	links, err := h.Links(ctx, inquirer, p, 10)
	if err != nil || len(links) != 2 {
		t.Fatalf("links: %+v, %v", links, err)
	}
	for _, l := range links {
		if l.Number != "" || l.Proceeding != "" || l.Act != "open_watch" {
			t.Errorf("the inquirer sees %+v", l)
		}
	}
	if links, err := h.Links(ctx, prosecutor, p, 10); err != nil || len(links) != 2 || links[0].Number == "" || links[0].Number == links[1].Number {
		t.Errorf("the prosecutor sees %+v, %v", links, err)
	}
}

func TestThingsGoAlongWithTheirClocks(t *testing.T) { each(t, court, thingsGoAlongWithTheirClocks) }

func thingsGoAlongWithTheirClocks(t *testing.T, h *house) {
	main, other := h.opened(t, "bricks"), h.opened(t, "tiles")
	h.do(t, other, inquirer, "add", 0, map[string]string{"name": "A. <Karimov> & sons"})
	h.do(t, other, inquirer, "hold", 1, map[string]string{"cell": "4"})
	h.set(at(t, "2026-03-03 09:00"))
	r := h.do(t, other, inquirer, "join", 0, map[string]string{"main": main.Number})
	if len(r.Linked) != 1 || r.Linked[0].Number != main.Number || r.Linked[0].Act != "take_in" {
		t.Fatalf("linked: %+v", r.Linked)
	}
	p := h.read(t, main.Proceeding)
	if len(p.State.Things) != 3 {
		t.Fatalf("things: %+v", p.State.Things)
	}
	mine, _, err := h.Deadlines(ctx, p)
	if err != nil || mine[0].Term != "held" || mine[0].Due != at(t, "2026-03-04 14:30") || mine[0].Status != stored.Running || mine[0].Started != at(t, "2026-03-02 14:30") {
		t.Errorf("the clock goes on: %+v, %v", mine, err)
	}
	entries, err := h.History(ctx, p, 3, 1)
	if err != nil || len(entries[0].Cargo) == 0 {
		t.Fatalf("the entry holds what came along: %+v, %v", entries, err)
	}
	gave := h.read(t, other.Proceeding)
	if gave.RootState != "joined" || len(gave.State.Deadlines) != 0 {
		t.Errorf("the one that gave: %s, %+v", gave.RootState, gave.State.Deadlines)
	}
	// What came along cannot be changed afterwards without being found.
	dbtest.Unguard(t, h.db, "entry")
	if err := h.db.Write(ctx, func(tx *dbTx) error {
		_, err := tx.Exec(`UPDATE entry SET cargo = replace(cargo, 'Karimov', 'Tursunov') WHERE cargo <> ''`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if p, err = h.Proceeding(ctx, prosecutor, main.Proceeding); err != nil {
		t.Fatal(err)
	}
	if err := h.Check(ctx, p); !errors.Is(err, journal.ErrBroken) {
		t.Errorf("a changed cargo: %v", err)
	}
}

func TestAStoppedClockComesAlongStopped(t *testing.T) { each(t, court, aStoppedClockComesAlongStopped) }

func aStoppedClockComesAlongStopped(t *testing.T, h *house) {
	main, other := h.opened(t, "bricks"), h.opened(t, "tiles")
	h.do(t, other, inquirer, "add", 0, map[string]string{"name": "A"})
	h.do(t, other, inquirer, "hold", 1, map[string]string{"cell": "4"})
	h.do(t, other, inquirer, "stop", 0, nil)
	h.do(t, other, inquirer, "join", 0, map[string]string{"main": main.Number})
	p := h.read(t, main.Proceeding)
	if list, _, err := h.Deadlines(ctx, p); err != nil || list[0].Term != "held" || list[0].Status != stored.Stopped {
		t.Errorf("it came along as %+v, %v", list, err)
	}
	h.set(at(t, "2026-03-03 14:30"))
	h.do(t, main, inquirer, "go_on", 0, nil)
	if list, _, err := h.Deadlines(ctx, h.read(t, main.Proceeding)); err != nil || list[0].Status != stored.Running || list[0].Due != at(t, "2026-03-05 14:30") {
		t.Errorf("it goes on as %+v, %v", list, err)
	}
}

func TestTheSameProceedingTwiceInOneTransaction(t *testing.T) {
	each(t, court, theSameProceedingTwiceInOneTransaction)
}

func theSameProceedingTwiceInOneTransaction(t *testing.T, h *house) {
	r := h.opened(t, "bricks")
	chained := h.do(t, r, inquirer, "chain", 0, map[string]string{"next": r.Number, "after": "and a note to itself"})
	if chained.Seq != 2 || len(chained.Linked) != 1 || chained.Linked[0].Seq != 3 || chained.Linked[0].Proceeding != r.Proceeding {
		t.Errorf("%+v", chained)
	}
	if p := h.read(t, r.Proceeding); p.Version != 3 {
		t.Errorf("version %d", p.Version)
	}
	// A case cannot be joined to itself: by then it is joined.
	_, err := h.Act(ctx, docket.Command{Proceeding: r.Proceeding, Act: "join", Actor: inquirer, Form: map[string]string{"main": r.Number}})
	var failed *docket.LinkFailed
	if !errors.As(err, &failed) || failed.Fault.Key != "refusal.wrong_state" {
		t.Errorf("joined to itself: %v", err)
	}
	h.read(t, r.Proceeding)
}

func TestALawThatLeadsInACircleEndsAfterThreeLinks(t *testing.T) {
	each(t, court, aLawThatLeadsInACircleEndsAfterThreeLinks)
}

func aLawThatLeadsInACircleEndsAfterThreeLinks(t *testing.T, h *house) {
	r := h.opened(t, "bricks")
	_, err := h.Act(ctx, docket.Command{Proceeding: r.Proceeding, Act: "circle", Actor: inquirer, Form: map[string]string{"next": r.Number}})
	if f := fault.Of(err); f.Kind != fault.Forbidden || !strings.Contains(err.Error(), "link.too_deep") {
		t.Errorf("%v", err)
	}
	if p := h.read(t, r.Proceeding); p.Version != 1 {
		t.Errorf("version %d", p.Version)
	}
}

func TestAFormWithLinksSentTwiceIsDoneOnce(t *testing.T) {
	each(t, court, aFormWithLinksSentTwiceIsDoneOnce)
}

func aFormWithLinksSentTwiceIsDoneOnce(t *testing.T, h *house) {
	r := h.opened(t, "bricks")
	c := docket.Command{Proceeding: r.Proceeding, Act: "ask", Actor: inquirer, Form: map[string]string{"about": "Damp"}, Submission: "form-1"}
	first, again := h.must(t, c), h.must(t, c)
	if !again.Repeated || again.Hash != first.Hash || len(again.Linked) != 1 || again.Linked[0] != first.Linked[0] {
		t.Errorf("first %+v, again %+v", first, again)
	}
	if n := h.count(t, `SELECT count(*) FROM proceeding`); n != 2 {
		t.Errorf("%d proceedings", n)
	}
}

// A link that is not there any more, or leads elsewhere, is found.
func TestCheckFindsALinkThatWasChanged(t *testing.T) { each(t, court, checkFindsALinkThatWasChanged) }

func checkFindsALinkThatWasChanged(t *testing.T, h *house) {
	r := h.opened(t, "bricks")
	h.do(t, r, inquirer, "ask", 0, map[string]string{"about": "Damp"})
	if err := h.db.Write(ctx, func(tx *dbTx) error { _, err := tx.Exec(`DELETE FROM link`); return err }); err == nil || !strings.Contains(err.Error(), "append-only") {
		t.Fatalf("a link was taken out: %v", err)
	}
	dbtest.Unguard(t, h.db, "link")
	if err := h.db.Write(ctx, func(tx *dbTx) error {
		_, err := tx.Exec(`DELETE FROM link`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	p, err := h.Proceeding(ctx, prosecutor, r.Proceeding)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Check(ctx, p); !errors.Is(err, journal.ErrBroken) {
		t.Errorf("%v", err)
	}
}

// count asks the database for one number.
func (h *house) count(t *testing.T, text string, args ...any) (n int) {
	t.Helper()
	if err := h.db.QueryRow(ctx, text, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
