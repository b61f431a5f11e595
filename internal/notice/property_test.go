package notice_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/docket"
	"nazorat/internal/notice"
)

// ends is a deadline as it stood from a moment on, until the next of its kind: what a second, slow reckoning is made from.
type ends struct {
	proceeding string
	no         int32
	term       string
	due        calendar.Moment
	runs       bool
	since      calendar.Moment
}

// standing are all deadlines as they stand now.
func (h *house) standing(t *testing.T) (out []ends) {
	t.Helper()
	rows, err := h.db.Query(ctx, `SELECT proceeding, no, term, due, status FROM deadline ORDER BY proceeding, no`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		e := ends{since: h.Now()}
		var status string
		if err := rows.Scan(&e.proceeding, &e.no, &e.term, &e.due, &status); err != nil {
			t.Fatal(err)
		}
		e.runs = status == "running"
		out = append(out, e)
	}
	return out
}

// ladder is what the law of the tests has by term: warnings before the end, and steps behind it. Written here once more, by hand.
var ladder = map[string]struct{ warns, steps []calendar.Moment }{
	"answer":      {[]calendar.Moment{3 * day, day}, []calendar.Moment{0, 2 * calendar.Hour, 2 * day}},
	"desk":        {[]calendar.Moment{day}, nil},
	"instruction": {nil, nil},
	"held":        {[]calendar.Moment{12 * calendar.Hour, 4 * calendar.Hour}, []calendar.Moment{0, calendar.Hour, day}},
}

const day = 24 * calendar.Hour

// Random acts, random leaps of the clock, looks that are interrupted, two processes that do the same at once, journals that are followed again:
// each step of each term that came while it ran was told once, to each who had to be told, and nothing was told that never came.
func TestWhateverHappensEachNoticeIsThereOnceAndNoneThatShouldNotBe(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		live(t, h, rand.New(rand.NewPCG(uint64(len(t.Name())), 7))) // another life on each database
	})
}

func live(t *testing.T, h *house, r *rand.Rand) {
	second := h.keeper(t, nil, nil)
	var cases []*docket.Receipt
	var past []ends // every standing that any deadline ever had while the clock stood somewhere
	note := func() { past = append(past, h.standing(t)...) }
	try := func(c docket.Command) {
		if _, err := h.Act(ctx, c); err != nil && !strings.Contains(err.Error(), "refus") && !strings.Contains(fmt.Sprintf("%T", err), "fault") {
			t.Fatal(err)
		}
	}
	for range 150 {
		switch r.IntN(10) {
		case 0, 1:
			c := h.hold(t)
			cases = append(cases, c)
		case 2, 3, 4:
			if len(cases) > 0 {
				c := cases[r.IntN(len(cases))]
				act := []string{"longer", "longer_hold", "stop", "go_on", "release", "close", "instruct", "obey", "assign"}[r.IntN(9)]
				who, thing, form := inquirer, int32(0), map[string]string(nil)
				switch act {
				case "longer_hold", "release":
					thing = 1
				case "instruct":
					who, form = prosecutor, map[string]string{"text": "x"}
				case "assign":
					who, form = prosecutor, map[string]string{"assign_to": []string{"sardor", "malika"}[r.IntN(2)]}
				}
				try(docket.Command{Proceeding: c.Proceeding, Act: act, Thing: thing, Form: form, Actor: who})
			}
		case 5, 6, 7:
			note()
			h.pass(calendar.Moment(r.Int64N(int64(20 * calendar.Hour))))
		case 8: // a look that is interrupted before it notes how far it came
			stopped, cancel := context.WithCancel(ctx)
			if r.IntN(2) == 0 {
				cancel()
			}
			_ = h.notices.Sweep(stopped, h.Now()-calendar.Hour, h.Now())
			cancel()
			continue
		case 9: // both at once
			var wait sync.WaitGroup
			for _, k := range []*notice.Keeper{h.notices, second} {
				wait.Go(func() {
					if err := k.Look(ctx); err != nil {
						t.Error(err)
					}
				})
			}
			wait.Wait()
		}
		note()
		if r.IntN(5) == 0 { // it begins anew from somewhere before
			h.next = max(0, h.next-int64(r.IntN(10)))
		}
		h.follow(t, []*notice.Keeper{h.notices, second}[r.IntN(2)])
		if err := h.notices.Look(ctx); err != nil {
			t.Fatal(err)
		}
		note()
	}
	h.tick(t)
	h.holdAgainst(t, past)
}

// holdAgainst reckons slowly which steps came, and holds the tables to it.
func (h *house) holdAgainst(t *testing.T, past []ends) {
	t.Helper()
	type step struct {
		proceeding string
		no         int32
		due        calendar.Moment
		step       int
	}
	// A step came if the term ran with that end when the clock had passed it.
	came := map[step]bool{}
	may := map[string]bool{}
	for _, e := range past {
		l := ladder[e.term]
		for i, after := range l.steps {
			if e.runs && e.since > e.due+after {
				came[step{e.proceeding, e.no, e.due, i}] = true
			}
		}
		for _, w := range l.warns {
			if e.runs && e.since >= e.due-w {
				may[fmt.Sprintf("%s d/%d/%d/warning", e.proceeding, e.no, e.due)] = true
			}
		}
		if e.runs && e.since > e.due {
			may[fmt.Sprintf("%s d/%d/%d/due", e.proceeding, e.no, e.due)] = true
		}
	}
	rows, err := h.db.Query(ctx, `SELECT proceeding, no, due, step FROM notice_step`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	told := map[step]bool{}
	for rows.Next() {
		var s step
		if err := rows.Scan(&s.proceeding, &s.no, &s.due, &s.step); err != nil {
			t.Fatal(err)
		}
		told[s] = true
		if !came[s] {
			t.Errorf("a step that never came was taken: %+v", s)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for s := range came {
		if !told[s] {
			t.Errorf("a step that came was not taken: %+v", s)
		}
	}
	var twice, all int
	if err := h.db.QueryRow(ctx, `SELECT coalesce(max(n), 0), coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM notice GROUP BY proceeding, source, officer) x`).Scan(&twice, &all); err != nil {
		t.Fatal(err)
	}
	if twice != 1 || all < 50 || len(told) < 10 {
		t.Errorf("%d times at most, %d notices, %d steps", twice, all, len(told))
	}
	list, err := h.db.Query(ctx, `SELECT proceeding, source, kind, no, due FROM notice WHERE no > 0 AND step < 0 AND source LIKE 'd/%'`)
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	for list.Next() {
		var proceeding, source, kind string
		var no int32
		var due calendar.Moment
		if err := list.Scan(&proceeding, &source, &kind, &no, &due); err != nil {
			t.Fatal(err)
		}
		if !may[fmt.Sprintf("%s d/%d/%d/%s", proceeding, no, due, kind)] {
			t.Errorf("%s %s %s was told, and never came", proceeding, source, kind)
		}
	}
	if err := list.Err(); err != nil {
		t.Fatal(err)
	}
	h.tellsEachReceiver(t)
}

// tellsEachReceiver: a step that comes to a role is told to whoever has it.
func (h *house) tellsEachReceiver(t *testing.T) {
	t.Helper()
	want := map[string][]string{"answer 1": {"jasur"}, "answer 2": {"aziz"}, "held 1": {"jasur"}, "held 2": {"aziz"}}
	rows, err := h.db.Query(ctx, `SELECT s.proceeding, s.no, s.due, s.step, coalesce((SELECT max(n.term) FROM notice n WHERE n.proceeding = s.proceeding AND n.no = s.no), ''),
	(SELECT count(*) FROM notice n WHERE n.proceeding = s.proceeding AND n.no = s.no AND n.due = s.due AND n.step = s.step AND n.officer IN ('jasur', 'aziz')), s.receivers FROM notice_step s`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var proceeding, term string
		var no, step, n, receivers int
		var due calendar.Moment
		if err := rows.Scan(&proceeding, &no, &due, &step, &term, &n, &receivers); err != nil {
			t.Fatal(err)
		}
		if who := want[fmt.Sprintf("%s %d", term, step)]; len(who) != n {
			t.Errorf("%s %d: %d were told of step %d, want %v", term, no, n, step, who)
		}
		if receivers == 0 {
			t.Errorf("%s: nobody was told of step %d", term, step)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
