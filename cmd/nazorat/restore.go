package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"nazorat/internal/app"
	"nazorat/internal/db"
)

const restoreUsage = "restore --from FILE [--db LOCATION | --check]"

// runRestore makes a database of an archive, of either kind, whichever kind it was.
func runRestore(ctx context.Context, env environment, args []string) error {
	flags := flag.NewFlagSet("restore", flag.ContinueOnError)
	location := flags.String("db", defaultDB, "where the database is made: "+locations+"; a file must not be there yet, a database on a server must be there and empty")
	from := flags.String("from", "", "an archive that backup made; - for the input")
	check := flags.Bool("check", false, "only read the archive to its end, and say what it holds")
	rest, err := options(env, flags, restoreUsage, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 || *from == "" {
		return usageError(env, restoreUsage, "restore needs an archive, and takes no other arguments")
	}
	in := env.stdin
	if *from != "-" {
		f, err := os.Open(*from)
		if err != nil {
			return fmt.Errorf("open the archive: %w", err)
		}
		defer f.Close()
		in = f
	}
	in = bufio.NewReaderSize(in, 1<<20)
	if *check {
		return checkArchive(ctx, env, in)
	}
	m, err := db.Restore(ctx, *location, app.Migrations(), in)
	if errors.Is(err, db.ErrNewer) {
		return fmt.Errorf("%w: restore it with the program that made it, or a newer one", err)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(env.stdout, "restored %d tables, %d rows, as of %s; each row was read back and held against the archive\n", len(m.Tables), m.Rows(), moment(m.Made))
	return behind(ctx, env, *location)
}

// behind says what is left to do for a database that an older program made.
func behind(ctx context.Context, env environment, location string) error {
	d, err := db.Open(ctx, location)
	if err != nil {
		return err
	}
	pending, err := d.Pending(ctx, app.Migrations())
	if n := len(pending); err == nil && n > 0 {
		fmt.Fprintf(env.stdout, "it lacks %d migrations, which nazorat migrate applies\n", n)
	}
	return errors.Join(err, d.Close())
}

func moment(micros int64) string { return time.UnixMicro(micros).UTC().Format(time.RFC3339) }

func checkArchive(ctx context.Context, env environment, in io.Reader) error {
	m, err := db.CheckArchive(ctx, in)
	if err != nil {
		return err
	}
	for _, t := range m.Tables {
		fmt.Fprintf(env.stdout, "%-20s %12d rows  %s\n", t.Name, t.Rows, t.Hash)
	}
	fmt.Fprintf(env.stdout, "the archive is whole: %d tables, %d rows, as of %s, made of %s, sha256 %s\n", len(m.Tables), m.Rows(), moment(m.Made), m.Database, m.Hash)
	return nil
}
