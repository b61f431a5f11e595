package proceedings

import (
	"context"
	"fmt"

	"nazorat/internal/db"
)

// Numbers gives the numbers of proceedings by id; those not known are left out. It asks nobody who he is: the
// caller has made sure that the asker may know of these.
func (k *Reader) Numbers(ctx context.Context, ids []string) (map[string]string, error) {
	out := map[string]string{}
	var known []string
	for _, id := range ids {
		if _, seen := out[id]; id != "" && !seen {
			out[id] = ""
			known = append(known, id)
		}
	}
	if len(known) == 0 {
		return out, nil
	}
	args := db.Keys(known)
	rows, err := k.db.Query(ctx, `SELECT id, number FROM proceeding WHERE id IN `+db.In(len(args), 1), args...)
	if err != nil {
		return nil, fmt.Errorf("read numbers: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, number string
		if err := rows.Scan(&id, &number); err != nil {
			return nil, err
		}
		out[id] = number
	}
	return out, rows.Err()
}
