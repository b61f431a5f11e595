package docket_test

import (
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
)

// What a system sends in an officer's name leads nowhere where the system itself may not go: each act that follows by a link is asked for, and each proceeding that it would be done in.
func TestWhatASystemSendsLeadsNowhereWhereItMayNotGo(t *testing.T) {
	each(t, court, func(t *testing.T, h *house) {
		k := h.besideWith(t, besidesIn(t, "xx/watch/policies.cedar", `@id("xx/watch/not-read") @reason("a test") @en("A") @ru("A") @uz("A")
forbid (principal is Client, action == Action::"fetch", resource is Proceeding);
@id("xx/watch/not-opened") @reason("a test") @en("A") @ru("A") @uz("A")
forbid (principal is Client, action == Action::"enter", resource is Proceeding) when { context.act == "open_watch" };`))
		r := h.opened(t, "bricks")
		w := h.do(t, r, inquirer, "ask", 0, map[string]string{"about": "Damp bricks"}).Linked[0]
		sent := inquirer
		sent.Client = "registry"
		system := access.Client{Office: "iib-1", Scopes: []string{"proceedings", "acts"}, Proof: "certificate"}
		ask := func(on *docket.Docket, through access.Client, form map[string]string) error {
			_, err := on.Act(ctx, docket.Command{Proceeding: r.Proceeding, Act: "ask", Actor: sent, Through: through, Form: form})
			return err
		}
		opens, enters := map[string]string{"about": "More"}, map[string]string{"watch": w.Number}
		if f := fault.Of(ask(k, system, enters)); f.Kind != fault.NotFound || f.Fields["watch"].Key != docket.NoProceeding {
			t.Errorf("a matter that it may not read: %+v", f)
		}
		if f := fault.Of(ask(k, system, opens)); f.Kind != fault.Forbidden || f.Key != "refusal.link" {
			t.Errorf("an act that it may not send, by a link: %+v", f)
		}
		if f := fault.Of(ask(h.Docket, access.Client{}, opens)); f.Key != "proceeding.none" {
			t.Errorf("a system of which nothing is known: %+v", f)
		}
		reads := system
		reads.Scopes = []string{"proceedings"}
		if f := fault.Of(ask(h.Docket, reads, opens)); f.Key != "access.no_enter" {
			t.Errorf("one that may read alone: %+v", f)
		}
		for _, form := range []map[string]string{opens, enters} {
			if err := ask(h.Docket, system, form); err != nil {
				t.Errorf("%v by one that may: %v", form, err)
			}
		}
	})
}
