package bundle

import (
	"encoding/binary"
	"fmt"

	"nazorat/internal/journal"
)

// audit takes frames in their order and holds them against each other.
type audit struct {
	header    Header
	begun     bool
	frames    int64
	ended     bool
	signed    []*journal.Signed
	next      int // of signed, not yet held against the tree
	tree      journal.Frontier
	streams   map[string]*stream
	numbers   map[string]*stream
	erased    map[journal.Hash]int64 // leaves without an entry that no stream has claimed
	nameless  int64                  // erased entries that streams lack and nobody can name
	entries   int64
	erasedAll int64
}

// stream is how far a proceeding has come.
type stream struct {
	number string
	seq    int64
	last   journal.Hash
}

func newAudit() *audit {
	return &audit{streams: map[string]*stream{}, numbers: map[string]*stream{}, erased: map[journal.Hash]int64{}}
}

func (a *audit) take(j *job) error {
	f := j.frame
	switch {
	case a.ended:
		return broken("something follows its end")
	case (f.kind == kindHeader) != (f.no == 0):
		return broken("frame %d: a header comes first and once", f.no)
	}
	a.frames++
	switch f.kind {
	case kindHeader:
		a.header, a.begun = j.header, true
	case kindCheckpoints:
		if a.tree.Size > 0 {
			return broken("frame %d: checkpoints come before entries", f.no)
		}
		return a.checkpoints(j.signed)
	case kindRecords:
		for i := range j.records {
			if err := a.record(&j.records[i]); err != nil {
				return err
			}
		}
	case kindEnd:
		a.ended = true
		if n := binary.BigEndian.Uint64(j.room.plain); n != uint64(a.frames-1) {
			return broken("it says that it has %d frames, and has %d", n, a.frames-1)
		}
	}
	return nil
}

func (a *audit) checkpoints(list []*journal.Signed) error {
	for _, s := range list {
		if s.Origin != a.header.Origin {
			return fmt.Errorf("%w: a checkpoint is of %s, the journal is %s", journal.ErrBroken, s.Origin, a.header.Origin)
		}
		if n := len(a.signed); n > 0 && s.Size < a.signed[n-1].Size || s.Size > a.header.Size {
			return broken("its checkpoints are out of order")
		}
		a.signed = append(a.signed, s)
	}
	if a.tree.Size == 0 {
		return a.reached()
	}
	return nil
}

// reached holds the checkpoints of this size against the tree.
func (a *audit) reached() error {
	for ; a.next < len(a.signed) && a.signed[a.next].Size == a.tree.Size; a.next++ {
		root, err := a.tree.Root()
		if err != nil {
			return err
		}
		if s := a.signed[a.next]; s.Root != root {
			from := int64(0)
			if a.next > 0 {
				from = a.signed[a.next-1].Size
			}
			return fmt.Errorf("%w: the first %d leaves have the root %s, signed was %s: a leaf from number %d on is not the one that was signed", journal.ErrBroken, s.Size, root, s.Root, from)
		}
	}
	return nil
}

func (a *audit) record(c *checked) error {
	at := a.tree.Size
	off := func(format string, args ...any) error {
		return fmt.Errorf("%w: leaf %d, %s/%d: %s", journal.ErrBroken, at, c.number, c.parts.Seq, fmt.Sprintf(format, args...))
	}
	switch {
	case at >= a.header.Size:
		return broken("it has more leaves than the %d that it names", a.header.Size)
	case c.mismatch != nil:
		return off("%v", c.mismatch)
	case c.erased:
		a.erasedAll++
		a.erased[c.leaf] = at
	default:
		a.entries++
		if err := a.follow(c, off); err != nil {
			return err
		}
	}
	if _, err := a.tree.Add(c.hash); err != nil {
		return err
	}
	return a.reached()
}

// follow holds an entry against its proceeding's stream.
func (a *audit) follow(c *checked, off func(string, ...any) error) error {
	s := a.streams[string(c.parts.Proceeding)]
	if s == nil {
		s = &stream{number: string(c.number)}
		if other := a.numbers[s.number]; other != nil {
			return off("another proceeding has this number already")
		}
		a.streams[string(c.parts.Proceeding)], a.numbers[s.number] = s, s
	}
	if s.number != string(c.number) {
		return off("the proceeding was number %s before", s.number)
	}
	gap := c.parts.Seq - s.seq - 1
	switch {
	case gap < 0:
		return off("its proceeding has come to %d already", s.seq)
	case gap == 0 && c.parts.Previous != s.last:
		return off("it names %s as the entry before it, that is %s", c.parts.Previous, s.last)
	case gap > 0:
		// Entries are missing. The last of them must be an erased leaf that this one names; those before can only be counted.
		if _, there := a.erased[c.parts.Previous]; !there {
			return off("its proceeding lacks number %d", s.seq+1)
		}
		delete(a.erased, c.parts.Previous)
		if a.nameless += gap - 1; a.nameless > int64(len(a.erased)) {
			return off("its proceeding lacks more entries than were erased")
		}
	}
	s.seq, s.last = c.parts.Seq, c.leaf
	return nil
}

func (a *audit) report() (*Report, error) {
	switch {
	case !a.begun || !a.ended:
		return nil, broken("it has no end")
	case a.nameless > int64(len(a.erased)): // some that seemed to be of one stream were named by another
		return nil, fmt.Errorf("%w: proceedings lack more entries than were erased", journal.ErrBroken)
	case a.tree.Size != a.header.Size:
		return nil, broken("it has %d leaves, not the %d that it names", a.tree.Size, a.header.Size)
	case len(a.signed) == 0 || a.signed[len(a.signed)-1].Size != a.header.Size:
		return nil, fmt.Errorf("%w: no checkpoint covers its %d leaves", journal.ErrBroken, a.header.Size)
	}
	last := a.signed[len(a.signed)-1]
	return &Report{Header: a.header, Entries: a.entries, Erased: a.erasedAll, Proceedings: int64(len(a.streams)), Checkpoints: int64(len(a.signed)), Root: last.Root, Last: last}, nil
}
