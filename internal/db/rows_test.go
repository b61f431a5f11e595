package db_test

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"testing"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
)

// However many rows there are, each is written once and in its columns.
func TestRowsAreWrittenHoweverManyThereAre(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, rowsAreWrittenHoweverManyThereAre)
}

func rowsAreWrittenHoweverManyThereAre(t *testing.T, location string) {
	ctx := context.Background()
	d, err := db.Create(ctx, location)
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
	for what, args := range map[string][]any{"half a row": {1}, "a text that cannot be stored": {1, "a\x00b"}} {
		if err := d.Write(ctx, func(tx *db.Tx) error { _, err := tx.ExecRows(insert, args); return err }); err == nil {
			t.Errorf("%s was written", what)
		}
	}
}

// Texts, whole numbers of every size, bytes and NULLs come back as they were, in whichever row they stand, and updates find their rows.
func TestRowsKeepTheirValues(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, rowsKeepTheirValues)
}

func rowsKeepTheirValues(t *testing.T, location string) {
	ctx := context.Background()
	d, err := db.Create(ctx, location)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	if err := d.Migrate(ctx, []db.Migration{{ID: "t/0001", SQL: `CREATE TABLE item (n {int} PRIMARY KEY, word TEXT, body {bytes}, many {int}, none TEXT) {strict};`}}); err != nil {
		t.Fatal(err)
	}
	insert := db.NewRows(`INSERT INTO item (n, word, body, many, none)`, 5, ``)
	update := db.NewUpdates("item", []db.Column{{Name: "many", Type: "{int}", Adds: true}, {Name: "word", Type: "TEXT"}}, db.Columns("n", "{int}"))
	err = d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecRows(insert, []any{1, nil, []byte{0, 255}, int64(-1), nil, int32(2), `a "b", {c}\d ʼ`, []byte{7}, math.MaxInt64, nil, int64(3), "", nil, nil, nil})
		if err != nil {
			return err
		}
		if _, err := tx.ExecRows(insert, []any{9, nil, nil, nil, nil}); err != nil { // of no column but one is anything given
			return err
		}
		n, err := tx.ExecUpdates(update, []any{int64(7), nil, int64(1), int64(-7), "é", int64(2), int64(1), "nobody", int64(4)})
		if err == nil && n != 2 {
			err = fmt.Errorf("%d rows were there", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := d.Query(ctx, `SELECT n, word, body, many, none FROM item ORDER BY n`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	for rows.Next() {
		var n int
		var word, none sql.NullString
		var body []byte
		var many sql.NullInt64
		if err := rows.Scan(&n, &word, &body, &many, &none); err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(n, word, body, body == nil, many, none.Valid))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	want := []string{"1 { false} [0 255] false {6 true} false", "2 {é true} [7] false {9223372036854775800 true} false", "3 { true} [] true {0 false} false", "9 { false} [] true {0 false} false"}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
}
