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

// Follow checks that a sealed entry follows in its stream: like Next, with the
// salted commitment in the place of the bare hash.
func (c *Chain) Follow(e *Sealed) error {
	canonical, err := e.Canonical()
	if err != nil {
		return err
	}
	if err := c.place(&e.Entry); err != nil {
		return err
	}
	if leaf := Commit(canonical, e.Head(e.Number).Append(nil), e.Salt); leaf != e.Leaf {
		return fmt.Errorf("%w: %s/%d was changed: it commits to %s, its leaf is %s", ErrBroken, e.Proceeding, e.Seq, leaf, e.Leaf)
	}
	c.Proceeding, c.Seq, c.Last = e.Proceeding, e.Seq, e.Leaf
	return nil
}

// place checks that the entry stands where the last one ended.
func (c *Chain) place(e *Entry) error {
	where := fmt.Sprintf("%s/%d", e.Proceeding, e.Seq)
	switch {
	case c.Proceeding != "" && e.Proceeding != c.Proceeding:
		return fmt.Errorf("%w: %s is of another stream than %s", ErrBroken, where, c.Proceeding)
	case e.Seq != c.Seq+1:
		return fmt.Errorf("%w: %s follows number %d", ErrBroken, where, c.Seq)
	case e.Previous != c.Last:
		return fmt.Errorf("%w: %s names another entry before it than number %d", ErrBroken, where, c.Seq)
	}
	return nil
}
