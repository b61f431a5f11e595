package proceedings

import (
	"context"
	"fmt"

	"nazorat/internal/calendar"
)

// Figures are counts of the whole office, for those who run it.
type Figures struct {
	Open    int64 // running deadlines
	Late    int64 // of those, the ones that are over
	Release int64 // of the late, those whose breach is a release
}

// What counts as late is what boards count; see countDeadlines.
const selectFigures = `SELECT count(*), count(*) FILTER (WHERE due < $1 AND breach NOT IN ('lapse', 'at_once')), count(*) FILTER (WHERE due < $1 AND breach = 'release')
FROM deadline WHERE status = 'running'`

// Figures counts them all, one by one: a second or so for ten million. It is not for pages.
func (k *Reader) Figures(ctx context.Context, now calendar.Moment) (f Figures, err error) {
	if err := k.db.QueryRow(ctx, selectFigures, now).Scan(&f.Open, &f.Late, &f.Release); err != nil {
		return f, fmt.Errorf("count deadlines: %w", err)
	}
	return f, nil
}
