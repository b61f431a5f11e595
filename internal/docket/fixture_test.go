package docket_test

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
	"nazorat/internal/lawload"
	"nazorat/internal/look"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/replay"
	"nazorat/laws"
)

// house is an office with a duty officer, two inquirers, an investigator and
// their prosecutor, and a clock that the test moves.
type house struct {
	*docket.Docket
	*replay.Replay
	db       *db.DB
	dir      *directory.Directory
	location string
	laws     []*procedure.Law
	now      atomic.Int64
	ids      atomic.Int64
}

func at(tb testing.TB, s string) calendar.Moment {
	tb.Helper()
	loc, err := time.LoadLocation("Asia/Tashkent")
	if err != nil {
		tb.Fatal(err)
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", s, loc)
	if err != nil {
		tb.Fatal(err)
	}
	return calendar.At(t)
}

func actor(officer, role, office string) access.Actor {
	return access.Actor{Officer: officer, Role: role, Office: office, Mandate: officer + "-1", Present: access.Always}
}

var (
	duty       = actor("dilshod", "duty_officer", "iib-1")
	inquirer   = actor("sardor", "inquirer", "iib-1")
	second     = actor("malika", "inquirer", "iib-1")
	prosecutor = actor("jasur", "prosecutor", "pr-1")
	stranger   = actor("olim", "prosecutor", "pr-2")
	bek        = actor("bek", "inquirer", "iib-2")
	dono       = actor("dono", "inquirer", "iib-2")
	general    = actor("aziz", "prosecutor_general", "gp")
)

// each runs a test on an office with a database of each kind.
func each(t *testing.T, open func(tb testing.TB, location string) *house, f func(t *testing.T, h *house)) {
	t.Helper()
	t.Parallel()
	founded.Each(t, newOffice, func(t *testing.T, location string) { f(t, open(t, location)) })
}

func TestMain(m *testing.M) { dbtest.Main(m, dbtest.NoSync) }

func open(tb testing.TB, location string) *house {
	tb.Helper()
	law, err := criminal()
	if err != nil {
		tb.Fatal(err)
	}
	return openWith(tb, location, []*procedure.Law{law})
}

// criminal is loaded once for all tests: it is long, and nobody changes it.
var criminal = sync.OnceValues(func() (*procedure.Law, error) {
	law, _, err := lawload.Load(laws.FS, "uz/criminal")
	return law, err
})

// builtIn are the policies that are built in, loaded once for all tests: nobody changes them.
var builtIn = sync.OnceValues(func() (*access.Policies, error) { return access.Load(laws.FS) })

// policies are those that are built in.
func policies(tb testing.TB) *access.Policies {
	tb.Helper()
	p, err := builtIn()
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// founded is the office on its first day.
var founded dbtest.Model

// newOffice makes it.
func newOffice(location string) error {
	ctx := context.Background()
	d, err := db.Create(ctx, location)
	if err != nil {
		return err
	}
	if err := d.Migrate(ctx, slices.Concat(directory.Migrations, docket.Migrations, look.Migrations)); err != nil {
		return err
	}
	dir, err := directory.Open(ctx, d)
	if err != nil {
		return err
	}
	if err := dir.Import(ctx, service(), 1); err != nil {
		return err
	}
	return d.Close()
}

// openWith opens the office under laws, in a copy of what was founded.
func openWith(tb testing.TB, location string, list []*procedure.Law) *house {
	tb.Helper()
	ctx := context.Background()
	d, err := db.Open(ctx, location)
	if err != nil {
		tb.Fatal(err)
	}
	dir, err := directory.Open(ctx, d)
	if err != nil {
		tb.Fatal(err)
	}
	h := &house{db: d, dir: dir, location: location, laws: list}
	h.set(at(tb, "2026-03-02 14:30"))
	h.Docket = docket.Open(d, dir, list, docket.Options{
		Now:   func() calendar.Moment { return calendar.Moment(h.now.Load()) },
		NewID: func() string { return fmt.Sprintf("id%06d", h.ids.Add(1)) },

		Policies: policies(tb),
	})
	h.Replay = replay.Of(d, h.Reader)
	tb.Cleanup(func() {
		h.Close()
		if err := d.Close(); err != nil {
			tb.Error(err)
		}
	})
	return h
}

func (h *house) set(m calendar.Moment) { h.now.Store(int64(m)) }

func service() *directory.Service {
	s := &directory.Service{
		Offices: []directory.Office{
			{ID: "gp", Code: "00", Kind: directory.Prosecutor, Place: "17"},
			{ID: "pr-1", Code: "01", Kind: directory.Prosecutor, Parent: "gp", Place: "1726"},
			{ID: "pr-2", Code: "02", Kind: directory.Prosecutor, Parent: "gp", Place: "1703"},
			{ID: "iib-2", Code: "1727", Kind: directory.Interior, Place: "1726"},
			{ID: "iib-1", Code: "1726", Kind: directory.Interior, Place: "1726"},
		},
		Competences: []directory.Competence{
			{Office: "iib-2", Role: directory.SupervisorRole, Competent: "pr-2"},
			{Office: "iib-2", Role: "prosecutor", Competent: "pr-2"},
			{Office: "iib-2", Role: "prosecutor_general", Competent: "gp"},
			{Office: "iib-1", Role: directory.SupervisorRole, Competent: "pr-1"},
			{Office: "iib-1", Role: "prosecutor", Competent: "pr-1"},
			{Office: "iib-1", Role: "prosecutor_general", Competent: "gp"},
		},
	}
	for _, a := range []access.Actor{duty, inquirer, second, prosecutor, stranger, general, bek, dono} {
		s.Officers = append(s.Officers, directory.NewOfficer{
			Officer:  directory.Officer{ID: a.Officer, Name: a.Officer, Login: a.Officer},
			Mandates: []directory.Mandate{{ID: a.Mandate, Officer: a.Officer, Role: a.Role, Office: a.Office}},
		})
	}
	return s
}

func register(assign string) docket.Command {
	return docket.Command{Law: "uz/criminal", Act: "register_report", Actor: duty,
		Form: map[string]string{"source": "statement", "applicant": "A. Karimov", "summary": "A bicycle was stolen from the yard", "assign_to": assign}}
}

// Check holds a proceeding against its entries, as it is stored now, whoever had read it.
func (h *house) Check(ctx context.Context, p *proceedings.Proceeding) error {
	whole, err := h.Stored(ctx, p.ID)
	if err != nil {
		return err
	}
	return h.Replay.Check(ctx, whole)
}

func (h *house) must(tb testing.TB, c docket.Command) *docket.Receipt {
	tb.Helper()
	r, err := h.Act(context.Background(), c)
	if err != nil {
		tb.Fatalf("%s: %v", c.Act, err)
	}
	return r
}
