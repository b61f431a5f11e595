// Package client knows the systems that ask the API in their own name: those of
// other agencies, and an office's own. It owns who they are, how they prove it
// (a secret, a signed assertion, a certificate), the tokens that they are given
// for it, and what happened to them.
//
// A client belongs to an office and has scopes; what a scope opens is said by the
// policies of laws/, never here. It is registered by whoever holds the office's database,
// or by two administrators: one registers, and it may ask once another has confirmed. It may be
// registered for a time, and revoked at any: then its tokens end too. A token is opaque, good for ten minutes, and
// known here by its hash, as secrets are; one that was given for a certificate is good with that certificate
// only (RFC 8705). How a client has proven who it is goes along with its token, since policies ask it.
// A client is no officer: it has no mandate and begins no session. What it sends in the name of one is his act, under his mandate; package api asks for both.
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
// certificate are there, "" for none; times are microseconds, 0 for never. added_by and confirmed_by are officers,
// "" for whoever holds the database. Of a token certificate is the SHA-256 of the one that it is bound to, empty for none.
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
	revoked     {int} NOT NULL,
	added       {int} NOT NULL,
	added_by    TEXT NOT NULL,
	confirmed   {int} NOT NULL,
	confirmed_by TEXT NOT NULL,
	seen        {int} NOT NULL,
	CHECK (confirmed = 0 OR confirmed_by <> added_by OR added_by = '')
) {strict};

CREATE INDEX client_certificate ON client (certificate);

CREATE TABLE client_token (
	token       {bytes} PRIMARY KEY,
	client      TEXT NOT NULL REFERENCES client(id),
	scopes      TEXT NOT NULL,
	ends        {int} NOT NULL,
	way         TEXT NOT NULL CHECK (way IN ('secret', 'assertion', 'certificate')),
	certificate {bytes} NOT NULL CHECK (length(certificate) IN (0, 32))
) {strict};

CREATE INDEX client_token_ends ON client_token (ends);
CREATE INDEX client_token_client ON client_token (client);

CREATE TABLE client_assertion (
	id   {bytes} PRIMARY KEY,
	ends {int} NOT NULL
) {strict};

CREATE INDEX client_assertion_ends ON client_assertion (ends);

CREATE TABLE client_event (
	id      TEXT PRIMARY KEY,
	at      {int} NOT NULL,
	client  TEXT NOT NULL REFERENCES client(id),
	what    TEXT NOT NULL CHECK (what IN ('added', 'confirmed', 'renewed', 'revoked', 'token', 'refused')),
	by_whom TEXT NOT NULL,
	remote  TEXT NOT NULL
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

	Added       calendar.Moment
	AddedBy     string          // an officer; "" for whoever holds the office's database
	Confirmed   calendar.Moment // 0: another administrator has still to confirm it
	ConfirmedBy string
	Seen        calendar.Moment // when it asked last, to the minute; 0 for never

	Proof string // how it has proven who it is, where it asks: BySecret, ...; "" of one that is looked up
}

// Holds reports whether a client may ask at a moment.
func (c *Client) Holds(at calendar.Moment) bool {
	return c.Confirmed != 0 && c.From <= at && (c.To == 0 || at < c.To) && c.Revoked == 0
}

// Waits reports whether a client was registered and waits for another administrator.
func (c *Client) Waits() bool { return c.Confirmed == 0 && c.Revoked == 0 }

// Subject is the client as policies are asked about it.
func (c *Client) Subject() access.Client {
	return access.Client{Office: c.Office, Scopes: c.Scopes, Proof: c.Proof}
}

// The ways in which a client proves who it is.
const (
	BySecret      = "secret" //nolint:gosec // a word
	ByAssertion   = "assertion"
	ByCertificate = "certificate"
)

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

// longestName of a system.
const longestName = 200

// Draft is a registration that was found good, and can be entered.
type Draft struct {
	Registration
	Secret string // told once; "" for none

	stored           []byte
	key, certificate string
}

func wrong(key string, args fault.Args) error { return fault.New(fault.Invalid, key, args) }

// Draft looks whether a registration can be entered, and draws its secret. A fault says what is wrong with it.
func (k *Keeper) Draft(r Registration) (*Draft, error) {
	d := &Draft{Registration: r, stored: []byte{}}
	d.Name = strings.TrimSpace(r.Name)
	d.Scopes = slices.Clone(r.Scopes)
	slices.Sort(d.Scopes)
	d.Scopes = slices.Compact(d.Scopes)
	switch {
	case !goodID.MatchString(r.ID):
		return nil, wrong("client.bad_id", fault.Args{"id": r.ID})
	case d.Name == "" || utf8.RuneCountInString(d.Name) > longestName || !db.Storable(d.Name):
		return nil, wrong("client.no_name", fault.Args{"most": longestName})
	case k.dir.Tree().Office(r.Office) == nil || k.dir.Tree().Office(r.Office).Closed != 0:
		return nil, wrong("client.no_office", fault.Args{"office": r.Office})
	case len(d.Scopes) == 0 || slices.ContainsFunc(d.Scopes, func(s string) bool { return !goodScope.MatchString(s) }):
		return nil, wrong("client.no_scopes", nil)
	case r.To != 0 && r.To <= r.From:
		return nil, wrong("client.ends_before", nil)
	case !r.WithSecret && r.Key == "" && r.Certificate == nil:
		return nil, wrong("client.no_proof", nil)
	}
	var err error
	if r.Key != "" {
		if d.key, err = publicKey(r.Key); err != nil {
			return nil, err
		}
	}
	if r.Certificate != nil {
		c, err := x509.ParseCertificate(r.Certificate)
		if err != nil {
			return nil, fault.New(fault.Invalid, "client.bad_certificate", nil).Because(err)
		}
		if short(c.PublicKey) {
			return nil, wrong("client.short_certificate", fault.Args{"bits": leastRSA})
		}
		d.certificate = fingerprint(c)
	}
	if r.WithSecret {
		d.Secret, d.stored = drawn()
	}
	return d, nil
}

// drawn is a new secret, and what is stored of it.
func drawn() (secret string, stored []byte) {
	secret = rand.Text() + rand.Text()
	return secret, hashed(secret)
}

const insertClient = `INSERT INTO client (id, name, office, scopes, secret, key, certificate, valid_from, valid_to, revoked, added, added_by, confirmed, confirmed_by, seen)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12, '', 0) ON CONFLICT (id) DO NOTHING`

// Writer writes something, together with its entry in the journal. What it is handed may be run more than once.
type Writer = func(context.Context, func(*db.Tx) error) error

// Register registers a drafted client for an administrator: it waits for another to confirm it. Conflict where its
// name was given before. Who may is asked by the caller, as of all that a Writer is given for.
func (k *Keeper) Register(ctx context.Context, write Writer, d *Draft, by string, now calendar.Moment) error {
	return write(ctx, func(tx *db.Tx) error { return enter(tx, d, by, now) })
}

// enter registers a client: by an officer, and then it waits; or by "", and then it may ask at once.
func enter(tx *db.Tx, d *Draft, by string, now calendar.Moment) error {
	confirmed := calendar.Moment(0)
	if by == "" {
		confirmed = now
	}
	n, err := tx.Exec(insertClient, d.ID, d.Name, d.Office, strings.Join(d.Scopes, " "), d.stored, d.key, d.certificate, d.From, d.To, now, by, confirmed)
	if err != nil {
		return fmt.Errorf("register a client: %w", err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "client.taken", fault.Args{"id": d.ID})
	}
	return record(tx, now, d.ID, "added", by, "")
}

// Add registers a client for whoever holds the office's database. The answer is
// its secret, if it is to have one, told once; it may ask at once. The errors are those of Draft and Register.
func (k *Keeper) Add(ctx context.Context, r Registration, now calendar.Moment) (secret string, err error) {
	d, err := k.Draft(r)
	if err != nil {
		return "", err
	}
	return d.Secret, k.db.Write(ctx, func(tx *db.Tx) error { return enter(tx, d, "", now) }, db.Repeatable)
}

// publicKey reads a JWK; it refuses private ones, and what cannot sign.
func publicKey(text string) (string, error) {
	var key jose.JSONWebKey
	if err := key.UnmarshalJSON([]byte(text)); err != nil {
		return "", fault.New(fault.Invalid, "client.bad_key", nil).Because(err)
	}
	if !key.Valid() || !key.IsPublic() {
		return "", wrong("client.bad_key", nil)
	}
	if short(key.Key) {
		return "", wrong("client.short_key", fault.Args{"bits": leastRSA})
	}
	out, err := key.MarshalJSON()
	return string(out), err
}

// leastRSA is how many bits an RSA key has that is as strong as the other keys here (128 bits, NIST SP 800-57).
const leastRSA = 3072

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
	confirmClient = `UPDATE client SET confirmed = $1, confirmed_by = $2 WHERE id = $3 AND confirmed = 0 AND revoked = 0`
	renewSecret   = `UPDATE client SET secret = $1 WHERE id = $2 AND revoked = 0 AND length(secret) > 0` //nolint:gosec // a column of that name, and no secret
	revokeClient  = `UPDATE client SET revoked = $1 WHERE id = $2 AND revoked = 0`
	endTokens     = `DELETE FROM client_token WHERE client = $1`
)

// None is told where there is no such client, or it is not the asker's to know of.
func None(id string) error { return fault.New(fault.NotFound, "client.none", fault.Args{"id": id}) }

// Confirm lets a client ask that another has registered. Forbidden to him; NotFound where none waits.
func (k *Keeper) Confirm(ctx context.Context, write Writer, c *Client, by string, now calendar.Moment) error {
	if by == c.AddedBy {
		return fault.New(fault.Forbidden, "client.second", nil)
	}
	return write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(confirmClient, now, by, c.ID)
		if err != nil {
			return fmt.Errorf("confirm a client: %w", err)
		}
		if n == 0 {
			return None(c.ID)
		}
		return record(tx, now, c.ID, "confirmed", by, "")
	})
}

// Renew gives a client that has a secret another, told once, and ends what was given for the former. NotFound where none runs that has one.
func (k *Keeper) Renew(ctx context.Context, write Writer, id, by string, now calendar.Moment) (secret string, err error) {
	secret, stored := drawn()
	return secret, write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(renewSecret, stored, id)
		if err != nil {
			return fmt.Errorf("renew a secret: %w", err)
		}
		if n == 0 {
			return None(id)
		}
		if _, err := tx.Exec(endTokens, id); err != nil {
			return err
		}
		return record(tx, now, id, "renewed", by, "")
	})
}

// Revoke ends a client for good, and its tokens, for whoever holds the office's database. NotFound where there is none that runs.
func (k *Keeper) Revoke(ctx context.Context, id string, now calendar.Moment) error {
	return k.db.Write(ctx, func(tx *db.Tx) error { return revoke(tx, id, "", now) }, db.Repeatable)
}

// RevokeBy is Revoke for an administrator.
func (k *Keeper) RevokeBy(ctx context.Context, write Writer, id, by string, now calendar.Moment) error {
	return write(ctx, func(tx *db.Tx) error { return revoke(tx, id, by, now) })
}

func revoke(tx *db.Tx, id, by string, now calendar.Moment) error {
	n, err := tx.Exec(revokeClient, now, id)
	if err != nil {
		return err
	}
	if n == 0 {
		return None(id)
	}
	if _, err := tx.Exec(endTokens, id); err != nil {
		return err
	}
	return record(tx, now, id, "revoked", by, "")
}

const insertEvent = `INSERT INTO client_event (id, at, client, what, by_whom, remote) VALUES ($1, $2, $3, $4, $5, $6)`

// record writes down what happened to a client, and who did it: "" for the client itself, or whoever holds the database.
func record(tx *db.Tx, now calendar.Moment, client, what, by, remote string) error {
	if _, err := tx.Exec(insertEvent, rand.Text(), now, client, what, by, remote); err != nil {
		return fmt.Errorf("record %s: %w", what, err)
	}
	return nil
}

// seenEvery: that a client asks is written down no more often than this.
const seenEvery = calendar.Minute

const touchClient = `UPDATE client SET seen = $1 WHERE id = $2 AND seen < $1`

// Saw notes that a client has asked.
func (k *Keeper) Saw(ctx context.Context, c *Client, now calendar.Moment) error {
	if now-c.Seen < seenEvery {
		return nil
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(touchClient, now, c.ID)
		return err
	}, db.Repeatable)
}

const columns = `c.id, c.name, c.office, c.scopes, c.secret, c.key, c.certificate, c.valid_from, c.valid_to, c.revoked, c.added, c.added_by, c.confirmed, c.confirmed_by, c.seen`

const (
	selectClients       = `SELECT ` + columns + ` FROM client c ORDER BY c.id`
	selectClient        = `SELECT ` + columns + ` FROM client c WHERE c.id = $1`
	selectByCertificate = `SELECT ` + columns + ` FROM client c WHERE c.certificate = $1 AND c.revoked = 0 ORDER BY c.id`
)

// scan reads a client, and the hash of its secret.
func scan(row interface{ Scan(...any) error }, more ...any) (c *Client, secret []byte, err error) {
	c = &Client{}
	var scopes string
	err = row.Scan(append([]any{&c.ID, &c.Name, &c.Office, &scopes, &secret, &c.Key, &c.Certificate, &c.From, &c.To, &c.Revoked, &c.Added, &c.AddedBy, &c.Confirmed, &c.ConfirmedBy, &c.Seen}, more...)...)
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
		if k.holds(c, now) {
			found = append(found, c)
		}
	}
	if err := rows.Err(); err != nil || len(found) != 1 {
		return nil, err
	}
	found[0].Proof = ByCertificate
	return found[0], nil
}

// One is a client by its name; nil where there is none.
func (k *Keeper) One(ctx context.Context, id string) (*Client, error) {
	c, _, err := k.find(ctx, id)
	return c, err
}

// holds reports whether a client may ask at a moment: it may itself, and its office is at work.
func (k *Keeper) holds(c *Client, at calendar.Moment) bool {
	o := k.dir.Tree().Office(c.Office)
	return c.Holds(at) && o != nil && o.Closed == 0
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
