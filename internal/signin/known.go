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
)

// A machine is known for an officer on which he has proven who he is. The
// browser keeps a token of it, which opens nothing: guesses that come with it
// are counted by themselves and worked on in places of their own, so that a
// stranger who guesses from elsewhere, from however many addresses, is not in
// the officer's way.
//
// Twenty machines of an officer are known; the one longest unused goes first.

// knownEnd is how long a machine is known on which he has not signed in again.
const knownEnd = 90 * 24 * calendar.Hour

// KnownEnd is how long a machine is known, for its cookie.
func KnownEnd() time.Duration { return time.Duration(knownEnd) * time.Microsecond }

const (
	ownerOfSession  = `SELECT officer, way FROM session WHERE token = $1`
	deleteForgotten = `DELETE FROM known_machine WHERE seen <= $1`
	upsertKnown     = `INSERT INTO known_machine (machine, officer, seen) VALUES ($1, $2, $3) ON CONFLICT (machine, officer) DO UPDATE SET seen = excluded.seen`
	deleteOldest    = `DELETE FROM known_machine WHERE officer = $1 AND machine NOT IN (SELECT machine FROM known_machine WHERE officer = $1 ORDER BY seen DESC, machine LIMIT 20)`
	countKnown      = `SELECT count(*) FROM known_machine k JOIN officer o ON o.id = k.officer WHERE k.machine = $1 AND o.login = $2 AND k.seen > $3`
)

// Remember makes the machine known for the officer whose session was just begun
// on it. The answer is what the browser is to keep. In the demonstration nobody
// has proven anything, and the answer is "".
func (k *Keeper) Remember(ctx context.Context, session string, from Machine, now calendar.Moment) (token string, err error) {
	var officer, way string
	err = k.db.QueryRow(ctx, ownerOfSession, hashed(session)).Scan(&officer, &way)
	if errors.Is(err, sql.ErrNoRows) || err == nil && Way(way) == ByChoice {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("remember a machine: %w", err)
	}
	token = from.Token
	if !isToken(token) {
		token = rand.Text()
	}
	return token, k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(deleteForgotten, now-knownEnd); err != nil {
			return err
		}
		if _, err := tx.Exec(upsertKnown, hashed(token), officer, now); err != nil {
			return fmt.Errorf("remember a machine: %w", err)
		}
		_, err := tx.Exec(deleteOldest, officer)
		return err
	}, db.Repeatable)
}

// isToken reports whether something can be what Remember has given.
func isToken(text string) bool { return len(text) == len(rand.Text()) && db.Storable(text) }

// counting is how the guesses of somebody are counted.
type counting struct {
	bucket string // those that count together for a login
	apart  bool   // they neither count nor are held up with those from everywhere
}

// counts says how guesses at a login are counted that come from a machine.
func (k *Keeper) counts(ctx context.Context, login string, from Machine, now calendar.Moment) (counting, error) {
	if !isToken(from.Token) {
		return counting{bucket: from.Address}, nil
	}
	machine := hashed(from.Token)
	var n int
	if err := k.db.QueryRow(ctx, countKnown, machine, login, now-knownEnd).Scan(&n); err != nil {
		return counting{}, fmt.Errorf("look for a known machine: %w", err)
	}
	if n == 0 {
		return counting{bucket: from.Address}, nil
	}
	return counting{bucket: fmt.Sprintf("machine %x", machine[:8]), apart: true}, nil
}

// inSession is how the guesses of whoever sits before a running session are counted.
func inSession(s *Session) counting { return counting{bucket: "session " + s.ID, apart: true} }
