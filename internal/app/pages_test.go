package app

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"nazorat/internal/docket"
	"nazorat/internal/signin"
)

// Nothing but what is registered is answered: no folder, no file of the machine, no figures, nothing for debugging.
func TestNothingOfTheMachineIsServed(t *testing.T) {
	t.Parallel()
	h := build(t)
	for _, address := range []string{"/.git/config", "/.git/HEAD", "/.env", "/.well-known/none", "/static/", "/static/.gitkeep", "/static/../go.mod", "/static/%2e%2e/go.mod", "/debug/pprof/", "/debug/vars",
		"/metrics", "/log/", "/log/tile/", "/server-status", "/swagger", "/office.db", "/proceedings/", "/offices/", "/api/v1/"} {
		for _, caller := range []string{"nobody", "officer"} {
			a := h.ask(t, request{method: http.MethodGet, address: address, caller: caller})
			if a.status >= 300 && a.status < 400 {
				a = h.ask(t, request{method: http.MethodGet, address: a.header.Get("Location"), caller: caller})
			}
			if address == "/metrics" { // at the address of the figures it is; not at that of the pages
				continue
			}
			if a.status != http.StatusNotFound {
				t.Errorf("%s as %s: %d", address, caller, a.status)
			}
		}
	}
	resp, err := http.Get(h.front.URL + "/metrics")
	must(t, err)
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("the figures stand beside the pages: %d", resp.StatusCode)
	}
	for _, method := range []string{http.MethodTrace, http.MethodConnect, http.MethodPut, http.MethodDelete, http.MethodPatch, "PROPFIND"} {
		for _, address := range []string{"/", "/account", "/proceedings/" + h.proceeding, "/log/checkpoint", "/api/v1/laws", "/static/none.css"} {
			if method == http.MethodConnect {
				continue // a client of Go sends no address along
			}
			if a := h.ask(t, request{method: method, address: address, caller: "officer"}); a.status < 400 || strings.Contains(a.body, "Cookie") {
				t.Errorf("%s %s: %d", method, address, a.status)
			}
		}
	}
}

func TestEveryPageOffersSigningOut(t *testing.T) {
	t.Parallel()
	looked := 0
	for _, a := range everyDoor(t).asked {
		if a.caller != "officer" || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") || a.status >= 300 && a.status < 400 {
			continue
		}
		looked++
		if !strings.Contains(a.body, `action="/sign-out"`) {
			t.Errorf("line %d: %s", a.line, a.route)
		}
	}
	if looked < 25 {
		t.Errorf("only %d pages", looked)
	}
}

var passwordField = regexp.MustCompile(`<input[^>]*name="(?:password|presence\.password)"[^>]*>`)

// A password is hidden while it is typed, and what fills it in by itself finds it and may.
func TestPasswordFieldsAreForPasswordManagers(t *testing.T) {
	t.Parallel()
	h := build(t)
	field := passwordField.FindString(h.ask(t, request{method: http.MethodGet, address: "/sign-in", caller: "nobody"}).body)
	for _, want := range []string{`type="password"`, `autocomplete="current-password"`} {
		if !strings.Contains(field, want) {
			t.Errorf("%q lacks %s", field, want)
		}
	}
	for _, forbidden := range []string{"onpaste", "maxlength", "readonly"} {
		if field == "" || strings.Contains(field, forbidden) {
			t.Errorf("%q has %s", field, forbidden)
		}
	}
}

// 26 letters of 32 kinds are 130 bits.
func TestTokensCannotBeGuessed(t *testing.T) {
	t.Parallel()
	h := build(t)
	letters := regexp.MustCompile(`^[A-Z2-7]{26}$`)
	seen := map[string]bool{}
	for range 200 {
		token := h.begin(t, "stranger")
		if !letters.MatchString(token) || seen[token] {
			t.Fatalf("the token %q", token)
		}
		seen[token] = true
	}
	var kept int
	for token := range seen {
		must(t, h.DB.QueryRow(t.Context(), `SELECT count(*) FROM session WHERE token = $1 OR id = $2`, []byte(token), token).Scan(&kept))
		if kept != 0 {
			t.Fatal("a token lies in the database as it is")
		}
	}
	now := h.Docket.Now()
	if a, b := docket.NewID(now), docket.NewID(now); a == b || len(a) != 26 || a[7:] == b[7:] {
		t.Errorf("%s %s", a, b)
	}
	if signin.AbsoluteEnd() <= 0 {
		t.Error("sessions last for ever")
	}
}
