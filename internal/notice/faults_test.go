package notice_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/notice"
)

// A step of the database fails, or happens and is not told; afterwards the process, or another one, goes on. Whatever it was: each receiver
// has his notice once, and what was to leave the office left it, under one name.
func TestWhicheverStepFailsEachIsToldOnceAndNothingIsLost(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := newPost(t)
		k := h.keeper(t, mailTo(t, p), nil)
		h.notices = k
		h.reached(t, k, "nodir", "nodir@office.example")
		for _, fault := range []dbtest.Fault{{Error: dbtest.Full}, {Error: dbtest.Lost, After: true}} {
			for n := 1; ; n++ {
				if !h.failsAt(t, p, k, fault, n) {
					if n < 15 {
						t.Errorf("%v: only %d steps", fault, n)
					}
					break
				}
			}
		}
	})
}

// failsAt lets the n-th step of telling and sending fail; false if there are fewer.
func (h *house) failsAt(t *testing.T, p *post, k *notice.Keeper, fault dbtest.Fault, n int) bool {
	t.Helper()
	name := fmt.Sprintf("%v at step %d", fault, n)
	r := h.hold(t)
	h.follow(t, k)
	h.pass(2*day - calendar.Minute)
	h.change(t, `UPDATE notice_clock SET at = $1`, h.Now()) // two days are long to look at, again and again
	h.pass(62 * calendar.Minute)                            // it ran out an hour ago
	before := len(p.got())
	var step atomic.Int64 // others take steps too, such as whoever waits at the database
	var failed atomic.Bool
	stop := dbtest.Interpose(t, h.db, func(s dbtest.Step) error {
		if s.What == dbtest.Rollback {
			return s.Do()
		}
		if step.Add(1) == int64(n) {
			failed.Store(true)
			return fault.Take(h.db, s)
		}
		return s.Do()
	})
	_ = k.Look(ctx)
	_, _ = k.DeliverSome(ctx)
	stop()
	if err := k.Look(ctx); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	h.pass(notice.Lease + calendar.Minute) // whoever had taken something is dead
	deliver(t, k)
	h.pass(10 * calendar.Minute) // what was not taken at first is tried again
	deliver(t, k)
	for officer, want := range map[string]int{"nodir": 1, "jasur": 1, "aziz": 0} {
		var got int
		if err := h.db.QueryRow(ctx, `SELECT count(*) FROM notice WHERE proceeding = $1 AND officer = $2 AND step >= 0`, r.Proceeding, officer).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %s was told %d times, %v", name, officer, got, err)
		}
	}
	names := map[string]bool{}
	for _, m := range p.got()[before:] {
		names[m.id] = true
	}
	if len(names) != 1 {
		t.Errorf("%s: %d messages went out", name, len(names))
	}
	h.do(t, r, inquirer, "release", 1, nil)
	h.do(t, r, inquirer, "close", 0, nil)
	h.follow(t, k)
	return failed.Load()
}

// Between the reading of what has come due and its telling the duty is done.
func TestATermThatIsMetWhileItIsBeingToldOfMakesNoNotice(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := h.hold(t)
		h.tick(t)
		h.read(t, inquirer)
		h.pass(2*day + calendar.Minute)
		h.change(t, `UPDATE notice_clock SET at = $1`, h.Now()-2*calendar.Minute)
		var met atomic.Bool
		stop := dbtest.Interpose(t, h.db, func(s dbtest.Step) error {
			if s.What == dbtest.Begin && met.CompareAndSwap(false, true) {
				h.do(t, r, inquirer, "release", 1, nil)
			}
			return s.Do()
		})
		if err := h.notices.Look(ctx); err != nil {
			t.Fatal(err)
		}
		stop()
		if _, steps, err := h.notices.Of(ctx, r.Proceeding, 3); !met.Load() || err != nil || len(steps) != 0 || h.fresh(t, inquirer) != "" || h.fresh(t, warden) != "" {
			t.Errorf("told of what is no longer so: %q, %q, %+v, %v", h.fresh(t, inquirer), h.fresh(t, warden), steps, err)
		}
	})
}
