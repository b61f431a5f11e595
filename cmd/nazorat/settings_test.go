package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

// A key that is made for the wrong domain opens nothing, and nobody notices before it is needed.
func TestPasskeysAreMadeForWhereTheOfficeIs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		set                   settings
		domain, origins, says string
	}{
		{settings{addr: "localhost:8080", domain: "localhost"}, "localhost", "http://localhost:8080", ""},
		{settings{addr: ":80", domain: "localhost"}, "localhost", "http://localhost", ""},
		{settings{addr: "localhost:8080", domain: "nazorat.example", secure: true}, "nazorat.example", "https://nazorat.example", ""},
		{settings{addr: "localhost:8080", domain: "nazorat.example", origins: "https://a.nazorat.example,https://b.nazorat.example"}, "nazorat.example", "https://a.nazorat.example https://b.nazorat.example", ""},
		{settings{addr: "localhost:8080", domain: "localhost", secure: true}, "", "", "no passkeys are offered"},
		{settings{addr: "localhost:8080", domain: "localhost", secure: true, origins: "https://localhost:8443"}, "localhost", "https://localhost:8443", ""},
	} {
		var log bytes.Buffer
		rp, err := c.set.passkeys(slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil || rp.Domain != c.domain || strings.Join(rp.Origins, " ") != c.origins || (c.says == "") != (log.Len() == 0) || !strings.Contains(log.String(), c.says) {
			t.Errorf("%+v: %+v, %v, %s", c.set, rp, err, log.String())
		}
	}
	if _, err := (&settings{addr: "localhost", domain: "localhost"}).passkeys(nil); err == nil {
		t.Error("an address without a port")
	}
}

func TestStateOfAUserIsWhatSystemdSaysOrTheRulesOfHisDesktop(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	for _, c := range []struct {
		vars []string
		want string
	}{
		{[]string{"HOME=" + home, "STATE_DIRECTORY=/var/lib/nazorat"}, "/var/lib/nazorat"},
		{[]string{"STATE_DIRECTORY=/var/lib/nazorat:/var/lib/other", "XDG_STATE_HOME=/state"}, "/var/lib/nazorat"},
		{[]string{"HOME=" + home, "XDG_STATE_HOME=/state"}, "/state/nazorat"},
		{[]string{"XDG_STATE_HOME=", "HOME=" + home}, home + "/.local/state/nazorat"},
		{[]string{"HOME=/no/such/home"}, ""}, // a user who has none: nothing is made there
		{nil, ""},
	} {
		if got := state(environment{vars: c.vars}); got != c.want {
			t.Errorf("%v: %q, want %q", c.vars, got, c.want)
		}
	}
}
