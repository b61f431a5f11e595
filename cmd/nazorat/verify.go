package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"nazorat/internal/app"
	"nazorat/internal/bundle"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/fact"
	"nazorat/internal/journal"
	"nazorat/internal/leaf"
	"nazorat/internal/look"
	"nazorat/internal/procedure"
	"nazorat/internal/publiclog"
	"nazorat/internal/vault"
)

const verifyUsage = "verify BUNDLE|RECEIPT|URL|DB --key KEY [--key KEY ...] [--remember FILE] [--documents FOLDER]"

// longestReceipt that is read from the input.
const longestReceipt = 64 << 10

// verifyTimeout bounds one request to a log.
const verifyTimeout = 30 * time.Second

// runVerify checks what an office gave out, or its database, and believes nothing but the keys.
func runVerify(ctx context.Context, env environment, args []string) error {
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	var keys journal.Keys
	flags.Func("key", "public key of the office or of a witness: NAME+HASH+KEY, or a file of such lines", func(text string) error {
		more, err := readKeys(text)
		keys = append(keys, more...)
		return err
	})
	remember := flags.String("remember", "", "with a URL: file that keeps the last checkpoint seen; the log must go on from there")
	documents := flags.String("documents", "", "with a bundle: folder of documents, under whatever names, each of which an entry of the bundle must name; with a database: the folder in which the office keeps them")
	rest, err := options(env, flags, verifyUsage, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usageError(env, verifyUsage, "verify needs one thing to verify: a bundle, a receipt (or - for the input), a log's URL or a database")
	}
	what := rest[0]
	database := strings.HasPrefix(what, "sqlite:") || strings.HasPrefix(what, "postgres:") || strings.HasPrefix(what, "postgresql:")
	switch {
	case len(keys) == 0 && !database:
		return usageError(env, verifyUsage, "verify needs the office's public key: without it anybody could have signed")
	case *remember != "" && !strings.HasPrefix(what, "http"):
		return usageError(env, verifyUsage, "only a log's URL is remembered")
	case database:
		return journalSaid(verifyDatabase(ctx, env, what, *documents, keys))
	case strings.HasPrefix(what, "https://") || strings.HasPrefix(what, "http://"):
		if strings.Contains(what, "#") { // what a receipt's code holds
			return verifyReceipt(env, []byte(what), keys)
		}
		return verifyURL(ctx, env, what, *remember, keys)
	case what == "-":
		text, err := io.ReadAll(io.LimitReader(env.stdin, longestReceipt))
		if err != nil {
			return err
		}
		return verifyReceipt(env, text, keys)
	}
	return verifyFile(ctx, env, what, *documents, keys)
}

// readKeys reads a key, or a file of keys.
func readKeys(text string) (journal.Keys, error) {
	if k, err := journal.ParseKey(text); err == nil {
		return journal.Keys{k}, nil
	}
	file, err := os.ReadFile(text)
	if err != nil {
		return nil, fmt.Errorf("%s is neither a public key nor a file of such", text)
	}
	return journal.ParseKeys(string(file))
}

func verifyFile(ctx context.Context, env environment, path, documents string, keys journal.Keys) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<20)
	start, err := r.Peek(len(bundle.Magic))
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if string(start) != bundle.Magic {
		text, err := io.ReadAll(io.LimitReader(r, longestReceipt))
		if err != nil {
			return err
		}
		return verifyReceipt(env, text, keys)
	}
	began := time.Now()
	named := map[string]bool{}
	report, err := bundle.VerifyWith(ctx, r, keys, func(f fact.File) { named[f.Hash] = true })
	if err != nil {
		return err
	}
	tellReport(env, report, report.Header.Origin)
	if documents != "" {
		if err := verifyDocuments(ctx, env, documents, named); err != nil {
			return err
		}
	}
	fmt.Fprintf(env.stdout, "everything fits, in %.1f s\n", time.Since(began).Seconds())
	return nil
}

func tellReport(env environment, r *bundle.Report, origin string) {
	fmt.Fprintf(env.stdout, "journal %s: %d leaves, %d entries of %d proceedings, %d erased\n", origin, r.Leaves(), r.Entries, r.Proceedings, r.Erased)
	if r.LookLeaves > 0 {
		fmt.Fprintf(env.stdout, "%d leaves are of %d looks\n", r.LookLeaves, r.Looks)
	}
	if r.Last == nil {
		fmt.Fprint(env.stdout, "nothing was signed\n")
		return
	}
	fmt.Fprintf(env.stdout, "%d checkpoints; the last is of %d leaves, root %s\n", r.Checkpoints, r.Last.Size, r.Last.Root)
	tellSigned(env, r.Last)
}

func tellSigned(env environment, s *journal.Signed) {
	for _, k := range s.By {
		fmt.Fprintf(env.stdout, "signed by %s+%08x\n", k.Name(), k.KeyHash())
	}
	for _, c := range s.Cosigned {
		fmt.Fprintf(env.stdout, "witnessed by %s at %s UTC\n", c.By.Name(), time.Unix(c.At, 0).UTC().Format(time.DateTime))
	}
}

func verifyReceipt(env environment, text []byte, keys journal.Keys) error {
	r, err := journal.ParseReceipt(text, keys)
	if err != nil {
		return err
	}
	s, err := r.Verify(keys)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.stdout, "the receipt holds: %s, act %d, %q of the office %s, recorded %s UTC\n", r.Number, r.Seq, r.Act, r.Office, time.UnixMicro(int64(r.Recorded)).UTC().Format(time.DateTime))
	fmt.Fprintf(env.stdout, "leaf %d of %d of %s, data %s\n", r.Leaf, s.Size, s.Origin, r.Commitment())
	tellSigned(env, s)
	return nil
}

// verifyURL reads a served log whole. What it saw last it remembers, so that whoever
// runs it again and again sees whether the log goes on from there.
func verifyURL(ctx context.Context, env environment, url, remember string, keys journal.Keys) error {
	r := publiclog.NewReader(url, &http.Client{Timeout: verifyTimeout}, keys)
	var before *journal.Signed
	if remember != "" {
		signed, err := os.ReadFile(remember)
		if err == nil {
			before, err = journal.OpenCheckpoint(signed, keys)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("%s: %w", remember, err)
		}
	}
	s, err := r.Checkpoint(ctx)
	if err != nil {
		return err
	}
	if err := r.Check(ctx, s, before); err != nil {
		return err
	}
	fmt.Fprintf(env.stdout, "log %s: %d leaves, root %s\n", s.Origin, s.Size, s.Root)
	tellSigned(env, s)
	if before != nil {
		fmt.Fprintf(env.stdout, "it goes on from the %d leaves seen before\n", before.Size)
	}
	if remember != "" {
		if err := os.WriteFile(remember, s.Note, 0o600); err != nil {
			return err
		}
	}
	fmt.Fprint(env.stdout, "everything fits\n")
	return nil
}

// verifyDatabase checks an office's own database: what a bundle is checked for, the
// stored tree, also what no checkpoint covers yet, and that a replay under the laws
// gives what the tables say.
func verifyDatabase(ctx context.Context, env environment, location, documents string, keys journal.Keys) (err error) {
	d, err := openDatabase(ctx, location)
	if err != nil {
		return err
	}
	office, err := app.Open(ctx, d, docket.Options{})
	if err != nil {
		return errors.Join(err, d.Close())
	}
	defer func() { err = errors.Join(err, office.Close()) }()
	log := leaf.Open(d)
	if len(keys) == 0 {
		fmt.Fprint(env.stdout, "no --key: signatures are checked with the keys that the database itself names\n")
		if keys, err = log.Keys(ctx); err != nil {
			return err
		}
	}
	audit, origin, err := auditOf(ctx, log, keys)
	if err != nil {
		return err
	}
	if err := auditLeaves(ctx, d, log, audit); err != nil {
		return err
	}
	report, err := audit.Report()
	if err != nil {
		return err
	}
	tellReport(env, report, origin)
	if report.Last != nil && report.Last.Size < report.Leaves() {
		fmt.Fprintf(env.stdout, "%d leaves are newer than the last checkpoint\n", report.Leaves()-report.Last.Size)
	}
	n, err := office.Replay.CheckAll(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.stdout, "%d proceedings are what their entries lead to\n", n)
	if err := office.Directory.Check(ctx, func(f func(directory.Entry) error) error { return office.Replay.Entered(ctx, f) }); err != nil {
		return err
	}
	fmt.Fprint(env.stdout, "the directory is what its acts lead to\n")
	if err := verifyErasures(ctx, env, d, office); err != nil {
		return err
	}
	if folder := vault.FolderOf(d, documents); folder != "" {
		k, err := keeperOf(d, folder)
		if err != nil {
			return err
		}
		c, err := k.Check(ctx, true)
		if err != nil {
			return err
		}
		fmt.Fprintf(env.stdout, "%d documents of %d bytes were held against their hashes\n", c.Files, c.Bytes)
		if err := tellWrong(env, c.Wrong, c.More); err != nil {
			return err
		}
	}
	fmt.Fprint(env.stdout, "everything fits\n")
	return nil
}

// verifyErasures holds what is said to have been erased against the acts that erased it: without an act nothing may be gone.
func verifyErasures(ctx context.Context, env environment, d *db.DB, office *app.Office) error {
	acts := map[string]bool{}
	err := office.Replay.Entered(ctx, func(e directory.Entry) error {
		if e.Record.Does == procedure.EraseDocument {
			acts[e.Record.Values["document"].Text] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	n := len(acts)
	err = vault.Open(d, nil, office.Docket.Now).Erasures(ctx, func(e vault.Erasure) error {
		if !acts[e.Hash] {
			return fmt.Errorf("document %s is noted as erased, and no act erased it", e.Hash)
		}
		delete(acts, e.Hash)
		return nil
	})
	if err != nil {
		return err
	}
	for hash := range acts {
		return fmt.Errorf("an act erased document %s, and it is not noted as erased", hash)
	}
	if n > 0 {
		fmt.Fprintf(env.stdout, "%d documents were erased, each by an act of the journal\n", n)
	}
	return nil
}

// verifyDocuments holds the files of a folder against what the entries of a bundle name: of whichever name, each must be a document of it,
// to the last byte. What the folder lacks is said: a copy may have a part of them, and the law may have had some erased.
func verifyDocuments(ctx context.Context, env environment, folder string, named map[string]bool) error {
	seen := map[string]bool{}
	if info, err := os.Stat(filepath.Join(folder, "files")); err == nil && info.IsDir() { // as an office keeps them
		folder = filepath.Join(folder, "files")
	}
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		f, err := os.Open(path) //nolint:gosec // it is read, hashed and told of, whatever it leads to
		if err != nil {
			return err
		}
		sum, err := vault.Sum(f)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		if !named[sum] {
			return fmt.Errorf("%s is %s, and no entry names that: it has changed, or is no document of this journal", path, sum)
		}
		seen[sum] = true
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(env.stdout, "%d documents fit their entries; entries name %d that are not in the folder\n", len(seen), len(named)-len(seen))
	return nil
}

// auditOf begins an audit with the stored checkpoints.
func auditOf(ctx context.Context, log *leaf.Log, keys journal.Keys) (audit *bundle.Audit, origin string, err error) {
	var list []*journal.Signed
	err = eachCheckpoint(ctx, log, math.MaxInt64, func(s *leaf.Stored) error {
		opened, err := journal.OpenCheckpoint(s.Note, keys)
		if err != nil {
			return fmt.Errorf("%w: the checkpoint of %d leaves: %w", journal.ErrBroken, s.Size, err)
		}
		list, origin = append(list, opened), s.Origin
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	audit = bundle.NewAudit(origin, -1)
	for _, s := range list {
		if err := audit.Checkpoint(s); err != nil {
			return nil, "", err
		}
	}
	return audit, origin, nil
}

// auditLeaves walks over the stored tree and the entries side by side.
func auditLeaves(ctx context.Context, d *db.DB, log *leaf.Log, audit *bundle.Audit) error {
	reading, stop := context.WithCancel(ctx)
	entries, failed := make(chan *journal.Record, 1000), make(chan error, 1)
	begin := make(chan struct{}) // the tree's end is read first: what is read after it has all of its leaves
	go func() {
		defer close(entries)
		<-begin
		failed <- look.Records(reading, d, 0, math.MaxInt64, func(r *journal.Record) error {
			select {
			case entries <- r:
				return nil
			case <-reading.Done():
				return reading.Err()
			}
		})
	}()
	started := false
	_, err := log.Check(ctx, func(at int64, leaf journal.Hash) error {
		if !started {
			started = true
			close(begin)
		}
		r, ok := <-entries
		switch {
		case !ok:
			return errors.Join(<-failed, fmt.Errorf("%w: leaf %d has no entry", journal.ErrBroken, at))
		case r.At != at:
			return fmt.Errorf("%w: leaf %d has no entry, the next is %d", journal.ErrBroken, at, r.At)
		case !bytes.Equal(r.Leaf[:], leaf[:]):
			return fmt.Errorf("%w: leaf %d is %s in the tree and %s in its entry", journal.ErrBroken, at, leaf, r.Leaf)
		}
		return audit.Record(r)
	})
	if !started {
		close(begin)
	}
	if err == nil {
		err = noMore(ctx, log, entries)
	}
	stop()
	for range entries { // until the reader is done
	}
	return err
}

// noMore checks that an entry which follows the tree's last leaf came meanwhile, with its leaf.
func noMore(ctx context.Context, log *leaf.Log, entries <-chan *journal.Record) error {
	r, more := <-entries
	if !more {
		return nil
	}
	size, err := log.Size(ctx)
	if err == nil && r.At >= size {
		err = fmt.Errorf("%w: entry %d has no leaf in the tree", journal.ErrBroken, r.At)
	}
	return err
}
