package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"nazorat/internal/browsertest"
	"nazorat/internal/calendar"
)

// manner is how somebody of the story works: in which language, on a desk or a phone.
type manner struct {
	lang  string
	phone bool
}

var manners = map[string]manner{
	"duty_officer": {"uz", false}, "inquirer": {"uz-Cyrl", true}, "investigator": {"ru", false}, "prosecutor": {"uz", false},
	"regional_prosecutor": {"ru", false}, "investigating_judge": {"uz", false}, "bar_chamber": {"ru", true}, "defence_counsel": {"ru", true},
	"expert_body": {"en", false}, "judge": {"uz", false}, "court_clerk": {"ru", false}, "appeal_court": {"uz", false},
	"facility": {"uz-Cyrl", true}, "penitentiary": {"ru", false}, aCitizen: {"uz", true},
}

// aCitizen is who does what the public page does: he has no account.
const aCitizen = "portal"

// Two cases as people live them, each step on the page of whoever takes it. The steps are those of scenarios of the law, which tell the
// engine alone the same. They are the longest tests of all: each is one of its own, in the file that comes first, so that they begin first.

// A case from what a citizen reports on line to the day on which the convict walks out, with somebody detained, custody made longer, an
// examination, a loss that is secured after the bench of the prosecutor sent the case back, the trial, an appeal, the sentence served.
func TestACaseIsLivedThroughFromTheReportToTheLastDayOfTheSentence(t *testing.T) {
	t.Parallel()
	livedThrough(t, 1)
}

// One that was refused, complained about and opened again.
func TestACaseIsLivedThroughThatWasRefusedAndOpenedAgain(t *testing.T) {
	t.Parallel()
	livedThrough(t, 2)
}

// livedThrough lives the scenario of that number.
func livedThrough(t *testing.T, number int) {
	t.Helper()
	b := browsertest.Start(t)
	zone, err := calendar.LoadZone("Asia/Tashkent")
	if err != nil {
		t.Fatal(err)
	}
	stories := storyOf(t, "../../laws/uz/criminal/scenarios/story.txt")
	if len(stories) != 2 {
		t.Fatalf("%d scenarios: each wants a test", len(stories))
	}
	steps, name := stories[number-1], "story-"+strconv.Itoa(number)
	s := &story{t: t, b: b, things: map[string]string{}, kinds: map[string]string{}, pages: map[string]*browsertest.Page{}, pictures: os.Getenv("NAZORAT_PICTURES"), name: name}
	first, err := zone.ParseMoment(strings.Replace(steps[0].at, " ", "T", 1))
	if err != nil {
		t.Fatal(err)
	}
	s.now.Store(int64(first))
	s.o = serveBy(t, 0, func() calendar.Moment { return calendar.Moment(s.now.Load()) }, "expert_body", "facility")
	s.o.textsCitizens(t)
	for _, step := range steps {
		at, err := zone.ParseMoment(strings.Replace(step.at, " ", "T", 1))
		if err != nil {
			t.Fatal(err)
		}
		s.now.Store(int64(at))
		s.take(step)
	}
	s.citizenIsTold("Sud hukm chiqargan")
	stored, err := s.o.Docket.Stored(t.Context(), s.id)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.o.Replay.Check(t.Context(), stored); err != nil {
		t.Error(err)
	}
	t.Logf("%d steps, %d people", len(steps), len(s.pages))
}

// step is a line of a scenario.
type step struct {
	at, role, act string
	thing, as     string
	form          [][2]string
	state         [][2]string // what the lines below it say: a thing's name and its state
}

var aWord = regexp.MustCompile(`[^\s"]*"[^"]*"|\S+`)

// storyOf reads the scenarios of a file: the steps of each.
func storyOf(t *testing.T, file string) (out [][]step) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		w := aWord.FindAllString(sc.Text(), -1)
		switch {
		case len(w) == 0 || strings.HasPrefix(w[0], "#"):
		case w[0] == "scenario:":
			out = append(out, nil)
		case w[0] == "state":
			last := &out[len(out)-1][len(out[len(out)-1])-1]
			last.state = append(last.state, [2]string{w[1], w[2]})
		case strings.HasPrefix(w[0], "20"):
			s := step{at: w[0] + " " + w[1], role: w[2], act: w[3]}
			for i := 4; i < len(w); i++ {
				name, value, is := strings.Cut(w[i], "=")
				switch {
				case is:
					s.form = append(s.form, [2]string{name, strings.Trim(value, `"`)})
				case w[i] == "as":
					i++
					s.as = w[i]
				default:
					s.thing = w[i]
				}
			}
			out[len(out)-1] = append(out[len(out)-1], s)
		}
	}
	if len(out) == 0 {
		t.Fatalf("%s tells nothing", file)
	}
	return out
}

// story is one that is being lived.
type story struct {
	t        *testing.T
	b        *browsertest.Browser
	o        *office
	now      atomic.Int64
	id       string            // of the proceeding
	things   map[string]string // numbers by the names that the scenario gives
	kinds    map[string]string // and of what kind they are
	pages    map[string]*browsertest.Page
	pictures string
	name     string
	n        int
	report   string // the page of the citizen's report; "": nobody reported on line
}

// page is the page of whoever has a role, signed in at this moment.
func (s *story) page(role string) *browsertest.Page {
	p := s.pages[role]
	if p == nil {
		width, height := 1366, 768
		if manners[role].phone {
			width, height = 390, 844
		}
		p = s.b.Page(s.t, width, height)
		s.pages[role] = p
	}
	p.Goto(s.o.url + "/sign-in?lang=" + manners[role].lang)
	if p.Count("form:has(input[name=officer])") > 0 {
		signIn(p, s.o, s.o.as(s.t, role))
	}
	return p
}

// take takes one step: its officer comes to the form from the page of the proceeding, fills it in and sends it.
func (s *story) take(step step) {
	s.t.Helper()
	if step.role == aCitizen {
		s.reports(step)
		return
	}
	new := s.pages[step.role] == nil
	p := s.page(step.role)
	href := "/open/" + step.act
	if s.id == "" {
		p.Goto(s.o.url + "/")
	} else {
		href = "/proceedings/" + s.id + "/acts/" + step.act
		p.Goto(s.o.url + "/proceedings/" + s.id)
		if p.Count("input[name=purpose]") > 0 { // it is not his own, nor his office's
			p.Click("input[name=purpose]")
			p.Fill("[name=why]", "It was sent to me to decide")
			p.Follow("main form button[type=submit]")
		}
	}
	if new {
		p.Axe(s.t)
	}
	s.picture(p, step)
	link := s.link(p, href, s.things[step.thing])
	if link == "" && step.thing != "" { // what is done to one of many stands on its own page
		p.Goto(s.o.url + "/proceedings/" + s.id + "/things/" + s.kinds[step.thing] + "/" + s.things[step.thing])
		s.picture(p, step)
		link = s.link(p, href, s.things[step.thing])
	}
	if link == "" {
		s.t.Fatalf("%s %s: the page of the %s does not offer it for %q\n%s", step.at, step.act, step.role, step.thing, p.Text("main"))
	}
	p.Goto(link)
	if p.Count("form#act") == 0 {
		s.t.Fatalf("%s %s: no form for the %s\n%s", step.at, step.act, step.role, p.Text("main"))
	}
	if n := s.things[step.thing]; n != "" && p.Count("select[name=thing]") > 0 {
		p.Fill("select[name=thing]", n)
	}
	for _, f := range step.form {
		s.fill(p, f[0], f[1])
	}
	submit(p)
	if p.Count("input[name=shown]") > 0 { // what is alike, and who is competent: he has looked, and sends it
		submit(p)
	}
	if !strings.Contains(p.URL(), "done=") {
		s.t.Fatalf("%s %s: not done\n%s", step.at, step.act, p.Text("main"))
	}
	if s.id == "" {
		_, rest, _ := strings.Cut(p.URL(), "/proceedings/")
		s.id, _, _ = strings.Cut(rest, "?")
	}
	s.hold(step)
}

// link is where a page leads to the form of an act on a thing; "" where it does not.
func (s *story) link(p *browsertest.Page, path, thing string) string {
	var link string
	if err := json.Unmarshal([]byte(p.Eval(fmt.Sprintf(`(() => {
		for (const a of document.querySelectorAll("a[href]")) {
			const u = new URL(a.href);
			if (decodeURIComponent(u.pathname) === %q && (u.searchParams.get("thing") || %q) === %q) return a.href;
		}
		return "";
	})()`, path, thing, thing))), &link); err != nil {
		s.t.Fatal(err)
	}
	return link
}

// fill fills in a field as the scenario gives it: things and officers by the names that they have there.
func (s *story) fill(p *browsertest.Page, name, value string) {
	field := "[name='f." + name + "']"
	if n := s.things[value]; n != "" && p.Count("select"+field) > 0 {
		value = n
	}
	if _, is := manners[value]; is {
		value = s.o.as(s.t, value).Officer
	}
	if p.Count("input[type=radio]"+field) > 0 {
		p.Click("input" + field + "[value='" + value + "']")
		return
	}
	p.Fill(field, value)
}

// hold holds the proceeding against what the scenario says of it by now.
func (s *story) hold(step step) {
	s.t.Helper()
	who := step.role
	if who == aCitizen { // he sees no proceeding; whoever receives it does
		who = "duty_officer"
	}
	p, err := s.o.Docket.Proceeding(s.t.Context(), actorOf(s.o.as(s.t, who)), s.id)
	if err != nil {
		s.t.Fatal(err)
	}
	if step.as != "" {
		last := len(p.State.Things) - 1
		s.things[step.as], s.kinds[step.as] = strconv.Itoa(last), p.Law.KindName(p.State.Things[last].Kind)
	}
	for _, want := range step.state {
		is := p.RootState
		if n, err := strconv.Atoi(s.things[want[0]]); err == nil {
			th := &p.State.Things[n]
			is = p.Law.StateName(th.Kind, th.State)
		}
		if is != want[1] {
			s.t.Errorf("%s %s: %s is in the state %s, not %s", step.at, step.act, want[0], is, want[1])
		}
	}
}

// picture keeps what the officer sees before he acts, where pictures are asked for.
func (s *story) picture(p *browsertest.Page, step step) {
	if s.pictures == "" {
		return
	}
	s.n++
	p.Screenshot(filepath.Join(s.pictures, fmt.Sprintf("%s-%03d-%s-%s.png", s.name, s.n, step.role, step.act)))
}
