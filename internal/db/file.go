package db

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// BackupTo writes an archive into a file that is not there yet, for its owner
// alone. It writes under another name and reads what it has written; so what has
// the name is whole, on the disk, and can be restored.
func (d *DB) BackupTo(ctx context.Context, path string) (m *Manifest, err error) {
	if err := free(path); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part-")
	if err != nil {
		return nil, fmt.Errorf("back up: %w", err)
	}
	m, err = d.backupInto(ctx, f)
	if err = errors.Join(err, f.Close()); err == nil {
		err = name(f.Name(), path)
	}
	if err != nil {
		return nil, errors.Join(err, os.Remove(f.Name()))
	}
	return m, nil
}

func (d *DB) backupInto(ctx context.Context, f *os.File) (*Manifest, error) {
	w := bufio.NewWriterSize(f, 1<<20)
	m, err := d.Backup(ctx, w)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(w.Flush(), f.Sync()); err != nil {
		return nil, fmt.Errorf("back up: %w", err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("back up: %w", err)
	}
	again, err := CheckArchive(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("back up: read what was written: %w", err)
	}
	if again.Hash != m.Hash {
		return nil, broken("it is read as %s and was written as %s", again.Hash, m.Hash)
	}
	return m, nil
}

// free reports an error where there is a file already.
func free(path string) error {
	switch _, err := os.Lstat(path); {
	case err == nil:
		return fmt.Errorf("%s: %w", path, os.ErrExist)
	case errors.Is(err, os.ErrNotExist):
		return nil
	default:
		return err
	}
}

// name gives a file that is whole its name, unless there is one of that name by
// now, and makes the name last.
func name(from, to string) error {
	// A second name, unlike a new one, takes nobody else's place. There are disks that know none.
	err := os.Link(from, to)
	if err == nil {
		err = os.Remove(from)
	} else if !errors.Is(err, os.ErrExist) {
		if err = free(to); err == nil {
			err = os.Rename(from, to)
		}
	}
	if err != nil {
		return err
	}
	return syncPath(filepath.Dir(to))
}

// syncPath puts a file, or the names in a folder, on the disk.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
