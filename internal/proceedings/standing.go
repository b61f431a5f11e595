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
