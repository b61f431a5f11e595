package hearing_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/follow"
	"nazorat/internal/hearing"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/laws"
)

func TestMain(m *testing.M) { dbtest.Main(m, dbtest.NoSync) }

var ctx = context.Background()

// sitting is a law of no country: something is appointed, appointed otherwise, and given to another.
const sitting = `
procedure: xx/sitting
in_force: 2026-01-01
days: xx
number: "{office}-{seq}"
cites: { A: Act }
kinds: { matter: { states: [open, shut], final: [shut], fields: { about: text } } }
acts:
  begin: { article: A 1, by: [judge], opens: matter, form: { about: text, judge: { officer: [judge] } }, sets: { about: act.about }, in_charge: act.judge }
  appoint: { article: A 2, by: [judge], on: matter, form: { at: { type: moment, future: true, appoints: 90min } } }
  give: { article: A 3, by: [judge], on: matter, form: { judge: { officer: [judge] } }, in_charge: act.judge }
  shut: { article: A 4, by: [judge], on: matter, from: [open], to: shut }
terms:
  answer: { article: A 5, starts: begin, within: 10d, owed_by: judge, met_by: [shut] }
`

type house struct {
	*docket.Docket
	*hearing.Calendar
	follow *follow.Keeper
	now    atomic.Int64
	ids    atomic.Int64
}

func actor(officer, role, office string) access.Actor {
	return access.Actor{Officer: officer, Role: role, Office: office, Mandate: officer + "-1"}
}

var (
	anna      = actor("anna", "judge", "court-1")
	boris     = actor("boris", "judge", "court-1")
	celia     = actor("celia", "judge", "court-2")
	overseer  = actor("olim", "prosecutor", "pr-1")
	everybody = []access.Actor{anna, boris, celia, overseer}
)

// policies are those that are built in, loaded once for all tests: nobody changes them.
var policies = sync.OnceValues(func() (*access.Policies, error) { return access.Load(laws.FS) })

func open(t *testing.T, location string) *house {
	t.Helper()
	law, _, err := lawload.Load(fstest.MapFS{"xx/sitting/2026-01-01.yaml": {Data: []byte(sitting)},
		"calendars/xx.yaml": {Data: []byte("zone: Asia/Tashkent\nweekend: [saturday, sunday]\ncloses: \"18:00\"\nyears:\n  2026: { source: none }\n")}}, "xx/sitting")
	if err != nil {
		t.Fatal(err)
	}
	policies, err := policies()
	if err != nil {
		t.Fatal(err)
	}
	d, err := db.Create(ctx, location)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(ctx, slices.Concat(directory.Migrations, docket.Migrations, follow.Migrations, hearing.Migrations)); err != nil {
		t.Fatal(err)
	}
	dir, err := directory.Open(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	s := &directory.Service{Offices: []directory.Office{{ID: "pr-1", Code: "01", Kind: directory.Prosecutor, Place: "17"}, {ID: "court-1", Code: "C1", Kind: directory.Court, Place: "17"}, {ID: "court-2", Code: "C2", Kind: directory.Court, Place: "17"}},
		Competences: []directory.Competence{{Office: "court-1", Role: directory.SupervisorRole, Competent: "pr-1"}, {Office: "court-1", Role: "judge", Competent: "court-1"}, {Office: "court-2", Role: "judge", Competent: "court-2"}}}
	for _, a := range everybody {
		s.Officers = append(s.Officers, directory.NewOfficer{Officer: directory.Officer{ID: a.Officer, Name: a.Officer, Login: a.Officer}, Mandates: []directory.Mandate{{ID: a.Mandate, Officer: a.Officer, Role: a.Role, Office: a.Office}}})
	}
	if err := dir.Import(ctx, s, 1); err != nil {
		t.Fatal(err)
	}
	h := &house{follow: follow.New(d)}
	h.set(t, "2026-03-02 09:00")
	h.Docket = docket.Open(d, dir, []*procedure.Law{law}, docket.Options{Policies: policies, Now: func() calendar.Moment { return calendar.Moment(h.now.Load()) }, NewID: func() string { return fmt.Sprintf("id%06d", h.ids.Add(1)) }})
	h.Calendar = hearing.Open(d, h.Reader)
	t.Cleanup(func() {
		h.Close()
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

func moment(t *testing.T, text string) calendar.Moment {
	t.Helper()
	zone, err := calendar.LoadZone("Asia/Tashkent")
	if err != nil {
		t.Fatal(err)
	}
	m, err := zone.ParseMoment(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (h *house) set(t *testing.T, text string) { h.now.Store(int64(moment(t, text))) }

func (h *house) do(t *testing.T, who access.Actor, on, act string, form map[string]string) string {
	t.Helper()
	c := docket.Command{Proceeding: on, Act: act, Actor: who, Form: form}
	if on == "" {
		c.Law = "xx/sitting"
	}
	r, err := h.Act(ctx, c)
	if err != nil {
		t.Fatalf("%s: %v", act, err)
	}
	return r.Proceeding
}

// told is what somebody is told of a week at an office, each as "number time officer", a clash with "!".
func (h *house) told(t *testing.T, who access.Actor, office, officer string) (out []string) {
	t.Helper()
	if err := h.follow.CatchUp(ctx, h.Follower()); err != nil {
		t.Fatal(err)
	}
	list, err := h.Of(ctx, who, office, officer, moment(t, "2026-03-02 00:00"), moment(t, "2026-03-16 00:00"), 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range list {
		text := x.Number + " " + h.Zone().Format(x.At) + " " + x.Officer
		if x.Clash {
			text += "!"
		}
		out = append(out, text)
	}
	return out
}

func wants(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWhatIsAppointedStandsUntilAnotherMomentTakesItsPlace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, location string) {
		h := open(t, location)
		one := h.do(t, anna, "", "begin", map[string]string{"about": "One", "judge": "anna"})
		two := h.do(t, anna, "", "begin", map[string]string{"about": "Two", "judge": "anna"})
		h.do(t, anna, one, "appoint", map[string]string{"at": "2026-03-04T10:00"})
		h.do(t, anna, two, "appoint", map[string]string{"at": "2026-03-04T11:00"})
		wants(t, h.told(t, anna, "court-1", ""), "C1-1 2026-03-04 10:00 anna!", "C1-2 2026-03-04 11:00 anna!")
		// Given to another, who holds it from then on: no clash any more.
		h.do(t, anna, two, "give", map[string]string{"judge": "boris"})
		wants(t, h.told(t, boris, "court-1", ""), "C1-1 2026-03-04 10:00 anna", "C1-2 2026-03-04 11:00 boris")
		wants(t, h.told(t, boris, "court-1", "boris"), "C1-2 2026-03-04 11:00 boris")
		// What was held stays; what another moment took the place of does not.
		h.set(t, "2026-03-04 12:00")
		h.do(t, anna, one, "appoint", map[string]string{"at": "2026-03-06T10:00"})
		h.do(t, anna, one, "appoint", map[string]string{"at": "2026-03-09T10:00"})
		wants(t, h.told(t, anna, "court-1", "anna"), "C1-1 2026-03-04 10:00 anna", "C1-1 2026-03-09 10:00 anna")
		p, err := h.Proceeding(ctx, anna, one)
		if err != nil {
			t.Fatal(err)
		}
		for now, want := range map[string]string{"2026-03-05 10:00": "2026-03-09 10:00", "2026-03-12 10:00": "2026-03-09 10:00"} {
			if next, err := h.Next(ctx, p, moment(t, now)); err != nil || next == nil || h.Zone().Format(next.At) != want {
				t.Errorf("on %s: %+v, %v", now, next, err)
			}
		}
		// What is over is held no more.
		stands := h.told(t, anna, "court-1", "")
		three := h.do(t, anna, "", "begin", map[string]string{"about": "Three", "judge": "anna"})
		h.do(t, anna, three, "appoint", map[string]string{"at": "2026-03-10T10:00"})
		if got := h.told(t, anna, "court-1", ""); len(got) != len(stands)+1 {
			t.Errorf("got %q", got)
		}
		h.do(t, anna, three, "shut", nil)
		wants(t, h.told(t, anna, "court-1", ""), stands...)
		// Made anew it is the same.
		before := h.told(t, anna, "court-1", "")
		f := h.Follower()
		f.Version++
		if err := h.follow.CatchUp(ctx, f); err != nil {
			t.Fatal(err)
		}
		wants(t, h.told(t, anna, "court-1", ""), before...)
	})
}

// Whoever may not read a proceeding is told of nothing that is held in it, whatever else he is told.
func TestTheCalendarHasWhatItsReaderMayRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, location string) {
		h := open(t, location)
		r := rand.New(rand.NewPCG(1, 2))
		var ids []string
		for i := range 20 {
			who := []access.Actor{anna, boris, celia}[r.IntN(3)]
			id := h.do(t, who, "", "begin", map[string]string{"about": fmt.Sprint("Matter ", i), "judge": who.Officer})
			h.do(t, who, id, "appoint", map[string]string{"at": fmt.Sprintf("2026-03-%02dT%02d:00", 3+r.IntN(9), 9+r.IntN(8))})
			ids = append(ids, id)
		}
		shown := map[bool]int{}
		for _, who := range everybody {
			all := len(h.told(t, who, "court-1", "")) + len(h.told(t, who, "court-2", ""))
			may := 0
			for _, id := range ids {
				_, err := h.Proceeding(ctx, who, id)
				if err == nil {
					may++
				} else if !fault.Is(err, fault.NotFound) {
					t.Fatal(err)
				}
				shown[err == nil]++
			}
			if all != may {
				t.Errorf("%s is told of %d and may read %d", who.Officer, all, may)
			}
		}
		if shown[true] == 0 || shown[false] == 0 {
			t.Errorf("the draw shows nothing: %v", shown)
		}
	})
}
