package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Restore makes a database of an archive, of whichever kind it was: a file that
// is not there yet, or a PostgreSQL database that is empty. The schema is that of
// the archive, whose migrations must be among all; later ones are left to Migrate.
//
// All of it or nothing: what was loaded is read back and held against the
// archive's hashes before anybody can open it.
func Restore(ctx context.Context, location string, all []Migration, r io.Reader) (*Manifest, error) {
	path, postgres, err := where(location)
	if err != nil {
		return nil, err
	}
	if !postgres {
		return restoreSQLite(ctx, path, all, r)
	}
	e, err := openPostgres(ctx, location, newHub())
	if err != nil {
		return nil, err
	}
	d := &DB{Dialect: Postgres, engine: e, hub: e.hub}
	m, err := d.restore(ctx, all, r)
	if err == nil {
		e.tidy(ctx)
	}
	return m, errors.Join(err, d.Close())
}

// restoreSQLite builds the file beside its place and then gives it its name.
func restoreSQLite(ctx context.Context, path string, all []Migration, r io.Reader) (*Manifest, error) {
	if err := free(path); errors.Is(err, os.ErrExist) {
		return nil, fmt.Errorf("%w at %s", ErrExists, path)
	} else if err != nil {
		return nil, fmt.Errorf("restore: %w", err)
	}
	beside := path + ".restoring"
	if err := os.Remove(beside); err != nil && !errors.Is(err, os.ErrNotExist) { // of a restore that was killed
		return nil, fmt.Errorf("restore: %w", err)
	}
	e, err := createSQLite(ctx, beside)
	if err != nil {
		return nil, err
	}
	d := &DB{Dialect: SQLite, engine: e, hub: newHub(), created: true}
	m, err := d.restore(ctx, all, r)
	if err != nil {
		return nil, errors.Join(err, d.Discard(context.WithoutCancel(ctx)))
	}
	if err = errors.Join(d.Close(), syncPath(beside)); err == nil {
		err = name(beside, path)
	}
	if errors.Is(err, os.ErrExist) {
		err = fmt.Errorf("%w at %s", ErrExists, path)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("restore: %w", err), os.Remove(beside))
	}
	return m, nil
}

// restore fills an empty database in one transaction.
func (d *DB) restore(ctx context.Context, all []Migration, r io.Reader) (m *Manifest, err error) {
	if err := d.engine.laxly(ctx); err != nil {
		return nil, fmt.Errorf("restore: %w", err)
	}
	err = d.Write(ctx, func(tx *Tx) error {
		l := &loading{tx: tx, ctx: ctx, all: all, loader: tx.in.loader()}
		defer l.loader.abort()
		if m, err = readArchive(ctx, r, l); err != nil {
			return err
		}
		return l.finish(m)
	})
	if err != nil {
		return nil, fmt.Errorf("restore: %w", err)
	}
	return m, nil
}

// loading is a restore under way.
type loading struct {
	tx     *Tx
	ctx    context.Context
	all    []Migration
	loader loader
	tables map[string]Table // as the migrations made them
	build  []string         // what makes the indexes and foreign keys that were taken away for the time being
}

// loader is how a database takes many rows.
type loader interface {
	begin(t *Table) error
	row(values []any) error
	end() error
	// abort ends what was begun and not ended.
	abort()
}

// begin makes the schema that the archive names.
func (l *loading) begin(m *Manifest) error {
	tx := l.tx
	if err := tx.script(tx.db.Dialect.unhurried); err != nil {
		return err
	}
	if err := tx.Alone(migrationLock); err != nil {
		return err
	}
	rows, err := tx.Query(tx.db.Dialect.tables)
	if err != nil {
		return err
	}
	names, err := texts(rows)
	if err != nil {
		return err
	}
	if len(names) > 0 {
		return fmt.Errorf("%w at %s: it has tables, such as %s", ErrExists, tx.db.Name(), names[0])
	}
	lacks, err := lacking(l.all, m.migrations)
	if err != nil {
		return fmt.Errorf("the archive's schema: %w", err)
	}
	for _, step := range l.all {
		if slices.ContainsFunc(lacks, func(x Migration) bool { return x.ID == step.ID }) {
			continue
		}
		text, err := tx.db.Dialect.expand(step.SQL)
		if err != nil {
			return fmt.Errorf("migration %s: %w", step.ID, err)
		}
		if err := tx.migrate(step, text, l.all); err != nil {
			return fmt.Errorf("migration %s: %w", step.ID, err)
		}
	}
	s := tx.in.snapshot()
	made, err := s.schema(l.ctx)
	if err != nil {
		return err
	}
	l.tables = map[string]Table{}
	for _, t := range made {
		if t.Name != migrationTable {
			l.tables[t.Name] = t
		}
	}
	l.build, err = tx.takeAway()
	return err
}

func (l *loading) table(t *Table) error {
	made, ok := l.tables[t.Name]
	if !ok || !slices.Equal(made.Columns, t.Columns) || !slices.Equal(made.Key, t.Key) {
		return broken("it has other columns than its migrations make")
	}
	delete(l.tables, t.Name)
	// What a migration put there stands in the archive too, as it became.
	var n int
	if err := l.tx.QueryRow("SELECT count(*) FROM " + quoted(t.Name)).Scan(&n); err != nil {
		return err
	}
	if n > 0 {
		if _, err := l.tx.Exec("DELETE FROM " + quoted(t.Name)); err != nil {
			return err
		}
	}
	return l.loader.begin(t)
}

func (l *loading) row(_ *Table, values []any) error { return l.loader.row(values) }

func (l *loading) end(*Table) error { return l.loader.end() }

// finish builds what was taken away and reads everything back.
func (l *loading) finish(m *Manifest) error {
	for name := range l.tables {
		return broken("it lacks the table %s, which its migrations make", name)
	}
	for _, text := range l.build {
		if err := l.tx.script(text); err != nil {
			return fmt.Errorf("%s: %w", firstLine(text), err)
		}
	}
	s := l.tx.in.snapshot()
	for i := range m.Tables {
		t := &m.Tables[i]
		sum, n := sha256.New(), int64(0)
		var line []byte
		err := s.each(l.ctx, selectAll(t), len(t.Columns), func(values []any) (err error) {
			n++
			line, err = appendRow(line[:0], t.Columns, values)
			_, _ = sum.Write(line)
			return err
		})
		if err != nil {
			return fmt.Errorf("read back table %s: %w", t.Name, err)
		}
		if got := hex.EncodeToString(sum.Sum(nil)); n != t.Rows || got != t.Hash {
			return fmt.Errorf("table %s: %d rows with the hash %s were read back, the archive has %d with %s", t.Name, n, got, t.Rows, t.Hash)
		}
	}
	return l.tx.settle()
}

// takeAway takes away foreign keys and indexes, which cost the more the fewer
// rows come at a time, and gives what builds them again.
func (t *Tx) takeAway() (build []string, err error) {
	queries := []string{`SELECT 'DROP INDEX ' || name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL`}
	if t.db.Dialect.Name == Postgres.Name {
		queries = []string{
			`SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(conname), 'ALTER TABLE ' || conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(conname) || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE contype = 'f' AND connamespace = to_regnamespace(current_schema()) AND conparentid = 0 ORDER BY oid`,
			`SELECT 'DROP INDEX ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid IN (` + oursByOid + `)
AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid) ORDER BY i.indexrelid`,
		}
	}
	var drop []string
	for i := range queries {
		rows, err := t.Query(queries[len(queries)-1-i]) // indexes are built before foreign keys
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var away, back string
			if err = rows.Scan(&away, &back); err != nil {
				break
			}
			drop, build = append(drop, away), append(build, back)
		}
		if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
			return nil, err
		}
	}
	slices.Reverse(drop)
	if len(drop) == 0 {
		return nil, nil
	}
	return build, t.script(strings.Join(drop, "; "))
}

// settle checks what was not checked on the way; PostgreSQL checked it when the foreign keys were built again.
func (t *Tx) settle() error {
	if t.db.Dialect.Name == Postgres.Name {
		return nil
	}
	rows, err := t.Query(`SELECT "table" FROM pragma_foreign_key_check`)
	if err != nil {
		return err
	}
	wrong, err := texts(rows)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return broken("rows of %s refer to what is not there", wrong[0])
	}
	return nil
}

func (t *sqliteTx) snapshot() snapshot {
	return &moment{conn: t.s.conn, columns: sqliteColumns, types: sqliteTypes}
}

func (t *postgresTx) snapshot() snapshot {
	return &moment{conn: t.conn, columns: postgresColumns, types: postgresTypes}
}

// laxly prepares for writing much at once: foreign keys are checked at the end,
// and nothing is kept to roll back to, as the file is thrown away if this fails.
func (s *sqlite) laxly(ctx context.Context) error {
	_, err := s.conn.ExecContext(ctx, `PRAGMA foreign_keys = 0; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144`)
	return err
}

func (p *postgres) laxly(context.Context) error { return nil }

// tidy does at once what the server would come to by itself in the hour after much was loaded: until then every page is
// planned without knowing what there is, and waits for its rows to be marked. What fails here the server makes up for.
func (p *postgres) tidy(ctx context.Context) {
	if pool, err := p.bulk(); err == nil {
		_, _ = pool.ExecContext(ctx, "VACUUM (ANALYZE)")
		_ = pool.Close()
	}
}

// sqliteLoader inserts row by row: there is no way to a server to be saved.
type sqliteLoader struct {
	t    *sqliteTx
	stmt *sql.Stmt
}

func (t *sqliteTx) loader() loader { return &sqliteLoader{t: t} }

func (l *sqliteLoader) begin(t *Table) (err error) {
	var names, values []string
	for _, c := range t.Columns {
		names, values = append(names, quoted(c.Name)), append(values, "?")
	}
	text := "INSERT INTO " + quoted(t.Name) + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(values, ", ") + ")" // #nosec G202 -- names of our own tables, quoted
	l.stmt, err = l.t.s.conn.PrepareContext(l.t.ctx, text)
	return err
}

func (l *sqliteLoader) row(values []any) error {
	_, err := l.stmt.ExecContext(l.t.ctx, values...)
	return err
}

func (l *sqliteLoader) end() error {
	err := l.stmt.Close()
	l.stmt = nil
	return err
}

func (l *sqliteLoader) abort() {
	if l.stmt != nil {
		_ = l.stmt.Close() // the file goes away
	}
}

// postgresLoader copies: a goroutine of its own has the connection while rows come in.
type postgresLoader struct {
	t    *postgresTx
	rows chan []any
	stop chan struct{}
	done chan error // closed after its one value; nil where no table is under way
}

func (t *postgresTx) loader() loader { return &postgresLoader{t: t} }

// together is how many rows may be under way to the server.
const together = 256

var errStopped = errors.New("stopped")

func (l *postgresLoader) begin(t *Table) error {
	rows, stop, done := make(chan []any, together), make(chan struct{}), make(chan error, 1)
	l.rows, l.stop, l.done = rows, stop, done
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	source := pgx.CopyFromFunc(func() ([]any, error) {
		select {
		case row := <-rows: // nil after the last
			return row, nil
		case <-stop:
			return nil, errStopped
		}
	})
	go func() {
		defer close(done)
		done <- l.t.conn.Raw(func(driver any) error {
			_, err := driver.(*stdlib.Conn).Conn().CopyFrom(l.t.ctx, pgx.Identifier{t.Name}, names, source)
			return err
		})
	}()
	return nil
}

func (l *postgresLoader) row(values []any) error {
	select {
	case l.rows <- slices.Clone(values):
		return nil
	case err := <-l.done:
		l.done = nil
		return err
	}
}

func (l *postgresLoader) end() error {
	close(l.rows)
	err := <-l.done
	l.done = nil
	return err
}

func (l *postgresLoader) abort() {
	if l.done != nil {
		close(l.stop)
		for range l.done { // closed once nobody uses the connection
		}
	}
}
