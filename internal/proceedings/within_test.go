package proceedings_test

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"
	"testing/fstest"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/proceedings"
	"nazorat/laws"
)

// strict are policies that ask for all that a list can be asked: the built-in
// ones, what officers in charge may, what is forbidden, and a law with its own.
func strict(tb testing.TB) *access.Policies {
	tb.Helper()
	files := fstest.MapFS{}
	for _, f := range []string{"policies/service.cedarschema", "policies/offices.cedar", "policies/leaving.cedar", "uz/criminal/policies.cedar"} {
		text, err := fs.ReadFile(laws.FS, f)
		if err != nil {
			tb.Fatal(err)
		}
		files[f] = &fstest.MapFile{Data: text}
	}
	policy := func(id, body string) string {
		return fmt.Sprintf("@id(%q) @reason(\"a test\") @en(\"A\") @ru(\"A\") @uz(\"A\") %s\n", id, body)
	}
	const read = `(principal is Mandate, action == Action::"read", resource is Proceeding)`
	files["policies/more.cedar"] = &fstest.MapFile{Data: []byte(
		policy("mine", `permit `+read+` when { resource has in_charge && resource.in_charge == principal.officer };`) +
			policy("only-mine", `forbid `+read+` when { principal.role == "inquirer" && resource has in_charge && resource.in_charge != principal.officer };`) +
			policy("unheard", `permit `+read+` when { principal.role == "judge" } unless { resource.office.hasTag("judge") };`) +
			policy("heard", `permit `+read+` when { principal.role == "judge" && resource.stage == "court" };`) +
			policy("over", `forbid `+read+` when { principal.role != "supervisor" && ["closed", "refused"].contains(resource.stage) };`) +
			policy("unwatched", `forbid `+read+` when { principal.role == "prosecutor" } unless { resource has supervisor && resource.supervisor in principal.office };`))}
	files["uz/appeals/policies.cedar"] = &fstest.MapFile{Data: []byte(
		policy("uz/appeals/open", `permit `+read+` when { principal.role == "supervisor" };`) +
			policy("uz/appeals/closed", `forbid `+read+` when { principal.role == "inquirer" } unless { resource has in_charge };`))}
	p, err := access.Load(files)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// anywhere is a service, proceedings and deadlines drawn at random, such as no law would bring about.
type anywhere struct {
	*proceedings.Reader
	dir         *directory.Directory
	r           *rand.Rand
	offices     []string
	proceedings []access.Resource      // by number
	owed        []proceedings.Deadline // Thing is the proceeding's number
}

var (
	anyRole  = []string{"supervisor", "prosecutor", "judge", "inquirer"}
	anybody  = []string{"", "anvar", "barno"}
	anyLaw   = []string{"uz/criminal", "uz/appeals", "uz/supervision"}
	anyState = []string{"check", "check", "court", "closed"}
)

func one[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

func drawn(t *testing.T, location string, p *access.Policies, seed uint64) *anywhere {
	t.Helper()
	ctx := context.Background()
	d, err := db.Create(ctx, location)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(ctx, append(append([]db.Migration{}, directory.Migrations...), docket.Migrations...)); err != nil {
		t.Fatal(err)
	}
	a := &anywhere{r: rand.New(rand.NewPCG(seed, 1))}
	if a.dir, err = directory.Open(ctx, d); err != nil {
		t.Fatal(err)
	}
	s := &directory.Service{}
	for i := range 10 {
		o := directory.Office{ID: fmt.Sprintf("o%d", i), Code: fmt.Sprint(i), Kind: directory.Court, Place: "17"}
		if i > 0 && a.r.IntN(4) > 0 {
			o.Parent = one(a.r, a.offices)
		}
		s.Offices, a.offices = append(s.Offices, o), append(a.offices, o.ID)
	}
	for _, o := range a.offices {
		for _, role := range anyRole {
			if a.r.IntN(2) == 0 {
				s.Competences = append(s.Competences, directory.Competence{Office: o, Role: role, Competent: one(a.r, a.offices)})
			}
		}
	}
	if err := a.dir.Import(ctx, s, 1); err != nil {
		t.Fatal(err)
	}
	if err := d.Write(ctx, a.fill); err != nil {
		t.Fatal(err)
	}
	a.Reader = proceedings.Open(d, a.dir, nil, proceedings.Options{Now: func() calendar.Moment { return 1000 }, Policies: p})
	t.Cleanup(func() { _ = d.Close() })
	return a
}

func (a *anywhere) fill(tx *db.Tx) error {
	for i := range 120 {
		p := access.Resource{Law: one(a.r, anyLaw), Office: one(a.r, a.offices), InCharge: one(a.r, anybody), Stage: one(a.r, anyState)}
		if p.Supervisor = one(a.r, a.offices); a.r.IntN(2) == 0 {
			p.Supervisor = a.dir.Tree().Supervisor(p.Office)
		}
		a.proceedings = append(a.proceedings, p)
		_, err := tx.Exec(`INSERT INTO proceeding (id, law, number, office, supervisor, in_charge, root_state, title, version, edition, opened, changed, head, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, '', 1, '', $8, 1, $9, '{}')`, fmt.Sprintf("p%03d", i), p.Law, fmt.Sprint(i), p.Office, p.Supervisor, p.InCharge, p.Stage, a.r.IntN(50), make([]byte, 32))
		if err != nil {
			return err
		}
		for no := range 2 {
			dl := proceedings.Deadline{Thing: int32(i), No: int32(no + 1), Role: one(a.r, anyRole), Office: one(a.r, a.offices), Officer: one(a.r, anybody)}
			if a.r.IntN(2) == 0 {
				dl.Office = a.dir.Tree().Competent(p.Office, dl.Role)
			}
			a.owed = append(a.owed, dl)
			_, err := tx.Exec(`INSERT INTO deadline (proceeding, no, law, term, thing, role, office, officer, supervisor, breach, steps, started, due, status, closed, basis)
VALUES ($1, $2, $3, 't', $4, $5, $6, $7, $8, 'late', 0, 1, $9, 'running', 0, '{}')`, fmt.Sprintf("p%03d", i), dl.No, p.Law, i, dl.Role, dl.Office, dl.Officer, p.Supervisor, a.r.IntN(500))
			if err != nil {
				return err
			}
		}
		for _, o := range []string{p.Office, p.Supervisor} {
			_, err := tx.Exec(`INSERT INTO tally (office, law, state, n) VALUES ($1, $2, 'check', 1) ON CONFLICT (office, law, state) DO UPDATE SET n = tally.n + 1`, o, p.Law)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// Whatever the service, the mandate and the policies: a list has those of its
// proceedings, and of their deadlines, that could be read one by one, and no other.
func TestListsShowWhatMayBeReadOneByOne(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		a := drawn(t, location, policies(t), 5)
		a.compare(t)
	})
}

func TestListsShowWhatMayBeReadOneByOneWhateverThePolicies(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		a := drawn(t, location, strict(t), 6)
		a.compare(t)
	})
}

func (a *anywhere) compare(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	tree := a.dir.Tree()
	seen := map[string]int{}
	askers := 40
	if testing.Short() {
		askers = 10
	}
	for range askers {
		who := access.Actor{Officer: one(a.r, anybody[1:]), Role: one(a.r, anyRole), Office: one(a.r, a.offices)}
		may := make([]bool, len(a.proceedings))
		for i := range may {
			_, err := a.ByNumber(ctx, who, fmt.Sprint(i))
			if err != nil && !fault.Is(err, fault.NotFound) {
				t.Fatal(err)
			}
			may[i] = err == nil
		}
		same := func(what string, got []string, err error, holds func(i int) bool) {
			t.Helper()
			var want []string
			left := 0
			for i := range may {
				switch {
				case holds(i) && may[i]:
					want = append(want, fmt.Sprint(i))
				case holds(i):
					left++
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("%s, for %+v: got %v, %v; one by one %v", what, who, got, err, want)
			}
			seen[what[:4]+" shown"] += len(want)
			seen[what[:4]+" left out"] += left
		}
		list, err := a.InCharge(ctx, who, proceedings.Behind{}, 1000)
		same("in charge", numbers(list), err, func(i int) bool {
			return a.proceedings[i].InCharge == who.Officer && a.proceedings[i].Office == who.Office
		})
		owed := func(what string, got []proceedings.Deadline, err error, holds func(d *proceedings.Deadline, of *access.Resource) bool) {
			t.Helper()
			var want, have []string
			for i := range a.owed {
				if d := &a.owed[i]; holds(d, &a.proceedings[d.Thing]) {
					if may[d.Thing] {
						want = append(want, fmt.Sprintf("%d/%d", d.Thing, d.No))
					} else {
						seen[what+" left out"]++
					}
				}
			}
			for i := range got {
				have = append(have, fmt.Sprintf("%s/%d", got[i].Number, got[i].No))
			}
			slices.Sort(want)
			slices.Sort(have)
			if err != nil || !slices.Equal(have, want) {
				t.Fatalf("%s, for %+v: got %v, %v; one by one %v", what, who, have, err, want)
			}
			seen[what+" shown"] += len(want)
		}
		mine, err := a.Mine(ctx, who, proceedings.After{}, 1000)
		owed("mine", mine, err, func(d *proceedings.Deadline, _ *access.Resource) bool {
			return d.Officer == who.Officer && d.Office == who.Office
		})
		role, err := a.OfRole(ctx, who, proceedings.After{}, 1000)
		owed("of role", role, err, func(d *proceedings.Deadline, _ *access.Resource) bool {
			return d.Officer == "" && d.Role == who.Role && d.Office == who.Office
		})
		late, err := a.Overdue(ctx, who, 1000, 1000)
		owed("overdue", late, err, func(_ *proceedings.Deadline, of *access.Resource) bool { return of.Supervisor == who.Office })

		for _, office := range a.offices {
			listed := a.MayList(who, office)
			list, err := a.OfOffice(ctx, who, office, proceedings.Behind{}, 1000)
			if !listed {
				seen["no board"]++
				if !fault.Is(err, fault.NotFound) || len(list) > 0 {
					t.Fatalf("%+v sees the list of %s: %v, %v", who, office, list, err)
				}
				continue
			}
			same("office", numbers(list), err, func(i int) bool {
				if tree.Supervises(office) {
					return a.proceedings[i].Supervisor == office
				}
				return a.proceedings[i].Office == office
			})
			under := a.MayListUnder(who, office)
			late, err := a.OverdueOf(ctx, who, office, 1000, 1000)
			owed("late", late, err, func(d *proceedings.Deadline, of *access.Resource) bool {
				switch {
				case len(tree.Children(office)) > 0:
					return slices.Contains(under, d.Office) || slices.Contains(under, of.Supervisor)
				case tree.Supervises(office):
					return of.Supervisor == office
				}
				return d.Office == office
			})
			a.counted(t, who, office, under)
		}
	}
	for _, what := range []string{"in c shown", "offi shown", "offi left out", "mine shown", "mine left out", "of role shown", "overdue shown", "late shown", "late left out", "no board"} {
		if seen[what] < 10 {
			t.Errorf("the draw shows too little of %q: %v", what, seen)
		}
	}
}

func numbers(list []proceedings.Listed) (out []string) {
	for i := range list {
		out = append(out, list[i].Number)
	}
	return out
}

// counted holds a board against the offices whose boards may be seen: it counts what they have and supervise, and nothing of others.
func (a *anywhere) counted(t *testing.T, who access.Actor, office string, under []string) {
	t.Helper()
	board, err := a.Board(context.Background(), who, []string{office}, 1000, 2000)
	if err != nil {
		t.Fatal(err)
	}
	want := 0
	for _, p := range a.proceedings {
		for _, o := range []string{p.Office, p.Supervisor} {
			if slices.Contains(under, o) {
				want++
			}
		}
	}
	got := 0
	for _, n := range board[0].States {
		got += n
	}
	if got != want {
		t.Fatalf("the board of %s counts %d for %+v, of %d below it that he may see", office, got, who, want)
	}
}

// What a reach adds to a list's question never makes the database look for its rows in another way.
func TestAListKeepsItsIndexesWithinAReach(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		index := regexp.MustCompile(`(?:USING (?:COVERING )?INDEX|using) \w+|Sort +\(|USE TEMP B-TREE`)
		d, dir := bare(t, location)
		for _, p := range []*access.Policies{policies(t), strict(t)} {
			k := proceedings.Open(d, dir, nil, proceedings.Options{Now: noon, Policies: p})
			for _, who := range []access.Actor{{Officer: "jasur", Role: "prosecutor", Office: "pr-1"}, {Officer: "sardor", Role: "inquirer", Office: "iib-1"}, {Officer: "aziz", Role: "prosecutor_general", Office: "gp"}} {
				with, without := k.ListQueries(who, "iib-1")
				added := 0
				for name, q := range with {
					was, is := plan(t, d, without[name].Text, without[name].Args...), plan(t, d, q.Text, q.Args...)
					if q.Text != without[name].Text {
						added++
					}
					if a, b := index.FindAllString(was, -1), index.FindAllString(is, -1); !slices.Equal(a, b) || len(a) == 0 {
						t.Errorf("%s, %s:\n%s\nwithin his reach:\n%s", who.Role, name, was, is)
					}
				}
				if added == 0 {
					t.Errorf("%s: nothing was added to any question", who.Role)
				}
			}
		}
	})
}
