package proceedings_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/fault"
	"nazorat/internal/proceedings"
)

// Whatever the service, the mandate and the policies: who is held is listed where the proceeding could be read by itself, and nowhere else;
// page by page as at once, the earliest end first.
func TestWhoIsHeldIsListedAsFarAsProceedingsMayBeRead(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]*access.Policies{"as they are": policies(t), "of a test": strict(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, location string) {
				a := drawn(t, location, p, 11)
				must(t, a.db.Write(t.Context(), func(tx *db.Tx) error {
					_, err := tx.Exec(`UPDATE deadline SET breach = 'release' WHERE no = 2`)
					return err
				}))
				a.compareHeld(t)
			})
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (a *anywhere) compareHeld(t *testing.T) {
	t.Helper()
	ctx, tree := context.Background(), a.dir.Tree()
	shown, left := map[string]int{}, 0
	for range 25 {
		who := access.Actor{Officer: one(a.r, anybody[1:]), Role: one(a.r, anyRole), Office: one(a.r, a.offices)}
		may := make([]bool, len(a.proceedings))
		for i := range may {
			_, err := a.ByNumber(ctx, who, fmt.Sprint(i))
			if may[i] = err == nil; err != nil && !fault.Is(err, fault.NotFound) {
				t.Fatal(err)
			}
		}
		for _, office := range a.offices {
			if !a.MayList(who, office) {
				continue
			}
			under, way := a.MayListUnder(who, office), "owes"
			holds := func(d *proceedings.Deadline, _ *access.Resource) bool { return d.Office == office }
			switch {
			case len(tree.Children(office)) > 0:
				way = "below"
				holds = func(d *proceedings.Deadline, of *access.Resource) bool {
					return slices.Contains(under, of.Supervisor) || slices.Contains(under, d.Office)
				}
			case tree.Supervises(office):
				way = "supervises"
				holds = func(_ *proceedings.Deadline, of *access.Resource) bool { return of.Supervisor == office }
			}
			var want []string
			for i := range a.owed {
				d := &a.owed[i]
				if d.No != 2 || !holds(d, &a.proceedings[d.Thing]) {
					continue
				}
				if !may[d.Thing] {
					left++
					continue
				}
				want = append(want, fmt.Sprintf("%d/%d", d.Thing, d.No))
			}
			var have []string
			var after proceedings.After
			for {
				page, err := a.Held(ctx, who, office, after, 7)
				must(t, err)
				for _, d := range page {
					if d.Due < after.Due {
						t.Fatalf("%s of %s ends before what stands above it", d.Number, office)
					}
					after = proceedings.After{Due: d.Due, Proceeding: d.Proceeding, No: d.No}
					have = append(have, fmt.Sprintf("%s/%d", d.Number, d.No))
				}
				if len(page) < 7 {
					break
				}
			}
			slices.Sort(want)
			slices.Sort(have)
			if !slices.Equal(have, want) {
				t.Fatalf("held of %s, for %+v: got %v, one by one %v", office, who, have, want)
			}
			shown[way] += len(want)
		}
	}
	if shown["owes"] < 5 || shown["supervises"] < 5 || shown["below"] < 5 || left < 5 {
		t.Errorf("the draw shows too little: %v, left out %d", shown, left)
	}
}

// A page of who is held is read from indexes of just that: not from all that runs.
func TestWhoIsHeldIsFoundByIndexesOfIt(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		d, dir := bare(t, location)
		k := proceedings.Open(d, dir, nil, proceedings.Options{Now: noon, Policies: policies(t)})
		for _, c := range []struct{ role, office, index string }{
			{"inquirer", "iib-1", "deadline_held_office"}, {"prosecutor", "pr-1", "deadline_held_supervisor"}, {"prosecutor_general", "gp", "deadline_held"},
		} {
			q := k.HeldQuery(access.Actor{Officer: "sardor", Role: c.role, Office: c.office}, c.office)
			if q.Text == "" {
				t.Fatalf("%s sees no list of %s", c.role, c.office)
			}
			all := plan(t, d, q.Text, q.Args...)
			if !strings.Contains(all, c.index+" ") || strings.Contains(all, "SCAN d ") && !strings.Contains(all, "INDEX "+c.index) || strings.Contains(all, "TEMP B-TREE") || strings.Contains(all, "Sort  (") {
				t.Errorf("%s:\n%s", c.office, all)
			}
		}
	})
}
