package docket_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/docket"
)

// What one process changes, another one of the same office hears of, however much it is.
func TestOtherProcessesHearOfChanges(t *testing.T) { each(t, open, otherProcessesHearOfChanges) }

func otherProcessesHearOfChanges(t *testing.T, h *house) {
	other := docket.Open(h.db, nil, nil, docket.Options{Now: func() calendar.Moment { return 0 }})
	defer other.Close()
	if err := other.Hears(); err != nil {
		t.Fatal(err)
	}
	changes, stop := other.Watch()
	defer stop()
	r := h.must(t, register("sardor"))
	c := next(t, changes)
	if c.Proceeding != r.Proceeding || c.All || fmt.Sprint(c.Offices) != "[iib-1 pr-1]" {
		t.Errorf("heard %+v", c)
	}
	for _, text := range []string{"", "docket\nX\tiib-1\nY\tpr-1\tpr-2", "docket\nZ", "another's notice\nX"} {
		if err := h.db.Write(context.Background(), func(tx *db.Tx) error { return tx.Notify(text) }); err != nil && text != "" {
			t.Fatal(err)
		}
	}
	var heard []string
	for range 3 {
		c := next(t, changes)
		heard = append(heard, fmt.Sprintf("%s%v%v", c.Proceeding, c.Offices, c.All))
	}
	if got := strings.Join(heard, " "); got != "X[iib-1]false Y[pr-1 pr-2]false Z[]true" {
		t.Errorf("heard %s", got)
	}
}

func next(t *testing.T, changes <-chan docket.Change) docket.Change {
	t.Helper()
	select {
	case c := <-changes:
		return c
	case <-time.After(20 * time.Second):
		t.Fatal("heard nothing")
	}
	panic("unreachable")
}
