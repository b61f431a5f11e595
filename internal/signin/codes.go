package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fault"
)

// Codes are made by a generator, an application on the officer's telephone,
// from a secret and the time (RFC 6238). The figures are those that every
// application knows: SHA-1, which serves here as HMAC, six digits, thirty seconds.
const (
	codeDigits  = otp.DigitsSix
	codePeriod  = 30 * calendar.Second
	codeWindow  = 1  // steps that a clock may be off, either way
	secretBytes = 20 // as RFC 4226 recommends
)

const (
	// offerEnd is how long a new generator may take to be set up.
	offerEnd = 15 * calendar.Minute
	// halfEnd is how long a code may be given after its password.
	halfEnd = 5 * calendar.Minute
	// mostWrongCodes within a day, for an officer, by strangers: whoever gives one knows his password, and three of a million
	// codes are good at any moment. Machines that know the officer, and sessions, go on.
	mostWrongCodes = 20
	wrongCodesIn   = 24 * calendar.Hour
)

var (
	errNoGenerator = errors.New("there is no code generator")
	errWrongCode   = errors.New("this code does not fit, or was used")
)

// Generator is a new code generator, as its owner is shown it once.
type Generator struct {
	Secret string // to be typed into the application, in groups of four
	URL    string // the same for its camera
	Offer  string // comes back with the first code
}

// GeneratorsOffered reports whether code generators are to be had.
func (k *Keeper) GeneratorsOffered() bool { return k.rules.Secrets != nil }

// NewGenerator draws a secret for the officer of a session. Nothing is stored
// until AddGenerator is given a code of it. Errors: NotPresent; Unavailable where
// the office has no key for secrets; Forbidden where he has to use his passkey first.
func (k *Keeper) NewGenerator(ctx context.Context, s *Session, now calendar.Moment) (*Generator, error) {
	if !IsFresh(s.Proven, now) {
		return nil, NotPresent()
	}
	if k.rules.Secrets == nil {
		return nil, fault.New(fault.Unavailable, "code.away", nil)
	}
	if err := k.mayMakeFactor(ctx, s); err != nil {
		return nil, err
	}
	secret := make([]byte, secretBytes)
	_, _ = rand.Read(secret) // never fails
	plain := append(binary.BigEndian.AppendUint64(nil, uint64(now)), secret...)
	return k.shown(s, secret, k.rules.Secrets.Seal(plain, offerAbout(s))), nil
}

// SameGenerator is the generator of an offer once more, for whoever has not yet
// given a code that fits. Invalid where the offer does not hold.
func (k *Keeper) SameGenerator(s *Session, offer string, now calendar.Moment) (*Generator, error) {
	secret, sealed, err := k.offered(s, offer, now)
	if err != nil {
		return nil, err
	}
	return k.shown(s, secret, sealed), nil
}

func (k *Keeper) shown(s *Session, secret, sealed []byte) *Generator {
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	var groups []string
	for g := range slices.Chunk([]byte(text), 4) {
		groups = append(groups, string(g))
	}
	// As the applications read it: the issuer stands twice, since some know only the one and some only the other. They
	// want %20 for a space.
	label := url.PathEscape(k.rules.Service) + ":" + url.PathEscape(s.Officer.Login)
	u := "otpauth://totp/" + label + "?secret=" + text + "&issuer=" + url.PathEscape(k.rules.Service)
	return &Generator{Secret: strings.Join(groups, " "), URL: u, Offer: base64.RawURLEncoding.EncodeToString(sealed)}
}

// offerAbout binds an offer to a session.
func offerAbout(s *Session) string { return "offer of a generator " + s.Officer.ID + " " + s.ID }

func generatorAbout(officer string) string { return "generator " + officer }

// offered opens an offer that this session was made not long ago.
func (k *Keeper) offered(s *Session, offer string, now calendar.Moment) (secret, sealed []byte, err error) {
	late := fault.New(fault.Invalid, "code.late", nil)
	sealed, err = base64.RawURLEncoding.DecodeString(offer)
	if err != nil || k.rules.Secrets == nil {
		return nil, nil, late
	}
	plain, err := k.rules.Secrets.Open(sealed, offerAbout(s))
	if err != nil || len(plain) != 8+secretBytes {
		return nil, nil, late
	}
	if at := calendar.Moment(binary.BigEndian.Uint64(plain)); now-at > offerEnd || at > now {
		return nil, nil, late
	}
	return plain[8:], sealed, nil
}

const upsertGenerator = `INSERT INTO code_generator (officer, secret, step, added, used) VALUES ($1, $2, $3, $4, $4)
ON CONFLICT (officer) DO UPDATE SET secret = excluded.secret, step = excluded.step, added = excluded.added, used = excluded.used`

// AddGenerator sets up the generator of an offer once its owner has given a code
// of it; one that he had before is good no more. The session is then one with a
// code, under a new token. Errors: Invalid where the offer is too old or the code
// does not fit.
func (k *Keeper) AddGenerator(ctx context.Context, s *Session, token, offer, code string, now calendar.Moment) (renewed string, err error) {
	secret, _, err := k.offered(s, offer, now)
	if err != nil {
		return "", err
	}
	if err := k.mayMakeFactor(ctx, s); err != nil {
		return "", err
	}
	step, fits, err := fit(secret, code, 0, now)
	if err != nil {
		return "", err
	}
	if !fits {
		return "", fault.New(fault.Invalid, "code.wrong", nil)
	}
	kept := k.rules.Secrets.Seal(secret, generatorAbout(s.Officer.ID))
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(upsertGenerator, s.Officer.ID, kept, step, now); err != nil {
			return fmt.Errorf("add a code generator: %w", err)
		}
		if _, err := tx.Exec(raiseSession, string(ByCode), s.ID); err != nil {
			return err
		}
		return record(tx, now, s.Officer.ID, s.Officer.ID, generatorAdded, "")
	}, db.Repeatable)
	if err != nil {
		return "", err
	}
	return k.renew(ctx, token, now)
}

const deleteGenerator = `DELETE FROM code_generator WHERE officer = $1`

// RemoveGenerator takes away the code generator of the officer whose session it
// is. Errors: NotPresent; NotFound; Forbidden where the office wants one and he has no passkey.
func (k *Keeper) RemoveGenerator(ctx context.Context, s *Session, now calendar.Moment) error {
	if !IsFresh(s.Proven, now) {
		return NotPresent()
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Alone("passkeys of " + s.Officer.ID); err != nil {
			return err
		}
		var keys int
		if err := tx.QueryRow(countKeys, s.Officer.ID).Scan(&keys); err != nil {
			return err
		}
		if k.rules.SecondFactor && keys == 0 {
			return fault.New(fault.Forbidden, "code.last", nil)
		}
		n, err := tx.Exec(deleteGenerator, s.Officer.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "code.none", nil)
		}
		return record(tx, now, s.Officer.ID, s.Officer.ID, generatorRemoved, "")
	}, db.Repeatable)
}

const selectSince = `SELECT added, used FROM code_generator WHERE officer = $1`

// GeneratorSince is when the code generator of an officer was set up and when it was used last, 0 where he has none.
func (k *Keeper) GeneratorSince(ctx context.Context, officer string) (added, used calendar.Moment, err error) {
	err = k.db.QueryRow(ctx, selectSince, officer).Scan(&added, &used)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, fmt.Errorf("look for a code generator: %w", err)
	}
	return added, used, nil
}

// ways are what an officer has to prove with.
type ways struct{ passkeys, generator, password bool }

const selectWays = `SELECT (SELECT count(*) FROM passkey WHERE officer = $1), (SELECT count(*) FROM code_generator WHERE officer = $1), (SELECT count(*) FROM password WHERE officer = $1)`

func (k *Keeper) has(ctx context.Context, officer string) (ways, error) {
	var keys, generators, passwords int
	if err := k.db.QueryRow(ctx, selectWays, officer).Scan(&keys, &generators, &passwords); err != nil {
		return ways{}, fmt.Errorf("look for ways in: %w", err)
	}
	return ways{passkeys: keys > 0, generator: generators > 0, password: passwords > 0}, nil
}

// mayMakeFactor keeps somebody who knows no more than a password from making a
// second factor of his own beside the one that its owner has.
func (k *Keeper) mayMakeFactor(ctx context.Context, s *Session) error {
	if !k.Needs(s) {
		return nil
	}
	has, err := k.has(ctx, s.Officer.ID)
	if err == nil && (has.passkeys || has.generator) {
		return fault.New(fault.Forbidden, "sign_in.needs_passkey", nil)
	}
	return err
}

// half is what somebody is given who knows the password of an officer with a code generator.
func (k *Keeper) half(officer string, now calendar.Moment) (string, error) {
	if k.rules.Secrets == nil {
		return "", fault.New(fault.Unavailable, "code.away", nil)
	}
	plain := append(binary.BigEndian.AppendUint64(nil, uint64(now)), officer...)
	return base64.RawURLEncoding.EncodeToString(k.rules.Secrets.Seal(plain, aboutHalf)), nil
}

const aboutHalf = "a password was right"

const (
	loginOf    = `SELECT login FROM officer WHERE id = $1`
	countWrong = `SELECT count(*) FROM sign_in_event WHERE officer = $1 AND at > $2 AND what = 'code_wrong'`
)

// SignInWithCode begins a session for whoever was given half of it for a
// password, and has a code. Errors: Invalid "code.late" where that is too long
// ago, Invalid where the code does not fit or was used; Forbidden after too many
// attempts, or without a mandate.
func (k *Keeper) SignInWithCode(ctx context.Context, half, code string, from Machine, now calendar.Moment) (token string, err error) {
	officer, err := k.behind(half, now)
	if err != nil {
		return "", err
	}
	var login string
	if err := k.db.QueryRow(ctx, loginOf, officer).Scan(&login); err != nil {
		return "", fmt.Errorf("read officer: %w", err)
	}
	c, err := k.counts(ctx, login, from, now)
	if err != nil {
		return "", err
	}
	if err := k.attempt(ctx, login, c, now); err != nil {
		return "", err
	}
	if !c.apart {
		var n int
		if err := k.db.QueryRow(ctx, countWrong, officer, now-wrongCodesIn).Scan(&n); err != nil {
			return "", fmt.Errorf("count wrong codes: %w", err)
		}
		if n >= mostWrongCodes {
			return "", fault.New(fault.Forbidden, "code.wait", nil)
		}
	}
	err = k.useCode(ctx, officer, code, now)
	if errors.Is(err, errWrongCode) || errors.Is(err, errNoGenerator) {
		return "", fault.New(fault.Invalid, "code.wrong", nil)
	}
	if err != nil {
		return "", err
	}
	if err := k.succeeded(ctx, login, c); err != nil {
		return "", err
	}
	return k.Begin(ctx, officer, ByCode, from.Agent, now)
}

// behind is the officer whose password was right not long ago.
func (k *Keeper) behind(half string, now calendar.Moment) (officer string, err error) {
	late := fault.New(fault.Invalid, "code.late", nil)
	sealed, err := base64.RawURLEncoding.DecodeString(half)
	if err != nil || k.rules.Secrets == nil {
		return "", late
	}
	plain, err := k.rules.Secrets.Open(sealed, aboutHalf)
	if err != nil || len(plain) <= 8 {
		return "", late
	}
	if at := calendar.Moment(binary.BigEndian.Uint64(plain)); now-at > halfEnd || at > now {
		return "", late
	}
	return string(plain[8:]), nil
}

const (
	selectGenerator = `SELECT secret, step FROM code_generator WHERE officer = $1`
	useStep         = `UPDATE code_generator SET step = $1, used = $2, secret = $3 WHERE officer = $4 AND step < $1`
)

// useCode takes a code of an officer's generator: good once, and none before it
// afterwards. What does not fit is on record, since whoever gives it knows the
// password. errNoGenerator, errWrongCode; Unavailable where it cannot be read.
func (k *Keeper) useCode(ctx context.Context, officer, code string, now calendar.Moment) error {
	var sealed []byte
	var last int64
	err := k.db.QueryRow(ctx, selectGenerator, officer).Scan(&sealed, &last)
	if errors.Is(err, sql.ErrNoRows) {
		return errNoGenerator
	}
	if err != nil {
		return fmt.Errorf("read a code generator: %w", err)
	}
	if k.rules.Secrets == nil {
		return fault.New(fault.Unavailable, "code.away", nil)
	}
	secret, err := k.rules.Secrets.Open(sealed, generatorAbout(officer))
	if err != nil {
		return fault.New(fault.Unavailable, "code.away", nil).Because(err)
	}
	step, fits, err := fit(secret, code, last, now)
	if err != nil {
		return err
	}
	resealed := k.rules.Secrets.Seal(secret, generatorAbout(officer)) // under the newest key
	used := false
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		used = false
		if fits {
			n, err := tx.Exec(useStep, step, now, resealed, officer)
			if err != nil {
				return err
			}
			if n == 1 {
				used = true
				return nil
			} // else another was quicker with the same code
		}
		return record(tx, now, officer, "", codeWrong, "")
	}, db.Repeatable)
	if err == nil && !used {
		err = errWrongCode
	}
	return err
}

// fit finds the step of time, later than the last that was used, whose code was
// given. All steps of the window are worked on, whichever fits.
func fit(secret []byte, code string, last int64, now calendar.Moment) (step int64, fits bool, err error) {
	typed := strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' {
			return -1
		}
		return r
	}, code)
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	for s := int64(now/codePeriod) - codeWindow; s <= int64(now/codePeriod)+codeWindow; s++ {
		want, err := hotp.GenerateCodeCustom(text, uint64(s), hotp.ValidateOpts{Digits: codeDigits, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return 0, false, fmt.Errorf("make a code: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(typed)) == 1 && s > last {
			step, fits = s, true
		}
	}
	return step, fits, nil
}
