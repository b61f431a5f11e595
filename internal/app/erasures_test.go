package app

import (
	"net/http"
	"strings"
	"testing"

	"nazorat/internal/docket"
)

// One administrator proposes to erase a document; both see on one page what it touches and what may be done, and how it ended.
func TestErasuresStandOnOnePageWithWhatTheyTouch(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.papers(t)
	const page = "/service/erasures"
	if a := h.shows(t, "administrator", page); a.status != http.StatusOK || !strings.Contains(a.body, "Nobody has proposed to erase a document") || !strings.Contains(a.body, "/open/open_office_file?") {
		t.Errorf("before: %d %s", a.status, a.body)
	}
	file := h.does(t, "administrator", "open_office_file", docket.Command{Law: "uz/service", Form: map[string]string{"office": "office-police"}}).Proceeding
	propose := "/proceedings/" + file + "/acts/propose_erasure"
	if a := h.shows(t, "administrator", page); !strings.Contains(a.body, `href="`+propose+`"`) {
		t.Errorf("nothing leads to the form: %s", a.body)
	}
	hash := h.one(t, `SELECT hash FROM document WHERE proceeding = $1 AND name = 'plan.txt'`, h.proceeding)
	other := h.one(t, `SELECT hash FROM document WHERE proceeding = $1 AND name = 'knife.png'`, h.proceeding)
	for _, x := range []string{hash, other, strings.Repeat("0", 64)} {
		h.does(t, "administrator", "propose_erasure", docket.Command{Proceeding: file, Form: map[string]string{"document": x, "order": "Court, 1-12/26"}})
	}
	confirm, refuse := `href="/proceedings/`+file+`/acts/confirm_erasure?thing=1"`, `href="/proceedings/`+file+`/acts/refuse_erasure?thing=1"`
	a := h.shows(t, "second", page)
	for _, want := range []string{confirm, refuse, h.number + ", sheet", "plan.txt", `/file/`, "Court, 1-12/26", "Name of administrator", "No sheet names it", hash[:16], other[:16]} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the other administrator is not shown %q: %s", want, a.body)
		}
	}
	if a := h.shows(t, "administrator", page); strings.Contains(a.body, confirm) || !strings.Contains(a.body, refuse) {
		t.Error("who proposed it is led to confirm it, or not to refuse it")
	}
	h.does(t, "second", "refuse_erasure", docket.Command{Proceeding: file, Thing: 2, Form: map[string]string{"reasons": "It is needed"}})
	h.does(t, "second", "confirm_erasure", docket.Command{Proceeding: file, Thing: 1})
	a = h.shows(t, "second", page)
	if strings.Contains(a.body, confirm) || strings.Contains(a.body, refuse) || !strings.Contains(a.body, "Carried out") || !strings.Contains(a.body, "Refused") || !strings.Contains(a.body, "Proposed") {
		t.Errorf("how they ended: %s", a.body)
	}
	// What waits stands first, whenever it was proposed.
	if waits := strings.Index(a.body, strings.Repeat("0", 16)); waits < 0 || waits > strings.Index(a.body, hash[:16]) {
		t.Error("what waits does not stand first")
	}
	// Of sheets that he does not see he is told how many there are; an administrator of elsewhere sees none of it.
	h.does(t, "officer", "close_case", docket.Command{Proceeding: h.proceeding, Form: map[string]string{"secrecy_ground": "minor"}})
	if a := h.shows(t, "second", page); strings.Contains(a.body, h.number) || strings.Contains(a.body, "plan.txt") || !strings.Contains(a.body, "1 more that you may not see") {
		t.Errorf("a closed case: %s", a.body)
	}
	if a := h.shows(t, "elsewhere", page); a.status != http.StatusOK || strings.Contains(a.body, hash[:16]) {
		t.Errorf("elsewhere: %d", a.status)
	}
	if a := h.shows(t, "officer", page); a.status != http.StatusNotFound {
		t.Errorf("an officer: %d", a.status)
	}
}
