package app

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"nazorat/internal/docket"
)

// What a hidden sheet says: of each form, each fact and each term that it brought about, a text that stands nowhere else.
var saidBySheets = []string{"MarkOfInstructions", "MarkOfObject", "MarkOfReasons", "urgent_interception", "report_urgent_action_in_time"}

// sheets does acts whose sheets have a class.
func (h *house) sheets(t *testing.T) {
	t.Helper()
	for _, c := range []struct {
		officer, act string
		thing        int32
		form         map[string]string
	}{
		{"supervisor", "give_instructions", 0, map[string]string{"instructions": "MarkOfInstructions"}},
		{"officer", "act_in_urgency", 0, map[string]string{"what": "search", "object": "MarkOfObject", "done_at": "2026-03-02T10:00", "video_recorded": "yes"}},
		{"officer", "intercept_in_urgency", 1, map[string]string{"begun_at": "2026-03-02T11:00", "reasons": "MarkOfReasons"}},
	} {
		_, err := h.Docket.Act(t.Context(), docket.Command{Law: "uz/criminal", Proceeding: h.proceeding, Act: c.act, Thing: c.thing, Form: c.form, Actor: h.actor(t, c.officer)})
		if err != nil {
			t.Fatalf("%s: %v", c.act, err)
		}
	}
}

// ofTheFile are addresses below the case that no row of the table asks for.
var ofTheFile = []string{"/acts/grant_interception?thing=3", "/acts/end_interception?thing=3", "/deadlines/1", "/deadlines/2", "/deadlines/3", "/deadlines/4", "/deadlines/5", "/deadlines/6", "/receipts/4", "/receipts/5", "/receipts/6",
	"/things/person", "/things/person?q=MarkOf", "/things/person/1", "/things/interception", "/things/interception/2", "/things/interception/3", "/things/interception/3/label", "/things/motion", "/things/motion/2", "/things/motion/3"}

// toldOfSheets goes through the addresses of the case and through all doors as those who may know of it, and gives what of hidden sheets
// they were told, by route. With enough it is over as soon as each of the texts was told somewhere.
func (h *house) toldOfSheets(t *testing.T, enough bool) map[string][]string {
	t.Helper()
	out, heard := map[string][]string{}, map[string]bool{}
	hear := func(route string, a reply) {
		for _, mark := range saidBySheets {
			if strings.Contains(a.body, mark) && !slices.Contains(out[route], mark) {
				out[route], heard[mark] = append(out[route], mark), true
			}
		}
	}
	for _, address := range append([]string{"", "/history"}, ofTheFile...) {
		for _, caller := range []string{"officer", "supervisor"} {
			hear("/proceedings/{id}"+address, h.shows(t, caller, "/proceedings/"+h.proceeding+address))
		}
	}
	if enough && len(heard) == len(saidBySheets) {
		return out
	}
	h.taken(t, func(r row, _ string, a reply) { // the law itself names its terms, and asks nobody who reads it
		if !strings.Contains(r.route, "/laws") {
			hear(r.route, a)
		}
	})
	return out
}

func TestNothingOfAHiddenSheetLeavesByAnyDoor(t *testing.T) {
	t.Parallel()
	h := buildUnder(t, withPolicies(t, `@id("no-sheets") @reason("a test") @en("No sheet is seen here.") @ru("A") @uz("A")
forbid (principal is Mandate, action == Action::"read_sheet", resource is Sheet);
`))
	h.sheets(t)
	for route, marks := range h.toldOfSheets(t, false) {
		t.Errorf("%s tells %v of sheets that are hidden", route, marks)
	}
	page := h.ask(t, request{method: http.MethodGet, address: "/proceedings/" + h.proceeding + "/history", caller: "officer"})
	if page.status != http.StatusOK || !strings.Contains(page.body, "No sheet is seen here.") {
		t.Errorf("%d: it is not listed that sheets are hidden, with the policy\n%.3000s", page.status, page.body)
	}
	for _, address := range []string{"/acts/end_interception?thing=3", "/receipts/4", "/things/interception/3", "/things/person/3", "/things/interception/3/label"} {
		a := h.ask(t, request{method: http.MethodGet, address: "/proceedings/" + h.proceeding + address, caller: "officer"})
		b := h.ask(t, request{method: http.MethodGet, address: "/proceedings/" + h.proceeding + address, caller: "stranger"})
		if a.status != http.StatusForbidden || b.status != http.StatusNotFound {
			t.Errorf("%s: %d to who reads the case, %d to a stranger", address, a.status, b.status)
		}
	}
}

// The same doors tell all of it where nothing hides it: the test above can fail.
func TestWhatSheetsSayIsFoundWhereItIsTold(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.sheets(t)
	found := map[string]bool{}
	for _, marks := range h.toldOfSheets(t, true) {
		for _, mark := range marks {
			found[mark] = true
		}
	}
	for _, mark := range saidBySheets {
		if !found[mark] {
			t.Errorf("%s is told nowhere, and would not be missed", mark)
		}
	}
}
