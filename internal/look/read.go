package look

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/journal"
	"nazorat/internal/replay"
)

const (
	lookColumns = `l.leaf, l.n, l.at, l.kind, l.page, l.proceeding, l.thing, l.about, l.shown, l.namesakes, l.officer, l.role, l.mandate, l.office, l.basis, l.purpose, l.serves, l.why, l.emergency`
	behindIt    = ` AND (l.at, l.leaf, l.n) < ($2, $3, $4) ORDER BY l.at DESC, l.leaf DESC, l.n DESC LIMIT $5`

	selectOf      = `SELECT ` + lookColumns + ` FROM look l WHERE l.proceeding = $1 AND l.proceeding <> ''` + behindIt
	selectBy      = `SELECT ` + lookColumns + ` FROM look l WHERE l.officer = $1` + behindIt
	selectJournal = `SELECT ` + lookColumns + `, l.hash, l.salt FROM look l WHERE l.leaf >= $1 AND l.leaf < $2 ORDER BY l.leaf, l.n`
)

func (p *Past) into() []any {
	return []any{&p.Leaf, &p.N, &p.At, &p.Kind, &p.Page, &p.Proceeding, &p.Thing, &p.About, &p.Shown, &p.Namesakes, &p.Officer, &p.Role, &p.Mandate, &p.Office,
		&p.Basis, &p.Purpose, &p.Serves, &p.Why, &p.Emergency}
}

// Of lists the looks at a proceeding, the newest first. The caller has made sure that whoever asks may see them.
func (k *Keeper) Of(ctx context.Context, proceeding string, after After, limit int) ([]Past, error) {
	return k.list(ctx, selectOf, proceeding, after, limit)
}

// By lists the looks of an officer, the newest first. The caller has made sure that whoever asks may see them.
func (k *Keeper) By(ctx context.Context, officer string, after After, limit int) ([]Past, error) {
	return k.list(ctx, selectBy, officer, after, limit)
}

func (k *Keeper) list(ctx context.Context, text, of string, after After, limit int) ([]Past, error) {
	if after.At == 0 {
		after.At = calendar.Moment(1) << 62
	}
	rows, err := k.db.Query(ctx, text, of, after.At, after.Leaf, after.N, limit)
	if errors.Is(err, db.ErrText) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read looks: %w", err)
	}
	defer rows.Close()
	var out []Past
	for rows.Next() {
		var p Past
		if err := rows.Scan(p.into()...); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// Records gives the leaves of the journal from one up to and without another, in their
// order, entries and looks, as replay.Records gives entries: for whoever verifies.
// Of leaves that came after it began some may be left out.
func Records(ctx context.Context, d *db.DB, from, to int64, f func(*journal.Record) error) error {
	bulk, err := d.Bulk()
	if err != nil {
		return err
	}
	defer func() { _ = bulk.Close() }() // what was read was read
	rows, err := bulk.Query(ctx, selectJournal, from, to)
	if err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	defer rows.Close()
	c := &cursor{rows: rows}
	if err := c.next(); err != nil {
		return err
	}
	err = replay.Records(ctx, d, from, to, func(r *journal.Record) error {
		if err := c.upTo(r.At, f); err != nil {
			return err
		}
		return f(r)
	})
	if err != nil {
		return err
	}
	if err := c.upTo(to, f); err != nil {
		return err
	}
	return rows.Err()
}

// RecordAt gives the leaf of that number; fault.NotFound if there is none.
func RecordAt(ctx context.Context, d *db.DB, at int64) (r *journal.Record, err error) {
	err = Records(ctx, d, at, at+1, func(x *journal.Record) error { r = x; return nil })
	if r == nil && err == nil {
		return replay.RecordAt(ctx, d, at)
	}
	return r, err
}

// cursor reads the leaves of looks one after the other.
type cursor struct {
	rows *sql.Rows
	have *journal.Record // the leaf of the look that was read; nil: there are no more
	look journal.SealedLook
}

// next reads the next look, and which leaf it is of.
func (c *cursor) next() error {
	c.have = nil
	if !c.rows.Next() {
		return c.rows.Err()
	}
	var p Past
	var hash, salt []byte
	if err := c.rows.Scan(append(p.into(), &hash, &salt)...); err != nil {
		return fmt.Errorf("read looks: %w", err)
	}
	var s journal.SealedLook
	var err error
	if s.Hash, err = journal.HashOf(hash); err != nil {
		return fmt.Errorf("leaf %d, look %d: %w", p.Leaf, p.N, err)
	}
	if len(salt) > 0 { // else it was erased
		if s.Salt, err = journal.SaltOf(salt); err != nil {
			return fmt.Errorf("leaf %d, look %d: %w", p.Leaf, p.N, err)
		}
		s.Canonical = p.AppendCanonical(nil)
	}
	c.have, c.look = &journal.Record{At: p.Leaf}, s
	return nil
}

// upTo gives f all leaves of looks before a number.
func (c *cursor) upTo(leaf int64, f func(*journal.Record) error) error {
	for c.have != nil && c.have.At < leaf {
		r := c.have
		for c.have != nil && c.have.At == r.At {
			r.Looks = append(r.Looks, c.look)
			if err := c.next(); err != nil {
				return err
			}
		}
		hashes := make([]journal.Hash, len(r.Looks))
		for i := range r.Looks {
			hashes[i] = r.Looks[i].Hash
		}
		r.Leaf = journal.CommitLooks(hashes)
		if err := f(r); err != nil {
			return err
		}
	}
	return nil
}
