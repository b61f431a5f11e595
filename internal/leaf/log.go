package leaf

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"golang.org/x/mod/sumdb/tlog"

	"nazorat/internal/db"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
)

// Log reads the tree: tiles, proofs, checkpoints. Safe for concurrent use; it
// keeps nothing in memory and waits for no writer, since what it reads never changes.
type Log struct {
	db *db.DB
	// Fence, where set, is asked in each transaction that writes a checkpoint or a
	// cosignature: whoever holds no duty any more must not write under it.
	Fence func(context.Context, *db.Tx) error
}

// Open gives the tree in a database.
func Open(d *db.DB) *Log { return &Log{db: d} }

const (
	selectHead   = `SELECT size, peaks FROM journal_head WHERE id = 1`
	selectLeaves = `SELECT first, data FROM journal_leaf WHERE first >= $1 AND first < $2 ORDER BY first`
	selectNodes  = `SELECT n, hash FROM journal_node WHERE level = $1 AND n >= $2 AND n < $3 ORDER BY n`
)

// Size is how many leaves there are.
func (l *Log) Size(ctx context.Context) (int64, error) {
	t, err := l.tip(ctx)
	if err != nil {
		return 0, err
	}
	return t.Size, nil
}

func (l *Log) tip(ctx context.Context) (*Tip, error) { return scanTip(l.db.QueryRow(ctx, selectHead)) }

// errHole means that leaves or hashes that must be there are not.
var errHole = errors.New("the journal's tree has a hole")

// Leaves reads the data of the leaves from number from up to and without to,
// which must be of one tile: one piece of 32 bytes for each.
func (l *Log) Leaves(ctx context.Context, from, to int64) ([]byte, error) {
	if from < 0 || to <= from || from/width != (to-1)/width {
		return nil, fmt.Errorf("leaves %d to %d are not of one tile", from, to)
	}
	start := from / width * width
	rows, err := l.db.Query(ctx, selectLeaves, start, to)
	if err != nil {
		return nil, fmt.Errorf("read leaves: %w", err)
	}
	out := make([]byte, 0, width*len(journal.Hash{}))
	out, err = collect(rows, start, out, "leaf")
	if err != nil {
		return nil, err
	}
	if int64(len(out)) < (to-start)*int64(len(journal.Hash{})) {
		return nil, fmt.Errorf("%w: leaf %d", errHole, start+int64(len(out)/len(journal.Hash{})))
	}
	return out[(from-start)*int64(len(journal.Hash{})) : (to-start)*int64(len(journal.Hash{}))], nil
}

// collect puts rows side by side that are numbered without gaps from start on.
func collect(rows *sql.Rows, start int64, out []byte, what string) ([]byte, error) {
	defer rows.Close()
	for rows.Next() {
		var n int64
		var data sql.RawBytes
		if err := rows.Scan(&n, &data); err != nil {
			return nil, err
		}
		if at := start + int64(len(out)/len(journal.Hash{})); n != at {
			return nil, fmt.Errorf("%w: %s %d", errHole, what, at)
		}
		out = append(out, data...)
	}
	return out, rows.Err()
}

// Tile gives the hashes of a tile of height 8, as C2SP tlog-tiles has them: those
// of the tree's leaves where its level is 0, else the roots of full tiles below.
func (l *Log) Tile(ctx context.Context, t tlog.Tile) ([]byte, error) {
	if t.H != height || t.L < 0 || t.L > 7 || t.N < 0 || t.N > math.MaxInt64>>(height*(t.L+1)) || t.W < 1 || t.W > width {
		return nil, fmt.Errorf("tile %s: there is none of that height, level or width", t.Path())
	}
	first := t.N * width
	if t.L == 0 {
		data, err := l.Leaves(ctx, first, first+int64(t.W))
		if err != nil {
			return nil, err
		}
		for at := 0; at < len(data); at += len(journal.Hash{}) {
			h := tlog.RecordHash(data[at : at+len(journal.Hash{})])
			copy(data[at:], h[:])
		}
		return data, nil
	}
	rows, err := l.db.Query(ctx, selectNodes, t.L*height, first, first+int64(t.W))
	if err != nil {
		return nil, fmt.Errorf("read hashes: %w", err)
	}
	out, err := collect(rows, first, make([]byte, 0, t.W*len(journal.Hash{})), fmt.Sprintf("hash of level %d,", t.L*height))
	if err != nil {
		return nil, err
	}
	if len(out) != t.W*len(journal.Hash{}) {
		return nil, fmt.Errorf("%w: tile %s", errHole, t.Path())
	}
	return out, nil
}

// Reader gives hashes of the tree of some size, for tlog's proofs. It keeps the tiles
// that it read, so it is made for one proof or a few, and is not for concurrent use.
func (l *Log) Reader(ctx context.Context, size int64) tlog.HashReader {
	tiles := map[tlog.Tile][]byte{}
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			t := tlog.TileForIndex(height, index)
			t.W = int(min(width, size>>(height*t.L)-t.N*width)) // all of it that there is
			data, ok := tiles[t]
			if !ok {
				var err error
				if data, err = l.Tile(ctx, t); err != nil {
					return nil, err
				}
				tiles[t] = data
			}
			var err error
			if out[i], err = tlog.HashFromTile(t, data, index); err != nil {
				return nil, err
			}
		}
		return out, nil
	})
}

// Root is the hash of the tree when it had so many leaves, computed from what is stored.
func (l *Log) Root(ctx context.Context, size int64) (journal.Hash, error) {
	h, err := tlog.TreeHash(size, l.Reader(ctx, size))
	if err != nil {
		return journal.Hash{}, fmt.Errorf("root of %d leaves: %w", size, err)
	}
	return journal.Hash(h), nil
}

// Inclusion proves that the leaf n is in the tree of that size.
func (l *Log) Inclusion(ctx context.Context, n, size int64) ([]journal.Hash, error) {
	if n < 0 || n >= size {
		return nil, fault.New(fault.NotFound, "journal.no_leaf", fault.Args{"leaf": n})
	}
	p, err := tlog.ProveRecord(size, n, l.Reader(ctx, size))
	return hashes(p), err
}

// Consistency proves that the tree of one size is the beginning of that of another.
func (l *Log) Consistency(ctx context.Context, before, after int64) ([]journal.Hash, error) {
	if before == 0 {
		return nil, nil
	}
	p, err := tlog.ProveTree(after, before, l.Reader(ctx, after))
	return hashes(p), err
}

func hashes(list []tlog.Hash) []journal.Hash {
	out := make([]journal.Hash, len(list))
	for i := range list {
		out[i] = journal.Hash(list[i])
	}
	return out
}

// Prove completes a receipt with the newest checkpoint, or, where witnesses is more
// than 0, the newest that so many have signed, if that covers its leaf. An
// Unavailable fault says that none covers it yet: one will in a second or so.
func (l *Log) Prove(ctx context.Context, r *journal.Receipt, witnesses int) error {
	s, err := l.Latest(ctx)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if err != nil || s.Size <= r.Leaf {
		return fault.New(fault.Unavailable, "journal.not_signed_yet", nil)
	}
	if witnesses > 0 {
		if c, err := l.LatestCosigned(ctx, witnesses); err == nil && c.Size > r.Leaf {
			s = c
		} else if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	if r.Proof, err = l.Inclusion(ctx, r.Leaf, s.Size); err != nil {
		return err
	}
	r.Checkpoint = s.Note
	return nil
}
