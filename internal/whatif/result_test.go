package whatif

import (
	"context"
	"strings"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/amend"
	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
	"nazorat/laws"
)

// changed is a draft over the Uzbek law with some of everything that a result can show, and what came of it.
func changed(t *testing.T) (*amend.Draft, *amend.Report) {
	t.Helper()
	d, err := amend.LoadDraft(laws.FS, "uz/criminal", amend.Text{Name: "draft", Text: []byte(`procedure: uz/criminal
in_force: 2040-01-01
based_on: 2026-12-01
acts:
  refuse: { article: CPC 333, by: [prosecutor], on: case, from: [check], to: refused, form: { why: text } }
  assign: ~
terms:
  decide_on_report: { article: CPC 329, starts: register_report, within: 3d, owed_by: officer_in_charge, met_by: [open_inquiry, open_investigation, refuse, transfer], extended_by: { extend_check: { to: 20d } } }
`)})
	if err != nil {
		t.Fatal(err)
	}
	zone := d.Edition.Days.Zone()
	act := func(when, role, name string, form map[string]string) amend.PastAct {
		at, err := zone.ParseMoment(when)
		if err != nil {
			t.Fatal(err)
		}
		e := d.Base.At(at)
		r := e.Act(name)
		values, bad := e.ReadForm(r, form)
		if len(bad) > 0 {
			t.Fatal(bad)
		}
		return amend.PastAct{Act: procedure.Act{Act: r.ID, Done: at, Recorded: at, Officer: role, Role: role, Office: "o", Form: values}}
	}
	report := map[string]string{"source": "direct", "summary": "A robbery", "assign_to": "investigator"}
	trial := amend.NewTrial(d, calendar.DateOf(2026, 1, 1), act("2026-03-20 10:00", "prosecutor", "refuse", noEvent()).Done)
	lane := trial.Lane()
	lane.Try(&amend.Past{Number: "1", Office: "o", Acts: []amend.PastAct{act("2026-03-02 10:00", "duty_officer", "register_report", report),
		act("2026-03-03 10:00", "prosecutor", "assign", map[string]string{"assign_to": "other"}), act("2026-03-10 10:00", "prosecutor", "extend_check", map[string]string{"reason": "new_facts"})}})
	lane.Try(&amend.Past{Number: "2", Office: "p", Acts: []amend.PastAct{act("2026-03-02 10:00", "duty_officer", "register_report", report),
		act("2026-03-03 10:00", "prosecutor", "refuse", noEvent())}})
	return d, trial.Report(lane)
}

func noEvent() map[string]string { return map[string]string{"ground": "no_event", "note": "None"} }

var (
	anna  = access.Actor{Officer: "anna", Role: "analyst", Office: "gp", Mandate: "anna-1"}
	boris = access.Actor{Officer: "boris", Role: "analyst", Office: "gp", Mandate: "boris-1"}
)

func TestAResultIsSaidInEveryLanguage(t *testing.T) {
	t.Parallel()
	d, r := changed(t)
	words, err := web.NewCatalogue([]*procedure.Law{d.Law}, web.Texts, amend.Texts, Texts)
	if err != nil {
		t.Fatal(err)
	}
	if r.Sum.Appear == 0 || len(r.Refused) < 2 || len(r.Untold) == 0 {
		t.Fatalf("the example shows too little: %+v, refused %+v, untold %+v", r.Sum, r.Refused, r.Untold)
	}
	for _, lang := range []string{"uz", "uz-Cyrl", "ru", "en"} {
		w := words.In(lang)
		s := Showing{Words: w, Draft: d, Office: func(id string) string { return "Office " + id }}
		var text, page strings.Builder
		if err := s.WriteText(&text, r); err != nil {
			t.Fatal(err)
		}
		if err := s.WritePage(context.Background(), &page, r); err != nil {
			t.Fatal(err)
		}
		for _, all := range []string{text.String(), page.String()} {
			for _, key := range []string{"whatif.", "diff.", "refusal.", "{n}", "{list}", "{term}", "{what}", "{due}"} {
				if i := strings.Index(all, key); i >= 0 {
					t.Errorf("%s: a text is missing near %q", lang, all[max(i-40, 0):min(i+60, len(all))])
				}
			}
			for _, want := range []string{w.T("whatif.refused"), w.T("whatif.untold"), w.T("whatif.articles"), "Office p", w.T("whatif.caveat"), w.T("whatif.untold_note")} {
				if !strings.Contains(all, want) {
					t.Errorf("%s: the result lacks %q", lang, want)
				}
			}
		}
		if !strings.Contains(page.String(), `<svg class="nz-bars__svg"`) || strings.Contains(page.String(), "src=") {
			t.Errorf("%s: the page has no chart, or needs something beside it", lang)
		}
	}
}

func TestTheBarsAreSharesOfTheLongest(t *testing.T) {
	t.Parallel()
	svg := ui.Bars([]int64{50, 0, 1}, 1000, "before", "after", "moved")
	for _, want := range []string{`width="5.00%"`, `width="0.00%"`, `width="0.50%"`} { // one of a thousand is still seen
		if !strings.Contains(svg, want) {
			t.Errorf("%s lacks %s", svg, want)
		}
	}
}

// Trials are bounded, belong to who began them, and one that breaks ends as failed.
func TestTrialsAreBoundedAndPrivate(t *testing.T) {
	t.Parallel()
	ts := newTrials()
	ts.running = mostAtOnce
	if _, err := ts.begin(nil, anna, nil, nil, 0); err == nil {
		t.Error("a third trial begins")
	}
	ts.running = 0
	d, _ := changed(t)
	id, err := ts.begin(nil, anna, d, nil, 0) // without a docket the engine breaks at once
	if err != nil {
		t.Fatal(err)
	}
	x := ts.of(id, anna)
	if x == nil || ts.of(id, boris) != nil || ts.of("other", anna) != nil {
		t.Fatal("a trial is seen by another, or not by its owner")
	}
	<-x.over
	if r, _, err := x.stands(); r != nil || err == nil {
		t.Errorf("a trial that broke stands as %v, %v", r, err)
	}
	for range mostKept + 3 {
		id, err := ts.begin(nil, anna, d, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		x := ts.of(id, anna)
		<-x.over
	}
	if ts.of(id, anna) != nil || len(ts.list) != mostKept {
		t.Errorf("%d trials are kept", len(ts.list))
	}
}
