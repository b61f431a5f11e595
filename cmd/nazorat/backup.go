package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
)

const backupUsage = "backup --out FILE [--db LOCATION]"

// runBackup writes an archive of an office that may be at work meanwhile.
func runBackup(ctx context.Context, env environment, args []string) (err error) {
	flags := flag.NewFlagSet("backup", flag.ContinueOnError)
	location := flags.String("db", defaultDB, "the office's database: "+locations)
	out := flags.String("out", "", "the archive (see docs/backup-format.md), which must not be there yet; - for the output.\nIt holds all that the office knows: keep it as carefully as the database")
	rest, err := options(env, flags, backupUsage, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 || *out == "" {
		return usageError(env, backupUsage, "backup needs to be told where to write, and takes no other arguments")
	}
	d, err := openDatabase(ctx, *location)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if *out == "-" {
		w := bufio.NewWriter(env.stdout)
		if _, err := d.Backup(ctx, w); err != nil {
			return err
		}
		return w.Flush()
	}
	m, err := d.BackupTo(ctx, *out)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.stdout, "backed up %s to %s: %d tables, %d rows, sha256 %s\n", d.Name(), *out, len(m.Tables), m.Rows(), m.Hash)
	return nil
}
