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
	argonLanes = 1
	saltLength = 16
	keyLength  = 32
	// ShortestPassword in letters.
	ShortestPassword = 12
	longestPassword  = 256
)

// ofLength says whether a password is neither too short nor too long.
func ofLength(password string) error {
	if n := utf8.RuneCountInString(password); n < ShortestPassword || n > longestPassword {
		return fault.New(fault.Invalid, "password.length", fault.Args{"least": ShortestPassword, "most": longestPassword})
	}
	return nil
}

// cost is what hashing a password takes. Each hash says its own, so that a dearer one may come into use beside those that are stored.
type cost struct {
	time   uint32 // passes
	memory uint32 // KiB
}

// fullCost is what an office hashes with.
func fullCost() cost { return cost{time: 3, memory: 64 * 1024} }

// HashPassword gives what is stored of a password. It takes 64 MiB while it works.
func HashPassword(password string) (string, error) { return fullCost().hash(password) }

func (c cost) hash(password string) (string, error) {
	if err := ofLength(password); err != nil {
		return "", err
	}
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // never fails
	return c.encode(salt, c.derive(password, salt)), nil
}

func (c cost) derive(password string, salt []byte) []byte {
	return argon2.IDKey([]byte(password), salt, c.time, c.memory, argonLanes, keyLength)
}

func (c cost) encode(salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.time, argonLanes, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// parse reads a stored hash; false for what is none, and for one that would take more than the full cost.
func parse(stored string) (c cost, salt, key []byte, known bool) {
	var version, lanes int
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return c, nil, nil, false
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return c, nil, nil, false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &lanes); err != nil || lanes != argonLanes {
		return c, nil, nil, false
	}
	if most := fullCost(); c.time < 1 || c.time > most.time || c.memory > most.memory {
		return c, nil, nil, false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	key, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	return c, salt, key, err1 == nil && err2 == nil && len(key) == keyLength
}

// matches compares in the same time for every hash that an office has stored, also for none.
func (c cost) matches(stored, password string) bool {
	of, salt, key, known := parse(stored)
	if !known {
		of, salt, key = c, make([]byte, saltLength), make([]byte, keyLength)
	}
	return subtle.ConstantTimeCompare(of.derive(password, salt), key) == 1 && known
}

// SignIn checks a login and a password, typed at a machine, and begins a session
// under the officer's first mandate. Where he has a code generator, there is no
// session yet: the answer is half of what SignInWithCode wants. Whoever guesses
// learns nothing from the answer or its time. Errors: Invalid where they do not
// match, Forbidden after too many attempts, without a mandate, and where the
// office wants a passkey of who has one; Unavailable where too many sign in at once.
func (k *Keeper) SignIn(ctx context.Context, login, password string, from Machine, now calendar.Moment) (token, half string, err error) {
	login = directory.Login(login)
	if len(login) > 200 || !db.Storable(login) {
		return "", "", fault.New(fault.Invalid, wrongPassword, nil)
	}
	c, err := k.counts(ctx, login, from, now)
	if err != nil {
		return "", "", err
	}
	officer, err := k.prove(ctx, login, password, c, now)
	if err != nil {
		return "", "", err
	}
	has, err := k.has(ctx, officer)
	if err != nil {
		return "", "", err
	}
	switch {
	case has.generator:
		half, err = k.half(officer, now)
		return "", half, err
	case k.rules.SecondFactor && has.passkeys:
		return "", "", fault.New(fault.Forbidden, "sign_in.needs_passkey", nil)
	}
	if err := k.succeeded(ctx, login, c); err != nil {
		return "", "", err
	}
	token, err = k.Begin(ctx, officer, ByPassword, from.Agent, now)
	return token, "", err
}

// ProvePassword takes the password of a session's owner as a fresh proof that
// he is there, with a code where he has a generator, and gives the session a new
// token. Errors: Invalid where they do not fit, Forbidden after too many attempts
// in this session, Unavailable where too many prove something at once.
func (k *Keeper) ProvePassword(ctx context.Context, s *Session, token, password, code string, now calendar.Moment) (renewed string, err error) {
	wrong := fault.New(fault.Invalid, wrongPresence, nil)
	c := inSession(s)
	officer, err := k.prove(ctx, s.Officer.Login, password, c, now)
	if fault.Of(err) != nil && fault.Of(err).Key == wrongPassword {
		return "", wrong
	}
	if err != nil {
		return "", err
	}
	if officer != s.Officer.ID {
		return "", fmt.Errorf("the login of %s is another's", s.Officer.ID)
	}
	err = k.useCode(ctx, officer, code, now)
	switch {
	case errors.Is(err, errWrongCode):
		return "", wrong
	case err != nil && !errors.Is(err, errNoGenerator):
		return "", err
	}
	if err := k.succeeded(ctx, s.Officer.Login, c); err != nil {
		return "", err
	}
	return k.renew(ctx, token, now)
}

// The one answer to whoever guesses.
const (
	wrongPassword = "sign_in.wrong"
	wrongPresence = "presence.wrong"
)

// prove finds the officer whose login and password these are. The place for
// hashing comes first: whoever is turned away there has not tried anything. It
// does not take out the attempts before it: that is for who has proven all.
func (k *Keeper) prove(ctx context.Context, login, password string, c counting, now calendar.Moment) (officer string, err error) {
	if len(password) > 4*longestPassword {
		return "", fault.New(fault.Invalid, wrongPassword, nil)
	}
	leave, err := k.places(c).enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	if err := k.attempt(ctx, login, c, now); err != nil {
		return "", err
	}
	var stored string
	err = k.db.QueryRow(ctx, selectLogin, login, now).Scan(&officer, &stored)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read password: %w", err)
	}
	if !k.cost.matches(stored, password) {
		return "", fault.New(fault.Invalid, wrongPassword, nil)
	}
	return officer, nil
}

const selectLogin = `SELECT o.id, coalesce(p.hash, '') FROM officer o LEFT JOIN password p ON p.officer = o.id AND (p.ends = 0 OR p.ends > $2) WHERE o.login = $1`

// firstEnd is how long a password is good that was made here, and that others have had in their hands: within that its
// officer sets one of his own, or makes a passkey.
const firstEnd = 14 * 24 * calendar.Hour

const (
	selectOfficer = `SELECT id, name FROM officer WHERE login = $1`
	upsertHash    = `INSERT INTO password (officer, hash, ends) VALUES ($1, $2, $3) ON CONFLICT (officer) DO UPDATE SET hash = excluded.hash, ends = excluded.ends`
	endSessions   = `DELETE FROM session WHERE officer = $1`
)

// SetPassword sets an officer's password, for whoever holds the office's
// database, and ends his sessions. Errors: NotFound without such a login;
// Invalid where the password is too short, too long or too easily guessed.
func (k *Keeper) SetPassword(ctx context.Context, login, password string, now calendar.Moment) error {
	login = directory.Login(login)
	o := directory.Officer{Login: login}
	err := k.db.QueryRow(ctx, selectOfficer, login).Scan(&o.ID, &o.Name)
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, db.ErrText) {
		return fault.New(fault.NotFound, "officer.none", fault.Args{"login": login})
	}
	if err != nil {
		return fmt.Errorf("read officer: %w", err)
	}
	return k.setPassword(ctx, o, password, now, "", func(tx *db.Tx) error {
		_, err := tx.Exec(endSessions, o.ID)
		return err
	})
}

// ChangePassword sets the password of the officer whose session it is, and ends
// his other sessions; also of one who has none yet. Errors: NotPresent without a
// fresh proof of presence; Invalid as of SetPassword.
func (k *Keeper) ChangePassword(ctx context.Context, s *Session, password string, now calendar.Moment) error {
	if !IsFresh(s.Proven, now) {
		return NotPresent()
	}
	return k.setPassword(ctx, s.Officer, password, now, s.Officer.ID, func(tx *db.Tx) error {
		_, err := tx.Exec(endOthers, s.Officer.ID, s.ID)
		return err
	})
}

func (k *Keeper) setPassword(ctx context.Context, o directory.Officer, password string, now calendar.Moment, by string, end func(*db.Tx) error) error {
	if err := k.maySet(ctx, o, password, now); err != nil {
		return err
	}
	leave, err := k.apart.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	hash, err := k.cost.hash(password)
	if err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(upsertHash, o.ID, hash, 0); err != nil {
			return err
		}
		if err := end(tx); err != nil {
			return err
		}
		return record(tx, now, o.ID, by, passwordSet, "")
	}, db.Repeatable)
}

// FirstPasswords gives every officer of a new service a password made here, and
// tells them by login, this once. They open for fourteen days.
func (k *Keeper) FirstPasswords(ctx context.Context, officers []directory.NewOfficer, now calendar.Moment) (passwords map[string]string, err error) {
	passwords = make(map[string]string, len(officers))
	hashes := make([]string, len(officers))
	for i, o := range officers {
		password := rand.Text()
		if hashes[i], err = k.cost.hash(password); err != nil {
			return nil, err
		}
		passwords[o.Login] = password
	}
	return passwords, k.db.Write(ctx, func(tx *db.Tx) error {
		for i, o := range officers {
			if _, err := tx.Exec(upsertHash, o.ID, hashes[i], now+firstEnd); err != nil {
				return fmt.Errorf("password of %s: %w", o.Login, err)
			}
			if err := record(tx, now, o.ID, "", passwordSet, ""); err != nil {
				return err
			}
		}
		return nil
	}, db.Repeatable)
}
