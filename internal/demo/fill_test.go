package demo_test

import (
	"fmt"
	"strings"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/demo"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/procedure"
	"nazorat/internal/replay"
)

func fill(tb testing.TB, location string, o demo.Options) *office {
	tb.Helper()
	h := &office{db: createAt(tb, location)}
	var err error
	if h.dir, err = directory.Open(ctx, h.db); err != nil {
		tb.Fatal(err)
	}
	s, _ := demo.Service(o)
	if err := h.dir.Import(ctx, s, o.Now); err != nil {
		tb.Fatal(err)
	}
	if err := demo.Fill(ctx, h.db, h.dir, law(tb), s, o); err != nil {
		tb.Fatal(err)
	}
	h.clock = demo.NewClock(o.Now, func() calendar.Moment { return o.Now })
	h.Docket = docket.Open(h.db, h.dir, []*procedure.Law{law(tb)}, docket.Options{Now: h.clock.Now, NewID: h.clock.NewID, Policies: policies(tb)})
	h.Replay = replay.Of(h.db, h.Reader)
	tb.Cleanup(func() { h.Close() }) // whichever docket it then is
	return h
}

func TestFilledProceedingsReplayToWhatIsStored(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, filledProceedingsReplayToWhatIsStored)
}

func filledProceedingsReplayToWhatIsStored(t *testing.T, location string) {
	const cases = 6000 // more than a batch
	h := fill(t, location, demo.Options{Cases: cases, Seed: 2, Now: now})
	ids := h.column(t, `SELECT id FROM proceeding ORDER BY id`)
	if len(ids) != cases {
		t.Fatalf("%d proceedings", len(ids))
	}
	for i := 0; i < len(ids); i += 7 {
		p, err := h.Stored(ctx, ids[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Check(ctx, p); err != nil {
			t.Errorf("%s: %v", p.Number, err)
		}
	}
	boards, err := h.Board(ctx, general, []string{"gp"}, now, now+calendar.Hour)
	if err != nil || boards[0].States[demo.Law+" check"] != cases {
		t.Errorf("the general board: %v, %v", boards, err)
	}
	// The docket goes on where the filling stopped: numbers and tallies stay whole.
	p, err := h.Proceeding(ctx, general, ids[0])
	if err != nil {
		t.Fatal(err)
	}
	a := access.Actor{Officer: p.InCharge, Role: "inquirer", Office: p.Office, Mandate: p.InCharge + "-m"}
	if _, err := h.Act(ctx, docket.Command{Proceeding: p.ID, Act: "refuse", Actor: a, Form: map[string]string{"ground": "no_event", "note": "Jinoyat hodisasi yoʻq."}}); err != nil {
		t.Fatal(err)
	}
	duty := strings.Replace(p.Office, "ia-", "", 1) + "-duty_officer-1"
	r, err := h.Act(ctx, docket.Command{Law: demo.Law, Act: "register_report", Actor: access.Actor{Officer: duty, Role: "duty_officer", Office: p.Office, Mandate: duty + "-m"},
		Form: map[string]string{"source": "direct", "summary": "Yana bir xabar", "assign_to": p.InCharge}})
	if err != nil {
		t.Fatal(err)
	}
	if n := h.number(t, `SELECT count(*) FROM proceeding WHERE office = $1 AND number LIKE '%-2026-%'`, p.Office); !strings.HasSuffix(r.Number, fmt.Sprintf("-2026-%06d", n)) {
		t.Errorf("the next number is %s, of %d", r.Number, n)
	}
	if n := h.number(t, `SELECT sum(n) FROM tally WHERE office = $1`, p.Office); n != h.number(t, `SELECT count(*) FROM proceeding WHERE office = $1`, p.Office) {
		t.Errorf("the tally says %d", n)
	}
}

// BenchmarkFill is what filling costs for each proceeding.
func BenchmarkFill(b *testing.B) {
	fill(b, dbtest.SQLite(b), demo.Options{Cases: b.N, Seed: 1, Now: now})
}
