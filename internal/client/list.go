package client

import (
	"context"
	"fmt"

	"nazorat/internal/calendar"
)

// Event is something that happened to a client.
type Event struct {
	At   calendar.Moment
	What string // the end of the key of its text: "renewed"
	By   string // the officer who did it; "" for the client itself, or whoever holds the office's database
}

const selectEvents = `SELECT at, what, by_whom FROM client_event WHERE client = $1 AND what <> 'token' ORDER BY at DESC, id LIMIT $2`

// Events lists what happened last to a client, the newest first. That it was given tokens is left out: it is, every ten minutes.
func (k *Keeper) Events(ctx context.Context, id string, limit int) ([]Event, error) {
	rows, err := k.db.Query(ctx, selectEvents, id, limit)
	if err != nil {
		return nil, fmt.Errorf("read events of a client: %w", err)
	}
	defer rows.Close()
	var out []Event
	for rows.Next() {
		var e Event
		if err := rows.Scan(&e.At, &e.What, &e.By); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, rows.Err()
}
