package docket_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/laws"
)

// gathered are the numbers of the proceedings that somebody is given, each with how many acts it has.
func gathered(t *testing.T, read func(lane func() func(*proceedings.PastProceeding) error) error) []string {
	t.Helper()
	var mu sync.Mutex
	var out []string
	err := read(func() func(*proceedings.PastProceeding) error {
		return func(p *proceedings.PastProceeding) error {
			mu.Lock()
			defer mu.Unlock()
			out = append(out, fmt.Sprintf("%s %s %d", p.Number, p.Office, len(p.Acts)))
			for i, a := range p.Acts {
				if a.Act.Act < 0 || a.Edition == "" || a.Done == 0 || (i == 0) != (len(a.Form) > 0 && a.Officer == duty.Officer) {
					t.Errorf("%s, act %d: %+v", p.Number, i, a)
				}
			}
			return nil
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func TestThePastIsGivenToThoseWhoMayReadIt(t *testing.T) {
	each(t, open, thePastIsGivenToThoseWhoMayReadIt)
}

func thePastIsGivenToThoseWhoMayReadIt(t *testing.T, h *house) {
	ctx := context.Background()
	law := h.Law("uz/criminal")
	for i := range 3 {
		r := h.must(t, register(inquirer.Officer))
		if i > 0 {
			h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "extend_check", Actor: prosecutor, Form: map[string]string{"reason": "new_facts"}})
		}
	}
	all := gathered(t, func(lane func() func(*proceedings.PastProceeding) error) error { return h.WholePast(ctx, law, lane) })
	want := []string{"1726-2026-000001 iib-1 1", "1726-2026-000002 iib-1 2", "1726-2026-000003 iib-1 2"}
	if !slices.Equal(all, want) {
		t.Errorf("all of it is %q", all)
	}
	for _, c := range []struct {
		who  access.Actor
		want []string
		all  bool
	}{
		{prosecutor, want, false}, // he may read these; were there others, he could not
		{inquirer, want, false},
		{stranger, nil, false},
		{actor("hulkar", "prosecutor_general", "gp"), want, true},
		{actor("nobody", "prosecutor", "nowhere"), nil, false},
		{access.Actor{}, nil, false},
	} {
		got := gathered(t, func(lane func() func(*proceedings.PastProceeding) error) error { return h.Past(ctx, c.who, law, lane) })
		if !slices.Equal(got, c.want) {
			t.Errorf("%s of %s is given %q", c.who.Role, c.who.Office, got)
		}
		if all, err := h.ReadsAll(ctx, c.who); err != nil || all != c.all {
			t.Errorf("%s of %s reads all: %v, %v", c.who.Role, c.who.Office, all, err)
		}
	}
	if list := gathered(t, func(lane func() func(*proceedings.PastProceeding) error) error {
		return h.WholePast(ctx, other(t), lane)
	}); len(list) > 0 {
		t.Errorf("of another law there is %q", list)
	}
	open := 0
	if err := h.States(ctx, "uz/criminal", func(p *proceedings.OpenProceeding) error {
		open++
		if len(p.State.Deadlines) == 0 || p.Office != "iib-1" {
			t.Errorf("%+v", p)
		}
		return nil
	}); err != nil || open != 3 {
		t.Errorf("%d proceedings as they stand, %v", open, err)
	}
}

func TestAnErrorEndsTheReadingOfThePast(t *testing.T) { each(t, open, anErrorEndsTheReadingOfThePast) }

func anErrorEndsTheReadingOfThePast(t *testing.T, h *house) {
	h.must(t, register(inquirer.Officer))
	broken := fault.New(fault.Internal, "broken", nil)
	err := h.WholePast(context.Background(), h.Law("uz/criminal"), func() func(*proceedings.PastProceeding) error {
		return func(*proceedings.PastProceeding) error { return broken }
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	err = h.WholePast(ctx, h.Law("uz/criminal"), func() func(*proceedings.PastProceeding) error {
		return func(*proceedings.PastProceeding) error { return nil }
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// other is a law that the office does not apply.
func other(t *testing.T) *procedure.Law {
	t.Helper()
	law, _, err := lawload.Load(laws.FS, "it/road-fines")
	if err != nil {
		t.Fatal(err)
	}
	return law
}
