// Package e2e drives the whole office in a real browser, as people do.
package e2e

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
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

// past is an office that has lived through some cases, filled once and copied for each test that begins there.
type past struct {
	dbtest.Model
	accounts []demo.Account
}

var pasts struct {
	sync.Mutex
	of map[int]*past // by the number of cases
}

// pastOf is that of so many cases.
func pastOf(cases int) *past {
	pasts.Lock()
	defer pasts.Unlock()
	if pasts.of[cases] == nil {
		if pasts.of == nil {
			pasts.of = map[int]*past{}
		}
		pasts.of[cases] = &past{}
	}
	return pasts.of[cases]
}

// wallClock is the clock on the wall.
func wallClock() calendar.Moment { return calendar.At(time.Now()) }

// serve serves an office that has lived through some cases until the test ends. It opens it as a process does that is started again.
func serve(t testing.TB, cases int) *office {
	t.Helper()
	p := pastOf(cases)
	location := p.One(t, func(location string) error {
		a, accounts, err := live(location, demo.Options{Cases: cases, Seed: 1, Now: wallClock()}, wallClock)
		if err != nil {
			return err
		}
		p.accounts = accounts
		return a.Close()
	})
	ctx := context.Background()
	d, err := db.Open(ctx, location)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(ctx, d, docket.Options{Now: wallClock})
	if err != nil {
		t.Fatal(err)
	}
	return open(t, a, p.accounts)
}

// serveBy does so by another clock, and offers for signing in also those of the region who have more roles; one of the highest office, where nobody there has it.
func serveBy(t testing.TB, cases int, now func() calendar.Moment, more ...string) *office {
	t.Helper()
	a, accounts, err := live(dbtest.One(t), demo.Options{Cases: cases, Seed: 1, Now: now()}, now, more...)
	if err != nil {
		t.Fatal(err)
	}
	return open(t, a, accounts)
}

// live makes an office that lives through some cases, and gives it with whom it offers for signing in.
func live(location string, o demo.Options, now func() calendar.Moment, more ...string) (*app.Office, []demo.Account, error) {
	ctx := context.Background()
	d, err := db.Create(ctx, location)
	if err != nil {
		return nil, nil, err
	}
	if err := d.Migrate(ctx, app.Migrations()); err != nil {
		return nil, nil, err
	}
	service, accounts := demo.Service(o)
	for _, role := range more {
		at := slices.IndexFunc(accounts, func(a demo.Account) bool { return a.Role == "penitentiary" })
		region, _, _ := strings.Cut(accounts[at].Officer, "-")
		n := slices.IndexFunc(service.Officers, func(o directory.NewOfficer) bool { return o.ID == region+"-"+role+"-1" })
		if n < 0 {
			return nil, nil, fmt.Errorf("the synthetic service has no %s in %s", role, region)
		}
		who := &service.Officers[n]
		accounts = append(accounts, demo.Account{Officer: who.ID, Mandate: who.Mandates[0].ID, Name: who.Name, Role: role, Office: who.Mandates[0].Office})
	}
	dir, err := directory.Open(ctx, d)
	if err != nil {
		return nil, nil, err
	}
	if err := dir.Import(ctx, service, 1); err != nil {
		return nil, nil, err
	}
	clock := demo.NewClock(o.Now, now)
	a, err := app.Open(ctx, d, docket.Options{Now: clock.Now, NewID: clock.NewID})
	if err != nil {
		return nil, nil, err
	}
	_, err = demo.Live(ctx, a.Docket, clock, service, o)
	return a, accounts, err
}

// open serves an office until the test ends.
func open(t testing.TB, a *app.Office, accounts []demo.Account) *office {
	t.Helper()
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
