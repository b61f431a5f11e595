package procedure_test

import (
	"reflect"
	"testing"

	"nazorat/internal/procedure"
)

// crowd is a case of n persons, each of them held.
func crowd(tb testing.TB, law *procedure.Law, n int32) procedure.State {
	tb.Helper()
	act := acting(tb, law)
	var run procedure.Run
	do := func(a procedure.Act) {
		if _, err := run.Apply(law.At(a.Done), &a); err != nil {
			tb.Fatalf("%s: %v", law.ActName(a.Act), err)
		}
	}
	do(act("2026-03-02 14:30", "duty_officer", "register_report", 0, map[string]string{"source": "direct", "summary": "A riot", "assign_to": "investigator"}))
	do(act("2026-03-03 10:00", "investigator", "open_investigation", 0, map[string]string{"crime_article": "CC 244"}))
	suspect := act("2026-03-04 10:00", "investigator", "add_suspect", 0, map[string]string{"name": "A. Karimov"})
	detain := act("2026-03-05 10:00", "investigator", "detain", 0, map[string]string{"detained_at": "2026-03-05T09:30", "delivered_at": "2026-03-05T09:50", "place": "Post 4"})
	for range n {
		do(suspect)
	}
	for i := range n {
		detain.Thing = 1 + i
		do(detain)
	}
	return run.State
}

// What an act on one thing may do must not cost more because there are others. Twice as many things take about twice as long.
func BenchmarkVerdicts(b *testing.B) {
	law := criminal(b)
	for _, c := range []struct {
		name string
		n    int32
	}{{"12 held", 12}, {"1250 held", 1250}, {"2500 held", 2500}} {
		state := crowd(b, law, c.n)
		now := acting(b, law)("2026-03-05 12:00", "investigator", "add_suspect", 0, nil)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				law.At(now.Done).Verdicts(state, now)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(state.Things)), "ns/thing")
		})
	}
}

// judgedByItself: what bears on each thing is sorted out for all of them at once, and the verdicts are those of looking at everything for each.
func judgedByItself(t *testing.T, e *procedure.Edition, s procedure.State, actor procedure.Act, after string) {
	t.Helper()
	together, alone := e.Verdicts(s, actor), e.VerdictsOneByOne(s, actor)
	for i := range together {
		if !reflect.DeepEqual(together[i], alone[i]) {
			t.Fatalf("%s: %s on %d: %+v, by itself %+v", after, together[i].Rule.Name, together[i].Thing, together[i], alone[i])
		}
	}
}

func TestAThingAmongManyIsJudgedAsByItself(t *testing.T) {
	t.Parallel()
	law := criminal(t)
	for _, state := range []procedure.State{large(t, law), crowd(t, law, 40)} {
		for _, role := range []string{"investigator", "prosecutor", "court"} {
			now := acting(t, law)("2026-03-05 12:00", role, "add_suspect", 0, nil)
			judgedByItself(t, law.At(now.Done), state, now, role)
		}
	}
}
