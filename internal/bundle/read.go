package bundle

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"nazorat/internal/journal"
)

// frame is one frame as it lies in the file.
type frame struct {
	no     int64
	kind   byte
	head   [frameHead]byte
	packed []byte
	before [sha256.Size]byte // digest of the frame before
	digest [sha256.Size]byte
}

// frames reads a file's frames one after the other, without looking into them.
type frames struct {
	r      io.Reader
	next   int64
	digest [sha256.Size]byte
}

// errFile means that a file is not a whole bundle.
var errFile = errors.New("the file is no whole bundle")

func broken(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errFile, fmt.Sprintf(format, args...))
}

func openFrames(r io.Reader) (*frames, error) {
	magic := make([]byte, len(Magic))
	if _, err := io.ReadFull(r, magic); err != nil || string(magic) != Magic {
		return nil, broken("it does not begin with %q", Magic[:len(Magic)-1])
	}
	return &frames{r: r, digest: sha256.Sum256(magic)}, nil
}

// read gives the next frame, with its packed bytes in room if they fit there. After the last one it is the caller's to stop.
func (f *frames) read(room []byte) (*frame, error) {
	out := &frame{no: f.next, before: f.digest}
	if _, err := io.ReadFull(f.r, out.head[:]); err != nil {
		return nil, broken("it ends before frame %d", f.next)
	}
	out.kind = out.head[0]
	n := int(binary.BigEndian.Uint32(out.head[1:]))
	if n > largest || binary.BigEndian.Uint32(out.head[5:]) > largest {
		return nil, broken("frame %d is of %d bytes", f.next, n)
	}
	// Room grows with what is there, not with what a length says.
	out.packed = room[:0]
	for len(out.packed) < n {
		from, step := len(out.packed), min(n-len(out.packed), max(1<<20, len(out.packed)))
		if cap(out.packed) < from+step {
			out.packed = append(make([]byte, 0, withSlack(from+step)), out.packed...)
		}
		out.packed = out.packed[:from+step]
		if _, err := io.ReadFull(f.r, out.packed[from:]); err != nil {
			return nil, broken("it ends within frame %d", f.next)
		}
	}
	if _, err := io.ReadFull(f.r, out.digest[:]); err != nil {
		return nil, broken("it ends within frame %d", f.next)
	}
	f.digest = out.digest
	f.next++
	return out, nil
}

// withSlack is a length with some more: frames are nearly as long as each other, and memory
// that a frame filled to the last byte would do for every other one only.
func withSlack(n int) int { return n + n/8 + 64 }

// ended checks that nothing follows.
func (f *frames) ended() error {
	var one [1]byte
	if n, _ := io.ReadFull(f.r, one[:]); n > 0 {
		return broken("something follows its end")
	}
	return nil
}

// unpack checks a frame's digest and gives what is in it, in room if it fits there.
func (f *frame) unpack(zip *zstd.Decoder, room []byte) ([]byte, error) {
	if digestOf(f.before, f.head[:], f.packed) != f.digest {
		return nil, broken("frame %d was changed", f.no)
	}
	want := int(binary.BigEndian.Uint32(f.head[5:]))
	if cap(room) < want {
		room = make([]byte, 0, withSlack(want))
	}
	plain, err := zip.DecodeAll(f.packed, room[:0])
	if err != nil {
		return nil, broken("frame %d: %v", f.no, err)
	}
	if len(plain) != want {
		return nil, broken("frame %d is of %d bytes unpacked, not of %d", f.no, len(plain), want)
	}
	return plain, nil
}

func newUnpacker() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(largest))
}

func readHeader(plain []byte) (h Header, err error) {
	if err := json.Unmarshal(plain, &h); err != nil {
		return h, broken("its header: %v", err)
	}
	again, err := json.Marshal(h)
	if err != nil || string(again) != string(plain) {
		return h, broken("its header is not written as headers are")
	}
	if h.Format != Magic[:len(Magic)-1] || h.Size < 0 {
		return h, broken("its header is of another format")
	}
	return h, nil
}

// pieces takes a frame's content apart.
type pieces struct {
	rest []byte
	bad  bool
}

func (p *pieces) take(n uint64) []byte {
	if p.bad || n > uint64(len(p.rest)) {
		p.bad = true
		return nil
	}
	out := p.rest[:n:n]
	p.rest = p.rest[n:]
	return out
}

// length takes a number.
func (p *pieces) length() uint64 {
	n, used := binary.Uvarint(p.rest)
	if p.bad || used <= 0 || used > 1 && p.rest[used-1] == 0 { // a length has one way to be written
		p.bad = true
		return 0
	}
	p.rest = p.rest[used:]
	return n
}

// counted takes a piece with its length before it.
func (p *pieces) counted() []byte { return p.take(p.length()) }

// record takes one record; its number and canonical bytes point into the frame.
func (p *pieces) record(r *record) {
	tag := p.take(1)
	copy(r.leaf[:], p.take(uint64(len(r.leaf))))
	r.looks = nil
	if p.bad {
		return
	}
	switch tag[0] {
	case tagErased:
		r.canonical, r.number = nil, nil
	case tagEntry:
		copy(r.salt[:], p.take(journal.SaltSize))
		r.number = p.counted()
		r.canonical = p.counted()
		p.bad = p.bad || len(r.canonical) == 0
	case tagLooks:
		r.canonical, r.number = nil, nil
		r.looks = p.looks()
	default:
		p.bad = true
	}
}

// looks takes those of one leaf; their canonical bytes point into the frame.
func (p *pieces) looks() []journal.SealedLook {
	n := p.length()
	if p.bad || n == 0 || n > journal.MostLooks {
		p.bad = true
		return nil
	}
	out := make([]journal.SealedLook, 0, n)
	for range n {
		var l journal.SealedLook
		tag := p.take(1)
		switch {
		case p.bad:
			return nil
		case tag[0] == tagErased:
			copy(l.Hash[:], p.take(uint64(len(l.Hash))))
		case tag[0] == tagEntry:
			copy(l.Salt[:], p.take(journal.SaltSize))
			l.Canonical = p.counted()
			p.bad = p.bad || len(l.Canonical) == 0
		default:
			p.bad = true
		}
		if p.bad {
			return nil
		}
		out = append(out, l)
	}
	return out
}

// record is a journal.Record that owns no memory.
type record struct {
	leaf      journal.Hash
	salt      journal.Salt
	number    []byte
	canonical []byte
	looks     []journal.SealedLook // of a leaf of looks
}
