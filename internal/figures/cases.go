package figures

import (
	"context"
	"fmt"
	"strconv"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
)

// Case is a proceeding that is counted in a figure, as it is now.
type Case struct {
	ID, Number, Title string
	Stage, Office     string
	Opened            calendar.Moment
}

const selectShown = `SELECT p.id, p.number, p.title, p.root_state, p.office, p.opened FROM proceeding p WHERE p.id IN `

// Cases are the proceedings that a figure counts, the newest first, from those with numbers below a number on (0: all): as far as the
// asker may read them now. next is the number to go on from; 0 where there are no more. A figure of the past counts what he could read then, so there may be fewer.
func (g *Register) Cases(ctx context.Context, who access.Actor, q Question, below int64, limit int) (list []Case, as *Answer, next int64, err error) {
	if err := g.Asks(&q); err != nil {
		return nil, nil, 0, err
	}
	if as, err = g.asOf(ctx, q.At); err != nil {
		return nil, nil, 0, err
	}
	q.At = as.At
	if below == 0 {
		below = still
	}
	a := &asked{g: g, c: g.Law(q.Law).Count(q.Count), q: &q, query: g.reader.CopiedQuery(who)}
	from, some, err := a.from(ctx, as.Moment)
	if err != nil || !some {
		return nil, as, 0, err
	}
	nos, err := a.numbers(ctx, from, below, limit)
	if err != nil || len(nos) == 0 {
		return nil, as, 0, err
	}
	if len(nos) > limit {
		nos = nos[:limit]
		next = nos[limit-1]
	}
	list, err = g.shown(ctx, who, nos)
	return list, as, next, err
}

func (a *asked) numbers(ctx context.Context, from string, below int64, limit int) (out []int64, err error) {
	text := `SELECT w.no` + from + ` AND w.no < ` + a.query.Arg(below) + ` GROUP BY w.no ORDER BY w.no DESC LIMIT ` + strconv.Itoa(limit+1)
	rows, err := a.g.db.QueryMuch(ctx, text, a.query.Values()...)
	if err != nil {
		return nil, fmt.Errorf("list what is counted: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var no int64
		if err := rows.Scan(&no); err != nil {
			return nil, err
		}
		out = append(out, no)
	}
	return out, rows.Err()
}

const selectIDs = `SELECT DISTINCT c.id FROM figures_case c WHERE c.until = 4611686018427387904 AND c.no IN `

// shown are those of some proceedings that the asker may read now.
func (g *Register) shown(ctx context.Context, who access.Actor, nos []int64) (out []Case, err error) {
	q := g.reader.CopiedQuery(who)
	rows, err := g.db.Query(ctx, selectIDs+q.Numbers(nos), q.Values()...)
	if err != nil {
		return nil, fmt.Errorf("read proceedings: %w", err)
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return g.readable(ctx, who, ids)
}

func (g *Register) readable(ctx context.Context, who access.Actor, ids []string) (out []Case, err error) {
	q := g.reader.CopiedQuery(who)
	in := q.Args(ids)
	read, some := q.Readable()
	if !some {
		return nil, nil
	}
	rows, err := g.db.Query(ctx, selectShown+in+read+` ORDER BY p.opened DESC, p.id DESC`, q.Values()...)
	if err != nil {
		return nil, fmt.Errorf("read proceedings: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c Case
		if err := rows.Scan(&c.ID, &c.Number, &c.Title, &c.Stage, &c.Office, &c.Opened); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}
