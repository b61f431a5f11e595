package proceedings

import (
	"context"
	"database/sql"
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
	Hidden     bool // the sheet of the other entry is not shown to the asker: nothing but that there is a link is known
}

const (
	selectLinksOut = `SELECT l.from_seq, l.n, e.law, e.act, p.id, p.number, l.to_seq, e.done, e.officer, f.act, f.officer, ` + asked + ` FROM link l
JOIN entry e ON e.proceeding = l.to_proceeding AND e.seq = l.to_seq JOIN entry f ON f.proceeding = l.from_proceeding AND f.seq = l.from_seq JOIN proceeding p ON p.id = l.to_proceeding
WHERE l.from_proceeding = $1 ORDER BY l.from_seq DESC, l.n LIMIT $2`
	selectLinksIn = `SELECT l.to_seq, l.n, e.law, e.act, p.id, p.number, l.from_seq, e.done, e.officer, f.act, f.officer, ` + asked + ` FROM link l
JOIN entry e ON e.proceeding = l.from_proceeding AND e.seq = l.from_seq JOIN entry f ON f.proceeding = l.to_proceeding AND f.seq = l.to_seq JOIN proceeding p ON p.id = l.from_proceeding
WHERE l.to_proceeding = $1 ORDER BY l.to_seq DESC, l.n LIMIT $2`
)

// Links lists the newest links of a proceeding that the caller has read: at most
// limit to others, and as many from others. Of a proceeding that the asker may not see the act alone is told, and of a sheet there
// that he does not see nothing; what a sheet here did that he does not see is left out with it.
func (k *Reader) Links(ctx context.Context, who access.Actor, p *Proceeding, limit int) ([]Link, error) {
	if p.sight == nil {
		return nil, errUnread
	}
	out, err := k.links(ctx, who, selectLinksOut, p, limit)
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Out = true
	}
	in, err := k.links(ctx, who, selectLinksIn, p, limit)
	return append(out, in...), err
}

// linked is a link with what its reader is told of it or not.
type linked struct {
	Link
	officer      string // who did the entry there
	act, actedBy string // the entry here
	of           access.Resource
}

func (k *Reader) links(ctx context.Context, who access.Actor, text string, p *Proceeding, limit int) ([]Link, error) {
	list, err := scanLinks(k.db.Query(ctx, text, p.ID, limit)) //nolint:rowserrcheck // scanLinks does
	if err != nil {
		return nil, err
	}
	of := map[string]access.Resource{}
	for i := range list {
		of[list[i].Proceeding] = list[i].of
	}
	sights, err := k.sights(ctx, who, of)
	if err != nil {
		return nil, err
	}
	var out []Link
	for i := range list {
		l := &list[i]
		if p.sight.sheet(l.act, l.actedBy, l.Seq) != nil {
			continue
		}
		if s := sights[l.Proceeding]; s == nil || s.sheet(l.Act, l.officer, l.OtherSeq) != nil {
			out = append(out, Link{Seq: l.Seq, N: l.N, Hidden: true})
			continue
		}
		if !k.MayRead(who, l.of) {
			l.Proceeding, l.Number = "", ""
		}
		out = append(out, l.Link)
	}
	return out, nil
}

func scanLinks(rows *sql.Rows, err error) (out []linked, _ error) {
	if err != nil {
		return nil, fmt.Errorf("read links: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var l linked
		if err := rows.Scan(into(&l.of, &l.Seq, &l.N, &l.Law, &l.Act, &l.Proceeding, &l.Number, &l.OtherSeq, &l.Done, &l.officer, &l.act, &l.actedBy)...); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, rows.Err()
}
