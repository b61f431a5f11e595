package proceedings

import (
	"context"
	"strconv"
	"strings"

	"nazorat/internal/calendar"
)

// What somebody looks at who judges a whole file: the sheets of some acts, and the terms that were not kept.

const (
	selectSheets = `SELECT ` + entryColumns + ` FROM entry WHERE proceeding = $1 AND act IN (`
	orderSheets  = `) ORDER BY seq DESC LIMIT $2`
	selectMissed = `SELECT ` + deadlineColumns + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding
WHERE d.proceeding = $1 AND (d.status = 'late' OR d.status = 'running' AND d.due < $2) AND d.breach <> 'lapse' ORDER BY d.no DESC LIMIT 500`
)

// Sheets gives the newest entries of some acts, newest first, as far as the reader of the proceeding sees them.
func (k *Reader) Sheets(ctx context.Context, p *Proceeding, acts []string, limit int) (out []Logged, err error) {
	if p.sight == nil {
		return nil, errUnread
	}
	if len(acts) == 0 {
		return nil, nil
	}
	text, args := strings.Builder{}, []any{p.ID, limit}
	text.WriteString(selectSheets)
	for i, act := range acts {
		if i > 0 {
			text.WriteString(", ")
		}
		args = append(args, act)
		text.WriteString("$" + strconv.Itoa(len(args)))
	}
	text.WriteString(orderSheets)
	list, err := k.entries(ctx, text.String(), p.Number, args...)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if l := p.sight.entry(list[i]); l.Hidden == nil {
			out = append(out, l)
		}
	}
	return out, nil
}

// Missed gives the deadlines of a proceeding that were met late or are over, newest first, as far as its reader sees them;
// the newest 500. What may lapse is nobody's fault.
func (k *Reader) Missed(ctx context.Context, p *Proceeding, now calendar.Moment) (seen []Deadline, err error) {
	if p.sight == nil {
		return nil, errUnread
	}
	list, err := scanDeadlines(k.db.Query(ctx, selectMissed, p.ID, int64(now)))
	if err != nil {
		return nil, err
	}
	for i := range list {
		if p.sight.stored(&list[i].Basis) == nil {
			seen = append(seen, list[i])
		}
	}
	return seen, nil
}
