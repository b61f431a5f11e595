package docket_test

import (
	"slices"
	"strings"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/docket"
	"nazorat/internal/proceedings"
)

// The sheets and deadlines of one thing are those that are about it, as far as their reader sees them; that there are others is
// not told, since they would be about this thing.
func TestSheetsOfAThingAreThoseThatTheirReaderSees(t *testing.T) { each(t, counselled, sheetsOfAThing) }

func sheetsOfAThing(t *testing.T, h *house) {
	r := h.must(t, register("sardor"))
	do := func(who access.Actor, act string, thing int32, form map[string]string) {
		t.Helper()
		h.must(t, docket.Command{Proceeding: r.Proceeding, Act: act, Thing: thing, Actor: who, Form: form})
	}
	do(inquirer, "open_inquiry", 0, map[string]string{"crime_article": "CC 169"})
	do(inquirer, "add_suspect", 0, map[string]string{"name": "B. Tursunov"})
	do(inquirer, "add_victim", 0, map[string]string{"name": "A. Karimov"})
	do(inquirer, "enter_warrant", 1, map[string]string{"counsel": "otabek", "warrant_no": "117"})
	do(prosecutor, "give_instructions", 0, map[string]string{"instructions": "ask the neighbours"})
	do(inquirer, "intercept_in_urgency", 1, map[string]string{"begun_at": "2026-03-02T14:10", "reasons": "MarkOfReasons"})
	for range 10 { // things whose numbers begin as others do
		do(inquirer, "add_victim", 0, map[string]string{"name": "Another"})
	}

	acts := func(who access.Actor, thing int32, limit int) (out []string) {
		t.Helper()
		p, err := h.Proceeding(ctx, who, r.Proceeding)
		if err != nil {
			t.Fatal(err)
		}
		for before := p.Version + 1; before > 0; {
			list, next, err := h.ThingEntries(ctx, p, thing, before, limit)
			if err != nil {
				t.Fatal(err)
			}
			if next > 0 && len(list) < limit {
				t.Errorf("a page of %d, though there are more: it tells that something was left out", len(list))
			}
			for i := range list {
				if list[i].Hidden != nil {
					t.Errorf("that sheet %d is about thing %d is told to whom it is hidden from", list[i].Seq, thing)
				}
				out = append(out, list[i].Act)
			}
			before = next
		}
		return out
	}
	is := func(what string, got []string, want ...string) {
		t.Helper()
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	for _, limit := range []int{1, 2, 50} {
		is("the suspect, to who is in charge", acts(inquirer, 1, limit), "intercept_in_urgency", "enter_warrant", "add_suspect")
		is("the suspect, to counsel", acts(otabek, 1, limit), "enter_warrant", "add_suspect")
		is("the victim", acts(inquirer, 2, limit), "add_victim")
		is("the proceeding's other things", acts(inquirer, 3, limit), "enter_warrant")
	}
	terms := func(who access.Actor, thing int32) (out []string) {
		t.Helper()
		p, err := h.Proceeding(ctx, who, r.Proceeding)
		if err != nil {
			t.Fatal(err)
		}
		list, err := h.ThingDeadlines(ctx, p, thing, 50)
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			out = append(out, list[i].Term)
		}
		return out
	}
	p, err := h.Proceeding(ctx, inquirer, r.Proceeding)
	if err != nil {
		t.Fatal(err)
	}
	seen, hidden := 0, 0
	for no := range int32(len(p.State.Things)) {
		seen += len(terms(inquirer, no))
		hidden += len(terms(inquirer, no)) - len(terms(otabek, no))
	}
	all, _, err := h.Deadlines(ctx, p)
	if err != nil || seen != len(all) {
		t.Errorf("%d deadlines by their things, %d in all: %v", seen, len(all), err)
	}
	if hidden == 0 {
		t.Error("counsel is shown the deadlines of what is hidden from him")
	}
	if _, _, err := h.ThingEntries(ctx, &proceedings.Proceeding{ID: r.Proceeding}, 1, 100, 5); err == nil {
		t.Error("the sheets of a proceeding that nobody has read are given away")
	}
}

// An act that is done often does not push the sheets of another out of what is shown beside a question, nor a term that was
// missed often another one.
func TestWhatJudgesAFileIsOfEachActAndTerm(t *testing.T) { each(t, counselled, whatJudgesAFile) }

func whatJudgesAFile(t *testing.T, h *house) {
	r := h.must(t, register("sardor"))
	do := func(who access.Actor, act string, thing int32, form map[string]string) {
		t.Helper()
		h.must(t, docket.Command{Proceeding: r.Proceeding, Act: act, Thing: thing, Actor: who, Form: form})
	}
	do(inquirer, "open_inquiry", 0, map[string]string{"crime_article": "CC 169"})
	do(inquirer, "add_suspect", 0, map[string]string{"name": "B. Tursunov"})
	do(inquirer, "enter_warrant", 1, map[string]string{"counsel": "otabek", "warrant_no": "117"})
	do(inquirer, "detain", 1, map[string]string{"detained_at": "2026-03-02T14:00", "delivered_at": "2026-03-02T14:00", "place": "Post 4"})
	for range 5 {
		do(inquirer, "add_victim", 0, map[string]string{"name": "Another"})
	}
	do(inquirer, "add_witness", 0, map[string]string{"name": "N. Qodirova"})
	do(prosecutor, "give_instructions", 0, map[string]string{"instructions": "ask the neighbours"})
	for who, want := range map[string]string{"sardor": "give_instructions add_victim add_victim add_suspect", "otabek": "add_victim add_victim add_suspect"} {
		actor := inquirer
		if who == "otabek" {
			actor = otabek
		}
		p, err := h.Proceeding(ctx, actor, r.Proceeding)
		if err != nil {
			t.Fatal(err)
		}
		list, err := h.Sheets(ctx, p, []string{"add_suspect", "add_victim", "give_instructions"}, 2)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i := range list {
			got = append(got, list[i].Act)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s is shown %v, want %s", who, got, want)
		}
	}
	p, err := h.Proceeding(ctx, inquirer, r.Proceeding)
	if err != nil {
		t.Fatal(err)
	}
	all, _, err := h.Deadlines(ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	var terms []string
	for i := range all {
		if all[i].Breach != "lapse" && !slices.Contains(terms, all[i].Term) && all[i].Status == "running" {
			terms = append(terms, all[i].Term)
		}
	}
	if len(terms) < 3 {
		t.Fatalf("only %v run", terms)
	}
	far := calendar.Moment(1) << 60
	for _, ask := range [][]string{terms, terms[:1], nil} {
		list, err := h.Missed(ctx, p, ask, far, 1)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i := range list {
			got = append(got, list[i].Term)
		}
		slices.Sort(got)
		want := slices.Sorted(slices.Values(ask))
		if !slices.Equal(got, want) {
			t.Errorf("of %v are missed %v", ask, got)
		}
	}
}
