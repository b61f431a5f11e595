package proceedings_test

import (
	"testing"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/proceedings"
)

// Whoever is told that there is no such proceeding is told so after as much work, whether there is one or not.
func TestPoliciesAreAskedAboutWhatIsNotThereToo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		d, dir := bare(t, location)
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO proceeding (id, law, number, office, supervisor, in_charge, root_state, title, version, edition, opened, changed, head, state)
VALUES ('there', 'uz/criminal', '1721-2026-000001', 'iib-1', 'pr-1', '', 'report', '', 1, '', 1, 1, $1, '{}')`, make([]byte, 32))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		k := proceedings.Open(d, dir, nil, proceedings.Options{Now: noon, Policies: policies(t)})
		for id, number := range map[string]string{"there": "1721-2026-000001", "missing": "1721-2026-000002"} {
			byID, byNumber, err := k.Weighed(t.Context(), id, number)
			if err != nil || byID != 1 || byNumber != 1 {
				t.Errorf("%s: the policies were asked %d and %d times, %v", id, byID, byNumber, err)
			}
		}
	})
}
