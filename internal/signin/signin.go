// Package signin knows how an officer proves that it is he, and how long that
// is believed: passwords, codes beside them, passkeys, what is counted of
// guesses, sessions, and how one who lost his key gets in again.
//
// Who is an officer and what he may act as is said by package directory; what
// he may do by the law and package access. A proof begins a session, known to
// the browser by a token that it is given once; a new proof and another mandate
// give it a new one. A session remembers when presence was proven in it last.
//
// Invariants: of passwords, tokens, challenges and codes only hashes are
// stored; of a passkey only its public half; what codes are made from is sealed
// under a key that the database does not hold. A challenge or a code is good
// once. Where an officer has a code generator, his password alone begins and
// proves nothing. What changes in how somebody can sign in is an event, added and
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
	cost    cost
	hashing hashing // of strangers
	apart   hashing // of those who are counted apart
	rules   Rules
	inForce func() *access.Edition // the policies of today; nil: nobody is an administrator
}

// Rules are what an office asks of its officers. The zero value: no code
// generators are to be had, and a password is enough.
type Rules struct {
	// Secrets seals what codes are made from. Without it no code generators are
	// offered, and a password beside which one stands opens nothing.
	Secrets *Ring
	// Service is what generators show beside a code.
	Service string
	// SecondFactor: a password alone begins sessions in which nothing can be
	// done but to make a passkey or to set up a code generator.
	SecondFactor bool
}

// Under says by which policies somebody is an administrator: those in force when it is asked; without any nobody is. It is
// called once, before the keeper is used.
func (k *Keeper) Under(inForce func() *access.Edition) { k.inForce = inForce }

// Administers reports whether the holder of a session administers an office.
func (k *Keeper) Administers(s *Session, office string) bool {
	if s == nil || k.inForce == nil {
		return false
	}
	who := access.Subject{Officer: s.Officer.ID, Role: s.Mandate.Role, Office: s.Mandate.Office, Manner: s.Mandate.Manner}
	return k.inForce().Decide(k.dir.Tree().Service(), who, access.Administer, access.Resource{Office: office}).Allowed
}

// New makes a keeper over a migrated database.
func New(d *db.DB, dir *directory.Directory) *Keeper {
	return &Keeper{db: d, dir: dir, cost: fullCost(), hashing: newHashing(hashingPlaces, hashingQueue), apart: newHashing(knownPlaces, knownQueue)}
}

// With is the same keeper under rules of an office; places for work on passwords are shared.
func (k *Keeper) With(r Rules) *Keeper {
	ruled := *k
	ruled.rules = r
	return &ruled
}

// Machine is where somebody signs in from.
type Machine struct {
	Address string // as guesses are counted: an address, or the network of one
	Token   string // what Remember gave the browser; "" for none
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

	generatorAdded   = "generator_added"
	generatorRemoved = "generator_removed"
	codeWrong        = "code_wrong" // by somebody who knows the password

	recoveryAsked     = "recovery_asked"
	recoveryConfirmed = "recovery_confirmed"
	recoveryRefused   = "recovery_refused"
	recovered         = "recovered"

	sessionsEnded = "sessions_ended" // by an administrator
)

// What other rooms have recorded, which keep ways of signing in of their own.
const (
	IdentityProposed = "identity_proposed"
	IdentityAdded    = "identity_added"
	IdentityRefused  = "identity_refused"
	IdentityRemoved  = "identity_removed"
)

var insertEvents = db.NewRows(`INSERT INTO sign_in_event (id, at, officer, by_whom, what, about)`, 6, "")

// Record writes down what whoever holds the office's database did to the ways in
// of officers, in the transaction that did it.
func Record(tx *db.Tx, now calendar.Moment, what string, officers []string) error {
	var rows []any
	for _, o := range officers {
		rows = append(rows, rand.Text(), now, o, "", what, "")
	}
	if _, err := tx.ExecRows(insertEvents, rows); err != nil {
		return fmt.Errorf("record %s: %w", what, err)
	}
	return nil
}

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
	About string // the name of a passkey, the reason of a recovery
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
