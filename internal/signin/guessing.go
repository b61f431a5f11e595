package signin

import (
	"context"
	"crypto/rand"
	"fmt"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fault"
)

// How many passwords may be tried within the window: for a login from one
// place, and for a login from everywhere.
//
// The trade: a limit stops guessing only by also stopping the officer whose
// login is guessed at. So places are counted by themselves: an address, a
// machine on which he has signed in before (known.go), a session that runs. The
// limit for everywhere counts addresses alone, and only they are held up by it:
// at the most 200 guesses an hour are made at one login by strangers, which a
// password of twelve letters outlasts; and while they do, the officer signs in
// from a machine that knows him, with a passkey from any other, and proves that
// he is there in the session that he has. Attempts that were refused are not
// written down, so whoever goes on does not lengthen the wait. Officers behind
// one proxy have one address between them, and the first limit is then one for
// the login.
const (
	attemptsHere   = 5
	attemptsInAll  = 50
	attemptsWindow = 15 * calendar.Minute
)

const (
	deleteOldAttempts = `DELETE FROM sign_in_attempt WHERE at <= $1`
	countAttempts     = `SELECT coalesce(sum(CASE WHEN apart = 0 THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN remote = $2 THEN 1 ELSE 0 END), 0) FROM sign_in_attempt WHERE login = $1`
	insertAttempt     = `INSERT INTO sign_in_attempt (id, login, remote, apart, at) VALUES ($1, $2, $3, $4, $5)`
	deleteAttempts    = `DELETE FROM sign_in_attempt WHERE login = $1 AND remote = $2`
)

// attempt writes down that a password is about to be tried, in the transaction
// that counts those before it: of any number at once, no more than the limit
// are tried. If we crash after it, the attempt counts as one that failed.
func (k *Keeper) attempt(ctx context.Context, login string, c counting, now calendar.Moment) error {
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Alone("sign in as " + login); err != nil {
			return err
		}
		if _, err := tx.Exec(deleteOldAttempts, now-attemptsWindow); err != nil {
			return err
		}
		var all, here int
		if err := tx.QueryRow(countAttempts, login, c.bucket).Scan(&all, &here); err != nil {
			return err
		}
		if here >= attemptsHere || all >= attemptsInAll && !c.apart {
			return fault.New(fault.Forbidden, "sign_in.wait", fault.Args{"minutes": int(attemptsWindow / calendar.Minute)})
		}
		apart := 0
		if c.apart {
			apart = 1
		}
		_, err := tx.Exec(insertAttempt, rand.Text(), login, c.bucket, apart, now)
		return err
	}, db.Repeatable)
	if err != nil {
		return fmt.Errorf("count attempts: %w", err)
	}
	return nil
}

// succeeded takes out the attempts of somebody who has proven all that was
// asked of him in the end. Those from elsewhere stay: it was not he who made them.
func (k *Keeper) succeeded(ctx context.Context, login string, c counting) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(deleteAttempts, login, c.bucket)
		return err
	}, db.Repeatable)
}

// How many passwords are worked on at once, at 64 MiB each, and how many more
// may wait for that: of strangers, and of those who are counted apart, whom no
// crowd at the door may keep out.
const (
	hashingPlaces = 4
	hashingQueue  = 32
	knownPlaces   = 2
	knownQueue    = 32
)

// hashing bounds the work on passwords.
type hashing struct {
	queue  chan struct{} // who waits or works
	places chan struct{} // who works
}

func newHashing(places, queue int) hashing {
	return hashing{queue: make(chan struct{}, places+queue), places: make(chan struct{}, places)}
}

// places where the passwords of somebody are worked on.
func (k *Keeper) places(c counting) hashing {
	if c.apart {
		return k.apart
	}
	return k.hashing
}

// enter waits for a place and gives what leaves it. It answers
// fault.Unavailable where too many wait already, and ctx's error when ctx ends first.
func (h hashing) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h.queue <- struct{}{}:
	default:
		return nil, fault.New(fault.Unavailable, "sign_in.busy", nil)
	}
	select {
	case h.places <- struct{}{}:
		return func() { <-h.places; <-h.queue }, nil
	case <-ctx.Done():
		<-h.queue
		return nil, ctx.Err()
	}
}
