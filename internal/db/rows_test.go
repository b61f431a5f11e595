package db_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"nazorat/internal/db"
)

// However many rows there are, each is written once and in its columns.
func TestRowsAreWrittenHoweverManyThereAre(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d, err := db.Create(ctx, "sqlite:"+filepath.Join(t.TempDir(), "rows.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	if err := d.Migrate(ctx, []db.Migration{{ID: "t/0001", SQL: `CREATE TABLE item (n {int} PRIMARY KEY, word TEXT NOT NULL) {strict};`}}); err != nil {
		t.Fatal(err)
	}
	insert := db.NewRows(`INSERT INTO item (n, word)`, 2, `ON CONFLICT (n) DO UPDATE SET word = excluded.word`)
	for _, size := range []int{0, 1, 2, 3, 63, 64, 65, 127, 200} {
		err := d.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec(`DELETE FROM item`); err != nil {
				return err
			}
			for round := range 2 { // the second time all are there
				var args []any
				for i := range size {
					args = append(args, i, fmt.Sprintf("word %d of %d", i, round))
				}
				n, err := tx.ExecRows(insert, args)
				if err != nil || n != int64(size) {
					return fmt.Errorf("%d rows of %d: %w", n, size, err)
				}
			}
			var n, sum int
			if err := tx.QueryRow(`SELECT count(*), coalesce(sum(n), 0) FROM item WHERE word = 'word ' || n || ' of 1'`).Scan(&n, &sum); err != nil {
				return err
			}
			if n != size || sum != size*(size-1)/2 {
				return fmt.Errorf("%d rows with the sum %d of %d", n, sum, size)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	err = d.Write(ctx, func(tx *db.Tx) error { _, err := tx.ExecRows(insert, []any{1}); return err })
	if err == nil {
		t.Error("half a row was written")
	}
}
