package proceedings

import (
	"context"
	"fmt"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
)

// Counts is a line of a board: one office, with what it has and what it supervises.
type Counts struct {
	Office  string
	States  map[string]int // proceedings by law and state of the proceeding: "uz/criminal check"
	Overdue int            // running deadlines that are over
	Soon    int            // running deadlines that end before the given moment
	Release int            // of the overdue: those whose breach is a release
}

// Sum adds lines that have nothing in common up to one of an office.
func Sum(office string, lines []Counts) Counts {
	all := Counts{Office: office, States: map[string]int{}}
	for _, c := range lines {
		for state, n := range c.States {
			all.States[state] += n
		}
		all.Overdue, all.Soon, all.Release = all.Overdue+c.Overdue, all.Soon+c.Soon, all.Release+c.Release
	}
	return all
}

// Board counts, for each of the given offices, what it and all below it have
// and supervise, as far as the actor may see their boards. Of an office and its supervisor in one call only the latter's line counts.
func (k *Reader) Board(ctx context.Context, who access.Actor, offices []string, now, soon calendar.Moment) ([]Counts, error) {
	out := make([]Counts, len(offices))
	line := map[string]int{} // office -> line of the board
	var under []string
	for i, o := range offices {
		out[i] = Counts{Office: o, States: map[string]int{}}
		for _, below := range k.MayListUnder(who, o) {
			if _, taken := line[below]; !taken {
				line[below] = i
				under = append(under, below)
			}
		}
	}
	if len(under) == 0 {
		return out, nil
	}
	ids := db.Keys(under)
	if err := k.boardStates(ctx, ids, line, out); err != nil {
		return nil, err
	}
	return out, k.boardDeadlines(ctx, ids, line, out, now, soon)
}

func (k *Reader) boardStates(ctx context.Context, ids []any, line map[string]int, out []Counts) error {
	rows, err := k.db.Query(ctx, `SELECT office, law, state, n FROM tally WHERE office IN `+db.In(len(ids), 1), ids...)
	if err != nil {
		return fmt.Errorf("read tallies: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var office, law, state string
		var n int
		if err := rows.Scan(&office, &law, &state, &n); err != nil {
			return err
		}
		out[line[office]].States[law+" "+state] += n
	}
	return rows.Err()
}

// countDeadlines counts by sums and not by groups of breaches: the rows then come in the order of an
// index that holds all that is asked, and nothing is sorted. A possibility that is gone
// (lapse) is no duty left undone, and what is due at once is not called late by a number that no law gives.
const countDeadlines = `count(*) FILTER (WHERE due < $1 AND breach NOT IN ('lapse', 'at_once')), count(*) FILTER (WHERE due >= $1 AND breach NOT IN ('lapse', 'at_once')), count(*) FILTER (WHERE due < $1 AND breach = 'release')
FROM deadline WHERE status = 'running' AND due < $2 AND `

func (k *Reader) boardDeadlines(ctx context.Context, ids []any, line map[string]int, out []Counts, now, soon calendar.Moment) error {
	// A supervisor's board counts what is owed in the proceedings that it supervises, the board of another office what it owes itself; nothing counts twice.
	in := db.In(len(ids), 3)
	text := `SELECT supervisor, ` + countDeadlines + `supervisor IN ` + in + ` GROUP BY supervisor
UNION ALL SELECT office, ` + countDeadlines + `office IN ` + in + ` AND supervisor NOT IN ` + in + ` GROUP BY office`
	rows, err := k.db.Query(ctx, text, append([]any{now, soon}, ids...)...)
	if err != nil {
		return fmt.Errorf("count deadlines: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var office string
		var overdue, soon, release int
		if err := rows.Scan(&office, &overdue, &soon, &release); err != nil {
			return err
		}
		c := &out[line[office]]
		c.Overdue, c.Soon, c.Release = c.Overdue+overdue, c.Soon+soon, c.Release+release
	}
	return rows.Err()
}
