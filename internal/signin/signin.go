// Package signin knows how an officer proves that it is he, and how long that
// is believed: passwords, passkeys, what is counted of guesses, sessions, and
// how one who lost his key gets in again.
//
// Who is an officer and what he may act as is said by package directory; what
// he may do by the law and package access. A proof begins a session, known to
// the browser by a token that it is given once; a new proof and another mandate
// give it a new one. A session remembers when presence was proven in it last.
//
// Invariants: of passwords, tokens, challenges and codes only hashes are
// stored; of a passkey only its public half. A challenge or a code is good for
// one try. What changes in how somebody can sign in is an event, added and
// never altered, in the transaction that changes it.
//
// It refuses to tell a stranger anything: an unknown login, a wrong password
// and an officer without a password have the same answer after the same work.
// It never makes an officer or a mandate.
package signin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/directory"
)

// Keeper keeps the tables of this package. Safe for concurrent use.
type Keeper struct {
	db      *db.DB
	dir     *directory.Directory
	hashing hashing

	policies *access.Policies
}

// Under says by which policies somebody is an administrator; without any nobody is. It is
// called once, before the keeper is used.
func (k *Keeper) Under(p *access.Policies) { k.policies = p }

// Administers reports whether the holder of a session administers an office.
func (k *Keeper) Administers(s *Session, office string) bool {
	if s == nil {
		return false
	}
	who := access.Subject{Officer: s.Officer.ID, Role: s.Mandate.Role, Office: s.Mandate.Office}
	return k.policies.Decide(k.dir.Tree().Service(), who, access.Administer, access.Resource{Office: office}).Allowed
}

// New makes a keeper over a migrated database.
func New(d *db.DB, dir *directory.Directory) *Keeper {
	return &Keeper{db: d, dir: dir, hashing: newHashing()}
}

// Machine is where somebody signs in from.
type Machine struct {
	Address string // as guesses are counted: an address, or the network of one
	Agent   string // what its browser says of itself; only the kind of device is kept of it
}

// hashed is what is stored of a secret that was drawn at random here.
func hashed(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// What may happen to the ways in which an officer signs in.
const (
	passwordSet    = "password_set"
	passkeyAdded   = "passkey_added"
	passkeyRemoved = "passkey_removed"
	passkeyCopied  = "passkey_copied" // its counter says that there are two of it

	recoveryAsked     = "recovery_asked"
	recoveryConfirmed = "recovery_confirmed"
	recoveryRefused   = "recovery_refused"
	recovered         = "recovered"
)

const insertEvent = `INSERT INTO sign_in_event (id, at, officer, by_whom, what, about) VALUES ($1, $2, $3, $4, $5, $6)`

// record writes down what happened to an officer's ways in, and who did it: ""
// for whoever holds the office's database.
func record(tx *db.Tx, now calendar.Moment, officer, by, what, about string) error {
	if _, err := tx.Exec(insertEvent, rand.Text(), now, officer, by, what, about); err != nil {
		return fmt.Errorf("record %s: %w", what, err)
	}
	return nil
}

// Event is something that happened to the ways in which an officer signs in.
type Event struct {
	At    calendar.Moment
	By    string // the officer who did it; "" for whoever holds the office's database, or nobody
	What  string // the end of the key of its text: "passkey_added"
	About string // the name of a passkey
}

const selectEvents = `SELECT at, by_whom, what, about FROM sign_in_event WHERE officer = $1 ORDER BY at DESC, id LIMIT $2`

// Events lists what happened last to an officer's ways in, newest first.
func (k *Keeper) Events(ctx context.Context, officer string, limit int) ([]Event, error) {
	rows, err := k.db.Query(ctx, selectEvents, officer, limit)
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	defer rows.Close()
	var out []Event
	for rows.Next() {
		var e Event
		if err := rows.Scan(&e.At, &e.By, &e.What, &e.About); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, rows.Err()
}
