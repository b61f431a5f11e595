package directory_test

import (
	"context"
	"strings"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/directory"
)

var ctx = context.Background()

const now = calendar.Moment(1_772_443_800_000_000)

// each runs a test on a database of each kind.
func each(t *testing.T, f func(t *testing.T, dir *directory.Directory)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) { f(t, open(t, location)) })
}

func open(t *testing.T, location string) *directory.Directory {
	t.Helper()
	d, err := db.Create(ctx, location)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(ctx, directory.Migrations); err != nil {
		t.Fatal(err)
	}
	dir, err := directory.Open(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	s := &directory.Service{
		Offices: []directory.Office{
			{ID: "gp", Code: "00", Kind: directory.Prosecutor, Place: "17", Names: map[string]string{"uz": "Bosh prokuratura", "en": "General office"}},
			{ID: "region", Code: "01", Kind: directory.Prosecutor, Parent: "gp", Place: "1726"},
			{ID: "district", Code: "02", Kind: directory.Prosecutor, Parent: "region", Place: "1726"},
			{ID: "police", Code: "03", Kind: directory.Interior, Place: "1726"},
		},
		Competences: []directory.Competence{{Office: "police", Role: directory.SupervisorRole, Competent: "district"}, {Office: "police", Role: "prosecutor", Competent: "district"}},
		Officers: []directory.NewOfficer{
			{Officer: directory.Officer{ID: "o1", Name: "Jasur", Login: "jasur"}, Mandates: []directory.Mandate{
				{ID: "m1", Role: "prosecutor", Office: "district", From: now - 100*calendar.Hour},
				{ID: "m2", Role: "regional_prosecutor", Office: "region", From: now - calendar.Hour},
				{ID: "m3", Role: "prosecutor", Office: "gp", From: now - 100*calendar.Hour, To: now - calendar.Hour}}},
			{Officer: directory.Officer{ID: "o2", Name: "Olim", Login: "olim"}},
		},
	}
	if err := dir.Import(ctx, s, now); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestTreeKnowsWhoIsBelowAndWhoSupervises(t *testing.T) {
	each(t, func(t *testing.T, dir *directory.Directory) {
		tree := dir.Tree()
		if got := strings.Join(tree.Under("gp"), " "); got != "gp region district" {
			t.Errorf("under gp: %s", got)
		}
		if !tree.IsUnder("district", "gp") || tree.IsUnder("gp", "district") || tree.IsUnder("police", "gp") || tree.IsUnder("nowhere", "gp") {
			t.Error("who is under whom")
		}
		if tree.Supervisor("police") != "district" || tree.Competent("police", "inquirer") != "police" {
			t.Errorf("supervisor %s, inquirer %s", tree.Supervisor("police"), tree.Competent("police", "inquirer"))
		}
		if n := tree.Office("gp").Name("ru"); n != "Bosh prokuratura" {
			t.Errorf("a name that is missing in Russian is %q", n)
		}
	})
}

func TestDirectoryFileSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                        "is empty",
		"officez: []":             "field officez not found",
		"offices: [{id: a}]":      "office 1 needs id, code and names",
		"officers: [{id: a}]":     "officer 1 needs id, name, login and mandates",
		"offices: [{id: a, x: 1}": "yaml",
	} {
		if _, err := directory.ReadService(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	s, err := directory.ReadService(strings.NewReader(`
offices: [{id: gp, code: "00", kind: prosecutor, place: "17", names: {uz: Bosh prokuratura}}]
officers: [{id: o1, name: Jasur, login: " Jasur", mandates: [{role: prosecutor, office: gp, order: "1"}]}]`))
	if err != nil || len(s.Officers) != 1 || s.Officers[0].Login != "jasur" || len(s.Officers[0].Mandates) != 1 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestOfficersAreFoundAsTheirNamesAreWrittenAndAsTheyAreRead(t *testing.T) {
	each(t, func(t *testing.T, dir *directory.Directory) {
		for typed, want := range map[string]int{"jas": 1, "JASUR": 1, "Жасур": 1, "asu": 1, "jasur ": 1, "": 0, "%": 0, "_": 0, "olim": 0, "Ҳасан": 0} {
			found, err := dir.Find(ctx, typed, []string{"district", "region"})
			if err != nil || len(found) != want || want == 1 && found[0].ID != "o1" {
				t.Errorf("%q: %+v, %v", typed, found, err)
			}
		}
		if found, err := dir.Find(ctx, "jasur", []string{"police"}); err != nil || len(found) > 0 {
			t.Errorf("of another office: %+v, %v", found, err)
		}
	})
}
