package docket_test

import (
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
)

// Whoever gave a proceeding away by an act, and never heard that it was done, sends it again and is answered; nobody else learns that there was anything.
func TestWhatWasDoneIsToldAgainToHimWhoDidIt(t *testing.T) {
	each(t, open, func(t *testing.T, h *house) {
		r := h.must(t, register("sardor"))
		c := docket.Command{Proceeding: r.Proceeding, Act: "transfer", Actor: inquirer, Submission: "a-submission-of-his", Form: map[string]string{"to_body": "the tax committee"}}
		done := h.must(t, c)
		again, err := h.Repeated(t.Context(), c)
		if err != nil || again == nil || !again.Repeated || again.Seq != done.Seq || again.Leaf != done.Leaf || again.Hash != done.Hash {
			t.Fatalf("%+v, %v", again, err)
		}
		other := c
		other.Form = map[string]string{"to_body": "another"}
		if _, err := h.Repeated(t.Context(), other); !fault.Is(err, fault.Conflict) {
			t.Errorf("another form: %v", err)
		}
		for name, change := range map[string]func(*docket.Command){
			"of another officer":    func(c *docket.Command) { c.Actor = second },
			"of another proceeding": func(c *docket.Command) { c.Proceeding = "none" },
			"never sent":            func(c *docket.Command) { c.Submission = "another-submission" },
		} {
			x := c
			change(&x)
			if r, err := h.Repeated(t.Context(), x); r != nil || err != nil {
				t.Errorf("%s: %+v, %v", name, r, err)
			}
		}
	})
}

// The system that sent an act stands in its entry, which the leaf commits to, and with what the act did elsewhere.
func TestTheSystemThatSentAnActIsOnRecord(t *testing.T) {
	each(t, open, func(t *testing.T, h *house) {
		c := register("sardor")
		c.Actor.Client = "registry"
		c.Through = access.Client{Office: "iib-1", Scopes: []string{"acts"}, Proof: "assertion"}
		r := h.must(t, c)
		h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "open_inquiry", Actor: inquirer, Form: map[string]string{"crime_article": "CC 169"}})
		p, err := h.Proceeding(t.Context(), inquirer, r.Proceeding)
		if err != nil {
			t.Fatal(err)
		}
		list, err := h.Entries(t.Context(), p, 0, 10)
		if err != nil || len(list) != 2 || list[0].Client != "registry" || list[0].Officer != duty.Officer || list[1].Client != "" {
			t.Fatalf("%+v, %v", list, err)
		}
		if err := h.Check(t.Context(), p); err != nil {
			t.Errorf("the replay: %v", err)
		}
	})
}
