package app

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nazorat/internal/docket"
)

// does does an act, and gives what came of it.
func (h *house) does(t *testing.T, officer, act string, c docket.Command) *docket.Receipt {
	t.Helper()
	c.Act, c.Actor = act, h.actor(t, officer)
	r, err := h.Docket.Act(t.Context(), c)
	if err != nil {
		t.Fatalf("%s: %v", act, err)
	}
	return r
}

// shows asks for a page as an officer.
func (h *house) shows(t *testing.T, caller, address string) reply {
	t.Helper()
	return h.ask(t, request{method: http.MethodGet, address: address, caller: caller})
}

// everywhere are the pages on which a case could stand that its reader may not see.
func (h *house) everywhere() []string {
	return []string{"/proceedings/" + h.proceeding, "/proceedings/" + h.proceeding + "/history", "/find?q=" + url.QueryEscape(h.number), "/", "/cases", "/offices/office-police",
		"/offices/office-police/proceedings", "/api/v1/proceedings/" + h.proceeding}
}

// A case that is closed says so beside its title, and is on no page of a colleague.
func TestAClosedCaseSaysSoAndIsOnNoPageOfOthers(t *testing.T) {
	t.Parallel()
	h := build(t)
	theCase := "/proceedings/" + h.proceeding
	if a := h.shows(t, "colleague", theCase); a.status != http.StatusOK || strings.Contains(a.body, "Closed") {
		t.Fatalf("before: %d", a.status)
	}
	h.does(t, "officer", "close_case", docket.Command{Proceeding: h.proceeding, Form: map[string]string{"secrecy_ground": "minor"}})
	for _, page := range []string{theCase, theCase + "/history"} {
		if a := h.shows(t, "officer", page); a.status != http.StatusOK || !strings.Contains(a.body, "Closed: A minor takes part") {
			t.Errorf("%s: %d, and it does not say how closed it is", page, a.status)
		}
	}
	for _, page := range h.everywhere() {
		a := h.shows(t, "colleague", page)
		for _, word := range []string{theSummary, theSuspect, h.proceeding} {
			if strings.Contains(a.body, word) && !strings.Contains(page, word) {
				t.Errorf("%s: a colleague reads %q", page, word)
			}
		}
		if strings.Contains(page, "/proceedings/"+h.proceeding) && a.status != http.StatusNotFound {
			t.Errorf("%s: %d", page, a.status)
		}
	}
	h.does(t, "supervisor", "lift_secrecy", docket.Command{Proceeding: h.proceeding, Form: map[string]string{"reasons": "None took part"}})
	if a := h.shows(t, "colleague", theCase); a.status != http.StatusOK || strings.Contains(a.body, "Closed: A minor takes part") {
		t.Errorf("lifted: %d", a.status)
	}
}

// A defence counsel has his cases from the moment that his warrant is in the file, and no others.
func TestACounselFindsTheCasesOfHisWarrants(t *testing.T) {
	t.Parallel()
	h := build(t)
	theCase := "/proceedings/" + h.proceeding
	if a := h.shows(t, "counsel", theCase); a.status != http.StatusNotFound {
		t.Errorf("without a warrant: %d", a.status)
	}
	if a := h.shows(t, "counsel", "/cases"); a.status != http.StatusOK || strings.Contains(a.body, h.number) || !strings.Contains(a.body, "You are a party to no case") {
		t.Errorf("his cases without a warrant: %d", a.status)
	}
	h.does(t, "officer", "enter_warrant", docket.Command{Proceeding: h.proceeding, Thing: 1, Form: map[string]string{"counsel": "counsel", "warrant_no": "117"}})
	h.does(t, "officer", "close_case", docket.Command{Proceeding: h.proceeding, Form: map[string]string{"secrecy_ground": "minor"}})
	if a := h.shows(t, "counsel", theCase); a.status != http.StatusOK || !strings.Contains(a.body, theSuspect) || !strings.Contains(a.body, "/acts/file_complaint") {
		t.Errorf("with a warrant: %d", a.status)
	}
	if a := h.shows(t, "counsel", "/cases"); a.status != http.StatusOK || !strings.Contains(a.body, h.number) {
		t.Errorf("his cases: %d", a.status)
	}
	if a := h.shows(t, "counsel", "/offices/office-police/proceedings"); a.status != http.StatusNotFound {
		t.Errorf("the list of the office: %d", a.status)
	}
	if a := h.ask(t, request{method: http.MethodPost, address: theCase + "/acts/file_complaint", caller: "counsel", headers: []string{"Sec-Fetch-Site", "same-origin"},
		form: url.Values{"f.against": {"officer"}, "f.by_whom": {theSuspect}, "f.what_for": {"He was not let in"}, "thing": {"0"}, "version": {"5"}}}); a.status != http.StatusSeeOther && a.status != http.StatusUnprocessableEntity {
		t.Errorf("his complaint: %d", a.status)
	}
	h.does(t, "counsel", "end_warrant", docket.Command{Proceeding: h.proceeding, Thing: 2, Form: map[string]string{"warrant_ends": "agreement_ended"}})
	if a := h.shows(t, "counsel", theCase); a.status != http.StatusNotFound {
		t.Errorf("after his warrant: %d", a.status)
	}
}

// Who is admitted to what is secret stands on his page and in the list that is taken out; a secret case is opened by nobody else, in an emergency or otherwise.
func TestASecretCaseIsOpenedByAdmissionAlone(t *testing.T) {
	t.Parallel()
	h := build(t)
	today := calendarDay(h)
	file := h.does(t, "administrator", "open_file", docket.Command{Law: "uz/service", Form: map[string]string{"login": "login-of-officer", "office": "office-police"}}).Proceeding
	h.does(t, "administrator", "propose_admission", docket.Command{Proceeding: file, Form: map[string]string{"level": "secret", "from": today, "to": today, "order": "5-M"}})
	if a := h.shows(t, "administrator", "/service/officers/officer"); strings.Contains(a.body, "Admitted to") {
		t.Error("he is admitted by one")
	}
	h.does(t, "second", "confirm_admission", docket.Command{Proceeding: file, Thing: 1})
	if a := h.shows(t, "administrator", "/service/officers/officer"); a.status != http.StatusOK || !strings.Contains(a.body, "Admitted to") || !strings.Contains(a.body, "5-M") {
		t.Errorf("his page: %d", a.status)
	}
	h.does(t, "officer", "make_secret", docket.Command{Proceeding: h.proceeding, Form: map[string]string{"reasons": "The maps"}})
	if a := h.shows(t, "officer", "/proceedings/"+h.proceeding); a.status != http.StatusOK || !strings.Contains(a.body, "Secret: State secrets") {
		t.Errorf("its officer: %d", a.status)
	}
	for _, caller := range []string{"colleague", "supervisor", "general", "administrator", "duty"} {
		for _, page := range h.everywhere() {
			a := h.shows(t, caller, page)
			if strings.Contains(a.body, theSummary) || strings.Contains(a.body, theSuspect) {
				t.Errorf("%s reads it at %s", caller, page)
			}
		}
	}
	// In an emergency it is as if there were none of that number.
	emergency := func(number string) reply {
		return h.ask(t, request{method: http.MethodPost, address: "/emergency", caller: "supervisor", headers: []string{"Sec-Fetch-Site", "same-origin"},
			form: url.Values{"number": {number}, "why": {"A life hangs on it"}, "lasts": {"15min"}}})
	}
	there, none := emergency(h.number), emergency("1101-2020-999999")
	if there.status != none.status || there.status == http.StatusSeeOther {
		t.Errorf("in an emergency %d, of what is not there %d", there.status, none.status)
	}
}

func calendarDay(h *house) string {
	return h.Docket.Law("uz/service").Editions[0].Days.Zone().Date(h.Docket.Now()).String()
}
