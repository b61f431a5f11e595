package journal

import "fmt"

// Sealed is an entry with what makes it a leaf: all that storage keeps of it.
type Sealed struct {
	Entry
	Number string // of the proceeding
	Salt   Salt
	Leaf   Hash  // what Commit gave
	At     int64 // number of the leaf in the tree, from 0
}

// Chain checks one stream, entry by entry. Its zero value stands before the first.
type Chain struct {
	Proceeding string
	Seq        int64
	Last       Hash
}

// Follow checks that an entry is the next of its stream and what its leaf commits
// to; the error says what does not fit.
func (c *Chain) Follow(e *Sealed) error {
	off := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s/%d %s", ErrBroken, e.Proceeding, e.Seq, fmt.Sprintf(format, args...))
	}
	switch {
	case c.Proceeding != "" && e.Proceeding != c.Proceeding:
		return off("is of another stream than %s", c.Proceeding)
	case e.Seq != c.Seq+1:
		return off("follows number %d", c.Seq)
	case e.Previous != c.Last:
		return off("names another entry before it than number %d", c.Seq)
	}
	canonical := e.AppendCanonical(nil, AppendForm(nil, e.Form), AppendEffects(nil, e.Effects))
	if leaf := Commit(canonical, e.Head(e.Number).Append(nil), e.Salt); leaf != e.Leaf {
		return off("was changed: it commits to %s, its leaf is %s", leaf, e.Leaf)
	}
	c.Proceeding, c.Seq, c.Last = e.Proceeding, e.Seq, e.Leaf
	return nil
}
