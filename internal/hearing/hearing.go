// Package hearing keeps what is held when: a projection of the journal, made of its entries by a follower and made anew at any time.
//
// What is held follows from the law: a field of an act that appoints something. A moment that another takes the place of before it has come stands no
// more, and none does once the proceeding has come to its end; one that has come stays. Who holds it is whoever appointed it, and whoever the proceeding is given to before.
//
// A row tells that a proceeding is there and no sheet of it: an act of a class of sheets appoints nothing (lawload refuses it). Rows are given to those who may read the
// proceeding, asked within the query.
package hearing

import (
	"context"
	"encoding/json"
	"fmt"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fact"
	"nazorat/internal/follow"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
)

// Migrations of this package's table. at and ends are when it is held, as it is reckoned; replaced is the entry by which another moment took its place before it had come, 0 for none.
var Migrations = []db.Migration{{ID: "hearing/0001", SQL: `
CREATE TABLE hearing (
	office     TEXT NOT NULL,
	at         {int} NOT NULL,
	proceeding TEXT NOT NULL,
	seq        {int} NOT NULL,
	ends       {int} NOT NULL,
	act        TEXT NOT NULL,
	officer    TEXT NOT NULL,
	replaced   {int} NOT NULL,
	PRIMARY KEY (office, at, proceeding, seq)
) {strict};

CREATE INDEX hearing_proceeding ON hearing (proceeding, at);
`}}

// Calendar keeps the table. Safe for concurrent use.
type Calendar struct {
	db     *db.DB
	reader *proceedings.Reader
}

// Open keeps the table of a migrated database.
func Open(d *db.DB, k *proceedings.Reader) *Calendar { return &Calendar{d, k} }

// Follower is the calendar as it follows the journal.
func (c *Calendar) Follower() follow.Follower {
	return follow.Follower{Name: "hearing", Version: 2, Follow: c.Follow, Empty: c.Empty}
}

const (
	selectEntries = `SELECT e.proceeding, e.seq, e.law, e.edition, e.act, e.officer, e.office, e.done, e.form, e.effects FROM entry e WHERE e.leaf >= $1 AND e.leaf < $2 ORDER BY e.leaf`
	replace       = `UPDATE hearing SET replaced = $3 WHERE proceeding = $1 AND at > $2 AND replaced = 0`
	handOver      = `UPDATE hearing SET officer = $3 WHERE proceeding = $1 AND at > $2 AND replaced = 0`
	insert        = `INSERT INTO hearing (office, at, proceeding, seq, ends, act, officer, replaced) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)`
	empty         = `DELETE FROM hearing WHERE proceeding IN (SELECT proceeding FROM hearing LIMIT 5000)`
)

// entry is what the calendar reads of one.
type entry struct {
	proceeding, law, edition, act, officer, office string
	seq                                            int64
	done                                           calendar.Moment
	form                                           map[string]fact.JSON
	effects                                        []stored.Effect
}

// Follow writes what follows from the leaves [from, to): see follow.Follower.
func (c *Calendar) Follow(_ context.Context, tx *db.Tx, from, to int64) error {
	list, err := read(tx, from, to)
	if err != nil {
		return err
	}
	for i := range list {
		if err := c.take(tx, &list[i]); err != nil {
			return fmt.Errorf("entry %s/%d: %w", list[i].proceeding, list[i].seq, err)
		}
	}
	return nil
}

func read(tx *db.Tx, from, to int64) (out []entry, err error) {
	rows, err := tx.Query(selectEntries, from, to)
	if err != nil {
		return nil, fmt.Errorf("read entries: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var e entry
		var form, effects []byte
		if err := rows.Scan(&e.proceeding, &e.seq, &e.law, &e.edition, &e.act, &e.officer, &e.office, &e.done, &form, &effects); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(form, &e.form); err != nil {
			return nil, fmt.Errorf("entry %s/%d: form: %w", e.proceeding, e.seq, err)
		}
		if err := json.Unmarshal(effects, &e.effects); err != nil {
			return nil, fmt.Errorf("entry %s/%d: effects: %w", e.proceeding, e.seq, err)
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// take writes what follows from one entry. Of most nothing does.
func (c *Calendar) take(tx *db.Tx, e *entry) error {
	for i := range e.effects {
		switch x := &e.effects[i]; {
		case x.Effect == "charged" && x.Value != nil:
			if _, err := tx.Exec(handOver, e.proceeding, e.done, x.Value[1]); err != nil {
				return err
			}
		case x.Effect == "moved" && x.Thing == 0 && c.over(e, x.To):
			if _, err := tx.Exec(replace, e.proceeding, e.done, e.seq); err != nil {
				return err
			}
		}
	}
	at, ends, err := c.appoints(e)
	if at == 0 || err != nil {
		return err
	}
	if _, err := tx.Exec(replace, e.proceeding, e.done, e.seq); err != nil {
		return err
	}
	_, err = tx.Exec(insert, e.office, at, e.proceeding, e.seq, ends, e.act, e.officer)
	return err
}

// over reports whether a proceeding has come to its end in a state.
func (c *Calendar) over(e *entry, state string) bool {
	law := c.reader.Law(e.law)
	if law == nil || law.Edition(e.edition) == nil {
		return false
	}
	id := law.Names.States[0].Find(state)
	final := law.Edition(e.edition).Kinds[0].Final
	return id >= 0 && id < len(final) && final[id]
}

// appoints is from when until when what the act appoints is reckoned to be held; 0 where it appoints nothing.
func (c *Calendar) appoints(e *entry) (at, ends calendar.Moment, err error) {
	law := c.reader.Law(e.law)
	if law == nil || law.Edition(e.edition) == nil {
		return 0, 0, nil
	}
	rule := law.Edition(e.edition).Act(e.act)
	if rule == nil {
		return 0, 0, nil
	}
	for _, f := range rule.Form {
		if f == nil || f.Appoints.IsZero() {
			continue
		}
		j, given := e.form[f.Name]
		if !given {
			continue
		}
		v, err := fact.Decode(j)
		if err != nil {
			return 0, 0, err
		}
		unit := calendar.Hour
		if f.Appoints.Unit == calendar.Minutes {
			unit = calendar.Minute
		}
		return calendar.Moment(v.Num), calendar.Moment(v.Num) + calendar.Moment(f.Appoints.N)*unit, nil
	}
	return 0, 0, nil
}

// Empty takes away a bounded part of the calendar: see follow.Follower.
func (c *Calendar) Empty(_ context.Context, tx *db.Tx) (more bool, err error) {
	n, err := tx.Exec(empty)
	return n > 0, err
}
