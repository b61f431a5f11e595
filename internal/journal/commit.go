package journal

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"

	"nazorat/internal/calendar"
)

// A leaf of the tree is a commitment in two steps, so that three things hold at
// once: the public tree tells nothing (without the salt nobody can try out what
// an entry might say), a receipt can show its head and be checked without the
// form, and the salt and the texts can be erased without the tree noticing.
//
//	body = SHA-256("nazorat/body/1" 0x00 salt canonical)
//	leaf = SHA-256("nazorat/leaf/1" 0x00 head 0x00 body)
//
// The salt has a fixed length and the head, being JSON, holds no 0x00, so two
// different entries never give the same bytes to hash. The tree's own leaf hash
// is that of RFC 6962 over the 32 bytes of leaf.
const (
	bodyTag = "nazorat/body/1\x00"
	leafTag = "nazorat/leaf/1\x00"
)

// SaltSize is the length of a salt in bytes: as many as cannot be tried out.
const SaltSize = 16

// Salt is what hides an entry in its leaf. It is drawn for each entry, kept
// beside it, and erased with it; it is never derived from anything.
type Salt [SaltSize]byte

// NewSalt draws a salt.
func NewSalt() (s Salt) {
	_, _ = rand.Read(s[:]) // never fails: the program ends where no chance can be had
	return s
}

// SaltOf reads a salt from its bytes.
func SaltOf(b []byte) (s Salt, err error) {
	if len(b) != len(s) {
		return s, fmt.Errorf("salt of %d bytes: want %d", len(b), len(s))
	}
	copy(s[:], b)
	return s, nil
}

// Head is what a receipt tells of an entry: nothing that was typed into the form.
type Head struct {
	Number   string          // of the proceeding
	Seq      int64           // of the entry in it
	Office   string          // where whoever acted serves
	Act      string          // its name in the law
	Recorded calendar.Moment // microseconds UTC
}

// Head of an entry in the proceeding with this number.
func (e *Entry) Head(number string) Head {
	return Head{Number: number, Seq: e.Seq, Office: e.Office, Act: e.Act, Recorded: e.Recorded}
}

// Append appends the head's canonical bytes: JSON in this order of fields, written like an entry's.
func (h Head) Append(dst []byte) []byte {
	dst = appendKey(dst, `{"number":`, h.Number)
	dst = appendInt(dst, `,"seq":`, h.Seq)
	dst = appendKey(dst, `,"office":`, h.Office)
	dst = appendKey(dst, `,"act":`, h.Act)
	return append(appendInt(dst, `,"recorded":`, int64(h.Recorded)), '}')
}

// Body is the salted hash of an entry's canonical bytes.
func Body(canonical []byte, salt Salt) (body Hash) {
	h := sha256.New()
	h.Write([]byte(bodyTag))
	h.Write(salt[:])
	h.Write(canonical)
	h.Sum(body[:0])
	return body
}

// Leaf is the leaf's data, from the head's canonical bytes and the body.
func Leaf(head []byte, body Hash) Hash {
	var few [512]byte
	b := append(few[:0], leafTag...)
	b = append(b, head...)
	b = append(b, 0)
	return sha256.Sum256(append(b, body[:]...))
}

// Commit is the data of an entry's leaf, from its canonical bytes, the canonical
// bytes of its head, and its salt.
//
// It is also the entry's hash in its stream, the one that the next entry names as
// its Previous: were that a bare hash of the canonical bytes, it would still
// answer guesses about the texts of an entry after they were erased.
func Commit(canonical, head []byte, salt Salt) Hash {
	return Leaf(head, Body(canonical, salt))
}

// TreeLeaf is the hash of a leaf in the tree: that of RFC 6962 over its data.
func TreeLeaf(leaf Hash) [sha256.Size]byte {
	var record [1 + sha256.Size]byte // what tlog.RecordHash hashes: a zero and the data
	copy(record[1:], leaf[:])
	return sha256.Sum256(record[:])
}
