package db

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Migration is one step of the schema: forward only, never changed once it was applied anywhere.
//
// Its text is the same for every database but for a few words in braces:
// {bytes} and {int} (64 bits) for the column types, {strict} after a table ({keyed} after one
// of small rows that is nothing but its key, {roomy} after that where rows are changed often), and
// {append_only:entry} for the triggers that keep the rows of the table entry
// from being updated, deleted or replaced (what stands behind the table's name,
// such as its keys, is for the reader). TEXT stands for the type alone, in
// capitals (write CAST(x AS VARCHAR)): on PostgreSQL it is compared byte by
// byte, whatever the language of the database.
type Migration struct {
	ID  string // "docket/0001"
	SQL string
}

func (m Migration) hash() string {
	sum := sha256.Sum256([]byte(m.SQL))
	return hex.EncodeToString(sum[:])
}

// ErrNewer means that the database was written by a newer version of the program.
var ErrNewer = errors.New("the database is newer than this program")

const migrationTable = "migration"

const createMigration = `CREATE TABLE migration (id TEXT PRIMARY KEY, hash TEXT NOT NULL, applied {int} NOT NULL) {strict};`

// migrationLock keeps two processes from migrating at once.
const migrationLock = "migrate"

// migrated reports whether the database has a schema of ours.
func (d *DB) migrated(ctx context.Context) (bool, error) {
	names, err := d.engine.tables(ctx)
	return slices.Contains(names, migrationTable), err
}

// claim takes hold of an empty database that is there already.
func (d *DB) claim(ctx context.Context) error {
	return d.Write(ctx, func(tx *Tx) error {
		if err := tx.Alone(migrationLock); err != nil {
			return err
		}
		rows, err := tx.Query(ours)
		if err != nil {
			return err
		}
		names, err := texts(rows)
		if err != nil {
			return err
		}
		if len(names) > 0 {
			return fmt.Errorf("%w at %s: it has tables, such as %s", ErrExists, d.Name(), names[0])
		}
		return tx.prepareSchema()
	})
}

// prepareSchema makes what migrations stand on.
func (t *Tx) prepareSchema() error {
	text, err := t.db.Dialect.expand(createMigration)
	if err != nil {
		return err
	}
	return t.script(t.db.Dialect.prelude + text)
}

// Pending lists the migrations that the database still lacks. It fails where
// one that was applied has been changed since, or is not known (ErrNewer).
func (d *DB) Pending(ctx context.Context, all []Migration) ([]Migration, error) {
	have, err := d.migrated(ctx)
	if err != nil {
		return nil, err
	}
	if !have {
		return all, nil
	}
	rows, err := d.Query(ctx, selectMigrations)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	applied, err := readApplied(rows)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return lacking(all, applied)
}

const selectMigrations = `SELECT id, hash FROM migration ORDER BY id`

// lacking holds what was applied against all that there is.
func lacking(all []Migration, applied []stamp) (pending []Migration, err error) {
	hashes := make(map[string]string, len(applied))
	for _, a := range applied {
		hashes[a.ID] = a.Hash
	}
	for _, m := range all {
		hash, ok := hashes[m.ID]
		switch {
		case !ok:
			pending = append(pending, m)
		case hash != m.hash():
			return nil, fmt.Errorf("migration %s was changed after it was applied", m.ID)
		}
		delete(hashes, m.ID)
	}
	for _, a := range applied {
		if _, unknown := hashes[a.ID]; unknown {
			return nil, fmt.Errorf("%w: it knows the migration %s", ErrNewer, a.ID)
		}
	}
	return pending, nil
}

// stamp is a migration that was applied.
type stamp struct {
	ID   string `json:"id"`
	Hash string `json:"hash"`
}

// Plan lists the migrations that Migrate would apply, with the SQL that this database would get.
func (d *DB) Plan(ctx context.Context, all []Migration) ([]Migration, error) {
	pending, err := d.Pending(ctx, all)
	if err != nil {
		return nil, err
	}
	plan := slices.Clone(pending)
	for i := range plan {
		if plan[i].SQL, err = d.Dialect.expand(plan[i].SQL); err != nil {
			return nil, fmt.Errorf("migration %s: %w", plan[i].ID, err)
		}
	}
	return plan, nil
}

// Migrate brings the schema up to date, each step in its own transaction. Of
// several processes that do so at once each step is done by one.
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
		if err := d.Write(ctx, func(tx *Tx) error { return tx.migrate(m, text, all) }); err != nil {
			return fmt.Errorf("migration %s: %w", m.ID, err)
		}
	}
	return nil
}

// migrate does one step, unless somebody else did it since this process looked.
func (t *Tx) migrate(m Migration, text string, all []Migration) error {
	if err := t.script(t.db.Dialect.unhurried); err != nil {
		return err
	}
	if err := t.Alone(migrationLock); err != nil {
		return err
	}
	rows, err := t.Query(t.db.Dialect.tables)
	if err != nil {
		return err
	}
	names, err := texts(rows)
	if err != nil {
		return err
	}
	if !slices.Contains(names, migrationTable) {
		if err := t.prepareSchema(); err != nil {
			return err
		}
	}
	if rows, err = t.Query(selectMigrations); err != nil {
		return err
	}
	applied, err := readApplied(rows)
	if err != nil {
		return err
	}
	pending, err := lacking(all, applied)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(pending, func(p Migration) bool { return p.ID == m.ID }) {
		return nil
	}
	if err := t.script(text); err != nil {
		return err
	}
	_, err = t.Exec(`INSERT INTO migration (id, hash, applied) VALUES ($1, $2, $3)`, m.ID, m.hash(), time.Now().UnixMicro())
	return err
}
