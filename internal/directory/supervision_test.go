package directory_test

import (
	"testing"
	"testing/fstest"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/directory"
	"nazorat/laws"
)

func TestWhoSupervisesFollowsFromPlaceAndKindWhereNothingIsLaidDown(t *testing.T) {
	t.Parallel()
	rule, err := directory.ReadSupervision(laws.FS, "uz/service")
	if err != nil {
		t.Fatal(err)
	}
	d, err := db.Create(ctx, dbtest.One(t))
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
	dir.Supervise(rule)
	s := &directory.Service{Offices: []directory.Office{
		{ID: "gp", Code: "0", Kind: directory.Prosecutor, Place: "17"},
		{ID: "pr-region", Code: "1", Kind: directory.Prosecutor, Place: "1726"},
		{ID: "pr-district", Code: "2", Kind: directory.Prosecutor, Place: "1726294"},
		{ID: "pr-one", Code: "3", Kind: directory.Prosecutor, Place: "1703"},
		{ID: "pr-two", Code: "4", Kind: directory.Prosecutor, Place: "1703"},
		{ID: "police", Code: "5", Kind: directory.Interior, Place: "1726294"},
		{ID: "customs", Code: "6", Kind: directory.Customs, Place: "1726277"},
		{ID: "ministry", Code: "7", Kind: directory.Interior, Place: "17"},
		{ID: "abroad", Code: "8", Kind: directory.Security, Place: "1703401"},
		{ID: "court", Code: "9", Kind: directory.Court, Place: "1726294"},
		{ID: "said", Code: "10", Kind: directory.Penitentiary, Place: "1726294"},
	}, Competences: []directory.Competence{{Office: "said", Role: directory.SupervisorRole, Competent: "gp"}}}
	if err := dir.Import(ctx, s, now); err != nil {
		t.Fatal(err)
	}
	tree := dir.Tree()
	for office, want := range map[string]struct {
		by      string
		derived bool
	}{
		"police":   {"pr-district", true},
		"customs":  {"pr-region", true}, // the district has no prosecutor of its own
		"ministry": {"gp", true},
		"abroad":   {"abroad", false}, // two could be meant
		"court":    {"court", false},  // nobody supervises a court by its place
		"said":     {"gp", false},     // laid down
		"gp":       {"gp", false},
	} {
		if by := tree.Supervisor(office); by != want.by || tree.Derived(office) != want.derived {
			t.Errorf("%s is supervised by %s, derived %v; want %+v", office, by, tree.Derived(office), want)
		}
	}
}

func TestARuleOfSupervisionThatCannotBeMeantIsRefused(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"no kind":       "{ article: A, by: prosecutors, of: [interior], places: [7] }",
		"no article":    "{ by: prosecutor, of: [interior], places: [7] }",
		"of nobody":     "{ article: A, by: prosecutor, places: [7] }",
		"shortest code": "{ article: A, by: prosecutor, of: [interior], places: [2, 7] }",
		"no YAML":       "{",
	} {
		if _, err := directory.ReadSupervision(fstest.MapFS{"law/" + directory.SupervisionFile: {Data: []byte(text)}}, "law"); err == nil {
			t.Errorf("%s: it was taken", name)
		}
	}
}
