package db

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Dialect is one of the databases behind the door.
type Dialect struct {
	Name   string
	words  *strings.Replacer
	append func(table string, keys []string) string
}

// SQLite is the embedded database.
var SQLite = Dialect{
	Name:  "sqlite",
	words: strings.NewReplacer("{bytes}", "BLOB", "{strict}", "STRICT", "{int}", "INTEGER"),
	append: func(table string, keys []string) string {
		var b strings.Builder
		for _, what := range []string{"UPDATE", "DELETE"} {
			fmt.Fprintf(&b, "CREATE TRIGGER %s_no_%s BEFORE %s ON %s BEGIN SELECT RAISE(ABORT, '%s is append-only'); END;\n",
				table, strings.ToLower(what), what, table, table)
		}
		// INSERT OR REPLACE takes out the row that stands in its way without asking the trigger above.
		for i, key := range keys {
			var same []string
			for _, column := range strings.Split(key, ",") {
				same = append(same, column+" = NEW."+column)
			}
			fmt.Fprintf(&b, "CREATE TRIGGER %s_no_replace_%d BEFORE INSERT ON %s WHEN EXISTS (SELECT 1 FROM %s WHERE %s) BEGIN SELECT RAISE(ABORT, '%s is append-only'); END;\n",
				table, i+1, table, table, strings.Join(same, " AND "), table)
		}
		return b.String()
	},
}

// Migration is one step of the schema: forward only, never changed once it was applied anywhere.
//
// Its text is the same for every database but for a few words in braces:
// {bytes} and {int} (64 bits) for the column types, {strict} after a table, and
// {append_only:entry proceeding,seq submission} for the triggers that keep
// the table entry from being updated or deleted from, and its rows, by each of its unique keys, from being replaced.
type Migration struct {
	ID  string // "docket/0001"
	SQL string
}

func (m Migration) hash() string {
	sum := sha256.Sum256([]byte(m.SQL))
	return hex.EncodeToString(sum[:])
}

func (d Dialect) expand(text string) (string, error) {
	for {
		before, rest, found := strings.Cut(text, "{append_only:")
		if !found {
			break
		}
		table, after, found := strings.Cut(rest, "}")
		if !found {
			return "", errors.New("migration: {append_only: without its closing brace")
		}
		words := strings.Fields(table)
		if len(words) < 2 {
			return "", errors.New("migration: {append_only:} wants a table and its unique keys")
		}
		text = before + d.append(words[0], words[1:]) + after
	}
	return d.words.Replace(text), nil
}

// ErrNewer means that the database was written by a newer version of the program.
var ErrNewer = errors.New("the database is newer than this program")

const createMigration = `CREATE TABLE IF NOT EXISTS migration (
	id TEXT PRIMARY KEY, hash TEXT NOT NULL, applied INTEGER NOT NULL
)`

// Pending lists the migrations that the database still lacks. It fails where
// one that was applied has been changed since, or is not known (ErrNewer).
func (d *DB) Pending(ctx context.Context, all []Migration) ([]Migration, error) {
	applied := map[string]string{}
	var exists int
	if err := d.read.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'migration'`).Scan(&exists); err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	if exists > 0 {
		rows, err := d.read.QueryContext(ctx, `SELECT id, hash FROM migration`)
		if err != nil {
			return nil, fmt.Errorf("read migrations: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var id, hash string
			if err := rows.Scan(&id, &hash); err != nil {
				return nil, err
			}
			applied[id] = hash
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	var pending []Migration
	for _, m := range all {
		hash, ok := applied[m.ID]
		switch {
		case !ok:
			pending = append(pending, m)
		case hash != m.hash():
			return nil, fmt.Errorf("migration %s was changed after it was applied", m.ID)
		}
		delete(applied, m.ID)
	}
	for id := range applied {
		return nil, fmt.Errorf("%w: it knows the migration %s", ErrNewer, id)
	}
	return pending, nil
}

// Migrate brings the schema up to date, each step in its own transaction.
func (d *DB) Migrate(ctx context.Context, all []Migration) error {
	pending, err := d.Pending(ctx, all)
	if err != nil {
		return err
	}
	for _, m := range pending {
		text, err := d.Dialect.expand(m.SQL)
		if err != nil {
			return fmt.Errorf("migration %s: %w", m.ID, err)
		}
		err = d.Write(ctx, func(tx *Tx) error {
			if err := tx.script(createMigration); err != nil {
				return err
			}
			if err := tx.script(text); err != nil {
				return err
			}
			_, err := tx.Exec(`INSERT INTO migration (id, hash, applied) VALUES ($1, $2, $3)`, m.ID, m.hash(), time.Now().UnixMicro())
			return err
		})
		if err != nil {
			return fmt.Errorf("migration %s: %w", m.ID, err)
		}
	}
	return nil
}
