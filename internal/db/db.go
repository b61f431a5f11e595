// Package db is the one door to the database. It opens, migrates, reads and
// writes, and it alone knows which database it is: everybody else writes one
// SQL text with $1 placeholders.
//
// SQLite runs with a write-ahead log and full sync: what is committed is on
// disk. There is one writing connection, so writers queue here and never meet
// SQLITE_BUSY, and a pool of reading connections that a writer does not hold up.
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
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"

	_ "modernc.org/sqlite" // the driver registers itself as "sqlite"
)

// DB is an open database. Safe for concurrent use.
type DB struct {
	Dialect Dialect
	path    string
	read    *sql.DB
	write   *sql.DB
	conn    *sql.Conn // the one writing connection
	mu      sync.Mutex
	stmts   map[string]*sql.Stmt // prepared on conn
	readMu  sync.RWMutex
	reads   map[string]*sql.Stmt // prepared on read
}

// ErrNoDatabase is returned by Open for a file that is not there: state is
// never made by accident, Create makes it.
var ErrNoDatabase = errors.New("there is no database")

// ErrExists is returned by Create where there is a database already.
var ErrExists = errors.New("there is a database already")

// Open opens an existing database, such as "sqlite:/var/lib/nazorat/office.db".
func Open(ctx context.Context, location string) (*DB, error) {
	path, err := sqlitePath(location)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("%w at %s", ErrNoDatabase, path)
		}
		return nil, fmt.Errorf("open database: %w", err)
	}
	return open(ctx, path)
}

// Create makes a new, empty database. The file is readable by its owner only.
func Create(ctx context.Context, location string) (*DB, error) {
	path, err := sqlitePath(location)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil, fmt.Errorf("%w at %s", ErrExists, path)
	}
	if err != nil {
		return nil, fmt.Errorf("create database: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("create database: %w", err)
	}
	return open(ctx, path)
}

func sqlitePath(location string) (string, error) {
	path, ok := strings.CutPrefix(location, "sqlite:")
	if !ok || path == "" {
		return "", fmt.Errorf("database %q: want sqlite:PATH", redact(location))
	}
	return path, nil
}

// redact keeps a password that somebody put into a location out of messages.
func redact(location string) string {
	if u, err := url.Parse(location); err == nil {
		return u.Redacted()
	}
	return "?"
}

func open(ctx context.Context, path string) (*DB, error) {
	write, err := sql.Open("sqlite", source(path)+"&_pragma=mmap_size(268435456)&_txlock=immediate&_pragma=cache_size(-65536)")
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	write.SetMaxOpenConns(1)
	conn, err := write.Conn(ctx)
	if err != nil {
		_ = write.Close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	read, err := sql.Open("sqlite", source(path)+"&_pragma=mmap_size(268435456)&_pragma=query_only(1)&_pragma=cache_size(-16384)")
	if err != nil {
		_ = conn.Close()
		_ = write.Close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	n := max(4, 2*runtime.NumCPU())
	read.SetMaxOpenConns(n)
	read.SetMaxIdleConns(n)
	return &DB{Dialect: SQLite, path: path, read: read, write: write, conn: conn, stmts: map[string]*sql.Stmt{}, reads: map[string]*sql.Stmt{}}, nil
}

// source is how the driver is told of a file.
func source(path string) string {
	// _dqs: a misspelt column in double quotes must be an error, not a text.
	return "file:" + escape(path) + "?_dqs=0&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(16384)&_pragma=temp_store(MEMORY)"
}

func escape(path string) string {
	return strings.NewReplacer("?", "%3f", "#", "%23", "%", "%25").Replace(path)
}

// Close waits for the writer and closes the database.
func (d *DB) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var errs []error
	for _, s := range d.stmts {
		errs = append(errs, s.Close())
	}
	for _, s := range d.reads {
		errs = append(errs, s.Close())
	}
	errs = append(errs, d.conn.Close(), d.write.Close(), d.read.Close())
	return errors.Join(errs...)
}

// Path of the database's file.
func (d *DB) Path() string { return d.path }

// Query reads rows. The statement is prepared once and kept, so texts must come
// from constants (or from few forms, as In makes them), never hold a value.
func (d *DB) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	s, err := d.prepared(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// QueryRow reads one row.
func (d *DB) QueryRow(ctx context.Context, text string, args ...any) Row {
	s, err := d.prepared(ctx, text)
	if err != nil {
		return failed{err}
	}
	return s.QueryRowContext(ctx, args...)
}

// Row is what QueryRow gives.
type Row interface{ Scan(into ...any) error }

type failed struct{ err error }

func (f failed) Scan(...any) error { return f.err }

func (d *DB) prepared(ctx context.Context, text string) (*sql.Stmt, error) {
	d.readMu.RLock()
	s := d.reads[text]
	d.readMu.RUnlock()
	if s != nil {
		return s, nil
	}
	s, err := d.read.PrepareContext(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", firstLine(text), err)
	}
	d.readMu.Lock()
	defer d.readMu.Unlock()
	if other := d.reads[text]; other != nil {
		_ = s.Close()
		return other, nil
	}
	d.reads[text] = s
	return s, nil
}

// Bulk reads much of the database at once, beside everybody else: its own
// connections see the file mapped whole, as far as SQLite maps one (2 GiB), and
// neither wait for those that serve pages nor wash what they keep out of memory.
type Bulk struct{ pool *sql.DB }

// Bulk opens connections for reading much. Close gives them and the mapping back.
func (d *DB) Bulk() (*Bulk, error) {
	pool, err := sql.Open("sqlite", source(d.path)+"&_pragma=mmap_size(2147418112)&_pragma=query_only(1)")
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	pool.SetMaxIdleConns(runtime.GOMAXPROCS(0) + 1)
	return &Bulk{pool}, nil
}

// Query reads rows.
func (b *Bulk) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return b.pool.QueryContext(ctx, text, args...)
}

// Close ends the reading.
func (b *Bulk) Close() error { return b.pool.Close() }

// Tx is a writing transaction. It belongs to one goroutine.
type Tx struct {
	db    *DB
	ctx   context.Context
	depth int
}

// Write runs f in one transaction, alone among writers, and commits if f
// returns nil. A panic or an error rolls back. Whether a commit that failed
// took effect can only be told by reading.
func (d *DB) Write(ctx context.Context, f func(*Tx) error) (err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	// The transaction is not tied to ctx: giving up half-way is decided between statements, by f.
	plain := context.WithoutCancel(ctx)
	if err := ctx.Err(); err != nil {
		return err
	}
	tx := &Tx{db: d, ctx: plain}
	if err := tx.exec("BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	done := false
	defer func() {
		if !done {
			_ = tx.exec("ROLLBACK")
		}
	}()
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.exec("COMMIT"); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	done = true
	return nil
}

// Savepoint runs f so that its error undoes only what f did.
func (t *Tx) Savepoint(f func() error) error {
	t.depth++
	name := "s" + strconv.Itoa(t.depth)
	defer func() { t.depth-- }()
	if err := t.exec("SAVEPOINT " + name); err != nil {
		return err
	}
	if err := f(); err != nil {
		return errors.Join(err, t.exec("ROLLBACK TO "+name), t.exec("RELEASE "+name))
	}
	return t.exec("RELEASE " + name)
}

func (t *Tx) exec(text string) error {
	_, err := t.Exec(text)
	return err
}

func (t *Tx) prepared(text string) (*sql.Stmt, error) {
	if s := t.db.stmts[text]; s != nil {
		return s, nil
	}
	s, err := t.db.conn.PrepareContext(t.ctx, text)
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", firstLine(text), err)
	}
	t.db.stmts[text] = s
	return s, nil
}

// Exec runs a statement and gives the number of rows that it changed.
func (t *Tx) Exec(text string, args ...any) (int64, error) {
	s, err := t.prepared(text)
	if err != nil {
		return 0, err
	}
	res, err := s.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Query reads rows inside the transaction.
func (t *Tx) Query(text string, args ...any) (*sql.Rows, error) {
	s, err := t.prepared(text)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(t.ctx, args...)
}

// QueryRow reads one row inside the transaction.
func (t *Tx) QueryRow(text string, args ...any) Row {
	s, err := t.prepared(text)
	if err != nil {
		return failed{err}
	}
	return s.QueryRowContext(t.ctx, args...)
}

// script runs several statements that are not kept.
func (t *Tx) script(text string) error {
	_, err := t.db.conn.ExecContext(t.ctx, text)
	return err
}

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

func firstLine(text string) string {
	text = strings.TrimSpace(text)
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return text[:i] + " ..."
	}
	return text
}
