package docket_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/torture"
)

// bomb is the context of a caller whose request panics when it is done.
type bomb struct{ context.Context }

func (bomb) Err() error { panic("a mistake in a law or in us") }

// trial lets batches of acts meet faults, one after the other, in one office.
type trial struct {
	t         *testing.T
	h         *house
	audit     *torture.Audit
	found     map[string]*torture.Entry // by submission
	form      map[string]int            // how many entries have a form
	remembers bool                      // the docket is not made to forget between batches
	n         int
}

func newTrial(t *testing.T, h *house) *trial {
	return &trial{t: t, h: h, audit: torture.NewAudit(h.db), found: map[string]*torture.Entry{}, form: map[string]int{}}
}

// batch prepares proceedings of June, and gives acts of July: each opens, changes, links, starts and ends something.
func (x *trial) batch() (list []docket.Sent) {
	x.t.Helper()
	x.n++
	x.h.set(at(x.t, "2026-06-26 10:00"))
	var opening []docket.Command
	for i := range 4 {
		opening = append(opening, docket.Command{Law: "xx/court", Act: "register", Actor: duty, Form: map[string]string{"about": fmt.Sprintf("case %d of %d", i, x.n), "assign_to": "sardor"}})
	}
	r, err := x.h.ActAll(ctx, opening)
	if err != nil {
		x.t.Fatal(err)
	}
	x.h.do(x.t, r[2], inquirer, "add", 0, map[string]string{"name": "A. Karimov"})
	x.h.set(at(x.t, "2026-07-02 09:00"))
	for i, c := range []docket.Command{
		{Law: "xx/court", Act: "register", Actor: duty, Form: map[string]string{"about": "new", "assign_to": "sardor"}},
		{Proceeding: r[0].Proceeding, Version: 1, Act: "note", Actor: inquirer, Form: map[string]string{"text": "seen"}},
		{Proceeding: r[1].Proceeding, Act: "ask", Actor: inquirer, Form: map[string]string{"about": "damp"}},
		{Proceeding: r[2].Proceeding, Version: 2, Act: "hold", Thing: 1, Actor: inquirer, Form: map[string]string{"cell": "4"}},
		{Proceeding: r[3].Proceeding, Act: "close", Actor: inquirer},
	} {
		c.Submission = fmt.Sprintf("form-%d-%d", x.n, i)
		for _, field := range []string{"about", "text", "cell"} {
			if c.Form[field] != "" { // so that an act that was done twice is seen whatever its submission
				c.Form[field] += " " + c.Submission
			}
		}
		list = append(list, docket.Sent{Ctx: ctx, Command: c})
	}
	return list
}

// follow has the audit look at what is new.
func (x *trial) follow(what string) {
	x.t.Helper()
	err := x.audit.Follow(ctx, func(e *torture.Entry) error {
		x.found[e.Submission] = e
		x.form[e.Act+e.Form]++
		if strings.Contains(e.Form, "form-") && x.form[e.Act+e.Form] > 1 {
			return fmt.Errorf("done twice: %s %s", e.Act, e.Form)
		}
		return nil
	})
	if err == nil {
		err = x.audit.Replay(ctx, x.h.Docket.Reader)
	}
	if err != nil {
		x.t.Fatalf("%s: %v", what, err)
	}
}

// sees checks that a receipt says what the journal has.
func (x *trial) sees(what string, c *docket.Sent, r *docket.Receipt) {
	x.t.Helper()
	e := x.found[c.Submission]
	if e == nil {
		x.t.Fatalf("%s: %s was acknowledged, and is lost", what, c.Act)
	}
	if e.Leaf != r.Leaf || e.Hash != r.Hash || e.Number != r.Number || e.Seq != r.Seq || e.Proceeding != r.Proceeding {
		x.t.Errorf("%s: %s was acknowledged as %+v, and is %+v", what, c.Act, r, e)
	}
}

// done says which of some acts are in the journal.
func (x *trial) done(list []docket.Sent) map[string]bool {
	x.t.Helper()
	keys := make([]any, len(list))
	for i := range list {
		keys[i] = list[i].Submission
	}
	rows, err := x.h.db.Query(ctx, `SELECT submission FROM entry WHERE submission IN `+db.In(len(keys), 1), keys...)
	if err != nil {
		x.t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]bool{}
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			x.t.Fatal(err)
		}
		out[s] = true
	}
	if err := rows.Err(); err != nil {
		x.t.Fatal(err)
	}
	return out
}

// told checks that what each caller was told is true, and that whoever sends his form again has it done once.
func (x *trial) told(what string, list []docket.Sent, receipts []*docket.Receipt, errs []error) {
	x.t.Helper()
	done := x.done(list)
	for i := range list {
		c := &list[i]
		switch {
		case errs[i] == nil && !done[c.Submission]:
			x.t.Errorf("%s: %s was acknowledged, and is lost", what, c.Act)
		case errs[i] == nil, fault.Is(errs[i], fault.Unavailable):
		case done[c.Submission]:
			x.t.Errorf("%s: %s was done, and its sender was told %v", what, c.Act, errs[i])
		case fault.Of(errs[i]).Kind != fault.Internal:
			x.t.Errorf("%s: %s was refused for no reason: %v", what, c.Act, errs[i])
		}
		if _, panics := c.Ctx.(bomb); panics {
			c.Ctx = ctx
		}
	}
	again, errs2 := x.h.Together(list...)
	x.follow(what + ", sent again")
	for i := range list {
		if errs2[i] != nil {
			x.t.Errorf("%s: %s, sent again: %v", what, list[i].Act, errs2[i])
			continue
		}
		x.sees(what+", sent again", &list[i], again[i])
		if errs[i] == nil {
			if again[i].Repeated = false; !reflect.DeepEqual(again[i], receipts[i]) {
				x.t.Errorf("%s: %s was acknowledged as %+v, and then as %+v", what, list[i].Act, receipts[i], again[i])
			}
		}
	}
}

// steps records what a batch does to the database.
func (x *trial) steps(list []docket.Sent) (names []string) {
	stop := dbtest.Interpose(x.t, x.h.db, func(s dbtest.Step) error {
		if beside(s) {
			return s.Do()
		}
		name := string(s.What)
		if words := strings.Fields(strings.Replace(s.Text, "INSERT OR FAIL", "INSERT", 1)); len(words) > 0 {
			name = strings.Join(words[:min(len(words), 3)], " ")
		}
		names = append(names, name)
		return s.Do()
	})
	if !x.remembers {
		x.h.Forget() // so that every batch takes the same steps
	}
	receipts, errs := x.h.Together(list...)
	stop()
	x.told("without a fault", list, receipts, errs)
	return names
}

// meet lets a batch meet a fault at one of its steps.
func (x *trial) meet(name string, list []docket.Sent, at int, f dbtest.Fault) []error {
	x.t.Helper()
	what := fmt.Sprintf("%s at step %d, %s", f, at+1, name)
	seen := 0
	stop := dbtest.Interpose(x.t, x.h.db, func(s dbtest.Step) error {
		if beside(s) {
			return s.Do()
		}
		if seen++; seen == at+1 {
			return f.Take(x.h.db, s)
		}
		return s.Do()
	})
	if !x.remembers {
		x.h.Forget() // so that every batch takes the same steps
	}
	receipts, errs := x.h.Together(list...)
	stop()
	if seen <= at && !x.remembers {
		x.t.Errorf("%s: there were only %d steps", what, seen)
	}
	x.told(what, list, receipts, errs)
	return errs
}

// beside reports whether a step is none of a batch, whose steps are those of one
// transaction: the directory is read again by whoever hears that a connection is
// back, at his own time.
func beside(s dbtest.Step) bool { return s.What == dbtest.Read }

// ways in which a step goes wrong: all of them; where time is short, as under the race detector, one, and another for the next step.
func ways(at int) []dbtest.Fault {
	all := dbtest.Faults()
	if testing.Short() {
		return all[at%len(all):][:1]
	}
	return all
}

// Every step of a batch goes wrong in every way: before it happens and after, with
// an error once and with the connection. Whoever was told that his act is done
// finds it; whoever sends his form again has it done once; the journal verifies.
func TestEveryStepOfACommitMayFail(t *testing.T) { each(t, court, everyStepOfACommitMayFail) }

func everyStepOfACommitMayFail(t *testing.T, h *house) {
	x := newTrial(t, h)
	x.steps(x.batch()) // the first finds no counts and no numbers
	names := x.steps(x.batch())
	t.Logf("%d steps: %s", len(names), strings.Join(names, ", "))
	if len(names) < 15 {
		t.Fatal("that cannot be all")
	}
	for at, name := range names {
		for _, f := range ways(at) {
			for _, err := range x.meet(name, x.batch(), at, f) {
				// What one statement met is met once: done again each by itself, all are done.
				if err != nil && f.Error == dbtest.Constraint && name != "commit" && name != "begin" {
					t.Errorf("%s at %s: %v", f, name, err)
				}
			}
		}
	}
	if err := errors.Join(x.audit.Counts(ctx), x.audit.Deadlines(ctx)); err != nil {
		t.Error(err)
	}
}

// The same in batches of which parts are written while the rest is decided, by a docket
// that remembers what it did: at some of the steps, as there are many.
func TestStepsOfALargeBatchMayFail(t *testing.T) { each(t, court, stepsOfALargeBatchMayFail) }

func stepsOfALargeBatchMayFail(t *testing.T, h *house) {
	if testing.Short() {
		t.Skip("one step after the other: in full without -short")
	}
	x := newTrial(t, h)
	times := 4
	if h.db.Dialect.Name == db.Postgres.Name {
		times = 14
	}
	large := func() (list []docket.Sent) {
		for range times {
			list = append(list, x.batch()...)
		}
		return list
	}
	x.remembers = true
	x.steps(large())
	names := x.steps(large())
	t.Logf("%d steps", len(names))
	for at := range names {
		if f := dbtest.Faults(); at%3 == 0 || at == len(names)-1 {
			x.meet(names[at], large(), at, f[at%len(f)])
		}
	}
	if err := errors.Join(x.audit.Counts(ctx), x.audit.Deadlines(ctx)); err != nil {
		t.Error(err)
	}
}

// The same where each act is done by itself, as one of them panics.
func TestEveryStepOfACommitByItselfMayFail(t *testing.T) {
	each(t, court, everyStepOfACommitByItselfMayFail)
}

func everyStepOfACommitByItselfMayFail(t *testing.T, h *house) {
	x := newTrial(t, h)
	batch := func() []docket.Sent {
		list := x.batch()
		list[1].Ctx = bomb{ctx}
		return list
	}
	names := x.steps(batch())
	t.Logf("%d steps: %s", len(names), strings.Join(names, ", "))
	last := map[string]int{} // what one act does the next does too; the last of each meets what the others have left
	for at, name := range names {
		last[name] = at
	}
	if len(names) < 40 || len(last) < 15 {
		t.Fatal("that cannot be all")
	}
	for name, at := range last {
		for _, f := range ways(at) {
			x.meet(name, batch(), at, f)
		}
	}
	if err := errors.Join(x.audit.Counts(ctx), x.audit.Deadlines(ctx)); err != nil {
		t.Error(err)
	}
}

// A conflict or a refusal that follows from what others of the batch did is no
// answer where the batch was not saved: nothing of it happened.
func TestNobodyIsRefusedOnAccountOfWhatWasNotSaved(t *testing.T) {
	each(t, court, nobodyIsRefusedOnAccountOfWhatWasNotSaved)
}

func nobodyIsRefusedOnAccountOfWhatWasNotSaved(t *testing.T, h *house) {
	x := newTrial(t, h)
	for _, f := range dbtest.Faults() {
		if f.Told { // it was saved
			continue
		}
		list := x.batch()
		stale := list[1] // of two writers on one version, the other
		stale.Submission += "-other"
		closed := list[3] // an act on what the batch closes
		closed.Command = docket.Command{Proceeding: list[4].Proceeding, Act: "add", Actor: inquirer, Form: map[string]string{"name": "B"}, Submission: list[3].Submission + "-other"}
		list = append(list, stale, closed)
		stop := dbtest.Interpose(t, h.db, func(s dbtest.Step) error {
			if s.What == dbtest.Commit {
				return f.Take(h.db, s)
			}
			return s.Do()
		})
		_, errs := h.Together(list...)
		stop()
		for i, err := range errs {
			if !fault.Is(err, fault.Unavailable) {
				t.Errorf("%s at the commit: %s was told %v", f, list[i].Act, err)
			}
		}
		receipts, errs := h.Together(list...)
		x.follow(f.String())
		for i := range list[:5] {
			if errs[i] != nil {
				t.Fatalf("%s, sent again: %v", f, errs[i])
			}
			x.sees(f.String(), &list[i], receipts[i])
		}
		if !fault.Is(errs[5], fault.Conflict) || fault.Of(errs[6]).Key != "refusal.wrong_state" {
			t.Errorf("%s, sent again: %v, %v", f, errs[5], errs[6])
		}
	}
}

// Of 64 that came together one panics, one comes too late, one is refused, and one meets a constraint.
func TestWhatOneOfABatchMeetsHarmsNobodyElse(t *testing.T) {
	each(t, court, whatOneOfABatchMeetsHarmsNobodyElse)
}

func whatOneOfABatchMeetsHarmsNobodyElse(t *testing.T, h *house) {
	x := newTrial(t, h)
	opened := h.opened(t, "bricks")
	watch := docket.Command{Law: "xx/watch", Act: "open_watch", Actor: stranger, Form: map[string]string{"about": "far away"}}
	h.must(t, watch)
	last := func(n int) {
		if err := h.db.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE numbering SET last = $1 WHERE office = 'pr-2'`, n)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	last(0) // so that the same number is given again, which the table refuses
	const panics, late, refused, constraint = 7, 23, 40, 55
	var list []docket.Sent
	for i := range 64 {
		c := docket.Command{Law: "xx/court", Act: "register", Actor: duty, Form: map[string]string{"about": "new", "assign_to": "sardor"}}
		if i%4 == 1 { // some of them on one proceeding
			c = docket.Command{Proceeding: opened.Proceeding, Act: "note", Actor: inquirer, Form: map[string]string{"text": "seen"}}
		}
		s := docket.Sent{Ctx: ctx, Command: c}
		switch i {
		case panics:
			s.Ctx = bomb{ctx}
		case late:
			s.Command = docket.Command{Proceeding: opened.Proceeding, Version: 1, Act: "note", Actor: inquirer, Form: map[string]string{"text": "late"}}
		case refused:
			s.Form = map[string]string{"about": "new", "assign_to": "nobody"}
		case constraint:
			s.Command = watch
		}
		s.Submission = fmt.Sprintf("of 64, %d", i)
		list = append(list, s)
	}
	receipts, errs := h.Together(list...)
	last(1)
	x.follow("64")
	for i := range list {
		err, found := errs[i], x.found[list[i].Submission] != nil
		switch i {
		case panics, constraint:
			if fault.Of(err) == nil || fault.Of(err).Kind != fault.Internal || found {
				t.Errorf("act %d: %v, in the journal: %v", i, err, found)
			}
		case late:
			if !fault.Is(err, fault.Conflict) || found {
				t.Errorf("the late one: %v, in the journal: %v", err, found)
			}
		case refused:
			if !fault.Is(err, fault.Invalid) || found {
				t.Errorf("the refused one: %v, in the journal: %v", err, found)
			}
		default:
			if err != nil {
				t.Errorf("act %d: %v", i, err)
				continue
			}
			x.sees("64", &list[i], receipts[i])
		}
	}
	if err := errors.Join(x.audit.Counts(ctx), x.audit.Deadlines(ctx)); err != nil {
		t.Error(err)
	}
}

// A caller who has gone before his turn is told so, and nothing was done.
func TestWhoHasGoneIsNotActedFor(t *testing.T) { each(t, court, whoHasGoneIsNotActedFor) }

func whoHasGoneIsNotActedFor(t *testing.T, h *house) {
	x := newTrial(t, h)
	list := x.batch()
	gone, cancel := context.WithCancel(ctx)
	cancel()
	list[2].Ctx = gone
	_, errs := h.Together(list...)
	x.follow("one has gone")
	for i := range list {
		if found := x.found[list[i].Submission] != nil; found != (i != 2) || (errs[i] == nil) != found {
			t.Errorf("act %d: %v, in the journal: %v", i, errs[i], found)
		}
	}
	if !errors.Is(errs[2], context.Canceled) {
		t.Errorf("%v", errs[2])
	}
}
