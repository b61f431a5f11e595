package hearing

import (
	"context"
	"fmt"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/proceedings"
)

// Hearing is what is held in a proceeding.
type Hearing struct {
	At, Ends   calendar.Moment
	Proceeding string
	Number     string
	Title      string
	Law        string
	State      string
	Act        string // that appointed it
	Officer    string // who holds it
	Clash      bool   // he holds another at that time, among those that were read
}

// What is told of an office at once, by its page and by the API.
const (
	Days = 7
	Most = 200 // hearings of those days; each officer can be asked for by himself
)

const (
	columns = `SELECT h.at, h.ends, h.proceeding, p.number, p.title, p.law, p.root_state, h.act, h.officer FROM hearing h JOIN proceeding p ON p.id = h.proceeding WHERE h.replaced = 0`
	order   = ` ORDER BY h.at, h.officer, h.proceeding`
)

// Of lists what is held at an office from a moment until before another, at most so much, the earliest first; of one officer, or of all where officer is "". It has
// what is held in proceedings that the actor may read. The caller has made sure that he may see the office.
func (c *Calendar) Of(ctx context.Context, who access.Actor, office, officer string, from, to calendar.Moment, limit int) ([]Hearing, error) {
	q := c.reader.Query(who)
	text := columns + ` AND h.office = ` + q.Arg(office) + ` AND h.at >= ` + q.Arg(from) + ` AND h.at < ` + q.Arg(to)
	if officer != "" {
		text += ` AND h.officer = ` + q.Arg(officer)
	}
	return c.list(ctx, q, text, limit)
}

// Next is what is held next in a proceeding that the caller has read, or was last; nil for nothing.
func (c *Calendar) Next(ctx context.Context, p *proceedings.Proceeding, now calendar.Moment) (*Hearing, error) {
	rows, err := c.db.Query(ctx, `SELECT at, ends, act, officer FROM hearing WHERE proceeding = $1 AND replaced = 0 ORDER BY CASE WHEN ends >= $2 THEN 0 ELSE 1 END, CASE WHEN ends >= $2 THEN at ELSE -at END LIMIT 1`, p.ID, now)
	if err != nil {
		return nil, fmt.Errorf("read hearings: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, rows.Err()
	}
	h := &Hearing{Proceeding: p.ID, Number: p.Number, Title: p.Title, Law: p.Law.Name, State: p.RootState}
	if err := rows.Scan(&h.At, &h.Ends, &h.Act, &h.Officer); err != nil {
		return nil, err
	}
	return h, rows.Err()
}

func (c *Calendar) list(ctx context.Context, q *proceedings.Query, text string, limit int) (out []Hearing, err error) {
	readable, some := q.Readable()
	if !some {
		return nil, nil
	}
	text += readable + order + ` LIMIT ` + q.Arg(limit)
	rows, err := c.db.Query(ctx, text, q.Values()...)
	if err != nil {
		return nil, fmt.Errorf("read hearings: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var h Hearing
		if err := rows.Scan(&h.At, &h.Ends, &h.Proceeding, &h.Number, &h.Title, &h.Law, &h.State, &h.Act, &h.Officer); err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	clashes(out)
	return out, rows.Err()
}

// clashes marks what one officer would hold at once. The list is in the order of time.
func clashes(list []Hearing) {
	for i := range list {
		for j := i + 1; j < len(list) && list[j].At < list[i].Ends; j++ {
			if list[j].Officer == list[i].Officer && list[j].Proceeding != list[i].Proceeding {
				list[i].Clash, list[j].Clash = true, true
			}
		}
	}
}
