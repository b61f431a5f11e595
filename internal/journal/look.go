package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"nazorat/internal/calendar"
)

// LookFormat names the form of a look's canonical bytes. Another form gets another name.
const LookFormat = "nazorat/look/1"

// Looks are many and short, so they share leaves: one leaf commits to some
// hundreds. Each look is hidden by a salt of its own, so that what the law orders
// erased can be erased, look by look, while the leaf is still computed from the
// hashes. The tags keep a look from ever being taken for an entry, or a leaf of looks
// for one of an entry.
//
//	look = SHA-256("nazorat/look/1" 0x00 salt canonical)
//	leaf = SHA-256("nazorat/looks/1" 0x00 n look look ...)
const (
	lookTag  = LookFormat + "\x00"
	looksTag = "nazorat/looks/1\x00"
)

// MostLooks is how many looks one leaf commits to at most.
const MostLooks = 1024

// Look is one look at personal data as the journal keeps it. At is in microseconds
// UTC. The order of the fields is the order of the canonical bytes.
type Look struct {
	At         calendar.Moment `json:"at"`
	Kind       string          `json:"kind"`       // view, search, list, download, ...
	Page       string          `json:"page"`       // the pattern of the page's address
	Proceeding string          `json:"proceeding"` // id; "" where the look was at no single one
	Thing      int32           `json:"thing"`      // number of the thing in the proceeding that the page was about; 0: the whole
	About      string          `json:"about"`      // of a list the office, of a search what was typed, of an officer's looks the officer
	Shown      int64           `json:"shown"`      // how many rows a list showed
	Namesakes  int64           `json:"namesakes"`  // how many persons of the proceeding bear the officer's family name
	Officer    string          `json:"officer"`
	Role       string          `json:"role"`
	Mandate    string          `json:"mandate"`
	Office     string          `json:"office"`
	Basis      string          `json:"basis"`     // why he was let look: own, purpose, emergency
	Purpose    string          `json:"purpose"`   // what for, where he had to say
	Serves     string          `json:"serves"`    // id of the proceeding that the purpose serves
	Why        string          `json:"why"`       // in his words
	Emergency  string          `json:"emergency"` // id of the emergency in which it was opened
}

// AppendCanonical appends the look's canonical bytes: JSON in the order of the fields, all of them, no blanks, texts written as in an entry.
func (l *Look) AppendCanonical(dst []byte) []byte {
	dst = appendKey(dst, `{"format":`, LookFormat)
	dst = appendInt(dst, `,"at":`, int64(l.At))
	dst = appendKey(dst, `,"kind":`, l.Kind)
	dst = appendKey(dst, `,"page":`, l.Page)
	dst = appendKey(dst, `,"proceeding":`, l.Proceeding)
	dst = appendInt(dst, `,"thing":`, int64(l.Thing))
	dst = appendKey(dst, `,"about":`, l.About)
	dst = appendInt(dst, `,"shown":`, l.Shown)
	dst = appendInt(dst, `,"namesakes":`, l.Namesakes)
	dst = appendKey(dst, `,"officer":`, l.Officer)
	dst = appendKey(dst, `,"role":`, l.Role)
	dst = appendKey(dst, `,"mandate":`, l.Mandate)
	dst = appendKey(dst, `,"office":`, l.Office)
	dst = appendKey(dst, `,"basis":`, l.Basis)
	dst = appendKey(dst, `,"purpose":`, l.Purpose)
	dst = appendKey(dst, `,"serves":`, l.Serves)
	dst = appendKey(dst, `,"why":`, l.Why)
	return append(appendKey(dst, `,"emergency":`, l.Emergency), '}')
}

// errLook means that bytes are not written as a look is.
var errLook = errors.New("these are no canonical bytes of a look")

// CheckLook checks that bytes are written as a look is: the keys in their order, without blanks.
func CheckLook(canonical []byte) error {
	s := newSplitter(canonical)
	s.word(`{"format":"` + LookFormat + `","at":`)
	s.number()
	for _, key := range []string{"kind", "page", "proceeding"} {
		s.word(`,"` + key + `":`)
		s.text()
	}
	s.word(`,"thing":`)
	s.number()
	s.word(`,"about":`)
	s.text()
	s.word(`,"shown":`)
	s.number()
	s.word(`,"namesakes":`)
	s.number()
	for _, key := range []string{"officer", "role", "mandate", "office", "basis", "purpose", "serves", "why", "emergency"} {
		s.word(`,"` + key + `":`)
		s.text()
	}
	if s.bad || string(s.rest) != "}" {
		return fmt.Errorf("%w: off at byte %d", errLook, len(canonical)-len(s.rest))
	}
	return nil
}

// ReadLook reads the canonical bytes of a look; only what AppendCanonical writes is one.
func ReadLook(canonical []byte) (l Look, err error) {
	if err := CheckLook(canonical); err != nil {
		return l, err
	}
	if err := json.Unmarshal(canonical, &l); err != nil {
		return l, fmt.Errorf("%w: %w", errLook, err)
	}
	if !bytes.Equal(l.AppendCanonical(nil), canonical) {
		return l, errLook
	}
	return l, nil
}

// SealedLook is a look with what commits to it: all that storage keeps of it.
type SealedLook struct {
	Salt      Salt
	Canonical []byte // nil where the look was erased: then there is nothing but the hash
	Hash      Hash   // what CommitLook gave; where the bytes are there it may be left zero, since it follows from them
}

// CommitLook is the hash of a look, from its canonical bytes and its salt.
func CommitLook(canonical []byte, salt Salt) (look Hash) {
	h := sha256.New()
	h.Write([]byte(lookTag))
	h.Write(salt[:])
	h.Write(canonical)
	h.Sum(look[:0])
	return look
}

// CommitLooks is the data of the leaf that commits to looks, from their hashes in their order.
func CommitLooks(looks []Hash) (leaf Hash) {
	h := sha256.New()
	h.Write([]byte(looksTag))
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(looks)))
	h.Write(n[:])
	for i := range looks {
		h.Write(looks[i][:])
	}
	h.Sum(leaf[:0])
	return leaf
}

// CheckLooks checks that looks commit to a leaf, each by its own hash; the error says which does not.
func CheckLooks(looks []SealedLook, leaf Hash) error {
	if len(looks) == 0 || len(looks) > MostLooks {
		return fmt.Errorf("a leaf of %d looks", len(looks))
	}
	hashes := make([]Hash, len(looks))
	for i := range looks {
		l := &looks[i]
		hashes[i] = l.Hash
		if l.Canonical == nil {
			continue
		}
		if err := CheckLook(l.Canonical); err != nil {
			return fmt.Errorf("look %d: %w", i+1, err)
		}
		hashes[i] = CommitLook(l.Canonical, l.Salt)
		if l.Hash != (Hash{}) && l.Hash != hashes[i] {
			return fmt.Errorf("look %d was changed: it commits to %s, its hash is %s", i+1, hashes[i], l.Hash)
		}
	}
	if have := CommitLooks(hashes); have != leaf {
		return fmt.Errorf("its %d looks commit to %s, its leaf is %s", len(looks), have, leaf)
	}
	return nil
}
