// Package e2e drives the whole office in a real browser, as people do.
package e2e

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"nazorat/internal/access"
	"nazorat/internal/app"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/demo"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/web/static"
)

// office is a synthetic office being served.
type office struct {
	*app.Office
	url      string
	accounts []demo.Account
}

// serve lives through some cases and serves them until the test ends.
func serve(t testing.TB, cases int) *office {
	t.Helper()
	return serveBy(t, cases, func() calendar.Moment { return calendar.At(time.Now()) })
}

// serveBy does so by another clock, and offers for signing in also those of the region who have more roles; one of the highest office, where nobody there has it.
func serveBy(t testing.TB, cases int, now func() calendar.Moment, more ...string) *office {
	t.Helper()
	ctx := context.Background()
	d, err := db.Create(ctx, dbtest.One(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(ctx, app.Migrations()); err != nil {
		t.Fatal(err)
	}
	o := demo.Options{Cases: cases, Seed: 1, Now: now()}
	service, accounts := demo.Service(o)
	for _, role := range more {
		at := slices.IndexFunc(accounts, func(a demo.Account) bool { return a.Role == "penitentiary" })
		region, _, _ := strings.Cut(accounts[at].Officer, "-")
		n := slices.IndexFunc(service.Officers, func(o directory.NewOfficer) bool { return o.ID == region+"-"+role+"-1" })
		if n < 0 {
			t.Fatalf("the synthetic service has no %s in %s", role, region)
		}
		who := &service.Officers[n]
		accounts = append(accounts, demo.Account{Officer: who.ID, Mandate: who.Mandates[0].ID, Name: who.Name, Role: role, Office: who.Mandates[0].Office})
	}
	dir, err := directory.Open(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	if err := dir.Import(ctx, service, 1); err != nil {
		t.Fatal(err)
	}
	clock := demo.NewClock(o.Now, now)
	a, err := app.Open(ctx, d, docket.Options{Now: clock.Now, NewID: clock.NewID})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := demo.Live(ctx, a.Docket, clock, service, o); err != nil {
		t.Fatal(err)
	}
	if err := a.KeepIn(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	h, err := a.Handler(app.Pages{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Synthetic: true, Accounts: offered(accounts)})
	if err != nil {
		if static.Check() != nil {
			t.Skipf("the pages cannot be served: %v", err)
		}
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return &office{Office: a, url: srv.URL, accounts: accounts}
}

// as finds a demonstration officer by his role.
func (o *office) as(t testing.TB, role string) demo.Account {
	t.Helper()
	for _, a := range o.accounts {
		if a.Role == role {
			return a
		}
	}
	t.Fatalf("there is no demonstration officer in the role %s", role)
	return demo.Account{}
}

// actorOf is a demonstration officer as the docket sees him.
func actorOf(a demo.Account) access.Actor {
	return access.Actor{Officer: a.Officer, Role: a.Role, Office: a.Office, Mandate: a.Mandate, Present: access.Always}
}

// act and term are the English words of the law, as the pages show them.
func (o *office) act(name string) string { return o.Docket.Law("uz/criminal").Labels["en"].Act(name) }

func (o *office) term(name string) string { return o.Docket.Law("uz/criminal").Labels["en"].Term(name) }

// inquirerOf is the demonstration's inquirer.
func inquirerOf(o *office) string {
	for _, a := range o.accounts {
		if a.Role == "inquirer" {
			return a.Officer
		}
	}
	return ""
}
