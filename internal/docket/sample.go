package docket

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

const selectProceedingOf = `SELECT p.id, p.number FROM entry e JOIN proceeding p ON p.id = e.proceeding WHERE e.leaf = $1`

// CheckSome checks the proceedings that have entries at these leaves, each once, as
// CheckAll checks all. It gives how many it checked; a leaf that is not there counts for none.
func (k *Docket) CheckSome(ctx context.Context, leaves []int64) (n int, err error) {
	checked := map[string]bool{}
	for _, at := range leaves {
		var p known
		err := k.db.QueryRow(ctx, selectProceedingOf, at).Scan(&p.id, &p.number)
		if errors.Is(err, sql.ErrNoRows) || checked[p.id] {
			continue
		}
		if err != nil {
			return n, fmt.Errorf("read leaf %d: %w", at, err)
		}
		checked[p.id] = true
		if err := k.checkOne(ctx, p); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
