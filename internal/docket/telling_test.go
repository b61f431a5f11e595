package docket_test

import (
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
)

// What officers are told (package notice) is what they could read, one by one: asked together for all of them, of all entries and
// deadlines of a file of which some sheets are hidden, and again when it is closed.
func TestWhatMayBeToldIsWhatMayBeRead(t *testing.T) { each(t, counselled, whatMayBeTold) }

func whatMayBeTold(t *testing.T, h *house) {
	r := h.must(t, register("sardor"))
	do := func(who access.Actor, act string, thing int32, form map[string]string) {
		t.Helper()
		h.must(t, docket.Command{Proceeding: r.Proceeding, Act: act, Thing: thing, Actor: who, Form: form})
	}
	do(inquirer, "open_inquiry", 0, map[string]string{"crime_article": "CC 169"})
	do(inquirer, "add_suspect", 0, map[string]string{"name": "B. Tursunov"})
	do(inquirer, "enter_warrant", 1, map[string]string{"counsel": "otabek", "warrant_no": "117"})
	do(prosecutor, "give_instructions", 0, map[string]string{"instructions": "look again"})
	do(inquirer, "act_in_urgency", 0, map[string]string{"what": "search", "object": "a barn", "done_at": "2026-03-02T14:00", "video_recorded": "yes"})
	do(inquirer, "intercept_in_urgency", 1, map[string]string{"begun_at": "2026-03-02T14:10", "reasons": "a call"})
	var entries []proceedings.Logged
	var deadlines []proceedings.Deadline
	whole, err := h.Stored(ctx, r.Proceeding)
	if err != nil {
		t.Fatal(err)
	}
	if entries, err = h.Entries(ctx, whole, 0, 100); err != nil {
		t.Fatal(err)
	}
	if deadlines, _, err = h.Deadlines(ctx, whole); err != nil {
		t.Fatal(err)
	}
	readers := []access.Actor{inquirer, second, prosecutor, stranger, general, otabek, nodira, bek}
	seen := map[bool]int{}
	look := func() {
		t.Helper()
		var ask []proceedings.Telling
		var want []bool
		for _, who := range readers {
			entry, deadline := map[int64]bool{}, map[int32]bool{}
			p, err := h.Proceeding(ctx, who, r.Proceeding)
			if err != nil && !fault.Is(err, fault.NotFound) {
				t.Fatal(err)
			}
			if err == nil {
				list, err := h.Entries(ctx, p, 0, 100)
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range list {
					entry[l.Seq] = l.Hidden == nil
				}
				of, _, err := h.Deadlines(ctx, p)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range of {
					deadline[d.No] = true
				}
			}
			for _, l := range entries {
				ask, want = append(ask, proceedings.Telling{Who: who, Proceeding: r.Proceeding, Act: l.Act, Officer: l.Officer}), append(want, entry[l.Seq])
			}
			for _, d := range deadlines {
				if d.Status == stored.Running {
					ask, want = append(ask, proceedings.Telling{Who: who, Proceeding: r.Proceeding, Starter: d.Basis.By, Thing: d.Thing}), append(want, deadline[d.No])
				}
			}
		}
		ask, want = append(ask, proceedings.Telling{Who: inquirer, Proceeding: "none"}), append(want, false)
		got, err := h.MayTell(ctx, ask)
		if err != nil {
			t.Fatal(err)
		}
		for i := range ask {
			seen[want[i]]++
			if got[i] != want[i] {
				t.Errorf("%s: told %v, read %v: %+v", ask[i].Who.Officer, got[i], want[i], ask[i])
			}
		}
	}
	look()
	do(inquirer, "close_case", 0, map[string]string{"secrecy_ground": "minor"})
	look()
	if seen[true] < 30 || seen[false] < 30 {
		t.Errorf("%v: that shows little", seen)
	}
}
