package emergency_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/emergency"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/lawload"
	"nazorat/internal/look"
	"nazorat/internal/procedure"
	"nazorat/internal/signin"
	"nazorat/laws"
)

var ctx = context.Background()

func TestMain(m *testing.M) { dbtest.Main(m, dbtest.NoSync) }

func actor(officer, role, office string) access.Actor {
	return access.Actor{Officer: officer, Role: role, Office: office, Mandate: officer + "-1", Present: access.Always}
}

var (
	duty       = actor("dilshod", "duty_officer", "iib-1")
	inquirer   = actor("sardor", "inquirer", "iib-1")
	stranger   = actor("bek", "inquirer", "iib-2")
	otherHead  = actor("botir", "head", "iib-2")
	ministry   = actor("vali", "head", "ministry")
	prosecutor = actor("jasur", "prosecutor", "pr-1")
	elsewhere  = actor("olim", "prosecutor", "pr-2")
	admin      = actor("anvar", "administrator", "iib-2")
)

// house is two districts with their police and prosecutors, and a case of the first.
type house struct {
	*emergency.Keeper
	d      *docket.Docket
	db     *db.DB
	now    atomic.Int64
	id     string
	number string
}

var criminal = sync.OnceValues(func() (*procedure.Law, error) {
	law, _, err := lawload.Load(laws.FS, "uz/criminal")
	return law, err
})

// What is built in is loaded once for all tests: nobody changes it.
var (
	policies = sync.OnceValues(func() (*access.Policies, error) { return access.Load(laws.FS) })
	rules    = sync.OnceValues(func() (*look.Rules, error) { return look.LoadRules(laws.FS) })
)

func open(t *testing.T, location string) *house {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	law, err := criminal()
	must(err)
	policies, err := policies()
	must(err)
	rules, err := rules()
	must(err)
	d, err := db.Create(ctx, location)
	must(err)
	t.Cleanup(func() { _ = d.Close() })
	must(d.Migrate(ctx, slices.Concat(directory.Migrations, docket.Migrations, look.Migrations, emergency.Migrations)))
	dir, err := directory.Open(ctx, d)
	must(err)
	s := &directory.Service{
		Offices: []directory.Office{
			{ID: "ministry", Code: "17", Kind: directory.Interior}, {ID: "gp", Code: "P17", Kind: directory.Prosecutor},
			{ID: "pr-1", Code: "P1", Kind: directory.Prosecutor, Parent: "gp"}, {ID: "pr-2", Code: "P2", Kind: directory.Prosecutor, Parent: "gp"},
			{ID: "iib-1", Code: "1", Kind: directory.Interior, Parent: "ministry"}, {ID: "iib-2", Code: "2", Kind: directory.Interior, Parent: "ministry"},
		},
		Competences: []directory.Competence{{Office: "iib-1", Role: directory.SupervisorRole, Competent: "pr-1"}, {Office: "iib-1", Role: "prosecutor", Competent: "pr-1"},
			{Office: "iib-2", Role: directory.SupervisorRole, Competent: "pr-2"}, {Office: "iib-2", Role: "prosecutor", Competent: "pr-2"}},
	}
	for _, a := range []access.Actor{duty, inquirer, stranger, otherHead, ministry, prosecutor, elsewhere, admin} {
		s.Officers = append(s.Officers, directory.NewOfficer{Officer: directory.Officer{ID: a.Officer, Name: a.Officer, Login: a.Officer},
			Mandates: []directory.Mandate{{ID: a.Mandate, Officer: a.Officer, Role: a.Role, Office: a.Office}}})
	}
	must(dir.Import(ctx, s, 1))
	h := &house{db: d}
	h.now.Store(int64(calendar.DateOf(2026, 3, 2)) * 24 * int64(calendar.Hour))
	looks := look.Open(d, rules)
	must(looks.Begin("", slog.New(slog.DiscardHandler)))
	t.Cleanup(looks.Close)
	h.Keeper = emergency.Open(d, looks, dir, func() *access.Edition { return policies.On(0) })
	var ids atomic.Int64
	h.d = docket.Open(d, dir, []*procedure.Law{law}, docket.Options{Policies: policies, Now: h.clock, NewID: func() string { return fmt.Sprintf("id%06d", ids.Add(1)) },
		Except: func(ctx context.Context, who access.Actor, proceeding string) (string, error) {
			return h.Running(ctx, who, proceeding, h.clock())
		}})
	t.Cleanup(h.d.Close)
	r, err := h.d.Act(ctx, docket.Command{Law: "uz/criminal", Act: "register_report", Actor: duty,
		Form: map[string]string{"source": "statement", "applicant": "A. Karimov", "summary": "A bicycle was stolen", "assign_to": inquirer.Officer}})
	must(err)
	h.id, h.number = r.Proceeding, r.Number
	return h
}

func (h *house) clock() calendar.Moment { return calendar.Moment(h.now.Load()) }

func (h *house) pass(m calendar.Moment) { h.now.Add(int64(m)) }

func begin(who access.Actor) journal.Look {
	return journal.Look{At: 1, Page: "POST /emergency", Officer: who.Officer, Role: who.Role, Mandate: who.Mandate, Office: who.Office}
}

func (h *house) breaks(who access.Actor, number string) (*emergency.Emergency, error) {
	return h.Break(ctx, h.d.Reader, begin(who), emergency.Asked{Who: who, Number: number, Why: "A child is missing", Lasts: calendar.Hour}, h.clock())
}

func (h *house) reply(who access.Actor, id string, objects bool, why string) error {
	return h.Reply(ctx, begin(who), who, id, objects, why, h.clock())
}

func (h *house) reads(who access.Actor) bool {
	p, err := h.d.Proceeding(ctx, who, h.id)
	return err == nil && p.ID == h.id
}

func keyOf(err error) string {
	if err == nil {
		return ""
	}
	return fault.Of(err).Key
}

func each(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) { f(t, open(t, location)) })
}

func TestWhatIsOpenedInAnEmergencyIsReadForItsTimeByItsOfficerAndNoOther(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		if h.reads(stranger) {
			t.Fatal("a stranger reads the case as it is")
		}
		e, err := h.breaks(stranger, " "+h.number+" ")
		if err != nil {
			t.Fatal(err)
		}
		p, err := h.d.Proceeding(ctx, stranger, h.id)
		if err != nil || p.Exception != e.ID {
			t.Fatalf("%+v, %v", p, err)
		}
		other := stranger
		other.Mandate = "another"
		for _, who := range []access.Actor{otherHead, elsewhere, other} {
			if h.reads(who) {
				t.Errorf("%s reads what another opened", who.Officer)
			}
		}
		// It is for reading: nothing is done, listed or found by it.
		if _, err := h.d.Act(ctx, docket.Command{Proceeding: h.id, Act: "assign", Actor: stranger, Form: map[string]string{"assign_to": inquirer.Officer}}); !fault.Is(err, fault.NotFound) {
			t.Errorf("an act: %v", err)
		}
		if _, err := h.d.ByNumber(ctx, stranger, h.number); !fault.Is(err, fault.NotFound) {
			t.Errorf("it is found by its number: %v", err)
		}
		if p, err := h.d.Proceeding(ctx, inquirer, h.id); err != nil || p.Exception != "" {
			t.Errorf("who may read it reads it by an exception: %+v, %v", p, err)
		}
		h.pass(calendar.Hour)
		if h.reads(stranger) {
			t.Error("it is read when its time is over")
		}
	})
}

func TestBothSidesAreToldAndTheFirstObjectionClosesTheCase(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		e, err := h.breaks(stranger, h.number)
		if err != nil {
			t.Fatal(err)
		}
		told := map[string]int{}
		for _, who := range []access.Actor{otherHead, ministry, prosecutor, elsewhere, inquirer, stranger, admin, duty} {
			list, err := h.ToAnswer(ctx, who)
			if err != nil {
				t.Fatal(err)
			}
			told[who.Officer] = len(list)
			_, err = h.One(ctx, who, e.ID)
			if see := err == nil; see != (len(list) == 1 || who == stranger) {
				t.Errorf("%s sees it: %v", who.Officer, err)
			}
		}
		if want := map[string]int{"botir": 1, "vali": 1, "jasur": 1, "olim": 0, "sardor": 0, "bek": 0, "anvar": 0, "dilshod": 0}; fmt.Sprint(told) != fmt.Sprint(want) {
			t.Errorf("told are %v, want %v", told, want)
		}
		for _, who := range []access.Actor{elsewhere, inquirer} {
			if err := h.reply(who, e.ID, false, ""); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s answered: %v", who.Officer, err)
			}
		}
		if err := h.reply(stranger, e.ID, false, ""); keyOf(err) != "emergency.answered" {
			t.Errorf("he answered for himself: %v", err)
		}
		if err := h.reply(otherHead, e.ID, false, "It was needed"); err != nil {
			t.Fatal(err)
		}
		if err := h.reply(ministry, e.ID, true, "It was not"); keyOf(err) != "emergency.answered" {
			t.Errorf("a side answered twice: %v", err)
		}
		if !h.reads(stranger) {
			t.Error("it was confirmed and is closed")
		}
		if err := h.reply(prosecutor, e.ID, true, " "); !fault.Is(err, fault.Invalid) {
			t.Errorf("an objection without a reason: %v", err)
		}
		if err := h.reply(prosecutor, e.ID, true, "The case has nothing to do with it"); err != nil {
			t.Fatal(err)
		}
		if h.reads(stranger) {
			t.Error("it was objected to and is read")
		}
		one, err := h.One(ctx, otherHead, e.ID)
		if err != nil || len(one.Answers) != 2 || one.Of(emergency.Superior).Objects || !one.Of(emergency.Supervisor).Objects || one.Of(emergency.Supervisor).Why != "The case has nothing to do with it" {
			t.Errorf("%+v, %v", one, err)
		}
		if list, err := h.ToAnswer(ctx, ministry); err != nil || len(list) != 0 {
			t.Errorf("%d wait for an answer that is not needed: %v", len(list), err)
		}
	})
}

func TestOnlyWhoIsThereAndMayOpensAndNotTooOften(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		if _, err := h.breaks(admin, h.number); keyOf(err) != "emergency.not_you" {
			t.Errorf("an administrator: %v", err)
		}
		absent := stranger
		absent.Present = h.clock() - signin.Fresh - 1
		if _, err := h.breaks(absent, h.number); keyOf(err) != signin.PresenceRequired {
			t.Errorf("who proved long ago: %v", err)
		}
		for i := range 4 {
			if _, err := h.breaks(stranger, fmt.Sprint("no number ", i, "\x00\xff")); keyOf(err) != "emergency.no_number" {
				t.Errorf("a number that is not there: %v", err)
			}
		}
		if _, err := h.breaks(stranger, h.number); err != nil {
			t.Errorf("the fifth: %v", err)
		}
		if _, err := h.breaks(stranger, h.number); keyOf(err) != "emergency.too_many" {
			t.Errorf("the sixth within a day: %v", err)
		}
		h.pass(24*calendar.Hour + 1)
		if _, err := h.breaks(stranger, h.number); err != nil {
			t.Errorf("a day later: %v", err)
		}
		mine, err := h.Mine(ctx, stranger, 10)
		opened := 0
		for _, e := range mine {
			if e.Proceeding == h.id {
				opened++
			}
		}
		if err != nil || len(mine) != 6 || opened != 2 || mine[0].Proceeding != h.id {
			t.Errorf("%d tries, of which %d opened something, %v", len(mine), opened, err)
		}
	})
}

// Each row has its entry in the journal, and each entry its row.
func TestWhatIsDoneInAnEmergencyIsInTheJournal(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		e, err := h.breaks(stranger, h.number)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.breaks(stranger, "nothing"); err == nil {
			t.Fatal("a number that is not there was opened")
		}
		if err := h.reply(otherHead, e.ID, false, "It was needed"); err != nil {
			t.Fatal(err)
		}
		if err := h.reply(prosecutor, e.ID, true, "It was not"); err != nil {
			t.Fatal(err)
		}
		var said []string
		err = look.Records(ctx, h.db, 0, 100, func(r *journal.Record) error {
			for _, s := range r.Looks {
				l, err := journal.ReadLook(s.Canonical)
				if err != nil {
					return err
				}
				said = append(said, l.Kind+" "+l.Officer+" "+fmt.Sprint(l.Proceeding == h.id, l.Emergency == e.ID))
			}
			return journalCheck(r)
		})
		want := "opened bek true true; tried bek false false; confirmed botir true true; objected jasur true true"
		if err != nil || strings.Join(said, "; ") != want {
			t.Errorf("%s, %v", strings.Join(said, "; "), err)
		}
		for _, text := range []string{`UPDATE emergency SET why = 'x'`, `DELETE FROM emergency_answer`} {
			if err := h.db.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(text); return err }); err == nil {
				t.Errorf("%s went through", text)
			}
		}
	})
}

func journalCheck(r *journal.Record) error {
	if r.Looks == nil {
		return nil
	}
	return journal.CheckLooks(r.Looks, r.Leaf)
}

// A leaf holds hundreds of looks; who trails the journal reads those alone by which something was opened.
func TestWhatWasOpenedIsFoundByAnIndex(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.SQLite(t))
	rows, err := h.db.Query(ctx, `EXPLAIN QUERY PLAN `+emergency.SelectLeafs, int64(1), int64(200))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var detail string
		if err := rows.Scan(new(any), new(any), new(any), &detail); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, detail)
	}
	if err := rows.Err(); err != nil || len(plan) == 0 || !strings.Contains(plan[0], "INDEX look_opened (leaf>? AND leaf<?)") {
		t.Errorf("%v\n%s", err, strings.Join(plan, "\n"))
	}
}
