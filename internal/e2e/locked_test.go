package e2e

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/docket"
	"nazorat/internal/signin"
)

// from is a browser at no address but its own: what the office knows of it is its cookies.
func (g *guarded) from(t *testing.T) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &client{t: t, url: g.url, Client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// A man is held, his time runs out, and somebody guesses at the inquirer's
// password from hundreds of addresses. Whoever is signed in releases him without
// being asked anything; from the machine on which he has signed in before he
// signs in; and he proves that he is there for whatever wants it.
func TestReleaseIsDoneWhileSomebodyGuessesAtTheOfficersPassword(t *testing.T) {
	t.Parallel()
	g := guard(t)
	id, _ := g.detention(t)
	at := func(ago time.Duration) string {
		return g.Docket.Now().Time().Add(-ago).In(time.FixedZone("", 5*60*60)).Format("2006-01-02T15:04")
	}
	if _, err := g.Docket.Act(t.Context(), docket.Command{Proceeding: id, Act: "detain", Thing: 1, Form: map[string]string{"detained_at": at(time.Hour), "place": "Post 4"},
		Actor: access.Actor{Officer: "sardor", Role: "inquirer", Office: "iib", Mandate: "sardor-m", Present: access.Always}}); err != nil {
		t.Fatal(err)
	}
	own := g.from(t)
	signIn := url.Values{"login": {"sardor"}, "password": {ourPassword}}
	if a := own.post("/sign-in", signIn); a.status != http.StatusSeeOther {
		t.Fatalf("sign in: %d", a.status)
	}
	stranger := g.from(t)
	attack := func() {
		t.Helper()
		if err := g.DB.Write(t.Context(), func(tx *db.Tx) error {
			for i := range 300 {
				if _, err := tx.Exec(`INSERT INTO sign_in_attempt (id, login, remote, apart, at) VALUES ($1, 'sardor', $2, 0, $3)`,
					fmt.Sprint(g.Docket.Now(), " ", i), fmt.Sprintf("198.51.100.%d", i), g.Docket.Now()); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if a := stranger.post("/sign-in", signIn); a.status != http.StatusForbidden || !strings.Contains(a.body, "15") {
			t.Fatalf("nobody is stopped: %d", a.status)
		}
	}
	g.pass(signin.Fresh + calendar.Minute) // his proof is old
	attack()
	if a := own.tried("/proceedings/"+id+"/acts/release?thing=2", url.Values{"f.ground": {"not_confirmed"}}); a.status != http.StatusSeeOther {
		t.Errorf("the release: %d %s", a.status, plainText(a.body))
	}
	if n := g.acts(t, id); n != 4 {
		t.Errorf("%d acts are done", n)
	}
	// What wants presence asks for it, and takes it.
	if a := own.post("/account/password/new", url.Values{}); a.status != http.StatusForbidden || !strings.Contains(a.body, "presence.password") {
		t.Errorf("presence is not asked: %d", a.status)
	}
	if a := own.post("/account/password/new", url.Values{"presence.password": {ourPassword}}); a.status != http.StatusSeeOther {
		t.Errorf("presence: %d %s", a.status, a.body)
	}
	// Signed out, he comes in again on his own machine.
	own.post("/sign-out", url.Values{})
	if a := own.post("/sign-in", signIn); a.status != http.StatusSeeOther {
		t.Errorf("on his own machine: %d %s", a.status, a.body)
	}
}

func TestMachineIsKnownByACookieThatOpensNothing(t *testing.T) {
	t.Parallel()
	g := guard(t)
	own := g.from(t)
	a := own.post("/sign-in", url.Values{"login": {"sardor"}, "password": {ourPassword}})
	var machine *http.Cookie
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if c.Name == "machine" {
			machine = c
		}
	}
	if machine == nil || !machine.HttpOnly || machine.Path != "/sign-in" || machine.SameSite != http.SameSiteLaxMode || machine.MaxAge != 90*24*3600 {
		t.Fatalf("%+v", machine)
	}
	other := g.from(t)
	u, _ := url.Parse(g.url)
	other.Jar.SetCookies(u, []*http.Cookie{{Name: "session", Value: machine.Value}, {Name: "machine", Value: machine.Value}})
	if a := other.get("/account"); a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/sign-in") {
		t.Errorf("%d %s", a.status, a.header.Get("Location"))
	}
}
