package proceedings

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"nazorat/internal/fault"
	"nazorat/internal/journal"
)

// Standing is an entry as it is found by its leaf, and where its proceeding stands now.
type Standing struct {
	Law   string
	Act   string
	Leaf  journal.Hash // what the entry commits to
	State string       // of the proceeding, now
}

const selectStanding = `SELECT e.law, e.act, e.hash, p.root_state FROM entry e JOIN proceeding p ON p.id = e.proceeding WHERE e.leaf = $1`

// Standing finds the entry at a leaf; fault.NotFound if there is none. It asks nobody
// who he is: the caller has made sure that the asker holds the receipt of that very
// leaf, and tells him no more than the law lets him be told.
func (k *Reader) Standing(ctx context.Context, leaf int64) (*Standing, error) {
	var s Standing
	var hash []byte
	err := k.db.QueryRow(ctx, selectStanding, leaf).Scan(&s.Law, &s.Act, &hash, &s.State)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "journal.no_leaf", fault.Args{"leaf": leaf})
	}
	if err != nil {
		return nil, fmt.Errorf("read leaf %d: %w", leaf, err)
	}
	if s.Leaf, err = journal.HashOf(hash); err != nil {
		return nil, fmt.Errorf("leaf %d: %w", leaf, err)
	}
	return &s, nil
}

// Handed is an entry as the journal keeps it, with the number and the law of its proceeding: for the receipt of whoever did the act from outside of the
// service. It asks nobody who he is: the caller has made sure that the asker is who did that very act. NotFound where there is none.
func (k *Reader) Handed(ctx context.Context, proceeding string, seq int64) (p *Proceeding, e *journal.Sealed, state string, err error) {
	p = &Proceeding{ID: proceeding}
	var law string
	err = k.db.QueryRow(ctx, `SELECT number, law, root_state FROM proceeding WHERE id = $1`, proceeding).Scan(&p.Number, &law, &state)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil, "", fault.New(fault.NotFound, "proceeding.none", nil)
	}
	if err != nil {
		return nil, nil, "", fmt.Errorf("read a proceeding: %w", err)
	}
	if p.Law = k.laws[law]; p.Law == nil {
		return nil, nil, "", fmt.Errorf("proceeding %s: there is no law %q", proceeding, law)
	}
	list, err := k.entries(ctx, selectEntries, p.Number, p.ID, seq+1, 1)
	if err != nil {
		return nil, nil, "", err
	}
	if len(list) != 1 || list[0].Seq != seq {
		return nil, nil, "", fault.New(fault.NotFound, "fault.no_page", nil)
	}
	return p, &list[0], state, nil
}
