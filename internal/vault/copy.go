package vault

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"nazorat/internal/db"
)

// NoFolder, in the place of a folder, says that this process keeps no documents.
const NoFolder = "none"

// FolderOf is the folder of the documents of a database: the one that was set, or the one beside its file. "" for none: of a database on a server
// it has to be set, since all processes of the office share it.
func FolderOf(d *db.DB, set string) string {
	switch path := d.Path(); {
	case set == NoFolder:
		return ""
	case set != "":
		return set
	case path != "":
		return filepath.Join(filepath.Dir(path), "documents."+filepath.Base(path))
	}
	return ""
}

// Copied is what a copy of documents came to.
type Copied struct {
	Files, New int64
	Bytes      int64
	Wrong      []Wrong // that are missing where they were copied from, or have changed; the first hundred
	More       int64
}

// manifestName is the list of what a copy holds: a line for each document with its hash, a blank and its size.
const manifestName = "manifest"

// CopyTo copies every document that an entry names into a folder, beside what is there already, with a manifest. Made after an archive of the
// database, it has all that the archive names.
func (k *Keeper) CopyTo(ctx context.Context, folder string) (c Copied, err error) {
	to, err := NewDisk(folder)
	if err != nil {
		return c, err
	}
	list, err := os.CreateTemp(folder, manifestName+"-*")
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, list.Close()) }()
	w := bufio.NewWriter(list)
	err = k.each(ctx, func(d *kept) error {
		size, err := c.carry(k.Disk, to, d)
		if err != nil || size < 0 {
			return err
		}
		_, err = fmt.Fprintf(w, "%s %d\n", d.hash, size)
		return err
	})
	if err = errors.Join(err, w.Flush(), list.Sync()); err != nil {
		return c, errors.Join(err, os.Remove(list.Name()))
	}
	if err := os.Rename(list.Name(), filepath.Join(folder, manifestName)); err != nil {
		return c, err
	}
	return c, syncDir(folder)
}

// CopyFrom brings every document that an entry names back from a copy, and holds each against its hash.
func (k *Keeper) CopyFrom(ctx context.Context, folder string) (c Copied, err error) {
	from := &Disk{folder, whole}
	err = k.each(ctx, func(d *kept) error {
		_, err := c.carry(from, k.Disk, d)
		return err
	})
	return c, err
}

// carry brings a document from one folder to another, unless it is there; -1 for one that is missing or has changed.
func (c *Copied) carry(from, to *Disk, d *kept) (size int64, err error) {
	c.Files++
	if f, err := to.Open(d.hash); err == nil {
		info, err := f.Stat()
		if err = errors.Join(err, f.Close()); err != nil {
			return 0, err
		}
		if d.size == 0 || info.Size() == d.size {
			c.Bytes += info.Size()
			return info.Size(), nil
		}
	}
	f, err := from.Open(d.hash)
	if errors.Is(err, fs.ErrNotExist) {
		c.wrong(d, true)
		return -1, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	draft, err := to.Draft()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, draft.Drop()) }()
	sum, err := Sum(io.TeeReader(f, draft))
	if err != nil {
		return 0, err
	}
	if sum != d.hash {
		c.wrong(d, false)
		return -1, nil
	}
	info, err := draft.Stat()
	if err != nil {
		return 0, err
	}
	c.New, c.Bytes = c.New+1, c.Bytes+info.Size()
	return info.Size(), draft.Keep(d.hash)
}

func (c *Copied) wrong(d *kept, missing bool) {
	if len(c.Wrong) < mostWrong {
		c.Wrong = append(c.Wrong, Wrong{d.hash, d.proceeding, d.seq, missing})
	} else {
		c.More++
	}
}

// each tells of every document that an entry names and that was not erased, once.
func (k *Keeper) each(ctx context.Context, f func(*kept) error) error {
	for after := ""; ; {
		list, err := k.page(ctx, after)
		if err != nil || len(list) == 0 {
			return err
		}
		for i := range list {
			if err := f(&list[i]); err != nil {
				return err
			}
		}
		after = list[len(list)-1].hash
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// Left is what a doctor sees of a folder.
type Left struct {
	Mode   fs.FileMode
	Drafts int // on their way in for longer than a day: their process did not live to end it
}

// Look looks at the folder and touches nothing; fs.ErrNotExist where there is none yet.
func Look(folder string, now time.Time) (l Left, err error) {
	info, err := os.Stat(folder)
	if err != nil {
		return l, err
	}
	l.Mode = info.Mode()
	list, err := os.ReadDir(filepath.Join(folder, draftsDir))
	for _, e := range list {
		if info, stat := e.Info(); stat == nil && now.Sub(info.ModTime()) > 24*time.Hour {
			l.Drafts++
		}
	}
	return l, err
}
