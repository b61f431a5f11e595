package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/fault"
)

// Passwords: argon2id with the second recommended option of RFC 9106 (64 MiB, 3 passes), one lane.
const (
	argonTime   = 3
	argonMemory = 64 * 1024
	argonLanes  = 1
	saltLength  = 16
	keyLength   = 32
	// ShortestPassword in letters.
	ShortestPassword = 12
	longestPassword  = 256
)

// HashPassword gives what is stored of a password. It takes 64 MiB while it works.
func HashPassword(password string) (string, error) {
	if n := utf8.RuneCountInString(password); n < ShortestPassword || n > longestPassword {
		return "", fault.New(fault.Invalid, "password.length", fault.Args{"least": ShortestPassword})
	}
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // never fails
	return encodeHash(salt, derive(password, salt)), nil
}

func derive(password string, salt []byte) []byte {
	return argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonLanes, keyLength)
}

func encodeHash(salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// matches compares in the same time for every stored hash, also for none.
func matches(stored, password string) bool {
	salt, key := make([]byte, saltLength), make([]byte, keyLength)
	parts := strings.Split(stored, "$")
	known := false
	if len(parts) == 6 && parts[1] == "argon2id" {
		s, err1 := base64.RawStdEncoding.DecodeString(parts[4])
		k, err2 := base64.RawStdEncoding.DecodeString(parts[5])
		if err1 == nil && err2 == nil && len(k) == keyLength {
			salt, key, known = s, k, true
		}
	}
	return subtle.ConstantTimeCompare(derive(password, salt), key) == 1 && known
}

// SignIn checks a login and a password, typed at a machine, and begins a session
// under the officer's first mandate. Whoever guesses learns nothing from the
// answer or its time. Errors: Invalid where they do not match, Forbidden after
// too many attempts or without a mandate, Unavailable where too many sign in at once.
func (k *Keeper) SignIn(ctx context.Context, login, password string, from Machine, now calendar.Moment) (token string, err error) {
	officer, err := k.prove(ctx, login, password, from, now)
	if err != nil {
		return "", err
	}
	return k.Begin(ctx, officer, ByPassword, from.Agent, now)
}

// ProvePassword takes the password of a session's owner as a fresh proof that
// he is there, and gives the session a new token. Errors are those of SignIn.
func (k *Keeper) ProvePassword(ctx context.Context, s *Session, token, password string, from Machine, now calendar.Moment) (renewed string, err error) {
	officer, err := k.prove(ctx, s.Officer.Login, password, from, now)
	if fault.Of(err) != nil && fault.Of(err).Key == wrongPassword {
		return "", fault.New(fault.Invalid, "presence.wrong", nil)
	}
	if err != nil {
		return "", err
	}
	if officer != s.Officer.ID {
		return "", fmt.Errorf("the login of %s is another's", s.Officer.ID)
	}
	return k.renew(ctx, token, now)
}

// wrongPassword is the one answer to whoever guesses.
const wrongPassword = "sign_in.wrong"

// prove finds the officer whose login and password these are. The place for
// hashing comes first: whoever is turned away there has not tried anything, and
// a crowd at the door does not reach the database.
func (k *Keeper) prove(ctx context.Context, login, password string, from Machine, now calendar.Moment) (officer string, err error) {
	login = directory.Login(login)
	if len(login) > 200 || len(password) > 4*longestPassword || !db.Storable(login) {
		return "", fault.New(fault.Invalid, wrongPassword, nil)
	}
	leave, err := k.hashing.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	if err := k.attempt(ctx, login, from.Address, now); err != nil {
		return "", err
	}
	var stored string
	err = k.db.QueryRow(ctx, selectLogin, login).Scan(&officer, &stored)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read password: %w", err)
	}
	if !matches(stored, password) {
		return "", fault.New(fault.Invalid, wrongPassword, nil)
	}
	return officer, k.succeeded(ctx, login, from.Address)
}

const selectLogin = `SELECT o.id, coalesce(p.hash, '') FROM officer o LEFT JOIN password p ON p.officer = o.id WHERE o.login = $1`

const (
	selectOfficer = `SELECT id FROM officer WHERE login = $1`
	upsertHash    = `INSERT INTO password (officer, hash) VALUES ($1, $2) ON CONFLICT (officer) DO UPDATE SET hash = excluded.hash`
	endSessions   = `DELETE FROM session WHERE officer = $1`
)

// SetPassword sets an officer's password and ends his sessions; fault.NotFound without such a login.
func (k *Keeper) SetPassword(ctx context.Context, login, password string, now calendar.Moment) error {
	login = directory.Login(login)
	leave, err := k.hashing.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	hash, err := HashPassword(password)
	if err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		var officer string
		err := tx.QueryRow(selectOfficer, login).Scan(&officer)
		if errors.Is(err, sql.ErrNoRows) || errors.Is(err, db.ErrText) {
			return fault.New(fault.NotFound, "officer.none", fault.Args{"login": login})
		}
		if err != nil {
			return fmt.Errorf("read officer: %w", err)
		}
		if _, err := tx.Exec(upsertHash, officer, hash); err != nil {
			return err
		}
		if _, err := tx.Exec(endSessions, officer); err != nil {
			return err
		}
		return record(tx, now, officer, "", passwordSet, "")
	}, db.Repeatable)
}

// FirstPasswords gives every officer of a new service a password made here, and
// tells them by login, this once.
func (k *Keeper) FirstPasswords(ctx context.Context, officers []directory.NewOfficer, now calendar.Moment) (passwords map[string]string, err error) {
	passwords = make(map[string]string, len(officers))
	hashes := make([]string, len(officers))
	for i, o := range officers {
		password := rand.Text()
		if hashes[i], err = HashPassword(password); err != nil {
			return nil, err
		}
		passwords[o.Login] = password
	}
	return passwords, k.db.Write(ctx, func(tx *db.Tx) error {
		for i, o := range officers {
			if _, err := tx.Exec(upsertHash, o.ID, hashes[i]); err != nil {
				return fmt.Errorf("password of %s: %w", o.Login, err)
			}
			if err := record(tx, now, o.ID, "", passwordSet, ""); err != nil {
				return err
			}
		}
		return nil
	}, db.Repeatable)
}
