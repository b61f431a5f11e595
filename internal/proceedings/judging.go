package proceedings

import (
	"context"
	"fmt"
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
)

// What somebody looks at who judges a whole file: the sheets of some acts, and the terms that were not kept.

const (
	// Of each act so many, so that one that is done often does not push the others out.
	selectSheets = `SELECT ` + entryColumns + ` FROM entry WHERE proceeding = $1 AND seq IN (SELECT seq FROM
(SELECT seq, row_number() OVER (PARTITION BY act ORDER BY seq DESC) AS nth FROM entry WHERE proceeding = $1 AND act IN %s%s) AS newest WHERE nth <= $2) ORDER BY seq DESC`
	selectMissed = `SELECT ` + deadlineColumns + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding WHERE d.proceeding = $1 AND d.no IN (SELECT no FROM
(SELECT no, row_number() OVER (PARTITION BY term ORDER BY no DESC) AS nth FROM deadline
WHERE proceeding = $1 AND (status = 'late' OR status = 'running' AND due < $2) AND breach <> 'lapse' AND term IN %s) AS newest WHERE nth <= $3) ORDER BY d.no DESC`
)

// Sheets gives the newest entries of some acts that the reader of the proceeding sees, newest first; of each act at most so many.
func (k *Reader) Sheets(ctx context.Context, p *Proceeding, acts []string, most int) ([]Logged, error) {
	if p.sight == nil {
		return nil, errUnread
	}
	if len(acts) == 0 {
		return nil, nil
	}
	names := db.Keys(acts)
	args := append([]any{p.ID, most}, names...)
	others, args := p.sight.unseen(args)
	list, err := k.entries(ctx, fmt.Sprintf(selectSheets, db.In(len(names), 3), others), p.Number, args...)
	if err != nil {
		return nil, err
	}
	var out []Logged
	for i := range list {
		if l := p.sight.entry(list[i]); l.Hidden == nil {
			out = append(out, l)
		}
	}
	return out, nil
}

// Missed gives the deadlines of some terms that were met late or are over, newest first, as far as the reader of the proceeding sees them; of each
// term at most so many. What may lapse is nobody's fault.
func (k *Reader) Missed(ctx context.Context, p *Proceeding, terms []string, now calendar.Moment, most int) ([]Deadline, error) {
	if p.sight == nil {
		return nil, errUnread
	}
	if len(terms) == 0 {
		return nil, nil
	}
	names := db.Keys(terms)
	list, err := scanDeadlines(k.db.Query(ctx, fmt.Sprintf(selectMissed, db.In(len(names), 4)), append([]any{p.ID, int64(now), most}, names...)...))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(d Deadline) bool { return p.sight.stored(&d.Basis) != nil }), nil
}
