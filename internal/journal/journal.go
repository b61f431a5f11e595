// Package journal is what the office remembers: entries, their canonical
// bytes, and the chain that shows whether one was changed, taken out or put in.
//
// Every proceeding is a stream of entries, numbered from 1; all entries of the office
// are leaves of one tree. An entry's leaf is a salted commitment over its canonical
// bytes, which hold the leaf of the entry before it in the stream; so whoever keeps
// the last leaf, or a signed checkpoint of the tree, can check all that came before.
//
// The package owns the formats: canonical bytes, leaves, checkpoints, keys, receipts.
// docs/journal-format.md has them byte by byte, with vectors. It does no I/O and reads
// no clock: storage hands it entries, it says whether they fit. It does no tree
// mathematics of its own, that is golang.org/x/mod/sumdb/tlog's.
package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/stored"
)

// Format names the form of the canonical bytes. Another form gets another name.
const Format = "nazorat/entry/1"

// Hash is a SHA-256. The zero Hash stands before the first entry of a stream.
type Hash [sha256.Size]byte

// String writes the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText writes the hash in hexadecimal.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads a hash in hexadecimal.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != 2*len(h) {
		return fmt.Errorf("hash of %d letters: want %d", len(text), 2*len(h))
	}
	_, err := hex.Decode(h[:], text)
	return err
}

// HashOf reads a hash from its 32 bytes.
func HashOf(b []byte) (h Hash, err error) {
	if len(b) != len(h) {
		return h, fmt.Errorf("hash of %d bytes: want %d", len(b), len(h))
	}
	copy(h[:], b)
	return h, nil
}

// Entry is one act as the journal keeps it. Times are microseconds UTC.
// The order of the fields is the order of the canonical bytes.
type Entry struct {
	Format     string               `json:"format"`
	Proceeding string               `json:"proceeding"`
	Seq        int64                `json:"seq"`
	Law        string               `json:"law"`
	Edition    string               `json:"edition"`
	Act        string               `json:"act"`
	Thing      int32                `json:"thing"`
	Officer    string               `json:"officer"`
	Role       string               `json:"role"`
	Mandate    string               `json:"mandate"`
	Office     string               `json:"office"`
	Client     string               `json:"client,omitempty"` // the system through which the officer acted; "" where he did it himself
	Done       calendar.Moment      `json:"done"`
	Recorded   calendar.Moment      `json:"recorded"`
	Form       map[string]fact.JSON `json:"form"`
	Cargo      json.RawMessage      `json:"cargo,omitempty"` // what came along from another proceeding, byte for byte as stored
	Effects    []stored.Effect      `json:"effects"`
	Previous   Hash                 `json:"previous"`
}

// Canonical gives the bytes that the entry's leaf commits to: JSON in the order
// of the fields, maps by key, no blanks, UTF-8, nothing escaped that need not be.
func (e *Entry) Canonical() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return nil, fmt.Errorf("entry %s/%d: %w", e.Proceeding, e.Seq, err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// ErrBroken is in the chain of the error that says what of a journal does not fit.
var ErrBroken = errors.New("the journal does not fit")
