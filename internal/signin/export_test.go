package signin

import (
	"context"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
)

// HashingQueue is how many may wait.
const HashingQueue = hashingQueue

// Attempt counts an attempt without the slow part.
func (k *Keeper) Attempt(ctx context.Context, login, remote string, now calendar.Moment) error {
	return k.attempt(ctx, login, counting{bucket: remote}, now)
}

// Attempts counts those that are written down.
func (k *Keeper) Attempts(t *testing.T) (n int) {
	t.Helper()
	if err := k.db.QueryRow(t.Context(), `SELECT count(*) FROM sign_in_attempt`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// littleCost is what the hundreds of passwords of these tests are hashed with.
var littleCost = cost{time: 1, memory: 64}

// Hastily lets the keeper hash at a little cost: for all tests but those about what hashing takes.
func (k *Keeper) Hastily() *Keeper {
	k.cost = littleCost
	return k
}

// HashHastily is HashPassword at a little cost.
func HashHastily(password string) (string, error) { return littleCost.hash(password) }

// Matches holds a password against a hash.
func Matches(stored, password string) bool { return littleCost.matches(stored, password) }

// FillPlaces takes every place for hashing, until free is called.
func (k *Keeper) FillPlaces(t *testing.T) (free func()) {
	t.Helper()
	var leave []func()
	for range hashingPlaces {
		l, err := k.hashing.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		leave = append(leave, l)
	}
	return func() {
		for _, l := range leave {
			l()
		}
	}
}

// AwaitFullQueue waits until nobody else may wait.
func (k *Keeper) AwaitFullQueue() {
	for len(k.hashing.queue) < cap(k.hashing.queue) {
		runtime.Gosched()
	}
}

// Recorded lists what happened to an officer's ways in, in any order.
func (k *Keeper) Recorded(t *testing.T, officer string) (what []string) {
	t.Helper()
	rows, err := k.db.Query(t.Context(), `SELECT what FROM sign_in_event WHERE officer = $1 ORDER BY at, what`, officer)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var w string
		if err := rows.Scan(&w); err != nil {
			t.Fatal(err)
		}
		what = append(what, w)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return what
}

// Run runs a statement as whoever holds the database.
func (k *Keeper) Run(text string, args ...any) error {
	return k.db.Write(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec(text, args...)
		return err
	})
}

// FillChallenges opens as many challenges as one machine may have.
func (k *Keeper) FillChallenges(remote string, now calendar.Moment) error {
	return k.db.Write(context.Background(), func(tx *db.Tx) error {
		for i := range mostChallenges {
			if _, err := tx.Exec(insertCeremony, []byte(strconv.Itoa(i)), toSignIn, "", remote, "{}", now+ChallengeEnd); err != nil {
				return err
			}
		}
		return nil
	})
}

// Challenges counts those that are kept.
func (k *Keeper) Challenges(t *testing.T) (n int) {
	t.Helper()
	if err := k.db.QueryRow(t.Context(), `SELECT count(*) FROM ceremony`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Entropy of a password for somebody who knows of its owner what is about him.
func Entropy(password string, about ...string) float64 { return entropy(password, about) }

// LeastEntropy that a password must have.
const LeastEntropy = leastEntropy

// CodeOf makes the code of a secret, as it is shown, at a moment.
func CodeOf(t *testing.T, secret string, at calendar.Moment) string {
	t.Helper()
	code, err := hotp.GenerateCodeCustom(strings.ReplaceAll(secret, " ", ""), uint64(at/codePeriod), hotp.ValidateOpts{Digits: codeDigits, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// Secret of an officer's generator as it stands in the database.
func (k *Keeper) Secret(t *testing.T, officer string) (sealed []byte) {
	t.Helper()
	if err := k.db.QueryRow(t.Context(), `SELECT secret FROM code_generator WHERE officer = $1`, officer).Scan(&sealed); err != nil {
		t.Fatal(err)
	}
	return sealed
}
