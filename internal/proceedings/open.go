package proceedings

import (
	"context"
	"database/sql"
	"fmt"

	"nazorat/internal/db"
	"nazorat/internal/procedure"
)

const selectOpenAt = `SELECT p.id, p.law, p.root_state, p.number, EXISTS (SELECT 1 FROM deadline d WHERE d.proceeding = p.id AND d.status = 'running')
FROM proceeding p WHERE p.office = $1 ORDER BY p.number, p.id`

// OpenAt is a proceeding that an office has, and that has not come to its end or owes something still.
type OpenAt struct{ ID, Law, Number string }

// OpenAt lists what an office has open, by number: what must find another owner before the office can be closed. Files of officers and
// offices are no such proceedings. It asks nobody who he is: whoever calls has made sure that the asker administers the office.
func (k *Reader) OpenAt(ctx context.Context, office string) ([]OpenAt, error) {
	return k.openAt(k.db.Query(ctx, selectOpenAt, office)) //nolint:rowserrcheck // openAt does
}

// OpenWithin is OpenAt as a transaction sees it.
func (k *Reader) OpenWithin(tx *db.Tx, office string) ([]OpenAt, error) {
	return k.openAt(tx.Query(selectOpenAt, office)) //nolint:rowserrcheck // openAt does
}

func (k *Reader) openAt(rows *sql.Rows, err error) (out []OpenAt, _ error) {
	if err != nil {
		return nil, fmt.Errorf("read what an office has open: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var x OpenAt
		var root string
		var owes bool
		if err := rows.Scan(&x.ID, &x.Law, &root, &x.Number, &owes); err != nil {
			return nil, err
		}
		l := k.laws[x.Law]
		if l == nil {
			return nil, fmt.Errorf("read what an office has open: %s: the law %s is not loaded", x.ID, x.Law)
		}
		if !Inward(l) && (owes || !ended(l, root)) {
			out = append(out, x)
		}
	}
	return out, rows.Err()
}

// Inward reports whether a law is about the service itself.
func Inward(l *procedure.Law) bool { return l.Editions[len(l.Editions)-1].Inward }

// ended reports whether a proceeding in a state has come to its end, by some edition of its law.
func ended(l *procedure.Law, root string) bool {
	state := l.Names.States[0].Find(root)
	for _, e := range l.Editions {
		if kind := e.Kinds[0]; state >= 0 && state < len(kind.Final) && kind.Final[state] {
			return true
		}
	}
	return false
}
