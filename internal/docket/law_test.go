package docket_test

import (
	"os"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/docket"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
)

// court is an office that applies the small law of testdata, and another that this opens matters under.
func court(tb testing.TB, location string) *house {
	tb.Helper()
	fsys := os.DirFS("testdata/laws")
	var laws []*procedure.Law
	for _, name := range []string{"xx/court", "xx/watch"} {
		l, _, err := lawload.Load(fsys, name)
		if err != nil {
			tb.Fatal(err)
		}
		laws = append(laws, l)
	}
	return openWith(tb, location, laws)
}

// opened registers a case of the small law about something.
func (h *house) opened(tb testing.TB, about string) *docket.Receipt {
	tb.Helper()
	return h.must(tb, docket.Command{Law: "xx/court", Act: "register", Actor: duty, Form: map[string]string{"about": about, "assign_to": "sardor"}})
}

// do does an act of the small law.
func (h *house) do(tb testing.TB, on *docket.Receipt, who access.Actor, act string, thing int32, form map[string]string) *docket.Receipt {
	tb.Helper()
	return h.must(tb, docket.Command{Proceeding: on.Proceeding, Act: act, Actor: who, Thing: thing, Form: form})
}

// read gives a proceeding as its officer sees it, after its check.
func (h *house) read(tb testing.TB, id string) *proceedings.Proceeding {
	tb.Helper()
	p, err := h.Proceeding(ctx, prosecutor, id)
	if err != nil {
		tb.Fatal(err)
	}
	if err := h.Check(ctx, p); err != nil {
		tb.Error(err)
	}
	return p
}
