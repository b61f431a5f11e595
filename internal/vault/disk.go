package vault

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Disk keeps files in a folder: each by its hash, in one of 256 folders, as nobody but this user may read it. A file is there whole, or it is not
// there. The folder may be shared by the processes of an office, on one machine or on several.
//
// What a store at a provider's (S3) would have to do is what Disk does: Draft, Open, Aside, Return, Remove, Each.
type Disk struct {
	root string
	into func(*Draft) io.Writer // what is written to a draft goes there: to it, or, in tests, onto a disk that is full
}

const (
	filesDir    = "files"
	draftsDir   = "drafts"
	previewsDir = "previews"
	asideEnding = ".aside"
)

// NewDisk keeps files in a folder, which is made where it is not there.
func NewDisk(root string) (*Disk, error) {
	for _, dir := range []string{root, filepath.Join(root, filesDir), filepath.Join(root, draftsDir), filepath.Join(root, previewsDir)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("folder of documents: %w", err)
		}
	}
	return &Disk{root, whole}, nil
}

// DiskAt is a folder as it stands, for whoever only looks at it: nothing is made where it is not there.
func DiskAt(root string) *Disk { return &Disk{root, whole} }

func whole(f *Draft) io.Writer { return f }

// Root is the folder.
func (d *Disk) Root() string { return d.root }

// path of the file with a hash.
func (d *Disk) path(hash string) string { return filepath.Join(d.root, filesDir, hash[:2], hash) }

func (d *Disk) previewPath(hash string, most int) string {
	return filepath.Join(d.root, previewsDir, hash[:2], fmt.Sprintf("%s.%d", hash, most))
}

// Draft is a file on its way in. Its owner ends it with Drop, whatever came of it.
type Draft struct {
	*os.File
	disk *Disk
}

// Draft begins a file.
func (d *Disk) Draft() (*Draft, error) {
	f, err := os.CreateTemp(filepath.Join(d.root, draftsDir), "draft-*")
	if err != nil {
		return nil, fmt.Errorf("begin a file: %w", err)
	}
	return &Draft{f, d}, nil
}

// Keep puts a draft, which is whole, where it is found by its hash; it is on disk when it returns. A file that is there already stays, unless its
// bytes have become others. Called again, it makes sure that the file is there.
func (f *Draft) Keep(hash string) error {
	if err := f.Sync(); err != nil {
		return err
	}
	path := f.disk.path(hash)
	dir := filepath.Dir(path)
	if err := os.Mkdir(dir, 0o700); err == nil {
		err = syncDir(filepath.Dir(dir))
		if err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	err := os.Link(f.Name(), path)
	for errors.Is(err, fs.ErrExist) {
		same, gone := holds(path, hash)
		if errors.Is(gone, fs.ErrNotExist) { // it was put aside in between
			err = os.Link(f.Name(), path)
			continue
		}
		if gone != nil || same {
			return gone
		}
		mended := f.Name() + ".mended" // a link and a new name, so that there is always a file
		if err := os.Link(f.Name(), mended); err != nil {
			return err
		}
		if err := os.Rename(mended, path); err != nil {
			return err
		}
		return syncDir(dir)
	}
	if err != nil {
		return err
	}
	return syncDir(dir)
}

// Drop lets go of a draft. What was kept of it stays.
func (f *Draft) Drop() error { return errors.Join(f.Close(), os.Remove(f.Name())) }

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// holds reports whether a file has the bytes that its hash says.
func holds(path, hash string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return false, err
	}
	return hex.EncodeToString(sum.Sum(nil)) == hash, nil
}

// Open opens a file; fs.ErrNotExist where it is not there.
func (d *Disk) Open(hash string) (*os.File, error) {
	f, err := os.Open(d.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return os.Open(d.path(hash) + asideEnding) // it is being looked at whether anybody needs it
	}
	return f, err
}

// Aside takes a file out of the way before it is asked for the last time whether anybody needs it: whoever brings the same
// bytes meanwhile finds that it is not there, and puts it there again.
func (d *Disk) Aside(hash string) error {
	err := os.Rename(d.path(hash), d.path(hash)+asideEnding)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// isAside reports whether a file stands aside, where a process left it that did not live to end what it did.
func (d *Disk) isAside(hash string) bool { return isThere(d.path(hash) + asideEnding) }

// Return puts back what stood aside.
func (d *Disk) Return(hash string) error {
	path := d.path(hash)
	switch err := os.Link(path+asideEnding, path); {
	case errors.Is(err, fs.ErrNotExist): // it was not there to be put aside, and has been brought since
		return nil
	case err != nil && !errors.Is(err, fs.ErrExist):
		return err
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return err
	}
	return os.Remove(path + asideEnding)
}

// Remove takes away what stands aside, and its previews: these first, so that a process that dies in between leaves what the next sweep finds.
func (d *Disk) Remove(hash string) error {
	err := d.dropPreviews(hash)
	if gone := os.Remove(d.path(hash) + asideEnding); !errors.Is(gone, fs.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}

// previews are where those of a file stand.
func (d *Disk) previews(hash string) []string {
	return []string{d.previewPath(hash, Small), d.previewPath(hash, Large)}
}

// dropPreviews takes away the previews of a file that is not kept. If it is, or was brought again, they are its own.
func (d *Disk) dropPreviews(hash string) (err error) {
	if isThere(d.path(hash)) {
		return nil
	}
	for _, path := range d.previews(hash) {
		if gone := os.Remove(path); !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	return err
}

// holdsAnyOf reports whether there is anything of a file: it, it aside, or a preview.
func (d *Disk) holdsAnyOf(hash string) (bool, error) {
	for _, path := range append(d.previews(hash), d.path(hash), d.path(hash)+asideEnding) {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return err == nil, err
		}
	}
	return false, nil
}

func isThere(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// Item is a file that is kept.
type Item struct {
	Hash    string
	Size    int64
	Changed time.Time
	Aside   bool
}

// Each tells of every file that is kept, in the order of their hashes. What else lies there is an error.
func (d *Disk) Each(ctx context.Context, f func(Item) error) error {
	root := filepath.Join(d.root, filesDir)
	return filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) && path != root:
			return nil // it has gone meanwhile
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case e.IsDir():
			return nil
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		hash, aside := strings.CutSuffix(e.Name(), asideEnding)
		if !IsHash(hash) || filepath.Base(filepath.Dir(path)) != hash[:2] {
			return fmt.Errorf("%s is no document", path)
		}
		return f(Item{hash, info.Size(), info.ModTime(), aside})
	})
}

// sweepPreviews takes away previews that were made before a moment of files that are not there: their process died before it kept the file. It tells
// of how many files. Where one is kept just now all the same, they are made anew when they are asked for.
func (d *Disk) sweepPreviews(ctx context.Context, before time.Time) (files int, err error) {
	root := filepath.Join(d.root, previewsDir)
	var stale []string // in the order of their hashes
	err = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) && path != root:
			return nil // it has gone meanwhile
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case e.IsDir():
			return nil
		}
		if hash := previewOf(path); !IsHash(hash) || isThere(d.path(hash)) || isThere(d.path(hash)+asideEnding) {
			return nil
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && info.ModTime().Before(before) {
			stale = append(stale, path)
		}
		return err
	})
	last := ""
	for _, path := range stale {
		if gone := os.Remove(path); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
			continue
		}
		if hash := previewOf(path); hash != last {
			files, last = files+1, hash
		}
	}
	return files, err
}

// previewOf is the hash of the picture of which a file is a preview.
func previewOf(path string) string {
	hash, _, _ := strings.Cut(filepath.Base(path), ".")
	return hash
}

// sweepDrafts takes away what processes left that did not live to end it.
func (d *Disk) sweepDrafts(before time.Time) error {
	list, err := os.ReadDir(filepath.Join(d.root, draftsDir))
	if err != nil {
		return err
	}
	for _, e := range list {
		info, stat := e.Info()
		if stat == nil && info.ModTime().Before(before) {
			err = errors.Join(err, os.Remove(filepath.Join(d.root, draftsDir, e.Name())))
		}
	}
	return err
}

// IsHash reports whether a text is the hash of a file.
func IsHash(text string) bool {
	if len(text) != 64 {
		return false
	}
	return strings.Trim(text, "0123456789abcdef") == ""
}
