package procedure_test

import (
	"testing"

	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/laws"
)

// fines are the roads that most fines of the log go, in about its shares: paid
// at once; sent, notified, penalty, collection; sent, notified, penalty, paid;
// sent and paid; appealed to the prefect.
func fines(tb testing.TB, law *procedure.Law) [][]procedure.Act {
	tb.Helper()
	e := law.Editions[len(law.Editions)-1]
	zone := e.Days.Zone()
	type step struct {
		when, act, role string
		thing           int32
		form            map[string]string
	}
	create := step{"2012-01-10", "create_fine", "police", 0, map[string]string{"amount": "36.00", "code_article": "CdS 157", "vehicle_class": "A", "points": "0"}}
	send := step{"2012-03-10", "send_fine", "police", 0, map[string]string{"expense": "13.00"}}
	notify := step{"2012-03-20", "notify_fine", "police", 0, map[string]string{"kind": "P"}}
	penalty := step{"2012-05-19", "add_penalty", "police", 0, map[string]string{"amount": "74.00"}}
	collect := step{"2013-09-01", "send_for_collection", "police", 0, nil}
	roads := [][]step{
		{create, send, notify, penalty, collect}, {create, send, notify, penalty, collect}, {create, send, notify, penalty, collect}, {create, send, notify, penalty, collect},
		{create, {"2012-01-20", "pay_in_full", "offender", 0, map[string]string{"total": "36.00"}}},
		{create, {"2012-01-20", "pay_in_full", "offender", 0, map[string]string{"total": "36.00"}}},
		{create, {"2012-01-20", "pay_in_full", "offender", 0, map[string]string{"total": "36.00"}}},
		{create, send}, {create, send},
		{create, send, notify, penalty, {"2012-08-01", "pay_in_full", "offender", 0, map[string]string{"total": "87.00"}}},
		{create, send, notify, {"2012-04-10", "appeal_to_prefect", "offender", 0, nil}, {"2012-05-01", "send_appeal", "police", 1, nil}},
	}
	var out [][]procedure.Act
	for _, road := range roads {
		var acts []procedure.Act
		for _, st := range road {
			at, err := zone.ParseMoment(st.when)
			if err != nil {
				tb.Fatal(err)
			}
			r := e.Act(st.act)
			if r == nil {
				tb.Fatalf("no act %s", st.act)
			}
			form, bad := e.ReadForm(r, st.form)
			if len(bad) > 0 {
				tb.Fatalf("%s: %v", st.act, bad)
			}
			acts = append(acts, procedure.Act{Act: r.ID, Thing: st.thing, Done: at, Recorded: at, Officer: st.role, Role: st.role, Form: form})
		}
		out = append(out, acts)
	}
	return out
}

// BenchmarkDecideRoadFines is the engine alone: budget 1,000,000 acts a second on one core.
func BenchmarkDecideRoadFines(b *testing.B) {
	law, _, err := lawload.Load(laws.FS, "it/road-fines")
	if err != nil {
		b.Fatal(err)
	}
	cases := fines(b, law)
	b.Run("pure", func(b *testing.B) {
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			for _, acts := range cases {
				var s procedure.State
				for i := range acts {
					if s, _, err = law.At(acts[i].Done).Apply(s, acts[i]); err != nil {
						b.Fatal(err)
					}
					n++
				}
			}
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "acts/s")
	})
	b.Run("in place", func(b *testing.B) {
		b.ReportAllocs()
		n := 0
		var run procedure.Run
		for b.Loop() {
			for _, acts := range cases {
				run.Reset()
				for i := range acts {
					if _, err := run.Apply(law.At(acts[i].Done), &acts[i]); err != nil {
						b.Fatal(err)
					}
					n++
				}
			}
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "acts/s")
	})
}
