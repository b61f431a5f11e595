package docket

import (
	"context"
	"fmt"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/procedure"
)

// copyRow is a copy of an act that goes to an office.
type copyRow struct {
	office, role string
	at           calendar.Moment
	proceeding   string
	seq          int64
}

// storeCopies hands the copies that the law orders to the office that supervises the proceeding.
func (k *Docket) storeCopies(w *work, now *held) {
	for i := range w.effects {
		if w.effects[i].Kind == procedure.Copied {
			w.t.copies = append(w.t.copies, copyRow{now.super, w.effects[i].Value.Text, w.recorded, now.id, now.version})
		}
	}
}

const noteCopies = `INSERT INTO copies_read (office, role, at) VALUES ($1, $2, $3)
ON CONFLICT (office, role) DO UPDATE SET at = excluded.at WHERE excluded.at > copies_read.at`

// NoteCopies takes note of all that had come by a moment, for everybody in the actor's role at his office.
func (k *Docket) NoteCopies(ctx context.Context, who access.Actor, by calendar.Moment) error {
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(noteCopies, who.Office, who.Role, min(by, k.Now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("take note of copies: %w", err)
	}
	return nil
}
