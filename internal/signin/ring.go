package signin

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"

	"nazorat/internal/db"
)

// Ring is the keys under which those secrets are kept that have to be read
// again: what is only compared is hashed instead. A copy of the database alone
// opens none of them. Safe for concurrent use.
type Ring struct{ keys []ringKey } // the first closes, all open

type ringKey struct {
	id   [ringID]byte
	aead cipher.AEAD
}

const (
	ringID      = 4 // of a key: enough to find it among those of one office
	ringVersion = 1
	ringFileMax = 4096
)

// errSealed says that something was not closed under any of these keys, or not for this.
var errSealed = errors.New("this was not sealed under a key of this office, or not for this")

// GenerateKey makes a key for a ring in a new file that its owner alone may read.
func GenerateKey(path string) error {
	key := make([]byte, chacha20poly1305.KeySize)
	_, _ = rand.Read(key) // never fails
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(path)
		return fmt.Errorf("make a key: %w", err)
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes the name of a new file outlast a crash: without its key nothing that was closed under it opens again.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// OpenRing reads the keys in a file, one a line: the first closes, all of them
// open. The file is readable by its owner alone, or it is refused.
func OpenRing(path string) (*Ring, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("key of secrets: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("key of secrets: %w", err)
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("key of secrets: %s may be read or written by others (%s): make it chmod 600", path, info.Mode())
	}
	if info.Size() > ringFileMax {
		return nil, fmt.Errorf("key of secrets: %s is too long to be one", path)
	}
	text := make([]byte, info.Size())
	if _, err := f.ReadAt(text, 0); err != nil {
		return nil, fmt.Errorf("key of secrets: %w", err)
	}
	var keys [][]byte
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
		if err != nil || len(key) != chacha20poly1305.KeySize {
			return nil, fmt.Errorf("key of secrets: line %d of %s is no key", i+1, path)
		}
		keys = append(keys, key)
	}
	return NewRing(keys...)
}

// NewRing makes a ring of keys of 32 bytes, the first of which closes.
func NewRing(keys ...[]byte) (*Ring, error) {
	if len(keys) == 0 {
		return nil, errors.New("key of secrets: there is none")
	}
	r := &Ring{}
	for _, key := range keys {
		aead, err := chacha20poly1305.NewX(key)
		if err != nil {
			return nil, fmt.Errorf("key of secrets: %w", err)
		}
		sum := sha256.Sum256(append([]byte("nazorat ring "), key...))
		r.keys = append(r.keys, ringKey{id: [ringID]byte(sum[:ringID]), aead: aead})
	}
	return r, nil
}

// FreshRing is a ring of a key that is nowhere but in this process: what was closed under it ends with it.
func FreshRing() (*Ring, error) {
	key := make([]byte, chacha20poly1305.KeySize)
	_, _ = rand.Read(key) // never fails
	return NewRing(key)
}

// Seal closes a secret for one use: it opens for what it was sealed about and nothing else.
func (r *Ring) Seal(secret []byte, about string) []byte {
	k := r.keys[0]
	head := append([]byte{ringVersion}, k.id[:]...)
	nonce := make([]byte, k.aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return k.aead.Seal(append(head, nonce...), nonce, secret, []byte(about))
}

// Open opens what was sealed about the same. The error tells nothing of what is in it.
func (r *Ring) Open(sealed []byte, about string) ([]byte, error) {
	if len(sealed) < 1+ringID || sealed[0] != ringVersion {
		return nil, errSealed
	}
	id, rest := sealed[1:1+ringID], sealed[1+ringID:]
	for _, k := range r.keys {
		n := k.aead.NonceSize()
		if !bytes.Equal(id, k.id[:]) || len(rest) < n {
			continue
		}
		if secret, err := k.aead.Open(nil, rest[:n], rest[n:], []byte(about)); err == nil {
			return secret, nil
		}
	}
	return nil, errSealed
}

const (
	countAllGenerators  = `SELECT count(*) FROM code_generator`
	selectAllGenerators = `SELECT officer, secret FROM code_generator ORDER BY officer LIMIT $1`
	// mostTried are the secrets that are tried, not to take long.
	mostTried = 2000
)

// Opens counts the code generators of an office, how many of them were tried, and how many of those the ring opens; a nil ring opens none.
func (r *Ring) Opens(ctx context.Context, d *db.DB) (all, tried, opened int, err error) {
	if err := d.QueryRow(ctx, countAllGenerators).Scan(&all); err != nil {
		return 0, 0, 0, fmt.Errorf("count code generators: %w", err)
	}
	if r == nil {
		return all, 0, 0, nil
	}
	rows, err := d.Query(ctx, selectAllGenerators, mostTried)
	if err != nil {
		return 0, 0, 0, fmt.Errorf("read code generators: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var officer string
		var sealed []byte
		if err := rows.Scan(&officer, &sealed); err != nil {
			return 0, 0, 0, err
		}
		tried++
		if _, err := r.Open(sealed, generatorAbout(officer)); err == nil {
			opened++
		}
	}
	return all, tried, opened, rows.Err()
}
