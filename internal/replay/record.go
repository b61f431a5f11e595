package replay

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
)

// What follows reads the journal as whoever verifies it does: in the order of its
// leaves, in canonical bytes, without any law.

const (
	recordColumns = `e.leaf, p.number, e.proceeding, e.seq, e.law, e.edition, e.act, e.thing, e.officer, e.role, e.mandate, e.office, e.client, e.done, e.recorded,
e.form, e.cargo, e.effects, e.previous, e.hash, e.salt`
	selectRecords  = `SELECT ` + recordColumns + ` FROM entry e JOIN proceeding p ON p.id = e.proceeding WHERE e.leaf >= $1 AND e.leaf < $2 ORDER BY e.leaf`
	selectRecordOf = `SELECT ` + recordColumns + ` FROM entry e JOIN proceeding p ON p.id = e.proceeding WHERE p.number = $1 AND e.seq = $2`
)

// Records gives the entries from one leaf up to and without another, in their
// order. An entry whose salt is gone is given by its leaf only. The record and what
// is in it are f's alone.
func Records(ctx context.Context, d *db.DB, from, to int64, f func(*journal.Record) error) error {
	bulk, err := d.Bulk()
	if err != nil {
		return err
	}
	defer func() { _ = bulk.Close() }() // what was read was read
	rows, err := bulk.Query(ctx, selectRecords, from, to)
	if err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	defer rows.Close()
	var s recordScan
	for rows.Next() {
		r, err := s.scan(rows)
		if err != nil {
			return err
		}
		if err := f(r); err != nil {
			return err
		}
	}
	return rows.Err()
}

// RecordAt gives the entry that is this leaf; fault.NotFound if there is none.
func RecordAt(ctx context.Context, d *db.DB, leaf int64) (*journal.Record, error) {
	return record(d.QueryRow(ctx, selectRecords, leaf, leaf+1))
}

// RecordOf gives an entry of the proceeding with this number; fault.NotFound if there is none.
func RecordOf(ctx context.Context, d *db.DB, number string, seq int64) (*journal.Record, error) {
	return record(d.QueryRow(ctx, selectRecordOf, number, seq))
}

func record(row db.Row) (*journal.Record, error) {
	var s recordScan
	r, err := s.scan(row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "journal.no_entry", nil)
	}
	return r, err
}

// recordScan reads rows of entries.
type recordScan struct {
	e                    journal.Entry
	form, cargo, effects []byte
	previous, leaf, salt []byte
	done, recorded       int64
}

func (s *recordScan) scan(row db.Row) (*journal.Record, error) {
	var r journal.Record
	e := &s.e
	err := row.Scan(&r.At, &r.Number, &e.Proceeding, &e.Seq, &e.Law, &e.Edition, &e.Act, &e.Thing, &e.Officer, &e.Role, &e.Mandate, &e.Office, &e.Client, &s.done, &s.recorded,
		&s.form, &s.cargo, &s.effects, &s.previous, &s.leaf, &s.salt)
	if err != nil {
		return nil, fmt.Errorf("read an entry: %w", err)
	}
	broken := func(err error) (*journal.Record, error) {
		return nil, fmt.Errorf("entry %s/%d, leaf %d: %w", r.Number, e.Seq, r.At, err)
	}
	if r.Leaf, err = journal.HashOf(s.leaf); err != nil {
		return broken(err)
	}
	if len(s.salt) == 0 {
		r.Number = ""
		return &r, nil
	}
	if r.Salt, err = journal.SaltOf(s.salt); err != nil {
		return broken(err)
	}
	if e.Previous, err = journal.HashOf(s.previous); err != nil {
		return broken(err)
	}
	e.Format, e.Done, e.Recorded, e.Cargo = journal.Format, calendar.Moment(s.done), calendar.Moment(s.recorded), s.cargo
	r.Canonical = e.AppendCanonical(make([]byte, 0, 512+len(s.form)+len(s.cargo)+len(s.effects)), s.form, s.effects)
	return &r, nil
}
