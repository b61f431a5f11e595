package proceedings

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"nazorat/internal/access"
	"nazorat/internal/db"
	"nazorat/internal/procedure"
)

const selectOpenAt = `SELECT p.id, p.number, EXISTS (SELECT 1 FROM deadline d WHERE d.proceeding = p.id AND d.status = 'running'), ` + asked + `
FROM proceeding p WHERE p.office = $1 ORDER BY p.number, p.id`

// OpenAt is a proceeding that an office has, and that has not come to its end or owes something still.
type OpenAt struct {
	ID, Number string
	Resource   access.Resource
}

// OpenAt lists what an office has open and the actor may read, by number, and says how much there is in all: what must find another owner
// before the office can be closed. Files of officers and offices are no such proceedings. How much there is, whoever administers the office has to
// be told; that he does, the caller has made sure.
func (k *Reader) OpenAt(ctx context.Context, who access.Actor, office string) (seen []OpenAt, all int, err error) {
	list, err := k.openAt(k.db.Query(ctx, selectOpenAt, office)) //nolint:rowserrcheck // openAt does
	if err != nil {
		return nil, 0, err
	}
	all = len(list)
	return slices.DeleteFunc(list, func(x OpenAt) bool { return !k.MayRead(who, x.Resource) }), all, nil
}

// OpenWithin is all that an office has open as a transaction sees it, whoever may read it.
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
		var owes bool
		if err := rows.Scan(into(&x.Resource, &x.ID, &x.Number, &owes)...); err != nil {
			return nil, err
		}
		l := k.laws[x.Resource.Law]
		if l == nil {
			return nil, fmt.Errorf("read what an office has open: %s: the law %s is not loaded", x.ID, x.Resource.Law)
		}
		if !Inward(l) && (owes || !ended(l, x.Resource.Stage)) {
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

// Ends are the states in which a proceeding of a law has come to its end, by some edition.
func (k *Reader) Ends(law string) (out []string) {
	l := k.laws[law]
	if l == nil {
		return nil
	}
	for _, state := range l.Names.States[0].List {
		if ended(l, state) {
			out = append(out, state)
		}
	}
	return out
}
