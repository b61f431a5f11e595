package signin

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fault"
)

// RelyingParty is what passkeys are made for. A key that was made for one
// domain is of no use to any other, which is what protects it from imitations.
type RelyingParty struct {
	Domain  string   // "localhost", "nazorat.example"
	Name    string   // of the service, as authenticators show it
	Origins []string // where its pages are: "https://nazorat.example"
}

// Ceremonies are the exchanges with an authenticator: making a key, and proving
// that one has it. Every one begins with a challenge that is good for one try,
// within ChallengeEnd, for one purpose and, where there is one, in one session.
// Safe for concurrent use.
type Ceremonies struct {
	keeper *Keeper
	web    *webauthn.WebAuthn
}

// ChallengeEnd is how long a challenge may be answered.
const ChallengeEnd = 5 * calendar.Minute

// How many challenges of one machine may be open, and how long an answer may be.
// The first is wide, since behind a proxy the proxy is one machine for everybody.
const (
	mostChallenges = 1000
	mostAnswer     = 64 << 10
)

// What a challenge is for.
const (
	toEnrol     = "enrol"
	toSignIn    = "sign_in"
	toBePresent = "presence"
)

// Ceremonies are made for a relying party. The error says what is wrong with that.
func (k *Keeper) Ceremonies(rp RelyingParty) (*Ceremonies, error) {
	for _, o := range rp.Origins {
		u, err := url.Parse(o)
		if err != nil || u.Host == "" || u.Scheme+"://"+u.Host != o || u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != "localhost") {
			return nil, fmt.Errorf("passkeys: %q is no origin such as https://nazorat.example; http is for localhost only", o)
		}
	}
	w, err := webauthn.New(&webauthn.Config{RPID: rp.Domain, RPDisplayName: rp.Name, RPOrigins: rp.Origins, AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired}})
	if err == nil && rp.Domain == "" {
		err = errors.New("there is no domain")
	}
	if err != nil {
		return nil, fmt.Errorf("passkeys for %q: %w", rp.Domain, err)
	}
	return &Ceremonies{keeper: k, web: w}, nil
}

// Enrol asks for a new key for the officer of a session: the answer is what
// navigator.credentials.create wants, as JSON. NotPresent without a fresh proof
// of presence, Forbidden where he has too many keys.
func (c *Ceremonies) Enrol(ctx context.Context, s *Session, now calendar.Moment) (options []byte, err error) {
	if !IsFresh(s.Proven, now) {
		return nil, NotPresent()
	}
	if err := c.keeper.mayMakeFactor(ctx, s); err != nil {
		return nil, err
	}
	o, err := c.keeper.ownerOf(ctx, s)
	if err != nil {
		return nil, err
	}
	if len(o.keys) >= MostPasskeys {
		return nil, fault.New(fault.Forbidden, "passkey.too_many", fault.Args{"most": MostPasskeys})
	}
	asked, data, err := c.web.BeginRegistration(o, webauthn.WithExclusions(webauthn.Credentials(o.keys).CredentialDescriptors()))
	if err != nil {
		return nil, fmt.Errorf("begin enrolment: %w", err)
	}
	return c.open(ctx, toEnrol, s.ID, "", asked, data, now)
}

// Enrolled takes the new key that an authenticator has made, under a name as it
// was typed. Errors: Invalid where the answer does not hold, the name cannot be
// used or the key is there already, Forbidden where there are too many.
func (c *Ceremonies) Enrolled(ctx context.Context, s *Session, name string, answer []byte, now calendar.Moment) error {
	if !IsFresh(s.Proven, now) {
		return NotPresent()
	}
	name, err := PasskeyName(name)
	if err != nil {
		return err
	}
	wrong := fault.New(fault.Invalid, "passkey.wrong", nil)
	if len(answer) > mostAnswer {
		return wrong
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return wrong.Because(err)
	}
	data, err := c.take(ctx, toEnrol, s.ID, parsed.Response.CollectedClientData.Challenge, now)
	if err != nil {
		return err
	}
	if data == nil {
		return wrong
	}
	o, err := c.keeper.ownerOf(ctx, s)
	if err != nil {
		return err
	}
	key, err := c.web.CreateCredential(o, *data, parsed)
	if err != nil {
		return wrong.Because(err)
	}
	return c.keeper.add(ctx, o, s.ID, name, key, now)
}

// Ask asks whoever it may be to prove who he is: the answer is what
// navigator.credentials.get wants, as JSON. Nothing in it depends on anybody.
// Unavailable where the machine has too many challenges open.
func (c *Ceremonies) Ask(ctx context.Context, from Machine, now calendar.Moment) (options []byte, err error) {
	asked, data, err := c.web.BeginDiscoverableLogin()
	if err != nil {
		return nil, fmt.Errorf("begin sign-in: %w", err)
	}
	return c.open(ctx, toSignIn, "", from.Address, asked, data, now)
}

// wrongPasskey is the one answer to whoever tries a key that does not open.
const wrongPasskey = "sign_in.wrong_passkey"

// SignIn begins a session for whoever has answered a challenge with his key.
// Errors: Invalid where the answer does not hold, whyever; Forbidden where the
// key seems to have been copied, or its owner has no mandate.
func (c *Ceremonies) SignIn(ctx context.Context, answer []byte, from Machine, now calendar.Moment) (token string, err error) {
	data, parsed, err := c.answered(ctx, toSignIn, "", answer, now)
	if err != nil {
		return "", err
	}
	o, err := c.keeper.ownerWith(ctx, parsed.Response.UserHandle)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fault.New(fault.Invalid, wrongPasskey, nil)
	}
	if err != nil {
		return "", err
	}
	_, key, err := c.web.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) { return o, nil }, *data, parsed)
	if err != nil {
		return "", fault.New(fault.Invalid, wrongPasskey, nil).Because(err)
	}
	if err := c.used(ctx, o, key, parsed, now); err != nil {
		return "", err
	}
	return c.keeper.Begin(ctx, o.officer, ByPasskey, from.Agent, now)
}

// AskPresence asks the officer of a session to prove that he is there.
func (c *Ceremonies) AskPresence(ctx context.Context, s *Session, now calendar.Moment) (options []byte, err error) {
	o, err := c.keeper.ownerOf(ctx, s)
	if err != nil {
		return nil, err
	}
	if len(o.keys) == 0 {
		return nil, fault.New(fault.NotFound, "passkey.none", nil)
	}
	asked, data, err := c.web.BeginLogin(o)
	if err != nil {
		return nil, fmt.Errorf("begin proof of presence: %w", err)
	}
	return c.open(ctx, toBePresent, s.ID, "", asked, data, now)
}

// ProvePresence takes the answer to AskPresence and gives the session a new
// token. Errors are those of SignIn.
func (c *Ceremonies) ProvePresence(ctx context.Context, s *Session, token string, answer []byte, now calendar.Moment) (renewed string, err error) {
	data, parsed, err := c.answered(ctx, toBePresent, s.ID, answer, now)
	if err != nil {
		return "", err
	}
	o, err := c.keeper.ownerOf(ctx, s)
	if err != nil {
		return "", err
	}
	key, err := c.web.ValidateLogin(o, *data, parsed)
	if err != nil {
		return "", fault.New(fault.Invalid, wrongPasskey, nil).Because(err)
	}
	if err := c.used(ctx, o, key, parsed, now); err != nil {
		return "", err
	}
	return c.keeper.renew(ctx, token, now)
}

// answered reads an answer to a challenge and takes that challenge. A key that
// is not known costs a stranger less time than one that does not fit, which
// tells him nothing: names of keys are drawn at random by authenticators and
// shown to nobody.
func (c *Ceremonies) answered(ctx context.Context, purpose, session string, answer []byte, now calendar.Moment) (*webauthn.SessionData, *protocol.ParsedCredentialAssertionData, error) {
	wrong := fault.New(fault.Invalid, wrongPasskey, nil)
	if len(answer) > mostAnswer {
		return nil, nil, wrong
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return nil, nil, wrong.Because(err)
	}
	data, err := c.take(ctx, purpose, session, parsed.Response.CollectedClientData.Challenge, now)
	if err != nil {
		return nil, nil, err
	}
	if data == nil {
		return nil, nil, wrong
	}
	return data, parsed, nil
}

// used notes the use of a key; Forbidden where there seem to be two of it.
func (c *Ceremonies) used(ctx context.Context, o *owner, key *webauthn.Credential, parsed *protocol.ParsedCredentialAssertionData, now calendar.Moment) error {
	err := c.keeper.used(ctx, o, key, parsed.Response.AuthenticatorData.Counter, now)
	if errors.Is(err, errCopied) {
		return fault.New(fault.Forbidden, "passkey.copied", nil).Because(err)
	}
	return err
}

const (
	deleteOldCeremonies = `DELETE FROM ceremony WHERE ends <= $1`
	countCeremonies     = `SELECT count(*) FROM ceremony WHERE remote = $1`
	insertCeremony      = `INSERT INTO ceremony (challenge, purpose, session, remote, data, ends) VALUES ($1, $2, $3, $4, $5, $6)`
	selectCeremony      = `SELECT data FROM ceremony WHERE challenge = $1 AND purpose = $2 AND session = $3 AND ends > $4`
	deleteCeremony      = `DELETE FROM ceremony WHERE challenge = $1`
)

// open keeps what must be known when the challenge is answered, and writes what was asked.
func (c *Ceremonies) open(ctx context.Context, purpose, session, remote string, asked any, data *webauthn.SessionData, now calendar.Moment) (options []byte, err error) {
	if options, err = json.Marshal(asked); err != nil {
		return nil, err
	}
	kept, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	return options, c.keeper.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(deleteOldCeremonies, now); err != nil {
			return err
		}
		if remote != "" {
			var n int
			if err := tx.QueryRow(countCeremonies, remote).Scan(&n); err != nil {
				return err
			}
			if n >= mostChallenges {
				return fault.New(fault.Unavailable, "sign_in.busy", nil)
			}
		}
		_, err := tx.Exec(insertCeremony, hashed(data.Challenge), purpose, session, remote, string(kept), now+ChallengeEnd)
		return err
	}, db.Repeatable)
}

// take gives what was kept of a challenge, once: it is gone whatever becomes of
// the answer. nil where there is no such challenge, for this purpose and session, now.
func (c *Ceremonies) take(ctx context.Context, purpose, session, challenge string, now calendar.Moment) (data *webauthn.SessionData, err error) {
	key := hashed(challenge)
	err = c.keeper.db.Write(ctx, func(tx *db.Tx) error {
		data = nil
		var kept string
		err := tx.QueryRow(selectCeremony, key, purpose, session, now).Scan(&kept)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		n, err := tx.Exec(deleteCeremony, key)
		if err != nil || n == 0 { // somebody else has taken it in the meantime
			return err
		}
		data = &webauthn.SessionData{}
		return json.Unmarshal([]byte(kept), data)
	}, db.Repeatable)
	if err != nil {
		return nil, fmt.Errorf("take a challenge: %w", err)
	}
	return data, nil
}
