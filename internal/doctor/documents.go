package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/vault"
)

// documents looks whether every document that an entry names is there in its size. Whether a byte of one has changed, nazorat verify finds out.
func (e *examination) documents(ctx context.Context, d *db.DB, now time.Time) {
	folder := vault.FolderOf(d, e.Documents)
	if folder == "" {
		e.found(Warn, "documents", "no folder is set: documents are neither taken nor shown", "set --documents to a folder that all processes of the office share; or to none, where that is meant")
		return
	}
	left, err := vault.Look(folder, now)
	none := errors.Is(err, fs.ErrNotExist)
	switch {
	case none:
	case err != nil:
		e.found(Fail, "documents", err.Error(), "let the user that serves own the folder, and nobody else enter it: chmod 700 "+folder)
		return
	case left.Mode.Perm()&0o077 != 0:
		e.found(Fail, "documents", fmt.Sprintf("%s may be read or written by others (%s)", folder, left.Mode.Perm()), "chmod 700 "+folder)
	}
	c, err := vault.Open(d, vault.DiskAt(folder), func() calendar.Moment { return calendar.At(now) }).Check(ctx, false)
	switch {
	case err != nil:
		e.found(Fail, "documents", err.Error(), "see whether the database and the folder can be reached")
	case none && c.Files == 0:
		e.ok("documents", "they will be kept in %s", folder)
	case none:
		e.found(Fail, "documents", fmt.Sprintf("%d are named by entries, and there is no folder %s", c.Files, folder), "say with --documents where they are, or bring them back from a copy that backup made: copy it there")
	case len(c.Wrong) > 0:
		w := c.Wrong[0]
		e.found(Fail, "documents", fmt.Sprintf("%d of %d are missing or of another size; the first is %s, of sheet %d of the proceeding %s", int64(len(c.Wrong))+c.More, c.Files, w.Hash, w.Seq, w.Proceeding),
			"bring them back from a copy that backup made: copy its folder files over this one; then nazorat verify")
	default:
		e.ok("documents", "%d are there, %s in all, in %s", c.Files, bytesOf(uint64(c.Bytes)), folder)
	}
}
