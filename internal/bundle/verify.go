package bundle

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"sync"

	"github.com/klauspost/compress/zstd"

	"nazorat/internal/fact"
	"nazorat/internal/journal"
)

// Report is what a bundle that holds says.
type Report struct {
	Header      Header // of the file
	Entries     int64  // that are there
	Erased      int64  // of which the leaf is left
	LookLeaves  int64  // leaves that are of looks
	Looks       int64  // that they commit to
	Proceedings int64
	Checkpoints int64
	Root        journal.Hash
	Last        *journal.Signed // the last checkpoint; nil if there is none
}

// Leaves is how many leaves the journal has.
func (r *Report) Leaves() int64 { return r.Entries + r.Erased + r.LookLeaves }

// Verify checks a whole bundle: each entry against its leaf, the streams of
// proceedings, the tree, and each checkpoint against the tree and the keys. The error
// names the first thing that does not fit; it wraps journal.ErrBroken if that is
// in the journal and not in the file.
//
// It uses all processors and holds some frames and one small record for each
// proceeding in memory.
func Verify(ctx context.Context, r io.Reader, keys journal.Keys) (*Report, error) {
	return VerifyWith(ctx, r, keys, nil)
}

// VerifyWith is Verify, and tells of each document that an entry's form names, in the order of the entries.
func VerifyWith(ctx context.Context, r io.Reader, keys journal.Keys, named func(fact.File)) (*Report, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	f, err := openFrames(r)
	if err != nil {
		return nil, err
	}
	ahead := 2 * runtime.GOMAXPROCS(0)
	work, order := make(chan *job, ahead), make(chan *job, ahead)
	rooms := make(chan *room, ahead+2) // one for each frame that waits in order, that is read, and that is taken
	for range cap(rooms) {
		rooms <- new(room)
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(func() { feed(ctx, f, rooms, work, order) })
	for range runtime.GOMAXPROCS(0) {
		zip, err := newUnpacker()
		if err != nil {
			return nil, err
		}
		wg.Go(func() {
			defer zip.Close()
			for j := range work {
				j.open(zip, keys, named != nil)
				close(j.done)
			}
		})
	}
	var c container
	for j := range order {
		select {
		case <-j.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if j.err == nil {
			j.err = c.take(j)
		}
		for _, f := range j.documents {
			named(f)
		}
		if j.err != nil {
			return nil, j.err
		}
		rooms <- j.room
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.report()
}

// room is memory that is used again.
type room struct {
	packed, plain []byte
	records       []checked
}

// job is a frame on its way.
type job struct {
	frame   *frame
	room    *room
	done    chan struct{}
	header  Header
	records []checked
	signed  []*journal.Signed
	err     error

	documents []fact.File // that entries name, where somebody asks
}

// checked is a record that fits its leaf, or why it does not.
type checked struct {
	leaf       journal.Hash
	hash       [32]byte // of the leaf in the tree
	erased     bool
	looks      int // how many, of a leaf of looks
	number     []byte
	proceeding []byte
	seq        int64
	previous   journal.Hash
	mismatch   error
}

// feed reads frames until the last, hands each to whoever is free, and keeps their order.
func feed(ctx context.Context, f *frames, rooms <-chan *room, work, order chan<- *job) {
	defer close(order)
	defer close(work)
	send := func(j *job) bool {
		for _, c := range []chan<- *job{order, work} {
			select {
			case c <- j:
			case <-ctx.Done():
				return false
			}
		}
		return true
	}
	for {
		var m *room
		select {
		case m = <-rooms:
		case <-ctx.Done():
			return
		}
		j := &job{room: m, done: make(chan struct{})}
		if j.frame, j.err = f.read(m.packed); j.err == nil {
			m.packed = j.frame.packed
			if j.frame.kind == kindEnd {
				j.err = f.ended()
			}
		}
		last := j.err != nil || j.frame.kind == kindEnd // once it is sent the job is another's
		if !send(j) || last {
			return
		}
	}
}

// open does all that can be done without the frames before.
func (j *job) open(zip *zstd.Decoder, keys journal.Keys, named bool) {
	if j.err != nil {
		return
	}
	plain, err := j.frame.unpack(zip, j.room.plain)
	if err != nil {
		j.err = err
		return
	}
	j.room.plain = plain
	p := pieces{rest: plain}
	switch j.frame.kind {
	case kindHeader:
		j.header, j.err = readHeader(plain)
	case kindCheckpoints:
		for len(p.rest) > 0 && j.err == nil {
			note := p.counted()
			if p.bad {
				j.err = broken("frame %d holds no checkpoints", j.frame.no)
				return
			}
			var s *journal.Signed
			if s, j.err = journal.OpenCheckpoint(append([]byte(nil), note...), keys); j.err != nil {
				j.err = fmt.Errorf("%w: checkpoint %q: %w", journal.ErrBroken, firstLines(note), j.err)
				return
			}
			j.signed = append(j.signed, s)
		}
	case kindRecords:
		j.records = j.room.records[:0]
		var r record
		var head []byte
		for len(p.rest) > 0 {
			p.record(&r)
			if p.bad {
				j.err = broken("frame %d holds no records", j.frame.no)
				return
			}
			var c checked
			c, head = check(&r, head)
			j.records = append(j.records, c)
			if named && r.canonical != nil {
				list, err := journal.Documents(r.canonical)
				if err != nil {
					j.err = broken("frame %d: %v", j.frame.no, err)
					return
				}
				j.documents = append(j.documents, list...)
			}
		}
		j.room.records = j.records
	case kindEnd:
		if len(plain) != 8 {
			j.err = broken("its end is of another form")
		}
		j.room.plain = plain
	default:
		j.err = broken("frame %d is of an unknown kind", j.frame.no)
	}
}

func firstLines(note []byte) string { return string(note[:min(len(note), 80)]) }

// check holds a record against its leaf. head is memory to write in.
func check(r *record, head []byte) (checked, []byte) {
	c := checked{leaf: r.leaf, hash: journal.TreeLeaf(r.leaf), erased: r.canonical == nil && r.looks == nil, looks: len(r.looks), number: r.number}
	if c.looks > 0 {
		c.mismatch = journal.CheckLooks(r.looks, r.leaf)
		return c, head
	}
	if c.erased {
		return c, head
	}
	parts, err := journal.Split(r.canonical)
	if err != nil {
		c.mismatch = err
		return c, head
	}
	c.proceeding, c.seq, c.previous = parts.Proceeding, parts.Seq, parts.Previous
	head = parts.AppendHead(head[:0], string(r.number))
	if leaf := journal.Commit(r.canonical, head, r.salt); leaf != r.leaf {
		c.mismatch = fmt.Errorf("its bytes commit to %s, its leaf is %s", leaf, r.leaf)
	}
	return c, head
}
