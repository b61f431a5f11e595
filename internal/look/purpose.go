package look

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
)

// Given is what an officer said he looks at a proceeding for.
type Given struct {
	Purpose string
	Serves  string // id of the proceeding that it serves
	Why     string
}

const (
	selectPurpose = `SELECT purpose, serves, why FROM look_purpose WHERE session = $1 AND proceeding = $2 AND until > $3`
	insertPurpose = `INSERT INTO look_purpose (session, proceeding, purpose, serves, why, until) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (session, proceeding) DO UPDATE SET purpose = excluded.purpose, serves = excluded.serves, why = excluded.why, until = excluded.until`
	deletePurposes = `DELETE FROM look_purpose WHERE until < $1`
)

// FormOpen is how much longer a purpose is known for the form that was opened under it: an officer who fills one in for long does not lose it.
const FormOpen = 12 * calendar.Hour

// Remember remembers for a session what one proceeding is looked at for, as long as the
// rules say. The caller has made sure that the purpose is one of the rules, and what it serves.
func (k *Keeper) Remember(ctx context.Context, session, proceeding string, g Given, now calendar.Moment) error {
	g.Why = shortened(g.Why)
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(deletePurposes, now-FormOpen); err != nil {
			return err
		}
		_, err := tx.Exec(insertPurpose, session, proceeding, g.Purpose, g.Serves, g.Why, now+k.rules.Holds)
		return err
	}, db.Repeatable)
	if err != nil {
		return fmt.Errorf("remember a purpose: %w", err)
	}
	return nil
}

// Given is what the session said it looks at a proceeding for; nil if it did not, or too long ago.
func (k *Keeper) Given(ctx context.Context, session, proceeding string, now calendar.Moment) (*Given, error) {
	var g Given
	err := k.db.QueryRow(ctx, selectPurpose, session, proceeding, now).Scan(&g.Purpose, &g.Serves, &g.Why)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a purpose: %w", err)
	}
	return &g, nil
}
