package notice_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
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
	"nazorat/internal/duty"
	"nazorat/internal/emergency"
	"nazorat/internal/fault"
	"nazorat/internal/inbox"
	"nazorat/internal/lawload"
	"nazorat/internal/look"
	"nazorat/internal/notice"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/laws"
)

func TestMain(m *testing.M) { dbtest.Main(m, dbtest.NoSync) }

var ctx = context.Background()

func actor(officer, role, office string) access.Actor {
	return access.Actor{Officer: officer, Role: role, Office: office, Mandate: officer + "-1", Present: access.Always}
}

var (
	dutyOfficer = actor("dilshod", "duty_officer", "iib-1")
	inquirer    = actor("sardor", "inquirer", "iib-1")
	second      = actor("malika", "inquirer", "iib-1")
	prosecutor  = actor("jasur", "prosecutor", "pr-1")
	stranger    = actor("olim", "prosecutor", "pr-2")
	general     = actor("aziz", "prosecutor_general", "gp")
	warden      = actor("nodir", "facility", "sizo")
	everybody   = []access.Actor{dutyOfficer, inquirer, second, prosecutor, stranger, general, warden}
)

// house is an office with a clock that the test moves.
type house struct {
	*docket.Docket
	notices *notice.Keeper
	db      *db.DB
	dir     *directory.Directory
	glass   *emergency.Keeper
	now     atomic.Int64
	ids     atomic.Int64
	next    int64 // leaf that was not followed yet
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

var held = sync.OnceValues(func() (*procedure.Law, error) {
	law, _, err := lawload.Load(os.DirFS("testdata/laws"), "xx/held")
	return law, err
})

// What is built in is loaded once for all tests: nobody changes it.
var (
	policies = sync.OnceValues(func() (*access.Policies, error) { return access.Load(laws.FS) })
	rules    = sync.OnceValues(func() (*look.Rules, error) { return look.LoadRules(laws.FS) })
)

func service() *directory.Service {
	s := &directory.Service{
		Offices: []directory.Office{
			{ID: "gp", Code: "00", Kind: directory.Prosecutor, Place: "17"},
			{ID: "pr-1", Code: "01", Kind: directory.Prosecutor, Parent: "gp", Place: "1726"},
			{ID: "pr-2", Code: "02", Kind: directory.Prosecutor, Parent: "gp", Place: "1703"},
			{ID: "iib-1", Code: "1726", Kind: directory.Interior, Place: "1726"},
			{ID: "sizo", Code: "S1", Kind: directory.Penitentiary, Place: "1726"},
		},
		Competences: []directory.Competence{
			{Office: "iib-1", Role: directory.SupervisorRole, Competent: "pr-1"},
			{Office: "iib-1", Role: "prosecutor", Competent: "pr-1"},
			{Office: "iib-1", Role: "prosecutor_general", Competent: "gp"},
			{Office: "iib-1", Role: "facility", Competent: "sizo"},
		},
	}
	for _, a := range everybody {
		s.Officers = append(s.Officers, directory.NewOfficer{
			Officer:  directory.Officer{ID: a.Officer, Name: a.Officer, Login: a.Officer},
			Mandates: []directory.Mandate{{ID: a.Mandate, Officer: a.Officer, Role: a.Role, Office: a.Office}},
		})
	}
	return s
}

// founded is the service on its first day.
var founded dbtest.Model

// newService makes it.
func newService(location string) error {
	d, err := db.Create(ctx, location)
	if err != nil {
		return err
	}
	if err := d.Migrate(ctx, slices.Concat(duty.Migrations, directory.Migrations, docket.Migrations, look.Migrations, emergency.Migrations, notice.Migrations)); err != nil {
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

func open(tb testing.TB, location string) *house {
	tb.Helper()
	law, err := held()
	if err != nil {
		tb.Fatal(err)
	}
	d, err := db.Open(ctx, location)
	if err != nil {
		tb.Fatal(err)
	}
	dir, err := directory.Open(ctx, d)
	if err != nil {
		tb.Fatal(err)
	}
	policies, err := policies()
	if err != nil {
		tb.Fatal(err)
	}
	h := &house{db: d, dir: dir}
	h.set(at(tb, "2026-03-02 14:30"))
	newID := func() string { return fmt.Sprintf("id%06d", h.ids.Add(1)) }
	h.Docket = docket.Open(d, dir, []*procedure.Law{law}, docket.Options{Now: func() calendar.Moment { return calendar.Moment(h.now.Load()) }, NewID: newID, Policies: policies})
	rules, err := rules()
	if err != nil {
		tb.Fatal(err)
	}
	looks := look.Open(d, rules)
	if err := looks.Begin("", slog.New(slog.DiscardHandler)); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(looks.Close)
	h.glass = emergency.Open(d, looks, dir, h.InForce)
	h.notices = h.keeper(tb, nil, nil)
	tb.Cleanup(func() {
		h.Close()
		if err := d.Close(); err != nil {
			tb.Error(err)
		}
	})
	if err := h.notices.Look(ctx); err != nil { // the clock is followed from here on
		tb.Fatal(err)
	}
	return h
}

// words of the messages, loaded once.
var words = sync.OnceValues(func() (*web.Catalogue, error) { return web.NewCatalogue(nil, web.Texts, inbox.Texts) })

// keeper is one process's.
func (h *house) keeper(tb testing.TB, mail *notice.Mail, gateway *notice.Gateway) *notice.Keeper {
	tb.Helper()
	c, err := words()
	if err != nil {
		tb.Fatal(err)
	}
	k := notice.Open(h.db, h.dir, h.Reader, h.glass, func() string { return fmt.Sprintf("m%06d", h.ids.Add(1)) })
	k.Begin(slog.New(slog.DiscardHandler), notice.Options{Words: func(lang string) notice.Words { return c.In(lang) }, Address: "https://nazorat.example", Mail: mail, Gateway: gateway})
	return k
}

func each(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	t.Parallel()
	founded.Each(t, newService, func(t *testing.T, location string) { f(t, open(t, location)) })
}

func (h *house) set(m calendar.Moment) { h.now.Store(int64(m)) }

func (h *house) must(tb testing.TB, c docket.Command) *docket.Receipt {
	tb.Helper()
	r, err := h.Act(ctx, c)
	if err != nil {
		tb.Fatalf("%s: %v", c.Act, err)
	}
	return r
}

func (h *house) register(tb testing.TB, about, to string) *docket.Receipt {
	tb.Helper()
	return h.must(tb, docket.Command{Law: "xx/held", Act: "register", Actor: dutyOfficer, Form: map[string]string{"about": about, "assign_to": to}})
}

func (h *house) do(tb testing.TB, on *docket.Receipt, who access.Actor, act string, thing int32, form map[string]string) *docket.Receipt {
	tb.Helper()
	return h.must(tb, docket.Command{Proceeding: on.Proceeding, Act: act, Actor: who, Thing: thing, Form: form})
}

// hold registers a case in which somebody is held from now on.
func (h *house) hold(tb testing.TB) *docket.Receipt {
	tb.Helper()
	r := h.register(tb, "person", "sardor")
	h.do(tb, r, inquirer, "add", 0, map[string]string{"name": "A"})
	h.do(tb, r, inquirer, "hold", 1, map[string]string{"cell": "4", "held_at": h.Now().Time().In(h.Zone().Location()).Format("2006-01-02T15:04")})
	return r
}

// follow lets a process follow the journal to its end, as package follow does.
func (h *house) follow(tb testing.TB, k *notice.Keeper) {
	tb.Helper()
	var size int64
	if err := h.db.QueryRow(ctx, `SELECT size FROM journal_head`).Scan(&size); err != nil {
		tb.Fatal(err)
	}
	if size == h.next {
		return
	}
	if err := h.db.Write(ctx, func(tx *db.Tx) error { return k.Follow(ctx, tx, h.next, size) }); err != nil {
		tb.Fatal(err)
	}
	h.next = size
}

// tick lets a process do all that it does by itself.
func (h *house) tick(tb testing.TB) {
	tb.Helper()
	h.follow(tb, h.notices)
	if err := h.notices.Look(ctx); err != nil {
		tb.Fatal(err)
	}
}

// fresh is what is new for somebody, in short.
func (h *house) fresh(tb testing.TB, who access.Actor) string {
	tb.Helper()
	list, _, err := h.notices.New(ctx, who)
	if err != nil {
		tb.Fatal(err)
	}
	var out []string
	for _, n := range list {
		s := string(n.Kind)
		if n.Act != "" {
			s += " " + n.Act
		}
		if n.Term != "" {
			s += " " + n.Term
		}
		if n.Urgent == notice.Release {
			s = "! " + s
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

// read takes note of all that somebody has, and gives what it was.
func (h *house) read(tb testing.TB, who access.Actor) string {
	tb.Helper()
	out := h.fresh(tb, who)
	list, _, err := h.notices.New(ctx, who)
	if err != nil {
		tb.Fatal(err)
	}
	for _, n := range list {
		if err := h.notices.Note(ctx, who, n.Proceeding, n.Source); err != nil {
			tb.Fatal(err)
		}
	}
	return out
}

func (h *house) change(tb testing.TB, text string, args ...any) {
	tb.Helper()
	if err := h.db.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(text, args...); return err }); err != nil {
		tb.Fatal(err)
	}
}

func wants(tb testing.TB, err error, kind fault.Kind) {
	tb.Helper()
	if !fault.Is(err, kind) {
		tb.Errorf("%v, want %v", err, kind)
	}
}
