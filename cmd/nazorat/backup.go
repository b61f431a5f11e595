package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/vault"
)

// documentsEnding is what the folder with the documents of an archive is called behind its name.
const documentsEnding = ".documents"

const backupUsage = "backup --out FILE [--db LOCATION] [--documents FOLDER] [--documents-out FOLDER]"

// runBackup writes an archive of an office that may be at work meanwhile.
func runBackup(ctx context.Context, env environment, args []string) (err error) {
	flags := flag.NewFlagSet("backup", flag.ContinueOnError)
	location := flags.String("db", defaultDB, "the office's database: "+locations)
	out := flags.String("out", "", "the archive (see docs/backup-format.md), which must not be there yet; - for the output.\nIt holds all that the office knows: keep it as carefully as the database")
	documents := flags.String("documents", "", documentsAre)
	copies := flags.String("documents-out", "", "folder that documents are copied into, beside those of an earlier copy; left out, one called as the archive, with .documents behind it; none: they are not copied")
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
	defer func() {
		if err == nil {
			err = backupDocuments(ctx, env, d, vault.FolderOf(d, *documents), cmp.Or(*copies, *out+documentsEnding))
		}
	}()
	fmt.Fprintf(env.stdout, "backed up %s to %s: %d tables, %d rows, sha256 %s\n", d.Name(), *out, len(m.Tables), m.Rows(), m.Hash)
	return nil
}

// keeperOf keeps the documents of a database in a folder, for a command.
func keeperOf(d *db.DB, folder string) (*vault.Keeper, error) {
	store, err := vault.NewDisk(folder)
	if err != nil {
		return nil, err
	}
	return keeperAt(d, store), nil
}

func keeperAt(d *db.DB, store *vault.Disk) *vault.Keeper {
	return vault.Open(d, store, func() calendar.Moment { return calendar.At(time.Now()) })
}

// backupDocuments copies the documents that the archive names. It is made after the archive: what came meanwhile may be there too.
func backupDocuments(ctx context.Context, env environment, d *db.DB, from, to string) error {
	k, none := keeperAt(d, vault.DiskAt(from)), from == "" || to == vault.NoFolder
	if _, err := os.Stat(from); !none && errors.Is(err, fs.ErrNotExist) {
		c, err := k.Check(ctx, false)
		if err != nil {
			return err
		}
		if c.Files > 0 {
			return fmt.Errorf("%d documents are named by entries, and there is no folder %s: say with --documents where they are", c.Files, from)
		}
		none = true
	}
	if none {
		fmt.Fprint(env.stdout, "no documents were copied\n")
		return nil
	}
	c, err := k.CopyTo(ctx, to)
	if err != nil {
		return err
	}
	return tellCopied(env, c, to)
}

// tellCopied says what a copy of documents came to, and fails where some are missing or have changed.
func tellCopied(env environment, c vault.Copied, to string) error {
	fmt.Fprintf(env.stdout, "%d documents of %d bytes are in %s, %d of them new; each new one was held against its hash\n", c.Files-int64(len(c.Wrong))-c.More, c.Bytes, to, c.New)
	return tellWrong(env, c.Wrong, c.More)
}

func tellWrong(env environment, wrong []vault.Wrong, more int64) error {
	for _, w := range wrong {
		is := "has changed"
		if w.Missing {
			is = "is missing"
		}
		fmt.Fprintf(env.stdout, "document %s %s; sheet %d of the proceeding %s names it\n", w.Hash, is, w.Seq, w.Proceeding)
	}
	if n := int64(len(wrong)) + more; n > 0 {
		return fmt.Errorf("%d documents are missing or have changed", n)
	}
	return nil
}
