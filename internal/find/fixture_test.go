package find_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/find"
	"nazorat/internal/follow"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/laws"
)

func TestMain(m *testing.M) { dbtest.Main(m, dbtest.NoSync) }

var ctx = context.Background()

// house is two police offices under their prosecutors, with defence counsel, and an index.
type house struct {
	*docket.Docket
	*find.Index
	db       *db.DB
	dir      *directory.Directory
	now      atomic.Int64
	ids      atomic.Int64
	byHolder int // answers for which proceedings were looked at by who has them
}

func actor(officer, role, office string) access.Actor {
	return access.Actor{Officer: officer, Role: role, Office: office, Mandate: officer + "-1", Present: access.Always}
}

var (
	duty       = actor("dilshod", "duty_officer", "iib-1")
	inquirer   = actor("sardor", "inquirer", "iib-1")
	second     = actor("malika", "inquirer", "iib-1")
	head       = actor("hakim", "head", "iib-1")
	prosecutor = actor("jasur", "prosecutor", "pr-1")
	stranger   = actor("olim", "prosecutor", "pr-2")
	bek        = actor("bek", "inquirer", "iib-2")
	general    = actor("aziz", "prosecutor_general", "gp")
	otabek     = actor("otabek", "defence_counsel", "bar-1")
	nodira     = actor("nodira", "defence_counsel", "bar-1")

	everybody = []access.Actor{duty, inquirer, second, head, prosecutor, stranger, bek, general, otabek, nodira}
)

// laws and policies are loaded once for all tests: nobody changes them.
var (
	criminal = sync.OnceValues(func() (*procedure.Law, error) {
		law, _, err := lawload.Load(laws.FS, "uz/criminal")
		return law, err
	})
	policies = sync.OnceValues(func() (*access.Policies, error) { return access.Load(laws.FS) })
)

func open(tb testing.TB, location string) *house {
	tb.Helper()
	p, err := policies()
	if err != nil {
		tb.Fatal(err)
	}
	return openUnder(tb, location, p)
}

func openUnder(tb testing.TB, location string, p *access.Policies) *house {
	tb.Helper()
	law, err := criminal()
	if err != nil {
		tb.Fatal(err)
	}
	d, err := db.Create(ctx, location)
	if err != nil {
		tb.Fatal(err)
	}
	if err := d.Migrate(ctx, slices.Concat(directory.Migrations, docket.Migrations, follow.Migrations, find.Migrations)); err != nil {
		tb.Fatal(err)
	}
	dir, err := directory.Open(ctx, d)
	if err != nil {
		tb.Fatal(err)
	}
	if err := dir.Import(ctx, service(), 1); err != nil {
		tb.Fatal(err)
	}
	h := &house{db: d, dir: dir}
	h.now.Store(int64(calendar.At(time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC))))
	h.Docket = docket.Open(d, dir, []*procedure.Law{law}, docket.Options{Policies: p,
		Now:   func() calendar.Moment { return calendar.Moment(h.now.Load()) },
		NewID: func() string { return fmt.Sprintf("id%06d", h.ids.Add(1)) },
	})
	h.Index = find.Open(d, h.Reader, func(office string) []string { return dir.Tree().Under(office) })
	tb.Cleanup(func() {
		h.Close()
		if err := d.Close(); err != nil {
			tb.Error(err)
		}
	})
	return h
}

func service() *directory.Service {
	s := &directory.Service{Offices: []directory.Office{
		{ID: "gp", Code: "00", Kind: directory.Prosecutor, Place: "17"},
		{ID: "pr-1", Code: "01", Kind: directory.Prosecutor, Parent: "gp", Place: "1726"},
		{ID: "pr-2", Code: "02", Kind: directory.Prosecutor, Parent: "gp", Place: "1703"},
		{ID: "iib-1", Code: "1726", Kind: directory.Interior, Place: "1726"},
		{ID: "iib-2", Code: "1727", Kind: directory.Interior, Place: "1726"},
		{ID: "bar-1", Code: "A1", Kind: directory.Bar, Place: "1726"},
	}}
	for _, n := range []string{"1", "2"} {
		for role, office := range map[string]string{directory.SupervisorRole: "pr-" + n, "prosecutor": "pr-" + n, "prosecutor_general": "gp", "defence_counsel": "bar-1"} {
			s.Competences = append(s.Competences, directory.Competence{Office: "iib-" + n, Role: role, Competent: office})
		}
	}
	for _, a := range everybody {
		s.Officers = append(s.Officers, directory.NewOfficer{Officer: directory.Officer{ID: a.Officer, Name: a.Officer, Login: a.Officer},
			Mandates: []directory.Mandate{{ID: a.Mandate, Officer: a.Officer, Role: a.Role, Office: a.Office}}})
	}
	return s
}

// try does an act that the law may refuse; the receipt is nil then.
func (h *house) try(who access.Actor, proceeding, act string, thing int32, form map[string]string) *docket.Receipt {
	h.now.Add(int64(calendar.Minute))
	c := docket.Command{Proceeding: proceeding, Act: act, Thing: thing, Actor: who, Form: form}
	if proceeding == "" {
		c.Law = "uz/criminal"
	}
	r, err := h.Act(ctx, c)
	if err != nil {
		return nil
	}
	return r
}

func (h *house) must(tb testing.TB, who access.Actor, proceeding, act string, thing int32, form map[string]string) *docket.Receipt {
	tb.Helper()
	h.now.Add(int64(calendar.Minute))
	c := docket.Command{Proceeding: proceeding, Act: act, Thing: thing, Actor: who, Form: form}
	if proceeding == "" {
		c.Law = "uz/criminal"
	}
	r, err := h.Act(ctx, c)
	if err != nil {
		tb.Fatalf("%s: %v", act, err)
	}
	return r
}

func (h *house) catchUp(tb testing.TB) {
	tb.Helper()
	if err := follow.New(h.db).CatchUp(ctx, h.Follower()); err != nil {
		tb.Fatal(err)
	}
}

// found is all that somebody finds, page by page, in order.
func (h *house) found(tb testing.TB, who access.Actor, a find.Ask) (out []find.Hit, how find.How) {
	tb.Helper()
	out, how, _ = h.foundOf(tb, who, a)
	return out, how
}

// foundOf tells besides whether more could match than was looked at.
func (h *house) foundOf(tb testing.TB, who access.Actor, a find.Ask) (out []find.Hit, how find.How, cut bool) {
	tb.Helper()
	seen := map[string]bool{}
	for range 1000 {
		answer, err := h.Search(ctx, who, a)
		if err != nil {
			tb.Fatalf("%q: %v", a.Text, err)
		}
		if n := answer.Withdrawn(); n > 0 { // the query itself must not find them: what it finds it counts
			tb.Fatalf("%q: %s was found %d proceedings that he does not see so", a.Text, who.Officer, n)
		}
		for _, hit := range answer.Hits {
			if seen[hit.ID] {
				tb.Fatalf("%q: %s is found twice", a.Text, hit.Number)
			}
			seen[hit.ID] = true
			out = append(out, hit)
		}
		how, cut = answer.How, cut || answer.Looked > 0
		if answer.ByHolder() {
			h.byHolder++
		}
		if answer.Next == nil {
			return out, how, cut
		}
		a.How, a.Below, a.Down, a.Past = answer.Next.How, answer.Next.Below, answer.Next.Down, answer.Next.Past
	}
	tb.Fatalf("%q: the pages have no end", a.Text)
	return nil, 0, false
}
