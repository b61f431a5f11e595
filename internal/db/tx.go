package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// transaction is a writing transaction of one of the databases.
type transaction interface {
	exec(text string, args []any) (sql.Result, error)
	query(text string, args []any) (*sql.Rows, error)
	// script runs several statements that are not kept.
	script(text string) error
	// notify says a text to other processes once this is committed.
	notify(text string) error
	// alone holds a lock by its number until the end.
	alone(key int64) error
	now() (int64, error)
	mark() (Mark, error)
	// snapshot reads what the transaction sees.
	snapshot() snapshot
	loader() loader
	// commit ends the transaction; a failure that leaves open whether it took effect is ErrMaybe.
	commit() error
	rollback() error
}

// How a function is written that Write runs.
type How uint8

// Repeatable says that the function can be run again from its beginning: it
// keeps nothing from a run that failed. Write then does so where the database
// ended the transaction to make room for another (a deadlock, a serialisation
// failure) or the connection was lost before the commit was sent.
const Repeatable How = 1

// mostTries is how often a function is run that can be run again.
const mostTries = 5

// Tx is a writing transaction. It belongs to one goroutine at a time.
type Tx struct {
	db      *DB
	in      transaction
	depth   int
	failed  error    // a statement failed: nothing can be done before a savepoint is rolled back
	lost    bool     // the transaction is gone, with all its savepoints
	notices []string // to be said after the commit, where no database says them
}

// Write runs f in one transaction and commits if f returns nil. A panic or an
// error rolls back. On SQLite it is alone among writers; on PostgreSQL only
// where it takes a lock.
//
// Where the commit was sent and its answer was lost, the error is ErrMaybe:
// whether it took effect can only be told by reading. After every other error
// nothing of it did.
func (d *DB) Write(ctx context.Context, f func(*Tx) error, how ...How) error {
	for try := 1; ; try++ {
		err := d.write(ctx, f)
		if err == nil || try == mostTries || !slices.Contains(how, Repeatable) || errors.Is(err, ErrMaybe) || !passing(err) {
			return err
		}
		// Of two who were in each other's way, not both try again at the same moment.
		pause := time.NewTimer(time.Duration(try)*10*time.Millisecond + rand.N(20*time.Millisecond)) // #nosec G404 -- no secret
		select {
		case <-ctx.Done():
			pause.Stop()
			return err
		case <-pause.C:
		}
	}
}

func (d *DB) write(ctx context.Context, f func(*Tx) error) error {
	in, err := d.begin(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	tx := &Tx{db: d, in: in}
	done := false
	defer func() {
		if !done { // also when f panicked
			_ = in.rollback()
		}
	}()
	if err := f(tx); err != nil {
		return err
	}
	if tx.failed != nil {
		return fmt.Errorf("a statement failed and was passed over: %w", tx.failed)
	}
	done = true
	if err := in.commit(); err != nil {
		if errors.Is(err, ErrMaybe) {
			d.hub.tell("") // who waits to hear of it looks for himself
		}
		return fmt.Errorf("commit: %w", err)
	}
	d.hub.tell(tx.notices...)
	return nil
}

// Savepoint runs f so that its error undoes only what f did. A transaction that
// the database itself ended (the disk is full, the server went away) cannot be
// brought back so: then Write fails whatever f's caller makes of the error.
func (t *Tx) Savepoint(f func() error) error {
	if t.failed != nil {
		return t.failed
	}
	t.depth++
	name := "s" + strconv.Itoa(t.depth)
	defer func() { t.depth-- }()
	if err := t.exec("SAVEPOINT " + name); err != nil {
		return err
	}
	said := len(t.notices)
	err := f()
	if err == nil && t.failed == nil {
		return t.exec("RELEASE " + name)
	}
	if err == nil {
		err = fmt.Errorf("a statement failed and was passed over: %w", t.failed)
	}
	if t.lost {
		return err
	}
	t.failed, t.notices = nil, t.notices[:said]
	if e := t.exec("ROLLBACK TO " + name); e != nil {
		return errors.Join(err, e)
	}
	if e := t.exec("RELEASE " + name); e != nil {
		return errors.Join(err, e)
	}
	return err
}

// fail notes that a statement failed.
func (t *Tx) fail(err error) error {
	if err != nil && t.failed == nil {
		t.failed, t.lost = err, ends(err)
	}
	return err
}

func (t *Tx) exec(text string) error {
	_, err := t.Exec(text)
	return err
}

// Exec runs a statement and gives the number of rows that it changed.
func (t *Tx) Exec(text string, args ...any) (int64, error) {
	if t.failed != nil {
		return 0, t.failed
	}
	if err := sound(args); err != nil {
		return 0, err
	}
	res, err := t.in.exec(text, args)
	if err != nil {
		return 0, t.fail(err)
	}
	return res.RowsAffected()
}

// Query reads rows inside the transaction. They are read to their end, or
// closed, before the next statement.
func (t *Tx) Query(text string, args ...any) (*sql.Rows, error) {
	if t.failed != nil {
		return nil, t.failed
	}
	if err := sound(args); err != nil {
		return nil, err
	}
	rows, err := t.in.query(text, args)
	return rows, t.fail(err)
}

// QueryRow reads one row inside the transaction.
func (t *Tx) QueryRow(text string, args ...any) Row {
	return ofTx{t, firstOf(t.Query(text, args...))}
}

// ofTx notes what fails while a row is read: a statement that writes and
// returns what it wrote may fail only then.
type ofTx struct {
	t *Tx
	first
}

func (r ofTx) Scan(into ...any) error {
	err := r.first.Scan(into...)
	if err != nil && r.first.err == nil && !errors.Is(err, sql.ErrNoRows) {
		return r.t.fail(err)
	}
	return err
}

// script runs several statements that are not kept.
func (t *Tx) script(text string) error {
	if t.failed != nil {
		return t.failed
	}
	return t.fail(t.in.script(text))
}

// Alone makes the transaction wait until no other one is under way that is
// alone under the same name, and keeps others out until it ends. SQLite's are
// always alone.
func (t *Tx) Alone(name string) error {
	if t.failed != nil {
		return t.failed
	}
	return t.fail(t.in.alone(lockKey(name)))
}

// Now is the database's clock, in microseconds UTC. It goes on within a transaction.
func (t *Tx) Now() (int64, error) {
	if t.failed != nil {
		return 0, t.failed
	}
	now, err := t.in.now()
	return now, t.fail(err)
}

// Mark stays the same for as long as nobody but this DB's own transactions
// writes to the database. The zero value says nothing; a database that others write to has no other.
type Mark struct{ connection, version int64 }

// Mark tells whether what was read in an earlier transaction, and changed by
// this DB alone since, can still be trusted: where it is the same and not zero.
func (t *Tx) Mark() (Mark, error) {
	if t.failed != nil {
		return Mark{}, t.failed
	}
	m, err := t.in.mark()
	return m, t.fail(err)
}

// mostNotice is how long a notice may be: what PostgreSQL takes.
const mostNotice = 7999

// Notify says a text to whoever listens, in all processes that share the
// database, when the transaction is committed and not before. The same text
// said twice in one transaction may be heard once.
func (t *Tx) Notify(text string) error {
	if t.failed != nil {
		return t.failed
	}
	if text == "" || len(text) > mostNotice {
		return fmt.Errorf("a notice of %d bytes: want 1 to %d", len(text), mostNotice)
	}
	if err := sound([]any{text}); err != nil {
		return err
	}
	if t.db.Dialect.Name == SQLite.Name {
		if !slices.Contains(t.notices, text) {
			t.notices = append(t.notices, text)
		}
		return nil
	}
	return t.fail(t.in.notify(text))
}
