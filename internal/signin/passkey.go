package signin

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fault"
)

// Passkey is a key of an officer, as he is shown it.
type Passkey struct {
	ID    string // for its owner; it opens nothing
	Name  string // as he called it
	Added calendar.Moment
	Used  calendar.Moment // last, 0 for never
}

const (
	// MostPasskeys that an officer may have.
	MostPasskeys   = 10
	longestName    = 60
	mostTransports = 8
	// handleLength of what an authenticator knows an officer by: chance, and nothing of his.
	handleLength = 32
)

// errCopied says that an authenticator's counter did not go up: there may be two of it.
var errCopied = errors.New("the counter of a passkey did not go up")

const selectPasskeys = `SELECT public_id, name, added, used FROM passkey WHERE officer = $1 ORDER BY added, public_id`

// List gives an officer's passkeys, oldest first.
func (k *Keeper) List(ctx context.Context, officer string) ([]Passkey, error) {
	rows, err := k.db.Query(ctx, selectPasskeys, officer)
	if err != nil {
		return nil, fmt.Errorf("read passkeys: %w", err)
	}
	defer rows.Close()
	var out []Passkey
	for rows.Next() {
		var p Passkey
		if err := rows.Scan(&p.ID, &p.Name, &p.Added, &p.Used); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

const countHashes = `SELECT count(*) FROM password WHERE officer = $1` //nolint:gosec // a table of that name, and no password

// HasPassword reports whether an officer can sign in with a password.
func (k *Keeper) HasPassword(ctx context.Context, officer string) (bool, error) {
	var n int
	if err := k.db.QueryRow(ctx, countHashes, officer).Scan(&n); err != nil {
		return false, fmt.Errorf("look for a password: %w", err)
	}
	return n > 0, nil
}

const (
	nameOfPasskey = `SELECT name FROM passkey WHERE officer = $1 AND public_id = $2`
	deletePasskey = `DELETE FROM passkey WHERE officer = $1 AND public_id = $2`
	countKeys     = `SELECT count(*) FROM passkey WHERE officer = $1`

	countGenerators = `SELECT count(*) FROM code_generator WHERE officer = $1`
)

// Remove takes away a passkey of the officer whose session it is. Errors:
// NotPresent without a fresh proof of presence; NotFound; Forbidden where it is
// his only way in.
func (k *Keeper) Remove(ctx context.Context, s *Session, id string, now calendar.Moment) error {
	if !IsFresh(s.Proven, now) {
		return NotPresent()
	}
	missing := fault.New(fault.NotFound, "passkey.none", nil)
	if !db.Storable(id) {
		return missing
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Alone("passkeys of " + s.Officer.ID); err != nil {
			return err
		}
		var name string
		err := tx.QueryRow(nameOfPasskey, s.Officer.ID, id).Scan(&name)
		if errors.Is(err, sql.ErrNoRows) {
			return missing
		}
		if err != nil {
			return fmt.Errorf("read passkey: %w", err)
		}
		var keys, passwords int
		if err := tx.QueryRow(countKeys, s.Officer.ID).Scan(&keys); err != nil {
			return err
		}
		if err := tx.QueryRow(countHashes, s.Officer.ID).Scan(&passwords); err != nil {
			return err
		}
		if keys == 1 && passwords == 0 {
			return fault.New(fault.Forbidden, "passkey.last", nil)
		}
		if keys == 1 && k.rules.SecondFactor {
			var generators int
			if err := tx.QueryRow(countGenerators, s.Officer.ID).Scan(&generators); err != nil {
				return err
			}
			if generators == 0 {
				return fault.New(fault.Forbidden, "code.last", nil)
			}
		}
		if _, err := tx.Exec(deletePasskey, s.Officer.ID, id); err != nil {
			return err
		}
		return record(tx, now, s.Officer.ID, s.Officer.ID, passkeyRemoved, name)
	}, db.Repeatable)
}

// NotPresent says that a fresh proof of presence is needed for what was asked.
func NotPresent() *fault.Error {
	return fault.New(fault.Forbidden, PresenceRequired, fault.Args{"minutes": int(Fresh / calendar.Minute)})
}

// PresenceRequired is the key of what NotPresent says.
const PresenceRequired = "presence.required"

// PasskeyName is what a key is called, as it was typed; Invalid where that cannot be used.
func PasskeyName(typed string) (string, error) {
	name := strings.Join(strings.Fields(typed), " ")
	if n := utf8.RuneCountInString(name); n == 0 || n > longestName || !db.Storable(name) {
		return "", fault.New(fault.Invalid, "passkey.name", fault.Args{"most": longestName})
	}
	return name, nil
}

// owner is an officer as an authenticator knows him.
type owner struct {
	officer, login, name string
	handle               []byte
	keys                 []webauthn.Credential
}

// The library's view of an owner.

// WebAuthnID is what authenticators know him by.
func (o *owner) WebAuthnID() []byte { return o.handle }

// WebAuthnName is his login.
func (o *owner) WebAuthnName() string { return o.login }

// WebAuthnDisplayName is his name.
func (o *owner) WebAuthnDisplayName() string { return o.name }

// WebAuthnCredentials are his passkeys.
func (o *owner) WebAuthnCredentials() []webauthn.Credential { return o.keys }

const (
	selectHandle = `SELECT handle FROM passkey_owner WHERE officer = $1`
	insertHandle = `INSERT INTO passkey_owner (officer, handle) VALUES ($1, $2) ON CONFLICT (officer) DO NOTHING`
	selectOwner  = `SELECT o.id, o.login, o.name, w.handle FROM passkey_owner w JOIN officer o ON o.id = w.officer WHERE w.handle = $1`
	selectKeys   = `SELECT id, public_key, model, transports, flags, counter FROM passkey WHERE officer = $1 ORDER BY added, public_id`
)

// ownerOf is the officer of a session, who is given a handle if he has none.
func (k *Keeper) ownerOf(ctx context.Context, s *Session) (*owner, error) {
	o := &owner{officer: s.Officer.ID, login: s.Officer.Login, name: s.Officer.Name}
	err := k.db.QueryRow(ctx, selectHandle, o.officer).Scan(&o.handle)
	if errors.Is(err, sql.ErrNoRows) {
		drawn := make([]byte, handleLength)
		_, _ = rand.Read(drawn) // never fails
		err = k.db.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec(insertHandle, o.officer, drawn); err != nil {
				return err
			}
			return tx.QueryRow(selectHandle, o.officer).Scan(&o.handle)
		}, db.Repeatable)
	}
	if err != nil {
		return nil, fmt.Errorf("read the owner of passkeys: %w", err)
	}
	return o, k.readKeys(ctx, o)
}

// ownerWith finds the officer whom authenticators know by a handle; sql.ErrNoRows where there is none.
func (k *Keeper) ownerWith(ctx context.Context, handle []byte) (*owner, error) {
	var o owner
	if err := k.db.QueryRow(ctx, selectOwner, handle).Scan(&o.officer, &o.login, &o.name, &o.handle); err != nil {
		return nil, fmt.Errorf("read the owner of passkeys: %w", err)
	}
	return &o, k.readKeys(ctx, &o)
}

func (k *Keeper) readKeys(ctx context.Context, o *owner) error {
	rows, err := k.db.Query(ctx, selectKeys, o.officer)
	if err != nil {
		return fmt.Errorf("read passkeys: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c webauthn.Credential
		var transports string
		var flags, counter int64
		if err := rows.Scan(&c.ID, &c.PublicKey, &c.Authenticator.AAGUID, &transports, &flags, &counter); err != nil {
			return err
		}
		for t := range strings.FieldsSeq(transports) {
			c.Transport = append(c.Transport, protocol.AuthenticatorTransport(t))
		}
		c.Flags, c.Authenticator.SignCount = webauthn.NewCredentialFlags(protocol.AuthenticatorFlags(flags)), uint32(counter)
		o.keys = append(o.keys, c)
	}
	return rows.Err()
}

const (
	insertPasskey = `INSERT INTO passkey (id, public_id, officer, name, public_key, model, transports, flags, counter, added, used)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0) ON CONFLICT DO NOTHING`
	usePasskey = `UPDATE passkey SET counter = $1, flags = $2, used = $3 WHERE id = $4 AND (counter < $1 OR counter = 0 AND $1 = 0)`
)

// add stores a key that was just made in a session. Invalid where it is there already, Forbidden where there are too many.
func (k *Keeper) add(ctx context.Context, o *owner, session, name string, c *webauthn.Credential, now calendar.Moment) error {
	var transports []string
	for _, t := range c.Transport {
		if known := string(t); len(transports) < mostTransports && len(known) <= 20 && db.Storable(known) {
			transports = append(transports, known)
		}
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Alone("passkeys of " + o.officer); err != nil {
			return err
		}
		var n int
		if err := tx.QueryRow(countKeys, o.officer).Scan(&n); err != nil {
			return err
		}
		if n >= MostPasskeys {
			return fault.New(fault.Forbidden, "passkey.too_many", fault.Args{"most": MostPasskeys})
		}
		added, err := tx.Exec(insertPasskey, c.ID, rand.Text(), o.officer, name, c.PublicKey, c.Authenticator.AAGUID, strings.Join(transports, " "),
			int64(c.Flags.ProtocolValue()), int64(c.Authenticator.SignCount), now)
		if err != nil {
			return fmt.Errorf("add passkey: %w", err)
		}
		if added == 0 {
			return fault.New(fault.Invalid, "passkey.known", nil)
		}
		if _, err := tx.Exec(raiseSession, string(ByPasskey), session); err != nil {
			return err
		}
		return record(tx, now, o.officer, o.officer, passkeyAdded, name)
	}, db.Repeatable)
}

// used notes that a key has signed. Of two that sign with the same count one
// loses, also where both are looked at at once: then, and where the count went
// back, the answer is errCopied, and that is on record.
func (k *Keeper) used(ctx context.Context, o *owner, c *webauthn.Credential, counter uint32, now calendar.Moment) error {
	copied := c.Authenticator.CloneWarning
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		if !copied {
			n, err := tx.Exec(usePasskey, int64(counter), int64(c.Flags.ProtocolValue()), now, c.ID)
			if err != nil {
				return err
			}
			if n == 1 {
				return nil
			}
		}
		copied = true
		return record(tx, now, o.officer, "", passkeyCopied, "")
	}, db.Repeatable)
	if err != nil {
		return fmt.Errorf("note the use of a passkey: %w", err)
	}
	if copied {
		return errCopied
	}
	return nil
}
