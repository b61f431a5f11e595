package look

import (
	"context"
	"fmt"
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
)

// Span is from one moment until before another.
type Span struct{ From, To calendar.Moment }

// Read is how long an officer read the sheets of a proceeding, in one role. Which they were is not told.
type Read struct {
	Officer, Role string
	Time          calendar.Moment // from one sheet to the next, each pause no longer than the rules have it
	Sheets        int             // different ones
	First, Last   calendar.Moment // when he opened one
}

const selectSheets = `SELECT officer, role, at, about FROM look WHERE proceeding = $1 AND proceeding <> '' AND at >= $2 AND at < $3 AND kind = 'view' AND about <> '' AND role IN `

// Reading is how long each officer in one of some roles read the sheets of a proceeding during some spans, by their looks; the spans follow each other. What was opened
// last counts nothing. The caller has made sure that whoever asks may read the proceeding.
func (k *Keeper) Reading(ctx context.Context, proceeding string, roles []string, spans []Span) ([]Read, error) {
	if len(spans) == 0 || len(roles) == 0 {
		return nil, nil
	}
	args := append([]any{proceeding, spans[0].From, spans[len(spans)-1].To}, db.Keys(roles)...)
	rows, err := k.db.Query(ctx, selectSheets+db.In(len(args)-3, 4)+` ORDER BY officer, role, at, leaf, n`, args...)
	if err != nil {
		return nil, fmt.Errorf("read looks: %w", err)
	}
	defer rows.Close()
	var out []Read
	var sheets map[string]bool
	span := 0 // in which the look before was
	for rows.Next() {
		var officer, role, sheet string
		var at calendar.Moment
		if err := rows.Scan(&officer, &role, &at, &sheet); err != nil {
			return nil, err
		}
		in := slices.IndexFunc(spans, func(s Span) bool { return s.From <= at && at < s.To })
		if in < 0 {
			continue
		}
		if n := len(out); n == 0 || out[n-1].Officer != officer || out[n-1].Role != role {
			out, sheets, span = append(out, Read{Officer: officer, Role: role, First: at, Last: at}), map[string]bool{}, in
		}
		r := &out[len(out)-1]
		if in == span {
			r.Time += min(at-r.Last, k.rules.Pause)
		}
		r.Last, span = at, in
		if !sheets[sheet] {
			sheets[sheet] = true
			r.Sheets++
		}
	}
	return out, rows.Err()
}
