package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	driversqlite "modernc.org/sqlite"
)

// ErrMaybe is in the chain of the error of a Write whose commit was sent and
// whose answer was lost: it may have taken effect, or not.
var ErrMaybe = errors.New("whether it was saved is not known")

// errBadConn tells database/sql that a connection is not to be used again.
var errBadConn = driver.ErrBadConn

// errAway is the answer while the circuit is open.
var errAway = errors.New("the database cannot be reached")

// Unavailable reports whether an error means that the database cannot be
// reached, is full or read-only now, is in somebody's way, or did not answer in
// time: the same may well work later, and nobody did anything wrong. An error
// that says so because the caller himself gave up (his context ended) does not count.
func Unavailable(err error) bool {
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return false
	case errors.Is(err, ErrMaybe), errors.Is(err, errAway):
		return true
	}
	var s *driversqlite.Error
	if errors.As(err, &s) {
		switch s.Code() & 0xff {
		case sqliteBusy, sqliteLocked, sqliteNoMemory, sqliteReadOnly, sqliteIO, sqliteFull, sqliteCantOpen, sqlitePermission, sqliteProtocol:
			return true
		}
		return false
	}
	if code := state(err); code != "" {
		return away(err, code) || passingState(code)
	}
	return severed(err)
}

// The result codes of SQLite, in their lowest byte (sqlite.org/rescode.html).
const (
	sqlitePermission = 3
	sqliteBusy       = 5
	sqliteLocked     = 6
	sqliteNoMemory   = 7
	sqliteReadOnly   = 8
	sqliteInterrupt  = 9
	sqliteIO         = 10
	sqliteFull       = 13
	sqliteCantOpen   = 14
	sqliteProtocol   = 15
)

// ioFault reports whether SQLite could not read or write its file.
func ioFault(err error) bool {
	var s *driversqlite.Error
	return errors.As(err, &s) && s.Code()&0xff == sqliteIO
}

// state is the SQLSTATE of an error of PostgreSQL's; "" for any other.
func state(err error) string {
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}

// The error codes of PostgreSQL (postgresql.org/docs/current/errcodes-appendix.html).
const (
	stateSerialization = "40001"
	stateDeadlock      = "40P01"
	stateReadOnly      = "25006"
	stateIdleTooLong   = "25P03"
	stateNoLock        = "55P03" // lock_timeout
	stateCanceled      = "57014" // statement_timeout
	stateDatabaseGone  = "57P04"
	stateIO            = "58030"
	stateNoDatabase    = "3D000"
)

// away reports whether PostgreSQL says that it cannot serve now.
func away(err error, code string) bool {
	switch code[:2] {
	case "08", // connection exceptions
		"53", // out of disk, memory or connections
		"57": // shutting down, starting, canceled: by us, as Unavailable has ruled out the caller
		return true
	}
	// Whoever is refused at the door, for whatever reason, cannot reach the database.
	var door *pgconn.ConnectError
	return code == stateReadOnly || code == stateIdleTooLong || code == stateNoLock || code == stateIO || errors.As(err, &door)
}

// passingState: the transaction had to make room for another.
func passingState(code string) bool { return code == stateSerialization || code == stateDeadlock }

// severed reports whether a connection was lost or not made.
func severed(err error) bool {
	var n net.Error
	var door *pgconn.ConnectError
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return false
	case errors.As(err, &door), errors.As(err, &n) && !errors.Is(err, context.DeadlineExceeded), errors.Is(err, net.ErrClosed):
		return true
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, os.ErrDeadlineExceeded):
		return true
	}
	var number syscall.Errno
	return errors.As(err, &number) && (number == syscall.EPIPE || number == syscall.ECONNRESET || number == syscall.ECONNREFUSED) ||
		pgconn.SafeToRetry(err) && !strings.Contains(err.Error(), "conn busy") // busy is a mistake of ours: a statement while rows are open
}

// gone reports whether the connection that an error came over is of no use any more.
func gone(err error) bool {
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return p.Severity == "FATAL" || p.Severity == "PANIC" || p.SeverityUnlocalized == "FATAL" || p.SeverityUnlocalized == "PANIC"
	}
	return severed(err)
}

// ends reports whether a statement's error ended its whole transaction,
// savepoints and all. SQLite rolls back by itself after some errors
// (sqlite.org/lang_transaction.html, section 3); what came after would then be
// committed one by one.
func ends(err error) bool {
	var s *driversqlite.Error
	if errors.As(err, &s) {
		switch s.Code() & 0xff {
		case sqliteBusy, sqliteNoMemory, sqliteInterrupt, sqliteIO, sqliteFull:
			return true
		}
		return false
	}
	return gone(err)
}

// passing reports whether the same function may well succeed if it is run again at once.
func passing(err error) bool {
	return passingState(state(err)) || gone(err) && !errors.Is(err, errAway)
}

// open reports whether a commit that failed with this error may have taken effect.
func open(err error) bool {
	switch {
	case err == nil, errors.Is(err, pgx.ErrTxCommitRollback), errors.Is(err, sql.ErrTxDone):
		return false // the server said that it rolled back, or was never asked
	}
	// pgconn.SafeToRetry is not asked: it says yes also where the connection broke while the answer was awaited (5.12.0, simple protocol).
	var p *pgconn.PgError
	if errors.As(err, &p) {
		// After the point of no return the server does not answer ERROR any more: it answers that it has committed, or breaks off.
		return p.SeverityUnlocalized != "ERROR" && p.Severity != "ERROR" || p.Code == "40003"
	}
	return true
}
