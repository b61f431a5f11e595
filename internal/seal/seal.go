// Package seal is what the office signs checkpoints with: a key in a file, or a
// program that stands before a hardware module.
//
// A key file is readable by its owner alone, or it is refused. Beside it, in a file
// with .last behind its name, stands the last checkpoint that was signed with it: a
// memory outside the database, so that a database restored from an old backup is
// noticed before a second tree is signed (leaf.Log.Checkpoint asks it). The memory
// is on disk before a signature is given out.
//
// A signer signs checkpoints of its own name that are no smaller than the last one,
// and nothing else.
package seal

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"

	"nazorat/internal/journal"
)

// Signer signs checkpoints. Safe for concurrent use.
type Signer interface {
	note.Signer
	// Key is the public half.
	Key() *journal.Key
	// Last is the last checkpoint that was signed, nil if there is none.
	Last() (*journal.Checkpoint, error)
}

// Open gives the signer at a place: a key file, or "unix:SOCKET" where a signer
// program listens (docs/journal-format.md has what is said there).
func Open(ctx context.Context, place string) (Signer, error) {
	if socket, ok := strings.CutPrefix(place, "unix:"); ok {
		return dial(ctx, socket)
	}
	return openFile(place)
}

// Generate makes a key for a tree of that name in a new file and gives its public half.
func Generate(path, name string) (*journal.Key, error) {
	private, public, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	k, err := journal.ParseKey(public)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	_, err = f.WriteString(private + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(path)
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return k, syncDir(filepath.Dir(path))
}

// file is a key in a file.
type file struct {
	note.Signer
	key  *journal.Key
	mu   sync.Mutex
	last string // the memory's file
}

func openFile(path string) (*file, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("signing key: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("signing key: %w", err)
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("signing key: %s may be read or written by others (%s): make it chmod 600", path, info.Mode())
	}
	if info.Size() > 4096 {
		return nil, fmt.Errorf("signing key: %s is too long to be one", path)
	}
	text := make([]byte, info.Size())
	if _, err := f.ReadAt(text, 0); err != nil {
		return nil, fmt.Errorf("signing key: %w", err)
	}
	s := &file{last: path + ".last"}
	if s.Signer, s.key, err = journal.ParseSigningKey(string(text)); err != nil {
		return nil, err
	}
	return s, nil
}

func (f *file) Key() *journal.Key { return f.key }

func (f *file) Last() (*journal.Checkpoint, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.read()
}

func (f *file) read() (*journal.Checkpoint, error) {
	text, err := os.ReadFile(f.last)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("what was signed last: %w", err)
	}
	c, err := journal.ParseCheckpoint(string(text))
	if err != nil {
		return nil, fmt.Errorf("what was signed last, %s: %w", f.last, err)
	}
	return &c, nil
}

// Sign remembers the checkpoint, then signs it. If the memory cannot be written
// nothing is signed; if we crash in between, one was remembered that nobody has
// seen, and it can be signed again.
func (f *file) Sign(text []byte) ([]byte, error) {
	c, err := journal.ParseCheckpoint(string(text))
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	last, err := f.read()
	if err != nil {
		return nil, err
	}
	if err := follows(c, f.Name(), last); err != nil {
		return nil, err
	}
	if last == nil || *last != c {
		if err := replace(f.last, text); err != nil {
			return nil, fmt.Errorf("remember what is signed: %w", err)
		}
	}
	return f.Signer.Sign(text)
}

// ErrRefused means that a signer does not sign this.
var ErrRefused = errors.New("the signer refuses")

func follows(c journal.Checkpoint, name string, last *journal.Checkpoint) error {
	switch {
	case c.Origin != name:
		return fmt.Errorf("%w: the checkpoint is of %s, the key for %s", ErrRefused, c.Origin, name)
	case last != nil && (c.Size < last.Size || c.Size == last.Size && c.Root != last.Root):
		return fmt.Errorf("%w: it has signed %d leaves with the root %s already", ErrRefused, last.Size, last.Root)
	}
	return nil
}

// replace writes a file so that after a crash it is the old one or the new one.
func replace(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(f.Name())
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		_ = os.Remove(f.Name())
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDir puts a folder's list of files on disk; where the system cannot, it does without.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	_ = d.Sync()
	return nil
}
