package vault

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"slices"
	"time"

	"nazorat/internal/db"
	"nazorat/internal/duty"
)

// Sweeping is the name of the duty of taking away what nobody has named.
const Sweeping = "uploads"

const (
	sweepEvery = time.Hour
	// strayFor is how long a file lies without an upload before it is taken for one that a process left which did not live to note it.
	strayFor   = time.Hour
	mostAtOnce = 500 // files asked about with one question
)

// Sweep takes away uploads that no act has named in time, now and every hour, and once a day files that belong to nobody, until ctx ends.
func (k *Keeper) Sweep(ctx context.Context, log *slog.Logger) error {
	for round := 0; ; round++ {
		n, err := k.SweepOnce(ctx, time.Now(), round%24 == 0)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			log.Error("sweep uploads", "error", unnamed(err))
		}
		if n.Unused > 0 {
			log.Info("uploads that no act has named were swept", "files", n.Unused)
		}
		if n.Erased > 0 {
			log.Info("what was left of erased documents was taken away", "files", n.Erased)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(sweepEvery):
		}
	}
}

const (
	selectOld   = `SELECT hash FROM upload WHERE at < $1`
	dropUploads = `DELETE FROM upload WHERE at < $1`
	selectNeed  = `SELECT hash FROM (SELECT hash FROM upload WHERE hash IN %[1]s UNION SELECT hash FROM document WHERE hash IN %[1]s) AS n WHERE NOT EXISTS (SELECT 1 FROM document_erased e WHERE e.hash = n.hash)`
)

// Swept is of how many files something was taken away.
type Swept struct {
	Unused int // that no act has named
	Erased int // that were erased before
}

// SweepOnce takes away, once, what has waited too long and what is left of what was erased; with all also the files that no upload and no entry
// names, by how old they are at a moment of the machine's clock.
func (k *Keeper) SweepOnce(ctx context.Context, at time.Time, all bool) (swept Swept, err error) {
	var old []string
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		if err := duty.Fence(ctx, tx); err != nil {
			return err
		}
		old = nil
		rows, err := tx.Query(selectOld, int64(k.now()-KeptFor))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var hash string
			if err := rows.Scan(&hash); err != nil {
				return err
			}
			old = append(old, hash)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		_, err = tx.Exec(dropUploads, int64(k.now()-KeptFor))
		return err
	}, db.Repeatable)
	if err != nil {
		return swept, fmt.Errorf("drop uploads: %w", err)
	}
	erased, err := k.leftOver(ctx)
	if err != nil {
		return swept, err
	}
	if swept.Erased, err = k.sweepAll(ctx, erased); err != nil {
		return swept, err
	}
	if swept.Unused, err = k.sweepAll(ctx, old); err != nil || !all {
		return swept, err
	}
	n, err := k.sweepStrays(ctx, at)
	swept.Unused += n
	if err != nil {
		return swept, err
	}
	n, err = k.sweepPreviews(ctx, at.Add(-strayFor))
	swept.Unused += n
	return swept, errors.Join(err, k.sweepDrafts(at.Add(-24*time.Hour)))
}

func (k *Keeper) sweepAll(ctx context.Context, hashes []string) (swept int, err error) {
	for some := range slices.Chunk(hashes, mostAtOnce) {
		n, err := k.sweep(ctx, some)
		if swept += n; err != nil {
			return swept, err
		}
	}
	return swept, nil
}

// sweepStrays takes away the files that nothing names.
func (k *Keeper) sweepStrays(ctx context.Context, at time.Time) (swept int, err error) {
	var some []string
	flush := func() error {
		n, err := k.sweep(ctx, some)
		swept, some = swept+n, some[:0]
		return err
	}
	err = k.Each(ctx, func(x Item) error {
		if !x.Aside && at.Sub(x.Changed) < strayFor {
			return nil
		}
		if some = append(some, x.Hash); len(some) == mostAtOnce {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	return swept, err
}

// sweep takes away those of some files that nobody needs. A file is first put aside, and asked about once more: who brought it again
// before that has noted it, and it is put back; who notes it after that finds it gone, and puts it there again (Take).
func (k *Keeper) sweep(ctx context.Context, hashes []string) (n int, err error) {
	needed, err := k.needed(ctx, hashes)
	if err != nil {
		return 0, err
	}
	var aside []string
	for _, hash := range hashes {
		if needed[hash] && !k.isAside(hash) {
			continue
		}
		if err := k.Aside(hash); err != nil {
			return 0, err
		}
		aside = append(aside, hash)
	}
	if needed, err = k.needed(ctx, aside); err != nil {
		return 0, err
	}
	for _, hash := range aside {
		if needed[hash] {
			err = errors.Join(err, k.Return(hash))
			continue
		}
		if gone := k.Remove(hash); gone != nil {
			err = errors.Join(err, gone)
			continue
		}
		n++
	}
	return n, err
}

// needed are those of some files that an upload or an entry names, and that were not erased.
func (k *Keeper) needed(ctx context.Context, hashes []string) (map[string]bool, error) {
	out := map[string]bool{}
	if len(hashes) == 0 {
		return out, nil
	}
	keys := db.Keys(hashes)
	rows, err := k.db.Query(ctx, fmt.Sprintf(selectNeed, db.In(len(keys), 1)), keys...)
	if err != nil {
		return nil, fmt.Errorf("ask who needs files: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var hash string
		if err := rows.Scan(&hash); err != nil {
			return nil, err
		}
		out[hash] = true
	}
	return out, rows.Err()
}

// Wrong is a document that is not what its entry says.
type Wrong struct {
	Hash       string
	Proceeding string // one of those that name it
	Seq        int64
	Missing    bool // otherwise its bytes have become others
}

const selectDocuments = `SELECT d.hash, min(d.size), min(d.proceeding), min(d.seq) FROM document d
WHERE d.hash > $1 AND NOT EXISTS (SELECT 1 FROM document_erased e WHERE e.hash = d.hash) GROUP BY d.hash ORDER BY d.hash LIMIT $2`

// Checked is what a check of all documents came to.
type Checked struct {
	Files int64
	Bytes int64
	Wrong []Wrong // the first hundred
	More  int64
}

const mostWrong = 100

// Check holds every document that an entry names against its file: that it is there in its size, and with bytes that it has not changed by a bit.
func (k *Keeper) Check(ctx context.Context, bytes bool) (c Checked, err error) {
	err = k.each(ctx, func(d *kept) error {
		missing, changed, err := d.stands(k.Disk, bytes)
		if err != nil {
			return err
		}
		if c.Files, c.Bytes = c.Files+1, c.Bytes+d.size; !missing && !changed {
			return nil
		}
		if len(c.Wrong) == mostWrong {
			c.More++
			return nil
		}
		c.Wrong = append(c.Wrong, Wrong{d.hash, d.proceeding, d.seq, missing})
		return nil
	})
	return c, err
}

type kept struct {
	hash, proceeding string
	size, seq        int64
}

func (k *Keeper) page(ctx context.Context, after string) (list []kept, err error) {
	rows, err := k.db.Query(ctx, selectDocuments, after, mostAtOnce)
	if err != nil {
		return nil, fmt.Errorf("read documents: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var d kept
		if err := rows.Scan(&d.hash, &d.size, &d.proceeding, &d.seq); err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, rows.Err()
}

// stands holds a document against its file.
func (d *kept) stands(disk *Disk, bytes bool) (missing, changed bool, err error) {
	f, err := disk.Open(d.hash)
	if errors.Is(err, fs.ErrNotExist) {
		return true, false, nil
	}
	if err != nil {
		return false, false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false, false, err
	}
	if d.size > 0 && info.Size() != d.size {
		return false, true, nil
	}
	if !bytes {
		return false, false, nil
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return false, false, err
	}
	return false, hex.EncodeToString(sum.Sum(nil)) != d.hash, nil
}

// Sum is the hash of the bytes of a file, by which it is kept.
func Sum(from io.Reader) (string, error) {
	sum := sha256.New()
	_, err := io.Copy(sum, from)
	return hex.EncodeToString(sum.Sum(nil)), err
}
