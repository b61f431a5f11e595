package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"nazorat/internal/bundle"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/journal"
	"nazorat/internal/leaf"
	"nazorat/internal/look"
)

const exportUsage = "journal export [--db LOCATION] --out BUNDLE"

// manyCheckpoints is how many are read at once.
const manyCheckpoints = 1000

// journalExport writes the journal, as far as it is signed, into one file. The
// file holds what the entries hold, the texts of forms among it: it is for whoever may
// see all of that.
func journalExport(ctx context.Context, env environment, args []string) error {
	flags := flag.NewFlagSet("journal export", flag.ContinueOnError)
	location := flags.String("db", defaultDB, "the office's database: "+locations)
	out := flags.String("out", "", "file for the bundle; it must not be there yet")
	rest, err := options(env, flags, exportUsage, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 || *out == "" {
		return usageError(env, exportUsage, "export needs a file")
	}
	return withJournal(ctx, *location, func(d *db.DB, log *leaf.Log) error {
		last, err := log.Latest(ctx)
		if err != nil {
			return err
		}
		var points, entries int64
		err = writeNew(*out, func(f *os.File) (err error) {
			points, entries, err = export(ctx, d, log, last, f)
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(env.stdout, "wrote %s: %s, %d leaves, %d entries, %d checkpoints\n", *out, last.Origin, last.Size, entries, points)
		return nil
	})
}

func export(ctx context.Context, d *db.DB, log *leaf.Log, last *leaf.Stored, f *os.File) (points, entries int64, err error) {
	keys, err := log.Keys(ctx)
	if err != nil {
		return 0, 0, err
	}
	head := bundle.Header{Origin: last.Origin, Size: last.Size, Keys: []string{}, Made: calendar.At(time.Now())}
	for _, k := range keys {
		head.Keys = append(head.Keys, k.String())
	}
	w, err := bundle.NewWriter(f, head)
	if err != nil {
		return 0, 0, err
	}
	err = eachCheckpoint(ctx, log, last.Size, func(s *leaf.Stored) error {
		points++
		return w.Checkpoint(s.Checkpoint, s.Note)
	})
	if err != nil {
		return 0, 0, err
	}
	err = look.Records(ctx, d, 0, last.Size, func(r *journal.Record) error {
		if r.Canonical != nil {
			entries++
		}
		return w.Record(r)
	})
	if err != nil {
		return 0, 0, err
	}
	return points, entries, w.Close()
}

// eachCheckpoint gives all checkpoints up to a size, the smallest first.
func eachCheckpoint(ctx context.Context, log *leaf.Log, upTo int64, f func(*leaf.Stored) error) error {
	size, signer := int64(-1), ""
	for {
		page, err := log.Checkpoints(ctx, size, signer, manyCheckpoints)
		if err != nil {
			return err
		}
		for _, s := range page {
			if s.Size > upTo {
				return nil
			}
			if err := f(s); err != nil {
				return err
			}
			size, signer = s.Size, s.Signer
		}
		if len(page) < manyCheckpoints {
			return nil
		}
	}
}
