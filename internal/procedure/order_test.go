package procedure_test

import (
	"errors"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
)

// A clerk types last year's date: nothing is done on a thing before it came
// in, and no clock goes on before it stood still.
func TestWhatCannotHaveBeenDoneSoEarlyIsRefused(t *testing.T) {
	t.Parallel()
	law := criminal(t)
	e := law.Editions[len(law.Editions)-1]
	zone := e.Days.Zone()
	at := func(s string) calendar.Moment {
		m, err := zone.ParseMoment(s)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	now := at("2026-04-01 09:00")
	act := func(name, done string, form map[string]string) procedure.Act {
		r := e.Act(name)
		values, bad := e.ReadForm(r, form)
		if len(bad) > 0 {
			t.Fatalf("%s: %v", name, bad)
		}
		return procedure.Act{Act: r.ID, Done: at(done), Recorded: now, Officer: "investigator", Role: "investigator", Form: values}
	}
	var s procedure.State
	do := func(a procedure.Act) error {
		next, _, err := e.Apply(s, a)
		if err == nil {
			s = next
		}
		return err
	}
	must := func(a procedure.Act) {
		t.Helper()
		if err := do(a); err != nil {
			t.Fatal(err)
		}
	}
	must(act("register_report", "2026-03-02 09:00", map[string]string{"source": "direct", "summary": "Fraud", "assign_to": "investigator"}))
	early := func(a procedure.Act, due string) {
		t.Helper()
		var r *procedure.Refusal
		if err := do(a); !errors.As(err, &r) || r.Reason != procedure.TooEarly || r.Due != at(due) {
			t.Errorf("%s: %v", law.ActName(a.Act), err)
		}
	}
	early(act("open_investigation", "2020-01-01 10:00", map[string]string{"crime_article": "CC 168"}), "2026-03-02 09:00")
	must(act("open_investigation", "2026-03-03 10:00", map[string]string{"crime_article": "CC 168"}))
	must(act("suspend", "2026-03-20 10:00", map[string]string{"ground": "illness"}))
	early(act("resume_investigation", "2026-03-10 10:00", nil), "2026-03-20 10:00")
	must(act("resume_investigation", "2026-03-25 10:00", nil))
	if due := zone.Format(s.Deadlines[0].Due); due != "2026-06-08 24:00" {
		t.Errorf("five days later: %s", due)
	}
}
