package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"nazorat/internal/app"
	"nazorat/internal/db"
	"nazorat/internal/docket"
	"nazorat/internal/telemetry"
	"nazorat/internal/vault"
)

const serveUsage = "serve [--db LOCATION] [--addr HOST:PORT] [--secure] [--migrate] [--key PLACE] [--witnesses FILE] [--metrics-addr HOST:PORT] [OPTION...]"

// sendWithin is how long the last traces may take to be sent.
const sendWithin = 5 * time.Second

// runServe serves an office that init has made.
func runServe(ctx context.Context, env environment, args []string) (err error) {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	var s settings
	s.flags(flags)
	migrate := flags.Bool("migrate", false, "bring an older database up to date first")
	rest, err := options(env, flags, serveUsage, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usageError(env, serveUsage, "serve takes no other arguments")
	}
	log, err := s.log(env)
	if err != nil {
		return err
	}
	signer, witnesses, err := s.signing(ctx)
	if err != nil {
		return err
	}
	keys, err := s.keys()
	if err != nil {
		return err
	}
	passkeys, err := s.passkeys(log)
	if err != nil {
		return err
	}
	rules, err := s.rules(passkeys)
	if err != nil {
		return err
	}
	provider, err := s.identities()
	if err != nil {
		return err
	}
	certificates, err := s.certificates()
	if err != nil {
		return err
	}
	if err := s.covered(certificates); err != nil {
		return err
	}
	mail, gateway, err := s.channels()
	if err != nil {
		return err
	}
	traces, err := s.tracing(env, log)
	if err != nil {
		return err
	}
	defer func() {
		within, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendWithin)
		defer cancel()
		err = errors.Join(err, traces.Close(within))
	}()
	d, err := openDatabase(ctx, s.db)
	if err != nil {
		return err
	}
	if *migrate {
		if err := d.Migrate(ctx, app.Migrations()); err != nil {
			return errors.Join(err, d.Close())
		}
	}
	figures := telemetry.New(revision())
	office, err := app.Open(ctx, d, docket.Options{Observe: app.ObserveBatches(figures, traces, log), Log: log})
	if err != nil {
		return errors.Join(err, d.Close())
	}
	defer func() { err = errors.Join(err, office.Close()) }()
	office.SignWith(signer, witnesses)
	if folder := vault.FolderOf(d, s.documents); folder == "" {
		log.Warn("documents are neither taken nor shown: no folder is set")
	} else if err := office.KeepIn(folder); err != nil {
		return err
	}
	pages, err := office.Handler(app.Pages{Log: log, Secure: s.secure || certificates != nil, Keys: keys, Address: s.url, Passkeys: passkeys, Rules: rules, Identity: provider, Spool: s.spool, State: state(env), Mail: mail, Gateway: gateway, Observe: app.ObservePages(figures)})
	if err != nil {
		return err
	}
	defer office.Keep(ctx, log)()
	defer office.Tell(ctx, figures, pages, log)()
	return app.Serve(ctx, app.Serving{Addr: s.addr, Metrics: s.metrics, TLS: certificates, Pages: pages, Health: telemetry.NewHealth(log, office.Checks(figures)),
		Figures: figures.Metrics(), Traces: traces, Log: log, Drain: s.drain,
		Ready: func(at string) {
			scheme := "http"
			if certificates != nil {
				scheme = "https"
			}
			fmt.Fprintf(env.stdout, "serving at %s://%s\n", scheme, at)
			notify(ctx, env)
		}})
}

// openDatabase opens a database that is there: state is never made by accident.
func openDatabase(ctx context.Context, location string) (*db.DB, error) {
	d, err := db.Open(ctx, location)
	if errors.Is(err, db.ErrNoDatabase) {
		return nil, fmt.Errorf("%w; make one with: nazorat init", err)
	}
	return d, err
}
