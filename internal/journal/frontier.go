package journal

import (
	"errors"
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// Frontier is all of a tree that adding leaves to it needs: its size and the roots
// of the complete subtrees that it consists of, one for each bit that is set in the
// size. Its zero value is the empty tree.
type Frontier struct {
	Size  int64
	peaks [63]tlog.Hash // by level
}

// ErrFrontier means that bytes are no frontier of that size.
var ErrFrontier = errors.New("the hashes at the end of the tree do not fit its size")

// ReadFrontier reads what Peaks wrote.
func ReadFrontier(size int64, raw []byte) (f Frontier, err error) {
	if size < 0 || len(raw) != bits.OnesCount64(uint64(size))*tlog.HashSize {
		return f, fmt.Errorf("%w: %d leaves and %d bytes", ErrFrontier, size, len(raw))
	}
	f.Size = size
	for level := len(f.peaks) - 1; level >= 0; level-- {
		if size>>level&1 == 1 {
			raw = raw[copy(f.peaks[level][:], raw):]
		}
	}
	return f, nil
}

// Peaks are the roots of the subtrees from left to right, the largest first.
func (f *Frontier) Peaks() []byte {
	out := make([]byte, 0, 24*tlog.HashSize)
	for level := len(f.peaks) - 1; level >= 0; level-- {
		if f.Size>>level&1 == 1 {
			out = append(out, f.peaks[level][:]...)
		}
	}
	return out
}

// ReadHashes gives the stored hashes that adding a leaf or taking the root asks for, which are all peaks.
func (f *Frontier) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, _ := tlog.SplitStoredHashIndex(index)
		out[i] = f.peaks[level]
	}
	return out, nil
}

// Add adds the hash of a leaf (tlog.RecordHash of its data) and gives the roots of
// the subtrees that it completed, by their level, from itself on.
func (f *Frontier) Add(leaf tlog.Hash) ([]tlog.Hash, error) {
	if f.Size&1 == 0 { // completes nothing, as every other leaf
		f.peaks[0] = leaf
		f.Size++
		return []tlog.Hash{leaf}, nil
	}
	done, err := tlog.StoredHashesForRecordHash(f.Size, leaf, f)
	if err != nil {
		return nil, fmt.Errorf("add leaf %d: %w", f.Size, err)
	}
	top := len(done) - 1
	f.peaks[top] = done[top]
	f.Size++
	return done, nil
}

// Grow is Add for whoever does not ask which subtrees were completed: it needs no memory.
func (f *Frontier) Grow(leaf tlog.Hash) {
	level := 0
	for ; f.Size>>level&1 == 1; level++ {
		leaf = tlog.NodeHash(f.peaks[level], leaf)
	}
	f.peaks[level] = leaf
	f.Size++
}

// Root is the hash of the tree.
func (f *Frontier) Root() (Hash, error) {
	h, err := tlog.TreeHash(f.Size, f)
	return Hash(h), err
}
