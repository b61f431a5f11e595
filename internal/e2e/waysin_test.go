package e2e

import (
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"nazorat/internal/app"
	"nazorat/internal/browsertest"
	"nazorat/internal/identity"
	"nazorat/internal/look"
)

// inPictures keeps a picture of a page about ways in where somebody wants to look at it.
func inPictures(p *browsertest.Page, name string) {
	if dir := os.Getenv("NAZORAT_PICTURES"); dir != "" {
		p.Screenshot(dir + "/waysin-" + name + ".png")
	}
}

// withAwayProvider is a guarded office with an identity provider that nobody needs to reach here.
func withAwayProvider(t *testing.T) *guarded {
	t.Helper()
	return guard(t, func(pages *app.Pages, url string) {
		pages.Identity = identity.Settings{Issuer: "http://127.0.0.1:9", ClientID: "nazorat", Secret: "a secret of the tests", Name: "OneID", Redirect: url}
	})
}

// One administrator says who an officer is at the provider, another confirms it, the officer reads of both; then it is taken away.
func TestAdministratorsBindAnIdentityByTwoAndTakeItAway(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	g := withAwayProvider(t)
	anora, bobur := b.Page(t, 1366, 768), b.Page(t, 390, 844)
	g.signIn(anora, "anora")
	anora.FollowText("Service")
	anora.FollowText("National sign-in")
	contains(t, anora, "#identities", "Sardor")
	anora.Axe(t)
	inPictures(anora, "identities")
	anora.Follow("#identities a[href*='login=sardor']")
	if got := anora.Value("[name=login]", "value"); got != "sardor" {
		t.Errorf("the form does not know whom it is about: %q", got)
	}
	anora.Follow("#propose-identity")
	contains(t, anora, ".govuk-error-summary", "Enter the identity")
	anora.Axe(t)
	anora.Fill("[name=subject]", sardorThere)
	anora.Follow("#propose-identity")
	contains(t, anora, "#waiting", sardorThere)
	contains(t, anora, ".nz-notice, [role=status], main", "Another administrator has to confirm it")
	if anora.Count("#waiting form[action$='/confirm']") != 0 {
		t.Error("whoever proposed it is asked to confirm it")
	}
	anora.Axe(t)
	inPictures(anora, "proposed")

	g.signIn(bobur, "bobur")
	bobur.Goto(g.url + "/service/identities")
	bobur.Axe(t)
	inPictures(bobur, "confirm-phone")
	bobur.ScriptOff() // from here on as without JavaScript
	bobur.Follow("#waiting form[action$='/confirm'] button")
	contains(t, bobur, "#identities", sardorThere)
	inPictures(bobur, "bound-phone")

	sardor := b.Page(t, 1366, 768)
	g.signIn(sardor, "sardor")
	sardor.Goto(g.url + "/account")
	contains(t, sardor, "#events", "Identity of the national sign-in proposed")
	contains(t, sardor, "#events", "Identity of the national sign-in entered")

	anora.Goto(g.url + "/service/identities")
	anora.Follow("#identities form[action$='/remove'] button")
	if text := anora.Text("#identities"); strings.Contains(text, sardorThere) {
		t.Errorf("it is his still: %s", text)
	}
	if err := g.Looks.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	for kind, by := range map[string]string{look.IdentityProposed: "anora", look.IdentityBound: "bobur", look.IdentityRemoved: "anora"} {
		var n int
		if err := g.DB.QueryRow(t.Context(), `SELECT count(*) FROM look WHERE kind = $1 AND officer = $2 AND about = 'sardor' AND why = $3`, kind, by, sardorThere).Scan(&n); err != nil || n != 1 {
			t.Errorf("%s by %s is %d times in the journal: %v", kind, by, n, err)
		}
	}
	bobur.Goto(g.url + "/officers/bobur/looks")
	contains(t, bobur, "main", "Confirmed an identity of the national sign-in")
	contains(t, bobur, "main", "A list of officers")
	inPictures(bobur, "looks-phone")
	anora.Goto(g.url + "/officers/bobur/looks")
	anora.Axe(t)
	inPictures(anora, "looks")
}

// A system is registered by one and confirmed by another; its secret is shown once, renewed and of no use once it is revoked.
func TestAdministratorsRegisterASystemByTwoRenewAndRevokeIt(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	g := withAwayProvider(t)
	anora, bobur := b.Page(t, 1366, 768), b.Page(t, 390, 844)
	asks := func(secret string) int {
		r, err := http.PostForm(g.url+"/oauth/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {"court-registry"}, "client_secret": {secret}})
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Body.Close()
		return r.StatusCode
	}
	g.signIn(anora, "anora")
	anora.FollowText("Service")
	anora.FollowText("Systems")
	anora.Axe(t)
	anora.Follow("#add-system")
	anora.Axe(t)
	inPictures(anora, "new-system")
	anora.Fill("[name=name]", "Registry of the court")
	anora.Fill("[name=id]", "court-registry")
	anora.Click("[name=scope][value=proceedings]")
	anora.Follow("#do-register")
	contains(t, anora, ".govuk-error-summary", "It needs a secret")
	if got := anora.Value("[name=name]", "value"); got != "Registry of the court" {
		t.Errorf("what was typed is gone: %q", got)
	}
	anora.Axe(t)
	inPictures(anora, "new-system-wrong")
	anora.Click("[name=with_secret]")
	anora.Follow("#do-register")
	secret := anora.Text("#secret")
	if len(secret) < 40 {
		t.Fatalf("a secret: %q", secret)
	}
	anora.Axe(t)
	inPictures(anora, "secret")
	if got := asks(secret); got != http.StatusUnauthorized {
		t.Errorf("before it is confirmed it is answered %d", got)
	}
	anora.FollowText("To the system")
	if anora.Count("#confirm") != 0 {
		t.Error("whoever registered it is asked to confirm it")
	}
	if strings.Contains(anora.Text("main"), secret) {
		t.Error("the secret is shown again")
	}

	g.signIn(bobur, "bobur")
	bobur.Goto(g.url + "/service/systems")
	contains(t, bobur, "#systems", "Waits for confirmation")
	bobur.Axe(t)
	inPictures(bobur, "systems-phone")
	bobur.FollowText("Registry of the court")
	bobur.Axe(t)
	inPictures(bobur, "system-phone")
	bobur.ScriptOff() // from here on as without JavaScript
	bobur.Follow("#confirm")
	contains(t, bobur, "main", "May ask")
	if got := asks(secret); got != http.StatusOK {
		t.Errorf("confirmed, it is answered %d", got)
	}
	bobur.Follow("#renew")
	renewed := bobur.Text("#secret")
	if asks(secret) != http.StatusUnauthorized || asks(renewed) != http.StatusOK {
		t.Error("the former secret opens, or the new one does not")
	}
	anora.Goto(g.url + "/service/systems/court-registry")
	contains(t, anora, "main", "A new secret was drawn")
	anora.Axe(t)
	inPictures(anora, "system")
	anora.Click("details:has(#revoke) summary")
	anora.Follow("#revoke")
	contains(t, anora, "main", "Revoked")
	if got := asks(renewed); got != http.StatusUnauthorized {
		t.Errorf("revoked, it is answered %d", got)
	}
	if err := g.Looks.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	for kind, by := range map[string]string{look.SystemRegistered: "anora", look.SystemConfirmed: "bobur", look.SystemRenewed: "bobur", look.SystemRevoked: "anora"} {
		var n int
		if err := g.DB.QueryRow(t.Context(), `SELECT count(*) FROM look WHERE kind = $1 AND officer = $2 AND about = 'court-registry'`, kind, by).Scan(&n); err != nil || n != 1 {
			t.Errorf("%s by %s is %d times in the journal: %v", kind, by, n, err)
		}
	}
}
