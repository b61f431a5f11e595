package e2e

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"nazorat/internal/browsertest"
)

// Without a script the form is sent when a sheet is turned, and comes back as it was typed; nothing is done.
func turnsWithoutScript(t *testing.T, o *office, id string) {
	t.Helper()
	c := o.client(t).signIn(o.as(t, "judge"))
	before, err := o.Docket.Proceeding(t.Context(), actorOf(o.as(t, "judge")), id)
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"f.note": {"He is ill"}, "version": {fmt.Sprint(before.Version)}, "submission": {strings.Repeat("s", 20)}, "thing": {"0"}, "turn": {"next"}}
	got := c.post("/proceedings/"+id+"/hearing?act=adjourn_trial&sheet=3", form)
	if got.status != 200 || !strings.Contains(got.body, "He is ill") || !strings.Contains(got.body, "sheet=4&amp;") && !strings.Contains(got.body, "sheet=4#") {
		t.Errorf("turning a sheet answers %d: %s", got.status, got.body)
	}
	for _, path := range []string{"/hearing?act=register_report", "/hearing?act=no_such", "/hearing?sheet=0", "/hearing?sheet=99999", "/hearing?sheet=x"} {
		if got := c.get("/proceedings/" + id + path); got.status != 404 {
			t.Errorf("%s answers %d", path, got.status)
		}
	}
	after, err := o.Docket.Proceeding(t.Context(), actorOf(o.as(t, "judge")), id)
	if err != nil || after.Version != before.Version {
		t.Errorf("something was done: %v", err)
	}
}

// A judge has two cases at one time and is told so; he enters what happens beside the file, and the imprisoned person's last day is told period by period, also to those who hold him.
func TestTheCourtSitsAndThePrisonKnowsTheLastDay(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serve(t, 0)
	zone := o.Docket.Zone()
	at := func(days int) string {
		return time.Now().AddDate(0, 0, days).In(zone.Location()).Format("2006-01-02T15:04")
	}
	courted := func(held bool) (id string, do func(role, act string, thing int32, form map[string]string)) {
		id, do = bigCase(t, o, 0)
		do("inquirer", "charge", 1, map[string]string{"crime_article": "CC 169"})
		if held {
			do("prosecutor", "seek_custody", 1, map[string]string{"measure": "custody", "guilt": "intent", "penalty_years": "10", "received_by_court_at": at(0)})
			do("investigating_judge", "apply_custody", 5, map[string]string{"from": at(-20)})
		}
		if held { // the finished file is opened, and counsel turns two of its sheets
			do("inquirer", "enter_warrant", 1, map[string]string{"counsel": o.as(t, "defence_counsel").Officer, "warrant_no": "7"})
			do("inquirer", "begin_reading", 0, nil)
			counsel := o.client(t).signIn(o.as(t, "defence_counsel"))
			for _, sheet := range []string{"1", "2", "1"} {
				if got := counsel.get("/proceedings/" + id + "/file/" + sheet); got.status != 200 {
					t.Fatalf("counsel reads sheet %s: %d", sheet, got.status)
				}
			}
			// How long he read he is told, and whoever is in charge; not everybody who reads the case.
			for role, want := range map[string]int{"defence_counsel": 200, "inquirer": 200, "duty_officer": 403} {
				c := o.client(t).signIn(o.as(t, role))
				page, reading := c.get("/proceedings/"+id), c.get("/proceedings/"+id+"/reading")
				if leads := strings.Contains(page.body, `href="/proceedings/`+id+`/reading"`); page.status != 200 || reading.status != want || leads != (want == 200) {
					t.Errorf("%s: the page %d, how long counsel read %d, led there: %v", role, page.status, reading.status, leads)
				}
				if want == 200 && strings.Count(reading.body, "<tr") != 2 {
					t.Errorf("%s is not told of the one who read: %s", role, reading.body)
				}
			}
			do("inquirer", "end_reading", 0, nil)
			counsel.get("/sign-in?lang=uz-Cyrl")
			if got := counsel.get("/proceedings/" + id + "/file/3"); !strings.Contains(got.body, "Home ва End") {
				t.Error("keys are not called as they are called on a keyboard")
			}
		}
		do("inquirer", "refer_to_prosecutor", 0, map[string]string{"with": "indictment_act"})
		do("prosecutor", "approve_and_refer", 0, map[string]string{"court": "Yunusobod"})
		do("judge", "schedule_trial", 0, map[string]string{"hearing_at": at(3), "open_hearing": "yes"})
		return id, do
	}
	id, do := courted(true)
	other, do2 := courted(false)
	if err := o.Follow.CatchUp(t.Context(), o.Hearings.Follower()); err != nil {
		t.Fatal(err)
	}
	pictures := os.Getenv("NAZORAT_PICTURES")
	sizes := []struct {
		name, lang    string
		width, height int
	}{{"desk", "en", 1366, 768}, {"phone", "uz", 390, 844}, {"ru", "ru", 1366, 768}}
	shown := func(role, path, name string, check func(p *browsertest.Page)) {
		t.Helper()
		for _, size := range sizes {
			p := b.Page(t, size.width, size.height)
			p.Goto(o.url + "/sign-in?lang=" + size.lang)
			signIn(p, o, o.as(t, role))
			p.Goto(o.url + path)
			if size.name != "ru" { // a desk and a phone: which words makes no difference to axe
				p.Axe(t)
			}
			if check != nil {
				check(p)
			}
			if pictures != "" {
				p.Screenshot(pictures + "/" + name + "-" + size.name + ".png")
			}
		}
	}
	judge := o.as(t, "judge")
	shown("judge", "/proceedings/"+id+"/file/2", "file", func(p *browsertest.Page) {
		if off := p.Eval(`(f => Math.abs(f.querySelector("input").getBoundingClientRect().top - f.querySelector("button").getBoundingClientRect().top))(document.querySelector(".nz-turn__go")) < 1`); off != "true" {
			t.Error("the field for a sheet's number and its button are out of line")
		}
	})
	shown("judge", "/hearings", "hearings", func(p *browsertest.Page) {
		for _, one := range []string{id, other} {
			row := "main tr:has(a[href='/proceedings/" + one + "/hearing'])"
			if p.Count(row) != 1 || p.Count(row+" .nz-deadline") != 1 && p.Count(row+" .nz-note") < 2 {
				t.Errorf("%s is not shown, or not that it is held at the same time as another: %s", one, p.Text("main"))
			}
		}
	})
	// How long counsel read is told as a sum: two sheets, and not which.
	shown("judge", "/proceedings/"+id+"/reading", "reading", func(p *browsertest.Page) {
		if p.Count("main tbody tr") != 1 || !strings.HasSuffix(p.Text("main tbody tr td:nth-child(3)"), "2") {
			t.Errorf("the reading of counsel is not told: %s", p.Text("main"))
		}
	})
	// What comes next is the first thing to do on the page of the hearing.
	before := o.client(t).signIn(judge).get("/proceedings/" + id + "/hearing").body
	if _, acts, there := strings.Cut(before, `id="acts"`); !there || !strings.HasPrefix(acts[max(strings.Index(acts, "act="), 0):], "act=open_trial") {
		t.Errorf("the trial is not begun by the first of the acts: %s", before)
	}
	do("judge", "open_trial", 0, map[string]string{"open_hearing": "yes"})
	shown("judge", "/proceedings/"+id+"/hearing", "hearing", nil)
	shown("judge", "/proceedings/"+id+"/hearing?act=adjourn_trial&sheet=2", "hearing-form", nil)
	turnsWithoutScript(t, o, id)

	// Live: an act leads back to the hearing, and its sheet stands beside.
	p := b.Page(t, 1366, 768)
	p.Goto(o.url + "/sign-in?lang=en")
	signIn(p, o, judge)
	p.Goto(o.url + "/proceedings/" + id + "/hearing")
	p.Follow("main a[href*='act=convict&thing=1']")
	p.Axe(t)
	for field, value := range map[string]string{"crime_article": "CC 169", "years": "1"} {
		p.Fill("[name='f."+field+"']", value)
	}
	choose(p, "punishment", "imprisonment")
	choose(p, "gravity", "grave")
	now := time.Now().In(zone.Location())
	p.Fill("[name='f.counted_from']", now.Format("2006-01-02T15:04"))
	p.Fill("[name='done']", "") // now, also where a minute began since the form was opened
	// What was typed stays while the sheets are turned beside it, and when something is wrong.
	inCourt, err := o.Docket.Proceeding(t.Context(), actorOf(judge), id)
	if err != nil {
		t.Fatal(err)
	}
	turned := fmt.Sprintf("Sheet %d of", inCourt.Version-1)
	began := time.Now()
	p.Click("#file button[value=prev]")
	p.WaitText("#file .nz-turn__place", turned)
	t.Logf("a sheet was turned in %s", time.Since(began))
	p.Fill("[name='f.crime_article']", "CC")
	submit(p)
	if p.Count(".govuk-error-summary a[href='#f.crime_article']") != 1 || p.Value("[name='f.years']", "value") != "1" || !strings.Contains(p.Text("#file .nz-turn__place"), turned) {
		t.Errorf("what was typed, or the sheet, did not stay: %s", p.Text("main"))
	}
	p.Axe(t)
	p.Fill("[name='f.crime_article']", "CC 169")
	submit(p)
	if u, err := url.Parse(p.URL()); err != nil || !strings.HasSuffix(u.Path, "/hearing") {
		t.Fatalf("the form led to %s: %s", p.URL(), p.Text("main"))
	}
	if !strings.Contains(p.Text("#file .nz-turn__place"), turned) || p.Count("#file a[href*='sheet=']") != 2 {
		t.Errorf("the file does not stay open at its sheet: %s", p.Text("#file"))
	}
	contains(t, p, "main", o.act("convict"))

	// The last day: a year less the twenty days before today.
	first := now.AddDate(0, 0, -20)
	last := now.AddDate(1, 0, -21)
	var no int32
	caseNow, err := o.Docket.Proceeding(t.Context(), actorOf(judge), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range caseNow.State.Deadlines {
		if caseNow.Law.TermName(d.Term) == "punishment" {
			no = d.No
			if got := zone.Format(d.Due); !strings.HasPrefix(got, last.Format("2006-01-02")) {
				t.Errorf("the punishment ends %s, not on %s", got, last.Format("2006-01-02"))
			}
		}
	}
	shown("judge", fmt.Sprintf("/proceedings/%s/deadlines/%d", id, no), "last-day", func(p *browsertest.Page) {
		if p.Count("#credits tbody tr") != 2 || !strings.Contains(p.Text("#credits"), "20") || !strings.Contains(p.Text("#credits"), first.Format("2006")) {
			t.Errorf("what counts is not told: %s", p.Text("main"))
		}
	})
	do("judge", "pronounce_sentence", 0, nil)
	// What was appealed, by whom, against what, and by when it goes up.
	do("court_clerk", "file_appeal", 1, map[string]string{"whose": "convicted"})
	law := o.Docket.Law("uz/criminal").Labels["en"]
	shown("judge", "/proceedings/"+id+"/things/appeal", "appeals", func(p *browsertest.Page) {
		if p.Count("#deadlines li") != 1 || p.Count("main table tbody tr") != 1 {
			t.Errorf("the appeal, or by when it goes up, is not told: %s", p.Text("main"))
		}
	})
	c := o.client(t).signIn(judge)
	c.get("/?lang=en")
	if got := c.get("/proceedings/" + id + "/things/appeal"); !strings.Contains(got.body, law.Choice("appeal", "appealed", "sentence")) || !strings.Contains(got.body, law.Term("case_to_appeal_court")) {
		t.Error("against what the appeal is, or which term runs, is not said")
	}
	// Counsel asks, and is answered on a page of their own.
	asked := map[string]string{"whose": "victim", "what": "Hear the neighbour"}
	do2("judge", "file_petition", 0, asked)
	shown("judge", "/proceedings/"+other+"/things/petition", "petitions", func(p *browsertest.Page) {
		if p.Count("main table tbody tr a[href*='/acts/grant_petition']") == 0 || p.Count(".nz-add a[href*='/acts/file_petition']") != 1 {
			t.Errorf("a petition cannot be filed or answered where they stand: %s", p.Text("main"))
		}
	})
	// Which sheets somebody opened is told to no program.
	if got := o.client(t).signIn(o.as(t, "prosecutor")).get("/api/v1/proceedings/" + id + "/looks"); got.status != 200 || !strings.Contains(got.body, "/file/{seq}") || strings.Contains(got.body, `"about"`) {
		t.Errorf("looks by the API: %d %s", got.status, got.body)
	}
	shown("penitentiary", "/held", "serving", func(p *browsertest.Page) {
		if p.Count("#held tbody tr") != 1 || !strings.Contains(p.Text("#held"), "Tursunov") {
			t.Errorf("the prison does not see whom it holds: %s", p.Text("main"))
		}
	})
}
