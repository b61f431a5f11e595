package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"

	"nazorat/internal/app"
	"nazorat/internal/db"
	"nazorat/internal/docket"
)

const serveUsage = "serve [--db sqlite:PATH] [--addr HOST:PORT] [--secure] [--migrate]"

// runServe serves an office that init has made.
func runServe(ctx context.Context, env environment, args []string) (err error) {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	location := flags.String("db", defaultDB, "the office's database")
	addr := flags.String("addr", "localhost:8080", "address to serve at; TLS is the business of what stands before it")
	secure := flags.Bool("secure", false, "send cookies over TLS only; set it when TLS stands before this")
	migrate := flags.Bool("migrate", false, "bring an older database up to date first")
	verbose := flags.Bool("verbose", false, "log every request")
	rest, err := options(env, flags, serveUsage, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usageError(env, serveUsage, "serve takes no other arguments")
	}
	d, err := openDatabase(ctx, *location)
	if err != nil {
		return err
	}
	if *migrate {
		if err := d.Migrate(ctx, app.Migrations()); err != nil {
			return errors.Join(err, d.Close())
		}
	}
	office, err := app.Open(ctx, d, docket.Options{})
	if err != nil {
		return errors.Join(err, d.Close())
	}
	defer func() { err = errors.Join(err, office.Close()) }()
	log := logger(env, *verbose)
	defer office.Keep(ctx, log)()
	h, err := office.Handler(app.Pages{Log: log, Secure: *secure})
	if err != nil {
		return err
	}
	return app.Serve(ctx, *addr, h, log, func(at string) { fmt.Fprintf(env.stdout, "serving at http://%s\n", at) })
}

// openDatabase opens a database that is there: state is never made by accident.
func openDatabase(ctx context.Context, location string) (*db.DB, error) {
	d, err := db.Open(ctx, location)
	if errors.Is(err, db.ErrNoDatabase) {
		return nil, fmt.Errorf("%w; make one with: nazorat init", err)
	}
	return d, err
}

func logger(env environment, verbose bool) *slog.Logger {
	level := slog.LevelInfo
	if verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(env.stderr, &slog.HandlerOptions{Level: level}))
}
