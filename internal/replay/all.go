package replay

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"sync"
)

const selectAllProceedings = `SELECT id, number FROM proceeding WHERE id > $1 ORDER BY id LIMIT 500`

// CheckAll checks every proceeding as Check does, on all processors. The error is that
// of the first in the order of ids that does not fit. A proceeding in which somebody
// acts meanwhile is checked again.
func (k *Replay) CheckAll(ctx context.Context) (n int64, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for after := ""; ; {
		page, err := k.page(ctx, after)
		if err != nil || len(page) == 0 {
			return n, err
		}
		errs := make([]error, len(page))
		var wg sync.WaitGroup
		next := make(chan int)
		for range runtime.GOMAXPROCS(0) {
			wg.Go(func() {
				for i := range next {
					errs[i] = k.checkOne(ctx, page[i])
				}
			})
		}
		for i := range page {
			next <- i
		}
		close(next)
		wg.Wait()
		for _, err := range errs {
			if err != nil {
				return n, err
			}
			n++
		}
		after = page[len(page)-1].id
	}
}

// known is a proceeding that a page lists.
type known struct{ id, number string }

func (k *Replay) page(ctx context.Context, after string) (out []known, err error) {
	rows, err := k.db.Query(ctx, selectAllProceedings, after)
	if err != nil {
		return nil, fmt.Errorf("list proceedings: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var p known
		if err := rows.Scan(&p.id, &p.number); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

func (k *Replay) checkOne(ctx context.Context, of known) error {
	for version := int64(-1); ; {
		p, err := k.read.Stored(ctx, of.id)
		if err != nil {
			return fmt.Errorf("proceeding %s: %w", of.number, err)
		}
		err = k.Check(ctx, p)
		if err == nil || p.Version == version {
			return err
		}
		version = p.Version // it may have been read half before an act and half after
	}
}

const selectProceedingOf = `SELECT p.id, p.number FROM entry e JOIN proceeding p ON p.id = e.proceeding WHERE e.leaf = $1`

// CheckSome checks the proceedings that have entries at these leaves, each once, as
// CheckAll checks all. It gives how many it checked; a leaf that is not there counts for none.
func (k *Replay) CheckSome(ctx context.Context, leaves []int64) (n int, err error) {
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
