package client

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
)

const (
	// tokenEnd is how long a token is good.
	tokenEnd = 10 * calendar.Minute
	// assertionEnd is how far in the future an assertion may end: as long it must be remembered.
	assertionEnd = 5 * calendar.Minute
	clockOff     = 30 * calendar.Second
	mostSent     = 8 << 10
)

// AssertionType is what a client says that signs assertions (RFC 7523).
const AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// algorithms that assertions may be signed with: those that need a key pair.
var algorithms = []jose.SignatureAlgorithm{jose.ES256, jose.ES384, jose.EdDSA, jose.PS256, jose.RS256}

// Refusal is why no token is given, in the words of RFC 6749 (5.2).
type Refusal string

// The refusals.
const (
	InvalidClient Refusal = "invalid_client"
	InvalidScope  Refusal = "invalid_scope"
	SlowDown      Refusal = "slow_down" // RFC 8628's word: there is none for it in RFC 6749
)

// Error is the refusal.
func (r Refusal) Error() string { return string(r) }

// Proof is what a client sends to prove who it is: one of secret, assertion and certificate.
type Proof struct {
	ID          string // may be left out beside an assertion
	Secret      string
	Assertion   string
	Certificate *x509.Certificate // that the server has verified
	Remote      string            // where from
}

// Token is what a client asks the API with.
type Token struct {
	Text   string
	Scopes []string
	Lasts  time.Duration
}

const (
	deleteOldTokens     = `DELETE FROM client_token WHERE ends <= $1`
	insertToken         = `INSERT INTO client_token (token, client, scopes, ends, way, certificate) VALUES ($1, $2, $3, $4, $5, $6)` //nolint:gosec // a table of that name, and no token
	deleteOldAssertions = `DELETE FROM client_assertion WHERE ends <= $1`
	insertAssertion     = `INSERT INTO client_assertion (id, ends) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`
	selectToken         = `SELECT ` + columns + `, t.scopes, t.ends, t.way, t.certificate FROM client_token t JOIN client c ON c.id = t.client WHERE t.token = $1`
)

// binds is what a token is bound to that is given for this proof: the certificate, where that was the proof
// (RFC 8705, 3; the claim x5t#S256 of a token that has claims); empty where it was another.
func (p *Proof) binds() []byte {
	if p.way() != ByCertificate {
		return []byte{}
	}
	return thumbprint(p.Certificate)
}

// way in which a client that has proven who it is did so.
func (p *Proof) way() string {
	switch {
	case p.Secret != "":
		return BySecret
	case p.Assertion != "":
		return ByAssertion
	}
	return ByCertificate
}

// thumbprint of a certificate: all of it, unlike fingerprint, so one made anew wants a new token.
func thumbprint(c *x509.Certificate) []byte {
	sum := sha256.Sum256(c.Raw)
	return sum[:]
}

// Give gives a client a token that has proven who it is, for the scopes that it
// asks for, all of its own if it names none. Who proved it with a certificate is given one that is good over connections with
// that certificate only. A Refusal where it has not, whyever,
// where it asks for what it has not, or asks too often.
func (k *Keeper) Give(ctx context.Context, p Proof, scopes []string, now calendar.Moment) (*Token, error) {
	c, err := k.prove(ctx, &p, now)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, InvalidClient
	}
	for _, s := range scopes {
		if !slices.Contains(c.Scopes, s) {
			return nil, InvalidScope
		}
	}
	if len(scopes) == 0 {
		scopes = c.Scopes
	}
	token := rand.Text()
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(deleteOldTokens, now); err != nil {
			return err
		}
		if _, err := tx.Exec(insertToken, hashed(token), c.ID, strings.Join(scopes, " "), now+tokenEnd, p.way(), p.binds()); err != nil {
			return fmt.Errorf("give a token: %w", err)
		}
		if _, err := tx.Exec(touchClient, now, c.ID); err != nil {
			return err
		}
		return record(tx, now, c.ID, "token", "", p.Remote)
	}, db.Repeatable)
	if err != nil {
		return nil, err
	}
	return &Token{Text: token, Scopes: scopes, Lasts: time.Duration(tokenEnd) * time.Microsecond}, nil
}

// prove finds the client that has proven who it is; nil for none. What a client
// that is there does not prove is on record, as often as it may try.
func (k *Keeper) prove(ctx context.Context, p *Proof, now calendar.Moment) (*Client, error) {
	if len(p.Secret) > mostSent || len(p.Assertion) > mostSent || len(p.ID) > mostSent {
		return nil, nil
	}
	if p.Assertion != "" && p.ID == "" {
		p.ID = issuerOf(p.Assertion)
	}
	c, stored, err := k.find(ctx, p.ID)
	if err != nil || c == nil {
		return nil, err
	}
	if !k.limits.enter("token "+c.ID, tokensAMinute, now) {
		return nil, SlowDown
	}
	proven := false
	switch {
	case p.Assertion != "" && p.Secret != "":
	case p.Assertion != "":
		if proven, err = k.asserted(ctx, c, p.Assertion, now); err != nil {
			return nil, err
		}
	case p.Secret != "":
		proven = c.Secret && subtle.ConstantTimeCompare(stored, hashed(p.Secret)) == 1
	case p.Certificate != nil:
		proven = c.Certificate != "" && c.Certificate == fingerprint(p.Certificate)
	}
	if proven && k.holds(c, now) {
		return c, nil
	}
	return nil, k.db.Write(ctx, func(tx *db.Tx) error { return record(tx, now, c.ID, "refused", "", p.Remote) }, db.Repeatable)
}

// issuerOf says who an assertion claims to be from; nothing is believed of it yet.
func issuerOf(assertion string) string {
	parsed, err := jwt.ParseSigned(assertion, algorithms)
	if err != nil {
		return ""
	}
	var claims jwt.Claims
	if parsed.UnsafeClaimsWithoutVerification(&claims) != nil {
		return ""
	}
	return claims.Issuer
}

// asserted reports whether a client has signed an assertion for us, just now, that it has not used before (RFC 7523).
func (k *Keeper) asserted(ctx context.Context, c *Client, assertion string, now calendar.Moment) (bool, error) {
	if c.Key == "" {
		return false, nil
	}
	var key jose.JSONWebKey
	if err := key.UnmarshalJSON([]byte(c.Key)); err != nil {
		return false, fmt.Errorf("the key of client %s: %w", c.ID, err)
	}
	parsed, err := jwt.ParseSigned(assertion, algorithms)
	if err != nil {
		return false, nil //nolint:nilerr // what cannot be read proves nothing
	}
	var claims jwt.Claims
	if parsed.Claims(key.Key, &claims) != nil {
		return false, nil //nolint:nilerr // another has signed it
	}
	if !isAssertion(parsed) {
		return false, nil
	}
	named := slices.ContainsFunc(claims.Audience, func(a string) bool { return slices.Contains(k.audience, a) })
	if claims.Issuer != c.ID || claims.Subject != c.ID || !named || claims.ID == "" || len(claims.ID) > 200 || claims.Expiry == nil {
		return false, nil
	}
	ends := calendar.At(claims.Expiry.Time())
	if ends <= now || ends > now+assertionEnd+clockOff ||
		claims.IssuedAt != nil && calendar.At(claims.IssuedAt.Time()) > now+clockOff || claims.NotBefore != nil && calendar.At(claims.NotBefore.Time()) > now+clockOff {
		return false, nil
	}
	fresh := false
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(deleteOldAssertions, now); err != nil {
			return err
		}
		n, err := tx.Exec(insertAssertion, hashed(c.ID+" "+claims.ID), ends)
		fresh = n == 1
		return err
	}, db.Repeatable)
	if err != nil {
		return false, fmt.Errorf("note an assertion: %w", err)
	}
	return fresh, nil
}

// isAssertion reports whether what a client signed is meant to prove who it is (typ, RFC 8725): what it signs with
// the same key for something else says another kind. Many say none.
func isAssertion(t *jwt.JSONWebToken) bool {
	for _, h := range t.Headers {
		kind, said := h.ExtraHeaders[jose.HeaderType]
		name, _ := kind.(string)
		if said && !strings.EqualFold(name, "JWT") && !strings.EqualFold(name, "client-authentication+jwt") {
			return false
		}
	}
	return true
}

// ByToken is the client that a token was given to, with the scopes it was given
// for; nil where it is none, or ended, or bound to another certificate than the one that the server has
// verified on this connection, nil for none.
func (k *Keeper) ByToken(ctx context.Context, token string, cert *x509.Certificate, now calendar.Moment) (c *Client, err error) {
	if len(token) != len(rand.Text()) || !db.Storable(token) {
		return nil, nil
	}
	var scopes, way string
	var ends calendar.Moment
	var bound []byte
	c, _, err = scan(k.db.QueryRow(ctx, selectToken, hashed(token)), &scopes, &ends, &way, &bound)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a token: %w", err)
	}
	if now >= ends || !k.holds(c, now) || len(bound) > 0 && (cert == nil || subtle.ConstantTimeCompare(bound, thumbprint(cert)) != 1) {
		return nil, nil
	}
	c.Scopes, c.Proof = strings.Fields(scopes), way
	return c, nil
}
