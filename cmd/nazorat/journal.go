package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/leaf"
	"nazorat/internal/replay"
	"nazorat/internal/seal"
)

const (
	journalUsage    = keygenUsage + "\n       nazorat " + checkpointUsage + "\n       nazorat " + proveUsage + "\n       nazorat " + exportUsage
	keygenUsage     = "journal keygen --origin NAME --out FILE"
	checkpointUsage = "journal checkpoint [--db LOCATION] [--key FILE|unix:SOCKET]"
	proveUsage      = "journal prove [--db LOCATION] (--proceeding NUMBER --seq N | --leaf N) [--out FILE] [--code]"
)

// runJournal is about the journal's tree: its key, its checkpoints, proofs and the whole of it in a file.
func runJournal(ctx context.Context, env environment, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "keygen":
			return journalKeygen(env, args[1:])
		case "checkpoint":
			return journalSaid(journalCheckpoint(ctx, env, args[1:]))
		case "prove":
			return journalSaid(journalProve(ctx, env, args[1:]))
		case "export":
			return journalSaid(journalExport(ctx, env, args[1:]))
		}
	}
	if _, err := options(env, flag.NewFlagSet("journal", flag.ContinueOnError), journalUsage, args); err != nil {
		return err
	}
	return usageError(env, journalUsage, "say what to do with the journal")
}

// journalSaid puts the faults of the journal into words, for whoever looks after it.
func journalSaid(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	switch f.Key {
	case "journal.no_checkpoint":
		return errors.New("no checkpoint was signed yet; sign one with: nazorat journal checkpoint --key FILE")
	case "journal.no_entry":
		return errors.New("there is no such entry")
	case "journal.no_leaf":
		return fmt.Errorf("there is no leaf %v", f.Args["leaf"])
	case "journal.not_signed_yet":
		return errors.New("no checkpoint covers this entry yet; a running office signs one within a second, or sign one with: nazorat journal checkpoint --key FILE")
	}
	return err
}

// journalKeygen makes the key that checkpoints are signed with.
func journalKeygen(env environment, args []string) error {
	flags := flag.NewFlagSet("journal keygen", flag.ContinueOnError)
	origin := flags.String("origin", "", "name of the journal in the world, such as office.example/log: where it is served, without https://")
	out := flags.String("out", "", "file for the key; it must not be there yet")
	rest, err := options(env, flags, keygenUsage, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 || *origin == "" || *out == "" {
		return usageError(env, keygenUsage, "keygen needs an origin and a file")
	}
	k, err := seal.Generate(*out, *origin)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.stdout, "made %s; keep it as the office's seal is kept.\nIts public half, for everybody who wants to check the office:\n%s\n", *out, k)
	return nil
}

// withJournal opens an office's database and its tree.
func withJournal(ctx context.Context, location string, f func(*db.DB, *leaf.Log) error) (err error) {
	d, err := openDatabase(ctx, location)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return f(d, leaf.Open(d))
}

// journalCheckpoint shows the newest checkpoint, and signs one first if it is given a key.
func journalCheckpoint(ctx context.Context, env environment, args []string) error {
	flags := flag.NewFlagSet("journal checkpoint", flag.ContinueOnError)
	location := flags.String("db", defaultDB, "the office's database: "+locations)
	key := flags.String("key", "", "sign now, if the journal has grown: a key file, or unix:SOCKET of a signer program")
	rest, err := options(env, flags, checkpointUsage, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usageError(env, checkpointUsage, "checkpoint takes no other arguments")
	}
	return withJournal(ctx, *location, func(_ *db.DB, log *leaf.Log) error {
		if *key != "" {
			s, err := seal.Open(ctx, *key)
			if err != nil {
				return err
			}
			if _, err := log.Checkpoint(ctx, s, calendar.At(time.Now())); err != nil {
				return err
			}
		}
		last, err := log.Latest(ctx)
		if err != nil {
			return err
		}
		_, err = env.stdout.Write(last.Note)
		return err
	})
}

// journalProve writes the receipt of an entry.
func journalProve(ctx context.Context, env environment, args []string) error {
	flags := flag.NewFlagSet("journal prove", flag.ContinueOnError)
	location := flags.String("db", defaultDB, "the office's database: "+locations)
	number := flags.String("proceeding", "", "number of the proceeding")
	seq := flags.Int64("seq", 1, "which of its acts, from 1")
	at := flags.Int64("leaf", -1, "number of the leaf, from 0")
	out := flags.String("out", "", "file for the receipt, such as act.tlog-proof; else it goes to the output")
	code := flags.Bool("code", false, "write the short form, which a QR code holds")
	rest, err := options(env, flags, proveUsage, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 || (*number == "") == (*at < 0) {
		return usageError(env, proveUsage, "prove needs a proceeding's number or a leaf's")
	}
	return withJournal(ctx, *location, func(d *db.DB, log *leaf.Log) error {
		var rec *journal.Record
		if *at >= 0 {
			rec, err = replay.RecordAt(ctx, d, *at)
		} else {
			rec, err = replay.RecordOf(ctx, d, *number, *seq)
		}
		if err != nil {
			return err
		}
		r, err := journal.NewReceipt(rec)
		if err != nil {
			return err
		}
		if err := log.Prove(ctx, r, 0); err != nil {
			return err
		}
		text := r.Text()
		if *code {
			digits, err := r.Digits()
			if err != nil {
				return err
			}
			text = []byte(digits + "\n")
		}
		if *out == "" {
			_, err = env.stdout.Write(text)
			return err
		}
		return writeNew(*out, func(f *os.File) error {
			_, err := f.Write(text)
			return err
		})
	})
}

// writeNew writes a file that must not be there yet; if it cannot be written whole it is not there afterwards.
func writeNew(path string, write func(*os.File) error) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		return errors.Join(err, f.Close(), os.Remove(path))
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
