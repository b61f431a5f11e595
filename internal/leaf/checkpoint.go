package leaf

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
)

// ErrForked means that the stored tree does not extend the one that was signed
// before: leaves were changed or lost, as by restoring an old backup. Nothing is
// signed from then on until somebody has looked.
var ErrForked = errors.New("the journal's tree does not extend the one that was signed before")

// Stored is a checkpoint as it is kept.
type Stored struct {
	journal.Checkpoint
	Signer string          // short name of the key: office.example+1a2b3c4d
	At     calendar.Moment // when it was signed
	Note   []byte          // with the cosignatures that have come in
}

const (
	// By the greatest size, not in an order: SQLite would sort them all.
	selectLatest   = `SELECT size, signer, at, note FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint) ORDER BY at DESC, signer LIMIT 1`
	selectCosigned = `SELECT size, signer FROM cosignature GROUP BY size, signer HAVING count(*) >= $1 ORDER BY size DESC, signer DESC LIMIT 1`
	selectOne      = `SELECT size, signer, at, note FROM checkpoint WHERE size = $1 AND signer = $2`
	selectSize     = `SELECT coalesce(max(size), 0) FROM checkpoint`
	selectAfter    = `SELECT size, signer, at, note FROM checkpoint WHERE (size, signer) > ($1, $2) ORDER BY size, signer LIMIT $3`
	selectLines    = `SELECT line FROM cosignature WHERE size = $1 AND signer = $2 ORDER BY witness`
	insertSigned   = `INSERT INTO checkpoint (size, signer, at, note) VALUES ($1, $2, $3, $4)`
	insertLine     = `INSERT INTO cosignature (size, signer, witness, line) VALUES ($1, $2, $3, $4)`
	insertKey      = `INSERT INTO journal_key (signer, key) VALUES ($1, $2)`
	countKey       = `SELECT count(*) FROM journal_key WHERE signer = $1`
	selectKeys     = `SELECT k.key FROM journal_key k ORDER BY (SELECT max(c.size) FROM checkpoint c WHERE c.signer = k.signer) DESC, k.signer`
	countLine      = `SELECT count(*) FROM cosignature WHERE size = $1 AND signer = $2 AND witness = $3`
)

// Latest is the newest checkpoint; a NotFound fault says that none was signed yet.
func (l *Log) Latest(ctx context.Context) (*Stored, error) {
	s, err := scan(l.db.QueryRow(ctx, selectLatest))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "journal.no_checkpoint", nil)
	}
	if err != nil {
		return nil, err
	}
	return s, l.withLines(ctx, s)
}

// LatestCosigned is the newest checkpoint that at least n witnesses have signed; a NotFound fault says that there is none.
func (l *Log) LatestCosigned(ctx context.Context, n int) (*Stored, error) {
	var size int64
	var signer string
	err := l.db.QueryRow(ctx, selectCosigned, n).Scan(&size, &signer)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "journal.no_checkpoint", nil)
	}
	if err != nil {
		return nil, fmt.Errorf("read cosignatures: %w", err)
	}
	s, err := scan(l.db.QueryRow(ctx, selectOne, size, signer))
	if err != nil {
		return nil, err
	}
	return s, l.withLines(ctx, s)
}

// Published is the size of the newest checkpoint, 0 before the first.
func (l *Log) Published(ctx context.Context) (size int64, err error) {
	if err := l.db.QueryRow(ctx, selectSize).Scan(&size); err != nil {
		return 0, fmt.Errorf("read the newest checkpoint: %w", err)
	}
	return size, nil
}

// Checkpoints are the first n of those with a larger size than the one given, or
// the same size and a later signer; from (-1, "") on, all of them.
func (l *Log) Checkpoints(ctx context.Context, size int64, signer string, n int) ([]*Stored, error) {
	rows, err := l.db.Query(ctx, selectAfter, size, signer, n)
	if err != nil {
		return nil, fmt.Errorf("read checkpoints: %w", err)
	}
	defer rows.Close()
	var out []*Stored
	for rows.Next() {
		s, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, s := range out {
		if err := l.withLines(ctx, s); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func scan(row db.Row) (*Stored, error) {
	var s Stored
	var size int64
	var text string
	if err := row.Scan(&size, &s.Signer, &s.At, &text); err != nil {
		return nil, fmt.Errorf("read a checkpoint: %w", err)
	}
	body, _, _ := strings.Cut(text, "\n\n")
	var err error
	if s.Checkpoint, err = journal.ParseCheckpoint(body + "\n"); err != nil {
		return nil, fmt.Errorf("the stored checkpoint of size %d: %w", size, err)
	}
	if s.Size != size {
		return nil, fmt.Errorf("the stored checkpoint of size %d says %d", size, s.Size)
	}
	s.Note = []byte(text)
	return &s, nil
}

// withLines adds the witnesses' signatures to the note.
func (l *Log) withLines(ctx context.Context, s *Stored) error {
	rows, err := l.db.Query(ctx, selectLines, s.Size, s.Signer)
	if err != nil {
		return fmt.Errorf("read cosignatures: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		s.Note = append(s.Note, line+"\n"...)
	}
	return rows.Err()
}

// keyName is how a key is called in tables.
func keyName(name string, hash uint32) string { return fmt.Sprintf("%s+%08x", name, hash) }

// Checkpoint signs the tree as it is now, if it has grown since the last checkpoint
// or that one was signed with another key, and gives the newest checkpoint. Before
// it signs it proves from what is stored that the tree extends the last one; where
// it does not, it gives ErrForked. It is meant to be called by one process at a
// time, at least once a second; two at once do no harm, since both prove.
func (l *Log) Checkpoint(ctx context.Context, s note.Signer, now calendar.Moment) (*Stored, error) {
	last, err := l.Latest(ctx)
	if fault.Is(err, fault.NotFound) {
		last = &Stored{Checkpoint: journal.Checkpoint{Origin: s.Name()}}
	} else if err != nil {
		return nil, err
	}
	tip, err := l.tip(ctx)
	if err != nil {
		return nil, err
	}
	signer := keyName(s.Name(), s.KeyHash())
	if tip.Size == last.Size && signer == last.Signer {
		return last, nil
	}
	if last.Origin != s.Name() {
		return nil, fmt.Errorf("the tree is called %s, the key is for %s", last.Origin, s.Name())
	}
	next := &Stored{Signer: signer, At: now, Checkpoint: journal.Checkpoint{Origin: s.Name(), Size: tip.Size}}
	if next.Root, err = l.extends(ctx, last.Checkpoint, tip); err != nil {
		return nil, err
	}
	if err := l.remembered(ctx, s, tip); err != nil {
		return nil, err
	}
	if next.Note, err = next.Sign(s); err != nil {
		return nil, fmt.Errorf("sign a checkpoint: %w", err)
	}
	err = l.write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(insertSigned, next.Size, next.Signer, next.At, string(next.Note)); err != nil || signer == last.Signer {
			return err
		}
		return keepKey(tx, s, signer)
	})
	if err != nil {
		return nil, fmt.Errorf("keep a checkpoint: %w", err)
	}
	return next, nil
}

// keepKey keeps the public half of a key that signs for the first time.
func keepKey(tx *db.Tx, s note.Signer, signer string) error {
	public, ok := s.(interface{ Key() *journal.Key })
	if !ok {
		return nil
	}
	var n int
	if err := tx.QueryRow(countKey, signer).Scan(&n); err != nil || n > 0 {
		return err
	}
	_, err := tx.Exec(insertKey, signer, public.Key().String())
	return err
}

// Keys are the public halves of the keys that have signed checkpoints, the one that
// signed the newest first. They are what the office says of itself: whoever checks
// the office has them from elsewhere.
func (l *Log) Keys(ctx context.Context) (journal.Keys, error) {
	rows, err := l.db.Query(ctx, selectKeys)
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	defer rows.Close()
	var out journal.Keys
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		k, err := journal.ParseKey(text)
		if err != nil {
			return nil, fmt.Errorf("a stored key: %w", err)
		}
		out = append(out, k)
	}
	return out, rows.Err()
}

// extends gives the tree's root after it has shown, from the stored leaves and
// hashes, that it is what the head row says and that last is its beginning.
func (l *Log) extends(ctx context.Context, last journal.Checkpoint, tip *Tip) (journal.Hash, error) {
	if tip.Size < last.Size {
		return journal.Hash{}, fmt.Errorf("%w: it has %d leaves, and had %d", ErrForked, tip.Size, last.Size)
	}
	want, err := tip.Root()
	if err != nil {
		return want, err
	}
	reader := l.Reader(ctx, tip.Size)
	root, err := tlog.TreeHash(tip.Size, reader)
	if err != nil {
		return want, err
	}
	if journal.Hash(root) != want {
		return want, fmt.Errorf("%w: its %d leaves have not the root that its head has", ErrForked, tip.Size)
	}
	if last.Size == 0 {
		return want, nil
	}
	proof, err := tlog.ProveTree(tip.Size, last.Size, reader)
	if err != nil {
		return want, err
	}
	if err := tlog.CheckTree(proof, tip.Size, root, last.Size, tlog.Hash(last.Root)); err != nil {
		return want, fmt.Errorf("%w: the first %d leaves are others now", ErrForked, last.Size)
	}
	return want, nil
}

// remembered holds the tree against what the signer itself knows that it signed,
// which may be more than this database does: it was restored from a backup.
func (l *Log) remembered(ctx context.Context, s note.Signer, tip *Tip) error {
	memory, ok := s.(interface {
		Last() (*journal.Checkpoint, error)
	})
	if !ok {
		return nil
	}
	last, err := memory.Last()
	if err != nil || last == nil {
		return err
	}
	if last.Size > tip.Size {
		// Another process may have signed since the tip was read, as ours stood still: that is no fork.
		if tip, err = l.tip(ctx); err != nil {
			return err
		}
	}
	_, err = l.extends(ctx, *last, tip)
	return err
}

func (l *Log) write(ctx context.Context, f func(*db.Tx) error) error {
	return l.db.Write(ctx, func(tx *db.Tx) error {
		if l.Fence != nil {
			if err := l.Fence(ctx, tx); err != nil {
				return err
			}
		}
		return f(tx)
	})
}

// Cosigned keeps a witness's signature of a checkpoint: line is one line of a
// signed note, without its end, and was checked. One that is there already stays.
func (l *Log) Cosigned(ctx context.Context, s *Stored, witness *journal.Key, line string) error {
	name := keyName(witness.Name(), witness.KeyHash())
	err := l.write(ctx, func(tx *db.Tx) error {
		var n int
		if err := tx.QueryRow(countLine, s.Size, s.Signer, name).Scan(&n); err != nil || n > 0 {
			return err
		}
		_, err := tx.Exec(insertLine, s.Size, s.Signer, name, line)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep a cosignature: %w", err)
	}
	return nil
}
