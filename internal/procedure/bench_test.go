package procedure_test

import (
	"testing"

	"nazorat/internal/fact"
	"nazorat/internal/procedure"
)

// acting makes acts under the last edition of a law.
func acting(tb testing.TB, law *procedure.Law) func(when, role, name string, thing int32, form map[string]string) procedure.Act {
	tb.Helper()
	e := law.Editions[len(law.Editions)-1]
	zone := e.Days.Zone()
	return func(when, role, name string, thing int32, form map[string]string) procedure.Act {
		at, err := zone.ParseMoment(when)
		if err != nil {
			tb.Fatal(err)
		}
		r := e.Act(name)
		if r == nil {
			tb.Fatalf("no act %s", name)
		}
		a := procedure.Act{Act: r.ID, Thing: thing, Done: at, Recorded: at, Officer: role, Role: role}
		for f, v := range form {
			fld := r.Field(f)
			val, key := fld.ParseValue(v, zone)
			if key != "" {
				tb.Fatalf("%s.%s: %s", name, f, key)
			}
			for len(a.Form) <= int(fld.ID) {
				a.Form = append(a.Form, fact.Value{})
			}
			a.Form[fld.ID] = val
		}
		return a
	}
}

// lived is one criminal case from report to court, as acts.
func lived(tb testing.TB, law *procedure.Law) []procedure.Act {
	tb.Helper()
	act := acting(tb, law)
	return []procedure.Act{
		act("2026-03-02 14:30", "duty_officer", "register_report", 0, map[string]string{"source": "direct", "summary": "A theft", "assign_to": "investigator"}),
		act("2026-03-05 10:00", "prosecutor", "extend_check", 0, map[string]string{"reason": "new_facts"}),
		act("2026-03-09 10:00", "investigator", "open_investigation", 0, map[string]string{"crime_article": "CC 169"}),
		act("2026-03-09 11:00", "investigator", "add_suspect", 0, map[string]string{"name": "A. Karimov"}),
		act("2026-03-20 11:00", "investigator", "charge", 1, map[string]string{"crime_article": "CC 169"}),
		act("2026-04-20 11:00", "investigator", "refer_to_prosecutor", 0, map[string]string{"with": "indictment"}),
		act("2026-04-22 11:00", "prosecutor", "approve_and_refer", 0, map[string]string{"court": "Chilonzor"}),
	}
}

func BenchmarkApplyCriminal(b *testing.B) {
	law := criminal(b)
	acts := lived(b, law)
	b.Run("pure", func(b *testing.B) {
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			var s procedure.State
			var err error
			for i := range acts {
				s, _, err = law.At(acts[i].Done).Apply(s, acts[i])
				if err != nil {
					b.Fatal(err)
				}
				n++
			}
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "acts/s")
	})
	b.Run("in place", func(b *testing.B) {
		b.ReportAllocs()
		n := 0
		var run procedure.Run
		for b.Loop() {
			run.Reset()
			for i := range acts {
				if _, err := run.Apply(law.At(acts[i].Done), &acts[i]); err != nil {
					b.Fatal(err)
				}
				n++
			}
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "acts/s")
	})
}

// large is a case of twelve persons, five of them held, with twenty-five urgent searches to be told to the prosecutor.
func large(tb testing.TB, law *procedure.Law) procedure.State {
	tb.Helper()
	act := acting(tb, law)
	acts := []procedure.Act{
		act("2026-03-02 14:30", "duty_officer", "register_report", 0, map[string]string{"source": "direct", "summary": "A gang of thieves", "assign_to": "investigator"}),
		act("2026-03-03 10:00", "investigator", "open_investigation", 0, map[string]string{"crime_article": "CC 169"}),
	}
	for range 12 {
		acts = append(acts, act("2026-03-04 10:00", "investigator", "add_suspect", 0, map[string]string{"name": "A. Karimov"}))
	}
	for i := range int32(5) {
		acts = append(acts, act("2026-03-05 10:00", "investigator", "detain", 1+i, map[string]string{
			"detained_at": "2026-03-05T09:30", "delivered_at": "2026-03-05T09:50", "place": "Post 4"}))
	}
	for range 25 {
		acts = append(acts, act("2026-03-05 11:00", "investigator", "act_in_urgency", 0, map[string]string{
			"what": "search", "object": "A flat", "done_at": "2026-03-05T10:30", "video_recorded": "yes"}))
	}
	var run procedure.Run
	for i := range acts {
		if _, err := run.Apply(law.At(acts[i].Done), &acts[i]); err != nil {
			tb.Fatalf("%s: %v", law.ActName(acts[i].Act), err)
		}
	}
	measures, persons := 0, 0
	for i := range run.State.Things {
		switch law.KindName(run.State.Things[i].Kind) {
		case "person":
			persons++
		case "measure", "motion":
			measures++
		}
	}
	if persons < 12 || measures < 30 || len(run.State.Deadlines) < 60 {
		tb.Fatalf("%d persons, %d measures and motions, %d deadlines: too small", persons, measures, len(run.State.Deadlines))
	}
	return run.State
}

// The whole Code is loaded, and the case is large: what an act costs must not grow with what it has nothing to do with.
func BenchmarkApplyLargeCase(b *testing.B) {
	law := criminal(b)
	state := large(b, law)
	act := acting(b, law)
	acts := []procedure.Act{ // they leave the case as large as it was
		act("2026-03-06 09:00", "prosecutor", "assign", 0, map[string]string{"assign_to": "sobirov"}),
		act("2026-03-06 09:01", "prosecutor", "assign", 0, map[string]string{"assign_to": "investigator"}),
		act("2026-03-06 09:02", "investigator", "begin_reading", 0, nil),
		act("2026-03-06 09:03", "investigator", "end_reading", 0, nil),
	}
	b.Run("in place", func(b *testing.B) {
		b.ReportAllocs()
		run := procedure.Run{State: state.Clone()}
		n := 0
		for b.Loop() {
			for i := range acts {
				if _, err := run.Apply(law.At(acts[i].Done), &acts[i]); err != nil {
					b.Fatal(err)
				}
				n++
			}
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "acts/s")
	})
	b.Run("pure", func(b *testing.B) {
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			s := state
			var err error
			for i := range acts {
				if s, _, err = law.At(acts[i].Done).Apply(s, acts[i]); err != nil {
					b.Fatal(err)
				}
				n++
			}
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "acts/s")
	})
}
