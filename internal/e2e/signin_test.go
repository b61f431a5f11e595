package e2e

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"nazorat/internal/access"
	"nazorat/internal/app"
	"nazorat/internal/browsertest"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/signin"
)

// guarded is an office whose officers prove who they are, with a clock of its own.
type guarded struct {
	*app.Office
	url  string
	past atomic.Int64 // added to the clock on the wall
}

const ourPassword = "a long enough password"

// Officers of a guarded office: id, role, office. Each has a password, and his id as his login.
var ourOfficers = [][3]string{{"dilshod", "duty_officer", "iib"}, {"sardor", "inquirer", "iib"}, {"jasur", "prosecutor", "pr"},
	{"anora", "administrator", "iib"}, {"bobur", "administrator", "iib"}}

// founded is a guarded office as it is on its first day.
var founded dbtest.Model

// newOffice makes one.
func newOffice(location string) error {
	ctx := context.Background()
	d, err := db.Create(ctx, location)
	if err != nil {
		return err
	}
	if err := d.Migrate(ctx, app.Migrations()); err != nil {
		return err
	}
	dir, err := directory.Open(ctx, d)
	if err != nil {
		return err
	}
	service := &directory.Service{
		Offices: []directory.Office{
			{ID: "gp", Code: "00", Kind: directory.Prosecutor, Place: "17", Names: map[string]string{"uz": "Bosh prokuratura", "ru": "Генеральная прокуратура", "en": "General office"}},
			{ID: "pr", Code: "01", Kind: directory.Prosecutor, Parent: "gp", Place: "1726", Names: map[string]string{"uz": "Prokuratura", "ru": "Прокуратура", "en": "Prosecutor's office"}},
			{ID: "iib", Code: "1726", Kind: directory.Interior, Place: "1726", Names: map[string]string{"uz": "Ichki ishlar boʻlimi", "ru": "Отдел внутренних дел", "en": "Department"}},
		},
		Competences: []directory.Competence{{Office: "iib", Role: directory.SupervisorRole, Competent: "pr"}, {Office: "iib", Role: "prosecutor", Competent: "pr"}},
	}
	for _, o := range ourOfficers {
		n := directory.NewOfficer{Officer: directory.Officer{ID: o[0], Name: strings.ToUpper(o[0][:1]) + o[0][1:], Login: o[0]}, Mandates: []directory.Mandate{{ID: o[0] + "-m", Role: o[1], Office: o[2]}}}
		if o[0] == "sardor" {
			n.Mandates = append(n.Mandates, directory.Mandate{ID: "sardor-m2", Role: "investigator", Office: "iib"})
		}
		service.Officers = append(service.Officers, n)
	}
	if err := dir.Import(ctx, service, 1); err != nil {
		return err
	}
	keeper := signin.New(d, dir)
	for _, o := range ourOfficers {
		if err := keeper.SetPassword(ctx, o[0], ourPassword, wallClock()); err != nil {
			return err
		}
	}
	return d.Close()
}

func guard(t *testing.T, more ...func(p *app.Pages, url string)) *guarded {
	t.Helper()
	ctx := t.Context()
	d, err := db.Open(ctx, founded.One(t, newOffice))
	if err != nil {
		t.Fatal(err)
	}
	g := &guarded{}
	g.Office, err = app.Open(ctx, d, docket.Options{Now: func() calendar.Moment { return wallClock() + calendar.Moment(g.past.Load()) }})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(nil)
	_, port, _ := strings.Cut(srv.Listener.Addr().String(), ":")
	g.url = "http://localhost:" + port
	pages := app.Pages{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Passkeys: signin.RelyingParty{Domain: "localhost", Name: "Nazorat", Origins: []string{g.url}}}
	for _, m := range more {
		m(&pages, g.url)
	}
	h, err := g.Handler(pages)
	if err != nil {
		t.Skipf("the pages cannot be served: %v", err)
	}
	srv.Config.Handler = h
	srv.Start()
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

// pass lets time pass.
func (g *guarded) pass(d calendar.Moment) { g.past.Add(int64(d)) }

// signIn signs an officer in with his password, in English.
func (g *guarded) signIn(p *browsertest.Page, login string) {
	p.Goto(g.url + "/sign-in?lang=en")
	p.Fill("[name=login]", login)
	p.Fill("[name=password]", ourPassword)
	p.Follow("form:has([name=password]) button[type=submit]")
}

func (g *guarded) signOut(p *browsertest.Page) { p.Follow("form[action='/sign-out'] button") }

// seen keeps a picture of a page where somebody wants to look at it.
func seen(p *browsertest.Page, name string) {
	if dir := os.Getenv("NAZORAT_PICTURES"); dir != "" {
		p.Screenshot(dir + "/signin-" + name + ".png")
	}
}

// withPasskey gives the officer who is signed in on a page a key on a device.
func (g *guarded) withPasskey(t *testing.T, p *browsertest.Page, name string) *browsertest.Authenticator {
	t.Helper()
	device := p.Authenticator()
	p.Goto(g.url + "/account")
	p.Follow("#add-passkey")
	p.Fill("[name=name]", name)
	p.Follow("#new-passkey [data-passkey] button")
	contains(t, p, "#passkeys", name)
	return device
}

func TestOfficerMakesAPasskeySignsInWithItAndTakesItAway(t *testing.T) {
	t.Parallel()
	p := browsertest.Start(t).Page(t, 1366, 768)
	g := guard(t)
	device := p.Authenticator()
	p.Goto(g.url + "/sign-in?lang=en")
	p.WaitFor("#passkey-sign-in [data-passkey]:not([hidden])")
	p.Axe(t)
	seen(p, "sign-in")
	g.signIn(p, "sardor")
	p.Follow("a.nz-account__name")
	contains(t, p, "#passkeys, #keys", "You have no passkey yet")
	p.Axe(t)
	p.Follow("#add-passkey")
	p.WaitFor("#new-passkey [data-passkey]:not([hidden])")
	p.Axe(t)
	seen(p, "new-passkey")
	p.Fill("[name=name]", " ")
	p.Follow("#new-passkey [data-passkey] button")
	contains(t, p, ".govuk-error-summary", "Give the key a name")
	p.Axe(t)
	p.Fill("[name=name]", "Key on the ring")
	// The device made a key for nothing when the name was missing: it makes another in its place.
	p.Follow("#new-passkey [data-passkey] button")
	contains(t, p, "#passkeys", "Key on the ring")
	contains(t, p, "#passkeys", "Never")
	contains(t, p, "#events", "Passkey added")
	p.Axe(t)
	seen(p, "account")
	if n := device.Keys(); n != 1 {
		t.Errorf("the device holds %d keys", n)
	}

	// A device that holds one of his keys makes no second.
	p.Follow("#add-passkey")
	p.Fill("[name=name]", "The same again")
	p.Click("#new-passkey [data-passkey] button")
	p.WaitText("[data-passkey-problem]", "No passkey was made")
	p.Axe(t)

	g.signOut(p)
	p.Follow("#passkey-sign-in [data-passkey] button")
	p.Goto(g.url + "/account")
	contains(t, p, "#sessions", "Passkey")
	if strings.Contains(p.Text("#passkeys"), "Never") {
		t.Error("the key was never used, it says")
	}

	// Somebody else holds the device.
	g.signOut(p)
	device.Verifies(false)
	p.Click("#passkey-sign-in [data-passkey] button")
	p.WaitText("[data-passkey-problem]", "Nothing came of it")
	p.Axe(t)
	device.Verifies(true)
	p.Follow("#passkey-sign-in [data-passkey] button")

	// Taken away from the list, the key opens nothing, and the password goes on working.
	p.Goto(g.url + "/account")
	p.Follow("#passkeys form button")
	contains(t, p, "#keys", "You have no passkey yet")
	g.signOut(p)
	p.Follow("#passkey-sign-in [data-passkey] button")
	contains(t, p, ".govuk-error-summary", "This passkey did not open")
	p.Axe(t)
	g.signIn(p, "sardor")
	contains(t, p, ".nz-account", "Sardor")
}

func TestWithoutScriptThereIsThePassword(t *testing.T) {
	t.Parallel()
	p := browsertest.Start(t).Page(t, 390, 844)
	g := guard(t)
	p.ScriptOff()
	g.signIn(p, "sardor")
	contains(t, p, ".nz-account", "Sardor")
	p.Goto(g.url + "/account")
	p.Follow("#add-passkey")
	contains(t, p, "main", "this page needs JavaScript")
	if got := p.Eval(`document.querySelector("[data-passkey]").getClientRects().length`); got != "0" {
		t.Error("a button that does nothing is shown")
	}
}

func TestSessionsAreEndedFromAnotherDevice(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	g := guard(t)
	desk, phone, third := b.Page(t, 1366, 768), b.Page(t, 390, 844), b.Page(t, 1366, 768)
	for _, p := range []*browsertest.Page{desk, phone, third} {
		g.signIn(p, "sardor")
	}
	desk.Goto(g.url + "/account")
	contains(t, desk, "#sessions", "Chrome on")
	contains(t, desk, "#sessions", "This one")
	if n := desk.Count("#sessions form button"); n != 2 {
		t.Fatalf("%d sessions can be ended", n)
	}
	desk.Axe(t)
	desk.Follow("#sessions form button")
	if n := desk.Count("#sessions form button"); n != 1 {
		t.Errorf("%d others run", n)
	}
	phone.Goto(g.url + "/account")
	third.Goto(g.url + "/account")
	if in, out := strings.Contains(phone.URL(), "/sign-in"), strings.Contains(third.URL(), "/sign-in"); in == out {
		t.Errorf("one of the two was ended: %s, %s", phone.URL(), third.URL())
	}
	desk.Follow("#end-others")
	if n := desk.Count("#sessions form button"); n != 0 {
		t.Errorf("%d others run", n)
	}
	for _, p := range []*browsertest.Page{phone, third} {
		p.Goto(g.url + "/account")
		if !strings.Contains(p.URL(), "/sign-in") {
			t.Errorf("still in at %s", p.URL())
		}
	}
	// Another mandate is taken up on the same page.
	desk.Follow("#mandates form button")
	contains(t, desk, ".nz-account", "nvestigator")
}

// detention is a case with a suspect, and the address at which he is detained.
func (g *guarded) detention(t *testing.T) (id, href string) {
	t.Helper()
	inquirer := access.Actor{Officer: "sardor", Role: "inquirer", Office: "iib", Mandate: "sardor-m"}
	r, err := g.Docket.Act(t.Context(), docket.Command{Law: "uz/criminal", Act: "register_report", Actor: access.Actor{Officer: "dilshod", Role: "duty_officer", Office: "iib", Mandate: "dilshod-m"},
		Form: map[string]string{"source": "direct", "summary": "A window was broken", "assign_to": "sardor"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Docket.Act(t.Context(), docket.Command{Proceeding: r.Proceeding, Act: "add_suspect", Actor: inquirer, Form: map[string]string{"name": "Tursunov Bekzod"}}); err != nil {
		t.Fatal(err)
	}
	return r.Proceeding, g.url + "/proceedings/" + r.Proceeding + "/acts/detain"
}

// acts counts those of a proceeding.
func (g *guarded) acts(t *testing.T, id string) (n int) {
	t.Helper()
	if err := g.DB.QueryRow(t.Context(), `SELECT count(*) FROM entry WHERE proceeding = $1`, id).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// An act that the law marks: the office asks again who it is, with a key and
// with a password, with script and without, and loses nothing of the form.
func TestDetentionAsksForPresenceAndKeepsTheForm(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	g := guard(t)
	detained := g.Docket.Now().Time().Add(-time.Hour).In(time.FixedZone("", 5*60*60)).Format("2006-01-02T15:04")
	for _, c := range []struct {
		name          string
		script, key   bool
		width, height int
	}{{"a passkey", true, true, 1366, 768}, {"a password", true, false, 390, 844}, {"a password without script", false, false, 1366, 768}} {
		t.Run(c.name, func(t *testing.T) {
			id, href := g.detention(t)
			p := b.Page(t, c.width, c.height)
			if !c.script {
				p.ScriptOff()
			}
			g.signIn(p, "sardor")
			if c.key {
				g.withPasskey(t, p, "Key on the ring")
			}
			p.Goto(href)
			contains(t, p, "main", "You are asked to prove that it is you")
			p.Fill("[name='f.detained_at']", detained)
			p.Fill("[name='f.place']", "Post 4")
			g.pass(signin.Fresh + calendar.Minute)
			submit(p)
			if n := p.Count(".govuk-error-summary"); n > 0 {
				t.Fatal(p.Text(".govuk-error-summary"))
			}
			contains(t, p, "h1", "Is it you?")
			contains(t, p, "#typed", "Post 4")
			if n := g.acts(t, id); n != 2 {
				t.Fatalf("%d acts are done", n)
			}
			if c.script {
				p.Axe(t)
			}
			seen(p, "presence-"+strings.ReplaceAll(c.name, " ", "-"))
			if c.key {
				p.Follow("form#presence [data-passkey] button")
			} else {
				p.Fill("[name='presence.password']", "not the password")
				p.Follow("form#presence button[type=submit]")
				contains(t, p, ".govuk-error-summary", "That does not prove it")
				contains(t, p, "#typed", "Post 4")
				if c.script {
					p.Axe(t)
				}
				p.Fill("[name='presence.password']", ourPassword)
				p.Follow("form#presence button[type=submit]")
			}
			if n := g.acts(t, id); n != 3 || !strings.Contains(p.URL(), "done=3") {
				t.Fatalf("%d acts are done; at %s", n, p.URL())
			}
			contains(t, p, "main", "Tursunov")
			g.signOut(p)
		})
	}
}

// Whoever proved within the last minutes is not asked, and a page without proof does nothing.
func TestPresenceIsAskedOfThoseWhoseProofIsOld(t *testing.T) {
	t.Parallel()
	g := guard(t)
	id, _ := g.detention(t)
	detain := docket.Command{Proceeding: id, Act: "detain", Thing: 1, Form: map[string]string{"detained_at": g.Docket.Now().Time().Add(-time.Hour).In(time.FixedZone("", 5*60*60)).Format("2006-01-02T15:04"), "place": "Post 4"},
		Actor: access.Actor{Officer: "sardor", Role: "inquirer", Office: "iib", Mandate: "sardor-m"}}
	for _, present := range []calendar.Moment{0, g.Docket.Now() - signin.Fresh - calendar.Second} {
		detain.Actor.Present = present
		if _, err := g.Docket.Act(t.Context(), detain); err == nil || !bytes.Contains([]byte(err.Error()), []byte(signin.PresenceRequired)) {
			t.Errorf("present at %v: %v", present, err)
		}
	}
	detain.Actor.Present = g.Docket.Now() - signin.Fresh + calendar.Minute
	if _, err := g.Docket.Act(t.Context(), detain); err != nil {
		t.Error(err)
	}
	if n := g.acts(t, id); n != 3 {
		t.Errorf("%d acts", n)
	}
}

// The officer's key is gone. One administrator asks, another confirms, each
// hands over half of a code; the officer signs in with both, makes a new key and
// takes the lost one away.
func TestOfficerWhoLostHisKeyIsLetInByTwo(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	g := guard(t)
	p, anora, bobur := b.Page(t, 390, 844), b.Page(t, 1366, 768), b.Page(t, 1366, 768)
	g.signIn(p, "sardor")
	g.withPasskey(t, p, "Lost in the river").Lose()
	elsewhere := b.Page(t, 1366, 768)
	g.signIn(elsewhere, "sardor")
	g.signOut(p)

	g.signIn(anora, "anora")
	anora.Goto(g.url + "/account")
	anora.FollowText("Lost keys")
	anora.Axe(t)
	anora.Fill("[name=login]", "nobody")
	anora.Follow("#recovery button")
	contains(t, anora, ".govuk-error-summary", "Say what happened")
	anora.Axe(t)
	anora.Fill("[name=login]", "sardor")
	anora.Fill("[name=reason]", "His key fell into the river")
	g.pass(signin.Fresh + calendar.Minute)
	anora.Follow("#recovery button")
	contains(t, anora, "h1", "Is it you?")
	anora.Fill("[name='presence.password']", ourPassword)
	anora.Follow("form#presence button[type=submit]")
	contains(t, anora, "h1", "First half")
	anora.Axe(t)
	seen(anora, "code")
	first := anora.Text("#code")
	anora.FollowText("Back to lost keys")
	if n := anora.Count("form[action$='/confirm']"); n != 0 {
		t.Error("whoever asked may confirm it too")
	}

	g.signIn(bobur, "bobur")
	bobur.Goto(g.url + "/recovery")
	contains(t, bobur, "#waiting", "His key fell into the river")
	bobur.Axe(t)
	seen(bobur, "recovery")
	bobur.Follow("form[action$='/confirm'] button")
	contains(t, bobur, "h1", "Second half")
	second := bobur.Text("#code")

	p.Goto(g.url + "/sign-in")
	p.FollowText("Lost your key or your password?")
	p.Axe(t)
	seen(p, "recover")
	p.Fill("[name=login]", "sardor")
	p.Fill("[name=first]", first)
	p.Fill("[name=second]", first)
	p.Follow("#recover button")
	contains(t, p, ".govuk-error-summary", "The login or the code is not right")
	p.Axe(t)
	p.Fill("[name=first]", first)
	p.Fill("[name=second]", second)
	p.Follow("#recover button")
	contains(t, p, "#sessions", "Code of two administrators")
	contains(t, p, "#events", "Recovery confirmed by a second administrator")
	elsewhere.Goto(g.url + "/account")
	if !strings.Contains(elsewhere.URL(), "/sign-in") {
		t.Error("a session on what he lost still runs")
	}
	p.Follow("#passkeys form button")
	contains(t, p, "#keys", "You have no passkey yet")
	g.withPasskey(t, p, "The new one")
	g.signOut(p)
	p.Follow("#passkey-sign-in [data-passkey] button")
	contains(t, p, ".nz-account", "Sardor")

	// Nobody else sees those pages.
	p.Goto(g.url + "/recovery")
	contains(t, p, "h1", "There is nothing here")
}
