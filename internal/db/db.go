// Package db is the one door to the database. It opens, migrates, reads and
// writes, and it alone knows which database it is: everybody else writes one
// SQL text with $1 placeholders.
//
// SQLite runs with a write-ahead log and full sync: what is committed is on
// disk. There is one writing connection, so writers queue here and never meet
// SQLITE_BUSY, and a pool of reading connections that a writer does not hold up.
//
// PostgreSQL (15 or later) has bounded pools of reading and of writing
// connections, time-outs on every statement, lock and transaction, and a circuit
// that lets calls fail at once while the server cannot be reached. Its writers
// run beside each other: who must be alone takes a lock, with an UPDATE of a row
// that he needs anyway, or with Tx.Alone.
//
// Whatever differs beside that is levelled here, so that what was tried on one
// holds on the other: a statement that failed spoils its transaction up to the
// enclosing savepoint, a text that PostgreSQL could not store (no UTF-8, a zero
// byte) is refused with ErrText, texts are compared byte by byte.
//
// It knows no table but its own, migration. Tables belong to the packages that
// use them, which hand their migrations to Migrate.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"nazorat/internal/db/internal/seam"
)

// DB is an open database. Safe for concurrent use.
type DB struct {
	Dialect Dialect
	engine  engine
	hub     *hub
	created bool
	hook    atomic.Pointer[seam.Hook] // of a test
}

// engine is what the two databases do each in its own way.
type engine interface {
	query(ctx context.Context, text string, args []any) (*sql.Rows, error)
	// much reads what takes long, beside what serves pages, few at a time.
	much(ctx context.Context, text string, args []any) (*sql.Rows, error)
	begin(ctx context.Context) (transaction, error)
	// tables lists the tables of the schema that is ours, in any order.
	tables(ctx context.Context) ([]string, error)
	// bulk opens connections without limits for reading much, and how many at once are of use.
	bulk() (*sql.DB, error)
	// snapshot reads one moment of the whole, without time-outs.
	snapshot(ctx context.Context) (snapshot, error)
	// laxly prepares a database that is nobody's yet for writing much at once.
	laxly(ctx context.Context) error
	// hastily runs f while commits wait for no disk, and puts all there afterwards.
	hastily(ctx context.Context, f func() error) error
	now(ctx context.Context) (int64, error)
	// listen feeds the hub from now on with what other processes say.
	listen(ctx context.Context) error
	ready(ctx context.Context) error
	// name says in messages which database it is, without a password.
	name() string
	// discard takes away what create made.
	discard(ctx context.Context) error
	close() error
}

// ErrNoDatabase is returned by Open where there is no office: state is never
// made by accident, Create makes it.
var ErrNoDatabase = errors.New("there is no database")

// ErrExists is returned by Create where there is a database already.
var ErrExists = errors.New("there is a database already")

// ErrText is returned for a text that not every database can store: one that
// is not UTF-8, or that holds a zero byte. Nothing that is stored equals it.
var ErrText = errors.New("a text that cannot be stored")

// Open opens an existing database, such as "sqlite:/var/lib/nazorat/office.db" or "postgres://nazorat@db.example/office".
func Open(ctx context.Context, location string) (*DB, error) {
	path, postgres, err := where(location)
	if err != nil {
		return nil, err
	}
	h := newHub()
	if !postgres {
		e, err := openSQLite(ctx, path)
		if err != nil {
			return nil, err
		}
		return &DB{Dialect: SQLite, engine: e, hub: h}, nil
	}
	e, err := openPostgres(ctx, location, h)
	if err != nil {
		return nil, err
	}
	d := &DB{Dialect: Postgres, engine: e, hub: h}
	if have, err := d.migrated(ctx); err != nil || !have {
		if err == nil {
			err = fmt.Errorf("%w at %s: it has no tables", ErrNoDatabase, e.name())
		}
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Create makes a new, empty database. Of SQLite that is a file, readable by its
// owner only. On PostgreSQL the database itself must be there, empty; Create
// takes hold of it, so that of two who try only one does.
func Create(ctx context.Context, location string) (*DB, error) {
	path, postgres, err := where(location)
	if err != nil {
		return nil, err
	}
	h := newHub()
	if !postgres {
		e, err := createSQLite(ctx, path)
		if err != nil {
			return nil, err
		}
		return &DB{Dialect: SQLite, engine: e, hub: h, created: true}, nil
	}
	e, err := openPostgres(ctx, location, h)
	if err != nil {
		return nil, err
	}
	d := &DB{Dialect: Postgres, engine: e, hub: h, created: true}
	if err := d.claim(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// where takes a location apart.
func where(location string) (path string, postgres bool, err error) {
	if path, ok := strings.CutPrefix(location, "sqlite:"); ok && path != "" {
		return path, false, nil
	}
	if strings.HasPrefix(location, "postgres://") || strings.HasPrefix(location, "postgresql://") {
		return "", true, nil
	}
	return "", false, fmt.Errorf("database %q: want sqlite:PATH or postgres://USER@HOST/DATABASE", redact(location))
}

// redact keeps a password that somebody put into a location out of messages.
func redact(location string) string {
	if u, err := url.Parse(location); err == nil {
		return u.Redacted()
	}
	return "?"
}

// Close waits for writers and closes the database.
func (d *DB) Close() error {
	d.hub.close()
	return d.engine.close()
}

// Discard closes the database and takes away what Create made of it: half an
// office is none. It refuses where the database was not made through d.
func (d *DB) Discard(ctx context.Context) error {
	if !d.created {
		return errors.Join(errors.New("only a database that was just made is discarded"), d.Close())
	}
	d.hub.close()
	return d.engine.discard(ctx)
}

// Hastily runs f while what is written to a file waits for no disk, and puts all of it there before it returns. It is for filling what Create has
// just made through d, and refuses any other database: a machine that stops meanwhile leaves one that is to be thrown away. On a server it runs f.
func (d *DB) Hastily(ctx context.Context, f func() error) error {
	if !d.created {
		return errors.New("only a database that was just made is written hastily")
	}
	return d.engine.hastily(ctx, f)
}

// Name of the database for messages: its file, or its server and name there. It holds no password.
func (d *DB) Name() string { return d.engine.name() }

// Path of the database's file; "" where it is no file.
func (d *DB) Path() string {
	if s, ok := d.engine.(*sqlite); ok {
		return s.path
	}
	return ""
}

// Ready reports whether the database answers; its error is one that Unavailable knows.
func (d *DB) Ready(ctx context.Context) error { return d.engine.ready(ctx) }

// Now is the database's clock, in microseconds UTC: the same for all processes
// that share the database. Of SQLite it is the machine's.
func (d *DB) Now(ctx context.Context) (int64, error) { return d.engine.now(ctx) }

// Query reads rows. The statement is prepared once and kept, so texts must come
// from constants (or from few forms, as In makes them), never hold a value.
func (d *DB) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if err := sound(args); err != nil {
		return nil, err
	}
	return d.read(ctx, text, args, d.engine.query)
}

// QueryMuch reads rows for which much has to be looked at, such as a count over everything: with connections of its own, as many as there are processors,
// so that no page waits behind it; without a page's time-out (two minutes on a server), and planned for these values. Any text will do. Who comes while all
// connections are in use waits for one.
func (d *DB) QueryMuch(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if err := sound(args); err != nil {
		return nil, err
	}
	return d.read(ctx, text, args, d.engine.much)
}

// QueryRow reads one row.
func (d *DB) QueryRow(ctx context.Context, text string, args ...any) Row {
	return firstOf(d.Query(ctx, text, args...))
}

// Row is what QueryRow gives: Scan reads it, and answers sql.ErrNoRows where there is none.
type Row interface{ Scan(into ...any) error }

// first is the first of some rows.
type first struct {
	rows *sql.Rows
	err  error
}

func firstOf(rows *sql.Rows, err error) first { return first{rows, err} }

func (f first) Scan(into ...any) error {
	if f.err != nil {
		return f.err
	}
	defer f.rows.Close()
	if !f.rows.Next() {
		if err := f.rows.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	if err := f.rows.Scan(into...); err != nil {
		return err
	}
	return f.rows.Close()
}

// Storable reports whether every database can store a text.
func Storable(text string) bool { return strings.IndexByte(text, 0) < 0 && utf8.ValidString(text) }

// sound refuses texts that not every database can store.
func sound(args []any) error {
	for i, a := range args {
		if s, ok := a.(string); ok && !Storable(s) {
			return fmt.Errorf("value %d: %w", i+1, ErrText)
		}
	}
	return nil
}

// Bulk reads much of the database at once, beside everybody else: it has
// connections of its own, which neither wait for those that serve pages nor wash
// what they keep out of memory, and no time-outs. SQLite's see the file mapped
// whole, as far as SQLite maps one (2 GiB).
type Bulk struct{ pool *sql.DB }

// Bulk opens connections for reading much. Close gives them back.
func (d *DB) Bulk() (*Bulk, error) {
	pool, err := d.engine.bulk()
	if err != nil {
		return nil, err
	}
	return &Bulk{pool}, nil
}

// Query reads rows.
func (b *Bulk) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if err := sound(args); err != nil {
		return nil, err
	}
	return b.pool.QueryContext(ctx, text, args...)
}

// Close ends the reading.
func (b *Bulk) Close() error { return b.pool.Close() }

// In writes "($3,$4,$5)" for n values from the given placeholder on; for none,
// a list that nothing is in.
func In(n, from int) string {
	if n == 0 {
		return "(NULL)"
	}
	var b strings.Builder
	b.WriteByte('(')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(from + i))
	}
	b.WriteByte(')')
	return b.String()
}

// Keys are the values for In, filled up to a power of two with the last of
// them: lists of few lengths are few statements that are kept.
func Keys(list []string) []any {
	out := make([]any, 0, 2*len(list))
	for _, v := range list {
		out = append(out, v)
	}
	for len(out)&(len(out)-1) != 0 {
		out = append(out, out[len(out)-1])
	}
	return out
}

func firstLine(text string) string {
	text = strings.TrimSpace(text)
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return text[:i] + " ..."
	}
	return text
}
