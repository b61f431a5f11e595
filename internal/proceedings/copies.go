package proceedings

import (
	"context"
	"errors"
	"fmt"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
)

// Copy is a copy of an act that an office received for one of its roles.
type Copy struct {
	At         calendar.Moment
	Proceeding string
	Seq        int64
	Number     string // of the proceeding
	Title      string
	Law        string
	Act        string
	Officer    string // who did the act
	Role       string
	Office     string  // of the officer
	New        bool    // it came after the last that was taken note of
	Hidden     *Hidden // the sheet is not shown to the reader: what was done and by whom is not known
	Readable   bool    // the proceeding may be opened; one that was handed to another part of the country may not
}

// CopiesAfter is where a list of copies goes on: behind this one. The zero value is the beginning.
type CopiesAfter struct {
	At         calendar.Moment
	Proceeding string
	Seq        int64
}

const (
	copyColumns = `c.at, c.proceeding, c.seq, p.number, p.title, e.law, e.act, e.officer, e.role, e.office,
	coalesce((SELECT r.at FROM copies_read r WHERE r.office = c.office AND r.role = c.role), 0), ` + asked
	selectCopies = `SELECT ` + copyColumns + ` FROM copy c JOIN proceeding p ON p.id = c.proceeding JOIN entry e ON e.proceeding = c.proceeding AND e.seq = c.seq
WHERE c.office = $1 AND c.role = $2 AND (c.at, c.proceeding, c.seq) < ($3, $4, $5)`
	orderCopies    = ` ORDER BY c.at DESC, c.proceeding DESC, c.seq DESC LIMIT $6`
	countNewCopies = `SELECT count(*) FROM (SELECT 1 FROM copy c JOIN proceeding p ON p.id = c.proceeding WHERE c.office = $1 AND c.role = $2
	AND c.at > coalesce((SELECT r.at FROM copies_read r WHERE r.office = $1 AND r.role = $2), 0)`
	endNewCopies = ` LIMIT $3) n`
)

// Copies lists what the actor's office received for his role, the newest first. One of a proceeding that has gone where he may
// not follow stays in the list; one of a proceeding that a policy forbids him, such as a secret one, is not there.
func (k *Reader) Copies(ctx context.Context, who access.Actor, after CopiesAfter, limit int) ([]Copy, error) {
	if after.At == 0 {
		after.At = 1 << 62
	}
	w := k.within(who, who.Office, who.Role, after.At, after.Proceeding, after.Seq, limit)
	more, some := w.added(w.each(w.unforbidden))
	if !some {
		return nil, nil
	}
	rows, err := k.db.Query(ctx, selectCopies+more+orderCopies, w.args...)
	if errors.Is(err, db.ErrText) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read copies: %w", err)
	}
	defer rows.Close()
	var out []Copy
	of := map[string]access.Resource{}
	for rows.Next() {
		var c Copy
		var what access.Resource
		var noted calendar.Moment
		if err := rows.Scan(into(&what, &c.At, &c.Proceeding, &c.Seq, &c.Number, &c.Title, &c.Law, &c.Act, &c.Officer, &c.Role, &c.Office, &noted)...); err != nil {
			return nil, err
		}
		c.New = c.At > noted
		c.Readable = k.MayRead(who, what)
		of[c.Proceeding] = what
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	sights, err := k.sights(ctx, who, of)
	if err != nil {
		return nil, err
	}
	for i := range out {
		c := &out[i]
		s := sights[c.Proceeding]
		if s == nil {
			s = new(sight)
		}
		if c.Hidden = s.sheet(c.Act, c.Officer, c.Seq); c.Hidden != nil {
			c.Act, c.Officer, c.Role, c.Office = "", "", "", ""
		}
	}
	return out, nil
}

// NewCopies counts those that nobody has taken note of, up to most.
func (k *Reader) NewCopies(ctx context.Context, who access.Actor, most int) (n int, err error) {
	w := k.within(who, who.Office, who.Role, most)
	more, some := w.added(w.each(w.unforbidden))
	if !some {
		return 0, nil
	}
	if err := k.db.QueryRow(ctx, countNewCopies+more+endNewCopies, w.args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count copies: %w", err)
	}
	return n, nil
}
