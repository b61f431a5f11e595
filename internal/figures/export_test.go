package figures

import (
	"context"

	"nazorat/internal/access"
)

// Query is the query by which a question of an actor is answered, and its values.
func (g *Register) Query(ctx context.Context, who access.Actor, q Question) (text string, values []any, err error) {
	as, err := g.asOf(ctx, q.At)
	if err != nil {
		return "", nil, err
	}
	q.At = as.At
	a := &asked{g: g, c: g.Law(q.Law).Count(q.Count), q: &q, query: g.reader.CopiedQuery(who)}
	from, _, err := a.from(ctx, as.Moment)
	return `SELECT count(*)` + from, a.query.Values(), err
}
