package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver registers itself as "sqlite"
)

// sqlite is the embedded database: one file, one writing connection.
type sqlite struct {
	path string
	read *sql.DB
	long *sql.DB // for what takes long

	readMu sync.RWMutex
	reads  map[string]*sql.Stmt // prepared on read

	// turn is the queue of writers: who has its one value may use what follows.
	turn  chan struct{}
	write *sql.DB
	conn  *sql.Conn            // nil after a fault of the disk: the next writer opens it anew
	stmts map[string]*sql.Stmt // prepared on conn

	connections int64 // how many conn has been
}

func openSQLite(ctx context.Context, path string) (*sqlite, error) {
	if _, err := os.Stat(path); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("%w at %s", ErrNoDatabase, path)
		}
		return nil, fmt.Errorf("open database: %w", err)
	}
	s := &sqlite{path: path, reads: map[string]*sql.Stmt{}, stmts: map[string]*sql.Stmt{}, turn: make(chan struct{}, 1)}
	var err error
	// With a larger cache SQLite goes through a larger table of its pages at nearly every commit (docs/decisions/0010).
	if s.write, err = sql.Open("sqlite", source(path)+"&_pragma=mmap_size(268435456)&_txlock=immediate&_pragma=cache_size(-16384)"); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	s.write.SetMaxOpenConns(1)
	if s.conn, err = s.write.Conn(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), s.write.Close())
	}
	reads := source(path) + "&_pragma=mmap_size(268435456)&_pragma=query_only(1)&_pragma=cache_size(-16384)"
	if s.read, err = sql.Open("sqlite", reads); err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), s.conn.Close(), s.write.Close())
	}
	n := max(4, 2*runtime.NumCPU())
	s.read.SetMaxOpenConns(n)
	s.read.SetMaxIdleConns(n)
	if s.long, err = sql.Open("sqlite", reads); err != nil {
		return nil, fmt.Errorf("open database: %w", errors.Join(err, s.conn.Close(), s.write.Close(), s.read.Close()))
	}
	s.long.SetMaxOpenConns(runtime.GOMAXPROCS(0))
	s.long.SetConnMaxIdleTime(idleLong)
	return s, nil
}

// idleLong is after what time a connection that nobody counts with gives its memory back.
const idleLong = time.Minute

func createSQLite(ctx context.Context, path string) (*sqlite, error) {
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
	return openSQLite(ctx, path)
}

// source is how the driver is told of a file.
func source(path string) string {
	// _dqs: a misspelt column in double quotes must be an error, not a text.
	// recursive_triggers: INSERT OR REPLACE takes out the row that stands in its way, and so asks the triggers that keep tables append-only.
	return "file:" + escape(path) + "?_dqs=0&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)&_pragma=recursive_triggers(1)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(8192)&_pragma=temp_store(MEMORY)"
}

func escape(path string) string {
	return strings.NewReplacer("?", "%3f", "#", "%23", "%", "%25").Replace(path)
}

func (s *sqlite) name() string { return s.path }

func (s *sqlite) close() error {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.readMu.Lock()
	defer s.readMu.Unlock()
	var errs []error
	for _, p := range s.stmts {
		errs = append(errs, p.Close())
	}
	for _, p := range s.reads {
		errs = append(errs, p.Close())
	}
	if s.conn != nil {
		errs = append(errs, s.conn.Close())
	}
	errs = append(errs, s.write.Close(), s.read.Close(), s.long.Close())
	return errors.Join(errs...)
}

func (s *sqlite) hastily(ctx context.Context, f func() error) error {
	if err := s.between(ctx, func(conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, `PRAGMA synchronous = OFF`)
		return err
	}); err != nil {
		return err
	}
	err := f()
	ctx = context.WithoutCancel(ctx)
	return errors.Join(err, s.between(ctx, func(conn *sql.Conn) error {
		// Whatever was copied from the log before was not synced: with one page more in it there is something to copy, and all of the file is synced behind it.
		if _, err := conn.ExecContext(ctx, `PRAGMA synchronous = FULL; PRAGMA user_version = 1`); err != nil {
			return err
		}
		var busy, frames, copied int
		if err := conn.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &copied); err != nil {
			return err
		}
		if busy != 0 {
			return errors.New("what was written could not be put on disk: somebody reads what was there before")
		}
		return nil
	}))
}

// between has the writing connection between two transactions.
func (s *sqlite) between(ctx context.Context, f func(*sql.Conn) error) error {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.turn }()
	if s.conn == nil {
		return errors.New("the writing connection was lost to a fault of the disk")
	}
	return f(s.conn)
}

func (s *sqlite) discard(context.Context) error {
	errs := []error{s.close()}
	for _, beside := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(s.path + beside); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (s *sqlite) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	p, err := s.prepared(ctx, text)
	if err != nil {
		return nil, err
	}
	return p.QueryContext(ctx, args...)
}

func (s *sqlite) much(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	return s.long.QueryContext(ctx, once(text), args...)
}

// once is a text that SQLite plans once. A limit that is a bare placeholder is
// something its planner looks at: it would plan the whole statement again whenever
// a value is bound to it, which takes longer than most of our reading.
func once(text string) string { return strings.ReplaceAll(text, "LIMIT $", "LIMIT 0 + $") }

func (s *sqlite) prepared(ctx context.Context, text string) (*sql.Stmt, error) {
	s.readMu.RLock()
	p := s.reads[text]
	s.readMu.RUnlock()
	if p != nil {
		return p, nil
	}
	p, err := s.read.PrepareContext(ctx, once(text))
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", firstLine(text), err)
	}
	s.readMu.Lock()
	defer s.readMu.Unlock()
	if other := s.reads[text]; other != nil {
		_ = p.Close()
		return other, nil
	}
	s.reads[text] = p
	return p, nil
}

func (s *sqlite) bulk() (*sql.DB, error) {
	pool, err := sql.Open("sqlite", source(s.path)+"&_pragma=mmap_size(2147418112)&_pragma=query_only(1)")
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	pool.SetMaxIdleConns(runtime.GOMAXPROCS(0) + 1)
	return pool, nil
}

func (s *sqlite) tables(ctx context.Context) (names []string, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	return texts(rows)
}

// texts reads rows of one text.
func texts(rows *sql.Rows) (out []string, err error) {
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

func (s *sqlite) now(context.Context) (int64, error) { return time.Now().UnixMicro(), nil }

func (s *sqlite) listen(context.Context) error { return nil } // what this process says, the hub hears by itself

func (s *sqlite) ready(ctx context.Context) error {
	var n int
	return firstOf(s.query(ctx, `SELECT count(*) FROM sqlite_master`, nil)).Scan(&n)
}

// begin waits for its turn.
func (s *sqlite) begin(ctx context.Context) (transaction, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	// The transaction is not tied to ctx: giving up half-way is decided between statements.
	t := &sqliteTx{s: s, ctx: context.WithoutCancel(ctx)}
	if s.conn == nil {
		conn, err := s.write.Conn(t.ctx)
		if err != nil {
			<-s.turn
			return nil, err
		}
		s.conn = conn
		s.connections++
	}
	if _, err := t.exec("BEGIN IMMEDIATE", nil); err != nil {
		t.spent = true
		t.leave()
		return nil, err
	}
	return t, nil
}

// sqliteTx has the turn.
type sqliteTx struct {
	s     *sqlite
	ctx   context.Context
	spent bool // the connection is not to be used again
}

func (t *sqliteTx) prepared(text string) (*sql.Stmt, error) {
	if p := t.s.stmts[text]; p != nil {
		return p, nil
	}
	p, err := t.s.conn.PrepareContext(t.ctx, once(text))
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", firstLine(text), err)
	}
	t.s.stmts[text] = p
	return p, nil
}

func (t *sqliteTx) exec(text string, args []any) (sql.Result, error) {
	p, err := t.prepared(text)
	if err != nil {
		return nil, t.saw(err)
	}
	res, err := p.ExecContext(t.ctx, args...)
	return res, t.saw(err)
}

func (t *sqliteTx) query(text string, args []any) (*sql.Rows, error) {
	p, err := t.prepared(text)
	if err != nil {
		return nil, t.saw(err)
	}
	rows, err := p.QueryContext(t.ctx, args...)
	return rows, t.saw(err)
}

func (t *sqliteTx) script(text string) error {
	_, err := t.s.conn.ExecContext(t.ctx, text)
	return t.saw(err)
}

func (t *sqliteTx) saw(err error) error {
	t.spent = t.spent || ioFault(err)
	return err
}

func (t *sqliteTx) notify(string) error { return nil }

func (t *sqliteTx) alone(int64) error { return nil }

// mark is SQLite's data_version, which changes when another connection committed; a new connection begins a new count.
func (t *sqliteTx) mark() (Mark, error) {
	rows, err := t.query(`PRAGMA data_version`, nil)
	if err != nil {
		return Mark{}, err
	}
	m := Mark{connection: t.s.connections}
	return m, t.saw(firstOf(rows, nil).Scan(&m.version))
}

func (t *sqliteTx) now() (int64, error) { return time.Now().UnixMicro(), nil }

func (t *sqliteTx) commit() error {
	_, err := t.exec("COMMIT", nil)
	if err != nil {
		_, _ = t.exec("ROLLBACK", nil) // where there is nothing left to roll back, this fails and means nothing
		t.spent = true
	}
	t.leave()
	if ioFault(err) {
		// The frames may have reached the disk although the sync failed; a crash now could bring the commit back.
		return errors.Join(ErrMaybe, err)
	}
	return err
}

func (t *sqliteTx) rollback() error {
	_, err := t.exec("ROLLBACK", nil)
	t.spent = t.spent || err != nil
	t.leave()
	return err
}

// leave gives the turn back. After a fault of the disk, and where a transaction was
// not ended as it should have been, the connection is not trusted with another:
// one that is still in a transaction would let nobody begin for ever.
func (t *sqliteTx) leave() {
	if s := t.s; t.spent {
		for text, p := range s.stmts {
			_ = p.Close()
			delete(s.stmts, text)
		}
		// The pool would keep the driver's connection; told that it is bad it opens another.
		_ = s.conn.Raw(func(any) error { return errBadConn })
		_ = s.conn.Close()
		s.conn = nil
	}
	<-t.s.turn
}
