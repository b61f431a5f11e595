package docket_test

import (
	"encoding/json"
	"strings"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
)

// all that a reader is given of a proceeding, as one text.
func (h *house) told(tb testing.TB, who access.Actor, id string) (text string, hidden int) {
	tb.Helper()
	p, err := h.Proceeding(ctx, who, id)
	if err != nil {
		tb.Fatal(err)
	}
	seen, away, err := h.Deadlines(ctx, p)
	if err != nil {
		tb.Fatal(err)
	}
	history, err := h.History(ctx, p, p.Version+1, 100)
	if err != nil {
		tb.Fatal(err)
	}
	links, err := h.Links(ctx, who, p, 100)
	if err != nil {
		tb.Fatal(err)
	}
	cases, err := h.AsParty(ctx, who, proceedings.Behind{}, 50)
	if err != nil {
		tb.Fatal(err)
	}
	listed := 0
	for i := range history {
		if history[i].Hidden != nil {
			listed++
		}
	}
	if n, err := h.HiddenSheets(ctx, p); err != nil || n != listed {
		tb.Errorf("%s: %d sheets are hidden, %d counted: %v", who.Officer, listed, n, err)
	}
	state, err := stored.EncodeState(p.Law, &p.State)
	if err != nil {
		tb.Fatal(err)
	}
	data, err := json.Marshal([]any{json.RawMessage(state), p.Title, seen, away, history, links, cases})
	if err != nil {
		tb.Fatal(err)
	}
	return string(data), listed
}

func TestNothingOfAHiddenSheetIsRead(t *testing.T) { each(t, counselled, hiddenSheets) }

func hiddenSheets(t *testing.T, h *house) {
	r := h.must(t, register("sardor"))
	do := func(who access.Actor, act string, thing int32, form map[string]string) {
		t.Helper()
		h.must(t, docket.Command{Proceeding: r.Proceeding, Act: act, Thing: thing, Actor: who, Form: form})
	}
	do(inquirer, "open_inquiry", 0, map[string]string{"crime_article": "CC 169"})
	do(inquirer, "add_suspect", 0, map[string]string{"name": "B. Tursunov"})
	do(inquirer, "enter_warrant", 1, map[string]string{"counsel": "otabek", "warrant_no": "117"})
	do(otabek, "file_complaint", 0, map[string]string{"against": "officer", "by_whom": "B. Tursunov", "what_for": "He was not let in"})
	if _, hidden := h.told(t, otabek, r.Proceeding); hidden != 0 {
		t.Error("counsel does not see what concerns his client, or what he did himself")
	}
	do(prosecutor, "give_instructions", 0, map[string]string{"instructions": "MarkOfInstructions"})
	do(inquirer, "act_in_urgency", 0, map[string]string{"what": "search", "object": "MarkOfObject", "done_at": "2026-03-02T14:00", "video_recorded": "yes"})
	do(inquirer, "intercept_in_urgency", 1, map[string]string{"begun_at": "2026-03-02T14:10", "reasons": "MarkOfReasons"})
	marks := []string{"MarkOfInstructions", "MarkOfObject", "MarkOfReasons", "report_urgent_action_in_time", "urgent_interception", "intercept_in_urgency"}
	for who, want := range map[access.Actor]int{otabek: 3, inquirer: 0, prosecutor: 0, second: 1} {
		text, hidden := h.told(t, who, r.Proceeding)
		if hidden != want {
			t.Errorf("%s: %d sheets are hidden, want %d", who.Officer, hidden, want)
		}
		for _, mark := range marks {
			covert := mark == "MarkOfReasons" || strings.HasSuffix(mark, "interception") || strings.HasPrefix(mark, "intercept")
			if got, seen := strings.Contains(text, mark), want == 0 || want == 1 && !covert; got != seen {
				t.Errorf("%s is told %s: %v, want %v", who.Officer, mark, got, seen)
			}
		}
	}
	p, err := h.Proceeding(ctx, otabek, r.Proceeding)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Entry(ctx, p, p.Version); !fault.Is(err, fault.Forbidden) || len(fault.Of(err).Policies) == 0 || fault.Of(err).Article == "" {
		t.Errorf("the sheet itself: %v", err)
	}
	last := int32(len(p.State.Things) - 1)
	if p.Hides(last) == nil || !p.State.Things[last].Withheld() {
		t.Error("the interception is seen")
	}
	if _, err := h.Act(ctx, docket.Command{Proceeding: r.Proceeding, Act: "end_interception", Thing: last, Actor: otabek, Form: map[string]string{}}); fault.Of(err).Key != "refusal.no_such_thing" {
		t.Errorf("an act on what is hidden: %v", err)
	}
	do(inquirer, "begin_reading", 0, map[string]string{})
	if _, hidden := h.told(t, otabek, r.Proceeding); hidden != 0 {
		t.Errorf("the file is open, and %d sheets are hidden from counsel", hidden)
	}
	h.fits(t)
}
