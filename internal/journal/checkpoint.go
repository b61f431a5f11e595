package journal

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Checkpoint is the state of the tree that the office puts its name to: C2SP
// tlog-checkpoint, without extension lines, which nobody could audit.
type Checkpoint struct {
	Origin string // the tree's name in the world; also that of the key which signs it
	Size   int64  // how many leaves
	Root   Hash
}

// Text is what is signed: three lines.
func (c Checkpoint) Text() string {
	return c.Origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + base64.StdEncoding.EncodeToString(c.Root[:]) + "\n"
}

// errCheckpoint means that a text is no checkpoint of ours.
var errCheckpoint = errors.New("not a checkpoint: want an origin, a size and a root, a line each")

// ParseCheckpoint reads the text of a checkpoint; only what Text writes is one.
func ParseCheckpoint(text string) (c Checkpoint, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" || !validName(lines[0]) {
		return c, errCheckpoint
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return c, errCheckpoint
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil {
		return c, errCheckpoint
	}
	c = Checkpoint{Origin: lines[0], Size: size}
	if c.Root, err = HashOf(root); err != nil || size < 0 || c.Text() != text {
		return c, errCheckpoint
	}
	return c, nil
}

// Sign gives the checkpoint as a signed note. The key's name must be the origin.
func (c Checkpoint) Sign(s note.Signer) ([]byte, error) {
	if s.Name() != c.Origin {
		return nil, fmt.Errorf("sign a checkpoint of %s: the key is for %s", c.Origin, s.Name())
	}
	return note.Sign(&note.Note{Text: c.Text()}, s)
}

// Signed is a checkpoint that holds.
type Signed struct {
	Checkpoint
	Note     []byte        // as it was signed, byte for byte
	By       []*Key        // the office's keys that signed it; at least one
	Cosigned []Cosignature // by witnesses that are known
}

// Cosignature is a witness's word that up to then it saw one tree grow, and no second one.
type Cosignature struct {
	By *Key
	At int64 // seconds since 1970, by the witness's clock
}

// ErrUnsigned means that no key that was given has signed a checkpoint.
var ErrUnsigned = errors.New("no key that is trusted has signed this checkpoint")

// OpenCheckpoint checks a signed note: it is written as Sign writes it, its text is a
// checkpoint, every signature of a known key holds, and one of the origin's own
// keys has signed. Signatures of unknown keys are let be.
func OpenCheckpoint(signed []byte, keys Keys) (*Signed, error) {
	n, err := note.Open(signed, keys)
	var unverified *note.UnverifiedNoteError
	switch {
	case errors.As(err, &unverified):
		return nil, ErrUnsigned
	case err != nil:
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	// Base64 has more than one way to write the same bytes, and notes drop signatures that come twice.
	if again, err := rewritten(n, signed); err != nil || !again {
		return nil, errors.Join(errCheckpoint, err)
	}
	s := Signed{Note: signed}
	if s.Checkpoint, err = ParseCheckpoint(n.Text); err != nil {
		return nil, err
	}
	for _, sig := range n.Sigs {
		k := keys.find(sig.Name, sig.Hash)
		switch {
		case k.Witness():
			s.Cosigned = append(s.Cosigned, Cosignature{By: k, At: cosignedAt(sig)})
		case k.Name() == s.Origin:
			s.By = append(s.By, k)
		}
	}
	if len(s.By) == 0 {
		return nil, ErrUnsigned
	}
	return &s, nil
}

// rewritten reports whether a note's parts, written again, are the bytes that were read.
func rewritten(n *note.Note, read []byte) (bool, error) {
	lines := bytes.Count(read[len(n.Text):], []byte("\n")) - 1
	if lines != len(n.Sigs)+len(n.UnverifiedSigs) {
		return false, nil
	}
	for _, list := range [][]note.Signature{n.Sigs, n.UnverifiedSigs} {
		for _, sig := range list {
			raw, err := base64.StdEncoding.Strict().DecodeString(sig.Base64)
			if err != nil {
				return false, err
			}
			if base64.StdEncoding.EncodeToString(raw) != sig.Base64 {
				return false, nil
			}
		}
	}
	return true, nil
}
