// Package client knows the systems that ask the API in their own name: those of
// other agencies, and an office's own. It owns who they are, how they prove it
// (a secret, a signed assertion, a certificate), the tokens that they are given
// for it, and what happened to them.
//
// A client belongs to an office and has scopes; what a scope opens is said by the
// policies of laws/, never here. It may be registered for a time, and revoked at
// any: then its tokens end too. A token is opaque, good for ten minutes, and
// known here by its hash, as secrets are. A client is no officer: it has no
// mandate, begins no session, and does no acts.
//
// It refuses to tell a stranger anything: an unknown client, a wrong secret and a
// client of the past have the same answer.
package client

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-jose/go-jose/v4"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/fault"
)

// Migrations of this package's tables. Of a client one or more of secret, key and
// certificate are there, "" for none; times are microseconds, 0 for never.
var Migrations = []db.Migration{{ID: "client/0001", SQL: `
CREATE TABLE client (
	id          TEXT PRIMARY KEY,
	name        TEXT NOT NULL,
	office      TEXT NOT NULL REFERENCES office(id),
	scopes      TEXT NOT NULL,
	secret      {bytes} NOT NULL,
	key         TEXT NOT NULL,
	certificate TEXT NOT NULL,
	valid_from  {int} NOT NULL,
	valid_to    {int} NOT NULL,
	revoked     {int} NOT NULL
) {strict};

CREATE INDEX client_certificate ON client (certificate);

CREATE TABLE client_token (
	token  {bytes} PRIMARY KEY,
	client TEXT NOT NULL REFERENCES client(id),
	scopes TEXT NOT NULL,
	ends   {int} NOT NULL
) {strict};

CREATE INDEX client_token_ends ON client_token (ends);
CREATE INDEX client_token_client ON client_token (client);

CREATE TABLE client_assertion (
	id   {bytes} PRIMARY KEY,
	ends {int} NOT NULL
) {strict};

CREATE INDEX client_assertion_ends ON client_assertion (ends);

CREATE TABLE client_event (
	id     TEXT PRIMARY KEY,
	at     {int} NOT NULL,
	client TEXT NOT NULL REFERENCES client(id),
	what   TEXT NOT NULL CHECK (what IN ('added', 'revoked', 'token', 'refused')),
	remote TEXT NOT NULL
) {strict};

CREATE INDEX client_event_client ON client_event (client, at);
{append_only:client_event id}
`}}

// Client is a system as it was registered.
type Client struct {
	ID          string
	Name        string
	Office      string
	Scopes      []string
	From, To    calendar.Moment // To: 0 for no end
	Revoked     calendar.Moment // 0: it is not
	Secret      bool            // it may prove who it is with a secret,
	Key         string          // or an assertion that this key has signed, a JWK; "" for none,
	Certificate string          // or a certificate with this key: base64 of the SHA-256 of its SubjectPublicKeyInfo; "" for none
}

// Holds reports whether a client may ask at a moment.
func (c *Client) Holds(at calendar.Moment) bool {
	return c.From <= at && (c.To == 0 || at < c.To) && c.Revoked == 0
}

// Subject is the client as policies are asked about it.
func (c *Client) Subject() access.Client { return access.Client{Office: c.Office, Scopes: c.Scopes} }

// Keeper keeps the tables of this package. Safe for concurrent use.
type Keeper struct {
	db  *db.DB
	dir *directory.Directory
	// Audience are the names by which assertions may call this office: the address of its
	// token endpoint, and what that stands under.
	audience []string
	limits   limits
}

// New makes a keeper over a migrated database. audience are the names by which
// assertions may call this office.
func New(d *db.DB, dir *directory.Directory, audience ...string) *Keeper {
	return &Keeper{db: d, dir: dir, audience: audience, limits: limits{windows: map[string]window{}}}
}

// Registration is a client that is to be registered.
type Registration struct {
	ID, Name, Office string
	Scopes           []string
	From, To         calendar.Moment
	WithSecret       bool   // one is drawn, and told once
	Key              string // a public JWK as JSON; "" for none
	Certificate      []byte // DER; nil for none
}

var (
	goodID    = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,62}$`)
	goodScope = regexp.MustCompile(`^[a-z][a-z0-9_.:-]{0,39}$`)
)

const insertClient = `INSERT INTO client (id, name, office, scopes, secret, key, certificate, valid_from, valid_to, revoked)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0) ON CONFLICT (id) DO NOTHING`

// Add registers a client for whoever holds the office's database. The answer is
// its secret, if it is to have one, told once. The errors say what is wrong with
// the registration.
func (k *Keeper) Add(ctx context.Context, r Registration, now calendar.Moment) (secret string, err error) {
	key, certificate := "", ""
	slices.Sort(r.Scopes)
	r.Scopes = slices.Compact(r.Scopes)
	switch {
	case !goodID.MatchString(r.ID):
		return "", fmt.Errorf("client: %q is no name such as court-registry", r.ID)
	case strings.TrimSpace(r.Name) == "" || utf8.RuneCountInString(r.Name) > 200 || !db.Storable(r.Name):
		return "", errors.New("client: say what system it is")
	case k.dir.Tree().Office(r.Office) == nil:
		return "", fmt.Errorf("client: there is no office %s", r.Office)
	case len(r.Scopes) == 0 || slices.ContainsFunc(r.Scopes, func(s string) bool { return !goodScope.MatchString(s) }):
		return "", errors.New("client: it needs scopes, such as proceedings")
	case r.To != 0 && r.To <= r.From:
		return "", errors.New("client: it ends before it begins")
	case !r.WithSecret && r.Key == "" && r.Certificate == nil:
		return "", errors.New("client: it needs a secret, a key or a certificate to prove who it is")
	}
	if r.Key != "" {
		if key, err = publicKey(r.Key); err != nil {
			return "", err
		}
	}
	if r.Certificate != nil {
		c, err := x509.ParseCertificate(r.Certificate)
		if err != nil {
			return "", fmt.Errorf("client: its certificate: %w", err)
		}
		if short(c.PublicKey) {
			return "", errTooShort
		}
		certificate = fingerprint(c)
	}
	stored := []byte{}
	if r.WithSecret {
		secret = rand.Text() + rand.Text()
		stored = hashed(secret)
	}
	return secret, k.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(insertClient, r.ID, strings.TrimSpace(r.Name), r.Office, strings.Join(r.Scopes, " "), stored, key, certificate, r.From, r.To)
		if err != nil {
			return fmt.Errorf("register a client: %w", err)
		}
		if n == 0 {
			return fmt.Errorf("client: there is a client %s, also where it was revoked: names are not given twice", r.ID)
		}
		return record(tx, now, r.ID, "added", "")
	}, db.Repeatable)
}

// publicKey reads a JWK; it refuses private ones, and what cannot sign.
func publicKey(text string) (string, error) {
	var key jose.JSONWebKey
	if err := key.UnmarshalJSON([]byte(text)); err != nil {
		return "", fmt.Errorf("client: its key is no JWK: %w", err)
	}
	if !key.Valid() || !key.IsPublic() {
		return "", errors.New("client: its key must be the public half of a pair")
	}
	if short(key.Key) {
		return "", errTooShort
	}
	out, err := key.MarshalJSON()
	return string(out), err
}

// leastRSA is how many bits an RSA key has that is as strong as the other keys here (128 bits, NIST SP 800-57).
const leastRSA = 3072

var errTooShort = fmt.Errorf("client: its key is too short: want an elliptic curve of 256 bits or more, Ed25519, or RSA of %d bits", leastRSA)

// short reports whether a public key is weaker than 128 bits.
func short(key any) bool {
	switch k := key.(type) {
	case interface{ Size() int }: // RSA, in bytes
		return k.Size()*8 < leastRSA
	case *ecdsa.PublicKey:
		return k.Curve.Params().BitSize < 256
	}
	return false
}

// fingerprint of a certificate's key: it stays when the certificate is made anew for the same key.
func fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func hashed(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

const (
	revokeClient = `UPDATE client SET revoked = $1 WHERE id = $2 AND revoked = 0`
	endTokens    = `DELETE FROM client_token WHERE client = $1`
)

// Revoke ends a client for good, and its tokens. NotFound where there is none that runs.
func (k *Keeper) Revoke(ctx context.Context, id string, now calendar.Moment) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(revokeClient, now, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "client.none", fault.Args{"id": id})
		}
		if _, err := tx.Exec(endTokens, id); err != nil {
			return err
		}
		return record(tx, now, id, "revoked", "")
	}, db.Repeatable)
}

const insertEvent = `INSERT INTO client_event (id, at, client, what, remote) VALUES ($1, $2, $3, $4, $5)`

// record writes down what happened to a client.
func record(tx *db.Tx, now calendar.Moment, client, what, remote string) error {
	if _, err := tx.Exec(insertEvent, rand.Text(), now, client, what, remote); err != nil {
		return fmt.Errorf("record %s: %w", what, err)
	}
	return nil
}

const columns = `c.id, c.name, c.office, c.scopes, c.secret, c.key, c.certificate, c.valid_from, c.valid_to, c.revoked`

const (
	selectClients       = `SELECT ` + columns + ` FROM client c ORDER BY c.id`
	selectClient        = `SELECT ` + columns + ` FROM client c WHERE c.id = $1`
	selectByCertificate = `SELECT ` + columns + ` FROM client c WHERE c.certificate = $1 AND c.revoked = 0 ORDER BY c.id`
)

// scan reads a client, and the hash of its secret.
func scan(row interface{ Scan(...any) error }, more ...any) (c *Client, secret []byte, err error) {
	c = &Client{}
	var scopes string
	err = row.Scan(append([]any{&c.ID, &c.Name, &c.Office, &scopes, &secret, &c.Key, &c.Certificate, &c.From, &c.To, &c.Revoked}, more...)...)
	c.Scopes, c.Secret = strings.Fields(scopes), len(secret) > 0
	return c, secret, err
}

// List gives all clients, also those of the past.
func (k *Keeper) List(ctx context.Context) ([]Client, error) {
	rows, err := k.db.Query(ctx, selectClients)
	if err != nil {
		return nil, fmt.Errorf("list clients: %w", err)
	}
	defer rows.Close()
	var out []Client
	for rows.Next() {
		c, _, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, *c)
	}
	return out, rows.Err()
}

// ByCertificate is the client that has shown a certificate which the server has
// verified, with all its scopes; nil where that is nobody's, or two clients'.
func (k *Keeper) ByCertificate(ctx context.Context, cert *x509.Certificate, now calendar.Moment) (*Client, error) {
	rows, err := k.db.Query(ctx, selectByCertificate, fingerprint(cert))
	if err != nil {
		return nil, fmt.Errorf("read clients: %w", err)
	}
	defer rows.Close()
	var found []*Client
	for rows.Next() {
		c, _, err := scan(rows)
		if err != nil {
			return nil, err
		}
		if c.Holds(now) {
			found = append(found, c)
		}
	}
	if err := rows.Err(); err != nil || len(found) != 1 {
		return nil, err
	}
	return found[0], nil
}

// find gives a client by its name, and the hash of its secret; nil where there is none.
func (k *Keeper) find(ctx context.Context, id string) (*Client, []byte, error) {
	if !goodID.MatchString(id) {
		return nil, nil, nil
	}
	c, secret, err := scan(k.db.QueryRow(ctx, selectClient, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read a client: %w", err)
	}
	return c, secret, nil
}
