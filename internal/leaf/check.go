package leaf

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"

	"nazorat/internal/journal"
)

const (
	selectAllNodes  = `SELECT level, n, hash FROM journal_node ORDER BY level, n`
	selectAllLeaves = `SELECT first, n, data FROM journal_leaf WHERE first < $1 ORDER BY first`
)

// Check computes the whole tree from its leaves and holds every hash that is stored
// against it, and the head row. each, if given, is handed every leaf in order. It gives
// how many leaves there are; the error wraps journal.ErrBroken where something does
// not fit. Leaves that are appended meanwhile are not looked at.
func (l *Log) Check(ctx context.Context, each func(at int64, leaf journal.Hash) error) (int64, error) {
	tip, err := l.tip(ctx)
	if err != nil {
		return 0, err
	}
	bulk, err := l.db.Bulk()
	if err != nil {
		return 0, err
	}
	defer func() { _ = bulk.Close() }() // what was read was read
	type place struct {
		level int
		n     int64
	}
	nodes := map[place]journal.Hash{}
	rows, err := bulk.Query(ctx, selectAllNodes)
	if err != nil {
		return 0, fmt.Errorf("read hashes: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var p place
		var raw []byte
		if err := rows.Scan(&p.level, &p.n, &raw); err != nil {
			return 0, err
		}
		if nodes[p], err = journal.HashOf(raw); err != nil {
			return 0, fmt.Errorf("%w: hash %d of level %d: %w", journal.ErrBroken, p.n, p.level, err)
		}
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	list, err := bulk.Query(ctx, selectAllLeaves, tip.Size)
	if err != nil {
		return 0, fmt.Errorf("read leaves: %w", err)
	}
	defer list.Close()
	var tree journal.Frontier
	for list.Next() {
		var first, n int64
		var data sql.RawBytes
		if err := list.Scan(&first, &n, &data); err != nil {
			return 0, err
		}
		if first != tree.Size || int64(len(data)) != n*int64(len(journal.Hash{})) || first/width != (first+n-1)/width {
			return 0, fmt.Errorf("%w: leaf %d: its row does not follow the one before", journal.ErrBroken, tree.Size)
		}
		for ; len(data) > 0; data = data[len(journal.Hash{}):] {
			leaf := journal.Hash(data[:len(journal.Hash{})])
			if each != nil {
				if err := each(tree.Size, leaf); err != nil {
					return 0, err
				}
			}
			done, err := tree.Add(journal.TreeLeaf(leaf))
			if err != nil {
				return 0, err
			}
			for level := height; level < len(done); level += height {
				p := place{level, (tree.Size - 1) >> level}
				if stored, ok := nodes[p]; !ok || stored != journal.Hash(done[level]) {
					return 0, fmt.Errorf("%w: leaf %d: the hash %d of level %d is not that of the leaves below it", journal.ErrBroken, tree.Size-1, p.n, p.level)
				}
			}
		}
	}
	if err := list.Err(); err != nil {
		return 0, err
	}
	if tree.Size != tip.Size || !bytes.Equal(tree.Peaks(), tip.Peaks()) {
		return 0, fmt.Errorf("%w: the journal's head says %d leaves, there are %d, or its hashes are others", journal.ErrBroken, tip.Size, tree.Size)
	}
	return tip.Size, nil
}
