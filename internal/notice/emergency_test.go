package notice_test

import (
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/emergency"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/notice"
)

func (h *house) breaks(tb testing.TB, who access.Actor, number string) error {
	tb.Helper()
	who.Present = access.Always
	_, err := h.glass.Break(ctx, h.Reader, journal.Look{At: h.Now(), Page: "POST /emergency", Officer: who.Officer, Role: who.Role, Mandate: who.Mandate, Office: who.Office},
		emergency.Asked{Who: who, Number: number, Why: "A child is missing", Lasts: calendar.Hour}, h.Now())
	return err
}

func TestAnEmergencyIsToldToTheSuperiorAndTheSupervisingProsecutor(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := h.register(t, "bricks", "sardor")
		h.tick(t)
		for _, who := range everybody {
			h.read(t, who)
		}
		wants(t, h.breaks(t, stranger, "no such number"), fault.NotFound)
		if err := h.breaks(t, stranger, r.Number); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			h.next = 0 // told of the same leaves again, as after a restart in the middle
			h.tick(t)
			for who, want := range map[*access.Actor]string{&prosecutor: "emergency", &general: "emergency", &stranger: "", &second: "", &warden: ""} {
				var got string
				for _, n := range h.emergencies(t, *who) {
					got += string(n.Kind)
					if n.Number != r.Number || n.Title != "" || n.Emergency() == "" || n.Actor != stranger.Officer {
						t.Errorf("%s reads %+v", who.Officer, n)
					}
				}
				if got != want {
					t.Errorf("%s is told %q, want %q", who.Officer, got, want)
				}
			}
		}
		// Who does not answer for it any more does not see it any more.
		h.change(t, `UPDATE notice SET officer = 'nodir', office = 'sizo' WHERE officer = 'aziz' AND kind = 'emergency'`)
		if list := h.emergencies(t, warden); len(list) != 0 {
			t.Errorf("who answers for nobody reads %+v", list)
		}
	})
}

// emergencies that somebody was told of and has not taken note of.
func (h *house) emergencies(tb testing.TB, who access.Actor) (out []notice.Notice) {
	tb.Helper()
	list, _, err := h.notices.New(ctx, who)
	if err != nil {
		tb.Fatal(err)
	}
	for _, n := range list {
		if n.Kind == notice.Emergency {
			out = append(out, n)
		}
	}
	return out
}
