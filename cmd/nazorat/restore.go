package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"nazorat/internal/app"
	"nazorat/internal/db"
	"nazorat/internal/vault"
)

const restoreUsage = "restore --from FILE [--db LOCATION | --check] [--documents FOLDER] [--documents-from FOLDER]"

// runRestore makes a database of an archive, of either kind, whichever kind it was.
func runRestore(ctx context.Context, env environment, args []string) error {
	flags := flag.NewFlagSet("restore", flag.ContinueOnError)
	location := flags.String("db", defaultDB, "where the database is made: "+locations+"; a file must not be there yet, a database on a server must be there and empty")
	from := flags.String("from", "", "an archive that backup made; - for the input")
	check := flags.Bool("check", false, "only read the archive to its end, and say what it holds")
	documents := flags.String("documents", "", documentsAre)
	copies := flags.String("documents-from", "", "folder that backup copied documents into; left out, the one called as the archive, with .documents behind it; none: they are put back by other means")
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
	return errors.Join(restoreDocuments(ctx, env, *location, *documents, cmp.Or(*copies, *from+documentsEnding)), behind(ctx, env, *location))
}

// restoreDocuments brings the documents of a restored database back from where backup copied them.
func restoreDocuments(ctx context.Context, env environment, location, set, from string) (err error) {
	d, err := db.Open(ctx, location)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	pending, err := d.Pending(ctx, app.Migrations())
	to := vault.FolderOf(d, set)
	if err != nil || slices.ContainsFunc(pending, func(m db.Migration) bool { return m.ID == vault.Migrations[0].ID }) || to == "" || from == vault.NoFolder {
		return err // it names none yet, or they are brought back by other means
	}
	k, err := keeperOf(d, to)
	if err != nil {
		return err
	}
	c, err := k.CopyFrom(ctx, from)
	if err != nil || c.Files == 0 {
		return err
	}
	return tellCopied(env, c, to)
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
