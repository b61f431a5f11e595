package procedure_test

import (
	"testing"

	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/laws"
)

// lived is one criminal case from report to court, as acts.
func lived(tb testing.TB, law *procedure.Law) []procedure.Act {
	tb.Helper()
	e := law.Editions[len(law.Editions)-1]
	zone := e.Days.Zone()
	act := func(when, role, name string, thing int32, form map[string]string) procedure.Act {
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
				a.Form = append(a.Form, procedure.Value{})
			}
			a.Form[fld.ID] = val
		}
		return a
	}
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
	law, _, err := lawload.Load(laws.FS, "uz/criminal")
	if err != nil {
		b.Fatal(err)
	}
	acts := lived(b, law)
	b.Run("pure", func(b *testing.B) {
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			var s procedure.State
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
