package directory

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fault"
)

// Session is a signed-in officer acting under one of his mandates.
type Session struct {
	Officer Officer
	Mandate Mandate
	Created calendar.Moment
}

// How long a session lasts: without use, and in all. An officer on night duty
// must not be thrown out while he types a protocol.
const (
	idleEnd     = 2 * calendar.Hour
	absoluteEnd = 12 * calendar.Hour
	// seenEvery: a session's last use is written down no more often than this.
	seenEvery = calendar.Minute
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

// loginOf is a login as it is stored, however it was typed.
func loginOf(typed string) string { return strings.ToLower(strings.TrimSpace(typed)) }

// SignIn checks a login and a password, typed at a machine with the address
// remote, and begins a session under the officer's first mandate. Whoever
// guesses learns nothing from the answer or its time. Errors: Invalid where
// they do not match, Forbidden after too many attempts or without a mandate,
// Unavailable where too many sign in at once.
func (d *Directory) SignIn(ctx context.Context, login, password, remote string, now calendar.Moment) (token string, err error) {
	login = loginOf(login)
	if len(login) > 200 || len(password) > 4*longestPassword || !db.Storable(login) {
		return "", fault.New(fault.Invalid, "sign_in.wrong", nil)
	}
	o, err := d.prove(ctx, login, password, remote, now)
	if err != nil {
		return "", err
	}
	if err := d.succeeded(ctx, login, remote); err != nil {
		return "", err
	}
	return d.Begin(ctx, o.ID, now)
}

// prove finds the officer whose login and password these are. The place for
// hashing comes first: whoever is turned away there has not tried anything, and
// a crowd at the door does not reach the database.
func (d *Directory) prove(ctx context.Context, login, password, remote string, now calendar.Moment) (*Officer, error) {
	leave, err := d.hashing.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	if err := d.attempt(ctx, login, remote, now); err != nil {
		return nil, err
	}
	var o Officer
	var stored string
	err = d.db.QueryRow(ctx, selectLogin, login).Scan(&o.ID, &o.Name, &o.Login, &stored)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("read officer: %w", err)
	}
	if !matches(stored, password) {
		return nil, fault.New(fault.Invalid, "sign_in.wrong", nil)
	}
	return &o, nil
}

const selectLogin = `SELECT id, name, login, password FROM officer WHERE login = $1`

const insertSession = `INSERT INTO session (token, officer, mandate, created, seen, ends) VALUES ($1, $2, $3, $4, $4, $5)`

// Begin begins a session for an officer who has proven who he is. The token is
// given once; only its hash is stored.
func (d *Directory) Begin(ctx context.Context, officer string, now calendar.Moment) (token string, err error) {
	mandates, err := d.Mandates(ctx, officer, now)
	if err != nil {
		return "", err
	}
	if len(mandates) == 0 {
		return "", fault.New(fault.Forbidden, "sign_in.no_mandate", nil)
	}
	token = rand.Text()
	return token, d.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(insertSession, tokenHash(token), officer, mandates[0].ID, now, now+absoluteEnd)
		return err
	}, db.Repeatable)
}

func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

const (
	selectSession = `SELECT s.created, s.seen, s.ends, o.id, o.name, o.login, m.id, m.role, m.office, m.valid_from, m.valid_to, m.basis
FROM session s JOIN officer o ON o.id = s.officer JOIN mandate m ON m.id = s.mandate WHERE s.token = $1`
	touchSession   = `UPDATE session SET seen = $1 WHERE token = $2`
	mandateSession = `UPDATE session SET mandate = $1 WHERE token = $2 AND officer = $3`
	deleteSession  = `DELETE FROM session WHERE token = $1`
	deleteEnded    = `DELETE FROM session WHERE ends < $1`
)

// Session finds a running session by its token and notes that it is in use;
// fault.NotFound if there is none.
func (d *Directory) Session(ctx context.Context, token string, now calendar.Moment) (*Session, error) {
	s, seen, err := d.session(ctx, token, now)
	if err != nil {
		return nil, err
	}
	if now-seen > seenEvery {
		err := d.db.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(touchSession, now, tokenHash(token))
			return err
		}, db.Repeatable)
		if err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Look is Session for whoever is not the officer himself at work: a page that
// refreshes by itself must not keep a session alive that nobody uses.
func (d *Directory) Look(ctx context.Context, token string, now calendar.Moment) (*Session, error) {
	s, _, err := d.session(ctx, token, now)
	return s, err
}

func (d *Directory) session(ctx context.Context, token string, now calendar.Moment) (_ *Session, seen calendar.Moment, err error) {
	none := fault.New(fault.NotFound, "session.none", nil)
	if token == "" || len(token) > 100 {
		return nil, 0, none
	}
	var s Session
	var ends calendar.Moment
	m := &s.Mandate
	err = d.db.QueryRow(ctx, selectSession, tokenHash(token)).Scan(&s.Created, &seen, &ends, &s.Officer.ID, &s.Officer.Name, &s.Officer.Login,
		&m.ID, &m.Role, &m.Office, &m.From, &m.To, &m.Order)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, 0, none
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read session: %w", err)
	}
	m.Officer = s.Officer.ID
	if now >= ends || now-seen > idleEnd || !m.Holds(now) {
		return nil, 0, none
	}
	return &s, seen, nil
}

// UseMandate makes a session act under another mandate of the same officer.
func (d *Directory) UseMandate(ctx context.Context, token, mandate string, now calendar.Moment) error {
	s, err := d.Session(ctx, token, now)
	if err != nil {
		return err
	}
	mandates, err := d.Mandates(ctx, s.Officer.ID, now)
	if err != nil {
		return err
	}
	for _, m := range mandates {
		if m.ID == mandate {
			return d.db.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(mandateSession, mandate, tokenHash(token), s.Officer.ID)
				return err
			}, db.Repeatable)
		}
	}
	return fault.New(fault.NotFound, "mandate.none", nil)
}

// End ends a session, and clears away those that ended by themselves.
func (d *Directory) End(ctx context.Context, token string, now calendar.Moment) error {
	return d.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(deleteSession, tokenHash(token)); err != nil {
			return err
		}
		_, err := tx.Exec(deleteEnded, now)
		return err
	}, db.Repeatable)
}

// AbsoluteEnd is how long a session can last at the most, for its cookie.
func AbsoluteEnd() time.Duration { return time.Duration(absoluteEnd) * time.Microsecond }

const (
	updatePassword = `UPDATE officer SET password = $1 WHERE login = $2`
	endSessions    = `DELETE FROM session WHERE officer IN (SELECT id FROM officer WHERE login = $1)`
)

// SetPassword sets an officer's password and ends his sessions; fault.NotFound without such a login.
func (d *Directory) SetPassword(ctx context.Context, login, password string) error {
	login = loginOf(login)
	leave, err := d.hashing.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	hash, err := HashPassword(password)
	if err != nil {
		return err
	}
	return d.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(updatePassword, hash, login)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "officer.none", fault.Args{"login": login})
		}
		_, err = tx.Exec(endSessions, login)
		return err
	}, db.Repeatable)
}
