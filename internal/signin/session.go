package signin

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/fault"
)

// Way is how a session was begun.
type Way string

// The ways.
const (
	ByPassword Way = "password"
	ByCode     Way = "code" // a password and a code
	ByPasskey  Way = "passkey"
	ByProvider Way = "provider" // an identity provider has said who he is
	ByChoice   Way = "choice"   // in the demonstration, where nobody proves anything
	ByRecovery Way = "recovery" // with a code that two administrators made valid
)

// Session is a signed-in officer acting under one of his mandates.
type Session struct {
	ID      string // for its owner; it opens nothing
	Officer directory.Officer
	Mandate directory.Mandate
	Way     Way
	Device  Device
	Created calendar.Moment
	Seen    calendar.Moment // last use, to the minute
	Proven  calendar.Moment // when the officer proved last that he is there
}

// How long a session lasts: without use, and in all. An officer on night duty
// must not be thrown out while he types a protocol.
const (
	idleEnd     = 2 * calendar.Hour
	absoluteEnd = 12 * calendar.Hour
	// seenEvery: a session's last use is written down no more often than this.
	seenEvery = calendar.Minute
)

// Fresh is how long a proof of presence holds.
const Fresh = 5 * calendar.Minute

// IsFresh reports whether a proof of presence given at proven still holds.
func IsFresh(proven, now calendar.Moment) bool { return proven > 0 && now-proven <= Fresh }

const insertSession = `INSERT INTO session (token, id, officer, mandate, way, browser, system, created, seen, ends, proven) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10)`

// Begin begins a session for an officer who has proven who he is. The token is
// given once; only its hash is stored. Forbidden without a mandate in force.
func (k *Keeper) Begin(ctx context.Context, officer string, way Way, agent string, now calendar.Moment) (token string, err error) {
	return k.BeginProven(ctx, officer, way, agent, now, now)
}

// BeginProven is Begin for an officer who has proven it at another moment, 0 for
// one that is not known: then he proves that he is there before he does what wants that.
func (k *Keeper) BeginProven(ctx context.Context, officer string, way Way, agent string, proven, now calendar.Moment) (token string, err error) {
	mandates, err := k.dir.Mandates(ctx, officer, now)
	if err != nil {
		return "", err
	}
	if len(mandates) == 0 {
		return "", fault.New(fault.Forbidden, "sign_in.no_mandate", nil)
	}
	token = rand.Text()
	device := DeviceOf(agent)
	return token, k.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(insertSession, hashed(token), rand.Text(), officer, mandates[0].ID, string(way), device.Browser, device.System, now, now+absoluteEnd, proven)
		return err
	}, db.Repeatable)
}

// A session is read with its officer and his mandate at once: every page does it.
const (
	selectSession = `SELECT s.id, s.way, s.browser, s.system, s.created, s.seen, s.proven, s.ends, o.id, o.name, o.login, m.id, m.role, m.office, m.valid_from, m.valid_to, m.basis, m.manner, m.instead_of
FROM session s JOIN officer o ON o.id = s.officer JOIN mandate m ON m.id = s.mandate WHERE s.token = $1`
	touchSession   = `UPDATE session SET seen = $1 WHERE token = $2`
	mandateSession = `UPDATE session SET token = $1, mandate = $2 WHERE token = $3 AND officer = $4`
	renewSession   = `UPDATE session SET token = $1, proven = $2, seen = $2 WHERE token = $3`
	raiseSession   = `UPDATE session SET way = $1 WHERE id = $2 AND way = 'password'`
	deleteSession  = `DELETE FROM session WHERE token = $1`
	deleteEnded    = `DELETE FROM session WHERE ends < $1`
)

func none() error { return fault.New(fault.NotFound, "session.none", nil) }

// Session finds a running session by its token and notes that it is in use;
// fault.NotFound if there is none.
func (k *Keeper) Session(ctx context.Context, token string, now calendar.Moment) (*Session, error) {
	s, err := k.Look(ctx, token, now)
	if err != nil {
		return nil, err
	}
	if now-s.Seen > seenEvery {
		err := k.db.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(touchSession, now, hashed(token))
			return err
		}, db.Repeatable)
		if err != nil {
			return nil, err
		}
		s.Seen = now
	}
	return s, nil
}

// Look is Session for whoever is not the officer himself at work: a page that
// refreshes by itself must not keep a session alive that nobody uses.
func (k *Keeper) Look(ctx context.Context, token string, now calendar.Moment) (*Session, error) {
	if token == "" || len(token) > 100 {
		return nil, none()
	}
	var s Session
	var way string
	var ends calendar.Moment
	m := &s.Mandate
	err := k.db.QueryRow(ctx, selectSession, hashed(token)).Scan(&s.ID, &way, &s.Device.Browser, &s.Device.System, &s.Created, &s.Seen, &s.Proven, &ends,
		&s.Officer.ID, &s.Officer.Name, &s.Officer.Login, &m.ID, &m.Role, &m.Office, &m.From, &m.To, &m.Order, &m.Manner, &m.InsteadOf)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, none()
	}
	if err != nil {
		return nil, fmt.Errorf("read session: %w", err)
	}
	s.Way, m.Officer = Way(way), s.Officer.ID
	if now >= ends || now-s.Seen > idleEnd || !m.Holds(now) {
		return nil, none()
	}
	return &s, nil
}

// UseMandate makes a session act under another mandate of the same officer. The
// session has another token from then on: what was opened under the former
// mandate ends.
func (k *Keeper) UseMandate(ctx context.Context, token, mandate string, now calendar.Moment) (renewed string, err error) {
	s, err := k.Session(ctx, token, now)
	if err != nil {
		return "", err
	}
	mandates, err := k.dir.Mandates(ctx, s.Officer.ID, now)
	if err != nil {
		return "", err
	}
	for _, m := range mandates {
		if m.ID == mandate {
			return k.rename(ctx, mandateSession, mandate, hashed(token), s.Officer.ID)
		}
	}
	return "", fault.New(fault.NotFound, "mandate.none", nil)
}

// ProveChoice is the proof of presence of whoever was chosen in the
// demonstration, where there is nothing to prove; Invalid in any other session.
func (k *Keeper) ProveChoice(ctx context.Context, s *Session, token string, now calendar.Moment) (renewed string, err error) {
	if s.Way != ByChoice {
		return "", fault.New(fault.Invalid, "presence.wrong", nil)
	}
	return k.renew(ctx, token, now)
}

// Needs reports whether the officer of a session has yet to make a passkey or to
// set up a code generator before he does anything else: the office wants one, and
// he came with a password alone.
func (k *Keeper) Needs(s *Session) bool { return k.rules.SecondFactor && s.Way == ByPassword }

// Renew notes a fresh proof of presence that was given outside of this package,
// and gives the session a new token.
func (k *Keeper) Renew(ctx context.Context, token string, now calendar.Moment) (renewed string, err error) {
	return k.renew(ctx, token, now)
}

// renew notes a fresh proof of presence and gives the session a new token:
// whoever took the former one has not proven anything.
func (k *Keeper) renew(ctx context.Context, token string, now calendar.Moment) (renewed string, err error) {
	return k.rename(ctx, renewSession, now, hashed(token))
}

// rename runs an update whose first argument is the new token's hash.
func (k *Keeper) rename(ctx context.Context, update string, args ...any) (renewed string, err error) {
	renewed = rand.Text()
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(update, append([]any{hashed(renewed)}, args...)...)
		if err == nil && n == 0 {
			return none() // it ended in the meantime, or another proof was quicker
		}
		return err
	}, db.Repeatable)
	if err != nil {
		return "", err
	}
	return renewed, nil
}

// End ends a session, and clears away those that ended by themselves.
func (k *Keeper) End(ctx context.Context, token string, now calendar.Moment) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(deleteSession, hashed(token)); err != nil {
			return err
		}
		_, err := tx.Exec(deleteEnded, now)
		return err
	}, db.Repeatable)
}

// AbsoluteEnd is how long a session can last at the most, for its cookie.
func AbsoluteEnd() time.Duration { return time.Duration(absoluteEnd) * time.Microsecond }

const (
	selectSessions = `SELECT id, way, browser, system, created, seen, proven FROM session WHERE officer = $1 AND ends > $2 AND seen >= $3 ORDER BY seen DESC, id LIMIT 100`
	endOne         = `DELETE FROM session WHERE officer = $1 AND id = $2`
	endOthers      = `DELETE FROM session WHERE officer = $1 AND id <> $2`
)

// Sessions lists those of an officer that run, the last used first; at most 100.
// Their officer and mandate are not filled in.
func (k *Keeper) Sessions(ctx context.Context, officer string, now calendar.Moment) ([]Session, error) {
	rows, err := k.db.Query(ctx, selectSessions, officer, now, now-idleEnd)
	if err != nil {
		return nil, fmt.Errorf("read sessions: %w", err)
	}
	defer rows.Close()
	var out []Session
	for rows.Next() {
		var s Session
		var way string
		if err := rows.Scan(&s.ID, &way, &s.Device.Browser, &s.Device.System, &s.Created, &s.Seen, &s.Proven); err != nil {
			return nil, err
		}
		s.Way = Way(way)
		out = append(out, s)
	}
	return out, rows.Err()
}

// EndOne ends a session of an officer by its id; fault.NotFound if he has no such one.
func (k *Keeper) EndOne(ctx context.Context, officer, id string) error {
	if !db.Storable(id) {
		return none()
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(endOne, officer, id)
		if err == nil && n == 0 {
			return none()
		}
		return err
	}, db.Repeatable)
}

// EndOthers ends all sessions of the officer but this one.
func (k *Keeper) EndOthers(ctx context.Context, s *Session) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(endOthers, s.Officer.ID, s.ID)
		return err
	}, db.Repeatable)
}
