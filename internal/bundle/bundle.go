// Package bundle is a journal in one file: every entry in its canonical bytes with
// its salt and its leaf, in the order of the leaves, and every checkpoint. Whoever
// has the file and the office's public key can check, without the office and without
// a network, that nothing was changed, taken out or put in.
//
// It owns the file's format, which docs/journal-format.md has byte by byte, its
// writer and its verifier. It does no I/O but on the readers and writers that it is
// given, and knows no law: what an act meant is not its business.
//
// The file is a magic line and frames. Each frame is compressed for itself and ends
// with a digest over itself and the digest before it, so that frames can be unpacked
// and checked side by side, and a slip of one bit, a frame that is missing, doubled
// or moved, and an end that came too early are found whatever they hit. Who changes
// a file on purpose can make new digests: against him stand the commitments, the
// tree and the signatures.
package bundle

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"nazorat/internal/calendar"
	"nazorat/internal/journal"
)

// Magic is how the file begins.
const Magic = "nazorat/bundle/1\n"

// Kinds of frames, in the order in which they come.
const (
	kindHeader      = 'H'
	kindCheckpoints = 'C'
	kindRecords     = 'R'
	kindEnd         = 'E'
)

// What a record begins with.
const (
	tagEntry  = 0
	tagErased = 1
	tagLooks  = 2
)

const (
	frameHead = 1 + 4 + 4 // kind, length, length unpacked
	// fullAt is when a frame is closed: large enough to compress well, small enough for many at once in memory.
	fullAt = 512 << 10
	// largest that a frame is unpacked: one entry may be larger than fullAt.
	largest = 64 << 20
)

// Header says what a bundle is of.
type Header struct {
	Format string          `json:"format"`
	Origin string          `json:"origin"`
	Size   int64           `json:"size"` // how many leaves; the last checkpoint is of as many
	Keys   []string        `json:"keys"` // verifier keys that the office names as its own; whoever verifies brings his
	Made   calendar.Moment `json:"made"`
}

// Writer writes a bundle. It is not for concurrent use.
type Writer struct {
	w        *bufio.Writer
	zip      *zstd.Encoder
	digest   [sha256.Size]byte // of the last frame
	kind     byte              // of the frame that is being filled
	plain    []byte
	packed   []byte
	header   Header
	next     int64 // leaf
	frames   int64
	last     journal.Checkpoint
	finished bool
}

// NewWriter begins a bundle. Size and Origin must be those of the last checkpoint to come.
func NewWriter(w io.Writer, h Header) (*Writer, error) {
	zip, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithEncoderCRC(false))
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	h.Format = Magic[:len(Magic)-1]
	b := &Writer{w: bufio.NewWriterSize(w, 1<<20), zip: zip, digest: sha256.Sum256([]byte(Magic)), header: h, kind: kindCheckpoints}
	if _, err := b.w.WriteString(Magic); err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	text, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return b, b.frame(kindHeader, text)
}

// errOrder means that the writer was not given what it must be given, in that order.
var errOrder = errors.New("bundle: checkpoints by size, then records by leaf, as many as the header says")

// Checkpoint adds a checkpoint with its signatures; the smallest comes first.
func (b *Writer) Checkpoint(c journal.Checkpoint, note []byte) error {
	if b.kind != kindCheckpoints || c.Size < b.last.Size || c.Size > b.header.Size || c.Origin != b.header.Origin {
		return errOrder
	}
	b.last = c
	b.plain = append(binary.AppendUvarint(b.plain, uint64(len(note))), note...)
	return b.fill()
}

// Record adds an entry, or what is left of one that was erased.
func (b *Writer) Record(r *journal.Record) error {
	if b.kind == kindCheckpoints {
		if err := b.flush(); err != nil {
			return err
		}
		b.kind = kindRecords
	}
	if b.kind != kindRecords || r.At != b.next || b.next >= b.header.Size {
		return errOrder
	}
	b.next++
	if r.Looks != nil {
		b.looks(r)
		return b.fill()
	}
	if r.Canonical == nil {
		b.plain = append(append(b.plain, tagErased), r.Leaf[:]...)
		return b.fill()
	}
	b.plain = append(append(append(b.plain, tagEntry), r.Leaf[:]...), r.Salt[:]...)
	b.plain = append(binary.AppendUvarint(b.plain, uint64(len(r.Number))), r.Number...)
	b.plain = append(binary.AppendUvarint(b.plain, uint64(len(r.Canonical))), r.Canonical...)
	return b.fill()
}

// looks adds a leaf of looks.
func (b *Writer) looks(r *journal.Record) {
	b.plain = append(append(b.plain, tagLooks), r.Leaf[:]...)
	b.plain = binary.AppendUvarint(b.plain, uint64(len(r.Looks)))
	for i := range r.Looks {
		l := &r.Looks[i]
		if l.Canonical == nil {
			b.plain = append(append(b.plain, tagErased), l.Hash[:]...)
			continue
		}
		b.plain = append(append(b.plain, tagEntry), l.Salt[:]...)
		b.plain = append(binary.AppendUvarint(b.plain, uint64(len(l.Canonical))), l.Canonical...)
	}
}

// Close ends the bundle. Without it a bundle is not whole.
func (b *Writer) Close() error {
	if b.finished || b.next != b.header.Size || b.last.Size != b.header.Size || b.last.Origin == "" {
		return errOrder
	}
	b.finished = true
	if err := b.flush(); err != nil {
		return err
	}
	if err := b.frame(kindEnd, binary.BigEndian.AppendUint64(nil, uint64(b.frames))); err != nil {
		return err
	}
	if err := b.w.Flush(); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	return nil
}

func (b *Writer) fill() error {
	if len(b.plain) < fullAt {
		return nil
	}
	return b.flush()
}

func (b *Writer) flush() error {
	if len(b.plain) == 0 {
		return nil
	}
	err := b.frame(b.kind, b.plain)
	b.plain = b.plain[:0]
	return err
}

func (b *Writer) frame(kind byte, plain []byte) error {
	if len(plain) > largest {
		return fmt.Errorf("bundle: an entry of %d bytes", len(plain))
	}
	b.packed = b.zip.EncodeAll(plain, b.packed[:0])
	head := make([]byte, 0, frameHead)
	head = append(head, kind)
	head = binary.BigEndian.AppendUint32(head, uint32(len(b.packed)))
	head = binary.BigEndian.AppendUint32(head, uint32(len(plain)))
	b.digest = digestOf(b.digest, head, b.packed)
	b.frames++
	for _, part := range [][]byte{head, b.packed, b.digest[:]} {
		if _, err := b.w.Write(part); err != nil {
			return fmt.Errorf("bundle: %w", err)
		}
	}
	return nil
}

func digestOf(before [sha256.Size]byte, head, packed []byte) (out [sha256.Size]byte) {
	h := sha256.New()
	h.Write(before[:])
	h.Write(head)
	h.Write(packed)
	h.Sum(out[:0])
	return out
}
