package notice_test

import (
	"strings"
	"testing"

	"nazorat/internal/db"
	"nazorat/internal/notice"
)

// plan is how the database would look for something.
func plan(t *testing.T, d *db.DB, text string, args ...any) string {
	t.Helper()
	var plan []string
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		explain, into := "EXPLAIN QUERY PLAN ", make([]any, 4)
		if d.Dialect.Name == db.Postgres.Name {
			explain, into = "EXPLAIN ", make([]any, 1)
			// Next to no rows are there: without this the server would rightly read them all.
			if _, err := tx.Exec(`SET LOCAL enable_seqscan = off`); err != nil {
				return err
			}
		}
		rows, err := tx.Query(explain+text, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var detail string
			for i := range into {
				into[i] = new(any)
			}
			into[len(into)-1] = &detail
			if err := rows.Scan(into...); err != nil {
				return err
			}
			plan = append(plan, detail)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(plan, "\n")
}

func TestTheInboxAndTheOutboxAreReadByIndexes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for text, args := range notice.Queries() {
			all := plan(t, h.db, text, args...)
			for _, bad := range []string{"SCAN n", "SCAN message\n", "SCAN message USING INDEX sqlite", "Seq Scan"} {
				if strings.Contains(all+"\n", bad) {
					t.Errorf("%s\n%s", text, all)
				}
			}
			if strings.Contains(text, "SELECT count(*) FROM (SELECT 1 FROM notice") && !strings.Contains(all, "notice_new") {
				t.Errorf("what every page's header asks is not read by the index of what is new:\n%s", all)
			}
			if strings.Contains(text, "noted = 0 ORDER") && strings.Contains(all, "TEMP B-TREE") {
				t.Errorf("what is new is sorted:\n%s", all)
			}
		}
	})
}
