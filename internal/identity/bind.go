package identity

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/fault"
	"nazorat/internal/signin"
)

// Whoever says that an identity is an officer's can sign in as him, if the identity is his own. So administrators do
// it by two: one proposes, another confirms, neither for himself. Who may is asked by the caller, and his Writer puts an
// entry of the journal into the same transaction.

// Writer writes something, together with its entry in the journal. What it is handed may be run more than once.
type Writer = func(context.Context, func(*db.Tx) error) error

// ProposalEnd is how long a proposed identity waits for another administrator.
const ProposalEnd = 7 * 24 * calendar.Hour

// Held is an officer with an identity, or without any.
type Held struct {
	Officer directory.Officer
	Subject string // "" for none
	Added   calendar.Moment
}

// Proposal is an identity that somebody says is an officer's, and nobody has confirmed.
type Proposal struct {
	ID      string
	Subject string
	Officer directory.Officer
	By      string // an officer
	At      calendar.Moment
	Ends    calendar.Moment
}

// mostListed bounds a list of one office.
const mostListed = 1000

const selectHeld = `SELECT o.id, o.name, o.login, coalesce(i.subject, ''), coalesce(i.added, 0) FROM officer o
LEFT JOIN officer_identity i ON i.officer = o.id AND i.issuer = $1
WHERE EXISTS (SELECT 1 FROM mandate m WHERE m.officer = o.id AND m.office = $2 AND m.valid_from <= $3 AND (m.valid_to = 0 OR m.valid_to > $3))
ORDER BY o.name, o.id, i.subject LIMIT $4`

// Of lists the officers of an office with their identities of this provider, by name; at most 1000 lines.
// The caller has made sure that whoever asks may see them.
func (p *Provider) Of(ctx context.Context, office string, now calendar.Moment) ([]Held, error) {
	rows, err := p.db.Query(ctx, selectHeld, p.Issuer, office, now, mostListed)
	if err != nil {
		return nil, fmt.Errorf("list identities: %w", err)
	}
	defer rows.Close()
	var out []Held
	for rows.Next() {
		var h Held
		if err := rows.Scan(&h.Officer.ID, &h.Officer.Name, &h.Officer.Login, &h.Subject, &h.Added); err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, rows.Err()
}

const (
	selectProposal  = `SELECT p.id, p.subject, o.id, o.name, o.login, p.proposed_by, p.proposed, p.ends FROM identity_proposal p JOIN officer o ON o.id = p.officer `
	proposalByID    = selectProposal + `WHERE p.id = $1 AND p.issuer = $2 AND p.decided = 0 AND p.ends > $3`
	proposalsWithin = selectProposal + `WHERE p.issuer = $1 AND p.decided = 0 AND p.ends > $2 AND EXISTS (SELECT 1 FROM mandate m WHERE m.officer = p.officer
AND m.valid_from <= $2 AND (m.valid_to = 0 OR m.valid_to > $2) AND m.office IN `
	oldestProposals = `) ORDER BY p.ends, p.id LIMIT 100`
)

func (x *Proposal) into() []any {
	return []any{&x.ID, &x.Subject, &x.Officer.ID, &x.Officer.Name, &x.Officer.Login, &x.By, &x.At, &x.Ends}
}

// Proposals lists what waits to be confirmed of officers of some offices, the oldest first; at most 100.
func (p *Provider) Proposals(ctx context.Context, offices []string, now calendar.Moment) ([]Proposal, error) {
	if len(offices) == 0 {
		return nil, nil
	}
	keys := db.Keys(offices)
	rows, err := p.db.Query(ctx, proposalsWithin+db.In(len(keys), 3)+oldestProposals, append([]any{p.Issuer, now}, keys...)...)
	if err != nil {
		return nil, fmt.Errorf("list proposals: %w", err)
	}
	defer rows.Close()
	var out []Proposal
	for rows.Next() {
		var x Proposal
		if err := rows.Scan(x.into()...); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, rows.Err()
}

// NoProposal is told where nothing waits: there is none, it was decided, or it is not the asker's to decide.
func NoProposal() error { return fault.New(fault.NotFound, "provider.no_proposal", nil) }

// Proposal that waits to be confirmed; NotFound if there is none.
func (p *Provider) Proposal(ctx context.Context, id string, now calendar.Moment) (*Proposal, error) {
	var x Proposal
	err := p.db.QueryRow(ctx, proposalByID, id, p.Issuer, now).Scan(x.into()...)
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, db.ErrText) {
		return nil, NoProposal()
	}
	if err != nil {
		return nil, fmt.Errorf("read a proposal: %w", err)
	}
	return &x, nil
}

// Subject is an identity as it is stored, however it was typed; Invalid where it can be none.
func Subject(typed string) (string, error) {
	s := strings.TrimSpace(typed)
	if s == "" || len(s) > longestSubject || !db.Storable(s) {
		return "", fault.New(fault.Invalid, "provider.subject", fault.Args{"most": longestSubject})
	}
	return s, nil
}

const (
	closeProposal  = `UPDATE identity_proposal SET decided = $1, decided_by = $2 WHERE issuer = $3 AND officer = $4 AND subject = $5 AND decided = 0`
	insertProposal = `INSERT INTO identity_proposal (id, issuer, subject, officer, proposed_by, proposed, ends, decided_by, decided, bound) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, 0, 0)`
	confirmOne     = `UPDATE identity_proposal SET decided = $1, decided_by = $2, bound = 1 WHERE id = $3 AND decided = 0 AND ends > $1`
	refuseOne      = `UPDATE identity_proposal SET decided = $1, decided_by = $2 WHERE id = $3 AND decided = 0 AND ends > $1`
	insertOne      = `INSERT INTO officer_identity (issuer, subject, officer, added) VALUES ($1, $2, $3, $4) ON CONFLICT (issuer, subject) DO NOTHING`
	removeOne      = `DELETE FROM officer_identity WHERE issuer = $1 AND officer = $2 AND subject = $3`
)

// free reports why an identity cannot become an officer's: it is his, or another's.
func (p *Provider) free(tx *db.Tx, subject, officer string) error {
	var owner string
	switch err := tx.QueryRow(selectIdentity, p.Issuer, subject).Scan(&owner); {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("read an identity: %w", err)
	case owner == officer:
		return fault.New(fault.Conflict, "provider.has_it", nil)
	}
	return fault.New(fault.Conflict, "provider.taken", nil)
}

// Propose says that an identity is an officer's; it opens nothing until another has confirmed it. One that waits
// already is put in its place. Conflict where it is his, or another's.
func (p *Provider) Propose(ctx context.Context, write Writer, subject, officer, by string, now calendar.Moment) error {
	id := rand.Text()
	return write(ctx, func(tx *db.Tx) error {
		if err := tx.Alone("identity of " + officer); err != nil {
			return err
		}
		if err := p.free(tx, subject, officer); err != nil {
			return err
		}
		if _, err := tx.Exec(closeProposal, now, by, p.Issuer, officer, subject); err != nil {
			return err
		}
		if _, err := tx.Exec(insertProposal, id, p.Issuer, subject, officer, by, now, now+ProposalEnd); err != nil {
			return fmt.Errorf("propose an identity: %w", err)
		}
		return signin.RecordBy(tx, now, signin.IdentityProposed, officer, by)
	})
}

// Confirm makes a proposed identity the officer's. Forbidden to whoever proposed it; NotFound where somebody
// was quicker; Conflict where it is another's by now.
func (p *Provider) Confirm(ctx context.Context, write Writer, x *Proposal, by string, now calendar.Moment) error {
	if by == x.By || by == x.Officer.ID {
		return fault.New(fault.Forbidden, "provider.second", nil)
	}
	return write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(confirmOne, now, by, x.ID)
		if err != nil {
			return fmt.Errorf("confirm an identity: %w", err)
		}
		if n == 0 {
			return NoProposal()
		}
		if err := p.free(tx, x.Subject, x.Officer.ID); err != nil {
			return err
		}
		if n, err = tx.Exec(insertOne, p.Issuer, x.Subject, x.Officer.ID, now); err != nil {
			return fmt.Errorf("add an identity: %w", err)
		}
		if n == 0 {
			return fault.New(fault.Conflict, "provider.taken", nil)
		}
		return signin.RecordBy(tx, now, signin.IdentityAdded, x.Officer.ID, by)
	})
}

// Refuse ends a proposal. NotFound where there is none any more.
func (p *Provider) Refuse(ctx context.Context, write Writer, x *Proposal, by string, now calendar.Moment) error {
	return write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(refuseOne, now, by, x.ID)
		if err != nil {
			return fmt.Errorf("refuse an identity: %w", err)
		}
		if n == 0 {
			return NoProposal()
		}
		return signin.RecordBy(tx, now, signin.IdentityRefused, x.Officer.ID, by)
	})
}

// Unbind takes an identity from an officer, and ends the sessions that he began by this provider. NotFound where it is not his.
func (p *Provider) Unbind(ctx context.Context, write Writer, subject, officer, by string, now calendar.Moment) error {
	return write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(removeOne, p.Issuer, officer, subject)
		if err != nil {
			return fmt.Errorf("remove an identity: %w", err)
		}
		if n == 0 {
			return fault.New(fault.NotFound, "provider.not_his", nil)
		}
		if err := signin.EndByWay(tx, officer, signin.ByProvider); err != nil {
			return err
		}
		return signin.RecordBy(tx, now, signin.IdentityRemoved, officer, by)
	})
}
