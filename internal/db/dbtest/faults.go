package dbtest

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"unsafe"

	"github.com/jackc/pgx/v5/pgconn"
	driversqlite "modernc.org/sqlite"

	"nazorat/internal/db"
	"nazorat/internal/db/internal/seam"
)

// Step is one that a database is about to take: begin, a statement, commit.
type Step = seam.Step

// The steps after which a fault leaves nothing to be taken back.
const (
	Begin    = seam.Begin
	Commit   = seam.Commit
	Rollback = seam.Rollback
	Read     = seam.Read
)

// Interpose has a hook take each step of a database from now on: Step.Do takes
// it, and what the hook returns is what its caller is told. stop ends that.
func Interpose(tb testing.TB, d *db.DB, hook func(Step) error) (stop func()) {
	tb.Helper()
	d.Interpose(hook)
	stop = func() { d.Interpose(nil) }
	tb.Cleanup(stop)
	return stop
}

// Fault is a way in which a step goes wrong.
type Fault struct {
	Error Error
	After bool // the step happens, and its success is not told
	Told  bool // the step happens, its success is told, and the connection is lost at the next: while rows are read, say
}

// Error is what a fault is told as.
type Error string

// The kinds of errors that a caller may have to tell apart.
const (
	Constraint Error = "constraint" // the statement is refused; the same will be refused again
	Full       Error = "full"       // there is no space now
	Lost       Error = "lost"       // the connection is lost; of SQLite, the disk has a fault
)

// Faults are all of them.
func Faults() (out []Fault) {
	for _, e := range []Error{Constraint, Full, Lost} {
		out = append(out, Fault{Error: e}, Fault{Error: e, After: true})
	}
	return append(out, Fault{Error: Lost, Told: true})
}

func (f Fault) String() string {
	if f.After {
		return string(f.Error) + " after it happened"
	}
	if f.Told {
		return string(f.Error) + " after it was told"
	}
	return string(f.Error)
}

// states are the codes that PostgreSQL has for an error; of a lost connection, that of an administrator who ended it.
var states = map[Error]string{Constraint: "23514", Full: "53100", Lost: "57P01"}

// codes are those of SQLite: a CHECK that did not hold, SQLITE_FULL, a write that the disk refused.
var codes = map[Error]int{Constraint: 275, Full: 13, Lost: 778}

// Take takes a step of a database so that it goes wrong.
func (f Fault) Take(d *db.DB, s Step) error {
	if f.Told {
		err := s.Do()
		if s.Sever != nil {
			s.Sever()
		}
		return err
	}
	if d.Dialect.Name == db.SQLite.Name {
		if f.After {
			if err := s.Do(); err != nil {
				return err
			}
		}
		return SQLiteError(codes[f.Error])
	}
	if f.After {
		if err := s.Do(); err != nil {
			return err
		}
	}
	if f.Error == Lost {
		if s.Sever != nil {
			s.Sever()
		}
		if !f.After && s.What != Begin && s.What != Read {
			return s.Do() // and see what comes of it
		}
		return fmt.Errorf("the connection was broken: %w", io.ErrUnexpectedEOF)
	}
	told := error(&pgconn.PgError{Severity: "ERROR", SeverityUnlocalized: "ERROR", Code: states[f.Error], Message: "injected"})
	if s.Run == nil || f.After && (s.What == Commit || s.What == Rollback) {
		return told
	}
	// The server itself is made to refuse, so that the transaction is in the state that a refusal leaves behind.
	err := s.Run(fmt.Sprintf("DO $$ BEGIN RAISE EXCEPTION 'injected' USING ERRCODE = '%s'; END $$", states[f.Error]))
	if err == nil {
		return errors.New("the server was to refuse, and did not")
	}
	if s.What == Commit || s.What == Rollback {
		return s.Do() // the server answers as it does
	}
	return err
}

// SQLiteError is an error of SQLite with a result code (sqlite.org/rescode.html):
// the driver has no way to make one, and a disk that fails cannot be had.
func SQLiteError(code int) error {
	e := &driversqlite.Error{}
	made := (*struct {
		text string
		code int
	})(unsafe.Pointer(e)) // #nosec G103 -- a test of this package looks whether the driver still keeps both so
	made.text, made.code = fmt.Sprintf("injected (%d)", code), code
	return e
}
