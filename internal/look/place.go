package look

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"nazorat/internal/db"
)

// Where a spool lies that nobody has set: beside the database's file, where it is one; else in the folder in which this
// machine's user keeps what must outlive a process, one folder for each database, so that what one office left is never
// taken up by another.

// NoSpool, in the place of a folder, says that there is to be none: pages wait for the database.
const NoSpool = "none"

// ErrNoPlace says why there is no place for a spool; then pages wait for the database, which is slower and as safe.
var ErrNoPlace = errors.New("no place for the spool of looks")

// spoolName is what the folders of spools begin with.
const spoolName = "looks."

const selectFirst = `SELECT id, applied FROM migration ORDER BY applied, id LIMIT 1`

// mark tells a database apart from others, however it is reached: by when it was made. A backup that was put back is another.
func mark(ctx context.Context, d *db.DB) (string, error) {
	var id string
	var at int64
	if err := d.QueryRow(ctx, selectFirst).Scan(&id, &at); err != nil {
		return "", fmt.Errorf("read when the database was made: %w", err)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", id, at))
	return hex.EncodeToString(sum[:8]), nil
}

// SpoolOf is the folder of the spool of a database: the one that was set; or the one beside its file; or one in the folder
// state, "" for none. "" for none at all, with ErrNoPlace where there could have been one. Nothing is made yet.
func SpoolOf(ctx context.Context, d *db.DB, set, state string) (string, error) {
	switch path := d.Path(); {
	case set == NoSpool:
		return "", nil
	case set != "":
		return set, nil
	case path != "":
		return filepath.Join(filepath.Dir(path), spoolName+filepath.Base(path)), nil
	case state == "":
		return "", fmt.Errorf("%w: this user has no folder of state: no STATE_DIRECTORY, no XDG_STATE_HOME, no HOME", ErrNoPlace)
	case !filepath.IsAbs(state):
		return "", fmt.Errorf("%w: %s is no whole path", ErrNoPlace, state)
	}
	if err := guarded(state); err != nil {
		return "", fmt.Errorf("%w: %w", ErrNoPlace, err)
	}
	name, err := mark(ctx, d)
	if err != nil {
		return "", err
	}
	return filepath.Join(state, spoolName+name), nil
}

// guarded reports why a folder, or the nearest above it that is there, is none in which looks may lie: others could put
// files in its place, or it goes with its machine.
func guarded(dir string) error {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir {
		return guarded(filepath.Dir(dir))
	}
	switch {
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s is no folder", dir)
	case info.Mode().Perm()&0o022 != 0:
		return fmt.Errorf("%s may be written to by others (%s)", dir, info.Mode().Perm())
	case fleeting(dir):
		return fmt.Errorf("%s does not outlive its machine or its container", dir)
	}
	return nil
}

// Left is what lies in the folder of a spool.
type Left struct {
	Mode    fs.FileMode   // of the folder
	Old     int           // files of looks that have waited for longer than a minute: no process has them in hand, or it cannot write
	Oldest  time.Duration // how long, the oldest
	Damaged int           // copies of files of which something could not be read
	Others  []string      // folders beside it, of other databases, in which looks are left
}

// tooLong is how long a file of looks waits that a process has in hand.
const tooLong = time.Minute

// Look looks at the folder of a spool and touches nothing; fs.ErrNotExist where there is none yet.
func Look(dir string, now time.Time) (l Left, err error) {
	info, err := os.Stat(dir)
	if err != nil {
		return l, err
	}
	l.Mode = info.Mode()
	list, err := os.ReadDir(dir)
	if err != nil {
		return l, err
	}
	for _, e := range list {
		info, err := e.Info()
		switch {
		case err != nil: // its process has just done with it
		case strings.HasSuffix(e.Name(), damagedEnding):
			l.Damaged++
		case strings.HasSuffix(e.Name(), spoolEnding) && info.Size() > 0 && now.Sub(info.ModTime()) > tooLong:
			l.Old, l.Oldest = l.Old+1, max(l.Oldest, now.Sub(info.ModTime()))
		}
	}
	beside, err := filepath.Glob(filepath.Join(filepath.Dir(dir), spoolName+"*", "*"+spoolEnding))
	if err != nil {
		return l, err
	}
	for _, path := range beside {
		if at := filepath.Dir(path); at != filepath.Clean(dir) && (len(l.Others) == 0 || l.Others[len(l.Others)-1] != at) {
			l.Others = append(l.Others, at)
		}
	}
	return l, nil
}
