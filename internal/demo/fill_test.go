package demo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/demo"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/procedure"
)

func fill(tb testing.TB, o demo.Options) *office {
	tb.Helper()
	h := &office{db: create(tb)}
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
	h.Docket = docket.Open(h.db, h.dir, []*procedure.Law{law(tb)}, docket.Options{Now: h.clock.Now, NewID: h.clock.NewID})
	tb.Cleanup(func() { h.Close() }) // whichever docket it then is
	return h
}

func TestFilledProceedingsReplayToWhatIsStored(t *testing.T) {
	t.Parallel()
	const cases = 6000 // more than a batch
	h := fill(t, demo.Options{Cases: cases, Seed: 2, Now: now})
	ids := h.column(t, `SELECT id FROM proceeding ORDER BY id`)
	if len(ids) != cases {
		t.Fatalf("%d proceedings", len(ids))
	}
	for i := 0; i < len(ids); i += 7 {
		p, err := h.Proceeding(ctx, general, ids[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Check(ctx, p); err != nil {
			t.Errorf("%s: %v", p.Number, err)
		}
	}
	boards, err := h.Board(ctx, []string{"gp"}, now, now+calendar.Hour)
	if err != nil || boards[0].States[demo.Law+" check"] != cases {
		t.Errorf("the general board: %v, %v", boards, err)
	}
	// The docket goes on where the filling stopped: numbers and tallies stay whole.
	p, err := h.Proceeding(ctx, general, ids[0])
	if err != nil {
		t.Fatal(err)
	}
	a := docket.Actor{Officer: p.InCharge, Role: "inquirer", Office: p.Office, Mandate: p.InCharge + "-m"}
	if _, err := h.Act(ctx, docket.Command{Proceeding: p.ID, Act: "refuse", Actor: a, Form: map[string]string{"ground": "no_event", "note": "Jinoyat hodisasi yoʻq."}}); err != nil {
		t.Fatal(err)
	}
	duty := strings.Replace(p.Office, "ia-", "", 1) + "-duty_officer-1"
	r, err := h.Act(ctx, docket.Command{Law: demo.Law, Act: "register_report", Actor: docket.Actor{Officer: duty, Role: "duty_officer", Office: p.Office, Mandate: duty + "-m"},
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

// The same reports through the docket: every row must be the same but for the ids.
func TestFilledRowsAreThoseThatTheDocketWrites(t *testing.T) {
	t.Parallel()
	f := fill(t, demo.Options{Cases: 40, Seed: 5, Now: now})
	g := fill(t, demo.Options{Cases: 0, Seed: 5, Now: now})
	replay(t, f, g)
	for table, columns := range map[string]string{
		"proceeding": "law, number, office, supervisor, in_charge, root_state, title, version, opened, changed, state, edition",
		"entry":      "seq, law, edition, act, thing, officer, role, mandate, office, done, recorded, form, effects, hex(previous)",
		"deadline":   "no, law, term, thing, role, office, officer, supervisor, breach, started, due, status, closed, basis, steps",
		"tally":      "office, law, state, n",
		"numbering":  "office, law, year, last",
	} {
		text := `SELECT ` + strings.ReplaceAll(columns, ", ", ` || '|' || `) + ` FROM ` + table + ` ORDER BY 1`
		a, b := f.column(t, text), g.column(t, text)
		if len(a) == 0 || !slices.Equal(a, b) {
			t.Errorf("%s: filled %d rows, the docket wrote %d, not the same", table, len(a), len(b))
			for i := range min(len(a), len(b), 1) {
				t.Logf("filled %s\ndocket %s", a[i], b[i])
			}
		}
	}
}

// replay sends the reports that are in one office to the docket of another, at their moments.
func replay(t *testing.T, from, to *office) {
	t.Helper()
	to.Close()
	var at calendar.Moment
	k := docket.Open(to.db, to.dir, []*procedure.Law{law(t)}, docket.Options{Now: func() calendar.Moment { return at }, NewID: to.clock.NewID})
	to.Docket = k
	for _, id := range from.column(t, `SELECT id FROM proceeding ORDER BY opened, id`) {
		p, err := from.Proceeding(ctx, general, id)
		if err != nil {
			t.Fatal(err)
		}
		history, err := from.History(ctx, p, 2, 1)
		if err != nil || len(history) != 1 {
			t.Fatal(history, err)
		}
		e := history[0]
		form := map[string]string{}
		for name, v := range e.Form {
			form[name] = v[1]
		}
		at = e.Done
		if _, err := k.Act(ctx, docket.Command{Law: e.Law, Act: e.Act, Form: form, Actor: docket.Actor{Officer: e.Officer, Role: e.Role, Office: e.Office, Mandate: e.Mandate}}); err != nil {
			t.Fatal(err)
		}
	}
}

// BenchmarkFill is what filling costs for each proceeding.
func BenchmarkFill(b *testing.B) {
	fill(b, demo.Options{Cases: b.N, Seed: 1, Now: now})
}
