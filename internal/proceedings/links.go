package proceedings

import (
	"context"
	"fmt"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
)

// Link ties an entry of a proceeding to one of another.
type Link struct {
	Out        bool  // the entry here did the other one; else the other did this one
	Seq        int64 // of the entry here
	N          int   // which of the acts that it did
	Law        string
	Act        string
	Proceeding string // the other one; "" where the asker may not see it, and then Number is "" too
	Number     string
	OtherSeq   int64
	Done       calendar.Moment
}

const (
	selectLinksOut = `SELECT l.from_seq, l.n, e.law, e.act, p.id, p.number, l.to_seq, e.done, ` + asked + ` FROM link l
JOIN entry e ON e.proceeding = l.to_proceeding AND e.seq = l.to_seq JOIN proceeding p ON p.id = l.to_proceeding
WHERE l.from_proceeding = $1 ORDER BY l.from_seq DESC, l.n LIMIT $2`
	selectLinksIn = `SELECT l.to_seq, l.n, e.law, e.act, p.id, p.number, l.from_seq, e.done, ` + asked + ` FROM link l
JOIN entry e ON e.proceeding = l.from_proceeding AND e.seq = l.from_seq JOIN proceeding p ON p.id = l.from_proceeding
WHERE l.to_proceeding = $1 ORDER BY l.to_seq DESC, l.n LIMIT $2`
)

// Links lists the newest links of a proceeding that the caller has read: at most
// limit to others, and as many from others. Of a proceeding that the asker may not see the act alone is told.
func (k *Reader) Links(ctx context.Context, who access.Actor, p *Proceeding, limit int) ([]Link, error) {
	out, err := k.links(ctx, who, selectLinksOut, p.ID, limit)
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Out = true
	}
	in, err := k.links(ctx, who, selectLinksIn, p.ID, limit)
	return append(out, in...), err
}

func (k *Reader) links(ctx context.Context, who access.Actor, text, proceeding string, limit int) ([]Link, error) {
	rows, err := k.db.Query(ctx, text, proceeding, limit)
	if err != nil {
		return nil, fmt.Errorf("read links: %w", err)
	}
	defer rows.Close()
	var out []Link
	for rows.Next() {
		var l Link
		var what access.Resource
		if err := rows.Scan(into(&what, &l.Seq, &l.N, &l.Law, &l.Act, &l.Proceeding, &l.Number, &l.OtherSeq, &l.Done)...); err != nil {
			return nil, err
		}
		if !k.MayRead(who, what) {
			l.Proceeding, l.Number = "", ""
		}
		out = append(out, l)
	}
	return out, rows.Err()
}
