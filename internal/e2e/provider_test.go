package e2e

import (
	"bufio"
	"bytes"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"nazorat/internal/account"
	"nazorat/internal/app"
	"nazorat/internal/browsertest"
	"nazorat/internal/db"
	"nazorat/internal/identity"
)

// theirProvider is an identity provider that others have written, run beside the office.
type theirProvider struct {
	issuer string
	stop   func()
}

// runProvider starts oidc-provider for an office at an address.
func runProvider(t *testing.T, office string) *theirProvider {
	t.Helper()
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join("..", "..", "node_modules", "oidc-provider", "package.json"))
	}
	if err != nil {
		if os.Getenv("NAZORAT_REQUIRE_BROWSER") == "1" {
			t.Fatalf("no identity provider can be run: %v", err)
		}
		t.Skipf("no identity provider can be run: %v", err)
	}
	cmd := exec.Command(node, filepath.Join("testdata", "provider.mjs"), office+account.ProviderBackHref)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &theirProvider{stop: func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}}
	t.Cleanup(func() {
		p.stop()
		if t.Failed() {
			t.Logf("the provider said: %s", said.String())
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		p.stop()
		t.Fatalf("the provider does not start: %v: %s", err, said.String())
	}
	p.issuer = strings.TrimSpace(line)
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return p
}

const (
	sardorThere = "30101800000001"
	nobodyThere = "30101800000009"
)

// withProvider is a guarded office whose officer Sardor is known to a provider.
func withProvider(t *testing.T) (*guarded, *theirProvider) {
	t.Helper()
	var p *theirProvider
	g := guard(t, func(pages *app.Pages, url string) {
		p = runProvider(t, url)
		pages.Identity = identity.Settings{Issuer: p.issuer, ClientID: "nazorat", Secret: "the secret of the tests, and no other", Name: "OneID", Redirect: url}
	})
	if _, err := identity.Import(t.Context(), g.DB, p.issuer, []identity.Identity{{Login: "sardor", Subject: sardorThere}}, g.Docket.Now()); err != nil {
		t.Fatal(err)
	}
	return g, p
}

// there signs somebody in on the provider's own page.
func there(t *testing.T, p *browsertest.Page, who string) {
	t.Helper()
	p.Fill("[name=login]", who)
	p.Fill("[name=password]", "whatever")
	p.Follow("button[type=submit]")
}

func TestOfficerSignsInByAProviderOfOthers(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	g, provider := withProvider(t)
	p := b.Page(t, 1366, 768)
	p.Goto(g.url + "/account?lang=en")
	contains(t, p, "#provider", "Sign in with OneID")
	p.Axe(t)
	seen(p, "provider")
	p.Follow("#provider")
	if !strings.HasPrefix(p.URL(), provider.issuer+"/interaction/") {
		t.Fatalf("at %s", p.URL())
	}
	there(t, p, sardorThere)
	if p.URL() != g.url+"/account?lang=en" && p.URL() != g.url+"/account" {
		t.Errorf("came back to %s", p.URL())
	}
	contains(t, p, ".nz-account", "Sardor")
	contains(t, p, "#sessions", "National sign-in")
	contains(t, p, "#events", "Identity of the national sign-in entered")

	// An act that wants presence: he proves it at the provider, on a second page, and the form waits.
	id, href := g.detention(t)
	p.Goto(href)
	detained := g.Docket.Now().Time().Add(-time.Hour).In(time.FixedZone("", 5*60*60)).Format("2006-01-02T15:04")
	p.Fill("[name='f.detained_at']", detained)
	p.Fill("[name='f.place']", "Post 4")
	if err := g.DB.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE session SET proven = 0`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	submit(p)
	contains(t, p, "h1", "Is it you?")
	contains(t, p, "#typed", "Post 4")
	p.Axe(t)
	seen(p, "presence-provider")
	tab := p.Tab(390, 844)
	tab.Goto(p.Value("form#presence a[target=_blank]", "href"))
	there(t, tab, sardorThere) // though he is signed in there
	contains(t, tab, "h1", "It is you")
	tab.Axe(t)
	seen(tab, "provider-present")
	if n := g.acts(t, id); n != 2 {
		t.Fatalf("%d acts are done", n)
	}
	p.FollowText("Send again")
	if n := g.acts(t, id); n != 3 || !strings.Contains(p.URL(), "done=3") {
		t.Errorf("%d acts are done; at %s", n, p.URL())
	}

	// Somebody else proves nothing.
	tab.Goto(g.url + "/sign-in/provider?presence")
	there(t, tab, nobodyThere)
	contains(t, tab, "h1", "Not proven")
	tab.Axe(t)
	seen(tab, "provider-refused")

	// Whoever is nobody here stays outside.
	stranger := b.Page(t, 390, 844)
	stranger.Goto(g.url + "/sign-in?lang=en")
	stranger.Follow("#provider")
	there(t, stranger, nobodyThere)
	contains(t, stranger, ".govuk-error-summary", "to nobody here")
	stranger.Axe(t)
	seen(stranger, "provider-nobody")

	// And while the provider is away the password goes on.
	provider.stop()
	away := b.Page(t, 1366, 768)
	away.Goto(g.url + "/sign-in?lang=en")
	away.Follow("#provider")
	if strings.Contains(away.URL(), g.url) { // what it says of itself is known: then the provider's own address does not answer
		contains(t, away, ".govuk-error-summary", "cannot be used at this moment")
	}
	g.signIn(away, "sardor")
	contains(t, away, ".nz-account", "Sardor")
}

// The same from the wire: what is sent, and what is kept.
func TestWayToTheProviderAndBackFromTheWire(t *testing.T) {
	t.Parallel()
	g, provider := withProvider(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var way []*http.Response
	c := &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		way = append(way, r.Response)
		return nil
	}}
	get := func(resp *http.Response, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	page := get(c.Get(g.url + "/sign-in/provider?next=%2Faccount%3Flang%3Den"))
	for _, want := range []string{"code_challenge_method=S256", "nonce=", "state=", "max_age=86400"} {
		if !strings.Contains(way[0].Header.Get("Location"), want) {
			t.Errorf("sent to %s", way[0].Header.Get("Location"))
		}
	}
	if cookie := way[0].Header.Get("Set-Cookie"); !strings.HasPrefix(cookie, "provider=") || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") || !strings.Contains(cookie, "Path=/sign-in/provider") {
		t.Errorf("cookie %s", cookie)
	}
	form := regexp.MustCompile(`<form[^>]* action="([^"]+)"`).FindStringSubmatch(page)
	if form == nil {
		t.Fatalf("no form in %s", page)
	}
	action, err := url.Parse(html.UnescapeString(form[1]))
	if err != nil {
		t.Fatal(err)
	}
	issuer, _ := url.Parse(provider.issuer)
	way = nil
	page = get(c.PostForm(issuer.ResolveReference(action).String(), url.Values{"prompt": {"login"}, "login": {sardorThere}, "password": {"x"}}))
	if !strings.Contains(page, "National sign-in") {
		t.Errorf("not signed in: %s", page)
	}
	// What the provider sent back is of no use to whoever picks it up.
	var back string
	for _, r := range way {
		if to := r.Header.Get("Location"); strings.Contains(to, account.ProviderBackHref) {
			back = to
		}
	}
	if !strings.Contains(back, "code=") || !strings.Contains(back, "iss=") {
		t.Fatalf("sent back to %q", back)
	}
	for name, client := range map[string]*http.Client{"the same browser": c, "another": {Timeout: time.Minute}} {
		if body := get(client.Get(back)); name == "another" && !strings.Contains(body, "govuk-error-summary") {
			t.Errorf("%s: %s", name, body)
		}
	}
	var n int
	if err := g.DB.QueryRow(t.Context(), `SELECT count(*) FROM session`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d sessions, %v", n, err)
	}
}
