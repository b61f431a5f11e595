package directory

import (
	"context"
	"fmt"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
)

const countAway = `SELECT count(*) FROM absence WHERE officer = $1 AND valid_from <= $2 AND valid_to > $2`

// OnLeave reports whether an officer is on leave at a moment.
func (d *Directory) OnLeave(ctx context.Context, officer string, at calendar.Moment) (bool, error) {
	return away(d.db.QueryRow(ctx, countAway, officer, at))
}

// OnLeaveIn is OnLeave as a transaction sees it.
func OnLeaveIn(tx *db.Tx, officer string, at calendar.Moment) (bool, error) {
	return away(tx.QueryRow(countAway, officer, at))
}

func away(row db.Row) (bool, error) {
	var n int
	if err := row.Scan(&n); err != nil {
		return false, fmt.Errorf("read leave: %w", err)
	}
	return n > 0, nil
}
