// Package leaf keeps the journal's Merkle tree in the database: how many leaves
// there are, the leaves' data, the hashes above them, and the checkpoints.
//
// Invariants: leaves are numbered from 0 without gaps, in the order in which the
// transactions that appended them held the head row; leaves, hashes and
// checkpoints are only ever added; the head row, the leaves and the hashes above
// them change in one transaction, the one that writes the entries.
//
// How it is kept is what costs least (docs/decisions/0011). A batch adds one row of
// leaf data, however many leaves it has, and changes the head row. The head row
// holds the hashes of the complete subtrees that the tree consists of (as many as
// the size has bits set), which is all that appending needs; so appending reads
// nothing else. Of the other hashes only the roots of full tiles are stored, one
// for every 256 leaves; what lies between is computed when somebody asks for a
// proof. The mathematics are golang.org/x/mod/sumdb/tlog's.
//
// It knows no entry and no proceeding, and refuses to sign a tree that does not
// extend the one that it signed before.
package leaf

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"nazorat/internal/db"
	"nazorat/internal/journal"
)

// height of a tile, as C2SP tlog-tiles has it, and the leaves that one covers.
const (
	height = 8
	width  = 1 << height
)

// Migrations of this package's tables. A signer and a witness are named as their
// keys are: office.example+1a2b3c4d. A row of journal_leaf holds the data of n
// leaves from number first on, 32 bytes each, and never reaches over the end of a tile.
// A row of journal_node is the hash of the complete subtree n of that level; levels are 8, 16, 24, ...
var Migrations = []db.Migration{{ID: "leaf/0001", SQL: `
CREATE TABLE journal_head (
	id   {int} PRIMARY KEY CHECK (id = 1),
	size {int} NOT NULL CHECK (size >= 0),
	peaks {bytes} NOT NULL
) {strict};

INSERT INTO journal_head (id, size, peaks) VALUES (1, 0, CAST('' AS {bytes}));

CREATE TABLE journal_leaf (
	first {int} PRIMARY KEY CHECK (first >= 0),
	n     {int} NOT NULL CHECK (n > 0 AND length(data) = 32 * n),
	data  {bytes} NOT NULL
) {strict};

{append_only:journal_leaf first}

CREATE TABLE journal_node (
	level {int} NOT NULL CHECK (level > 0),
	n     {int} NOT NULL CHECK (n >= 0),
	hash  {bytes} NOT NULL CHECK (length(hash) = 32),
	PRIMARY KEY (level, n)
) {strict};

{append_only:journal_node level,n}

CREATE TABLE checkpoint (
	size   {int} NOT NULL CHECK (size >= 0),
	signer TEXT NOT NULL,
	at     {int} NOT NULL,
	note   TEXT NOT NULL,
	PRIMARY KEY (size, signer)
) {strict};

{append_only:checkpoint size,signer}

CREATE TABLE journal_key (
	signer TEXT PRIMARY KEY,
	key    TEXT NOT NULL
) {strict};

{append_only:journal_key signer}

CREATE TABLE cosignature (
	size    {int} NOT NULL,
	signer  TEXT NOT NULL,
	witness TEXT NOT NULL,
	line    TEXT NOT NULL,
	PRIMARY KEY (size, signer, witness),
	FOREIGN KEY (size, signer) REFERENCES checkpoint (size, signer)
) {strict};

{append_only:cosignature size,signer,witness}
`}}

// Tip is the end of the tree as a transaction has it that holds the head row. It
// belongs to that transaction.
type Tip struct{ journal.Frontier }

const (
	lockHead = `UPDATE journal_head SET size = size WHERE id = 1 RETURNING size, peaks`
	moveHead = `UPDATE journal_head SET size = $1, peaks = $2 WHERE id = 1 AND size = $3`
)

// Head locks the head row for the rest of the transaction and gives the tree's
// end. Whoever calls it is the only one who appends until he commits, so it is
// called as late in a transaction as can be, and once.
func Head(tx *db.Tx) (*Tip, error) { return scanTip(tx.QueryRow(lockHead)) }

func scanTip(row db.Row) (*Tip, error) {
	var size int64
	var raw []byte
	if err := row.Scan(&size, &raw); err != nil {
		return nil, fmt.Errorf("read the journal's head: %w", err)
	}
	f, err := journal.ReadFrontier(size, raw)
	if err != nil {
		return nil, fmt.Errorf("the journal's head: %w", err)
	}
	return &Tip{f}, nil
}

// errMoved means that somebody appended who did not hold the head row.
var errMoved = errors.New("the journal's head was moved")

var (
	insertLeaves = db.NewRows(`INSERT INTO journal_leaf (first, n, data)`, 3, "")
	insertNodes  = db.NewRows(`INSERT INTO journal_node (level, n, hash)`, 3, "")
)

// Append adds leaves at the end, the first of them with the number t.Size, and
// moves t on. Each is what journal.Commit gave. After an error t is spent.
func (t *Tip) Append(tx *db.Tx, leaves []journal.Hash) error {
	if len(leaves) == 0 {
		return nil
	}
	before := t.Size
	var rows, nodes []any
	data := make([]byte, 0, len(leaves)*len(journal.Hash{}))
	start := 0
	flush := func(next int64) {
		n := len(data)/len(journal.Hash{}) - start
		rows = append(rows, next-int64(n), n, data[start*len(journal.Hash{}):])
		start += n
	}
	for i := range leaves {
		data = append(data, leaves[i][:]...)
		done, err := t.Add(tlog.RecordHash(leaves[i][:]))
		if err != nil {
			return err
		}
		for level := height; level < len(done); level += height {
			nodes = append(nodes, level, (t.Size-1)>>level, done[level][:])
		}
		if t.Size%width == 0 {
			flush(t.Size)
		}
	}
	if start < len(leaves) {
		flush(t.Size)
	}
	if _, err := tx.ExecRows(insertLeaves, rows); err != nil {
		return fmt.Errorf("append leaves from %d on: %w", before, err)
	}
	if len(nodes) > 0 {
		if _, err := tx.ExecRows(insertNodes, nodes); err != nil {
			return fmt.Errorf("append hashes above leaf %d: %w", before, err)
		}
	}
	n, err := tx.Exec(moveHead, t.Size, t.Peaks(), before)
	if err != nil {
		return fmt.Errorf("move the journal's head: %w", err)
	}
	if n != 1 {
		return fmt.Errorf("%w: it is not at %d any more", errMoved, before)
	}
	return nil
}
