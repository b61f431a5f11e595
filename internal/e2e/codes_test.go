package e2e

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"nazorat/internal/app"
	"nazorat/internal/browsertest"
	"nazorat/internal/calendar"
	"nazorat/internal/signin"
)

// withCodes is a guarded office in which codes from applications are to be had.
func withCodes(t *testing.T, secondFactor bool) *guarded {
	t.Helper()
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	ring, err := signin.NewRing(key)
	if err != nil {
		t.Fatal(err)
	}
	return guard(t, func(p *app.Pages, _ string) {
		p.Rules = signin.Rules{Secrets: ring, Service: "Nazorat", SecondFactor: secondFactor}
	})
}

// code that an application shows now that was given a secret.
func (g *guarded) code(t *testing.T, secret string) string {
	t.Helper()
	code, err := totp.GenerateCodeCustom(strings.ReplaceAll(secret, " ", ""), g.Docket.Now().Time(), totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestOfficerSetsUpCodesSignsInWithThemAndTakesThemAway(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	g := withCodes(t, false)
	p := b.Page(t, 1366, 768)
	g.signIn(p, "sardor")
	p.Goto(g.url + "/account")
	contains(t, p, "#codes", "Not set up")
	g.pass(signin.Fresh + calendar.Minute)
	p.Follow("#add-codes")
	contains(t, p, "h1", "Is it you?")
	p.Fill("[name='presence.password']", ourPassword)
	p.Follow("form#presence button[type=submit]")
	contains(t, p, "h1", "Set up codes")
	p.Axe(t)
	seen(p, "codes")
	secret := p.Text("#secret")
	p.Fill("[name=code]", "000000")
	p.Follow("#new-codes button")
	contains(t, p, ".govuk-error-summary", "This code does not fit")
	p.Axe(t)
	if again := p.Text("#secret"); again != secret {
		t.Fatal("the secret is another now, and the telephone has the first")
	}
	p.Fill("[name=code]", g.code(t, secret))
	p.Follow("#new-codes button")
	contains(t, p, "#codes", "Set up on another telephone")
	contains(t, p, "#sessions", "Password and code")
	contains(t, p, "#events", "Codes from an application set up")
	p.Axe(t)
	seen(p, "account-codes")
	g.signOut(p)

	// On a telephone, without script: the password, then the code; where he was going is not forgotten.
	phone := b.Page(t, 390, 844)
	phone.ScriptOff()
	g.pass(2 * calendar.Minute)
	phone.Goto(g.url + "/cases?lang=en")
	phone.Fill("[name=login]", "sardor")
	phone.Fill("[name=password]", ourPassword)
	phone.Follow("form:has([name=password]) button[type=submit]")
	contains(t, phone, "h1", "The code from your application")
	seen(phone, "code")
	phone.Fill("[name=code]", "000000")
	phone.Follow("#code-sign-in button")
	contains(t, phone, ".govuk-error-summary", "This code does not fit")
	phone.Fill("[name=code]", g.code(t, secret))
	phone.Follow("#code-sign-in button")
	if !strings.Contains(phone.URL(), "/cases") {
		t.Errorf("led to %s", phone.URL())
	}
	contains(t, phone, ".nz-account", "Sardor")

	// Presence: both, on one page.
	id, href := g.detention(t)
	p.Goto(g.url + "/sign-in?lang=en")
	g.signIn(p, "sardor")
	p.Axe(t)
	g.pass(calendar.Minute)
	p.Fill("[name=code]", g.code(t, secret))
	p.Follow("#code-sign-in button")
	p.Goto(href)
	p.Fill("[name='f.detained_at']", g.Docket.Now().Time().Add(-time.Hour).In(time.FixedZone("", 5*60*60)).Format("2006-01-02T15:04"))
	p.Fill("[name='f.place']", "Post 4")
	g.pass(signin.Fresh + calendar.Minute)
	submit(p)
	contains(t, p, "h1", "Is it you?")
	p.Axe(t)
	seen(p, "presence-code")
	p.Fill("[name='presence.password']", ourPassword)
	p.Follow("form#presence button[type=submit]")
	contains(t, p, ".govuk-error-summary", "That does not prove it")
	contains(t, p, "#typed", "Post 4")
	p.Fill("[name='presence.password']", ourPassword)
	p.Fill("[name='presence.code']", g.code(t, secret))
	p.Follow("form#presence button[type=submit]")
	if n := g.acts(t, id); n != 3 {
		t.Errorf("%d acts are done", n)
	}
	p.Goto(g.url + "/account")
	p.Follow("#remove-codes")
	contains(t, p, "#codes", "Not set up")
	contains(t, p, "#events", "A wrong code was given by somebody who knows the password")
}

func TestKeyIsDrawnOnATelephonesScreenToo(t *testing.T) {
	t.Parallel()
	p := browsertest.Start(t).Page(t, 390, 844)
	g := withCodes(t, false)
	g.signIn(p, "sardor")
	p.Goto(g.url + "/account")
	p.Follow("#add-codes")
	if n := p.Count(".nz-generator svg path"); n != 2 {
		t.Fatalf("%d paths", n)
	}
	seen(p, "codes-phone")
}

func TestPasswordIsChangedOnItsPage(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	g := guard(t)
	p, elsewhere := b.Page(t, 390, 844), b.Page(t, 1366, 768)
	p.ScriptOff()
	g.signIn(p, "sardor")
	g.signIn(elsewhere, "sardor")
	p.Goto(g.url + "/account")
	g.pass(signin.Fresh + calendar.Minute)
	p.Follow("#set-password")
	p.Fill("[name='presence.password']", ourPassword)
	p.Follow("form#presence button[type=submit]")
	contains(t, p, "h1", "Set a password")
	seen(p, "password")
	for _, c := range []struct{ first, second, want string }{{"short", "short", "at least 12"}, {"sardor2026sardor", "sardor2026sardor", "easily guessed"}, {"seventeen otters juggle brass", "seventeen otters juggle", "not the same"}} {
		p.Fill("[name='secret.password']", c.first)
		p.Fill("[name='secret.again']", c.second)
		p.Follow("#new-password button")
		contains(t, p, ".govuk-error-summary", c.want)
		if p.Value("[name='secret.password']", "value") != "" {
			t.Error("the password came back")
		}
	}
	seen(p, "password-common")
	p.Fill("[name='secret.password']", "seventeen otters juggle brass")
	p.Fill("[name='secret.again']", "seventeen otters juggle brass")
	p.Follow("#new-password button")
	contains(t, p, "#events", "Password set")
	elsewhere.Goto(g.url + "/account")
	if !strings.Contains(elsewhere.URL(), "/sign-in") {
		t.Error("the session elsewhere still runs")
	}
	elsewhere.Fill("[name=login]", "sardor")
	elsewhere.Fill("[name=password]", "seventeen otters juggle brass")
	elsewhere.Follow("form:has([name=password]) button[type=submit]")
	elsewhere.Goto(g.url + "/account")
	elsewhere.Follow("#set-password")
	elsewhere.Axe(t)
	seen(elsewhere, "password-desk")
	elsewhere.Follow("#new-password button")
	elsewhere.Axe(t)
}

// The office wants more than a password: whoever has nothing else makes it first, and goes on where he was going.
func TestOfficeThatWantsASecondFactorLeadsThere(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	g := withCodes(t, true)
	p := b.Page(t, 1366, 768)
	p.Authenticator()
	p.Goto(g.url + "/cases?lang=en")
	p.Fill("[name=login]", "sardor")
	p.Fill("[name=password]", ourPassword)
	p.Follow("form:has([name=password]) button[type=submit]")
	contains(t, p, "h1", "One thing before you begin")
	p.Axe(t)
	seen(p, "second-factor")
	for _, path := range []string{"/", "/board", "/account", "/recovery"} {
		p.Goto(g.url + path)
		contains(t, p, "h1", "One thing before you begin")
	}
	p.Goto(g.url + "/account/second-factor?next=%2Fcases")
	p.Follow("#add-passkey")
	p.Fill("[name=name]", "Key on the ring")
	p.Follow("#new-passkey [data-passkey] button")
	if !strings.HasSuffix(p.URL(), "/cases") {
		t.Errorf("led to %s", p.URL())
	}
	g.signOut(p)
	g.signIn(p, "sardor")
	contains(t, p, ".govuk-error-summary", "sign in with your passkey")
	p.Axe(t)
	p.Follow("#passkey-sign-in [data-passkey] button")
	contains(t, p, ".nz-account", "Sardor")

	phone := b.Page(t, 390, 844)
	phone.ScriptOff()
	g.signIn(phone, "jasur")
	phone.Follow("#add-codes")
	phone.Fill("[name=code]", g.code(t, phone.Text("#secret")))
	phone.Follow("#new-codes button")
	contains(t, phone, ".nz-account", "Jasur")
	seen(phone, "second-factor-done")
}
