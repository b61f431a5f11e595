package demo_test

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/demo"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/procedure"
)

// office is a service that has lived.
type office struct {
	*docket.Docket
	db     *db.DB
	dir    *directory.Directory
	clock  *demo.Clock
	report demo.Report
}

func live(tb testing.TB, o demo.Options) *office {
	tb.Helper()
	d := create(tb)
	dir, err := directory.Open(ctx, d)
	if err != nil {
		tb.Fatal(err)
	}
	s, _ := demo.Service(o)
	if err := dir.Import(ctx, s, o.Now); err != nil {
		tb.Fatal(err)
	}
	h := &office{db: d, dir: dir, clock: demo.NewClock(o.Now, func() calendar.Moment { return o.Now + calendar.Hour })}
	h.Docket = docket.Open(d, dir, []*procedure.Law{law(tb)}, docket.Options{Now: h.clock.Now, NewID: h.clock.NewID})
	tb.Cleanup(h.Close)
	if h.report, err = demo.Live(ctx, h.Docket, h.clock, s, o); err != nil {
		tb.Fatal(err)
	}
	return h
}

// general sees everything.
var general = docket.Actor{Officer: "17-prosecutor_general-1", Role: "prosecutor_general", Office: "gp", Mandate: "17-prosecutor_general-1-m"}

func (h *office) column(tb testing.TB, text string, args ...any) []string {
	tb.Helper()
	rows, err := h.db.Query(ctx, text, args...)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			tb.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return out
}

func (h *office) number(tb testing.TB, text string, args ...any) int {
	tb.Helper()
	var n int
	if err := h.db.QueryRow(ctx, text, args...).Scan(&n); err != nil {
		tb.Fatal(err)
	}
	return n
}

// journal is one hash over the last hashes of all streams.
func (h *office) journal(tb testing.TB) string {
	tb.Helper()
	sum := sha256.New()
	for _, x := range h.column(tb, `SELECT hex(e.hash) FROM entry e JOIN proceeding p ON p.id = e.proceeding AND p.version = e.seq ORDER BY p.id`) {
		sum.Write([]byte(x))
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func TestTheSameSeedLivesTheSameLife(t *testing.T) {
	t.Parallel()
	a := live(t, demo.Options{Cases: 60, Seed: 3, Now: now})
	b := live(t, demo.Options{Cases: 60, Seed: 3, Now: now})
	c := live(t, demo.Options{Cases: 60, Seed: 4, Now: now})
	if a.journal(t) != b.journal(t) {
		t.Error("the same seed gave another journal")
	}
	if a.journal(t) == c.journal(t) {
		t.Error("another seed gave the same journal")
	}
	if a.report.Cases != 60 || a.number(t, `SELECT count(*) FROM proceeding`) != 60 {
		t.Errorf("%d cases", a.report.Cases)
	}
}

func TestFewCasesAreScenesAndNoCasesAreNone(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 5} {
		h := live(t, demo.Options{Cases: n, Seed: 1, Now: now})
		if got := h.number(t, `SELECT count(*) FROM proceeding`); got != n || h.report.Cases != n {
			t.Errorf("asked for %d, got %d, reported %d", n, got, h.report.Cases)
		}
	}
}

// A demonstration may be held on any day and at any hour: free days, nights, the end of a month.
func TestScenesCanBeLaidOnAnyDay(t *testing.T) {
	t.Parallel()
	scenes := len(demo.Laid())
	for i := range 8 {
		at := now + calendar.Moment(i)*(93*calendar.Hour+51*calendar.Minute)
		h := live(t, demo.Options{Cases: scenes, Seed: uint64(i), Now: at})
		if len(h.report.Lapsed) != 0 {
			t.Errorf("at %s: %v", at.Time(), h.report.Lapsed)
		}
		for _, term := range []string{"decide_on_report", "inquiry", "detention", "custody"} {
			for when, text := range map[string]string{
				"overdue": `SELECT count(*) FROM deadline WHERE status = 'running' AND supervisor = 'pr-1726294' AND term = $1 AND due BETWEEN $2 - 8 * 86400000000 AND $2`,
				"soon":    `SELECT count(*) FROM deadline WHERE status = 'running' AND supervisor = 'pr-1726294' AND term = $1 AND due BETWEEN $2 AND $2 + 5 * 86400000000`,
			} {
				if h.number(t, text, term, at) == 0 {
					t.Errorf("at %s nothing of %s is %s", at.Time(), term, when)
				}
			}
		}
	}
}

func TestAServiceThatLived(t *testing.T) {
	t.Parallel()
	const cases = 1200
	var done, total int
	h := live(t, demo.Options{Cases: cases, Seed: 11, Now: now, Progress: func(d, n int) {
		if d < done {
			t.Errorf("progress went back from %d to %d", done, d)
		}
		done, total = d, n
	}})
	r := h.report
	if done != cases || total != cases {
		t.Errorf("progress ended at %d of %d", done, total)
	}
	t.Run("every proceeding replays to what is stored", func(t *testing.T) {
		for _, id := range h.column(t, `SELECT id FROM proceeding ORDER BY id`) {
			p, err := h.Proceeding(ctx, general, id)
			if err != nil {
				t.Fatal(err)
			}
			if err := h.Check(ctx, p); err != nil {
				t.Errorf("%s: %v", p.Number, err)
			}
		}
		if n := h.number(t, `SELECT count(*) FROM entry`); n != r.Acts {
			t.Errorf("%d entries, %d acts reported", n, r.Acts)
		}
	})
	t.Run("nothing lies in the future and each act is recorded when it was done", func(t *testing.T) {
		if n := h.number(t, `SELECT count(*) FROM entry WHERE done <> recorded OR done > $1 OR done < $2`, now, now-401*24*calendar.Hour); n != 0 {
			t.Errorf("%d entries", n)
		}
	})
	t.Run("the shares are near those named", func(t *testing.T) {
		decided := 0
		for _, act := range []string{"refuse", "transfer", "open_inquiry", "open_investigation"} {
			decided += r.ByAct[act]
		}
		near(t, "refused", share(r.ByAct["refuse"], decided), demo.ShareRefused, 0.05)
		near(t, "transferred", share(r.ByAct["transfer"], decided), demo.ShareTransferred, 0.02)
		near(t, "late", r.LateShare(), 0.08, 0.02)
		near(t, "returned", share(r.ByAct["return_case"], r.ByAct["approve_and_refer"]), demo.ShareReturned, 0.05)
		near(t, "extended checks", share(r.ByAct["extend_check"], cases), demo.ShareCheckExtended, 0.05)
	})
	t.Run("some acts were refused", func(t *testing.T) {
		if n := share(r.Refused(), r.Acts); n < 0.001 || n > 0.03 {
			t.Errorf("refused: %v", r.Refusals)
		}
	})
	t.Run("no habit runs against the law", func(t *testing.T) {
		for what, n := range r.Lapsed {
			_, why, _ := strings.Cut(what, ": ")
			// Things move on, so a state can be another or a condition no longer hold; a form or an act that does not exist cannot come of that.
			if strings.HasPrefix(why, procedure.WrongState.String()) || strings.HasPrefix(why, procedure.ConditionFails.String()) && n < cases/50 {
				continue
			}
			t.Errorf("%s, %d times", what, n)
		}
	})
	t.Run("offices work by day, crimes are reported at any hour", func(t *testing.T) {
		night := `((done / 3600000000 + 5) % 24) NOT BETWEEN 7 AND 19` // Tashkent is five hours ahead
		if n, all := h.number(t, `SELECT count(*) FROM entry WHERE act = 'refuse' AND `+night), r.ByAct["refuse"]; n != 0 {
			t.Errorf("%d of %d refusals at night", n, all)
		}
		if n, all := h.number(t, `SELECT count(*) FROM entry WHERE act = 'register_report' AND `+night), cases; share(n, all) < 0.15 {
			t.Errorf("%d of %d reports at night", n, all)
		}
	})
	t.Run("Tashkent has more than its share of the population", func(t *testing.T) {
		city := h.number(t, `SELECT count(*) FROM proceeding WHERE office LIKE 'ia-1726%'`)
		steppe := h.number(t, `SELECT count(*) FROM proceeding WHERE office LIKE 'ia-1712%'`)
		if steppe == 0 || city < 5*steppe {
			t.Errorf("%d in Tashkent, %d in Navoi Region", city, steppe)
		}
	})
	t.Run("the district that is shown has deadlines of every kind, overdue and soon", h.shows)
	t.Run("afterwards the clock is a real one and ids cannot be guessed", func(t *testing.T) {
		if one, two := h.clock.NewID(), h.clock.NewID(); h.clock.Now() != now+calendar.Hour || one == two {
			t.Errorf("clock %d", h.clock.Now())
		}
	})
}

func (h *office) shows(t *testing.T) {
	over := h.column(t, `SELECT DISTINCT term FROM deadline WHERE status = 'running' AND supervisor = 'pr-1726294' AND due < $1`, now)
	soon := h.column(t, `SELECT DISTINCT term FROM deadline WHERE status = 'running' AND supervisor = 'pr-1726294' AND due >= $1 AND due < $2`, now, now+8*24*calendar.Hour)
	for _, term := range []string{"decide_on_report", "inquiry", "investigation", "decide_on_case", "inquire_returned_case", "detention", "custody",
		"counsel_attends", "question_detainee_in_time", "release_on_denial"} {
		if !slices.Contains(over, term) {
			t.Errorf("nothing overdue of %s: %v", term, over)
		}
	}
	for _, term := range []string{"decide_on_report", "inquiry", "investigation", "decide_on_case", "inquire_returned_case", "investigate_returned_case", "detention",
		"custody", "custody_motion", "decide_custody_motion", "decide_custody_extension", "charge_in_time", "counsel_attends", "chosen_counsel_attends",
		"notify_prosecutor_of_detention"} {
		if !slices.Contains(soon, term) {
			t.Errorf("nothing soon of %s: %v", term, soon)
		}
	}
	hours := h.number(t, `SELECT count(*) FROM deadline WHERE status = 'running' AND officer = '1726294-investigator-1' AND term = 'detention' AND due BETWEEN $1 AND $2`,
		now, now+24*calendar.Hour)
	if hours == 0 {
		t.Error("no detention with hours left in the hands of the first investigator")
	}
	_, accounts := demo.Service(demo.Options{Seed: 11, Now: now})
	for _, a := range accounts {
		who := docket.Actor{Officer: a.Officer, Role: a.Role, Office: a.Office, Mandate: a.Mandate}
		mine, err := h.Mine(ctx, who, docket.After{}, 5)
		if err != nil {
			t.Fatal(err)
		}
		owed, err := h.OfRole(ctx, who, docket.After{}, 5)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains([]string{"inquirer", "investigator", "prosecutor", "judge", "bar_chamber"}, a.Role) && len(mine)+len(owed) == 0 {
			t.Errorf("the account %s has nothing to do", a.Officer)
		}
	}
}

func share(n, of int) float64 { return float64(n) / float64(max(of, 1)) }

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if got < want-within || got > want+within {
		t.Errorf("%s: %.3f, not near %.3f", what, got, want)
	}
}

func TestHabitsNameWhatTheLawHas(t *testing.T) {
	t.Parallel()
	l := law(t)
	e := l.At(now)
	for _, h := range demo.Habits() {
		on := strings.Fields(h.On)
		switch {
		case len(on) == 2 && on[0] == "term" && e.Term(on[1]) == nil,
			len(on) == 2 && on[0] == "act" && e.Act(on[1]) == nil,
			len(on) == 3 && on[0] == "state" && !hasState(l, e, on[1], on[2]):
			t.Errorf("%s reacts to %q, which the law does not have", h.Act, h.On)
		}
		rule := e.Act(h.Act)
		if rule == nil {
			t.Errorf("on %q: the law has no act %s", h.On, h.Act)
			continue
		}
		if !h.Tries && !slices.Contains(rule.By, h.By) {
			t.Errorf("%s is done by %s; the law says %v", h.Act, h.By, rule.By)
		}
		for _, f := range h.Fields {
			if rule.Field(f) == nil {
				t.Errorf("the form of %s has no field %s", h.Act, f)
			}
		}
	}
	for _, term := range demo.Scenes() {
		if e.Term(term) == nil {
			t.Errorf("a scene lays the term %s, which the law does not have", term)
		}
	}
}

func hasState(l *procedure.Law, e *procedure.Edition, kind, state string) bool {
	k := e.Kind(kind)
	return k != nil && slices.ContainsFunc(k.States, func(s procedure.StateID) bool { return l.StateName(k.ID, s) == state })
}

func TestTextsAreWrittenAsUzbekIs(t *testing.T) {
	t.Parallel()
	if n := len(demo.Crimes()); n < 60 {
		t.Errorf("%d crimes", n)
	}
	seen := map[string]bool{}
	for _, s := range demo.Texts() {
		if strings.ContainsAny(s, "'‘’`´") {
			t.Errorf("%q: neither ʻ nor ʼ", s)
		}
		if seen[s] && strings.Contains(s, "{") {
			t.Errorf("%q stands twice", s)
		}
		seen[s] = true
	}
}

// BenchmarkLive is the time that `nazorat demo --cases 400` takes to begin.
func BenchmarkLive(b *testing.B) {
	for b.Loop() {
		h := live(b, demo.Options{Cases: 400, Seed: 1, Now: now})
		b.ReportMetric(float64(h.report.Acts), "acts")
	}
}
