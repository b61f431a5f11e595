package directory

import (
	"context"
	"runtime"
	"testing"

	"nazorat/internal/calendar"
)

// HashingQueue is how many may wait.
const HashingQueue = hashingQueue

// Attempt counts an attempt without the slow part.
func (d *Directory) Attempt(ctx context.Context, login, remote string, now calendar.Moment) error {
	return d.attempt(ctx, login, remote, now)
}

// Attempts counts those that are written down.
func (d *Directory) Attempts(t *testing.T) (n int) {
	t.Helper()
	if err := d.db.QueryRow(t.Context(), `SELECT count(*) FROM sign_in_attempt`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// FillPlaces takes every place for hashing, until free is called.
func (d *Directory) FillPlaces(t *testing.T) (free func()) {
	t.Helper()
	var leave []func()
	for range hashingPlaces {
		l, err := d.hashing.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		leave = append(leave, l)
	}
	return func() {
		for _, l := range leave {
			l()
		}
	}
}

// AwaitFullQueue waits until nobody else may wait.
func (d *Directory) AwaitFullQueue() {
	for len(d.hashing.queue) < cap(d.hashing.queue) {
		runtime.Gosched()
	}
}
