package proceedings_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
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
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
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
			policy("admitted", `forbid `+read+` when { resource.secrecy == "secret" } unless { principal.clearance.contains(resource.secrecy) };`) +
			policy("few", `forbid `+read+` when { resource.secrecy == "closed" } unless { resource has in_charge && resource.in_charge == principal.officer } unless { resource.party } unless { resource.office == principal.office && principal.role != "inquirer" };`) +
			policy("guests", `permit `+read+` when { resource.party } when { resource.stage != "court" } unless { principal.role == "judge" };`) +
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
	db          *db.DB
	dir         *directory.Directory
	r           *rand.Rand
	offices     []string
	proceedings []access.Resource      // by number
	owed        []proceedings.Deadline // Thing is the proceeding's number
}

var (
	anyRole  = []string{"supervisor", "prosecutor", "judge", "inquirer", "defence_counsel"}
	anybody  = []string{"", "anvar", "barno"}
	anyLaw   = []string{"uz/criminal", "uz/appeals", "uz/supervision"}
	anyState = []string{"check", "check", "court", "closed"}
	anyLevel = []string{"", "", "", "closed", "secret"}
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
	if err := a.dir.Reload(ctx); err != nil { // who is admitted to what
		t.Fatal(err)
	}
	a.db = d
	a.Reader = proceedings.Open(d, a.dir, nil, proceedings.Options{Now: func() calendar.Moment { return 1000 }, Policies: p})
	t.Cleanup(func() { _ = d.Close() })
	return a
}

func (a *anywhere) fill(tx *db.Tx) error {
	for _, text := range []string{`INSERT INTO officer (id, name, login) VALUES ('anvar', 'A', 'a'), ('barno', 'B', 'b')`,
		`INSERT INTO admission (officer, level, valid_from, valid_to, given_to, basis, made_in, made_seq) VALUES ('anvar', 'secret', 1, 2000, 2000, '', '', 0), ('barno', 'secret', 1, 1000, 1000, '', '', 0)`} {
		if _, err := tx.Exec(text); err != nil {
			return err
		}
	}
	for i := range 160 {
		p := access.Resource{Law: one(a.r, anyLaw), Office: one(a.r, a.offices), InCharge: one(a.r, anybody), Stage: one(a.r, anyState), Secrecy: one(a.r, anyLevel)}
		if p.Supervisor = one(a.r, a.offices); a.r.IntN(2) == 0 {
			p.Supervisor = a.dir.Tree().Supervisor(p.Office)
		}
		id, opened := fmt.Sprintf("p%03d", i), a.r.IntN(50)
		var parties stored.Parties
		for _, officer := range anybody[1:] {
			if a.r.IntN(4) == 0 {
				parties = append(parties, procedure.Party{Officer: officer, As: one(a.r, anyRole)})
			}
		}
		for _, x := range parties {
			p.Parties = append(p.Parties, access.Party{Officer: x.Officer, As: x.As})
			if _, err := tx.Exec(`INSERT INTO party (proceeding, officer, role, opened, present) VALUES ($1, $2, $3, $4, 1)`, id, x.Officer, x.As, opened); err != nil {
				return err
			}
		}
		// Whoever was a party once is none now.
		if _, err := tx.Exec(`INSERT INTO party (proceeding, officer, role, opened, present) VALUES ($1, 'anvar', 'former', $2, 0)`, id, opened); err != nil {
			return err
		}
		a.proceedings = append(a.proceedings, p)
		_, err := tx.Exec(`INSERT INTO proceeding (id, law, number, office, supervisor, in_charge, root_state, secrecy, parties, title, version, edition, opened, changed, head, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', 1, '', $10, 1, $11, '{}')`, id, p.Law, fmt.Sprint(i), p.Office, p.Supervisor, p.InCharge, p.Stage, p.Secrecy, parties.Text(), opened, make([]byte, 32))
		if err != nil {
			return err
		}
		for no := range 2 {
			dl := proceedings.Deadline{Thing: int32(i), No: int32(no + 1), Role: one(a.r, anyRole), Office: one(a.r, a.offices), Officer: one(a.r, anybody)}
			if a.r.IntN(2) == 0 {
				dl.Office = a.dir.Tree().Competent(p.Office, dl.Role)
			}
			a.owed = append(a.owed, dl)
			_, err := tx.Exec(`INSERT INTO deadline (proceeding, no, law, term, thing, role, office, officer, supervisor, secrecy, breach, steps, started, due, status, closed, basis)
VALUES ($1, $2, $3, 't', $4, $5, $6, $7, $8, $9, 'late', 0, 1, $10, 'running', 0, '{}')`, id, dl.No, p.Law, i, dl.Role, dl.Office, dl.Officer, p.Supervisor, p.Secrecy, a.r.IntN(500))
			if err != nil {
				return err
			}
		}
		charged := 0
		if p.InCharge != "" {
			charged = 1
		}
		_, err = tx.Exec(`INSERT INTO tally (office, supervisor, law, state, secrecy, charged, n) VALUES ($1, $2, $3, $4, $5, $6, 1)
ON CONFLICT (office, supervisor, law, state, secrecy, charged) DO UPDATE SET n = tally.n + 1`, p.Office, p.Supervisor, p.Law, p.Stage, p.Secrecy, charged)
		if err != nil {
			return err
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

// The comparison is one that finds what lists or counts get wrong: where a table that only they read says something else, it tells.
func TestListsThatAreWrongAreFound(t *testing.T) {
	t.Parallel()
	for what, text := range map[string]string{
		"who finds what he is a party to": `UPDATE party SET present = 1 - present`,
		"who is said to be a party":       `UPDATE proceeding SET parties = '[["defence_counsel","nobody"]]' WHERE parties <> ''`,
		"how many are closed":             `UPDATE tally SET n = n + 1 WHERE secrecy = 'closed'`,
		"how closed it is that is due":    `UPDATE deadline SET secrecy = ''`,
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, location string) {
				a := drawn(t, location, policies(t), 5)
				if err := a.db.Write(context.Background(), func(tx *db.Tx) error { _, err := tx.Exec(text); return err }); err != nil {
					t.Fatal(err)
				}
				if err := a.compared(map[string]int{}); err == nil {
					t.Error("nothing is found")
				}
			})
		})
	}
}

// differs is where a list and single readings differ.
type differs string

func (a *anywhere) fail(format string, args ...any) { panic(differs(fmt.Sprintf(format, args...))) }

func (a *anywhere) compare(t *testing.T) {
	t.Helper()
	seen := map[string]int{}
	if err := a.compared(seen); err != nil {
		t.Fatal(err)
	}
	least := 10
	if testing.Short() { // so many officers ask less
		least = 3
	}
	for _, what := range []string{"in c shown", "offi shown", "offi left out", "part shown", "part left out", "mine shown", "mine left out", "of role shown", "overdue shown", "late shown", "late left out", "no board", "counted", "not counted"} {
		if seen[what] < least {
			t.Errorf("the draw shows too little of %q: %v", what, seen)
		}
	}
}

func (a *anywhere) compared(seen map[string]int) (err error) {
	defer func() {
		if p := recover(); p != nil {
			d, ok := p.(differs)
			if !ok {
				panic(p)
			}
			err = errors.New(string(d))
		}
	}()
	ctx := context.Background()
	tree := a.dir.Tree()
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
				a.fail("%v", err)
			}
			may[i] = err == nil
		}
		same := func(what string, got []string, err error, holds func(i int) bool) {
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
				a.fail("%s, for %+v: got %v, %v; one by one %v", what, who, got, err, want)
			}
			seen[what[:4]+" shown"] += len(want)
			seen[what[:4]+" left out"] += left
		}
		list, err := a.InCharge(ctx, who, proceedings.Behind{}, 1000)
		same("in charge", numbers(list), err, func(i int) bool {
			return a.proceedings[i].InCharge == who.Officer && a.proceedings[i].Office == who.Office
		})
		list, err = a.AsParty(ctx, who, proceedings.Behind{}, 1000)
		same("party", numbers(list), err, func(i int) bool {
			return slices.Contains(a.proceedings[i].Parties, access.Party{Officer: who.Officer, As: who.Role})
		})
		owed := func(what string, got []proceedings.Deadline, err error, holds func(d *proceedings.Deadline, of *access.Resource) bool) {
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
				a.fail("%s, for %+v: got %v, %v; one by one %v", what, who, have, err, want)
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
					a.fail("%+v sees the list of %s: %v, %v", who, office, list, err)
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
			a.counted(who, office, under, may, seen)
		}
	}
	return nil
}

func numbers(list []proceedings.Listed) (out []string) {
	for i := range list {
		out = append(out, list[i].Number)
	}
	return out
}

// counted holds a board against single readings: it counts what the offices whose boards may be seen have and
// supervise, each proceeding once, as far as it may be read; and of deadlines those in proceedings that nothing closes to the reader.
func (a *anywhere) counted(who access.Actor, office string, under []string, may []bool, seen map[string]int) {
	board, err := a.Board(context.Background(), who, []string{office}, 1000, 2000)
	if err != nil {
		a.fail("%v", err)
	}
	want := map[string]int{}
	for i, p := range a.proceedings {
		switch of := slices.Contains(under, p.Office) || slices.Contains(under, p.Supervisor); {
		case of && may[i]:
			want[p.Law+" "+p.Stage]++
			seen["counted"]++
		case of:
			seen["not counted"]++
		}
	}
	got := map[string]int{}
	for state, n := range board[0].States {
		if n != 0 {
			got[state] = n
		}
	}
	if !maps.Equal(got, want) {
		a.fail("the board of %s counts %v for %+v, of %v below it that he may see and read", office, got, who, want)
	}
	late := 0
	for i := range a.owed {
		p := &a.proceedings[a.owed[i].Thing]
		if (slices.Contains(under, p.Supervisor) || slices.Contains(under, a.owed[i].Office)) && (p.Secrecy == "" || may[a.owed[i].Thing]) {
			late++
		}
	}
	if board[0].Overdue != late {
		a.fail("the board of %s counts %d overdue for %+v, of %d that nothing closes to him", office, board[0].Overdue, who, late)
	}
}

// What a reach adds to a list's question never makes the database look for its rows in another way.
func TestAListKeepsItsIndexesWithinAReach(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		index := regexp.MustCompile(`(?:USING (?:COVERING )?INDEX|using) \w+|Sort +\(|USE TEMP B-TREE`)
		party := regexp.MustCompile(`(?m)^.*(SEARCH y USING|on party y).*$`)
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
					// Of a row that was found it may be asked who its parties are.
					is = party.ReplaceAllString(is, "")
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
