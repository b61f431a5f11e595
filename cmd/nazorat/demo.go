package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"nazorat/internal/app"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/demo"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/seal"
	"nazorat/internal/signin"
	"nazorat/internal/telemetry"
	"nazorat/internal/vault"
	"nazorat/internal/web"
)

const demoUsage = "demo [--cases N] [--seed S] [--addr HOST:PORT] [--db LOCATION] [--documents FOLDER] [--now MOMENT] [--no-serve]"

// mostCases keeps a slip of the finger from filling the disk.
const mostCases = 2_000_000

// runDemo builds a synthetic service, lets it live up to now, and serves it.
func runDemo(ctx context.Context, env environment, args []string) (err error) {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	cases := flags.Int("cases", 400, "how many cases the service has lived through")
	seed := flags.Uint64("seed", 1, "what chance follows from: the same seed, the same service")
	addr := flags.String("addr", "localhost:8080", "address to serve at")
	location := flags.String("db", "", "where to make the database and keep it, "+locations+"; left out, it is gone afterwards")
	documents := flags.String("documents", "", documentsAre)
	at := flags.String("now", "", "up to when the service has lived, such as 2026-03-02T14:30:00+05:00; left out, now.\nThe same seed up to the same moment gives the same journal, hash by hash")
	noServe := flags.Bool("no-serve", false, "only build it")
	verbose := flags.Bool("verbose", false, "log every request")
	rest, err := options(env, flags, demoUsage, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 || *cases < 0 || *cases > mostCases {
		return usageError(env, demoUsage, fmt.Sprintf("demo wants at most %d cases and no other arguments", mostCases))
	}
	now := time.Now()
	if *at != "" {
		then, err := time.Parse(time.RFC3339, *at)
		if err != nil || then.After(now) {
			return usageError(env, demoUsage, "--now wants a moment that is not to come, such as 2026-03-02T14:30:00+05:00")
		}
		now = then
	}
	if *location == "" {
		dir, err := os.MkdirTemp("", "nazorat-demo-")
		if err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		defer func() { _ = os.RemoveAll(dir) }() // a temporary folder: the system clears what is left
		*location = "sqlite:" + filepath.Join(dir, "demo.db")
	}
	d, err := db.Create(ctx, *location)
	if err != nil {
		return err
	}
	office, accounts, here, err := liveThrough(ctx, env, d, *documents, demo.Options{Cases: *cases, Seed: *seed, Now: calendar.At(now)})
	if err != nil {
		return errors.Join(err, d.Discard(context.WithoutCancel(ctx))) // half a past is none
	}
	defer func() { err = errors.Join(err, office.Close()) }()
	if *noServe {
		return nil
	}
	s := &settings{logFormat: telemetry.Text, verbose: *verbose, addr: *addr, domain: localhost}
	log, err := s.log(env)
	if err != nil {
		return err
	}
	passkeys, err := s.passkeys(log)
	if err != nil {
		return err
	}
	signer, forget, err := demoSigner(ctx)
	if err != nil {
		return err
	}
	defer forget()
	office.SignWith(signer, nil)
	rules, err := demoRules()
	if err != nil {
		return err
	}
	pages, err := office.Handler(app.Pages{Log: log, Synthetic: true, Accounts: accounts, Passkeys: passkeys, Rules: rules, Told: here})
	if err != nil {
		return err
	}
	defer office.Keep(ctx, log)()
	return app.Serve(ctx, app.Serving{Addr: *addr, Pages: pages, Health: telemetry.NewHealth(log, office.Checks(telemetry.New(revision()))), Log: log,
		Ready: func(at string) {
			fmt.Fprintf(env.stdout, "serving a synthetic office at http://%s\nits receipts are verified with --key %s\n", at, signer.Key())
		}})
}

// demoName is what the journal of a synthetic office is called.
const demoName = "demo.nazorat.example/log"

// demoRules offer codes from an application, so that they can be tried, under a key that is nowhere but in this process.
func demoRules() (signin.Rules, error) {
	ring, err := signin.FreshRing()
	return signin.Rules{Secrets: ring, Service: serviceName}, err
}

// demoSigner signs the journal of a synthetic office with a key that is gone afterwards.
func demoSigner(ctx context.Context) (s seal.Signer, forget func(), err error) {
	dir, err := os.MkdirTemp("", "nazorat-demo-key-")
	if err != nil {
		return nil, nil, fmt.Errorf("demo: %w", err)
	}
	forget = func() { _ = os.RemoveAll(dir) } // a temporary folder: the system clears what is left
	place := filepath.Join(dir, "key")
	if _, err = seal.Generate(place, demoName); err == nil {
		s, err = seal.Open(ctx, place)
	}
	if err != nil {
		forget()
		return nil, nil, fmt.Errorf("demo: %w", err)
	}
	return s, forget, nil
}

// liveThrough makes the past of a synthetic office in an empty database, with its files in a folder. It gives the office, the officers whom its sign-in page offers, and the numbers of some cases of their district.
func liveThrough(ctx context.Context, env environment, d *db.DB, documents string, o demo.Options) (*app.Office, []web.Account, []string, error) {
	start := time.Now()
	if err := d.Migrate(ctx, app.Migrations()); err != nil {
		return nil, nil, nil, err
	}
	service, chosen := demo.Service(o)
	dir, err := directory.Open(ctx, d)
	if err != nil {
		return nil, nil, nil, err
	}
	if err := dir.Import(ctx, service, 1); err != nil {
		return nil, nil, nil, err
	}
	clock := demo.NewClock(o.Now, func() calendar.Moment { return calendar.At(time.Now()) })
	office, err := app.Open(ctx, d, docket.Options{Now: clock.Now, NewID: clock.NewID})
	if err != nil {
		return nil, nil, nil, err
	}
	if folder := vault.FolderOf(d, documents); folder != "" {
		if err := office.KeepIn(folder); err != nil {
			office.Docket.Close()
			return nil, nil, nil, err
		}
		o.Vault = office.Vault
	} else if documents == "" {
		fmt.Fprintln(env.stderr, "no file comes with the cases: a database on a server has no folder beside it, so say --documents FOLDER")
	}
	done := casesBar(env, &o)
	var report demo.Report
	err = d.Hastily(ctx, func() (err error) { // half a past is thrown away anyhow
		report, err = demo.Live(ctx, office.Docket, clock, service, o)
		return err
	})
	done()
	if err != nil {
		office.Docket.Close()
		return nil, nil, nil, err
	}
	fmt.Fprintf(env.stdout, "synthetic service, seed %d: %d offices, %d officers, %d cases, %d acts, %d refused on the way, in %.1f s\n",
		o.Seed, len(service.Offices), len(service.Officers), report.Cases, report.Acts, report.Refused(), time.Since(start).Seconds())
	var accounts []web.Account
	for _, a := range chosen {
		accounts = append(accounts, web.Account{Officer: a.Officer, Name: a.Name, Role: a.Role, Office: a.Office, Shows: a.Shows})
	}
	return office, accounts, report.Here, nil
}

func casesBar(env environment, o *demo.Options) (done func()) {
	f, ok := env.stderr.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func() {}
	}
	bar := progressbar.NewOptions(o.Cases, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription("living through cases"), progressbar.OptionClearOnFinish())
	o.Progress = func(done, _ int) { _ = bar.Set(done) } // a bar that cannot be drawn is no reason to stop
	return func() { _ = bar.Finish() }
}
