package docket_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
)

// beside opens the database of a house once more, as another process would.
func (h *house) beside(t *testing.T) *docket.Docket {
	t.Helper()
	return h.besideWith(t, policies(t))
}

// besideWith does so under other policies.
func (h *house) besideWith(t *testing.T, p *access.Policies) *docket.Docket {
	t.Helper()
	d, err := db.Open(ctx, h.location)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := directory.Open(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	k := docket.Open(d, dir, h.laws, docket.Options{Now: h.Now, NewID: func() string { return fmt.Sprintf("other%06d", h.ids.Add(1)) }, Policies: p})
	t.Cleanup(func() {
		k.Close()
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return k
}

// What a process remembers of proceedings and numbers is worth nothing once another one acted.
func TestWhatAnotherProcessDidIsNotForgotten(t *testing.T) {
	each(t, open, func(t *testing.T, h *house) {
		dockets := []*docket.Docket{h.Docket, h.beside(t)}
		r := h.must(t, register("sardor"))
		numbers := map[string]bool{r.Number: true}
		for i := range 12 {
			k := dockets[(i/2+1)%2] // each twice in turn: the second time it may trust what it remembers
			to := []string{"malika", "sardor"}[i%2]
			done, err := k.Act(ctx, docket.Command{Proceeding: r.Proceeding, Version: int64(i + 1), Act: "assign", Actor: prosecutor, Form: map[string]string{"assign_to": to}})
			if err != nil {
				t.Fatalf("act %d: %v", i, err)
			}
			if done.Seq != int64(i+2) {
				t.Fatalf("act %d has the number %d", i, done.Seq)
			}
			opened, err := k.Act(ctx, register("sardor"))
			if err != nil || numbers[opened.Number] {
				t.Fatalf("opened %+v, %v", opened, err)
			}
			numbers[opened.Number] = true
		}
		if n, err := h.CheckAll(ctx); n != 13 || err != nil {
			t.Errorf("%d proceedings, %v", n, err)
		}
	})
}

// A count that lost its row, as in a database that was put back to an older state, is written anew.
func TestCountThatIsGoneIsBegunAnew(t *testing.T) {
	each(t, open, func(t *testing.T, h *house) {
		h.must(t, register("sardor"))
		if err := h.db.Write(ctx, func(tx *dbTx) error { _, err := tx.Exec(`DELETE FROM tally`); return err }); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			h.must(t, register("sardor"))
		}
		if n := h.count(t, `SELECT sum(n) FROM tally WHERE office = 'iib-1'`); n != 2 {
			t.Errorf("%d counted", n)
		}
	})
}

// Who supervises changes in the directory: from the next act on, whatever it is, the duties of the proceeding are the new one's.
func TestDutiesFollowTheDirectory(t *testing.T) {
	each(t, court, func(t *testing.T, h *house) {
		r := h.opened(t, "bricks")
		err := h.db.Write(ctx, func(tx *dbTx) error {
			_, err := tx.Exec(`UPDATE competence SET competent = 'pr-2' WHERE office = 'iib-1' AND competent = 'pr-1'`)
			if err != nil {
				return err
			}
			_, err = tx.Exec(`INSERT INTO competence (office, role, competent) VALUES ('iib-1', 'inquirer', 'iib-2')`)
			return err
		})
		if err := errors.Join(err, h.dir.Reload(ctx)); err != nil {
			t.Fatal(err)
		}
		h.do(t, r, bek, "note", 0, map[string]string{"text": "x"})
		if n := h.count(t, `SELECT count(*) FROM deadline WHERE status = 'running' AND supervisor = 'pr-1'`); n != 0 {
			t.Errorf("%d duties are supervised by whoever did before", n)
		}
		h.do(t, r, bek, "assign", 0, map[string]string{"assign_to": "bek"})
		if _, err := h.CheckAll(ctx); err != nil {
			t.Error(err)
		}
	})
}

// What is remembered of officers' mandates is worth nothing once an act or an import changed the directory.
func TestMandatesFollowTheDirectory(t *testing.T) {
	each(t, administered, func(t *testing.T, h *house) {
		r := h.must(t, register("sardor"))
		assign := func(to string) error {
			_, err := h.Act(ctx, docket.Command{Proceeding: r.Proceeding, Act: "assign", Actor: prosecutor, Form: map[string]string{"assign_to": to}})
			return err
		}
		refused := func(to string) {
			t.Helper()
			if err := assign(to); err == nil || fieldKey(err) != "assign_to: field.not_a_choice" {
				t.Errorf("it goes to %s: %v", to, err)
			}
		}
		for range 2 {
			refused("zafar")
			if err := errors.Join(assign("malika"), assign("sardor")); err != nil {
				t.Fatal(err)
			}
		}
		err := h.dir.Import(ctx, &directory.Service{Officers: []directory.NewOfficer{{Officer: directory.Officer{ID: "zafar", Name: "Zafar", Login: "zafar"},
			Mandates: []directory.Mandate{{ID: "zafar-1", Role: "inquirer", Office: "iib-1", Order: "1"}}}}}, 1)
		if err := errors.Join(err, assign("zafar"), assign("sardor")); err != nil {
			t.Fatal(err)
		}
		h.must(t, docket.Command{Proceeding: h.file(t, "sardor"), Act: "relieve", Actor: aziza, Form: map[string]string{"order": "40-SH", "successor": "malika"}})
		refused("sardor")
		if err := assign("zafar"); err != nil {
			t.Error(err)
		}
		refused("sardor")
		h.fits(t)
	})
}

// A batch so large that its rows are written while it is decided: what is
// refused in it, what changes one proceeding again and again, and what is sent twice come out as one by one.
func TestLargeBatchIsWrittenWhileItIsDecided(t *testing.T) {
	each(t, open, func(t *testing.T, h *house) {
		r := h.must(t, register("sardor"))
		var list []docket.Sent
		send := func(c docket.Command) { list = append(list, docket.Sent{Ctx: ctx, Command: c}) }
		for i := range 60 {
			switch i % 4 {
			case 0, 1:
				c := register("sardor")
				c.Submission = fmt.Sprintf("large-%d", i-i%4) // the second is the first once more
				send(c)
			case 2:
				send(docket.Command{Proceeding: r.Proceeding, Act: "assign", Actor: prosecutor, Form: map[string]string{"assign_to": []string{"malika", "sardor"}[i/4%2]}})
			default:
				send(docket.Command{Proceeding: r.Proceeding, Act: "assign", Actor: stranger, Form: map[string]string{"assign_to": "malika"}})
			}
		}
		receipts, errs := h.Together(list...)
		seq := int64(1)
		for i := range list {
			switch got := receipts[i]; i % 4 {
			case 0:
				if errs[i] != nil || got.Repeated {
					t.Fatalf("%d: %v", i, errs[i])
				}
			case 1:
				if errs[i] != nil || !got.Repeated || got.Proceeding != receipts[i-1].Proceeding {
					t.Fatalf("%d: %v", i, errs[i])
				}
			case 2:
				if seq++; errs[i] != nil || got.Seq != seq {
					t.Fatalf("%d: %v", i, errs[i])
				}
			default:
				if errs[i] == nil || !strings.Contains(errs[i].Error(), "proceeding.none") {
					t.Fatalf("%d: %v", i, errs[i])
				}
			}
		}
		if n, err := h.CheckAll(ctx); n != 16 || err != nil {
			t.Errorf("%d proceedings, %v", n, err)
		}
	})
}
