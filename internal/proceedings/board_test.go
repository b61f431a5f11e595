package proceedings_test

import (
	"strings"
	"testing"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/proceedings"
)

// What a board takes back, as it is closed to its reader, is looked up among what is closed: not among all that runs, or all that an officer ever had.
func TestABoardLooksAtWhatIsClosedByIndexesOfIt(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		d, dir := bare(t, location)
		k := proceedings.Open(d, dir, nil, proceedings.Options{Now: noon})
		want := []string{"INDEX deadline_closed (secrecy>?)", "INDEX proceeding_closed (in_charge=? AND secrecy>?)"}
		if d.Dialect.Name == db.Postgres.Name {
			want = []string{"deadline_closed", "proceeding_closed"}
		}
		for i, q := range k.ClosedQueries([]string{"iib-1", "pr-1"}) {
			if all := plan(t, d, q.Text, q.Args...); !strings.Contains(all, want[i]) {
				t.Errorf("not by %s:\n%s", want[i], all)
			}
		}
	})
}
