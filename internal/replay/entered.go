package replay

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"nazorat/internal/directory"
	"nazorat/internal/stored"
)

// Few entries of an office enter anything, and no index finds them: this reads the whole journal.
const selectEntered = `SELECT proceeding, seq, officer, recorded, effects FROM entry WHERE effects LIKE '%"entered"%' ORDER BY leaf`

// Entered gives all that acts entered into the directory, in the order of the journal, for who holds it against the tables.
func (k *Replay) Entered(ctx context.Context, f func(directory.Entry) error) error {
	bulk, err := k.db.Bulk()
	if err != nil {
		return err
	}
	defer func() { _ = bulk.Close() }() // what was read was read
	rows, err := bulk.Query(ctx, selectEntered)
	if err != nil {
		return fmt.Errorf("read what acts entered: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scanEntered(rows, f); err != nil {
			return err
		}
	}
	return rows.Err()
}

func scanEntered(rows *sql.Rows, f func(directory.Entry) error) error {
	var e directory.Entry
	var text []byte
	if err := rows.Scan(&e.Proceeding, &e.Seq, &e.By, &e.At, &text); err != nil {
		return err
	}
	var effects []stored.Effect
	err := json.Unmarshal(text, &effects)
	if err != nil {
		return fmt.Errorf("entry %s/%d: %w", e.Proceeding, e.Seq, err)
	}
	for i := range effects {
		if effects[i].Record == nil {
			continue
		}
		if e.Record, err = stored.DecodeRecord(effects[i].Record); err != nil {
			return fmt.Errorf("entry %s/%d: %w", e.Proceeding, e.Seq, err)
		}
		e.Thing = effects[i].Thing
		if err := f(e); err != nil {
			return err
		}
	}
	return nil
}
