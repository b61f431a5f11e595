package proceedings_test

import (
	"os"
	"strings"
	"testing"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
)

// A page of escalations looks at a range of an index for each term, however much there is.
func TestEscalationsAreFoundByAnIndex(t *testing.T) {
	t.Parallel()
	court, _, err := lawload.Load(os.DirFS("../docket/testdata/laws"), "xx/court")
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, location string) {
		d, dir := bare(t, location)
		k := proceedings.Open(d, dir, []*procedure.Law{court}, proceedings.Options{Now: noon})
		for i, supers := range [][]string{{"pr-1"}, {"pr-1", "pr-2"}} {
			text, args := k.EscalatedQuery("prosecutor", supers)
			all := plan(t, d, text, args...)
			want := []string{"COVERING INDEX deadline_steps_office (law=? AND term=? AND supervisor=? AND (due", "COVERING INDEX deadline_steps (law=? AND term=? AND (due"}[i]
			bad := "SCAN d"
			if d.Dialect.Name == db.Postgres.Name {
				want, bad = "Index Only Scan using deadline_steps", "Sort  (" // which of the two depends on how many rows there are
			}
			if strings.Contains(all, bad) || !strings.Contains(all, want) {
				t.Errorf("%d supervising offices:\n%s", len(supers), all)
			}
		}
	})
}
