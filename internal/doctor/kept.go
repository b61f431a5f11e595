package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"nazorat/internal/db"
	"nazorat/internal/look"
	"nazorat/internal/signin"
)

// secrets looks at the key under which secrets are kept that have to be read again, and whether it opens those that there are.
func (e *examination) secrets(ctx context.Context, d *db.DB) {
	var ring *signin.Ring
	if e.Secrets != "" {
		var ok bool
		if ring, ok = e.ring(); !ok {
			return
		}
	}
	all, tried, opened, err := ring.Opens(ctx, d)
	switch {
	case err != nil:
		e.found(Fail, "secrets", err.Error(), "see whether the database can be reached")
	case ring == nil && all == 0:
		e.ok("secrets", "no key is set, and nobody has codes from an application: none are offered")
	case ring == nil:
		e.found(Fail, "secrets", fmt.Sprintf("%d officers have codes from an application, and no key is set: they cannot sign in with their passwords", all), "set --secrets to the file of the key, or put the copy of it back that is kept apart from the backups")
	case opened < tried:
		e.found(Fail, "secrets", fmt.Sprintf("%s opens the codes of %d of %d officers", e.Secrets, opened, tried),
			"put the former key back, as a further line of the file: the first line closes, all of them open. Where it is lost, two administrators let those officers in again, and they set up new codes")
	default:
		e.ok("secrets", "%s opens the codes of all %d officers who have some", e.Secrets, all)
	}
}

// ring reads the file of the key, and says what is wrong with it.
func (e *examination) ring() (*signin.Ring, bool) {
	path := e.Secrets
	ring, err := signin.OpenRing(path)
	if err == nil {
		return ring, true
	}
	do := "put the copy of it back that is kept apart from the backups: it is damaged"
	info, unseen := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		do = "put the copy of it back that is kept apart from the backups; where there never was one: nazorat secrets keygen --out " + path
	case errors.Is(err, fs.ErrPermission):
		do = "let the user that serves own it, and nobody else read it: chown, chmod 600 " + path
	case unseen == nil && !info.Mode().IsRegular():
		do = "set --secrets to a file: " + path + " is none"
	case unseen == nil && info.Mode().Perm()&0o077 != 0:
		do = "chmod 600 " + path + ", and take it for known to whoever could read it: put a new key before it, as its first line"
	}
	e.found(Fail, "secrets", err.Error(), do)
	return nil, false
}

// looks says where looks wait for the journal, and what of them is left behind.
func (e *examination) looks(ctx context.Context, d *db.DB, now time.Time) {
	dir, err := look.SpoolOf(ctx, d, e.Spool, e.State)
	switch {
	case errors.Is(err, look.ErrNoPlace):
		e.found(Warn, "looks", err.Error()+": each page waits for the database", "serve under systemd with StateDirectory=nazorat, or as a user with a folder of his own on a disk; or set --looks-spool to one, or to none where that is meant")
		return
	case err != nil:
		e.found(Fail, "looks", err.Error(), "see whether the database can be reached")
		return
	case dir == "":
		e.ok("looks", "each page waits for the database: that is set")
		return
	}
	left, err := look.Look(dir, now)
	take := "start the office on this machine: whatever is left there it takes up, once; if it runs, see in its log why it cannot write"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.ok("looks", "they will wait for the journal in %s", dir)
		return
	case err != nil:
		e.found(Fail, "looks", err.Error(), "let the user that serves own the folder, and nobody else enter it: chmod 700 "+dir)
		return
	case left.Mode.Perm()&0o077 != 0:
		e.found(Fail, "looks", fmt.Sprintf("%s may be read or written by others (%s)", dir, left.Mode.Perm()), "chmod 700 "+dir)
	case left.Old > 0:
		e.found(Warn, "looks", fmt.Sprintf("%d files of looks have waited in %s for up to %s", left.Old, dir, period(left.Oldest)), take)
	default:
		e.ok("looks", "they wait for the journal in %s, and none for long", dir)
	}
	if left.Damaged > 0 {
		e.found(Warn, "looks", fmt.Sprintf("%d files in %s could not be read whole; what could be is in the journal", left.Damaged, dir), "see what became of the disk; then move the files that end with .damaged away")
	}
	for _, other := range left.Others {
		e.found(Warn, "looks", other+" holds looks of another database", "if it is of an office that was here before, such as before a backup was put back, keep the folder: it says who looked meanwhile")
	}
}
