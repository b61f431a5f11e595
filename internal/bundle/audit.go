package bundle

import (
	"encoding/binary"
	"fmt"

	"nazorat/internal/journal"
)

// Audit holds entries and checkpoints against each other, as they come: the
// checkpoints first, by size, then the entries by leaf. It is what Verify does with a
// file, for whoever has a journal in another form. It is not for concurrent use.
type Audit struct {
	origin    string
	size      int64 // how many leaves there are to be; -1 where that is not known
	signed    []*journal.Signed
	next      int // of signed, not yet held against the tree
	tree      journal.Frontier
	streams   map[string]*stream
	numbers   map[string]*stream
	erased    map[journal.Hash]int64 // leaves without an entry that no stream has claimed
	nameless  int64                  // erased entries that streams lack and nobody can name
	entries   int64
	erasedAll int64
	leaves    int64 // of looks
	looks     int64
	head      []byte // memory to write in
}

// stream is how far a proceeding has come.
type stream struct {
	number string
	seq    int64
	last   journal.Hash
}

// NewAudit begins with an empty tree of that name. A size of -1 says that it is not
// known yet; then the last leaves may be such as no checkpoint covers.
func NewAudit(origin string, size int64) *Audit {
	return &Audit{origin: origin, size: size, streams: map[string]*stream{}, numbers: map[string]*stream{}, erased: map[journal.Hash]int64{}}
}

// container is what a file has around the journal: the order and the number of its frames.
type container struct {
	header Header
	audit  *Audit
	frames int64
	ended  bool
}

func (c *container) take(j *job) error {
	f := j.frame
	switch {
	case c.ended:
		return broken("something follows its end")
	case (f.kind == kindHeader) != (f.no == 0):
		return broken("frame %d: a header comes first and once", f.no)
	}
	c.frames++
	switch f.kind {
	case kindHeader:
		c.header, c.audit = j.header, NewAudit(j.header.Origin, j.header.Size)
	case kindCheckpoints:
		for _, s := range j.signed {
			if err := c.audit.Checkpoint(s); err != nil {
				return err
			}
		}
	case kindRecords:
		for i := range j.records {
			if err := c.audit.record(&j.records[i]); err != nil {
				return err
			}
		}
	case kindEnd:
		c.ended = true
		if n := binary.BigEndian.Uint64(j.room.plain); n != uint64(c.frames-1) {
			return broken("it says that it has %d frames, and has %d", n, c.frames-1)
		}
	}
	return nil
}

func (c *container) report() (*Report, error) {
	if !c.ended {
		return nil, broken("it has no end")
	}
	r, err := c.audit.Report()
	if err != nil {
		return nil, err
	}
	r.Header = c.header
	return r, nil
}

// Checkpoint takes the next checkpoint; it was opened with the keys that count.
func (a *Audit) Checkpoint(s *journal.Signed) error {
	switch n := len(a.signed); {
	case s.Origin != a.origin:
		return fmt.Errorf("%w: a checkpoint is of %s, the journal is %s", journal.ErrBroken, s.Origin, a.origin)
	case a.tree.Size > 0 || n > 0 && s.Size < a.signed[n-1].Size || a.size >= 0 && s.Size > a.size:
		return broken("its checkpoints are out of order")
	}
	a.signed = append(a.signed, s)
	return a.reached()
}

// Record takes the next entry.
func (a *Audit) Record(r *journal.Record) error {
	if r.At != a.tree.Size {
		return fmt.Errorf("%w: leaf %d is missing", journal.ErrBroken, a.tree.Size)
	}
	var c checked
	c, a.head = check(&record{leaf: r.Leaf, salt: r.Salt, number: []byte(r.Number), canonical: r.Canonical, looks: r.Looks}, a.head)
	return a.record(&c)
}

// reached holds the checkpoints of this size against the tree.
func (a *Audit) reached() error {
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

func (a *Audit) record(c *checked) error {
	switch at := a.tree.Size; {
	case a.size >= 0 && at >= a.size:
		return broken("it has more leaves than the %d that it names", a.size)
	case c.mismatch != nil:
		return a.off(c, "%v", c.mismatch)
	case c.erased:
		a.erasedAll++
		a.erased[c.leaf] = at
	case c.looks > 0:
		a.leaves++
		a.looks += int64(c.looks)
	default:
		a.entries++
		if err := a.follow(c); err != nil {
			return err
		}
	}
	a.tree.Grow(c.hash)
	return a.reached()
}

// off says what does not fit at the leaf that comes next.
func (a *Audit) off(c *checked, format string, args ...any) error {
	if c.looks > 0 {
		return fmt.Errorf("%w: leaf %d, of looks: %s", journal.ErrBroken, a.tree.Size, fmt.Sprintf(format, args...))
	}
	return fmt.Errorf("%w: leaf %d, %s/%d: %s", journal.ErrBroken, a.tree.Size, c.number, c.seq, fmt.Sprintf(format, args...))
}

// follow holds an entry against its proceeding's stream.
func (a *Audit) follow(c *checked) error {
	s := a.streams[string(c.proceeding)]
	if s == nil {
		s = &stream{number: string(c.number)}
		if other := a.numbers[s.number]; other != nil {
			return a.off(c, "another proceeding has this number already")
		}
		a.streams[string(c.proceeding)], a.numbers[s.number] = s, s
	}
	if s.number != string(c.number) {
		return a.off(c, "the proceeding was number %s before", s.number)
	}
	gap := c.seq - s.seq - 1
	switch {
	case gap < 0:
		return a.off(c, "its proceeding has come to %d already", s.seq)
	case gap == 0 && c.previous != s.last:
		return a.off(c, "it names %s as the entry before it, that is %s", c.previous, s.last)
	case gap > 0:
		// Entries are missing. The last of them must be an erased leaf that this one names; those before can only be counted.
		if _, there := a.erased[c.previous]; !there {
			return a.off(c, "its proceeding lacks number %d", s.seq+1)
		}
		delete(a.erased, c.previous)
		if a.nameless += gap - 1; a.nameless > int64(len(a.erased)) {
			return a.off(c, "its proceeding lacks more entries than were erased")
		}
	}
	s.seq, s.last = c.seq, c.leaf
	return nil
}

// Report ends the audit.
func (a *Audit) Report() (*Report, error) {
	switch {
	case a.nameless > int64(len(a.erased)): // some that seemed to be of one stream were named by another
		return nil, fmt.Errorf("%w: proceedings lack more entries than were erased", journal.ErrBroken)
	case a.size >= 0 && a.tree.Size != a.size:
		return nil, broken("it has %d leaves, not the %d that it names", a.tree.Size, a.size)
	case a.next < len(a.signed):
		return nil, fmt.Errorf("%w: it has %d leaves, and %d were signed", journal.ErrBroken, a.tree.Size, a.signed[len(a.signed)-1].Size)
	case a.size >= 0 && (len(a.signed) == 0 || a.signed[len(a.signed)-1].Size != a.size):
		return nil, fmt.Errorf("%w: no checkpoint covers its %d leaves", journal.ErrBroken, a.size)
	}
	root, err := a.tree.Root()
	if err != nil {
		return nil, err
	}
	r := &Report{Entries: a.entries, Erased: a.erasedAll, LookLeaves: a.leaves, Looks: a.looks, Proceedings: int64(len(a.streams)), Checkpoints: int64(len(a.signed)), Root: root}
	if n := len(a.signed); n > 0 {
		r.Last = a.signed[n-1]
	}
	return r, nil
}
