package docket_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/laws"
)

var (
	aziza  = actor("aziza", "administrator", "iib-1")
	bahrom = actor("bahrom", "administrator", "iib-1")
	abroad = actor("nodir", "administrator", "iib-2")
)

var serviceLaw = sync.OnceValues(func() (*procedure.Law, error) {
	law, _, err := lawload.Load(laws.FS, "uz/service")
	return law, err
})

// administered is the house with three administrators, under the law of the service too.
func administered(tb testing.TB, location string) *house {
	tb.Helper()
	list := make([]*procedure.Law, 0, 2)
	for _, load := range []func() (*procedure.Law, error){criminal, serviceLaw} {
		law, err := load()
		if err != nil {
			tb.Fatal(err)
		}
		list = append(list, law)
	}
	h := openWith(tb, location, list)
	err := h.db.Write(ctx, func(tx *db.Tx) error {
		for _, a := range []access.Actor{aziza, bahrom, abroad} {
			if _, err := tx.Exec(`INSERT INTO officer (id, name, login) VALUES ($1, $1, $1)`, a.Officer); err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO mandate (id, officer, role, office, valid_from, valid_to, basis) VALUES ($1, $2, $3, $4, 1, 0, 'f')`, a.Mandate, a.Officer, a.Role, a.Office); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

func (h *house) file(tb testing.TB, login string) string {
	tb.Helper()
	return h.must(tb, docket.Command{Law: "uz/service", Act: "open_file", Actor: aziza, Form: map[string]string{"login": login, "office": "iib-1"}}).Proceeding
}

func (h *house) roles(tb testing.TB, officer string) string {
	tb.Helper()
	list, err := h.dir.Mandates(ctx, officer, h.Now())
	if err != nil {
		tb.Fatal(err)
	}
	var out []string
	for _, m := range list {
		out = append(out, m.Role+"@"+m.Office)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// fits holds everything against its replay: proceedings and the directory.
func (h *house) fits(tb testing.TB) {
	tb.Helper()
	if _, err := h.CheckAll(ctx); err != nil {
		tb.Error(err)
	}
	if err := h.astray(); err != nil {
		tb.Error(err)
	}
}

func (h *house) astray() error {
	return h.dir.Check(ctx, func(f func(directory.Entry) error) error { return h.Entered(ctx, f) })
}

// fieldKey is the key of what is wrong with a field, or of the fault itself where no field is at fault.
func fieldKey(err error) string {
	f := fault.Of(err)
	for name, x := range f.Fields {
		return name + ": " + x.Key
	}
	return f.Key
}

func today(act, role, officer string) docket.Command {
	form := map[string]string{"role": role, "office": "iib-1", "from": "2026-03-02", "order": "12-SH"}
	if officer != "" {
		form["officer"], form["to"] = officer, "2026-03-20"
	}
	return docket.Command{Act: act, Actor: aziza, Form: form}
}

func in(file string, c docket.Command) docket.Command {
	c.Proceeding = file
	return c
}

func TestAnAppointmentIsAMandateInTheSameTransaction(t *testing.T) {
	each(t, administered, func(t *testing.T, h *house) {
		file := h.file(t, "sardor")
		r := h.must(t, in(file, today("appoint", "investigator", "")))
		if got := h.roles(t, "sardor"); got != "inquirer@iib-1 investigator@iib-1" {
			t.Errorf("he is %s", got)
		}
		held, err := h.dir.Ever(ctx, "sardor", h.Now())
		if err != nil || len(held) != 2 || held[0].File != file || held[0].Seq != r.Seq || held[0].Order != "12-SH" {
			t.Errorf("%+v, %v", held, err)
		}
		for name, c := range map[string]struct {
			command docket.Command
			want    string
		}{
			"again":                     {in(file, today("appoint", "investigator", "")), "role: " + directory.HasItAlready},
			"an office that is not his": {in(file, docket.Command{Act: "appoint", Actor: aziza, Form: map[string]string{"role": "inquirer", "office": "iib-2", "from": "2026-03-02", "order": "1"}}), "office: directory.not_yours"},
			"to himself":                {in(file, today("delegate", "inquirer", "sardor")), "officer: " + directory.Himself},
			"what he has not":           {in(file, today("delegate", "duty_officer", "malika")), "role: " + directory.NotHis},
			"to whoever does it":        {in(file, today("delegate", "inquirer", "aziza")), "officer: " + directory.Oneself},
			"a second file":             {docket.Command{Law: "uz/service", Act: "open_file", Actor: aziza, Form: map[string]string{"login": "sardor", "office": "iib-1"}}, "login: " + directory.HasFile},
			"her own file":              {docket.Command{Law: "uz/service", Act: "open_file", Actor: aziza, Form: map[string]string{"login": "aziza", "office": "iib-1"}}, "login: " + directory.Oneself},
			"a login that is taken":     {docket.Command{Law: "uz/service", Act: "enrol", Actor: aziza, Form: map[string]string{"name": "M", "login": " Malika ", "role": "inquirer", "office": "iib-1", "from": "2026-03-02", "order": "1"}}, "login: " + directory.LoginTaken},
			"by a stranger":             {in(file, docket.Command{Act: "appoint", Actor: abroad, Form: today("appoint", "head", "").Form}), "proceeding.none"},
			"by no administrator":       {in(file, docket.Command{Act: "appoint", Actor: inquirer, Form: today("appoint", "head", "").Form}), "proceeding.none"},
		} {
			if _, err := h.Act(ctx, c.command); err == nil || fieldKey(err) != c.want {
				t.Errorf("%s: %v, want %s", name, err, c.want)
			}
		}
		if got := h.roles(t, "sardor"); got != "inquirer@iib-1 investigator@iib-1" {
			t.Errorf("after what was refused he is %s", got)
		}
		h.fits(t)
	})
}

func TestANewOfficerIsThereWithHisFile(t *testing.T) {
	each(t, administered, func(t *testing.T, h *house) {
		r := h.must(t, docket.Command{Law: "uz/service", Act: "enrol", Actor: aziza, Form: map[string]string{"name": " Karimov  Aziz ", "login": "A.Karimov", "role": "inquirer", "office": "iib-1", "from": "2026-03-02", "to": "2026-03-03", "order": "7"}})
		o, err := h.dir.Officer(ctx, "a.karimov")
		if err != nil || o == nil || o.Name != "Karimov Aziz" || h.roles(t, o.ID) != "inquirer@iib-1" {
			t.Fatalf("%+v, %v", o, err)
		}
		h.set(at(t, "2026-03-03 23:59"))
		if h.roles(t, o.ID) == "" {
			t.Error("the last day is his")
		}
		h.set(at(t, "2026-03-04 00:00"))
		if h.roles(t, o.ID) != "" {
			t.Error("the day after is not")
		}
		p, err := h.Proceeding(ctx, aziza, r.Proceeding)
		if err != nil || p.Office != "iib-1" {
			t.Errorf("%+v, %v", p, err)
		}
		if _, err := h.Proceeding(ctx, inquirer, r.Proceeding); !fault.Is(err, fault.NotFound) {
			t.Errorf("his colleague reads his file: %v", err)
		}
		h.fits(t)
	})
}

func TestWhatGivesGreatPowerTakesTwo(t *testing.T) {
	each(t, administered, func(t *testing.T, h *house) {
		file := h.file(t, "sardor")
		if _, err := h.Act(ctx, in(file, today("appoint", "administrator", ""))); err == nil {
			t.Error("one made an administrator")
		}
		propose := in(file, today("propose", "administrator", ""))
		propose.Form["manner"] = directory.Appointment
		h.must(t, propose)
		if got := h.roles(t, "sardor"); got != "inquirer@iib-1" {
			t.Errorf("proposed, he is %s", got)
		}
		if _, err := h.Act(ctx, docket.Command{Proceeding: file, Act: "confirm", Thing: 1, Actor: aziza}); err == nil {
			t.Error("who proposed it confirmed it")
		}
		h.must(t, docket.Command{Proceeding: file, Act: "confirm", Thing: 1, Actor: bahrom})
		if got := h.roles(t, "sardor"); got != "administrator@iib-1 inquirer@iib-1" {
			t.Errorf("confirmed, he is %s", got)
		}
		h.fits(t)
	})
}

func TestWhoeverLeavesHandsOverAllThatIsOpen(t *testing.T) {
	each(t, administered, func(t *testing.T, h *house) {
		const cases = 40
		commands := make([]docket.Command, cases)
		for i := range commands {
			commands[i] = register("sardor")
		}
		receipts, err := h.ActAll(ctx, commands)
		if err != nil {
			t.Fatal(err)
		}
		h.must(t, docket.Command{Proceeding: receipts[0].Proceeding, Act: "refuse", Actor: inquirer, Form: map[string]string{"ground": "no_event", "note": "Found again"}})
		file := h.file(t, "sardor")
		relieve := docket.Command{Proceeding: file, Act: "relieve", Actor: aziza, Form: map[string]string{"order": "40-SH"}}
		for successor, want := range map[string]string{"": "successor: directory.successor_needed", "dilshod": "successor: directory.successor_has_no_such_mandate", "bek": "successor: field.not_a_choice"} {
			relieve.Form["successor"] = successor
			_, err := h.Act(ctx, relieve)
			if err == nil || fieldKey(err) != want {
				t.Errorf("successor %q: %v, want %s", successor, err, want)
			} else if n := fault.Of(err).Fields["successor"].Args["n"]; want != "successor: field.not_a_choice" && n != cases-1 {
				t.Errorf("it speaks of %v proceedings", n)
			}
		}
		if h.roles(t, "sardor") == "" {
			t.Error("what was refused was done")
		}
		relieve.Form["successor"] = "malika"
		h.must(t, relieve)
		if h.roles(t, "sardor") != "" {
			t.Errorf("he is still %s", h.roles(t, "sardor"))
		}
		mine, err := h.InCharge(ctx, second, proceedings.Behind{}, 100)
		if err != nil || len(mine) != cases-1 {
			t.Errorf("she has %d, %v", len(mine), err)
		}
		owed, err := h.Mine(ctx, second, proceedings.After{}, 100)
		if err != nil || len(owed) != cases-1 {
			t.Errorf("she owes %d, %v", len(owed), err)
		}
		p, err := h.Proceeding(ctx, second, receipts[1].Proceeding)
		if err != nil || p.Version != 2 || p.InCharge != "malika" {
			t.Fatalf("%+v, %v", p, err)
		}
		log, err := h.History(ctx, p, 3, 1)
		if err != nil || log[0].Act != procedure.ChangesHands || log[0].Officer != "aziza" {
			t.Errorf("%+v, %v", log, err)
		}
		if over, err := h.Proceeding(ctx, second, receipts[0].Proceeding); err != nil || over.InCharge != "sardor" {
			t.Errorf("what was over went along: %v", err)
		}
		h.must(t, docket.Command{Proceeding: p.ID, Act: "open_inquiry", Actor: second, Form: map[string]string{"crime_article": "CC 169"}})
		h.fits(t)
	})
}

func TestWhoStandsInIsInChargeMeanwhile(t *testing.T) {
	each(t, administered, func(t *testing.T, h *house) {
		r := h.must(t, register("sardor"))
		open := docket.Command{Proceeding: r.Proceeding, Act: "open_inquiry", Actor: second, Form: map[string]string{"crime_article": "CC 169"}}
		if _, err := h.Act(ctx, open); err == nil {
			t.Fatal("a colleague acted in his case")
		}
		file := h.file(t, "sardor")
		h.must(t, in(file, today("leave_with_substitute", "inquirer", "malika")))
		list, err := h.dir.Mandates(ctx, "malika", h.Now())
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(list, func(m directory.Mandate) bool { return m.For() == "sardor" })
		if i < 0 {
			t.Fatalf("%+v", list)
		}
		m := list[i]
		open.Actor = access.Actor{Officer: "malika", Role: m.Role, Office: m.Office, Mandate: m.ID, For: m.For(), Present: access.Always}
		owed, err := h.Mine(ctx, open.Actor, proceedings.After{}, 10)
		if err != nil || len(owed) != 1 {
			t.Errorf("she sees %d of his duties, %v", len(owed), err)
		}
		done := h.must(t, open)
		if last := done.Effects[len(done.Effects)-1]; last.Effect != procedure.StoodIn.String() || last.Value[1] != "sardor" {
			t.Errorf("the entry does not say in whose place: %+v", done.Effects)
		}
		could, err := h.dir.Could(ctx, "iib-1", "inquirer", h.Now(), h.Now()+1)
		if err != nil || len(could) != 3 {
			t.Errorf("%d could, %v", len(could), err)
		}
		h.must(t, docket.Command{Proceeding: file, Act: "take_back", Thing: 1, Actor: aziza, Form: map[string]string{"order": "41-SH"}})
		h.set(h.Now() + calendar.Second)
		if got := h.roles(t, "malika"); got != "inquirer@iib-1" {
			t.Errorf("called back she is %s", got)
		}
		h.fits(t)
	})
}

func TestAnotherSupervisorIsLaidDownAndLifted(t *testing.T) {
	each(t, administered, func(t *testing.T, h *house) {
		file := h.must(t, docket.Command{Law: "uz/service", Act: "open_office_file", Actor: aziza, Form: map[string]string{"office": "iib-1"}}).Proceeding
		h.must(t, docket.Command{Proceeding: file, Act: "propose_competence", Actor: aziza, Form: map[string]string{"role": "supervisor", "competent": "pr-2", "order": "26"}})
		before := h.dir.Tree().Supervisor("iib-1")
		h.must(t, docket.Command{Proceeding: file, Act: "confirm_competence", Thing: 1, Actor: bahrom})
		if got := h.dir.Tree().Supervisor("iib-1"); before != "pr-1" || got != "pr-2" {
			t.Errorf("before %s, after %s", before, got)
		}
		h.set(h.Now() + calendar.Hour)
		h.must(t, docket.Command{Proceeding: file, Act: "lift_competence", Thing: 1, Actor: bahrom, Form: map[string]string{"order": "27"}})
		if got := h.dir.Tree().Supervisor("iib-1"); got != "iib-1" {
			t.Errorf("lifted, nothing is laid down, and no rule is given here: %s", got)
		}
		h.fits(t)
	})
}

func TestARowThatNoActMadeIsFound(t *testing.T) {
	each(t, administered, func(t *testing.T, h *house) {
		file := h.file(t, "sardor")
		h.must(t, in(file, today("appoint", "investigator", "")))
		for _, text := range []string{`UPDATE mandate SET role = 'judge' WHERE made_in <> ''`, `UPDATE mandate SET role = 'investigator', valid_to = 9000000000000000 WHERE made_in <> ''`} {
			if err := h.db.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(text); return err }); err != nil {
				t.Fatal(err)
			}
			if err := h.astray(); !errors.Is(err, directory.ErrAstray) {
				t.Errorf("%s: %v", text, err)
			}
		}
	})
}

// After any acts, allowed and refused, the directory is what a replay of them gives.
func TestTheDirectoryIsWhatItsActsLeadTo(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other: in full without -short")
	}
	each(t, administered, func(t *testing.T, h *house) {
		r := rand.New(rand.NewPCG(5, 6))
		logins := []string{"sardor", "malika", "dilshod"}
		files := map[string]string{}
		things, proposed := map[string]int{}, map[string]int32{}
		done := map[string]int{}
		roles := []string{"inquirer", "duty_officer", "head", "judge"}
		pick := func(list []string) string { return list[r.IntN(len(list))] }
		zone, err := calendar.LoadZone("Asia/Tashkent")
		if err != nil {
			t.Fatal(err)
		}
		day := func(n int) string { return (zone.Date(h.Now()) + calendar.Date(n)).String() }
		for i := range 700 {
			if i%10 == 9 {
				h.set(h.Now() + 7*calendar.Hour)
			}
			who := pick(logins)
			c := docket.Command{Actor: []access.Actor{aziza, bahrom}[r.IntN(2)], Proceeding: files[who]}
			c.Form = map[string]string{"role": pick(roles), "office": "iib-1", "order": "1", "from": day(r.IntN(6) - 1), "to": day(r.IntN(40))}
			held, err := h.dir.Mandates(ctx, who, h.Now())
			if err != nil {
				t.Fatal(err)
			}
			if len(held) > 0 && r.IntN(4) > 0 { // mostly of what he has
				c.Form["role"] = held[r.IntN(len(held))].Role
			}
			if r.IntN(8) == 0 {
				c.Form["office"] = "iib-2"
			}
			acts := []string{"appoint", "delegate", "leave_with_substitute", "leave", "propose", "confirm", "take_back", "release_from_role", "enrol"}
			if c.Act = pick(acts); r.IntN(40) == 0 {
				c.Act = "relieve"
			}
			if len(held) == 0 && files[who] != "" {
				c.Act, c.Form["role"] = "appoint", pick(roles)
			}
			if files[who] == "" {
				c.Act = []string{"open_file", "enrol"}[r.IntN(2)]
			}
			drop := func(names ...string) {
				for _, n := range names {
					delete(c.Form, n)
				}
			}
			switch c.Act {
			case "open_file":
				c.Form = map[string]string{"login": who, "office": "iib-1"}
			case "enrol":
				who = fmt.Sprint("new", r.IntN(12))
				c.Proceeding, c.Form["name"], c.Form["login"] = "", who, who
			case "appoint":
				if r.IntN(2) == 0 {
					drop("to")
				}
			case "delegate", "leave_with_substitute":
				c.Form["to"] = day(5 + r.IntN(3))
				c.Form["officer"] = pick(logins)
			case "propose":
				c.Form["manner"], c.Form["officer"] = pick([]string{directory.Appointment, directory.Delegation, directory.Substitution}), pick(logins)
			case "leave":
				c.Form["to"] = c.Form["from"]
				drop("role", "office")
			case "confirm", "take_back":
				c.Thing = int32(max(things[who]-r.IntN(2), 1))
				if c.Act == "confirm" && proposed[who] > 0 {
					c.Thing = proposed[who]
				}
				drop("role", "office", "from", "to")
				if c.Act == "confirm" {
					drop("order")
				}
			case "release_from_role":
				drop("from", "to")
			case "relieve":
				drop("role", "office", "from", "to")
			}
			if c.Proceeding == "" {
				c.Law = "uz/service"
			}
			receipt, err := h.Act(ctx, c)
			if err != nil {
				if fault.Of(err).Kind == fault.Internal {
					t.Fatalf("%s: %v", c.Act, err)
				}
				continue
			}
			done[c.Act]++
			if c.Proceeding == "" {
				files[who] = receipt.Proceeding
			}
			for _, f := range receipt.Effects {
				if f.Effect == procedure.Added.String() {
					things[who] = int(f.Thing)
					if c.Act == "propose" {
						proposed[who] = f.Thing
					}
				}
			}
			if i%4 > 0 {
				continue
			}
			if err := h.astray(); err != nil {
				t.Fatalf("after %s: %v", c.Act, err)
			}
		}
		h.fits(t)
		for _, act := range []string{"appoint", "enrol", "propose", "confirm", "leave", "delegate", "leave_with_substitute", "take_back", "release_from_role", "relieve"} {
			if done[act] == 0 {
				t.Errorf("the draw never did %s: %v", act, done)
			}
		}
	})
}
