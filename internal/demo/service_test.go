package demo_test

import (
	"context"
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/demo"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/lawload"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
	"nazorat/laws"
)

var ctx = context.Background()

// now is a Thursday, in the middle of the morning, in Tashkent.
var now = calendar.At(time.Date(2026, 10, 15, 5, 30, 0, 0, time.UTC))

func TestServiceIsComplete(t *testing.T) {
	t.Parallel()
	s, accounts := demo.Service(demo.Options{Seed: 1, Now: now})
	dir := imported(t, s)
	tree := dir.Tree()
	regions := tree.Children("gp")
	if len(regions) != 14 {
		t.Errorf("%d regional prosecutor's offices", len(regions))
	}
	for _, r := range regions {
		if n := len(tree.Children(r.ID)); n < 3 || n > 6 {
			t.Errorf("%s has %d districts", r.ID, n)
		}
	}
	logins, names, codes, holds := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]int{}
	for _, o := range s.Offices {
		if codes[o.Code] || o.Code == "" {
			t.Errorf("code %q of %s", o.Code, o.ID)
		}
		codes[o.Code] = true
		for _, lang := range lawtext.Languages {
			if o.Names[lang] == "" || lang == "uz" && strings.ContainsAny(o.Names[lang], "'‘’`") {
				t.Errorf("%s in %s: %q", o.ID, lang, o.Names[lang])
			}
		}
	}
	for _, o := range s.Officers {
		if logins[o.Login] || !strings.HasPrefix(o.Login, "demo.") || names[o.Name] {
			t.Errorf("officer %+v", o.Officer)
		}
		logins[o.Login], names[o.Name] = true, true
		for _, m := range o.Mandates {
			holds[m.Role+" "+m.Office]++
			if !m.Holds(now - 3*366*24*calendar.Hour) {
				t.Errorf("mandate %s does not reach back", m.ID)
			}
		}
	}
	for _, o := range s.Offices {
		if o.Kind != directory.Interior || len(o.Place) != 7 {
			continue
		}
		for role, least := range map[string]int{"duty_officer": 1, "inquirer": 2, "investigator": 3, "head_of_unit": 1, "prosecutor": 2, "regional_prosecutor": 1,
			"prosecutor_general": 1, "judge": 1, "investigating_judge": 1, "court_clerk": 1, "appeal_court": 1, "supreme_court": 1, "bar_chamber": 1, "defence_counsel": 1,
			"facility": 1, "penitentiary": 1, "expert_body": 1} {
			if n := holds[role+" "+tree.Competent(o.ID, role)]; n < least {
				t.Errorf("%s has %d of role %s", o.ID, n, role)
			}
		}
		if super := tree.Office(tree.Supervisor(o.ID)); super.Kind != directory.Prosecutor || super.Place != o.Place {
			t.Errorf("%s is supervised by %s", o.ID, super.ID)
		}
	}
	for office, want := range map[string]int{"gp": 1, "pr-1726": 1, "pr-1703": 1, "pr-1726294": 0} {
		if n := holds["analyst "+office]; n != want {
			t.Errorf("%s has %d analysts", office, n)
		}
	}
	if len(accounts) != 22 {
		t.Errorf("%d accounts", len(accounts))
	}
	for _, a := range accounts {
		if m, err := dir.Mandates(ctx, a.Officer, now); err != nil || len(m) != 1 || m[0].ID != a.Mandate || m[0].Role != a.Role || m[0].Office != a.Office {
			t.Errorf("account %s: %v, %v", a.Officer, m, err)
		}
		for _, lang := range lawtext.Languages {
			if a.Shows[lang] == "" {
				t.Errorf("account %s says nothing in %s", a.Officer, lang)
			}
		}
	}
}

func TestServiceFollowsFromTheSeed(t *testing.T) {
	t.Parallel()
	a, _ := demo.Service(demo.Options{Seed: 7, Now: now})
	b, _ := demo.Service(demo.Options{Seed: 7, Now: now})
	c, _ := demo.Service(demo.Options{Seed: 8, Now: now})
	if !reflect.DeepEqual(a, b) {
		t.Error("the same seed gave another service")
	}
	if reflect.DeepEqual(a.Officers, c.Officers) {
		t.Error("another seed gave the same officers")
	}
}

// The names and codes of places are held against the state register as others typed it.
func TestPlacesAreThoseOfTheRegister(t *testing.T) {
	t.Parallel()
	known := map[string][2]string{}
	for _, name := range []string{"regions.csv", "districts.csv"} {
		f, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", "uzgeo", name))
		if errors.Is(err, fs.ErrNotExist) {
			t.Skip("the register is not here: ../shared/data/uzgeo")
		}
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[1:] {
			n := len(row)
			known[row[n-4]] = [2]string{plain(row[n-3]), row[n-1]}
		}
	}
	checked := 0
	for _, p := range demo.Places() {
		k, ok := known[p.SOATO]
		if !ok {
			t.Errorf("the register has no %s (%s)", p.SOATO, p.Uz)
			continue
		}
		uz := strings.TrimSuffix(plain(p.Uz), " shahri")
		ru := strings.TrimPrefix(p.Ru, "город ")
		kru := strings.NewReplacer("p", "р").Replace(strings.TrimPrefix(k[1], "город ")) // the register mixes a Latin p in
		if uz != strings.TrimSuffix(k[0], " shahri") || ru != kru {
			t.Errorf("%s: %q, %q; the register has %q", p.SOATO, p.Uz, p.Ru, k)
		}
		checked++
	}
	if checked < 14+14*3 {
		t.Errorf("only %d places", checked)
	}
}

func plain(s string) string {
	return strings.NewReplacer("ʻ", "'", "‘", "'", "’", "'", "ʼ", "'").Replace(s)
}

// applied are the laws that an office applies, loaded once.
func applied(tb testing.TB) []*procedure.Law {
	tb.Helper()
	list, err := loaded()
	if err != nil {
		tb.Fatal(err)
	}
	return list
}

var loaded = sync.OnceValues(func() ([]*procedure.Law, error) {
	var out []*procedure.Law
	for _, name := range []string{demo.Law, "uz/supervision", "uz/appeals"} {
		l, _, err := lawload.Load(laws.FS, name)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
})

func law(tb testing.TB) *procedure.Law { return applied(tb)[0] }

func create(tb testing.TB) *db.DB {
	tb.Helper()
	return createAt(tb, dbtest.One(tb))
}

func createAt(tb testing.TB, location string) *db.DB {
	tb.Helper()
	d, err := db.Create(ctx, location)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := d.Close(); err != nil {
			tb.Error(err)
		}
	})
	if err := d.Migrate(ctx, append(append([]db.Migration{}, directory.Migrations...), docket.Migrations...)); err != nil {
		tb.Fatal(err)
	}
	return d
}

func imported(tb testing.TB, s *directory.Service) *directory.Directory {
	tb.Helper()
	d := create(tb)
	dir, err := directory.Open(ctx, d)
	if err != nil {
		tb.Fatal(err)
	}
	if err := dir.Import(ctx, s, now); err != nil {
		tb.Fatal(err)
	}
	return dir
}
