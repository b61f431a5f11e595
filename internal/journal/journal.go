// Package journal is what the office remembers: entries, their canonical
// bytes, and the chain that shows whether one was changed, taken out or put in.
//
// Every proceeding is a stream of entries, numbered from 1. An entry's hash is
// over its canonical bytes, which hold the hash of the entry before it in the
// stream; so whoever keeps the last hash can check all that came before. The
// package does no I/O: storage hands it entries, it says whether they fit.
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
	Done       calendar.Moment      `json:"done"`
	Recorded   calendar.Moment      `json:"recorded"`
	Form       map[string]fact.JSON `json:"form"`
	Cargo      json.RawMessage      `json:"cargo,omitempty"` // what came along from another proceeding, byte for byte as stored
	Effects    []stored.Effect      `json:"effects"`
	Previous   Hash                 `json:"previous"`
}

// Canonical gives the bytes that the entry's hash is over: JSON in the order
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

// Sum is the entry's hash.
func (e *Entry) Sum() (Hash, error) {
	b, err := e.Canonical()
	if err != nil {
		return Hash{}, err
	}
	return sha256.Sum256(b), nil
}

// ErrBroken is in the chain of the error that says where a stream does not fit.
var ErrBroken = errors.New("the journal does not fit")

// Chain checks one stream, entry by entry. Its zero value stands before the first.
type Chain struct {
	Proceeding string
	Seq        int64
	Last       Hash
}

// Next checks that the entry with its stored hash follows; the error says what does not fit.
func (c *Chain) Next(e *Entry, stored Hash) error {
	where := fmt.Sprintf("%s/%d", e.Proceeding, e.Seq)
	switch {
	case c.Proceeding != "" && e.Proceeding != c.Proceeding:
		return fmt.Errorf("%w: %s is of another stream than %s", ErrBroken, where, c.Proceeding)
	case e.Seq != c.Seq+1:
		return fmt.Errorf("%w: %s follows number %d", ErrBroken, where, c.Seq)
	case e.Previous != c.Last:
		return fmt.Errorf("%w: %s names another entry before it than number %d", ErrBroken, where, c.Seq)
	}
	sum, err := e.Sum()
	if err != nil {
		return err
	}
	if sum != stored {
		return fmt.Errorf("%w: %s was changed: its hash is %s, stored is %s", ErrBroken, where, sum, stored)
	}
	c.Proceeding, c.Seq, c.Last = e.Proceeding, e.Seq, stored
	return nil
}
