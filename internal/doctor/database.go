package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"nazorat/internal/app"
	"nazorat/internal/db"
	"nazorat/internal/docket"
	"nazorat/internal/duty"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/look"
	"nazorat/internal/notice"
)

// What is still called well.
const (
	clocksApart     = 2 * time.Second  // the database's clock against this machine's
	clocksFarApart  = 30 * time.Second // terms end by the minute
	freeAtLeast     = 10 << 30         // of a disk that the office writes to
	freeAtVeryLeast = 1 << 30
	logAtMost       = 1 << 30 // of SQLite's write-ahead log
	behindAtMost    = time.Minute
	unseenAtMost    = time.Hour // by a witness
	backupAtMost    = 26 * time.Hour
	backupAtVery    = 7 * 24 * time.Hour
	catchUpWithin   = 3 * time.Second
)

// database looks at what the office keeps.
func (e *examination) database(ctx context.Context) {
	d, err := db.Open(ctx, e.DB)
	switch {
	case errors.Is(err, db.ErrNoDatabase):
		e.found(Fail, "database", err.Error(), "make an office with: nazorat init, or restore one with: nazorat restore")
		return
	case err != nil:
		e.found(Fail, "database", err.Error(), "see whether the server runs, can be reached from here, and lets this user in; of a file, whether this user may read and write it and its folder")
		return
	}
	defer func() { _ = d.Close() }() // it only read
	start := time.Now()
	if err := d.Ready(ctx); err != nil {
		e.found(Fail, "database", err.Error(), "see whether the server runs and can be reached from here")
		return
	}
	e.ok("database", "%s answers in %s", d.Name(), period(time.Since(start)))
	e.file(d.Path())
	e.clock(ctx, d)
	e.duties(ctx, d)
	if !e.schema(ctx, d) {
		return // what follows would only say the same in other words
	}
	office, err := app.Open(ctx, d, docket.Options{})
	if err != nil {
		e.found(Fail, "laws", err.Error(), "the program does not fit its own laws: install it anew")
		return
	}
	defer office.Docket.Close()
	e.ok("laws", "%d are applied: %s", len(office.Docket.Laws()), strings.Join(office.Docket.Laws(), ", "))
	e.secrets(ctx, d)
	e.looks(ctx, d, time.Now())
	e.documents(ctx, d, time.Now())
	e.messages(ctx, d, time.Now())
	e.journal(ctx, d, office)
	e.followers(ctx, office)
	e.sample(ctx, office)
}

func (e *examination) schema(ctx context.Context, d *db.DB) bool {
	all := app.Migrations()
	pending, err := d.Pending(ctx, all)
	switch {
	case errors.Is(err, db.ErrNewer):
		e.found(Fail, "schema", err.Error(), "a newer program was here: run that one, or restore a backup from before it")
	case err != nil:
		e.found(Fail, "schema", err.Error(), "the database was made by another program than this: run the one that made it")
	case len(pending) > 0:
		e.found(Fail, "schema", fmt.Sprintf("%d of %d migrations are missing, the first is %s", len(pending), len(all), pending[0].ID), "back up, then: nazorat migrate")
	default:
		e.ok("schema", "up to date, %d migrations", len(all))
		return true
	}
	return false
}

// file looks at the file of a database that is one.
func (e *examination) file(path string) {
	if path == "" {
		return // the server's own matter
	}
	info, err := os.Stat(path)
	if err != nil {
		e.found(Fail, "file", err.Error(), "see who may enter the folder")
		return
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		e.found(Warn, "file", fmt.Sprintf("%s may be read or written by others (%s)", path, mode), "chmod 600 "+path)
	} else {
		e.ok("file", "%s, %s", bytesOf(uint64(info.Size())), info.Mode().Perm())
	}
	if wal, err := os.Stat(path + "-wal"); err == nil && wal.Size() > logAtMost {
		e.found(Warn, "file", "the write-ahead log has "+bytesOf(uint64(wal.Size())), "somebody reads for very long: see whether a backup or an export hangs, and end it")
	}
	e.disk("disk", filepath.Dir(path))
}

// disk looks whether there is room left where something is written.
func (e *examination) disk(of, dir string) {
	free, total, err := space(dir)
	switch {
	case errors.Is(err, errors.ErrUnsupported):
	case err != nil:
		e.found(Warn, of, err.Error(), "see whether the folder is there")
	case free < freeAtVeryLeast:
		e.found(Fail, of, fmt.Sprintf("%s of %s are free in %s", bytesOf(free), bytesOf(total), dir), "make room now: when the disk is full no act can be done")
	case free < freeAtLeast && free < total/5:
		e.found(Warn, of, fmt.Sprintf("%s of %s are free in %s", bytesOf(free), bytesOf(total), dir), "make room, or move to a larger disk, while there is time")
	default:
		e.ok(of, "%s of %s are free in %s", bytesOf(free), bytesOf(total), dir)
	}
}

// clock holds the database's clock against this machine's, and both against what was recorded.
func (e *examination) clock(ctx context.Context, d *db.DB) {
	var last int64
	var apart time.Duration
	for range 5 {
		before := time.Now()
		now, err := d.Now(ctx)
		if err != nil {
			e.found(Fail, "clock", err.Error(), "see whether the server can be reached")
			return
		}
		if now < last {
			e.found(Fail, "clock", "the database's clock went back while it was looked at", "let the server's clock be kept by NTP, by slewing and not in leaps")
			return
		}
		last = now
		// Of the answer's way half lies before it was made.
		apart = time.UnixMicro(now).Sub(before.Add(time.Since(before) / 2))
		time.Sleep(20 * time.Millisecond)
	}
	do := "let both machines' clocks be kept by NTP: chronyc tracking, timedatectl"
	switch {
	case apart.Abs() > clocksFarApart:
		e.found(Fail, "clock", "the database's and this machine's are "+period(apart)+" apart", do)
	case apart.Abs() > clocksApart:
		e.found(Warn, "clock", "the database's and this machine's are "+period(apart)+" apart", do)
	default:
		e.ok("clock", "the database's and this machine's are %s apart, and go forward", period(apart))
	}
	if synced, err := kept(); err == nil && !synced {
		e.found(Warn, "clock", "nobody keeps this machine's clock", "let it be kept by NTP: systemctl enable --now systemd-timesyncd, or chrony")
	}
}

// duties looks whether what one process has to do is done by one.
func (e *examination) duties(ctx context.Context, d *db.DB) {
	wanted := []string{"in_force", notice.Watching}
	if e.Mail != nil || e.Gateway != nil {
		wanted = append(wanted, notice.Delivering)
	}
	if e.Signer != nil {
		wanted = append(wanted, "checkpoints")
	}
	var held []duty.Holding
	var missing []string
	// A process that has just begun takes up in a moment what nobody has, and what somebody has left behind after a lease.
	for until := time.Now().Add(duty.Lease + catchUpWithin); ; time.Sleep(100 * time.Millisecond) {
		all, err := duty.All(ctx, d)
		if err != nil {
			return // an older schema; it is told below
		}
		held = slices.DeleteFunc(all, func(h duty.Holding) bool { return time.Since(time.UnixMicro(h.Renewed)) > 2*duty.Lease })
		missing = slices.DeleteFunc(slices.Clone(wanted), func(name string) bool {
			return slices.ContainsFunc(held, func(h duty.Holding) bool { return h.Name == name })
		})
		if len(missing) == 0 || e.URL == "" || time.Now().After(until) || ctx.Err() != nil {
			break
		}
	}
	for _, h := range held {
		e.ok("duty", "%s is held by %s", h.Name, h.Holder)
	}
	if e.URL == "" && len(held) == 0 {
		e.ok("duty", "no process of the office runs")
		return
	}
	for _, name := range missing {
		e.found(Fail, "duty", "nobody has the duty "+name, map[string]string{
			"in_force":        "editions of laws do not come into force by themselves: see in the log of a process why it does not take the duty up",
			notice.Watching:   "nobody is told of terms that run out, also of persons who must be set free: see in the log of a process why it does not take the duty up",
			notice.Delivering: "no e-mail and no SMS go out: start a process with --smtp or --sms-gateway, or see in its log why it does not take the duty up",
			"checkpoints":     "the journal is not signed: start a process with --key, or see in its log why it does not take the duty up",
		}[name])
	}
}

// journal holds the journal's head, its checkpoints and what signs them against each other.
func (e *examination) journal(ctx context.Context, d *db.DB, office *app.Office) {
	verify := "keep a copy of the database as it is, and run: nazorat verify " + kindOf(e.DB)
	size, err := office.Tree.Size(ctx)
	if err != nil {
		e.found(Fail, "journal", err.Error(), verify)
		return
	}
	e.size = size
	if size > 0 {
		switch last, err := look.RecordAt(ctx, d, size-1); {
		case err != nil:
			e.found(Fail, "journal", fmt.Sprintf("the last of its %d leaves has no entry: %v", size, err), verify)
		case last.Looks != nil:
			if err := journal.CheckLooks(last.Looks, last.Leaf); err != nil {
				e.found(Fail, "journal", fmt.Sprintf("leaf %d: %v", size-1, err), verify)
			}
		case last.Canonical != nil: // else it was erased, and nothing of it is left but the leaf
			e.last(last, verify)
		}
	}
	newest, err := office.Tree.Latest(ctx)
	switch {
	case fault.Is(err, fault.NotFound) && size == 0:
		e.ok("journal", "it is empty")
	case fault.Is(err, fault.NotFound) && e.Signer == nil:
		e.found(Warn, "journal", fmt.Sprintf("%d leaves, and no checkpoint was ever signed: nobody outside can check the office", size), "nazorat journal keygen --origin NAME --out FILE, then serve with --key FILE")
	case fault.Is(err, fault.NotFound):
		e.found(Fail, "journal", fmt.Sprintf("%d leaves, and no checkpoint was ever signed", size), "serve with --key, and see in its log why nothing is signed")
	case err != nil:
		e.found(Fail, "journal", err.Error(), verify)
	default:
		e.checkpoint(ctx, office, newest.Size, newest.Root, time.UnixMicro(int64(newest.At)))
		e.witnessed(ctx, office, size)
	}
	e.signer(ctx, office, newest == nil)
}

// last looks at the last entry: whether it commits to its leaf, and whether it was recorded by a clock that told the time.
func (e *examination) last(r *journal.Record, look string) {
	receipt, err := journal.NewReceipt(r)
	if err != nil {
		e.found(Fail, "journal", err.Error(), look)
		return
	}
	if ahead := time.Until(time.UnixMicro(int64(receipt.Recorded))); ahead > clocksApart {
		e.found(Fail, "clock", "the journal's last entry lies "+period(ahead)+" in the future",
			"this machine's clock, or that of the machine which recorded it, was set wrongly: set it right before anybody acts")
	}
}

func (e *examination) checkpoint(ctx context.Context, office *app.Office, signed int64, root journal.Hash, at time.Time) {
	if signed > e.size {
		e.found(Fail, "journal", fmt.Sprintf("the newest checkpoint is of %d leaves, and there are %d: leaves are lost", signed, e.size),
			"stop the office; restore the newest backup or the replica that has them; nothing may be signed before")
		return
	}
	again, err := office.Tree.Root(ctx, signed)
	if err != nil || again != root {
		e.found(Fail, "journal", fmt.Sprintf("the tree of %d leaves is not the one that was signed", signed), "stop the office, keep a copy of the database as it is, and run: nazorat verify")
		return
	}
	if signed == e.size {
		e.ok("journal", "%d leaves, all under a checkpoint that was signed %s ago", e.size, period(time.Since(at)))
		return
	}
	// An office at work is always a little behind. See whether it catches up with where it was.
	for until := time.Now().Add(catchUpWithin); time.Now().Before(until) && signed < e.size && ctx.Err() == nil; time.Sleep(100 * time.Millisecond) {
		if signed, err = office.Tree.Published(ctx); err != nil {
			e.found(Fail, "journal", err.Error(), "see whether the database can be reached")
			return
		}
	}
	switch age := time.Since(at); {
	case signed >= e.size:
		e.ok("journal", "%d leaves, and checkpoints keep up", e.size)
	case age > behindAtMost:
		e.found(Fail, "journal", fmt.Sprintf("%d leaves are under no checkpoint; the newest was signed %s ago", e.size-signed, period(age)), "serve with --key, and see in its log why nothing is signed")
	default:
		e.found(Warn, "journal", fmt.Sprintf("%d leaves are under no checkpoint; the newest was signed %s ago", e.size-signed, period(age)), "look again in a minute")
	}
}

func (e *examination) witnessed(ctx context.Context, office *app.Office, size int64) {
	if len(e.Witnesses) == 0 {
		return
	}
	seen, err := office.Tree.LatestCosigned(ctx, 1)
	do := "see in the log of the process that has the duty witnesses what they answer"
	switch {
	case fault.Is(err, fault.NotFound):
		e.found(Warn, "witnesses", "none of them has signed anything yet", do)
	case err != nil:
		e.found(Fail, "witnesses", err.Error(), do)
	case seen.Size < size && time.Since(time.UnixMicro(int64(seen.At))) > unseenAtMost:
		e.found(Warn, "witnesses", fmt.Sprintf("the newest checkpoint that one of them has signed is of %d leaves of %d", seen.Size, size), do)
	default:
		e.ok("witnesses", "%d leaves are under a checkpoint that one of %d has signed", seen.Size, len(e.Witnesses))
	}
}

// signer looks at the key, and whether the database is older than what was signed with it.
func (e *examination) signer(ctx context.Context, office *app.Office, none bool) {
	if e.Signer == nil {
		return
	}
	s, err := e.Signer(ctx)
	if err != nil {
		e.found(Fail, "key", err.Error(), "the file must be there and readable by the user that serves, and by nobody else: chmod 600; of a signer's socket, see whether its program runs")
		return
	}
	last, err := s.Last()
	switch {
	case err != nil:
		e.found(Fail, "key", err.Error(), "the signer does not tell what it signed last: see its file that ends with .last, or its program")
	case last != nil && !e.extends(ctx, office, last):
		e.found(Fail, "key", fmt.Sprintf("it has signed another tree of %d leaves than the database has: the database was put back, or changed", last.Size),
			"find the acts that are missing in another backup, a replica or with those who did them, and see docs/operations.md, “After a loss”")
	case last == nil && !none:
		e.found(Warn, "key", fmt.Sprintf("%s has signed nothing yet, and the journal has checkpoints", s.Key().Name()), "where the key was changed on purpose, all is well once it has signed; its public half belongs to --keys of every process")
	default:
		e.ok("key", "%s+%08x signs", s.Key().Name(), s.Key().KeyHash())
	}
}

// extends reports whether the tree goes on from what was signed.
func (e *examination) extends(ctx context.Context, office *app.Office, signed *journal.Checkpoint) bool {
	if signed.Size > e.size { // it may have grown meanwhile
		var err error
		if e.size, err = office.Tree.Size(ctx); err != nil || signed.Size > e.size {
			return false
		}
	}
	if signed.Size == 0 {
		return true
	}
	root, err := office.Tree.Root(ctx, signed.Size)
	return err == nil && root == signed.Root
}

// sample checks some proceedings as nazorat verify checks all of them.
func (e *examination) sample(ctx context.Context, office *app.Office) {
	if e.size == 0 || e.Sample <= 0 {
		return
	}
	leaves := make([]int64, e.Sample)
	for i := range leaves {
		leaves[i] = rand.Int64N(e.size) // #nosec G404 -- a sample, no secret
	}
	leaves[0] = e.size - 1 // the last one too: what breaks, breaks there first
	n, err := office.Replay.CheckSome(ctx, leaves)
	if err != nil {
		e.found(Fail, "deadlines", err.Error(), "keep a copy of the database as it is, and run: nazorat verify "+kindOf(e.DB))
		return
	}
	f, err := office.Docket.Figures(ctx, office.Docket.Now())
	if err != nil {
		e.found(Fail, "deadlines", err.Error(), "see whether the database can be reached")
		return
	}
	e.ok("deadlines", "%d run, %d are late, %d of them are to set somebody free; %d proceedings are what their entries lead to", f.Open, f.Late, f.Release, n)
}

// kindOf is a location without what is secret in it, for a command that somebody types.
func kindOf(location string) string {
	if strings.HasPrefix(location, "sqlite:") {
		return location
	}
	return "postgres://..."
}

// backups looks how old the newest backup is.
func (e *examination) backups(now time.Time) {
	list, err := os.ReadDir(e.Backups)
	if err != nil {
		e.found(Fail, "backup", err.Error(), "make the folder, and let backups be put there: docs/operations.md, “Back up”")
		return
	}
	var name string
	var newest fs.FileInfo
	for _, f := range list {
		info, err := f.Info()
		if err == nil && info.Mode().IsRegular() && (newest == nil || info.ModTime().After(newest.ModTime())) {
			name, newest = f.Name(), info
		}
	}
	do := "back up now: nazorat backup --out FILE; and see why the timer does not: systemctl status nazorat-backup.timer"
	switch {
	case newest == nil:
		e.found(Fail, "backup", "there is none in "+e.Backups, do)
	case now.Sub(newest.ModTime()) > backupAtVery:
		e.found(Fail, "backup", fmt.Sprintf("the newest, %s, is %s old", name, period(now.Sub(newest.ModTime()))), do)
	case now.Sub(newest.ModTime()) > backupAtMost:
		e.found(Warn, "backup", fmt.Sprintf("the newest, %s, is %s old", name, period(now.Sub(newest.ModTime()))), do)
	case newest.Size() == 0:
		e.found(Fail, "backup", fmt.Sprintf("the newest, %s, is empty", name), do)
	default:
		e.ok("backup", "the newest, %s, is %s old and has %s", name, period(now.Sub(newest.ModTime())), bytesOf(uint64(newest.Size())))
	}
	e.disk("disk", e.Backups)
}
