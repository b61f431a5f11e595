package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"nazorat/internal/app"
	"nazorat/internal/db"
)

const migrateUsage = "migrate [--db LOCATION] [--plan]"

// runMigrate brings a database up to date, or says what that would do.
func runMigrate(ctx context.Context, env environment, args []string) (err error) {
	flags := flag.NewFlagSet("migrate", flag.ContinueOnError)
	location := flags.String("db", defaultDB, "the office's database: "+locations)
	only := flags.Bool("plan", false, "change nothing, and print the SQL that would be run")
	rest, err := options(env, flags, migrateUsage, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usageError(env, migrateUsage, "migrate takes no other arguments")
	}
	d, err := openDatabase(ctx, *location)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	plan, err := d.Plan(ctx, app.Migrations())
	if errors.Is(err, db.ErrNewer) {
		return fmt.Errorf("%w: it is served by the program that made it, or a newer one", err)
	}
	if err != nil {
		return err
	}
	if len(plan) == 0 {
		fmt.Fprintf(env.stdout, "%s is up to date\n", d.Name())
		return nil
	}
	if *only {
		for _, m := range plan {
			fmt.Fprintf(env.stdout, "-- %s\n%s\n\n", m.ID, strings.TrimSpace(m.SQL))
		}
		return nil
	}
	if err := d.Migrate(ctx, app.Migrations()); err != nil {
		return err
	}
	for _, m := range plan {
		fmt.Fprintf(env.stdout, "applied %s\n", m.ID)
	}
	return nil
}
