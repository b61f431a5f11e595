package identity

import (
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/fault"
	"nazorat/internal/signin"
)

// Migrations of this package's tables. A proposal is decided by another than made it, or it binds nothing. A try is known by hashes of its state and of what its browser keeps.
var Migrations = []db.Migration{{ID: "identity/0001", SQL: `
CREATE TABLE officer_identity (
	issuer  TEXT NOT NULL,
	subject TEXT NOT NULL,
	officer TEXT NOT NULL REFERENCES officer(id),
	added   {int} NOT NULL,
	PRIMARY KEY (issuer, subject)
) {strict};

CREATE INDEX officer_identity_officer ON officer_identity (officer);

CREATE TABLE identity_proposal (
	id          TEXT PRIMARY KEY,
	issuer      TEXT NOT NULL,
	subject     TEXT NOT NULL,
	officer     TEXT NOT NULL REFERENCES officer(id),
	proposed_by TEXT NOT NULL REFERENCES officer(id),
	proposed    {int} NOT NULL,
	ends        {int} NOT NULL,
	decided_by  TEXT REFERENCES officer(id),
	decided     {int} NOT NULL,
	bound       {int} NOT NULL CHECK (bound IN (0, 1)),
	CHECK (proposed_by <> officer AND (bound = 0 OR decided_by IS NOT NULL AND decided_by <> officer AND decided_by <> proposed_by))
) {strict};

CREATE INDEX identity_proposal_officer ON identity_proposal (officer, decided);
CREATE INDEX identity_proposal_ends ON identity_proposal (ends);

CREATE TABLE provider_try (
	state   {bytes} PRIMARY KEY,
	browser {bytes} NOT NULL,
	session TEXT NOT NULL,
	next    TEXT NOT NULL,
	remote  TEXT NOT NULL,
	ends    {int} NOT NULL
) {strict};

CREATE INDEX provider_try_ends ON provider_try (ends);
CREATE INDEX provider_try_remote ON provider_try (remote);
`}}

// Identity is who an officer is to a provider.
type Identity struct {
	Login   string
	Subject string
}

const (
	longestSubject = 255 // as OpenID Connect has it
	mostIdentities = 100_000
)

const selectIdentity = `SELECT officer FROM officer_identity WHERE issuer = $1 AND subject = $2`

// officer whose identity this is; Forbidden where it is nobody's.
func (p *Provider) officer(ctx context.Context, subject string) (id string, err error) {
	err = p.db.QueryRow(ctx, selectIdentity, p.Issuer, subject).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fault.New(fault.Forbidden, "provider.nobody", nil)
	}
	if err != nil {
		return "", fmt.Errorf("read an identity: %w", err)
	}
	return id, nil
}

const countIdentities = `SELECT count(*) FROM officer_identity WHERE issuer = $1 AND officer = $2`

// Has reports whether an officer can prove who he is by this provider.
func (p *Provider) Has(ctx context.Context, officer string) (bool, error) {
	var n int
	if err := p.db.QueryRow(ctx, countIdentities, p.Issuer, officer).Scan(&n); err != nil {
		return false, fmt.Errorf("look for an identity: %w", err)
	}
	return n > 0, nil
}

// ReadIdentities reads a list as CSV: a line for each, a login and what the
// provider's claim says of its officer. The first line says login,subject.
func ReadIdentities(r io.Reader) ([]Identity, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord, in.TrimLeadingSpace = 2, true
	head, err := in.Read()
	if err != nil || strings.TrimPrefix(head[0], "\ufeff") != "login" || head[1] != "subject" {
		return nil, errors.New("identities: line 1: want login,subject")
	}
	var out []Identity
	for {
		line, err := in.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("identities: %w", err)
		}
		n, _ := in.FieldPos(0)
		i := Identity{Login: directory.Login(line[0]), Subject: strings.TrimSpace(line[1])}
		switch {
		case i.Login == "" || i.Subject == "" || len(i.Subject) > longestSubject || !db.Storable(i.Login) || !db.Storable(i.Subject):
			return nil, fmt.Errorf("identities: line %d: want a login and a subject", n)
		case len(out) == mostIdentities:
			return nil, fmt.Errorf("identities: more than %d", mostIdentities)
		}
		out = append(out, i)
	}
}

var insertIdentities = db.NewRows(`INSERT INTO officer_identity (issuer, subject, officer, added)`, 4, "")

const (
	selectOfficers = `SELECT login, id FROM officer`
	selectSubjects = `SELECT subject, officer FROM officer_identity WHERE issuer = $1`
	deleteIdentity = `DELETE FROM officer_identity WHERE issuer = $1 AND officer = (SELECT id FROM officer WHERE login = $2)`
	listIdentities = `SELECT o.login, i.subject FROM officer_identity i JOIN officer o ON o.id = i.officer WHERE i.issuer = $1 ORDER BY o.login, i.subject`
)

// Import says which identities of a provider are whose, all or none; those that
// are there already stay. It gives how many were added. Errors: NotFound for a
// login that nobody has, Conflict for an identity that is another's.
func Import(ctx context.Context, d *db.DB, issuer string, list []Identity, now calendar.Moment) (added int, err error) {
	err = d.Write(ctx, func(tx *db.Tx) error {
		added = 0
		officers, err := pairs(tx, selectOfficers)
		if err != nil {
			return err
		}
		owners, err := pairs(tx, selectSubjects, issuer)
		if err != nil {
			return err
		}
		var rows []any
		var whose []string
		for _, i := range list {
			officer, there := officers[i.Login]
			if !there {
				return fault.New(fault.NotFound, "officer.none", fault.Args{"login": i.Login})
			}
			owner, taken := owners[i.Subject]
			if taken && owner != officer {
				return fault.New(fault.Conflict, "provider.taken", fault.Args{"login": i.Login})
			}
			if taken {
				continue
			}
			owners[i.Subject] = officer
			rows, whose = append(rows, issuer, i.Subject, officer, now), append(whose, officer)
		}
		added = len(whose)
		if added == 0 {
			return nil
		}
		if _, err := tx.ExecRows(insertIdentities, rows); err != nil {
			return err
		}
		return signin.Record(tx, now, signin.IdentityAdded, whose)
	}, db.Repeatable)
	if err != nil {
		return 0, fmt.Errorf("import identities: %w", err)
	}
	return added, nil
}

// pairs reads a list of two columns.
func pairs(tx *db.Tx, text string, args ...any) (map[string]string, error) {
	rows, err := tx.Query(text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var key, value string
		if err := rows.Scan(&key, &value); err != nil {
			return nil, err
		}
		out[key] = value
	}
	return out, rows.Err()
}

// Remove takes from an officer all his identities of a provider, and ends the sessions
// that he began by it. NotFound where he has none.
func Remove(ctx context.Context, d *db.DB, issuer, login string, now calendar.Moment) error {
	login = directory.Login(login)
	return d.Write(ctx, func(tx *db.Tx) error {
		officers, err := pairs(tx, selectOfficers)
		if err != nil {
			return err
		}
		n, err := tx.Exec(deleteIdentity, issuer, login)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "provider.none", fault.Args{"login": login})
		}
		if err := signin.EndByWay(tx, officers[login], signin.ByProvider); err != nil {
			return err
		}
		return signin.Record(tx, now, signin.IdentityRemoved, []string{officers[login]})
	}, db.Repeatable)
}

// List gives all identities of a provider, by login.
func List(ctx context.Context, d *db.DB, issuer string) ([]Identity, error) {
	rows, err := d.Query(ctx, listIdentities, issuer)
	if err != nil {
		return nil, fmt.Errorf("list identities: %w", err)
	}
	defer rows.Close()
	var out []Identity
	for rows.Next() {
		var i Identity
		if err := rows.Scan(&i.Login, &i.Subject); err != nil {
			return nil, err
		}
		out = append(out, i)
	}
	return out, rows.Err()
}
