package observe_test

import (
	"context"
	"os"
	"testing"

	"nazorat/internal/observe"
	"nazorat/laws"
)

const (
	roadFines  = "../../../shared/data/eventlogs/road_traffic_fines.xes.gz"
	cookCounty = "../../../shared/data/caseflow/cook_county_eventlog_derived.csv.gz"
)

func judge(t testing.TB, law, log string) *observe.Report {
	t.Helper()
	if _, err := os.Stat(log); err != nil {
		t.Skipf("needs a log that is not part of the project: %v", err)
	}
	rep, err := observe.Run(context.Background(), observe.Options{Laws: laws.FS, Law: law, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// figure is a deviation as counted by a script of its own that knows neither
// the engine nor the law's file. where tells states apart.
type figure struct {
	name, act, where string
	count, of        int
}

func hold(t *testing.T, rep *observe.Report, figures []figure) {
	t.Helper()
	found := map[figure]bool{}
	for _, d := range rep.Deviations {
		found[figure{d.Name, d.Act, d.Where, d.Count, d.Of}] = true
		for _, lang := range []string{"en", "ru", "uz"} {
			if d.Label[lang] == "" {
				t.Errorf("%s has no label in %s", d.Name, lang)
			}
		}
		if d.Article == "" || len(d.Examples) == 0 || len(d.Examples) > 5 {
			t.Errorf("%s: article %q, examples %v", d.Name, d.Article, d.Examples)
		}
	}
	for _, f := range figures {
		if !found[f] {
			t.Errorf("not in the report: %+v", f)
		}
		delete(found, f)
	}
	for f := range found {
		t.Errorf("in the report and not known: %+v", f)
	}
	if len(rep.Undecided) != 0 || rep.Bad.Values != 0 || rep.Bad.Events != 0 {
		t.Errorf("undecided %+v, bad %+v", rep.Undecided, rep.Bad)
	}
}

func TestRoadFinesFiguresComeOutExactly(t *testing.T) {
	t.Parallel()
	rep := judge(t, "it/road-fines", roadFines)
	if rep.Cases != 150_370 || rep.Events != 561_470 || rep.Paths.Distinct != 231 || rep.Paths.List[0].Count != 56_482 {
		t.Errorf("%d cases, %d events, %d paths, the most common %d", rep.Cases, rep.Events, rep.Paths.Distinct, rep.Paths.List[0].Count)
	}
	hold(t, rep, []figure{
		{"send", "", "", 49_772, 103_987},
		{"appeal_to_prefect_in_time", "", "", 582, 4_043},
		{"penalty_though_appealed", "add_penalty", "", 3_384, 79_860},
		{"forward_appeal", "", "", 807, 4_128},
		{"sent_though_paid", "send_fine", "", 525, 103_987},
		{"penalty_though_at_judge", "add_penalty", "", 297, 79_860},
		{"appeal_before_notification", "appeal_to_prefect", "", 173, 4_188},
		{"pay_in_full.wrong_state", "pay_in_full", "paid", 147, 60_995},
		{"appeal_to_judge_in_time", "", "", 68, 366},
		{"receive_result.wrong_state", "receive_result", "filed", 61, 999},
		{"decide_appeal", "", "", 46, 921},
		{"penalty_though_paid", "add_penalty", "", 39, 79_860},
		{"challenge_decision", "", "", 29, 147},
		{"send_appeal.wrong_state", "send_appeal", "told", 22, 4_141},
		{"judge_while_prefect_decides", "appeal_to_judge", "", 18, 555},
		{"judge_before_notification", "appeal_to_judge", "", 17, 555},
		{"notify_decision", "", "", 17, 880},
		{"receive_result.no_such_thing", "receive_result", "appeal", 17, 999},
		{"notify_result.no_such_thing", "notify_result", "appeal", 15, 896},
		{"appeal_though_at_judge", "appeal_to_prefect", "", 12, 4_188},
		{"send_appeal.wrong_state", "send_appeal", "decided", 9, 4_141},
		{"send_appeal.no_such_thing", "send_appeal", "appeal", 4, 4_141},
		{"collect", "", "", 3, 59_011},
		{"collection_while_prefect_decides", "send_for_collection", "", 3, 59_013},
		{"notified_though_paid", "notify_fine", "", 3, 79_860},
		{"notify_result.wrong_state", "notify_result", "forwarded", 3, 896},
		{"appeal_though_paid", "appeal_to_prefect", "", 2, 4_188},
		{"collection_though_paid", "send_for_collection", "", 2, 59_013},
		{"judge_though_paid", "appeal_to_judge", "", 1, 555},
		{"receive_result.wrong_state", "receive_result", "told", 1, 999},
	})
	if p := termOf(t, rep, "penalty"); p.LastDay != 79_860 || p.InTime != 79_860 || p.Started != 79_860 {
		t.Errorf("penalties on the sixtieth day: %+v", p)
	}
	if s := termOf(t, rep, "send"); s.After != 525 || s.FellAway != 46_327 || s.Open != 56 || s.Overdue != 56 {
		t.Errorf("sending: %+v", s)
	}
	if a := termOf(t, rep, "appeal_to_prefect_in_time"); a.Before != 28 || a.After != 14 {
		t.Errorf("appeals: %+v", a)
	}
}

func TestCookCountyFiguresComeOutExactly(t *testing.T) {
	t.Parallel()
	rep := judge(t, "us-il/felony", cookCounty)
	if rep.Cases != 33_405 || rep.Events != 188_708 || rep.Things == nil || rep.Things.Kind != "person" || rep.Things.Count != 36_190 {
		t.Errorf("%d cases, %d events, things %+v", rep.Cases, rep.Events, rep.Things)
	}
	if d := deviationOf(rep, "incident_before_arrest", ""); d.Things != 308 || d.Count != 308 {
		t.Errorf("persons arrested before the incident: %+v", d)
	}
	hold(t, rep, []figure{
		{"probable_cause", "", "", 2_117, 22_296},
		{"trial", "", "", 715, 2_243},
		{"incident_before_arrest", "record_incident", "", 308, 35_336},
		{"incident_before_receipt", "record_incident", "", 68, 35_336},
		{"incident_before_review", "record_incident", "", 30, 35_336},
		{"incident_before_charge", "record_incident", "", 12, 35_336},
		{"incident_before_arraignment", "record_incident", "", 18, 35_336},
		{"incident_before_verdict", "record_incident", "", 1, 35_336},
		{"incident_before_dismissal", "record_incident", "", 17, 35_336},
		{"incident_before_sentence", "record_incident", "", 3, 35_336},
		{"arrest_before_receipt", "arrest", "", 1_700, 37_885},
		{"arrest_before_review", "arrest", "", 385, 37_885},
		{"arrest_before_charge", "arrest", "", 21, 37_885},
		{"arrest_before_arraignment", "arrest", "", 21, 37_885},
		{"arrest_before_verdict", "arrest", "", 1, 37_885},
		{"arrest_before_dismissal", "arrest", "", 14, 37_885},
		{"arrest_before_sentence", "arrest", "", 3, 37_885},
		{"receipt_before_review", "receive", "", 391, 36_190},
		{"receipt_before_charge", "receive", "", 182, 36_190},
		{"receipt_before_arraignment", "receive", "", 21, 36_190},
		{"receipt_before_verdict", "receive", "", 4, 36_190},
		{"receipt_before_dismissal", "receive", "", 561, 36_190},
		{"receipt_before_sentence", "receive", "", 7, 36_190},
		{"review_before_charge", "review", "", 42, 17_202},
		{"review_before_arraignment", "review", "", 30, 17_202},
		{"review_before_verdict", "review", "", 1, 17_202},
		{"review_before_dismissal", "review", "", 2, 17_202},
		{"review_before_sentence", "review", "", 4, 17_202},
		{"review_before_charge", "reject", "", 7, 3_797},
		{"review_before_arraignment", "reject", "", 3, 3_797},
		{"charge_before_arraignment", "hold_preliminary_hearing", "", 109, 18_185},
		{"charge_before_verdict", "hold_preliminary_hearing", "", 20, 18_185},
		{"charge_before_dismissal", "hold_preliminary_hearing", "", 117, 18_185},
		{"charge_before_sentence", "hold_preliminary_hearing", "", 14, 18_185},
		{"charge_not_rejected", "hold_preliminary_hearing", "", 106, 18_185},
		{"charge_before_arraignment", "indict", "", 10, 5_238},
		{"charge_before_verdict", "indict", "", 2, 5_238},
		{"charge_before_dismissal", "indict", "", 2, 5_238},
		{"charge_before_sentence", "indict", "", 3, 5_238},
		{"charge_not_rejected", "indict", "", 30, 5_238},
		{"charged_when_arraigned", "arraign", "", 400, 17_235},
		{"arraignment_before_verdict", "arraign", "", 16, 17_235},
		{"arraignment_before_dismissal", "arraign", "", 19, 17_235},
		{"arraignment_before_sentence", "arraign", "", 6, 17_235},
		{"charged_at_verdict", "find_guilty", "", 103, 4_180},
		{"arraigned_at_verdict", "find_guilty", "", 165, 4_180},
		{"not_acquitted_when_convicted", "find_guilty", "", 2, 4_180},
		{"dismissal_before_sentence", "dismiss", "", 415, 8_959},
		{"guilt_before_sentence", "sentence", "", 294, 4_130},
		{"sentence_without_guilt", "sentence", "", 12, 4_130},
		{"sentence.after_recorded", "sentence", "", 3, 4_130},
		{"hold_preliminary_hearing.after_recorded", "hold_preliminary_hearing", "", 2, 18_185},
		{"arraign.after_recorded", "arraign", "", 1, 17_235},
		{"indict.after_recorded", "indict", "", 1, 5_238},
		{"interrupt.after_recorded", "interrupt", "", 1, 24},
	})
}

// BenchmarkObserveRoadFines measures file to report.
func BenchmarkObserveRoadFines(b *testing.B) {
	events := 0
	for b.Loop() {
		events = judge(b, "it/road-fines", roadFines).Events
	}
	seconds := b.Elapsed().Seconds() / float64(b.N)
	b.ReportMetric(seconds, "s")
	b.ReportMetric(float64(events)/seconds, "events/s")
}
